"""The sentence at the end of a run."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device import config, texts
from device.advice.closing import REST_S, Closing, amount, duration, sentence
from device.cues.sound import read_wav
from device.cues.voice import Voice
from device.pipeline import Coach
from device.records import FAULTS, Cue, Posture
from device.settings import Settings


def told(ran: Callable[[float], bool], until_s: float) -> list[Cue]:
    """What is said at the ends of runs, one posture a second."""
    closing = Closing(Settings())
    said = []
    for second in range(int(until_s)):
        motion = "running" if ran(second) else "absent"
        said.append(closing.step(Posture(float(second), motion, cadence_spm=170.0), (), None))
    return [cue for cue in said if cue is not None]


def test_it_is_said_once_and_soon_after_the_end() -> None:
    """A quarter of a minute after the last step, while they still listen, and never again."""
    (cue,) = told(lambda t_s: 10 <= t_s < 610, 3000)
    assert (cue.kind, cue.fault) == ("notice", "closing")
    assert 609 + REST_S <= cue.t_s <= 611 + REST_S
    assert "10 minutes" in cue.text


def test_a_sip_is_no_end() -> None:
    """Who stands still for less goes on with the same run."""
    assert len(told(lambda t_s: t_s < 600 and not 300 <= t_s < 310, 1000)) == 1


def test_after_a_pause_it_is_about_the_whole_run() -> None:
    """Who pauses for a minute hears it twice, the second time about all; for another run it begins anew."""
    pause = Settings().runs.end_s / 2
    first, second = told(lambda t_s: t_s < 600 or 600 + pause <= t_s < 1200 + pause, 3000)
    assert ("10 minutes" in first.text, "20 minutes" in second.text) == (True, True)
    pause = 2 * Settings().runs.end_s
    first, second = told(lambda t_s: t_s < 600 or 600 + pause <= t_s < 1200 + pause, 3000)
    assert ("10 minutes" in first.text, "10 minutes" in second.text) == (True, True)


def test_a_short_run_ends_without_a_word() -> None:
    """Who only tried the belt is not told anything."""
    assert told(lambda t_s: t_s < 60, 600) == []


LANGUAGES = texts.languages()
LONGEST_S = 10.0


def spoken(language: str, more: str = "") -> Settings:
    """The settings of someone who chose that language."""
    return config.parse(f'[voice]\nlanguage = "{language}"\n{more}')


def summary(minutes: float, **shares: float | None) -> dict[str, Any]:
    """The summary of a run; faults that are not named were watched and fine."""
    faults = dict.fromkeys(FAULTS, 0.0) | shares
    return {
        "running_s": 60 * minutes,
        "faults": {
            fault: {"watched_s": 0.0 if share is None else 600.0, "share": share, "cues": 0, "mended": 0}
            for fault, share in faults.items()
        },
    }


def test_time_main_fault_and_one_thing_to_do() -> None:
    """The sentence says how long, what was wrong most of the time and for how much of it, and the fault's cue."""
    text = sentence(summary(31, forward_lean=0.1, hunched_shoulders=0.34), Settings())
    assert text == "31 minutes of running, a third of it with hunched shoulders: next time, Relax your shoulders"
    german = sentence(summary(31, forward_lean=0.5), spoken("de"))
    assert german == "31 Minuten gelaufen, die Hälfte davon zu weit vorgelehnt; beim nächsten Mal: Mach dich groß"


def test_a_good_run_is_praised_and_one_that_nobody_saw_is_not() -> None:
    """Without faults there is praise, without sight none."""
    assert sentence(summary(20), Settings()) == "20 minutes of running, in good form. Well done"
    unseen = dict.fromkeys(FAULTS)
    assert sentence(summary(20, **unseen), Settings()) == "20 minutes of running. I could not judge your form from here"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (125, "2 minutes"),
        (60, "one minute"),
        (5, "one minute"),
        (1859, "31 minutes"),
        (3570, "one hour"),
        (3660, "one hour and one minute"),
        (8000, "2 hours and 13 minutes"),
    ],
)
def test_durations_as_they_are_spoken(seconds: float, words: str) -> None:
    """To the nearest minute, one without its number, no minutes after whole hours."""
    assert duration(seconds, Settings().closing) == words


def test_amounts_as_they_are_spoken() -> None:
    """The nearest fraction, and no false precision."""
    rule = Settings().closing
    told = [amount(share, rule) for share in (0.06, 0.25, 0.33, 0.5, 0.66, 0.9, 1.0)]
    assert told == [rule.some, rule.quarter, rule.third, rule.half, rule.two_thirds, rule.most, rule.most]


def test_silence_where_there_is_nothing_to_say() -> None:
    """A run shorter than the setting, one of nobody, and who switched it off hear nothing."""
    assert sentence(summary(1.5), Settings()) == ""
    assert sentence(summary(1.5), spoken("en", "[closing]\nleast_s = 60\n")) != ""
    assert sentence(Coach(Settings()).summary().data, Settings()) == ""
    assert sentence(summary(31), spoken("en", "[closing]\nenabled = false\n")) == ""
    assert sentence(summary(31), spoken("en", '[closing]\ngood = ""\n')) == ""


def test_own_words() -> None:
    """The settings' words are taken, and braces of one's own do no harm."""
    own = spoken("en", '[closing]\nfault = "{time}, {fault}! {cue} {so} {"\n[torso_twist]\ncues = ["Calm"]\n')
    assert sentence(summary(31, torso_twist=0.2), own) == "31 minutes, twisting too much! Calm {so} {"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_to_fill_in(language: str) -> None:
    """In every language each fault's sentence is whole, and different from the others."""
    settings = spoken(language)
    told = {sentence(summary(72, **{fault: 0.3}), settings) for fault in FAULTS}
    told |= {sentence(summary(72), settings), sentence(summary(72, **dict.fromkeys(FAULTS)), settings)}
    assert len(told) == len(FAULTS) + 2
    assert not any("{" in text or "}" in text for text in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_spoken(language: str, tmp_path: Path) -> None:
    """It sounds, and does not take long to hear."""
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        pytest.skip("libespeak-ng1 is not installed")
    settings = spoken(language)
    voice = Voice.from_settings(settings.voice, tmp_path)
    for fault in FAULTS:
        samples, rate_hz = read_wav(voice.wav(sentence(summary(72, **{fault: 0.7}), settings)))
        assert abs(samples).max() > 0
        assert samples.size / rate_hz < LONGEST_S
