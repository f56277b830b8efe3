"""``form-coach runs``: what is remembered of the runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import wording
from device.columns import clean, pad, show
from device.commands import EXIT_CODES, tell
from device.errors import UsageError
from device.records import FAULTS

if TYPE_CHECKING:
    from device.commands import Commands
    from device.runs import Store

LISTED = 20
"""So many runs are listed unless asked for more."""

_TABLES = ("runs", "strides", "tallies", "episodes", "cues", "baselines", "events")

Row = dict[str, Any]


def add(commands: Commands) -> None:
    """Register the command."""
    runs = commands.add_parser(
        "runs",
        help="list, show, export or delete the runs remembered",
        description="Lists the runs remembered, the newest first.  RUN is a number, or last.",
        epilog=EXIT_CODES,
    )
    _list_options(runs)
    runs.set_defaults(run=_list)
    actions = runs.add_subparsers(metavar="ACTION", title="actions")
    listing = _action(actions, "list", "list runs, the newest first", _list)
    _list_options(listing)
    showing = _action(actions, "show", "show a run in numbers", _show)
    showing.add_argument("number", metavar="RUN", nargs="?", default="last", help="a number, or last (the default)")
    export = _action(actions, "export", "write a run to a file, for other tools", _export)
    export.add_argument("number", metavar="RUN", help="a number, or last")
    export.add_argument("--format", choices=("csv", "json", "npz"), required=True, help="npz: the key points")
    export.add_argument("--table", choices=_TABLES, default="strides", help="what csv holds (default: strides)")
    export.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="where to; - for the terminal")
    delete = _action(actions, "delete", "forget a run", _delete)
    delete.add_argument("number", metavar="RUN", help="a number, or last")
    prune = _action(actions, "prune", "make room: key points, then strides, of the oldest runs", _prune)
    prune.add_argument("--largest-mb", metavar="MB", type=int, help="bring all runs below this (else runs.largest_mb)")


def _action(
    actions: Commands, name: str, what: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", "--most", metavar="N", type=int, default=LISTED, help="so many; 0 for all (default: 20)")
    parser.add_argument("--runner", metavar="NAME", help="only the runs of this profile")


def _list(options: argparse.Namespace) -> int:
    from device import runs
    from device.runs import store

    if options.most < 0:
        raise UsageError(f"--most {options.most}: must not be negative")
    place = runs.folder()
    if not (place / store.NAME).exists():
        print("no runs yet")
        return 0
    with runs.reading(place) as opened:
        found = opened.listed(options.most or None, options.runner)
        if not found:
            print("no runs yet" if options.runner is None else f"no runs of {clean(options.runner)} yet")
            return 0
        show(_HEADING)
        show("\n".join(_line(row) for row in found))
        there = {row["closed"] for row in found}
        show("".join(text for closed, text in _MARKS.values() if closed in there), end="")
    return 0


_COLUMNS = "{:>5}{:1} {:16} {} {:>7}  {:7} {:>4} {:>7} {:>7} {:>6}"
_HEADING = f"{'steps  strides out of limits':>80}\n" + _COLUMNS.format(
    "run", "", "begun", f"{'runner':11}", "running", "view", "/min", "lean", "hunched", "twist"
)

_MARKS = {
    "*": ("open", "* still on\n"),
    "!": ("power", "! cut off, by the power or a crash; the last seconds are missing\n"),
}


def _line(row: Row) -> str:
    mark = next((mark for mark, (closed, _) in _MARKS.items() if closed == row["closed"]), " ")
    cadence = f"{row['cadence_spm']:.0f}" if row["cadence_spm"] else "–"
    shares = (_percent(row["out"].get(fault)) for fault in FAULTS)
    runner, running = pad(clean(row["runner"]), 11), wording.clock(row["running_s"])
    return _COLUMNS.format(
        row["id"], mark, _when(row["begun_utc"]), runner, running, row["view"] or "–", cadence, *shares
    )


def _show(options: argparse.Namespace) -> int:
    from device import runs

    with runs.reading() as opened:
        number = runs.number(opened, options.number)
        row = opened.run(number)
        assert row is not None
        tallies = {tally["fault"]: tally for tally in opened.table("tallies", number)}
        cues = opened.table("cues", number)
    closed = {"open": ", still on", "power": ", cut off by the power"}.get(row["closed"], "")
    seen = "" if row["seen_share"] is None else f", seen {_percent(row['seen_share'])} of the time"
    cadence = f", {row['cadence_spm']:.0f} steps/min" if row["cadence_spm"] else ""
    azimuth = "" if row["azimuth_deg"] is None else f" ({row['azimuth_deg']:.0f}° from straight ahead)"
    confidence = "" if row["confidence"] is None else f", key points {_percent(row['confidence'])} sure"
    runner = f", {clean(row['runner'])}" if row["runner"] else ""
    lines = [
        f"Run {number}{runner}, {_when(row['begun_utc'])}{closed}",
        f"Running {wording.clock(row['running_s'])} of {wording.clock(row['duration_s'])}{cadence}{seen}",
        f"Camera: {row['view'] or 'view unknown'}{azimuth}{confidence}",
        f"Form Coach {clean(row['software'])}, model {clean(row['model']) or '–'} {row['model_sha256'][:12]}, "
        f"settings {row['settings_sha256'][:12]}",
        "Kept: " + _kept(row),
        "",
    ]
    for fault in FAULTS:
        tally = tallies.get(fault)
        if tally is None or not tally["strides"]:
            lines.append(f"  {wording.NAMES[fault]:<18}  not watched")
            continue
        said = "1 cue" if tally["cues"] == 1 else f"{tally['cues']} cues"
        share = _percent(tally["out_strides"] / tally["strides"])
        lines.append(
            f"  {wording.NAMES[fault]:<18}  {share:>5} of strides out of limits, {said}, {tally['mended']} mended"
        )
    if cues:
        lines.append("")
    for cue in cues:
        mended = f"  mended at {wording.clock(cue['mended_s'])}" if cue["mended_s"] is not None else ""
        lines.append(f"  {wording.clock(cue['t_s'])}  {clean(cue['text'])}{mended}")
    show("\n".join(lines))
    return 0


def _kept(row: Row) -> str:
    strides = "strides" if row["strides_kept"] else "no strides"
    if row["poses_bytes"] is None:
        return f"{strides}, no key points"
    return f"{strides}, and key points ({row['poses_bytes'] / 1e6:.1f} MB)"


def _export(options: argparse.Namespace) -> int:
    from device import runs
    from device.files import write_whole
    from device.outputs import check_writable
    from device.runs import exports

    out: Path = options.output
    if str(out) == "-" and options.format == "npz":
        raise UsageError("key points cannot be written to the terminal; give a file with -o")
    place = runs.folder()
    with runs.reading(place) as opened:
        number = runs.number(opened, options.number)
        if str(out) != "-":
            check_writable([out])
        if options.format == "npz":
            target = out if out.suffix else out.with_suffix(".npz")
            trouble = _written(target, lambda: exports.write_npz(opened, place, number, target))
            if trouble:
                tell(trouble)
            return 0
        text = (
            exports.json_text(opened, number)
            if options.format == "json"
            else exports.csv_text(opened, number, options.table)
        )
    if str(out) == "-":
        sys.stdout.write(text)
    else:
        _written(out, lambda: write_whole(out, text))
    return 0


def _written(path: Path, write: Callable[[], str | None]) -> str | None:
    try:
        return write()
    except OSError as error:
        if not error.strerror:  # one of ours, and said already
            raise
        raise UsageError(f"cannot write {path}: {error.strerror.lower()}") from error


def _delete(options: argparse.Namespace) -> int:
    from device import runs
    from device.runs import archive

    place = runs.folder()
    with _changing(place) as opened:
        number = runs.number(opened, options.number)
        row = opened.run(number)
        assert row is not None
        if row["closed"] == "open":
            handle = archive.lock(place)
            if handle is None:
                raise UsageError(f"run {number} is still on; it ends two minutes after the running does")
            os.close(handle)
        _written(place, lambda: runs.log_path(place, row["uuid"]).unlink(missing_ok=True))
        opened.delete(number)
    print(f"run {number} is forgotten")
    return 0


def _prune(options: argparse.Namespace) -> int:
    from device import config, runs
    from device.runs import room, store

    largest_mb = config.load().runs.largest_mb if options.largest_mb is None else options.largest_mb
    if largest_mb < 1:
        raise UsageError(f"--largest-mb {largest_mb}: must be at least 1")
    place = runs.folder()
    with _changing(place) as opened:
        gone: list[str] = []
        _written(place, lambda: gone.extend(room.make_room(opened, place / store.POSES, largest_mb * 1_000_000)))
        opened.compact()
    for what in gone:
        print(f"gone: {what}")
    if not gone:
        print(f"nothing to do: all runs together take less than {largest_mb} MB")
    return 0


def _changing(place: Path) -> Store:
    from device import runs
    from device.runs import store

    if not (place / store.NAME).exists():
        raise UsageError(f"{place / store.NAME}: there are no runs yet")
    opened, told = runs.writing(place)
    if told:
        tell(told)
    return opened


def _when(begun_utc: str | None) -> str:
    """When a run began, in the time of this place."""
    if begun_utc is None:
        return "date unknown"
    return f"{datetime.fromisoformat(begun_utc).astimezone():%Y-%m-%d %H:%M}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
