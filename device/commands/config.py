"""``form-coach config``: show, check and change the settings."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import config, folders
from device.columns import clean, colourful, paint, show
from device.commands import tell
from device.commands.changes import changes, entry_json, lines
from device.config import ENVIRONMENT, Layers
from device.errors import UsageError
from device.live import status
from device.tuning import describing, place
from device.tuning.describing import SECTIONS, SETTINGS

if TYPE_CHECKING:
    from device.commands import Commands
    from device.tuning.store import Change, Store

FORMAT = "form-coach settings"
VERSION = 1

EXIT_CODES = """exit codes:
  0  done
  1  saved, but the running coach did not confirm it
  2  wrong usage, mistakes in the settings, or no right to change them; nothing was changed
"""

_EXAMPLES = """examples:
  form-coach config set forward_lean.on_deg 14
  form-coach config set forward_lean.cues '["Grow tall", "Brace your core"]' cues.gap_s=30
"""


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "config",
        help="show, check or change the settings",
        description="Shows, checks and changes the settings; a running coach takes a change at once, and confirms it.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True, title="actions")

    def action(name: str, what: str, run: Any, epilog: str = "") -> argparse.ArgumentParser:
        made = actions.add_parser(
            name,
            help=what,
            description=f"{what[0].upper()}{what[1:]}.",
            epilog=epilog,
        )
        file_option(made)
        made.set_defaults(run=run)
        return made

    shown = action("show", "show settings with value, range, default, meaning, and where they come from", _show)
    shown.add_argument("keys", metavar="KEY", nargs="*", help="only these settings or sections")
    shown.add_argument("--changed", action="store_true", help="only what a file changes")
    shown.add_argument("--json", action="store_true", help="print them as JSON (docs/settings.md)")

    changed = action("set", "change settings, all that are given or none", _set, _EXAMPLES + "\n" + EXIT_CODES)
    changed.add_argument("pairs", metavar="KEY VALUE", nargs="+", help="a setting and its value; KEY=VALUE will do")

    reset = action("reset", "take settings back to their defaults", _reset, EXIT_CODES)
    reset.add_argument("keys", metavar="KEY", nargs="*", help="settings or sections")
    reset.add_argument("--all", action="store_true", help="all of them; with a profile in use, all of the profile's")

    check = action("check", "report every mistake in the settings at once", _check)
    check.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the file to check; else the one in force")

    edit = action("edit", "change the settings in your editor; checked before they take effect", _edit, EXIT_CODES)
    edit.add_argument("--profile", metavar="PROFILE", help="the settings of this profile")

    log = action("log", "show who changed what, the newest first", _log)
    log.add_argument("--json", action="store_true", help="print a JSON object for each change (docs/settings.md)")

    action("undo", "take back the last change; call it again for the one before", _undo, EXIT_CODES)


def file_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the settings file."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help=f"the settings file; else ${ENVIRONMENT}, the running coach's, {place.SERVICE}, ~/.config/form-coach",
    )


def store(options: argparse.Namespace) -> Store:
    """The settings that the options mean."""
    from device.tuning.store import Store

    return Store(place.settings_file(options.config, status.read(folders.runtime())).absolute())


def told(store: Store, change: Change) -> int:
    """Print what a change did, and what the running coach says of it; the exit code comes back."""
    from device.tuning.confirm import confirm

    for line in changes(change.changes, change.layers.origins):
        show(line)
    if change.unnoted:
        tell(f"{change.unnoted}: config log and config undo will not know of this change")
    if not change.written:
        show("nothing to change: it is so already")
        return 0
    if not change.changes:
        show(f"no value has changed; new is the text of {', '.join(str(file) for file in change.written)}")
    confirmed = confirm(store.path, {key: new for key, (_, new) in change.changes.items()})
    if confirmed.in_force is False:
        tell(confirmed.text)
        return 1
    if change.changes or confirmed.in_force:
        show(confirmed.text)
    return 0


def _show(options: argparse.Namespace) -> int:
    path = store(options).path
    layers = config.layers(path, optional=path == place.own())
    keys = _keys(options.keys)
    if options.json:
        show(_as_json(path, layers, keys, options.changed))
        return 0
    text = config.show(layers.settings, layers.origins, options.changed, keys)
    if options.changed and text.count("\n") == 1:
        text = "# Nothing is changed: all settings have their defaults.\n"
    if colourful(sys.stdout):
        text = "".join(f"{_coloured(line)}\n" for line in text.splitlines())
    show(text, end="")
    return 0


def _set(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    return told(settings, settings.set(pairs(options.pairs), user()))


def pairs(words: Sequence[str]) -> dict[str, Any]:
    """Settings and values as typed: "KEY VALUE" or "KEY=VALUE", several of them.

    :raises UsageError: a value is missing, or a setting is named twice.
    """
    from device.tuning.store import parse_value

    found: dict[str, Any] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        key, equals, value = word.partition("=")
        if not equals:
            if not left:
                known = "" if key in SETTINGS else f" ({describing.unknown(key)})"
                raise UsageError(f"{clean(key)} needs a value: form-coach config set KEY VALUE{known}")
            value = left.pop(0)
            value = left.pop(0) if value == "=" and left else value
        key = key.strip()
        if key in found:
            raise UsageError(f"{key} is given twice")
        found[key] = parse_value(key, value.strip())
    return found


def _reset(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    if bool(options.keys) == options.all:
        raise UsageError("say which settings to reset, or --all (try form-coach config reset --help)")
    settings = store(options)
    change = settings.reset(None if options.all else options.keys, user())
    if options.all and change.layers.profile:
        name = change.layers.profile
        show(f"all of profile {name}; the settings of everybody, in {settings.path}, stay (form-coach profile none)")
    return told(settings, change)


def _check(options: argparse.Namespace) -> int:
    if given := options.file or options.config:
        config.load(given)
        show(f"{given}: no mistakes found")
        return 0
    path = place.named(None, status.read(folders.runtime()))
    if path is None:
        show("there is no settings file: the defaults are in force")
        return 0
    layers = config.layers(path)
    show(f"{' and '.join(str(file) for file in layers.files)}: no mistakes found")
    return 0


def _edit(options: argparse.Namespace) -> int:
    from device.tuning.editing import edit
    from device.tuning.rights import user

    settings = store(options)
    file = settings.path
    if options.profile is not None:
        known = config.profiles(settings.path)
        if options.profile not in known:
            near = describing.did_you_mean(options.profile, known)
            raise UsageError(f"there is no profile {clean(options.profile)}{near}")
        file = config.profile_file(settings.path, options.profile)
    change = edit(settings, file, user(), ask, tell)
    if change is None:
        show("nothing was changed")
        return 0
    return told(settings, change)


def ask(question: str) -> bool:
    """Ask the user; Enter alone is yes, and where nobody can answer it is no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(question).strip().lower() in ("", "y", "yes", "j", "ja")
    except EOFError:
        return False


