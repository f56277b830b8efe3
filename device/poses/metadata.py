"""Reads the small heads' weights out of a TensorFlow Lite file, without the runtime.

A ``.tflite`` file is a FlatBuffer (schema: tensorflow/lite/schema/schema.fbs).  Besides the graph it may hold named
entries of metadata, which runtimes pass over; ``scripts/build_model`` puts the weights of the two heads there that
``device.poses.lazy`` computes.  They lie as a safetensors file (github.com/huggingface/safetensors): the length of a
header, the header in JSON, and the arrays one after the other; its ``__metadata__`` holds their CRC-32.
"""

from __future__ import annotations

import json
from zlib import crc32

import numpy as np

from device.errors import ModelError

ENTRY = "form_coach_heads"
"""Name of the entry of metadata."""

BUFFERS, _METADATA = 4, 6
"""Fields of Model: its buffers, its entries of metadata."""
_NAME, _BUFFER = 0, 1  # of Metadata
DATA = 0
"""The field of Buffer that holds its bytes."""


class FlatBuffer:
    """A FlatBuffer's tables and vectors, read where they lie.

    Each method raises IndexError, with the byte that is missing, when it is sent beyond the end, and ValueError when it
    is sent before the beginning: the content is damaged.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content

    def u32(self, at: int) -> int:
        """The unsigned number of 4 bytes there."""
        if at < 0:
            raise ValueError(at)
        if at + 4 > len(self.content):
            raise IndexError(at + 4)
        return int.from_bytes(self.content[at : at + 4], "little")

    def follow(self, at: int) -> int:
        """Where the offset there points to."""
        return at + self.u32(at)

    def field(self, table: int, index: int) -> int | None:
        """Where a table's field lies; None if the table leaves it out."""
        vtable = table - int.from_bytes(self.u32(table).to_bytes(4, "little"), "little", signed=True)
        if 4 + 2 * index >= self.u32(vtable) & 0xFFFF:
            return None
        offset = self.u32(vtable + 4 + 2 * index) & 0xFFFF
        return table + offset if offset else None

    def tables(self, table: int, index: int) -> list[int]:
        """Where the tables lie that a field lists; none if it is left out."""
        at = self.field(table, index)
        if at is None:
            return []
        vector = self.follow(at)
        return [self.follow(vector + 4 + 4 * i) for i in range(self.u32(vector))]

    def data(self, table: int, index: int) -> bytes:
        """The bytes, or the text, of a field; empty if it is left out."""
        at = self.field(table, index)
        if at is None:
            return b""
        vector = self.follow(at)
        end = vector + 4 + self.u32(vector)
        if end > len(self.content):
            raise IndexError(end)
        return self.content[vector + 4 : end]


def heads_weights(content: bytes, where: str) -> dict[str, np.ndarray] | None:
    """The arrays of the entry :data:`ENTRY`; None if the file has no such entry.

    :param content: the whole model file, whose first table is known to be in order.
    :param where: path of the file, for errors.
    :raises ModelError: the entry is there but damaged.
    """
    try:
        entry = _entry(FlatBuffer(content))
        if entry is None:
            return None
        return _tensors(entry)
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # what damaged bytes lead to
        raise ModelError(
            f"{where}: the weights in its metadata ({ENTRY}) cannot be read: {error}. "
            "Fetch the file again, or make it anew with scripts/build_model."
        ) from error


def _entry(buffer: FlatBuffer) -> bytes | None:
    model = buffer.follow(0)
    for entry in buffer.tables(model, _METADATA):
        if buffer.data(entry, _NAME) == ENTRY.encode():
            number = buffer.field(entry, _BUFFER)
            buffers = buffer.tables(model, BUFFERS)
            return buffer.data(buffers[buffer.u32(number) if number is not None else 0], DATA)
    return None


def _tensors(content: bytes) -> dict[str, np.ndarray]:
    """The arrays, float32, of a safetensors file.

    :raises ValueError: or LookupError, TypeError or AttributeError: it is none, or damaged.
    """
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    data = content[start:]
    if int(header.pop("__metadata__")["crc32"], 16) != crc32(data):
        raise ValueError("their check sum is wrong")
    found = {}
    for name, about in header.items():
        if about["dtype"] != "F32":
            raise ValueError(f"{name} is {about['dtype']}, not F32")
        first, end = about["data_offsets"]
        found[name] = np.frombuffer(data[first:end], "<f4").reshape(about["shape"])
    return found
