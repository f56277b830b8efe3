"""Writing files so that they are whole whatever happens."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text in a file's place, whole or not at all, also when the power fails.

    :raises OSError: it cannot be written; what was there before is still there then.
    """
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)  # the new name must survive as well
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
