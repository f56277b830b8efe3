"""Runs a file and turns what it puts out into key points.

Three kinds of file are known.  The shipped one ends in the network's heat map, its centre head and the features that
all heads read; its two small heads are in the metadata.  Earlier ones end in all four heads.  Both are decoded here, in
NumPy.  Google's own files decode inside the graph and put out (1, 1, 17, 3) = y, x, score.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from device.errors import ModelError
from device.poses import PoseModel
from device.poses.heads import HeadsDecoder
from device.poses.lazy import KEYPOINT_COUNT, DenseHeads, LazyHeads
from device.poses.metadata import ENTRY, heads_weights
from device.poses.runtime import open_interpreter
from device.poses.uncertainty import sigma_cells

CELL_PX = 4
"""Pixels of the picture along one cell of the heads' grid."""

FOUR_HEADS = {"kpt_heatmap": 17, "center": 1, "kpt_regress": 34, "kpt_offset": 34}
"""The outputs of a four-head file by the names in its signature, and their channels; all float32."""

_UPPERMOST_BIT = np.uint8(128)
_INT8_STEP = 1 / 127.5  # of an INT8 picture, whose 0 is a brightness of 128
_FLOAT, _FLOAT_OR_INT8 = (np.float32,), (np.float32, np.int8)
_ANEW = "Fetch the file again, or make it anew with scripts/build_model."
_NEEDED = (
    "Form Coach needs a MoveNet SinglePose file: one that scripts/build_model wrote, or input [1,S,S,3] and output "
    "[1,1,17,3]"
)


def decode_single(output: np.ndarray) -> np.ndarray:
    """Key points float32 (17, 3) = x, y, score from the (1, 1, 17, 3) = y, x, score of Google's files."""
    keypoints = output.reshape(KEYPOINT_COUNT, 3)[:, [1, 0, 2]].astype(np.float32)
    np.clip(keypoints[:, 2], 0, 1, out=keypoints[:, 2])
    # A float model can yield NaN on a machine at fault; a score of 0 then says that nothing is known.
    keypoints[~np.isfinite(keypoints).all(axis=1)] = (0.5, 0.5, 0.0)
    return keypoints


