"""Charts: a stride's fit, what each fault does to the marks, and the way from strides to words."""

from __future__ import annotations

import numpy as np

from device.cues.policy import CuePolicy
from device.faults import FaultJudge
from device.posture import signatures
from device.posture.change import ChangeEstimator
from device.posture.fit import fit, without_jumps
from device.posture.marks import MEANS, SWINGS
from device.records import Baseline, Fault, Posture
from device.settings import Settings

from .card import AMBER, BLUE, FAINT, GREEN, INK, PALE_GREEN, PALE_RED, PANEL, PAPER, RED, SOFT, Card, Place

STRIDE_S = 0.70
NOISE = (4, -7, 2, 9, -5, -9, 6, 1, -3, 8, -8, 3, -6, 7, -1, 5, -4, -9, 8, 2, -6)
"""Thousandths of a trunk length, made up."""


def stride() -> Card:
    """Samples of two strides and the curve fitted to them."""
    card = Card(
        760,
        338,
        "The shoulders' width in the picture over two strides: samples, the fitted curve, its mean and its swing. One "
        "sample, of a frame in which left and right were swapped, is left out.",
    )
    t_s = np.arange(21) / 15.0
    t_s = t_s - t_s[-1]
    phase = 2 * np.pi * t_s / STRIDE_S
    rows = 0.46 + 0.11 * np.cos(phase + 0.6) - 0.018 * np.cos(2 * phase) + np.array(NOISE) / 1000
    swapped = 12
    rows[swapped] = 0.07
    used = without_jumps(rows[:, None])
    terms = fit(t_s, used, STRIDE_S)[:, 0]
    at_s = np.linspace(t_s[0], t_s[-1], 180)
    turn = 2 * np.pi / STRIDE_S * (at_s - 0.5 * (t_s[0] + t_s[-1]))
    columns = [np.ones_like(turn), turn / (2 * np.pi), np.cos(turn), np.sin(turn), np.cos(2 * turn), np.sin(2 * turn)]
    curve = np.array(columns).T @ terms
    swing = 2 * float(np.hypot(terms[2], terms[3]))

    def place(seconds: float, value: float) -> Place:
        return 508 + 300 * seconds, 290 - 360 * value

    left, right = place(-2 * STRIDE_S, 0)[0], place(0, 0)[0]
    card.text(24, 34, "Shoulders' width in the picture", 15, bold=True)
    card.text(24, 53, "in trunk lengths, at 15 frames a second", 13, SOFT)
    for value in (0.0, 0.2, 0.4, 0.6):
        y = place(0, value)[1]
        card.line((left - 8, y), (right + 8, y), colour=FAINT, width=1)
        card.text(left - 14, y + 5, f"{value:.1f}", 12, SOFT, "end")
    for number in range(3):
        x = place(-number * STRIDE_S, 0)[0]
        card.line((x, 283), (x, 297), colour=SOFT, width=1.4)
        if number:
            card.text(x + 0.5 * 300 * STRIDE_S, 314, ("last stride", "stride before")[number - 1], 13, SOFT, "middle")
    card.text(right, 314, "now", 13, SOFT, "middle")
    mean = place(0, terms[0])[1]
    card.dashed((left, mean), (right + 84, mean), colour=INK)
    card.line(*[place(x, y) for x, y in zip(at_s, curve, strict=True)], colour=BLUE, width=3)
    for number, (x, y) in enumerate(zip(t_s, rows, strict=True)):
        if number == swapped:
            _cross(card, place(x, y))
            card.text(place(x, y)[0] + 14, place(x, y)[1] + 5, "left out: left and right swapped", 13, RED)
        else:
            card.dot(place(x, y), 4.5)
    top, bottom = place(0, terms[0] + 0.5 * swing)[1], place(0, terms[0] - 0.5 * swing)[1]
    for y in (top, bottom):
        card.dashed((right - 40, y), (right + 38, y), colour=GREEN)
    card.arrow((right + 30, bottom), (right + 30, top), GREEN, both=True)
    card.text(right + 92, mean + 5, f"mean {terms[0]:.2f}", 14, bold=True)
    card.text(right + 46, top - 4, f"swing {swing:.2f}", 14, GREEN, bold=True)
    card.text(right + 46, top + 14, "twice the amplitude", 13, GREEN)
    card.lines(
        right + 46, bottom + 28, "curve = constant + drift", "+ two harmonics of the", "stride, by least squares"
    )
    return card


