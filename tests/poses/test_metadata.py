"""Reading the small heads' weights out of a FlatBuffer that is made by hand."""

from __future__ import annotations

import json
import struct
from zlib import crc32

import numpy as np
import pytest

from device.errors import ModelError
from device.poses.metadata import ENTRY, FlatBuffer, heads_weights

ARRAYS = {"regress_out": np.arange(6, dtype=np.float32).reshape(2, 3), "offset_out_bias": np.ones(4, np.float32)}


def packed(arrays: dict[str, np.ndarray], **changes: object) -> bytes:
    """The arrays as a safetensors file with the check sum of what they hold.

    :param changes: to what the header says of each array.
    """
    header, data = {}, b""
    for name, array in arrays.items():
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": offsets, **changes}
        data += array.tobytes()
    text = json.dumps({"__metadata__": {"crc32": f"{crc32(data):08x}"}, **header}).encode()
    return struct.pack("<Q", len(text)) + text + data


def model(entries: dict[str, int], buffers: list[bytes]) -> bytes:
    """A FlatBuffer with only what is read: Model.buffers (field 4) and Model.metadata (field 6) of schema.fbs.

    :param entries: names of entries and the numbers of their buffers.
    """
    made = bytearray(b"\0\0\0\0TFL3")

    def put(content: bytes) -> int:
        made.extend(b"\0" * (-len(made) % 4))
        made.extend(content)
        return len(made) - len(content)

    def point(at: int, to: int) -> None:
        made[at : at + 4] = struct.pack("<I", to - at)

    def table(fields: int, used: list[int]) -> int:
        """A table that has some of its fields, 4 bytes each; where it begins."""
        offsets = [4 + 4 * used.index(field) if field in used else 0 for field in range(fields)]
        vtable = put(struct.pack(f"<{2 + fields}H", 4 + 2 * fields, 4 + 4 * len(used), *offsets))
        at = put(bytes(4 + 4 * len(used)))
        made[at : at + 4] = struct.pack("<i", at - vtable)
        return at

    def vector(at: int, items: int) -> int:
        point(at, place := put(struct.pack("<I", items) + bytes(4 * items)))
        return place + 4

    def text(at: int, content: bytes) -> None:
        point(at, put(struct.pack("<I", len(content)) + content))

    top = table(8, [4, 6])
    made[:4] = struct.pack("<I", top)
    first = vector(top + 4, len(buffers))
    for i, content in enumerate(buffers):
        point(first + 4 * i, one := table(1, [0] if content else []))
        if content:
            text(one + 4, content)
    first = vector(top + 8, len(entries))
    for i, (name, number) in enumerate(entries.items()):
        point(first + 4 * i, one := table(2, [0, 1] if number else [0]))  # a number that is 0 is left out
        text(one + 4, name.encode())
        if number:
            made[one + 8 : one + 12] = struct.pack("<I", number)
    return bytes(made)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_reads_the_arrays(number: int) -> None:
    """The entry is found by its name among others, and its buffer by its number, 0 too, which files leave out."""
    buffers = [b"", b"", b""]
    buffers[number] = packed(ARRAYS)
    found = heads_weights(model({"min_runtime_version": (number + 1) % 3, ENTRY: number}, buffers), "here")
    assert found is not None
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert (found[name] == array).all()


def test_a_file_without_the_entry() -> None:
    """Google's files have other metadata, or none."""
    assert heads_weights(model({"min_runtime_version": 1}, [b"", b"1.5.0"]), "here") is None
    assert heads_weights(model({}, [b""]), "here") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no tensors",
        b"\0" * 1000,
        packed(ARRAYS)[:-3],
        packed(ARRAYS)[:-3] + b"abc",
        packed(ARRAYS, dtype="F16"),
        packed(ARRAYS, shape=[5]),
        packed(ARRAYS, data_offsets=[0]),
        packed(ARRAYS, shape="no shape"),
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"null",
    ],
)
def test_a_damaged_entry(content: bytes) -> None:
    """An entry that is not whole is said with the file's place, in a line that can be read."""
    with pytest.raises(
        ModelError, match=rf"^/there/m\.tflite: the weights in its metadata \({ENTRY}\) cannot be read"
    ) as caught:
        heads_weights(model({ENTRY: 1}, [b"", content]), "/there/m.tflite")
    assert len(str(caught.value)) < 300


def test_a_buffer_that_is_not_there() -> None:
    """An entry may not send the reader beyond the buffers."""
    with pytest.raises(ModelError):
        heads_weights(model({ENTRY: 7}, [b"", packed(ARRAYS)]), "here")


def test_cut_short_anywhere() -> None:
    """Wherever the file ends too early, the weights are refused or, before their entry, not found: nothing else."""
    whole = model({ENTRY: 1}, [b"", packed(ARRAYS)])
    for end in range(8, len(whole), 7):
        try:
            assert heads_weights(whole[:end], "here") is None
        except ModelError:
            continue


def test_the_reader_tells_where_it_ends() -> None:
    """The missing byte is in the error, so that a loader can say how long the file should be."""
    buffer = FlatBuffer(b"\1\0\0\0\0\0")
    with pytest.raises(IndexError) as caught:
        buffer.u32(4)
    assert caught.value.args == (8,)
    with pytest.raises(ValueError, match="-1"):
        buffer.u32(-1)
    table = struct.pack("<4HiII", 6, 8, 4, 0, 8, 4, 100)  # its one field lists 100 bytes, of which 3 are there
    with pytest.raises(IndexError) as caught:
        FlatBuffer(table + b"abc").data(8, 0)
    assert caught.value.args == (120,)
