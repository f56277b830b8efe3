"""``form-coach config``: check and show the settings."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from device import config
from device.commands import config_option

if TYPE_CHECKING:
    from device.commands import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    settings = commands.add_parser("config", help="check or show the settings", description="Checks or shows settings.")
    actions = settings.add_subparsers(metavar="ACTION", required=True, title="actions")
    check = actions.add_parser("check", help="report every mistake", description="Reports every mistake at once.")
    config_option(check)
    check.set_defaults(run=_check)
    show = actions.add_parser(
        "show",
        help="show every setting with unit, range and meaning",
        description="Shows every setting in force, as a settings file to start from.",
    )
    config_option(show)
    show.set_defaults(run=_show)


def _check(options: argparse.Namespace) -> int:
    config.load(options.config)
    path = options.config or os.environ.get(config.ENVIRONMENT)
    print(f"{path}: no mistakes found" if path else "no settings file given: the defaults are in force")
    return 0


def _show(options: argparse.Namespace) -> int:
    print(config.show(config.load(options.config)), end="")
    return 0
