"""The command line: ``form-coach``.  Errors become one line on standard error and an exit code here, nowhere else."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from device import __version__
from device.commands import EXIT_CODES, tell
from device.errors import FormCoachError, UsageError

COMMANDS = (
    "run",
    "status",
    "tune",
    "watch",
    "doctor",
    "replay",
    "whatif",
    "runs",
    "report",
    "advice",
    "pain",
    "shoes",
    "config",
    "profile",
)
"""The modules of ``device/commands``, in the order in which the help lists them; completion comes last."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; also when ended from outside."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code comes back."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)  # finish the outputs, as after Ctrl-C
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(words[0] if words else "").parse_args(words)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except FormCoachError as error:
        tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        tell("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal.

    argparse itself asks shutil how wide that is, for each argument anew; shutil loads what unpacks archives, and that
    takes 2 ms of the coach's start and half a MiB.
    """

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size(1).columns
        except (ValueError, OSError):  # no number, no terminal
            columns = 0
        super().__init__(prog, width=(columns or 80) - 2)


class _HelpWithCodes(_Help, argparse.RawDescriptionHelpFormatter):
    """The same with the exit codes line by line."""


class _Parser(argparse.ArgumentParser):
    """argparse with one clear line for a mistake, in place of the whole usage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, formatter_class=_HelpWithCodes if "epilog" in options else _Help)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (try {self.prog} --help)")


def _parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of all commands, or of one alone: the others' modules take longer to load than its own.

    :param command: the first word of the command line; all commands are there where it is none of them.
    """
    parser = _Parser(
        prog="form-coach",
        description="Watches a runner on a treadmill and says, aloud and at the right moment, what to change.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"form-coach {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")

    for name in (command,) if command in COMMANDS else COMMANDS:
        importlib.import_module(f"device.commands.{name}").add(commands)
    if command not in COMMANDS:
        importlib.import_module("device.commands.completion").add(commands, parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
