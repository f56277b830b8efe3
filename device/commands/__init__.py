"""The commands of ``form-coach``: one module each, which registers its parser with ``add`` and runs it."""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from device.config import ENVIRONMENT

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


EXIT_CODES = """exit codes:
  0  done
  2  wrong usage or settings, or an output cannot be written
  3  the input cannot be read, or only a part of it
  4  the pose model cannot be used
"""
"""What every command leaves with; the end of its help."""


def config_option(parser: argparse.ArgumentParser) -> None:
    """The option that names a settings file."""
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help=f"settings in TOML, over the defaults (else ${ENVIRONMENT})"
    )


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """For importing what a long-running command is made of: that stays to the end.

    To look through it for garbage again and again would only make the start longer.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def tell(text: str) -> None:
    """One message on standard error."""
    print(f"form-coach: {text}", file=sys.stderr, flush=True)