class MoveNet(PoseModel):
    """A MoveNet file in an interpreter; what its outputs mean is left to the two classes below."""

    def __init__(self, interpreter: Any, name: str, sha256: str, size_px: int) -> None:
        """Take an interpreter whose tensors are allocated."""
        self.name = name
        self.sha256 = sha256
        self.size_px = size_px
        self._interpreter = interpreter
        self._views: dict[str, Callable[[], np.ndarray]] = {}
        details = interpreter.get_input_details()[0]
        self._input = details["index"]
        self._dtype = details["dtype"]

    def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
        """See :meth:`PoseModel.estimate`."""
        return self.estimate_with_sigma(square, expected)[0]

    def estimate_with_sigma(
        self, square: np.ndarray, expected: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """See :meth:`PoseModel.estimate_with_sigma`."""
        wanted = (self.size_px, self.size_px, 3)
        if square.shape != wanted or square.dtype != np.uint8:
            raise ValueError(f"a uint8 picture {wanted} is needed, not {square.dtype} {square.shape}")
        try:
            self._show(square)
            self._interpreter.invoke()
            keypoints, sigma = self._answer(expected)
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"{self.name}: the runtime failed: {error}. Reinstall it, or try another model."
            ) from error
        return keypoints, sigma

    def _show(self, square: np.ndarray) -> None:
        """Put a picture where the runtime reads it."""
        if self._dtype == np.int8:  # x - 128 is x with its uppermost bit turned over; as for the view, see _view
            np.bitwise_xor(square, _UPPERMOST_BIT, out=self._interpreter.tensor(self._input)()[0].view(np.uint8))
        else:
            self._interpreter.set_tensor(self._input, square[None].astype(self._dtype, copy=False))

    @abstractmethod
    def _answer(self, expected: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
        """What the outputs say after a call: float32 (17, 3) = x, y, score, and (17,) = sigma."""

    def _view(self, index: int) -> Callable[[], np.ndarray]:
        """What gives a tensor's values where the runtime keeps them, without a copy.

        No view may live on when the interpreter is called again: it refuses then ("There is at least 1 reference to
        internal data"), and a view of a view counts.  So they stay in local names, and what is kept is copied.
        """
        view: Callable[[], np.ndarray] = self._interpreter.tensor(index)
        return view

    def close(self) -> None:
        """Let go of the interpreter, and of what refers to it."""
        self._interpreter = None
        self._views.clear()


class ManyHeads(MoveNet):
    """A file that puts out the network's heads.

    :param outputs: details of the outputs as the interpreter gives them, by the names in the signature.
    :param lazy: the heads that are not among them, or None where all four are.
    """

    def __init__(
        self,
        interpreter: Any,
        name: str,
        sha256: str,
        size_px: int,
        outputs: dict[str, dict[str, Any]],
        lazy: LazyHeads | None,
    ) -> None:
        """Remember where the outputs lie."""
        super().__init__(interpreter, name, sha256, size_px)
        self._views = {head: self._view(int(details["index"])) for head, details in outputs.items()}
        scale, self._center_zero_point = _quantization(outputs["center"])
        self._center_scale = scale or 1.0
        self._lazy = lazy
        self.decoder = HeadsDecoder(size_px // CELL_PX)

    def _answer(self, expected: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
        head = {name: view()[0] for name, view in self._views.items()}
        if self._lazy is None:
            small: LazyHeads | DenseHeads = DenseHeads(head["kpt_regress"], head["kpt_offset"])
        else:
            self._lazy.take(head["features"])
            small = self._lazy
        keypoints, widths = self.decoder.decode(
            head["kpt_heatmap"], head["center"], small, expected, self._center_scale, self._center_zero_point
        )
        return keypoints, sigma_cells(keypoints[:, 2], widths) / np.float32(self.decoder.cells)


class SingleOutput(MoveNet):
    """One of Google's files, which decode in the graph: whom to follow, they choose themselves."""

    def __init__(self, interpreter: Any, name: str, sha256: str, size_px: int) -> None:
        """Find the one output."""
        super().__init__(interpreter, name, sha256, size_px)
        self._views["all"] = self._view(interpreter.get_output_details()[0]["index"])

    def _answer(self, expected: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
        return decode_single(self._views["all"]()), None


def open_movenet(content: bytes, name: str, where: str, sha256: str, threads: int) -> MoveNet:
    """The model in a file's bytes, whichever of the two kinds it is.

    :param name: short name of the model.
    :param where: path of the file, for errors.
    :raises ModelError: the runtime refuses the file, or its inputs and outputs are not those of MoveNet SinglePose.
    """
    interpreter = open_interpreter(content, where, threads)
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    size_px = _input_size(inputs, where)
    named = _signature(interpreter)
    cells = size_px // CELL_PX
    if {"kpt_heatmap", "center"} <= set(named) and inputs[0]["dtype"] not in (np.uint8, np.int8):
        # Unlike Google's float files such a one would want its picture normalised.
        raise ModelError(f"{where}: takes {np.dtype(inputs[0]['dtype'])} pictures, where int8 belongs. {_ANEW}")
    if _are(named, FOUR_HEADS, cells, dict.fromkeys(FOUR_HEADS, _FLOAT)):
        return ManyHeads(interpreter, name, sha256, size_px, named, None)
    if set(named) == {"kpt_heatmap", "center", "features"}:
        lazy = _lazy_heads(content, where, named, cells)
        return ManyHeads(interpreter, name, sha256, size_px, named, lazy)
    whole = [(1, 1, KEYPOINT_COUNT, 3)]
    if [_shape(o) for o in outputs] == whole and outputs[0]["dtype"] == np.float32:
        return SingleOutput(interpreter, name, sha256, size_px)
    found = ", ".join(f"{np.dtype(o['dtype'])} {list(_shape(o))}" for o in outputs)
    raise ModelError(f"{where}: is another kind of model (outputs: {found}). {_NEEDED}.")


def _shape(details: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(n) for n in details["shape"])


def _input_size(inputs: list[dict[str, Any]], where: str) -> int:
    """Side of the square input; a ModelError if there is no such input, or not in whole brightness values."""
    shape = _shape(inputs[0]) if len(inputs) == 1 else ()
    if len(shape) != 4 or shape[0] != 1 or shape[1] != shape[2] or shape[3] != 3 or shape[1] < 32 or shape[1] % CELL_PX:
        found = ", ".join(str(list(_shape(i))) for i in inputs)
        raise ModelError(f"{where}: is another kind of model (inputs: {found}). {_NEEDED}.")
    # Google's float files take brightness 0..255 as float32 or int32 and normalise inside, so a plain cast serves them.
    if inputs[0]["dtype"] not in (np.uint8, np.int8, np.float32, np.int32):
        raise ModelError(
            f"{where}: takes {np.dtype(inputs[0]['dtype'])} pictures. {_NEEDED}, with a uint8, int8, int32 or float32 "
            "input."
        )
    if inputs[0]["dtype"] == np.int8:
        scale, zero_point = _quantization(inputs[0])
        if zero_point != 0 or abs(scale / _INT8_STEP - 1) > 1e-3:
            raise ModelError(
                f"{where}: takes int8 pictures in steps of {scale:g} from {zero_point}, where steps of {_INT8_STEP:g} "
                f"from 0 belong. {_ANEW}"
            )
    return shape[1]


def _signature(interpreter: Any) -> dict[str, dict[str, Any]]:
    """Details of the outputs by the names in the file's signature; empty for a file without one."""
    try:
        named: dict[str, dict[str, Any]] = dict(interpreter.get_signature_runner().get_output_details())
    except (AttributeError, RuntimeError, ValueError):
        return {}
    return named


def _are(
    named: dict[str, dict[str, Any]], channels: Mapping[str, int], cells: int, types: Mapping[str, tuple[type, ...]]
) -> bool:
    """Whether the outputs are these, of these shapes and types."""
    return set(named) == set(channels) and all(
        _shape(named[head]) == (1, cells, cells, count) and named[head]["dtype"] in types[head]
        for head, count in channels.items()
    )


def _lazy_heads(content: bytes, where: str, named: dict[str, dict[str, Any]], cells: int) -> LazyHeads:
    """The heads that are in the file's metadata; a ModelError if they are not, or do not fit the outputs."""
    weights = heads_weights(content, where)
    if weights is None:
        raise ModelError(f"{where}: lacks the weights of its small heads ({ENTRY}). {_ANEW}")
    scale, zero_point = _quantization(named["features"])
    try:
        lazy = LazyHeads(weights, cells, scale or 1.0, zero_point)
    except ValueError as error:
        raise ModelError(f"{where}: the weights of its small heads ({ENTRY}) do not fit: {error}. {_ANEW}") from error
    channels = {"kpt_heatmap": KEYPOINT_COUNT, "center": 1, "features": lazy.channels}
    types: dict[str, tuple[type, ...]] = {"kpt_heatmap": _FLOAT, "center": _FLOAT_OR_INT8, "features": _FLOAT_OR_INT8}
    if not _are(named, channels, cells, types):
        found = ", ".join(f"{head} {np.dtype(o['dtype'])} {list(_shape(o))}" for head, o in named.items())
        raise ModelError(f"{where}: its outputs ({found}) do not fit its weights. {_ANEW}")
    return lazy


def _quantization(details: dict[str, Any]) -> tuple[float, int]:
    """Scale and zero point of an output; the scale is 0 if it is not quantized."""
    scale, zero_point = details["quantization"]
    return float(scale), int(zero_point)