def _cross(card: Card, middle: Place) -> None:
    x, y = middle
    card.line((x - 5, y - 5), (x + 5, y + 5), colour=RED, width=2.4)
    card.line((x - 5, y + 5), (x + 5, y - 5), colour=RED, width=2.4)


FAULTS_SHOWN = (
    ("Lean", "+10°", 10.0, "°"),
    ("Raised", "+6 %", 6.0, "%"),
    ("Rounded", "+6 %", 6.0, "%"),
    ("Head forward", "+6 %", 6.0, "%"),
    ("Twist", "× 1.8", 0.8, "×"),
)
MEAN_WORDS = (
    "shoulders over hips",
    "shoulders ahead of hips",
    "shoulders' width",
    "ears over shoulders",
    "eyes over shoulders",
    "nose over shoulders",
    "ears ahead of shoulders",
    "nose ahead of shoulders",
    "elbows' height",
    "elbows ahead of shoulders",
    "elbows' width",
    "wrists' height",
)
SWING_WORDS = (
    "shoulders' width",
    "near shoulder",
    "far shoulder",
    "near elbow",
    "far elbow",
    "elbows' width",
    "shoulders' middle",
    "width, twice a stride",
)
ANGLE_DEG = 45.0
SCATTER = "#dedbd1"
assert (len(MEAN_WORDS), len(SWING_WORDS)) == (len(MEANS), len(SWINGS))


def signatures_at_45() -> Card:
    """What each fault does to each mark, as small bar charts side by side."""
    card = Card(
        760,
        644,
        "Bar charts of what lean, raised shoulders, rounded shoulders, a head pushed forward and twist each do to "
        "the 20 marks, seen at 45 degrees. Each has a pattern of its own.",
    )
    sizes = np.array([size for *_, size, _ in FAULTS_SHOWN])
    effects = 100.0 * signatures.signature(ANGLE_DEG) * sizes
    usual = 100.0 * np.sqrt(np.diag(signatures.scatter(ANGLE_DEG)))
    card.text(20, 34, "Seen at 45°", 15, bold=True)
    low = np.minimum(effects, -usual[:, None]).min(axis=0)
    high = np.maximum(effects, usual[:, None]).max(axis=0)
    first, gap = 212.0, 20.0
    scale = (742 - first - gap * (len(sizes) - 1)) / float((high - low).sum())
    starts = first + np.concatenate([[0.0], np.cumsum(scale * (high - low) + gap)[:-1]])
    centres = starts + 0.5 * scale * (high - low)
    heights = _heights(card)
    for number, (name, size, _, _) in enumerate(FAULTS_SHOWN):
        zero = starts[number] - scale * low[number]
        for row, word in enumerate(name.split()):
            card.text(centres[number], 28 + 17 * row - 17 * (len(name.split()) - 2), word, 14, at="middle", bold=True)
        card.text(centres[number], 63, size, 14, BLUE, "middle")
        for y, effect, noise in zip(heights, effects[:, number], usual, strict=True):
            card.rect(zero - noise * scale, y - 8, 2 * noise * scale, 16, fill=SCATTER)
            card.rect(
                zero + min(effect, 0.0) * scale, y - 5.5, max(abs(effect) * scale, 0.6), 11, BLUE if effect > 0 else RED
            )
        card.line((zero, 76), (zero, heights[-1] + 12), colour=SOFT, width=1)
    y = heights[-1] + 34
    card.line((20, y - 16), (740, y - 16), colour=FAINT, width=1)
    card.text(20, y + 4, "of which is read back", 13)
    card.text(20, y + 24, "how sure one stride is", 13)
    for centre, (read, spread) in zip(centres, _read_back(), strict=True):
        card.text(centre, y + 4, read, 14, GREEN, "middle", bold=True)
        card.text(centre, y + 24, spread, 13, SOFT, "middle")
    y += 56
    card.rect(20, y - 10, 16, 11, fill=BLUE)
    card.text(42, y, "more", 12.5, SOFT)
    card.rect(86, y - 10, 16, 11, fill=RED)
    card.text(108, y, "less than in good form", 12.5, SOFT)
    card.rect(258, y - 12, 24, 15, fill=SCATTER)
    card.text(288, y, "usual scatter, ± one standard deviation", 12.5, SOFT)
    x = 552.0
    card.line((x, y - 4), (x + 10 * scale, y - 4), colour=INK, width=3)
    card.text(x + 10 * scale + 8, y, "10 % of the trunk", 12.5, SOFT)
    return card


