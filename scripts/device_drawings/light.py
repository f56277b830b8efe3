"""What the light shows, as bars of time drawn from the patterns themselves."""

from __future__ import annotations

from itertools import pairwise

from measure_drawings.card import FAINT, INK, SOFT, Card

from device.panel.patterns import CUE, STATES, Pattern, held
from device.panel.presses import RELEARN_S, SHUTDOWN_S

LIT, DARK = "#f5b82e", "#343a43"
SHOWN_S = 8.0
LEFT, SCALE, BAR = 300.0, 54.0, 24.0
"""Where the bars begin, how many pixels a second takes, and how high a bar is."""

MEANINGS = {
    "waiting": ("Waiting", "nobody is on the belt"),
    "learning": ("Learning", "run as you do when it is good"),
    "coaching": ("Coaching", "watches, speaks when it helps"),
    "muted": ("Muted", "watches, says nothing"),
    "error": ("Error", "form-coach status tells what"),
}

Spans = list[tuple[bool, float, float]]


def light() -> Card:
    """All patterns, one below the other."""
    card = Card(
        760,
        478,
        "What the light does in each state, over eight seconds. "
        + " ".join(f"{MEANINGS[name][0]}: {STATES[name].words}." for name in MEANINGS)
        + f" A cue being spoken: {CUE.words}. Button held: {held(True).words}.",
    )
    card.text(24, 36, "What the light says", 15, bold=True)
    _axis(card, 56, 460)
    for row, (name, (title, meaning)) in enumerate(MEANINGS.items()):
        y = 70.0 + 52 * row
        _words(card, y, title, meaning)
        _bar(card, y, spans(STATES[name], 0.0, SHOWN_S))
        card.text(LEFT, y + BAR + 15, STATES[name].words, 12, SOFT)
    card.line((24, 336), (736, 336), colour=FAINT, width=1)
    _words(card, 350, "A cue is spoken", "here while coaching")
    spoken_s = 2.0
    over = [(True, 0.0, spoken_s), *spans(CUE, spoken_s, CUE.length_s), (True, spoken_s + CUE.length_s, SHOWN_S)]
    _bar(card, 350, over)
    card.text(LEFT, 350 + BAR + 15, f"{CUE.words} as it begins", 12, SOFT)
    _words(card, 404, "You hold the button", "let go, and it does this")
    _bar(card, 404, spans(held(True), 0.0, SHOWN_S))
    for begin_s, words in ((0.0, "mute, unmute"), (RELEARN_S, "learn my form anew"), (SHUTDOWN_S, "switched off*")):
        card.line((LEFT + SCALE * begin_s, 402), (LEFT + SCALE * begin_s, 404 + BAR + 16), colour=SOFT, width=1)
        card.text(LEFT + SCALE * begin_s + 5, 404 + BAR + 15, words, 12, SOFT)
    card.text(736, 464, "* at once, and only if the settings allow it", 12, SOFT, "end")
    return card


def spans(pattern: Pattern, begin_s: float, length_s: float) -> Spans:
    """When a pattern that begins at a time is lit and dark: (lit, from, to), for a length of time."""
    found, start_s, from_s = [], 0.0, 0.0
    while from_s < length_s:
        for lit, end_s in pattern.steps:
            to_s = min(start_s + end_s, length_s)
            if from_s < to_s:
                found.append((lit, begin_s + from_s, begin_s + to_s))
            from_s = to_s
        start_s = from_s
        if not pattern.repeats:
            break
    return found


def _axis(card: Card, top: float, bottom: float) -> None:
    for second in range(int(SHOWN_S) + 1):
        x = LEFT + SCALE * second
        card.line((x, top - 8), (x, top), colour=FAINT, width=1)
        card.text(x, top - 14, f"{second} s" if second == SHOWN_S else str(second), 12, SOFT, "middle")


def _words(card: Card, y: float, title: str, meaning: str) -> None:
    card.text(24, y + 10, title, 14, INK, bold=True)
    card.text(24, y + 27, meaning, 13, SOFT)


def _bar(card: Card, y: float, shown: Spans) -> None:
    """A dark strip, bright where the light is lit."""
    card.rect(LEFT - 3, y, SCALE * SHOWN_S + 6, BAR, fill=DARK, radius=4)
    for lit, begin_s, end_s in shown:
        if lit:
            card.rect(LEFT + SCALE * begin_s, y + 3, SCALE * (end_s - begin_s), BAR - 6, fill=LIT, radius=2)
    assert all(before[2] == after[1] for before, after in pairwise(shown))