def _log(options: argparse.Namespace) -> int:
    settings = store(options)
    entries = settings.log()[::-1]
    taken_back = {entry.undoes for entry in entries if entry.undoes}
    if options.json:
        for entry in entries:
            show(json.dumps(entry_json(entry), ensure_ascii=False))
        return 0
    if not entries:
        show(f"no change of {settings.path} is known")
    colour = colourful(sys.stdout)
    for entry in entries:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.when_s))
        how = entry.how + (", taken back since" if entry.number in taken_back else "")
        head = f"{when}  {clean(entry.who) or 'somebody'}  ({how})"
        show(paint(head, "bold", colour))
        for line in lines(entry):
            show(f"  {line}")
    return 0


def _undo(options: argparse.Namespace) -> int:
    from device.tuning.rights import user

    settings = store(options)
    change = settings.undo(user())
    if (entry := change.undone) is not None:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.when_s))
        show(f"taken back: {entry.how} by {clean(entry.who) or 'somebody'}, {when}")
    return told(settings, change)


def _keys(words: Sequence[str]) -> list[str]:
    """Settings by name, or by section.

    :raises UsageError: there is no such.
    """
    keys: list[str] = []
    for word in words:
        if word in SECTIONS:
            keys += [setting.key for setting in SECTIONS[word]]
        elif word in SETTINGS:
            keys.append(word)
        else:
            near = describing.did_you_mean(word, SECTIONS) if "." not in word else ""
            raise UsageError(f"{clean(word)}: there is no such section{near}" if near else describing.unknown(word))
    return keys


def _as_json(path: Path, layers: Layers, keys: Sequence[str], changed: bool) -> str:
    values = describing.values(layers.settings)
    listed = []
    for key, setting in SETTINGS.items():
        origin = layers.origins[key]
        if (keys and key not in keys) or (changed and config.is_default(origin)):
            continue
        about: Mapping[str, Any] = {
            "key": key,
            "value": values[key],
            "default": config.usual(setting, layers.settings.voice.language),
            "origin": origin,
            "kind": setting.kind,
            "unit": setting.unit,
            "low": setting.low,
            "high": setting.high,
            "options": list(setting.options) or None,
            "what": setting.what,
        }
        listed.append(about)
    head = {"format": FORMAT, "version": VERSION, "path": str(path), "profile": layers.profile, "settings": listed}
    return json.dumps(head, ensure_ascii=False)


def _coloured(line: str) -> str:
    """A line of ``config show`` for a terminal: what is said about a value stands back."""
    return paint(line, "dim" if line.startswith("#") else "bold", line.startswith(("#", "[")))
