"""The report's tables: the run in numbers, and all that was said."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from device import wording
from device.report import words
from device.report.accuracy import Accuracy
from device.report.figures import Measure, Part
from device.report.material import Material


def text_of(text: str) -> str:
    """A text as HTML."""
    return escape(words.bound(text))


def numbers(m: Material, measures: Mapping[str, Measure], known: Accuracy) -> str:
    """The table for who treats the runner."""
    error = {
        "lean": known.lean_change_error_deg,
        "raised": known.raise_change_error_pct,
        "forward": None,
        "twist": known.twist_change_error_deg,
    }
    rows = []
    for name, one in measures.items():
        whole = one.whole
        if whole is None:
            continue
        cells = [
            words.number(one.own),
            words.number(one.limit),
            _middle(whole),
            words.number(one.worst),
            words.percent(whole.out),
            words.number(one.fresh.median if one.fresh else None),
            words.number(one.tired.median if one.tired else None),
            words.change(one, known),
            "not known" if error[name] is None else f"± {error[name]:.1f}",
            str(whole.strides),
        ]
        unit = "°" if one.unit == "°" else "%"
        rows.append((f"{words.MEASURES[name]}, {unit}", cells))
    if not rows:
        return ""
    heads = ("own form", "limit", "median (quartiles)", "95 % below", "beyond limit", "first third", "last third",
             "change", "error", "strides")  # fmt: skip
    head = "".join(f'<th scope="col">{text}</th>' for text in ("measure", *heads))
    body = "".join(
        f'<tr><th scope="row">{text_of(name)}</th>{"".join(f"<td>{text_of(cell)}</td>" for cell in cells)}</tr>'
        for name, cells in rows
    )
    return (
        '<section><h2>In numbers</h2><div class="wide"><table><caption class="soft">A value a stride. '
        "Shoulders: % of the trunk, against good form. Error: of a change, on average, as the scorecard has it; "
        "in brackets: a smaller change."
        f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></section>"
    )


def _middle(one: Part) -> str:
    return f"{words.number(one.median)} ({words.number(one.low)} to {words.number(one.high)})"


def said(m: Material) -> str:
    """All that was said; on the screen only, since it may be long."""
    if not m.cues:
        return ""
    rows = []
    for cue in m.cues:
        value = "" if cue["value"] is None else f"{cue['value']:.1f} (limit {words.number(cue['limit_'])})"
        mended = "" if cue["mended_s"] is None else f"after {cue['mended_s'] - cue['t_s']:.0f} s"
        rows.append(
            f'<tr><td>{wording.clock(cue["t_s"])}</td><td class="text">{text_of(cue["text"])}</td>'
            f"<td>{text_of(value)}</td><td>{mended}</td></tr>"
        )
    return (
        f'<details class="screen"><summary>All that was said ({len(m.cues)})</summary><table><thead><tr>'
        '<th scope="col">at</th><th scope="col" class="text">words</th><th scope="col">measured</th>'
        f'<th scope="col">mended</th></tr></thead><tbody>{"".join(rows)}</tbody></table></details>'
    )
