"""The last results, kept in ``docs/arm.json`` and told in ``docs/arm.md``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- written by scripts/test-on-arm --record -->", "<!-- end -->"

ROWS = (
    ("Python", "Python"),
    ("LiteRT", "ai-edge-litert"),
    ("NumPy", "numpy"),
    ("PyAV", "av"),
    ("Pillow", "pillow"),
    ("processor", "processor"),
    ("emulator", "emulator"),
)
"""What the table says of a system: the row's name, and the version's."""


def record(docs: Path, result: dict[str, Any]) -> None:
    """Keep a suite's result in place of its last one, and write the page anew.

    :param docs: the folder with ``arm.md``, whose part between the two marks is replaced.
    """
    kept_in, page = docs / "arm.json", docs / "arm.md"
    kept = json.loads(kept_in.read_text()) if kept_in.exists() else {}
    kept = dict(sorted({**kept, result["suite"]: result}.items()))
    kept_in.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    text = page.read_text()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n{tell(list(kept.values()))}{END}{after}")


def tell(results: list[dict[str, Any]]) -> str:
    """Results, as Markdown."""
    heads = [result["suite"].capitalize() for result in results]
    lines = [_row("", heads), _row("---", ["---"] * len(heads))]
    lines.append(_row("run on", [f"{result['date']}, Form Coach {result['software']}" for result in results]))
    lines += [_row(title, [result["versions"].get(name, "–") for result in results]) for title, name in ROWS]
    lines.append(_row("tests", [counts(result["tests"]) for result in results]))
    lines.append(_row("took", [f"{result['tests']['took_s'] / 60:.0f} min" for result in results]))
    lines.append(_row("coaching", [coaching(result["coaching"]) for result in results]))
    for head, result in zip(heads, results, strict=True):
        bad = [f"- `{name}`" for name in result["tests"]["failures"]]
        bad += [f"- {each['recording']}: says {each['said']}" for each in result["coaching"] if not each["ok"]]
        if bad:
            lines += ["", f"{head}, does not hold:", "", *bad]
    return "\n".join([*lines, "", *_skipped(heads, results)]) + "\n"


def _skipped(heads: list[str], results: list[dict[str, Any]]) -> list[str]:
    """A table of why tests were skipped, and how many."""
    skipped: list[Counter[str]] = [Counter() for _ in results]
    for count, result in zip(skipped, results, strict=True):
        for reason, number in result["tests"]["reasons"].items():
            count[reason.partition("; remedy")[0]] += number
    reasons = sorted(set().union(*skipped), key=lambda reason: (-sum(count[reason] for count in skipped), reason))
    rows = [_row(reason, [str(count[reason]) for count in skipped]) for reason in reasons]
    return [_row("skipped, because", heads), _row("---", ["--:"] * len(heads)), *rows] if rows else []


def counts(tests: dict[str, Any]) -> str:
    """How many tests ended how."""
    return ", ".join(f"{tests[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))


def coaching(compared: list[dict[str, Any]]) -> str:
    """How what is said compares, in a line."""
    same = [each for each in compared if each["ok"]]
    apart_s = max((each["apart_s"] for each in same), default=0.0)
    said = sum(len(each["said"]) for each in same)
    return f"{len(same)} of {len(compared)} recordings: the same {said} utterances, at most {apart_s:.2f} s apart"


def _row(title: str, cells: list[str]) -> str:
    return f"| {' | '.join([title, *cells])} |"
