"""``form-coach shoes``: pairs of shoes, how far they ran, and when to look at them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from device.advice import desk
from device.columns import clean, columns, pad, show, wrap
from device.commands import EXIT_CODES, tell
from device.errors import UsageError

if TYPE_CHECKING:
    from device.advice.shoes import Pair
    from device.commands import Commands

_NAME = 40
_FARTHEST_KM = 10_000.0


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "shoes",
        help="count the distance of your shoes",
        description="Counts about how far each pair of shoes has run, and says when to look at it. Without an action: "
        "lists them.",
        epilog=EXIT_CODES,
    )
    desk.options(parser)
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    adding = actions.add_parser(
        "add", help="take a pair into use", description="Takes a pair into use: runs count for it from now on."
    )
    adding.add_argument("name", metavar="NAME", help='what you call it, as in "blue Pegasus"')
    adding.add_argument("--foot", choices=("neutral", "flat", "high"), default="", help="your arch, for what fits it")
    adding.add_argument("--limit", metavar="KM", help="when to look at it (else shoes.limit_km)")
    adding.add_argument("--km", metavar="KM", help="what it has run already (else 0)")
    _options(adding)
    adding.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list the pairs", description="Lists the pairs.")
    _options(listing)
    listing.set_defaults(run=_list)
    running = actions.add_parser(
        "run",
        help="say how fast a run was, or which pair it was run in",
        description="Says how fast a run was, or which pair it was run in, for a better distance.",
    )
    running.add_argument("number", metavar="RUN", help="a number, or last")
    running.add_argument("--speed", metavar="KMH", help="its mean speed, as the treadmill showed it")
    running.add_argument("--pair", metavar="NAME", help="the pair")
    _options(running)
    running.set_defaults(run=_run)
    retiring = actions.add_parser(
        "retire", help="take a pair out of use", description="Takes a pair out of use: no more runs count for it."
    )
    retiring.add_argument("name", metavar="NAME", help="as it was added")
    _options(retiring)
    retiring.set_defaults(run=_retire)


def _options(parser: argparse.ArgumentParser) -> None:
    """Those of the command, which may also stand behind the action."""
    desk.options(parser)
    for action in parser._actions:
        if action.dest in ("runner", "config"):
            action.default = argparse.SUPPRESS  # else it would undo what stands before the action


def km_of(text: str, option: str, least: float) -> float:
    """A distance as typed.

    :raises UsageError: it is none.
    """
    return _number(text, option, least, _FARTHEST_KM, "kilometres")


def _number(text: str, option: str, least: float, most: float, unit: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise UsageError(f"{option} {clean(text)[:40]}: must be a number of {unit}, {least:g} to {most:g}")
    return number


def _add(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import shoes, told

    name = desk.line_of(options.name, "NAME")
    if not name or columns(name) > _NAME:
        raise UsageError(f"NAME: what you call the pair, at most {_NAME} characters")
    limit_km = None if options.limit is None else km_of(options.limit, "--limit", 1)
    before_km = 0.0 if options.km is None else km_of(options.km, "--km", 0)
    mine = desk.Desk.of(options)
    rule = mine.settings.shoes
    limit_km = rule.limit_km if limit_km is None else limit_km
    opened, trouble = runs.writing(runs.folder())
    if trouble:
        tell(trouble)
    with opened:
        pairs = shoes.pairs(opened, mine.runner, rule.speed_kmh)
        if any(_same(pair, name) for pair in pairs if pair.retired_utc is None):
            raise UsageError(f"{name}: there is such a pair in use; retire it first, or choose another name")
        number = shoes.add(opened, mine.runner, name, desk.now(), limit_km, before_km, options.foot)
        pair = next(pair for pair in shoes.pairs(opened, mine.runner, rule.speed_kmh) if pair.id == number)
    show(f"{name} is in use: runs count for it from now on, and at {limit_km:g} km you are told to look at it")
    if pair.due:
        show("\n".join(["", *told.shoe_lines(mine.book, pair, desk.width())]))
    show("\n".join(["", *told.fit_lines(mine.book, pair.foot, desk.width())]))
    return 0


def _list(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import shoes, told
    from device.runs import store

    mine = desk.Desk.of(options)
    speed_kmh = mine.settings.shoes.speed_kmh
    pairs: list[Pair] = []
    current = None
    if (runs.folder() / store.NAME).exists():
        with runs.reading(runs.folder()) as opened:
            pairs = shoes.pairs(opened, mine.runner, speed_kmh)
            current = shoes.in_use(opened, mine.runner)
    if not pairs:
        show('no shoes yet; to add a pair: form-coach shoes add "blue Pegasus" --foot neutral')
        return 0
    width = max(columns(pair.name) for pair in pairs)
    lines = [_line(pair, width, pair.id == current) for pair in pairs]
    guessed = sum(pair.runs - pair.told for pair in pairs)
    if guessed:
        total = sum(pair.runs for pair in pairs)
        text = (
            f"Distances are estimates: time of running times speed; in {guessed} of {total} runs nobody told it, and "
            f"your usual {speed_kmh:g} km/h was taken (shoes.speed_kmh)."
        )
        lines += ["", *wrap(text, desk.width())]
    for pair in pairs:
        if pair.due:
            lines += ["", *told.shoe_lines(mine.book, pair, desk.width())]
    show("\n".join(lines))
    return 0


def _line(pair: Pair, width: int, current: bool) -> str:
    parts = [pad(pair.name, width), f"{pair.km:5.0f} of {pair.limit_km:g} km", f"{_runs(pair):>9}", _since(pair)]
    if pair.retired_utc is None:
        parts.append("look at it" if pair.due else "")
        parts.append("the next run counts for it" if current else "")
    return "  ".join(part for part in parts if part)


def _since(pair: Pair) -> str:
    since = _day(pair.since_utc)
    if pair.retired_utc is None:
        return f"since {since}" if since else ""
    until = _day(pair.retired_utc)
    return f"retired {until}" if until else "retired"


def _day(utc: str | None) -> str:
    """A day in the time of this place; "" where the clock was not set."""
    from device.runs.archive import PLAUSIBLE

    if utc is None or int(utc[:4]) < PLAUSIBLE:
        return ""
    return f"{datetime.fromisoformat(utc.replace('Z', '+00:00')).astimezone():%Y-%m-%d}"


def _run(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import shoes

    if options.speed is None and options.pair is None:
        raise UsageError("say what to correct: --speed KMH, --pair NAME, or both")
    speed_kmh = None if options.speed is None else _number(options.speed, "--speed", 1.0, 40.0, "kilometres an hour")
    mine = desk.Desk.of(options)
    usual_kmh = mine.settings.shoes.speed_kmh
    with runs.reading(runs.folder()) as opened:  # so that a mistake makes no database
        desk.number_of(opened, options.number, mine.runner)
    opened, trouble = runs.writing(runs.folder())
    if trouble:
        tell(trouble)
    with opened:
        number = desk.number_of(opened, options.number, mine.runner)
        pair = None
        if options.pair is not None:
            pair = _found(shoes.pairs(opened, mine.runner, usual_kmh), clean(options.pair), "no such pair").id
        shoes.correct(opened, number, speed_kmh, pair)
        run = opened.run(number)
        assert run is not None
        worn = [one.name for one in shoes.pairs(opened, mine.runner, usual_kmh) if one.id == run["shoes"]]
    kmh = run["speed_kmh"] or usual_kmh
    km = run["running_s"] / 3600 * kmh
    show(f"run {number}: about {km:.1f} km at {kmh:g} km/h in {worn[0] if worn else 'no pair that is known'}")
    return 0


def _retire(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import shoes
    from device.runs import store

    name = clean(options.name)
    mine = desk.Desk.of(options)
    if not (runs.folder() / store.NAME).exists():
        raise UsageError(f"{name[:60]}: there is no such pair in use; there are no shoes yet")
    opened, trouble = runs.writing(runs.folder())
    if trouble:
        tell(trouble)
    with opened:
        pairs = shoes.pairs(opened, mine.runner, mine.settings.shoes.speed_kmh)
        pair = _found([one for one in pairs if one.retired_utc is None], name, "no such pair in use")
        shoes.retire(opened, pair.id, datetime.now(UTC))
    show(f"{pair.name} is retired after about {pair.km:.0f} km in {_runs(pair)}")
    return 0


def _found(pairs: Sequence[Pair], name: str, otherwise: str) -> Pair:
    """The pair of that name.

    :raises UsageError: there is none.
    """
    from device.tuning.describing import did_you_mean

    for pair in pairs:
        if _same(pair, name):
            return pair
    known = did_you_mean(name, [pair.name for pair in pairs])
    raise UsageError(f"{name[:60]}: there is {otherwise}{known}; form-coach shoes lists them")


def _runs(pair: Pair) -> str:
    return "1 run" if pair.runs == 1 else f"{pair.runs} runs"


def _same(pair: Pair, name: str) -> bool:
    return pair.name.casefold() == name.casefold()
