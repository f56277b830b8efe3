"""``form-coach profile``: settings and good form for each person of a household."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import config
from device.columns import show
from device.commands.config import EXIT_CODES, file_option, store, told
from device.tuning import place

if TYPE_CHECKING:
    from device.commands import Commands
    from device.tuning.store import Store


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "profile",
        help="settings and good form for each person of a household",
        description="A profile holds one person's limits, texts and good form.  With one in use, `config set` changes "
        "that person's settings; those of camera, model, voice and panel stay everybody's.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True, title="actions")

    def action(name: str, what: str, run: Any) -> argparse.ArgumentParser:
        made = actions.add_parser(
            name,
            help=what,
            description=f"{what[0].upper()}{what[1:]}.",
            epilog=EXIT_CODES,
        )
        file_option(made)
        made.set_defaults(run=run)
        return made

    listed = action("list", "show all profiles, and which one is in use", _list)
    listed.add_argument("--json", action="store_true", help="print them as JSON (docs/settings.md)")
    for name, what, run in (
        ("use", "take a profile into use", _use),
        ("new", "make a profile, without changes at first", _new),
        ("remove", "remove a profile that is not in use, and its good form", _remove),
    ):
        action(name, what, run).add_argument("name", metavar="PROFILE", help="its name")
    action("none", "use nobody's profile", _none)


def _list(options: argparse.Namespace) -> int:
    settings = store(options)
    in_use = config.leniently(settings.path, optional=True)[0].profile
    known = config.profiles(settings.path)
    if options.json:
        rows = [
            {
                "name": name,
                "in_use": name == in_use,
                "changes": _changes(settings, name),
                "good_form": _learned(settings, name),
            }
            for name in known
        ]
        show(json.dumps({"path": str(settings.path), "profile": in_use, "profiles": rows}, ensure_ascii=False))
        return 0
    if not known:
        show("there are no profiles; form-coach profile new NAME makes one")
    width = max(map(len, known), default=0)
    for name in known:
        changes = _changes(settings, name)
        learned = {True: ", good form known", False: ", good form not learned yet", None: ""}[_learned(settings, name)]
        about = f"{changes} setting{'' if changes == 1 else 's'} of its own{learned}"
        show(f"{'*' if name == in_use else ' '} {name:<{width}}  {about}")
    return 0


def _use(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    return told(settings, settings.set({"profile.name": options.name}, user()))


def _none(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    return told(settings, settings.set({"profile.name": ""}, user()))


def _new(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    settings.new_profile(options.name, user())
    show(f"profile {options.name} is made; to take it into use: form-coach profile use {options.name}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    settings.remove_profile(options.name, user())
    show(f"profile {options.name} is removed; form-coach config undo brings its settings back")
    if (kept := _kept(settings, options.name)) is not None:
        shutil.rmtree(kept.parent, ignore_errors=True)
        if kept.parent.exists():
            show(f"the good form learned for it stays: sudo rm -r {kept.parent}")
    return 0


def _changes(settings: Store, name: str) -> int:
    """How many settings a profile changes."""
    from device.errors import ConfigError
    from device.tuning.document import held

    try:
        return len(held(settings.text(config.profile_file(settings.path, name))))
    except ConfigError:
        return 0


def _learned(settings: Store, name: str) -> bool | None:
    """Whether the good form of a profile is known; None where this user cannot tell."""
    state = place.state_of(settings.path)
    try:
        return None if state is None else place.baselines(state, name).stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:
        return None


def _kept(settings: Store, name: str) -> Path | None:
    """The file of a profile's good form, None where there is none."""
    state = place.state_of(settings.path)
    file = place.baselines(state, name) if state is not None else None
    return file if file is not None and file.parent.is_dir() else None
