"""The TensorFlow Lite interpreter that is installed here: LiteRT first, tflite-runtime second.

Both offer the same ``Interpreter``.  LiteRT (``ai-edge-litert``) has wheels for 64-bit systems; tflite-runtime's last
release, 2.14.0, also serves 32-bit Raspberry Pi OS, for Python up to 3.11, and dies without a useful message when NumPy
is 2 or newer, so that is checked first.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from device.errors import ModelError

RUNTIMES = ("ai_edge_litert", "tflite_runtime")
"""Packages that offer ``interpreter.Interpreter``, best first."""

_CHATTER = re.compile(rb"^INFO: (Created TensorFlow Lite|Initialized TensorFlow Lite)[^\n]*\n?", re.MULTILINE)
_stderr_lock = threading.Lock()


def interpreter_class() -> tuple[type[Any], str]:
    """The ``Interpreter`` class and the name of the package it comes from.

    :raises ModelError: no runtime is installed, or the one that is cannot be imported.
    """
    failures = []
    for package in RUNTIMES:
        if package == "tflite_runtime" and int(np.__version__.split(".")[0]) >= 2 and _installed(package):
            failures.append(f"tflite_runtime needs NumPy before 2, here is {np.__version__} (pip install 'numpy<2')")
            continue
        try:
            module = importlib.import_module(f"{package}.interpreter")
            return module.Interpreter, package
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] != package:
                failures.append(f"{package} needs {error.name}")
        except Exception as error:  # a broken wheel raises whatever its C library does
            failures.append(f"{package} cannot be imported: {_one_line(error)}")
    if failures:
        raise ModelError("The pose model cannot run: " + "; ".join(failures) + ".")
    raise ModelError(
        "The pose model needs a TensorFlow Lite runtime and none is installed: pip install ai-edge-litert "
        "(tflite-runtime and 'numpy<2' on a 32-bit system)."
    )


def open_interpreter(content: bytes, name: str, threads: int) -> Any:
    """An interpreter with its tensors allocated.

    :param content: the whole model file.
    :param name: what to call the file in an error.
    :raises ModelError: no runtime, or it refuses the file.
    """
    interpreter, package = interpreter_class()
    try:
        with quiet_runtime():
            opened = interpreter(model_content=content, num_threads=threads)
            opened.allocate_tensors()
    except Exception as error:  # ValueError, RuntimeError, TypeError: all seen, none documented
        raise ModelError(
            f"{name}: {package} cannot run this model, it is damaged or not for this runtime: {_one_line(error)}. "
            "Fetch the file again, or leave --model out."
        ) from error
    return opened


@contextmanager
def quiet_runtime() -> Iterator[None]:
    """Swallow the runtime's "INFO: Created ..." lines; pass on whatever else it writes to standard error.

    The runtime writes from C++ straight to file descriptor 2 and offers no switch, so the descriptor points to a
    file in memory for these few milliseconds.  Where that is not possible, the lines simply appear.
    """
    with _stderr_lock:
        try:
            caught = open(os.memfd_create("runtime"), "w+b")  # noqa: SIM115 (closed below)
            kept = os.dup(2)
        except OSError:
            yield
            return
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            os.dup2(caught.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            rest = _CHATTER.sub(b"", caught.read())
            caught.close()
            if rest:
                os.write(2, rest)


def _installed(package: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(package) is not None


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."
