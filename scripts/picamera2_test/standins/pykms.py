"""Stands in for pykms, which only Raspberry Pi OS has: picamera2 loads it even where nothing is shown."""

from __future__ import annotations


class _Names(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_Names):
    """Has every format, as its name."""
