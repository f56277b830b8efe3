"""Whatever a settings file holds, it gives settings or a list of mistakes, and a change of it is whole or none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from household import at_home, settled

from device import config
from device.errors import ConfigError, FormCoachError
from device.settings import Settings
from device.tuning import describing
from device.tuning.describing import SETTINGS

SEED = 6
FILES = 10_000
CHANGES = 400

SMALL = '# mine\n[forward_lean]\non_deg = 14 # x\ncues = ["a", "b"]\n\n[camera]\nfps = 20\n'

_SCRAPS = [
    *(
        "[",
        "]",
        "[[",
        "=",
        '"',
        "'''",
        '"""',
        "{",
        "}",
        "#",
        "\n",
        "\r",
        "\x00",
        "\x1b[31m",
        "\ufeff",
        "…",
        "\t",
        ".",
        ",",
    ),
    *("nan", "inf", "-inf", "1e999", "9" * 400, "9" * 5000, "0x", "-0.0", "1_0", "true", "1979-05-27", "[[[[[[[["),
    *("[forward_lean]", "[profile]\nname = 'anna'", "[profile]\nname = '../x'", "voice.language = ['de']"),
    *("on_deg = 14\n" * 2, "\\ud800", "\\u0000", "[a.b.c]", "forward_lean = 3", "cues.cues = [1, [2, {x = 3}]]"),
    *("[" * 2000, "{a=" * 500, "x" * 3000, '"\\u001b]0;title\\u0007" = 1'),
]
"""What breaks readers of such files, or nearly."""


def spoiled(text: str, chance: random.Random, most: int = 6) -> str:
    """The text, mistreated in up to six ways."""
    for _ in range(chance.randint(1, most)):
        at, to = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        to = min(to, at + 40)
        kind = chance.randrange(7)
        if kind == 0:
            text = text[:at] + chance.choice(_SCRAPS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[to:]
        elif kind == 2:
            text = text[:at] + text[at:to] * chance.randint(2, 4) + text[to:]
        elif kind == 3:
            text = text[:at] + chr(chance.choice((chance.randrange(128), chance.randrange(0x500, 0xD7FF)))) + text[at:]
        elif kind == 4:
            setting = chance.choice(list(SETTINGS.values()))
            value = chance.choice(("1", "-1", "0.5", "1e9", "''", "'x'", "[]", "['a']", "true", "{}", "'\\u202e'"))
            text = text + f"\n[{setting.section}]\n{setting.name} = {value}\n"
        elif kind == 5:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            text = "".join(lines[: chance.randint(1, 60)])
        else:
            text = text[:at] + chance.choice(_SCRAPS) + text[to:]
    return text


def read(text: str) -> tuple[Settings | None, list[str]]:
    """The settings in a text, or what is wrong with it."""
    try:
        return config.parse(text), []
    except ConfigError as error:
        return None, error.problems


def test_ten_thousand_files() -> None:
    """Each gives settings that are within their ranges, or a ConfigError fit for a terminal; nothing else."""
    chance = random.Random(SEED)
    whole = config.show(Settings())
    small = (
        '# mine\n[forward_lean]\non_deg = 14 # x\ncues = ["a", "b"]\n\n[voice]\nlanguage = "de"\n[camera]\nfps = 20\n'
    )
    good = 0
    for _ in range(FILES):
        text = spoiled(whole if chance.random() < 0.05 else small, chance)
        settings, problems = read(text)
        assert (settings is None) == bool(problems)
        for line in problems:
            assert line.isprintable(), line
            assert len(line) < 1000
        if settings is not None:
            good += 1
            for key, value in describing.values(settings).items():
                assert SETTINGS[key].fitting(value) == value
    assert FILES / 50 < good < FILES / 1.5  # both kinds were there


def test_changing_fuzzed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of such a file does all of what it says, leaving the rest, or nothing; with a profile as well."""
    store = settled(at_home(tmp_path, monkeypatch))
    chance = random.Random(SEED)
    small = SMALL
    anna = config.profile_file(store.path, "anna")
    anna.parent.mkdir()
    done = 0
    for _ in range(CHANGES):
        profiled = chance.random() < 0.3
        texts = {store.path: small if profiled else spoiled(small, chance, 1)}
        if profiled:
            texts[store.path] += '[profile]\nname = "anna"\n'
        texts[anna] = spoiled(small.partition("[camera]")[0], chance, 1) if profiled else ""
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8", newline="")
        raw = {file: file.read_bytes() for file in texts}
        before, _ = config.leniently(store.path)
        try:
            change = store.set({"forward_lean.rise_deg": 5, "camera.mirror": True, "cues.gap_s": 33}, "anna")
        except FormCoachError:
            assert {file: file.read_bytes() for file in texts} == raw
        else:
            done += 1
            expected = describing.values(before.settings)
            expected |= {"forward_lean.rise_deg": 5.0, "camera.mirror": True, "cues.gap_s": 33.0}
            assert describing.values(store.read().settings) == expected
            assert set(change.changes) <= {"forward_lean.rise_deg", "camera.mirror", "cues.gap_s"}
    assert CHANGES / 20 < done < CHANGES


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 100, b"#" * 300_000])
def test_files_that_are_none(tmp_path: Path, content: bytes) -> None:
    """Binary files, and files too large to be settings."""
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        config.load(file)
    for other in (tmp_path, tmp_path / "none.toml", Path("/dev/null/x"), Path("a\x00b")):
        with pytest.raises(ConfigError):
            config.load(other)
