"""The link on real sockets: commands and their answers, and what watchers get."""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from linking import Linked, at_work, until
from memory_coach import DEFAULTS, Talker, moment

from device.errors import SourceError
from device.link import board
from device.link.protocol import COMMANDS
from device.outputs import to_json
from device.records import Event


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with at_work(tmp_path) as made:
        yield made


def test_says_who_it_is_at_once(linked: Linked) -> None:
    """The first line names format and version, before anything is asked."""
    hello = linked.talker().hello
    assert hello["kind"] == "hello"
    assert (hello["format"], hello["version"]) == ("form-coach link", 1)


def test_set_tells_what_is_in_force_and_who_did_it(linked: Linked) -> None:
    """The answer holds the value in force; the coach learns which user it was from the system, not from the client."""
    answer = linked.talker().ask("set", id=7, changes={"forward_lean.on_deg": 14})
    assert answer == {
        "kind": "answer",
        "id": 7,
        "ok": True,
        "now": {"forward_lean.on_deg": 14},
        "generation": 1,
    }
    assert linked.coach.calls == [("tune", {"forward_lean.on_deg": 14}, getpass.getuser())]


def test_a_change_that_is_wrong_changes_nothing_and_says_all_that_is(linked: Linked) -> None:
    """Every mistake at once, in one line and each by itself; what was right beside them is not done either."""
    talker = linked.talker()
    answer = talker.ask("set", changes={"forward_lean.on_deg": 14, "cues.gap_s": -1, "voice.language": "xx"})
    assert not answer["ok"]
    assert len(answer["problems"]) == 2
    assert "\n" not in answer["why"]
    assert all(key in answer["why"] for key in ("cues.gap_s", "voice.language"))
    assert talker.ask("settings")["settings"]["values"] == json.loads(json.dumps(DEFAULTS))


def test_reset_of_some_and_of_all(linked: Linked) -> None:
    """What is reset has its default again, and the answer shows it; all is reset only when that is asked for."""
    talker = linked.talker()
    talker.ask("set", changes={"forward_lean.on_deg": 14, "cues.gap_s": 30.0, "voice.volume": 0.5})
    assert talker.ask("reset", keys=["cues.gap_s"])["now"] == {"cues.gap_s": 20.0}
    assert set(linked.coach.changed) == {"forward_lean.on_deg", "voice.volume"}
    assert not talker.ask("reset")["ok"]
    assert not talker.ask("reset", all=True, keys=["cues.gap_s"])["ok"]
    assert linked.coach.changed
    assert set(talker.ask("reset", all=True)["now"]) == {"forward_lean.on_deg", "voice.volume"}
    assert not linked.coach.changed


def test_the_other_commands(linked: Linked) -> None:
    """Each does what it says, and answers with what is so now."""
    talker = linked.talker()
    assert talker.ask("mute")["muted"] is True
    assert talker.ask("mute", muted=True)["muted"] is True
    assert talker.ask("mute")["muted"] is False
    assert talker.ask("relearn")["ok"]
    assert talker.ask("say", text="  one\n two ")["ok"]
    linked.coach.trouble = "line 3 is wrong"
    assert talker.ask("reload")["trouble"] == "line 3 is wrong"
    assert set(talker.ask("help")["commands"]) == set(COMMANDS)
    calls = [call for call in linked.coach.calls if call[0] != "mute"]
    assert calls == [("relearn",), ("say", "one two"), ("reload",)]


def test_snapshot_holds_all_there_is(linked: Linked) -> None:
    """Live, status and settings in one answer; what was seen long ago is not live."""
    talker = linked.talker()
    assert talker.ask("snapshot")["live"] is None
    linked.link.publish(moment(12.3456))
    told = talker.ask("snapshot")
    assert told["live"]["t_s"] == 12.346
    assert told["status"]["state"] == "coaching"
    assert told["settings"]["values"]["forward_lean.on_deg"] == 15.0


