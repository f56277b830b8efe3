"""``form-coach pain``: the pain diary."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from device.advice import desk
from device.columns import clean, show, wrap
from device.commands import EXIT_CODES, tell
from device.errors import UsageError
from device.records import FAULTS

if TYPE_CHECKING:
    from device.advice.desk import Desk
    from device.advice.diary import Entry
    from device.commands import Commands
    from device.runs.store import Row

LISTED = 20
"""So many entries are listed unless asked for more."""

_SHORT = {"forward_lean": "lean", "hunched_shoulders": "hunched shoulders", "torso_twist": "twist"}


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "pain",
        help="note pain, or list the diary against runs and faults",
        description="Notes pain, or lists the diary against runs and faults.",
        epilog='example:\n  form-coach pain 4 --where "between the shoulder blades" --after last\n\n' + EXIT_CODES,
    )
    parser.add_argument("level", metavar="LEVEL", nargs="?", help="0 (none) to 10 (the worst you can imagine)")
    parser.add_argument("--where", metavar="PLACE", help="where it hurts")
    parser.add_argument("--after", metavar="RUN", help="the run it came after: a number, or last")
    parser.add_argument("--note", metavar="TEXT", help="anything else worth knowing")
    parser.add_argument("--on", metavar="DATE", help="the day it was felt, as in 2026-10-08; else now")
    parser.add_argument("--forget", metavar="NUMBER", help="take an entry out of the diary")
    parser.add_argument(
        "-n", "--most", metavar="N", type=int, default=LISTED, help="list so many; 0 for all (default: 20)"
    )
    desk.options(parser)
    parser.set_defaults(run=_pain)


def _pain(options: argparse.Namespace) -> int:
    given = [name for name in ("where", "after", "note", "on") if getattr(options, name) is not None]
    if options.forget is not None:
        if options.level is not None or given:
            raise UsageError("--forget goes by itself, as in form-coach pain --forget 3")
        return _forget(options)
    if options.level is None:
        if given:
            raise UsageError(f"--{given[0]} belongs to an entry: say how strong the pain is, 0 to 10, before it")
        return _list(options)
    return _add(options)


def level_of(text: str) -> int:
    """A level of pain as typed.

    :raises UsageError: it is none.
    """
    if not re.fullmatch(r"\+?[0-9]{1,4}", text) or int(text) > 10:
        raise UsageError(
            f"{clean(text)[:40] or 'nothing'}: pain is a whole number from 0 (none) to 10 (the worst you can imagine)"
        )
    return int(text)


def day_of(text: str, now: datetime | None) -> datetime:
    """A day as typed, at noon of this place.

    :raises UsageError: it is none, or lies ahead.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(hour=12).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"--on {clean(text)[:40]}: write the day as in 2026-10-08") from None
    if day.year < 2000:
        raise UsageError(f"--on {text}: this is before any run")
    if now is not None and day.astimezone().date() > now.astimezone().date():
        raise UsageError(f"--on {text}: this day lies ahead")
    return day if now is None else min(day, now)


