"""The software that the coach stands on: what is there, in which version, and whether it fits together."""

from __future__ import annotations

import platform
from importlib import import_module, metadata
from importlib.util import find_spec

from device import __version__
from device.doctor import Result, bad, none, ok

RUNTIMES = ("ai-edge-litert", "tflite-runtime")
NEEDED = ("numpy", "av", "pillow", "pyttsx3")
EXTRA = ("gpiozero", "picamera2")


def versions() -> Result:
    """The versions of all that is needed, and what of it is missing."""
    found = {name: version(name) for name in (*RUNTIMES, *NEEDED, *EXTRA)}
    listed = [f"Form Coach {__version__}", f"Python {platform.python_version()}"]
    listed += [f"{name} {number}" for name, number in found.items() if number]
    missing = [name for name in NEEDED if not found[name]]
    if not any(found[name] for name in RUNTIMES):
        missing.insert(0, RUNTIMES[0])
    if missing:
        return bad(f"missing: {', '.join(missing)}; here are {', '.join(listed)}", "run scripts/install again")
    return ok(", ".join(listed))


def version(name: str) -> str:
    """The version of an installed distribution; "" where there is none."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def picamera(wanted: bool) -> Result:
    """Whether picamera2, which comes from Debian's side, works with the NumPy of the coach's own environment.

    :param wanted: whether it is needed here: a Raspberry Pi whose settings name its own camera.
    """
    if find_spec("picamera2") is None:
        if not wanted:
            return none("picamera2 is not installed; only a Raspberry Pi's own camera needs it")
        return bad(
            "picamera2 is not installed, or the coach's environment does not see Debian's packages",
            "sudo apt install --no-install-recommends python3-picamera2, then run scripts/install again; "
            'with a USB camera instead: [camera] source = "usb"',
        )
    numpy = version("numpy")
    try:
        import_module("picamera2")
    except Exception as error:  # a binary that does not fit raises ValueError, ImportError, AttributeError …
        said = f"picamera2 cannot be used with NumPy {numpy}: {type(error).__name__}: {error}"
        if "numpy" in str(error).lower():
            return bad(said, "in the coach's environment: pip install 'numpy<2' 'ml_dtypes<0.6'")
        return bad(said, "sudo apt install --reinstall python3-picamera2 python3-libcamera python3-simplejpeg")
    return ok(f"picamera2 {version('picamera2')} works with NumPy {numpy}")