def test_what_was_seen_too_long_ago_is_not_live(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that is gone leaves nobody standing there."""
    monkeypatch.setattr(board, "RECENT_S", 0.05)
    linked.link.publish(moment(1.0))
    time.sleep(0.1)
    assert linked.talker().ask("snapshot")["live"] is None


def test_past_comes_whole_however_long(linked: Linked) -> None:
    """More than any buffer holds arrives in one line, in order, also where numbers are not finite; what is asked for
    after it is answered after it."""
    linked.coach.rows = [[number / 10, "running", float("nan") if number % 7 else 1.5] for number in range(30_000)]
    talker = linked.talker(timeout_s=60.0)
    talker.send({"do": "past", "id": "p", "seconds": 60}, {"do": "settings", "id": "s"})
    told = talker.read()
    assert told["id"] == "p"
    assert told["columns"] == ["t_s", "motion", "lean_deg"]
    assert len(told["postures"]) == 30_000
    assert told["postures"][12_345] == [1234.5, "running", None]
    assert talker.read()["id"] == "s"
    assert ("past", 60.0) in linked.coach.calls
    linked.coach.rows = []
    assert talker.ask("past")["postures"] == []


def test_an_expected_fault_of_the_coach_is_the_answer(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the coach says no with is what the client reads."""

    def relearn() -> None:
        raise SourceError("nobody runs\nnow")

    monkeypatch.setattr(linked.coach, "relearn", relearn)
    answer = linked.talker().ask("relearn")
    assert (answer["ok"], answer["why"]) == (False, "nobody runs now")
    assert not linked.journal.troubles


def test_an_unforeseen_fault_of_the_coach_does_not_end_the_link(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is answered and told in the journal, on either thread; watchers stay."""
    talker, watcher = linked.talker(), linked.talker()
    watcher.ask("watch")
    monkeypatch.setattr(linked.coach, "say", lambda text: 1 / 0)
    assert not talker.ask("say", text="x")["ok"]
    assert "ZeroDivisionError" in linked.journal.troubles["link"]
    linked.coach.broken = True
    assert not talker.ask("snapshot")["ok"]
    assert until(lambda: "unforeseen" in linked.journal.troubles["link"])
    linked.coach.broken = False
    assert talker.ask("snapshot")["ok"]
    linked.publish()
    assert watcher.next("live")


def test_answers_keep_the_order_of_the_commands(linked: Linked) -> None:
    """Also where one has to wait for the disk and the next would not."""
    linked.coach.gate.clear()
    talker = linked.talker()
    talker.send({"do": "set", "id": 1, "changes": {"cues.gap_s": 30}}, {"do": "settings", "id": 2})
    assert until(lambda: linked.coach.calls == [] and linked.link.clients == 1)
    linked.coach.gate.set()
    assert [talker.read()["id"] for _ in range(2)] == [1, 2]


def test_a_hanging_disk_holds_up_nobody_else(linked: Linked) -> None:
    """While one client's change waits for the disk, others are answered, and the watcher who asked goes on watching."""
    linked.coach.gate.clear()
    watcher = linked.talker()
    watcher.ask("watch")
    watcher.send({"do": "set", "changes": {"cues.gap_s": 30}})
    linked.publish()
    assert [watcher.next("live")["kind"] for _ in range(5)]
    assert linked.talker().ask("settings")["ok"]
    linked.coach.gate.set()
    assert watcher.next("answer")["ok"]


def test_watching_begins_with_the_settings_and_ends_when_asked(linked: Linked) -> None:
    """Answer, settings, health, then what is seen; after the end of it nothing more comes."""
    linked.publish()
    talker = linked.talker()
    talker.send({"do": "watch", "id": "w"})
    assert [talker.read()["kind"] for _ in range(4)] == ["answer", "settings", "health", "live"]
    talker.send({"do": "unwatch", "id": "u"})
    while talker.read().get("id") != "u":
        pass
    assert talker.ask("settings", id=3)["id"] == 3
    time.sleep(0.2)
    talker.send({"do": "help"})
    assert talker.read()["kind"] == "answer"


@pytest.mark.parametrize("hz", [15, 5, 1])
def test_live_lines_come_no_faster_than_asked_for(linked: Linked, hz: float) -> None:
    """In three seconds of a fast camera there are at most so many a second, and they keep coming."""
    linked.publish(fps=60)
    talker = linked.talker()
    talker.ask("watch", hz=hz)
    times = [talker.next("live")["t_s"] for _ in range(round(hz * 2) + 2)]
    assert times == sorted(set(times))
    took_s = times[-1] - times[0]
    assert (len(times) - 1) / took_s <= hz * 1.2 + 0.2


def test_clients_with_other_rates_get_the_very_same_lines(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment is made into a line once, not once for each client; who wants fewer gets fewer of them."""
    made = []
    real = board.lines.live

    def live(seen: object, *more: object) -> object:
        made.append(seen)
        return real(seen, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(board.lines, "live", live)
    fast, slow = linked.talker(), linked.talker()
    others = [linked.talker() for _ in range(5)]
    for talker, hz in ((fast, 15), (slow, 3), *((other, 15) for other in others)):
        talker.ask("watch", hz=hz)
    linked.publish(fps=60)
    slowly = [slow.next("live")["t_s"] for _ in range(4)]
    quickly = []
    while not quickly or quickly[-1] < slowly[-1]:
        quickly.append(fast.next("live")["t_s"])
    assert set(slowly) <= set(quickly)
    assert len(made) == len(set(map(id, made)))
    assert len(made) <= len(quickly) + 10


def test_all_see_the_last_moment_whenever_they_are_due(linked: Linked) -> None:
    """When the camera stops, the last thing seen comes to everybody, though not at the same tick."""
    talkers = [linked.talker() for _ in range(6)]
    for number, talker in enumerate(talkers):
        talker.ask("watch", hz=5)
        time.sleep(0.03)
        linked.link.publish(moment(float(number)))
    for talker in talkers:
        talker.next("live")
    linked.link.publish(moment(100.0))
    end_s = time.monotonic() + 5.0

    def sees_it(talker: Talker) -> bool:
        while time.monotonic() < end_s:  # health comes each second, so nothing is waited for in vain
            if (told := talker.read())["kind"] == "live" and told["t_s"] == 100.0:
                return True
        return False

    assert [sees_it(talker) for talker in talkers] == [True] * 6


def test_nothing_is_made_or_kept_while_nobody_watches(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A published moment costs its keeping; when the last watcher has gone it is so again."""
    monkeypatch.setattr(board.lines, "live", lambda *seen: 1 / 0)
    talker = linked.talker()
    kept = linked.link._board._events
    for number in range(5000):
        linked.link.publish(moment(float(number), Event(float(number), "muted", {})))
    assert not kept
    monkeypatch.undo()
    talker.ask("watch")
    linked.link.publish(moment(6000.0, Event(6000.0, "muted", {})))
    assert talker.next("event")["event"]["t_s"] == 6000.0
    talker.close()
    assert until(lambda: not linked.link.clients)
    linked.link.publish(moment(7000.0, Event(7000.0, "muted", {})))
    assert not kept
    assert not linked.journal.troubles


def test_every_event_comes_once_in_order_and_before_what_is_seen_after_it(linked: Linked) -> None:
    """Events are never left out, however few live lines a client wants, and are those that --events writes."""
    talker = linked.talker()
    talker.ask("watch", hz=10)
    events: dict[int, Event] = {}

    def happened(number: int) -> tuple[Event, ...]:
        if number % 3:
            return ()
        events[number] = Event(number / 100, "cue", {"fault": "forward_lean", "text": f"Größer {number}", "value": 1.5})
        return (events[number], Event(number / 100, "muted", {}))

    linked.publish(fps=100, events=happened)
    told, seen_s = [], 0.0
    while len(told) < 200:
        message = talker.read()
        if message["kind"] == "event":
            told.append(message["event"])
            assert message["event"]["t_s"] >= seen_s
        elif message["kind"] == "live":
            seen_s = message["t_s"]
            assert told[-1]["t_s"] >= seen_s - 0.03
    first = round(told[0]["t_s"] * 100)
    assert [event["t_s"] for event in told[::2]] == [(first + 3 * number) / 100 for number in range(100)]
    assert told[0] == json.loads(to_json(events[first]))


def test_watchers_are_told_of_each_change_of_the_settings(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made it: another client, or a hand in the file; what is wrong with a file is told likewise."""
    monkeypatch.setattr(board, "HEALTH_S", 0.05)
    watcher, other = linked.talker(), linked.talker()
    watcher.ask("watch")
    assert watcher.next("settings")["generation"] == 0
    other.ask("set", changes={"cues.gap_s": 30})
    told = watcher.next("settings")
    assert (told["generation"], told["values"]["cues.gap_s"]) == (1, 30)
    assert told["origins"]["cues.gap_s"] == "settings.toml"
    linked.coach.trouble = "line 3 is wrong"
    assert watcher.next("settings")["trouble"] == "line 3 is wrong"
    for _ in range(5):
        assert watcher.read()["kind"] == "health"


def test_health_comes_by_itself_without_a_camera(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who watches hears each second how the coach is doing, also while nothing is seen; unknown is null."""
    monkeypatch.setattr(board, "HEALTH_S", 0.05)
    talker = linked.talker()
    talker.ask("watch")
    for _ in range(3):
        assert talker.next("health")["status"]["temperature_c"] is None


def test_live_lines_say_why_a_fault_is_not_judged(linked: Linked) -> None:
    """In words, for who aims the camera; numbers that are not known are null."""
    linked.coach.tune({"torso_twist.enabled": False}, "")
    linked.link.publish(moment(1.0, value=float("nan")))
    live = linked.talker().ask("snapshot")["live"]
    twist = live["faults"][2]
    assert (twist["enabled"], twist["why"]) == (False, "switched off in the settings")
    assert live["faults"][0]["why"] == "waiting for a clear stride"
    assert (live["faults"][0]["value"], live["posture"]["lean_deg"]) == (None, None)
    assert live["pose"]["keypoints"][3][:2] == [None, None] or live["pose"]["keypoints"][3] == [None] * 3
    assert live["pose"]["keypoints"][0] == [320.1, 0.7, 0.7]


def test_clients_are_told_when_the_coach_stops(tmp_path: Path) -> None:
    """The last line says so, and the socket is gone."""
    with at_work(tmp_path) as linked:
        talker = linked.talker()
        linked.link.stop()
        assert talker.next("bye")["why"] == "it was stopped"
        with pytest.raises(EOFError):
            talker.read()
