"""The command line: ``form-coach``.  Errors become one line on standard error and an exit code here, nowhere else."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from device import __version__
from device.commands import (
    EXIT_CODES,
    advice,
    completion,
    config,
    doctor,
    pain,
    profile,
    replay,
    report,
    run,
    runs,
    shoes,
    status,
    tell,
    tune,
    watch,
    whatif,
)
from device.errors import FormCoachError, UsageError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; also when ended from outside."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code comes back."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)  # finish the outputs, as after Ctrl-C
    try:
        options = _parser().parse_args(arguments)
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


class _Parser(argparse.ArgumentParser):
    """argparse with one clear line for a mistake, in place of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (try {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="form-coach",
        description="Watches a runner on a treadmill and says, aloud and at the right moment, what to change.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"form-coach {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")

    for command in (
        run,
        status,
        tune,
        watch,
        doctor,
        replay,
        whatif,
        runs,
        report,
        advice,
        pain,
        shoes,
        config,
        profile,
    ):
        command.add(commands)
    completion.add(commands, parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
