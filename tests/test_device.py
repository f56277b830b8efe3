"""The package as a whole."""

from __future__ import annotations

import os
import subprocess
import sys


def test_openblas_starts_no_threads_of_its_own() -> None:
    """Importing the package before NumPy keeps OpenBLAS to one thread, unless the user wants otherwise."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    work = "numpy.ones((500, 500)) @ numpy.ones((500, 500))"
    code = f"import device, os, numpy; {work}; print(len(os.listdir('/proc/self/task')))"
    one = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert one.stdout == "1\n"


def test_importing_the_command_line_is_cheap() -> None:
    """`form-coach --help` loads neither the model's runtime, nor the video library, nor the drawing."""
    code = "import device.cli, sys; print(sorted({'av', 'ai_edge_litert', 'PIL', 'pyttsx3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
