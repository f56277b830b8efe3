"""MoveNet SinglePose: runs a file and turns what it puts out into key points.

Two kinds of file are known.  The shipped one ends in the four heads of the network, decoded here in NumPy float32 the
way the reference graph does it; Google's own files decode inside the graph and put out (1, 1, 17, 3) = y, x, score.

The heads lie on a grid of cells, one for each 4 × 4 pixels.  A person is found by the centre head; the regress head at
that cell says roughly where each key point is; the heat map's best cell near there, refined by the offset head, is the
key point.  Source: the operations of the graph tfhub.dev/google/movenet/singlepose/lightning/4.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from device.errors import ModelError
from device.poses import PoseModel
from device.poses.runtime import open_interpreter

KEYPOINT_COUNT = 17
CELL_PX = 4
"""Pixels of the picture along one cell of the heads' grid."""

DISTANCE_OFFSET_CELLS = 1.8
"""Added to a distance before dividing by it; a constant of the reference graph, for both weightings."""

HEAD_CHANNELS = {"kpt_heatmap": 17, "center": 1, "kpt_regress": 34, "kpt_offset": 34}
"""The outputs of a four-head file by the names in its signature, and their channels."""

_NEEDED = (
    "Form Coach needs a MoveNet SinglePose file: input [1,S,S,3], output [1,1,17,3], or the four heads that "
    "scripts/build_model writes"
)


