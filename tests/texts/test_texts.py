"""What is said, in every language there is."""

from __future__ import annotations

import ctypes
import string
from pathlib import Path
from typing import Any

import pytest

from device import config, texts
from device.cues.engines import ENGINES
from device.cues.policy import phrases
from device.cues.sound import read_wav
from device.cues.voice import Voice
from device.records import FAULTS
from device.settings import Settings

LANGUAGES = texts.languages()
ENGLISH = texts.load("en")

CUE_S = 3.0
NOTICE_S = 5.0
"""The longest that may take: a notice is spoken rarely, and only while nothing is wrong with the runner's form."""


def fields(text: str) -> set[str | None]:
    """The placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def spoken(language: str) -> Settings:
    """The settings of someone who chose that language and nothing else."""
    return config.parse(f'[voice]\nlanguage = "{language}"\n')


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for phrases, for all tests of this file."""
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        pytest.skip("libespeak-ng1 is not installed")
    return tmp_path_factory.mktemp("voice")


def test_english_and_german_are_there() -> None:
    """Both are languages of the voice."""
    assert {"en", "de"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    """Each file has English's sections and texts, lists where English has lists, and its placeholders."""
    words = texts.load(language)
    assert {section: set(own) for section, own in words.items()} == {
        section: set(own) for section, own in ENGLISH.items()
    }
    for section, own in words.items():
        for name, text in own.items():
            english: Any = ENGLISH[section][name]
            assert type(text) is type(english), f"{section}.{name}"
            for phrase in text if isinstance(text, tuple) else (text,):
                assert isinstance(phrase, str)
                if isinstance(english, str):
                    assert fields(phrase) == fields(english), f"{section}.{name}"
                else:
                    assert phrase.strip()
                    assert not fields(phrase), f"{section}.{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_by_default(language: str) -> None:
    """Each fault has a name and at least two cues to take turns with, each notice a text, espeak-ng a voice."""
    words = texts.load(language)
    for fault in FAULTS:
        assert words[fault]["name"]
        assert len(words[fault]["cues"]) >= 2
    assert all(words["notices"].values())
    assert words["voices"]["espeak-ng"]
    assert set(words["voices"]) == set(ENGINES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_spoken(language: str, cache: Path) -> None:
    """Rendered with the language's own voice all texts sound, no cue is longer than 3 s, no notice than 5 s."""
    settings = spoken(language)
    said = phrases(settings)
    assert len(said) >= 25
    voice = Voice.from_settings(settings.voice, cache)
    assert voice.prepare(said) == []
    cues = {text for fault in FAULTS for own in [getattr(settings, fault)] for text in (*own.cues, *own.praise)}
    assert cues <= set(said)
    for text in said:
        samples, rate_hz = read_wav(voice.wav(text))
        assert samples.size / rate_hz < (CUE_S if text in cues else NOTICE_S) + settings.voice.lead_in_s, text


def test_umlauts_are_spoken_as_such(cache: Path) -> None:
    """A German text with umlauts sounds otherwise than one without them, and than English would read it."""
    german = Voice(language="de", cache_dir=cache)
    heard = {german.samples(text)[0].tobytes() for text in ("größer", "grosser")}
    heard.add(Voice(language="en", cache_dir=cache).samples("größer")[0].tobytes())
    assert len(heard) == 3


def test_a_language_that_is_not_there() -> None:
    """It is an error, whatever it is called."""
    for name in ("xx", "../texts/en", ""):
        with pytest.raises(KeyError):
            texts.load(name)
