"""Opens a model file: checks that it is what it should be, and says what to do when it is not."""

from __future__ import annotations

import hashlib
from pathlib import Path

from device.errors import ModelError
from device.poses import PoseModel
from device.poses.metadata import BUFFERS, DATA, FlatBuffer
from device.poses.movenet import open_movenet

MODELS = Path(__file__).resolve().parents[2] / "models"
"""The folder models/ of the clone that this package is installed from."""

SHIPPED = "movenet_lightning_int8.tflite"
"""Name of the model this version ships."""

THUNDER = "movenet_thunder_int8.tflite"
"""Name of the larger model, which is not shipped but built."""

NETWORKS: dict[str, str | None] = {"lightning": None, "thunder": THUNDER}
"""The networks that ``[model] model`` may name, with their files in ``MODELS``; None: the shipped one."""

SUMS = "SHA256SUMS"
"""The text file next to it, as ``sha256sum`` writes it, that holds its hash."""


def load(path: str | Path | None, threads: int) -> PoseModel:
    """See :func:`device.poses.load_model`."""
    if threads < 1:
        raise ModelError(f"The pose model needs at least 1 thread, not {threads}: mend the setting.")
    shipped = path is None
    file = MODELS / SHIPPED if path is None else Path(path).expanduser()
    content = _read(file, shipped)
    sha256 = hashlib.sha256(content).hexdigest()
    if shipped:
        expected = known_sha256(MODELS / SUMS, SHIPPED)
        if sha256 != expected:
            raise ModelError(
                f"{file}: is not the file this version ships (sha256 {sha256[:12]}..., expected {expected[:12]}..."
                f"{_cut_short(content)}). Run `git checkout models/`, or name a file of your own with --model."
            )
    _look_at(content, file, shipped)
    return open_movenet(content, file.name, str(file), sha256, threads)


def network_file(network: str) -> Path | None:
    """See :func:`device.poses.network_file`."""
    name = NETWORKS[network]
    return None if name is None else MODELS / name


def known_sha256(sums: Path, name: str) -> str:
    """The hash that ``sums`` gives for the file ``name``.

    :raises ModelError: the list is missing or does not name the file.
    """
    try:
        lines = sums.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{sums}: cannot be read ({error}). Run `git checkout models/`.") from error
    for line in lines:
        fields = line.split()
        if len(fields) == 2 and fields[1].lstrip("*") == name:
            return fields[0].lower()
    raise ModelError(f"{sums}: has no line for {name}. Run `git checkout models/`.")


def _read(file: Path, shipped: bool) -> bytes:
    if shipped:
        remedy = "Run `git checkout models/` in the clone, or make it with scripts/build_model."
    elif file == MODELS / THUNDER:
        remedy = (
            "Thunder is not shipped: make it on a PC with `scripts/build_model --model thunder` (models/README.md) and "
            f'copy it to {MODELS}/, or set [model] model = "lightning".'
        )
    else:
        remedy = "Give --model the path of a MoveNet .tflite file, or leave it out to use the one that is shipped."
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{file}: there is no such model file. {remedy}") from error
    except IsADirectoryError as error:
        raise ModelError(f"{file}: is a folder, not a model file. {remedy}") from error
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror or error}). {remedy}") from error


def _look_at(content: bytes, file: Path, shipped: bool) -> None:
    """Refuse what the runtime would refuse in riddles or, worse, crash on."""
    remedy = "Run `git checkout models/`." if shipped else "Fetch the file again, or leave --model out."
    if not content:
        raise ModelError(f"{file}: is empty. {remedy}")
    # A TensorFlow Lite file is a FlatBuffer with the identifier TFL3 at bytes 4..8 (tensorflow/lite schema.fbs).
    if content[4:8] != b"TFL3":
        raise ModelError(f"{file}: is not a TensorFlow Lite model (no TFL3 mark at its start). {remedy}")
    reach = _reach(content)
    if not reach:
        raise ModelError(f"{file}: is damaged, it lists no weights. {remedy}")
    if reach > len(content):
        raise ModelError(f"{file}: is cut short, {len(content)} bytes where at least {reach} belong. {remedy}")


def _cut_short(content: bytes) -> str:
    reach = _reach(content) if content[4:8] == b"TFL3" else None
    return "; it is cut short" if reach is not None and reach > len(content) else ""


def _reach(content: bytes) -> int | None:
    """How many bytes the file's own table of contents asks for; None where it has none.

    A FlatBuffer has no length in it.  LiteRT verifies a file, but tflite-runtime 2.14 reads past the end of one that is
    cut short and ends the process with a segmentation fault.  The model's table lists its buffers, and each buffer's
    bytes say where they lie; the largest end is what the file must hold.
    """
    buffer = FlatBuffer(content)
    try:
        reach = 0
        for entry in buffer.tables(buffer.follow(0), BUFFERS):
            data_at = buffer.field(entry, DATA)
            if data_at is not None:
                data = buffer.follow(data_at)
                reach = max(reach, data + 4 + buffer.u32(data))
        return reach or None
    except ValueError:
        return None
    except IndexError as beyond:
        return int(beyond.args[0])
