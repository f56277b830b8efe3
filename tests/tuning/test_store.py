"""Changing settings: all or nothing, comments stay, nobody's change is lost, and there is a way back."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from conftest import ROOT
from household import at_home, settled

from device import config
from device.errors import ConfigError, UsageError
from device.settings import Settings
from device.tuning.history import LARGEST_BYTES, MOST, SLACK, Entry, History
from device.tuning.locked import locked
from device.tuning.store import ChangedMeanwhileError, Store, parse_value


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(tmp_path, monkeypatch)


@pytest.fixture
def store(home: Path) -> Store:
    return settled(home)


def test_comments_and_order_stay(store: Store) -> None:
    """A change touches its own line; a new one comes where its section is, below the hints that it begins with."""
    store.set({"voice.volume": 0.5, "camera.rotate_deg": 90, "forward_lean.on_deg": 14}, "anna")
    assert store.path.read_text() == (
        "# Settings of this computer.\n\n[camera]\n"
        '# source = "usb"                    # auto: the Pi\'s camera, else a USB camera\n'
        "# rotate_deg = 90                   # how far to turn the picture\n"
        "rotate_deg = 90\n\n[voice]\n"
        '# language = "de"\n'
        "volume = 0.5                        # the neighbours sleep\n\n"
        "[forward_lean]\non_deg = 14.0\n"
    )


def test_what_stands_above_the_next_section_stays_there(store: Store) -> None:
    """A comment before a section is about that one, so a new setting of the one before comes above it."""
    store.path.write_text("[camera]\nfps = 20\n\n# about the voice\n[voice]\nvolume = 1\n")
    store.set({"camera.mirror": True}, "anna")
    assert store.path.read_text() == "[camera]\nfps = 20\nmirror = true\n\n# about the voice\n[voice]\nvolume = 1\n"


def test_what_changed_is_told(store: Store) -> None:
    """For each setting that is another one in force: its old and its new value, and where it comes from."""
    change = store.set({"forward_lean.on_deg": 14, "voice.volume": 0.8}, "anna")
    assert change.changes == {"forward_lean.on_deg": (15.0, 14.0)}
    assert change.layers.origins["forward_lean.on_deg"] == "settings.toml"
    assert change.layers.origins["torso_twist.on_deg"] == "default"
    assert store.set({"forward_lean.on_deg": 14}, "anna").written == ()


def test_the_first_change_makes_the_file(home: Path) -> None:
    """A settings file that is not there holds the defaults."""
    store = Store(home / "settings.toml")
    assert store.read().settings == Settings()
    store.set({"cues.gap_s": 30}, "anna")
    assert store.read().settings.cues.gap_s == 30.0
    with pytest.raises(UsageError, match="there is no folder"):
        Store(home / "none" / "settings.toml").set({"cues.gap_s": 30}, "anna")


def test_all_mistakes_at_once_and_nothing_changed(store: Store) -> None:
    """Names, values and contradictions, those in the file included; right changes beside them are not made either."""
    store.path.write_text("[panel]\nbutton_gpio = 99\n")
    before = store.path.read_text()
    with pytest.raises(ConfigError) as caught:
        store.set(
            {"forward_lean.ondeg": 3, "cues.gap_s": 9999, "forward_lean.least_deg": 16, "voice.volume": 0.1}, "anna"
        )
    text = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 4
    assert "did you mean forward_lean.on_deg" in text
    assert "cues.gap_s = 9999: must be 0 to 600 s" in text
    assert "forward_lean.least_deg = 16: must not be above forward_lean.on_deg" in text
    assert "panel.button_gpio = 99" in text
    assert store.path.read_text() == before
    assert store.log() == []


def test_a_change_may_mend_what_is_wrong(store: Store) -> None:
    """A mistake in the file can be set right, or taken out by its name, even where there is no such setting."""
    store.path.write_text("[forward_lean]\non_deg = 99\nondeg = 3\n[nonsense]\nx = 1\n")
    with pytest.raises(ConfigError, match="3 mistakes"):
        store.read()
    with pytest.raises(ConfigError, match="2 mistakes"):
        store.set({"forward_lean.on_deg": 14}, "anna")
    store.reset(["forward_lean", "nonsense"], "anna")
    assert store.read().settings == Settings()


@pytest.mark.parametrize("broken", ["[forward_lean\n", "a = [[[", "[forward_lean]\non_deg = 14\non_deg = 15\n"])
def test_what_is_no_toml_is_left_alone(store: Store, broken: str) -> None:
    """A command does not touch a file that it cannot read; only taking everything back writes it anew."""
    store.path.write_text(broken)
    with pytest.raises(ConfigError, match="config edit"):
        store.set({"forward_lean.on_deg": 14}, "anna")
    assert store.path.read_text() == broken
    store.reset(None, "anna")
    assert store.read().settings == Settings()
    with pytest.raises(ConfigError):
        store.undo("anna")  # it would bring back what is broken


@pytest.mark.parametrize(
    "text",
    [
        "forward_lean = { on_deg = 14, rise_deg = 5 }\n",
        "forward_lean.on_deg = 14 # mine\ncamera.fps = 20\n",
        "[forward_lean]\non_deg=14",
        '[camera]\nfps = 20\n\n# about the voice\n[voice]\nvolume = 1\n\n[forward_lean]\ncues = [\n  "a", # one\n]\n',
        '["forward_lean"]\n"on_deg" = 14\n',
        "[ forward_lean ]\r\n on_deg = 14\r\n",
    ],
)
def test_toml_may_be_written_in_many_ways(store: Store, text: str) -> None:
    """Whatever way a file is written in, a change does what it says and no more; taking it back gives the old text."""
    store.path.write_text(text)
    before = store.read().settings
    change = store.set({"forward_lean.on_deg": 13, "camera.mirror": True, "forward_lean.cues": ["x", "y"]}, "anna")
    after = store.read().settings
    assert (after.forward_lean.on_deg, after.camera.mirror, after.forward_lean.cues) == (13.0, True, ("x", "y"))
    assert set(change.changes) == {"forward_lean.on_deg", "camera.mirror", "forward_lean.cues"}
    store.undo("anna")
    assert store.read().settings == before
    assert store.path.read_text() == text.replace("\r\n", "\n")


def test_reset(store: Store) -> None:
    """One setting, a section, or all go back to their defaults; comments stay."""
    store.set({"forward_lean.on_deg": 14, "forward_lean.rise_deg": 5, "cues.gap_s": 30}, "anna")
    store.reset(["forward_lean.on_deg"], "anna")
    assert store.read().settings.forward_lean.on_deg == 15.0
    store.reset(["forward_lean"], "anna")
    assert "[forward_lean]" not in store.path.read_text()
    with pytest.raises(ConfigError, match="there is no such setting"):
        store.reset(["forward_lean.ondeg"], "anna")
    store.reset(None, "anna")
    assert store.read().settings == Settings()
    assert "# rotate_deg = 90" in store.path.read_text()


def test_undo_goes_back_step_by_step(store: Store) -> None:
    """The last change first, then the one before; then there is none left."""
    first = store.path.read_text()
    store.set({"forward_lean.on_deg": 14}, "anna")
    second = store.path.read_text()
    store.reset(["voice.volume"], "bob")
    assert store.undo("anna").changes == {"voice.volume": (1.0, 0.8)}
    assert store.path.read_text() == second
    undone = store.undo("anna").undone
    assert undone is not None
    assert (undone.who, undone.how) == ("anna", "set")
    assert store.path.read_text() == first
    with pytest.raises(UsageError, match="no change"):
        store.undo("anna")
    assert [entry.how for entry in store.log()] == ["set", "reset", "undo", "undo"]


def test_a_change_by_hand_is_found_and_can_be_taken_back(store: Store) -> None:
    """An editor leaves no word; the next look finds what it did."""
    store.set({"forward_lean.on_deg": 14}, "anna")
    before = store.path.read_text()
    store.path.write_text(before.replace("14.0", "13.0 # better"))
    assert [entry.how for entry in store.log()] == ["set", "by hand"]
    assert store.log()[-1].changes == {"forward_lean.on_deg": (14.0, 13.0)}
    store.undo("anna")
    assert store.path.read_text() == before


def test_undo_keeps_what_others_did_since(store: Store) -> None:
    """A change whose entry was lost, or one by hand, stays; where it meets the one taken back, nothing is done."""
    store.set({"forward_lean.on_deg": 14, "cues.gap_s": 30}, "anna")
    entry = store.log()[-1]
    text = store.path.read_text() + "\n[torso_twist]\non_deg = 50.0\n"
    store.path.write_text(text)
    file, undone = store.undone(entry, "settings.toml")
    assert file == store.path
    assert undone is not None
    settings = config.parse(undone)
    assert (settings.forward_lean.on_deg, settings.torso_twist.on_deg) == (15.0, 50.0)
    store.path.write_text(text.replace("14.0", "12.0"))
    with pytest.raises(UsageError, match=r"forward_lean\.on_deg was changed again"):
        store.undone(entry, "settings.toml")


def test_an_edit_based_on_an_old_text_is_refused(store: Store) -> None:
    """Whoever began with another text than the file's would undo somebody's change in silence."""
    before = store.path.read_text()
    store.set({"forward_lean.on_deg": 14}, "bob")
    with pytest.raises(ChangedMeanwhileError):
        store.replace(store.path, before + "# mine\n", before, "anna")
    now = store.path.read_text()
    store.replace(store.path, now + "# mine\n", now, "anna")
    assert store.path.read_text().endswith("# mine\n")
    with pytest.raises(ConfigError, match="1 mistake"):
        store.replace(store.path, "[nonsense]\n", store.path.read_text(), "anna")


def test_a_damaged_history_keeps_nobody_from_changing(store: Store) -> None:
    """Half a line, junk or a foreign entry is left out; what follows is kept."""
    store.set({"cues.gap_s": 30}, "anna")
    path = History(store.path).path
    good = path.read_bytes()
    path.write_bytes(b'\x00\xff junk\n[1]\n{"number": 1}\n' + good + good[: len(good) // 2])
    store.set({"cues.gap_s": 31}, "bob")
    assert [entry.who for entry in store.log()] == ["anna", "bob"]
    assert store.undo("anna").changes == {"cues.gap_s": (31.0, 30.0)}
    path.unlink()
    path.mkdir()
    change = store.set({"cues.gap_s": 40}, "anna")
    assert "cannot be written" in change.unnoted
    assert store.read().settings.cues.gap_s == 40.0


def test_a_history_cannot_lead_elsewhere(store: Store, home: Path) -> None:
    """Who may write the history may not thereby have somebody else write another file."""
    victim = home / "victim"
    entry = Entry(1, 0.0, "mallory", "set", {}, {"../victim": ("evil", None)})
    History(store.path).path.write_text(entry.line())
    with pytest.raises(UsageError, match="damaged"):
        store.undo("root")
    assert not victim.exists()


def test_the_history_is_bounded(store: Store) -> None:
    """It keeps the newest changes, and no more than so many bytes."""
    history = History(store.path)
    history.add(Entry(number, 0.0, "anna", "set") for number in range(1, 3 * MOST))
    history.add([Entry(3 * MOST, 0.0, "bob", "set")])
    kept = history.read()
    assert MOST <= len(kept) <= MOST * SLACK
    assert kept[-1].number == 3 * MOST
    big = "#" * 200_000
    history.add(Entry(number, 0.0, "anna", "edit", {}, {"settings.toml": (big, big)}) for number in range(1000, 1010))
    assert history.path.stat().st_size <= LARGEST_BYTES
    assert history.read()[-1].number == 1009


def test_rights_follow_the_folder(store: Store) -> None:
    """Who may write in the folder may write the files in it, whoever made them."""
    group = next((one for one in os.getgroups() if one != os.getegid()), 12345 if os.geteuid() == 0 else os.getegid())
    os.chown(store.path.parent, -1, group)
    store.path.parent.chmod(0o775)
    store.path.unlink()
    store.set({"cues.gap_s": 30}, "anna")
    store.new_profile("anna", "anna")
    store.set({"profile.name": "anna", "forward_lean.on_deg": 14}, "anna")
    files = [store.path, History(store.path).path, config.profile_file(store.path, "anna")]
    assert [(stat.S_IMODE(file.stat().st_mode), file.stat().st_gid) for file in files] == [(0o664, group)] * 3
    folder = store.path.parent / "profiles"
    assert (stat.S_IMODE(folder.stat().st_mode), folder.stat().st_gid) == (0o775, group)
    lock = store.path.parent / ".settings.toml.lock"
    assert (stat.S_IMODE(lock.stat().st_mode), lock.stat().st_gid) == (0o660, group)


def test_a_link_of_ones_own_is_followed(store: Store, home: Path) -> None:
    """Settings may lie elsewhere, as those of who keeps all dot files in one place."""
    elsewhere = home / "elsewhere.toml"
    store.path.rename(elsewhere)
    store.path.symlink_to(elsewhere)
    store.set({"cues.gap_s": 30}, "anna")
    assert store.path.is_symlink()
    assert config.load(elsewhere).cues.gap_s == 30.0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a link of another user's")
def test_a_link_of_somebody_else_is_not_followed(store: Store, home: Path) -> None:
    """In a folder that several may write to, a link would have root write any file."""
    victim = home / "victim.toml"
    victim.write_text("# mine\n")
    store.path.unlink()
    store.path.symlink_to(victim)
    os.lchown(store.path, 12345, 12345)
    with pytest.raises(UsageError, match="a link that somebody else made"):
        store.set({"cues.gap_s": 30}, "root")
    assert victim.read_text() == "# mine\n"


def test_what_hangs_keeps_others_waiting_for_a_while_only(store: Store) -> None:
    """A lock that is never given back is told, with its name."""
    with locked(store.path), pytest.raises(UsageError, match=r"\.settings\.toml\.lock"), locked(store.path, 0.05):
        pass


def test_values_as_typed() -> None:
    """TOML, or for short without quotes; what cannot be is left for the check to name."""
    assert parse_value("forward_lean.on_deg", "14") == 14
    assert parse_value("voice.language", "de") == "de"
    assert parse_value("camera.rotate_deg", "90") == 90
    assert parse_value("voice.device", "plughw:CARD=Device") == "plughw:CARD=Device"
    assert parse_value("voice.voice", "'en-gb'") == "en-gb"
    assert parse_value("voice.voice", "12") == "12"
    assert parse_value("cues.praise", "off") is False
    assert parse_value("forward_lean.cues", "Grow tall") == ("Grow tall",)
    assert list(parse_value("forward_lean.cues", '["a", "b"]')) == ["a", "b"]
    assert parse_value("forward_lean.on_deg", "a lot") == "a lot"


# Two at once, and the power cut


def test_two_writers_lose_nothing(store: Store) -> None:
    """Four processes and four threads change different settings at once: all of it is there at the end."""
    keys = ["forward_lean.on_deg", "hunched_shoulders.forward_pct", "cues.gap_s", "cues.repeat_s"]
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count_up, args=(store.path, key, 8)) for key in keys]
    others = ["baseline.learn_s", "notices.repeat_s", "persistence.least_s", "voice.rate_wpm"]
    threads = [threading.Thread(target=_count_up, args=(store.path, key, 8)) for key in others]
    for worker in [*processes, *threads]:
        worker.start()
    for worker in [*processes, *threads]:
        worker.join()
    assert [process.exitcode for process in processes] == [0] * 4
    written = {key for entry in store.log() for key in entry.written}
    assert written == {*keys, *others}
    assert len(store.log()) == 8 * 8
    settings = store.read().settings
    assert (settings.forward_lean.on_deg, settings.cues.gap_s, settings.baseline.learn_s) == (28.0, 28.0, 28.0)
    assert (settings.notices.repeat_s, settings.persistence.least_s) == (28.0, 28.0)
    assert "# the neighbours sleep" in store.path.read_text()


def _count_up(path: Path, key: str, times: int) -> None:
    start = 80 if key == "voice.rate_wpm" else 21
    for number in range(times):
        Store(path).set({key: start + number}, "anna")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child ends at once, whatever threads there are
def test_a_writer_killed_at_any_line(store: Store) -> None:
    """Wherever in the writing the power fails, settings and profile are each the old or the new, whole."""
    store.new_profile("anna", "anna")
    store.set({"profile.name": "anna", "voice.volume": 0.1, "cues.gap_s": 1}, "anna")
    files = (store.path, config.profile_file(store.path, "anna"))
    before = {file: file.read_text() for file in files}
    for line in range(1, 1000):
        if _killed_at(line, lambda: store.set({"voice.volume": 0.2, "cues.gap_s": 2}, "anna")) == 0:
            break
        for file, old in before.items():
            assert file.read_text() in (old, old.replace("0.1", "0.2").replace("1.0", "2.0"))
        store.set({"voice.volume": 0.1, "cues.gap_s": 1}, "bob")  # no lock is left, and all goes on
        assert {file: file.read_text() for file in files} == before
    assert line > 50
    assert store.read().settings.cues.gap_s == 2.0


def _killed_at(number: int, work: Callable[[], object]) -> int:
    """Do something in a process of its own that is killed at the so-manieth line of writing; its exit code."""
    child = os.fork()
    if child == 0:
        left = number

        def trace(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal left
            writes = frame.f_code.co_filename.endswith(("device/files.py", "tuning/locked.py"))
            if not writes and frame.f_code.co_qualname not in ("History.add", "Writer._write", "Writer._put"):
                return None
            left -= event == "line"
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_a_writer_killed_at_any_moment_leaves_a_whole_file(store: Store) -> None:
    """Old or new, never half; the next one goes on, finds no lock held, and tidies up."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path; from device.tuning.store import Store\n"
        "store = Store(Path(sys.argv[1])); print('ready', flush=True)\n"
        "for number in range(100000):\n"
        "    store.set({'cues.gap_s': number % 500, 'cues.repeat_s': number % 500}, 'anna')\n"
    )
    store.path.write_text(store.path.read_text() + "# filler\n" * 1000)
    store.set({"cues.gap_s": 1, "cues.repeat_s": 1}, "anna")
    chance = random.Random(6)
    seen = set()
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, str(store.path), str(ROOT)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.4))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        settings = store.read().settings
        assert settings.cues.gap_s == settings.cues.repeat_s
        assert store.path.read_text().count("# filler\n") == 1000
        seen.add(settings.cues.gap_s)
    store.set({"cues.gap_s": 500}, "bob")
    assert [path.name for path in store.path.parent.glob("*.part")] == []
    assert len(seen) > 2
    for line in History(store.path).path.read_text().splitlines()[-1:]:
        assert json.loads(line)["who"] == "bob"