def _heights(card: Card) -> list[float]:
    """The rows with their names; their heights."""
    found, y = [], 72.0
    for title, words in (("Mean place", MEAN_WORDS), ("Swing within the stride", SWING_WORDS)):
        y += 18 + 8 * bool(found)
        card.text(20, y, title, 12.5, SOFT, bold=True)
        y += 4
        for word in words:
            y += 21
            if len(found) % 2 == 0:
                card.rect(14, y - 14.5, 732, 21, fill=PANEL)
            card.text(20, y, word, 13, rim=False)
            found.append(y - 4)
    return found


def _read_back() -> list[tuple[str, str]]:
    """What the estimate makes of each fault when it is there alone, in usual scatter; and how unsure it is."""
    estimator = ChangeEstimator(_own_form(ANGLE_DEG))
    words = []
    for number, (*_, size, unit) in enumerate(FAULTS_SHOWN):
        change = estimator.read([signatures.signature(ANGLE_DEG)[:, number] * size])
        value, spread = float(change.value[number]), float(change.spread[number])
        if unit == "×":
            words.append((f"× {1 + value:.2f}", f"± {spread:.2f}"))
        else:
            space = "" if unit == "°" else " "
            words.append((f"+{value:.1f}{space}{unit}", f"± {spread:.1f}{space}{unit}"))
    return words


def _own_form(azimuth_deg: float) -> Baseline:
    """A baseline for the engine to compare with: of marks that are all naught, so that a change is what they are."""
    return Baseline(
        t_s=0.0,
        view="oblique",
        azimuth_deg=azimuth_deg,
        lean_deg=3.0,
        twist_deg=26.0,
        strides=12,
        unit_px=1.0,
        place_px=(0.0, 0.0),
        means=(0.0,) * len(MEANS),
        swings=(1.0 + 0.0j,) * len(SWINGS),
        scatter=1.0,
        spread=(0.0,) * 6,
    )


LEANS_DEG = (3.1, 2.7, 3.4, 3.0, 8.4, 10.2, 8.2, 10.8, 11.5, 10.9, 11.8, 11.2, 10.6, 9.4, 6.8, 4.6, 3.6, 3.2, 2.9, 3.3)
LEANS_DEG = (*LEANS_DEG, 3.0, 2.8)
"""Lean stride by stride of a run, made up; judged by the coach's own rules."""