class HeadsDecoder:
    """Decodes the four heads of one grid size; keeps its tables and scratch arrays between calls.

    :param cells: cells along one side of the square grid (48 for Lightning).
    """

    def __init__(self, cells: int) -> None:
        """Prepare the tables that depend on the grid alone."""
        self.cells = cells
        steps = np.arange(cells, dtype=np.float32)
        self._steps = steps
        middle = np.float32(cells / 2)
        away = np.hypot(steps[:, None] - middle, steps[None, :] - middle)
        self._centre_weight = (1 / (away + np.float32(DISTANCE_OFFSET_CELLS))).astype(np.float32)
        self._scores = np.empty((cells, cells, KEYPOINT_COUNT), np.float32)
        self._near = np.empty((cells, cells, KEYPOINT_COUNT), np.float32)
        self._points = np.arange(KEYPOINT_COUNT)

    def decode(self, heatmap: np.ndarray, center: np.ndarray, regress: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """Key points float32 (17, 3) = x, y, score from the heads' raw values.

        :param heatmap: float32 (cells, cells, 17), logits; the first axis is y, the second x.
        :param center: float32 (cells, cells, 1), logits.
        :param regress: float32 (cells, cells, 34), way from the cell to each point in cells, y and x in turn.
        :param offset: float32 (cells, cells, 34), way from the cell of a point to the point in cells, y and x in turn.
        :returns: x and y as shares of the picture's side.
        """
        cells = self.cells
        centre_scores = _sigmoid(center[:, :, 0])
        centre_scores *= self._centre_weight
        row, column = divmod(int(centre_scores.argmax()), cells)
        rough = regress[row, column].reshape(KEYPOINT_COUNT, 2)

        scores = _sigmoid(heatmap, self._scores)
        away_y = np.square(self._steps[:, None] - (rough[:, 0] + np.float32(row)))
        away_x = np.square(self._steps[:, None] - (rough[:, 1] + np.float32(column)))
        near = self._near
        np.add(away_y[:, None, :], away_x[None, :, :], out=near)
        np.sqrt(near, out=near)
        near += np.float32(DISTANCE_OFFSET_CELLS)
        np.divide(scores, near, out=near)
        # Taken down each key point's own column of cells; the first of equal cells wins, as in the reference graph.
        best = near.reshape(cells * cells, KEYPOINT_COUNT).argmax(axis=0)

        rows, columns = np.divmod(best, cells)
        refined = offset[rows, columns].reshape(KEYPOINT_COUNT, KEYPOINT_COUNT, 2)[self._points, self._points]
        keypoints = np.empty((KEYPOINT_COUNT, 3), np.float32)
        keypoints[:, 0] = (columns + refined[:, 1]) / cells
        keypoints[:, 1] = (rows + refined[:, 0]) / cells
        keypoints[:, 2] = scores[rows, columns, self._points]
        return keypoints


def _sigmoid(logits: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 / (1 + exp(-x)) in float32; an overflow of exp ends, rightly, in a score of 0."""
    result = np.empty_like(logits) if out is None else out
    np.negative(logits, out=result)
    with np.errstate(over="ignore"):
        np.exp(result, out=result)
    result += np.float32(1)
    np.reciprocal(result, out=result)
    return result


def decode_single(output: np.ndarray) -> np.ndarray:
    """Key points float32 (17, 3) = x, y, score from the (1, 1, 17, 3) = y, x, score of Google's files."""
    keypoints = output.reshape(KEYPOINT_COUNT, 3).astype(np.float32)
    return keypoints[:, [1, 0, 2]]


class MoveNet(PoseModel):
    """A MoveNet file in an interpreter; what its outputs mean is left to the two classes below."""

    def __init__(self, interpreter: Any, name: str, sha256: str, size_px: int) -> None:
        """Take an interpreter whose tensors are allocated."""
        self.name = name
        self.sha256 = sha256
        self.size_px = size_px
        self._interpreter = interpreter
        details = interpreter.get_input_details()[0]
        self._input = details["index"]
        self._dtype = details["dtype"]

    def estimate(self, square: np.ndarray) -> np.ndarray:
        """See :meth:`PoseModel.estimate`."""
        wanted = (self.size_px, self.size_px, 3)
        if square.shape != wanted or square.dtype != np.uint8:
            raise ValueError(f"a uint8 picture {wanted} is needed, not {square.dtype} {square.shape}")
        try:
            self._interpreter.set_tensor(self._input, square[None].astype(self._dtype, copy=False))
            self._interpreter.invoke()
            keypoints = self._keypoints()
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"{self.name}: the runtime failed: {error}. Reinstall it, or try another model."
            ) from error
        # A float model can yield NaN on a machine at fault; a score of 0 then says that nothing is known.
        bad = ~np.isfinite(keypoints).all(axis=1)
        if bad.any():
            keypoints[bad] = (0.5, 0.5, 0.0)
        np.clip(keypoints[:, 2], 0, 1, out=keypoints[:, 2])
        return keypoints

    @abstractmethod
    def _keypoints(self) -> np.ndarray:
        """What the outputs say after a call, float32 (17, 3) = x, y, score."""

    def close(self) -> None:
        """Let go of the interpreter."""
        self._interpreter = None


class FourHeads(MoveNet):
    """A file that puts out the network's four heads.

    :param outputs: the tensors' indices by the names in ``HEAD_CHANNELS``.
    """

    def __init__(self, interpreter: Any, name: str, sha256: str, size_px: int, outputs: dict[str, int]) -> None:
        """Put the heads in the decoder's order."""
        super().__init__(interpreter, name, sha256, size_px)
        self._outputs = [outputs[head] for head in HEAD_CHANNELS]
        self._decoder = HeadsDecoder(size_px // CELL_PX)

    def _keypoints(self) -> np.ndarray:
        return self._decoder.decode(*(self._interpreter.get_tensor(index)[0] for index in self._outputs))


class SingleOutput(MoveNet):
    """One of Google's files, which decode in the graph."""

    def __init__(self, interpreter: Any, name: str, sha256: str, size_px: int) -> None:
        """Find the one output."""
        super().__init__(interpreter, name, sha256, size_px)
        self._output = interpreter.get_output_details()[0]["index"]

    def _keypoints(self) -> np.ndarray:
        return decode_single(self._interpreter.get_tensor(self._output))


def open_movenet(content: bytes, name: str, where: str, sha256: str, threads: int) -> MoveNet:
    """The model in a file's bytes, whichever of the two kinds it is.

    :param name: short name of the model.
    :param where: path of the file, for errors.
    :raises ModelError: the runtime refuses the file, or its inputs and outputs are not those of MoveNet SinglePose.
    """
    interpreter = open_interpreter(content, where, threads)
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    size_px = _input_size(inputs, where)
    heads = _heads(interpreter, outputs, size_px)
    if heads is not None:
        return FourHeads(interpreter, name, sha256, size_px, heads)
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
    if inputs[0]["dtype"] not in (np.uint8, np.float32, np.int32):
        raise ModelError(
            f"{where}: takes {np.dtype(inputs[0]['dtype'])} pictures. {_NEEDED}, with a uint8, int32 or float32 input."
        )
    return shape[1]


def _heads(interpreter: Any, outputs: list[dict[str, Any]], size_px: int) -> dict[str, int] | None:
    """Tensor indices of the four heads by name, or None if the file does not have them."""
    if len(outputs) != len(HEAD_CHANNELS):
        return None
    try:
        named = interpreter.get_signature_runner().get_output_details()
    except (AttributeError, RuntimeError, ValueError):  # a file without a signature
        return None
    cells = size_px // CELL_PX
    for head, channels in HEAD_CHANNELS.items():
        details = named.get(head)
        if details is None or _shape(details) != (1, cells, cells, channels) or details["dtype"] != np.float32:
            return None
    return {head: int(named[head]["index"]) for head in HEAD_CHANNELS}