def _add(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import diary, told

    level = level_of(options.level)
    now = desk.now()
    if options.on is not None:
        felt = day_of(options.on, now)
    elif now is not None:
        felt = now
    else:
        raise UsageError(
            f"the clock of this computer is not set (it says {datetime.now():%Y-%m-%d}): "
            "name the day, as in --on 2026-10-08"
        )
    place = desk.line_of(options.where or "", "--where")
    note = desk.line_of(options.note or "", "--note")
    mine = desk.Desk.of(options)
    opened, trouble = runs.writing(runs.folder())
    if trouble:
        tell(trouble)
    with opened:
        run = None if options.after is None else desk.number_of(opened, options.after, mine.runner)
        number = diary.add(opened, mine.runner, diary.Entry(felt, level, place, note, run))
        entries = diary.entries(opened, mine.runner)
    width = desk.width()
    parts = [f"pain {level} of 10", place, f"after run {run}" if run is not None else "", note]
    show(f"Noted: {', '.join(part for part in parts if part)}.  To take it back: form-coach pain --forget {number}")
    if lasting := diary.lasting(entries, mine.settings.pain, felt):
        show("\n".join(["", *_doctor(mine, told.see_somebody(mine.book, lasting, mine.settings.pain), width)]))
    if level > 0:
        heading = mine.book.label("red_flags").upper()
        show("\n".join(["", heading, *told.flag_lines(mine.book, width)]))
    return 0


def _forget(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import diary
    from device.runs import store

    if not re.fullmatch(r"[0-9]{1,9}", options.forget):
        raise UsageError(f"--forget {clean(options.forget)[:40]}: the number of an entry; form-coach pain lists them")
    mine = desk.Desk.of(options)
    gone = False
    if (runs.folder() / store.NAME).exists():
        opened, trouble = runs.writing(runs.folder())
        if trouble:
            tell(trouble)
        with opened:
            gone = diary.forget(opened, mine.runner, int(options.forget))
    if not gone:
        raise UsageError(f"--forget {options.forget}: there is no such entry; form-coach pain lists them")
    show(f"entry {options.forget} is forgotten")
    return 0


def _list(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import diary, recall, told
    from device.runs import store

    if options.most < 0:
        raise UsageError(f"--most {options.most}: must not be negative")
    mine = desk.Desk.of(options)
    if not (runs.folder() / store.NAME).exists():
        show(_EMPTY)
        return 0
    with runs.reading(runs.folder()) as opened:
        entries = diary.entries(opened, mine.runner)
        lines = recall.runs(opened, mine.runner)
        shares = recall.shares(opened, mine.runner)
    if not entries:
        show(_EMPTY)
        return 0
    width = desk.width()
    shown = entries[: options.most or None]
    rows = [_HEADING, *(_row(entry, diary.run_of(entry, lines), shares, width) for entry in shown)]
    if len(shown) < len(entries):
        rows.append(f"       {len(entries) - len(shown)} older: form-coach pain --most 0")
    rows += ["", *wrap("Run: the one it came after, or the last within a day before; in per cent of the time.", width)]
    found = diary.against(entries, lines, shares)
    if found:
        rows.append("")
    for one in found:
        rows += wrap(
            f"After {one.much_runs} runs with much {_SHORT[one.fault]} (10 % of the time or more) the pain was "
            f"{one.much:.1f} on average, after {one.little_runs} others {one.little:.1f}. That proves nothing yet.",
            width,
        )
    if lasting := diary.lasting(entries, mine.settings.pain, desk.now() or entries[0].t_utc):
        rows += ["", *_doctor(mine, told.see_somebody(mine.book, lasting, mine.settings.pain), width)]
    show("\n".join(rows))
    return 0


_EMPTY = 'no pain noted; to note some: form-coach pain 4 --where "between the shoulder blades"'
_HEADING = "   no  felt        pain    run  lean  hunch  twist  where"


def _row(entry: Entry, run: Row | None, shares: Mapping[int, Mapping[str, float]], width: int) -> str:
    number = run["id"] if run is not None else entry.run
    known = shares.get(run["id"], {}) if run is not None else {}
    parts = [
        f"{entry.id:5d}",
        f"{entry.t_utc.astimezone():%Y-%m-%d}",
        f"{entry.level:4d}",
        f"{number or '–':>5}",
        *(f"{_percent(known.get(fault)):>{column}}" for fault, column in zip(FAULTS, (4, 5, 5), strict=True)),
    ]
    line = "  ".join(parts)
    said = " · ".join(clean(part) for part in (entry.place, entry.note) if part)
    told = wrap(said, max(width - len(line) - 2, 20)) or [""]
    lines = [f"{line}  {told[0]}".rstrip(), *(f"{' ' * (len(line) + 2)}{more}" for more in told[1:])]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _doctor(mine: Desk, why: str, width: int) -> Sequence[str]:
    book = mine.book
    return [
        book.label("doctor").upper(),
        *wrap(why, width),
        *wrap(book.sections["doctor"].texts["bring"], width),
    ]
