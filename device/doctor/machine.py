"""What machine this is; and asking other programs, within bounds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ANSWER_S = 4.0
"""A program that gives no answer for this long is not waited for."""


def board(root: Path = Path("/")) -> str:
    """The board, as "Raspberry Pi 4 Model B Rev 1.5"; "" where the computer is no board that names itself."""
    return read_text(root / "proc/device-tree/model").strip("\0 \n")


def is_pi(root: Path = Path("/")) -> bool:
    """Whether this is a Raspberry Pi."""
    return "Raspberry Pi" in board(root)


def system(root: Path = Path("/")) -> str:
    """The operating system, as "Debian GNU/Linux 12 (bookworm)"."""
    for line in read_text(root / "etc/os-release").splitlines():
        name, _, value = line.partition("=")
        if name == "PRETTY_NAME":
            return value.strip("\"'")
    return "an unknown system"


def read_text(path: Path) -> str:
    """What a small file of the system holds; "" where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(65536).decode(errors="replace")
    except OSError:
        return ""


def ask(*command: str) -> str | None:
    """What a program prints; None if there is no such program, it fails, or it does not answer."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            check=False,
            env=os.environ | {"LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