def timeline() -> Card:
    """From strides to a fault, to a cue, to praise."""
    card = Card(
        760,
        354,
        "Lean stride by stride: when 6 of the last 8 strides are out the fault begins and a cue is spoken; "
        "when at most 2 of the last 8 are not yet good again it is mended, and praise is spoken.",
    )
    settings = Settings()
    own = _own_form(45.0)
    judge, policy = FaultJudge(settings), CuePolicy(settings)
    history: list[tuple[Fault, str, str]] = []
    for number, lean_deg in enumerate(LEANS_DEG):
        now = Posture(STRIDE_S * (number + 1), "running", "oblique", 45.0, lean_deg, stride=number + 1, baseline=own)
        faults = judge.step(now)
        said = policy.step(now.t_s, faults)
        history.append((faults[0], said.kind if said else "", said.text if said else ""))
    left, pace, floor, scale = 130.0, 27.6, 238.0, 13.0

    def across(number: float) -> float:
        return left + pace * number

    limit, clear = history[0][0].limit, history[0][0].clear
    right = across(len(history) - 1) + 14
    on = next(i for i, (fault, *_) in enumerate(history) if fault.on)
    off = next(i for i, (fault, *_) in enumerate(history) if i > on and not fault.on)
    rule = settings.persistence
    card.rect(across(on), 60, across(off) - across(on), floor - 60, fill=PALE_RED)
    card.text(0.5 * (across(on) + across(off)), 78, "fault", 13, RED, "middle", bold=True, rim=False)
    card.line((left - 14, floor), (right, floor), colour=SOFT, width=1.2)
    for value, colour, words in ((limit, RED, "limit"), (clear, GREEN, "good again"), (own.lean_deg, SOFT, "baseline")):
        y = floor - scale * value
        card.dashed((left - 14, y), (right, y), colour=colour, width=1.5)
        card.text(left - 20, y + 5, f"{words} {value:g}°", 13, colour, "end")
    card.text(24, 34, "Lean, stride by stride", 15, bold=True)
    card.line(*[(across(i), floor - scale * lean) for i, lean in enumerate(LEANS_DEG)], colour=FAINT, width=2)
    for number, (fault, *_) in enumerate(history):
        out, good = fault.value > limit, fault.value <= clear
        colour = RED if out else GREEN if good else AMBER
        card.dot((across(number), floor - scale * fault.value), 6, fill=colour)
        card.rect(across(number) - 10, floor + 12, 20, 20, fill=colour, radius=4)
        card.text(
            across(number),
            floor + 26.5,
            "×" if out else "✓" if good else "–",
            13,
            PAPER,
            "middle",
            bold=True,
            rim=False,
        )
    card.text(left - 20, floor + 27, "votes", 13, SOFT, "end")
    for end, colour, words in (
        (on, RED, f"{rule.on_strides} of {rule.strides} out: the fault begins"),
        (off, GREEN, f"at most {rule.off_strides} of {rule.strides} not yet good: mended"),
    ):
        start, row = max(end - rule.strides + 1, 0), floor + 44
        left_x, right_x = across(start) - 10, across(end) + 10
        card.line((left_x, row - 6), (left_x, row), (right_x, row), (right_x, row - 6), colour=colour, width=1.8)
        card.text(0.5 * (across(start) + across(end)), row + 18, words, 13, colour, "middle")
    x = left - 10
    for colour, words in ((GREEN, "✓  good"), (AMBER, "–  in between"), (RED, "×  out")):
        card.text(x, floor + 94, words, 13, colour)
        x += 44 + 7 * len(words)
    card.text(right, floor + 94, f"a vote each stride, here every {STRIDE_S:g} s", 13, SOFT, "end")
    for number, (_, kind, words) in enumerate(history):
        if kind:
            colour, fill = (RED, PALE_RED) if kind == "cue" else (GREEN, PALE_GREEN)
            width = 14 + 7.4 * len(words)
            x = min(across(number) - 22, 748 - width - 4)
            card.line((across(number), 54), (across(number), floor), colour=colour, width=1.4)
            card.rect(x, 26, width, 28, fill=fill, stroke=colour, radius=8)
            card.text(x + 0.5 * width, 45, f"“{words}”", 13, at="middle", rim=False)
    return card
