"""``form-coach whatif``: the cues of a recorded run with other settings, beside those with the settings in force."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import config
from device.columns import colourful, show
from device.commands import EXIT_CODES, tell
from device.errors import ConfigError, UsageError
from device.settings import Settings
from device.tuning import describing, place
from device.tuning.describing import SETTINGS
from device.tuning.store import parse_value

if TYPE_CHECKING:
    from device.commands import Commands
    from device.loop import PoseStream
    from device.records import Baseline, Frame, Pose
    from device.runs.poselog import Log

_WIDTH, _WIDEST = 80, 120


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "whatif",
        help="show what other settings would have made of a recorded run",
        description="Coaches a recorded run with the settings in force and with others, and shows the cues of both "
        "side by side. Nothing is changed.",
        epilog=f"example:\n  form-coach whatif my-run.npz --set forward_lean.on_deg=14\n\n{EXIT_CODES}",
    )
    parser.add_argument("source", metavar="FILE", type=Path, help="a key-point log (.npz), or a video")
    parser.add_argument(
        "--set",
        dest="changes",
        metavar="KEY=VALUE",
        action="append",
        required=True,
        help="a setting to try; may be given several times",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help=f"the settings to compare with; else ${config.ENVIRONMENT}, {place.SERVICE}, ~/.config/form-coach",
    )
    parser.add_argument(
        "--baseline", metavar="FILE", type=Path, help="begin with the runner's own good form of earlier runs"
    )
    parser.add_argument("--json", action="store_true", help="print it as one line of JSON (docs/whatif.md)")
    parser.set_defaults(run=_whatif)


def _whatif(options: argparse.Namespace) -> int:
    old = config.load(place.named(options.config))
    new = changed(old, options.changes)
    from device.whatif import compare, report  # lazily: mistakes are told at once

    known = _known(options.baseline)
    with Waiting() as waiting:
        poses, trouble, code = _poses(options.source, old, waiting)
        told = compare(poses, old, new, known, waiting.show)
    before, after = describing.values(old), describing.values(new)
    keys = dict.fromkeys(change.partition("=")[0].strip() for change in options.changes)
    changes = {key: (before[key], after[key]) for key in keys}
    if options.json:
        show(json.dumps(report.as_json(options.source, changes, *told), ensure_ascii=False))
    else:
        width = min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDEST)
        show("\n".join(report.lines(changes, *told, width, colourful(sys.stdout))))
    if trouble:
        tell(trouble)
    return code


def changed(settings: Settings, changes: Sequence[str]) -> Settings:
    """Settings with some of them set as KEY=VALUE says.

    :raises ConfigError: with every mistake in them.
    """
    problems, wanted = [], {}
    for change in changes:
        key, equals, text = change.partition("=")
        key = key.strip()
        setting = SETTINGS.get(key)
        if not equals:
            problems.append(f"{describing.shown(change)}: write KEY=VALUE, as in forward_lean.on_deg=14")
        elif setting is None:
            problems.append(describing.unknown(key))
        elif (value := setting.fitting(given := parse_value(key, text.strip()))) is None:
            problems.append(setting.mistake(given))
        elif key in wanted:
            problems.append(f"{key}: this is given twice")
        else:
            wanted[key] = value
    made = _with(settings, wanted)
    problems += made.contradictions()
    if problems:
        raise ConfigError("--set", problems)
    return made


def _with(settings: Settings, wanted: dict[str, Any]) -> Settings:
    values = describing.values(settings)
    language = wanted.get("voice.language", settings.voice.language)
    for key, setting in SETTINGS.items():
        # What the language says by itself goes with it.
        if setting.spoken and values[key] == config.usual(setting, settings.voice.language):
            values[key] = config.usual(setting, language)
    values |= wanted
    sections = {
        part.name: replace(
            getattr(settings, part.name),
            **{setting.name: values[setting.key] for setting in describing.SECTIONS[part.name]},
        )
        for part in fields(settings)
    }
    return Settings(**sections)


def _known(path: Path | None) -> tuple[Baseline, ...]:
    """The baselines to begin with."""
    if path is None:
        return ()
    from device import baselines

    if not path.exists():
        raise UsageError(f"{path}: there is no such file")
    kept = baselines.load(path)
    if kept.trouble:
        tell(kept.trouble)
    return kept.baselines


def _poses(path: Path, settings: Settings, waiting: Waiting) -> tuple[Log | list[Pose], str | None, int]:
    """The poses of a recording; what could not be read of it, and the exit code that goes with that."""
    from device import replay
    from device.poses import network_file
    from device.runs.poselog import open_log

    log = open_log(path)
    if log is not None:
        return log, log.trouble, 0
    stream = replay.open_poses(path, network_file(settings.model.model), settings.model.threads)
    try:
        poses = [pose for _, pose in waiting.through(stream, stream.duration_s)]
    finally:
        stream.close()
    return poses, stream.trouble, stream.trouble_code if stream.trouble else 0


class Waiting:
    """Tells on standard error how far the work is, once it takes longer than a second: as a bar on a terminal."""

    PATIENCE_S = 1.0
    EVERY_S = 0.2

    def __init__(self) -> None:
        self._next_s = time.monotonic() + self.PATIENCE_S
        self._terminal = sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> Waiting:
        """Nothing is told yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave a clean line behind."""
        if self._shown and self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, share: float, doing: str = "coaching") -> None:
        """Tell, if it is time to."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        self._next_s = now_s + self.EVERY_S
        if self._terminal:
            filled = round(30 * min(share, 1.0))
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r{doing:<18}  [{bar}] {100 * share:3.0f} %", end="", file=sys.stderr, flush=True)
        elif not self._shown:
            tell(f"{doing} …")
        self._shown = True

    def through(self, stream: PoseStream, duration_s: float | None) -> Iterator[tuple[Frame | None, Pose]]:
        """The poses of a video, while it is told how far they are."""
        for frame, pose in stream:
            self.show(pose.t_s / duration_s if duration_s else 0.0, "finding the runner")
            yield frame, pose
