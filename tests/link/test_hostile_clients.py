"""Clients that are slow, dead, many or hostile: the coach does not notice, and nothing grows."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from linking import Linked, at_work, until
from memory_coach import DEFAULTS, moment

from device.link import board, desk, server
from device.link.peer import UNSENT
from device.link.protocol import COMMANDS, LONGEST_LINE
from device.records import Event

SEED = 20_240_607
MESSAGES = 100_000
A_BATCH = 1000


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with at_work(tmp_path) as made:
        yield made


def test_sixty_four_clients_are_served_and_the_next_is_told(linked: Linked) -> None:
    """All of them watch and are answered; the 65th learns why it is turned away; a place that is left is free."""
    linked.publish(fps=30)
    talkers = [linked.talker() for _ in range(64)]
    for talker in talkers:
        talker.send({"do": "watch", "hz": 5})
    for talker in talkers:
        assert [talker.next(kind)["kind"] for kind in ("answer", "settings", "live", "live")]
    late = linked.talker()
    assert "64 clients are connected already" in late.next("bye")["why"]
    with pytest.raises((EOFError, ConnectionError)):
        late.read()
    talkers[0].close()
    assert until(lambda: linked.link.clients == 63)
    assert linked.talker().ask("help")["ok"]


def test_who_does_not_read_costs_little_and_sees_what_is_when_reading_again(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of live lines, health and changes for clients that do not read: the newest of each kind is kept."""
    monkeypatch.setattr(board, "TICK_S", 0.0005)
    monkeypatch.setattr(board, "HEALTH_S", 0.002)
    sleepers = [linked.talker() for _ in range(10)]
    for sleeper in sleepers:
        sleeper.send({"do": "watch"})
    assert until(lambda: linked.link._board.watched and linked.link.clients == 10)
    most = 0
    for number in range(3000):
        linked.link.publish(moment(number / 15))
        linked.coach.generation += 1
        time.sleep(0.0002)
        most = max(most, linked.link.held_bytes)
    assert linked.link.clients == 10
    assert most < 10 * 64 * 1024
    assert linked.talker().ask("help")["ok"]
    passed_over = 0
    while sleepers[0].next("live")["t_s"] != round(2999 / 15, 3):
        passed_over += 1
    assert passed_over < 100


def test_who_does_not_read_keeps_nobody_busy(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """With clients that take nothing more, whether they only watch or half a command is waiting, too, the link wakes
    up as often as there is something to tell."""
    turns = 0
    turn = server.Link._turn

    def counted(link: server.Link) -> None:
        nonlocal turns
        turns += 1
        turn(link)

    monkeypatch.setattr(server.Link, "_turn", counted)
    linked.publish(fps=60)
    for number in range(10):
        sleeper = linked.talker()
        sleeper.send({"do": "watch"}, *[{"do": "settings"}] * (20 * number))
        sleeper.socket.sendall(b'{"do":')
    assert until(lambda: linked.link.clients == 10)
    assert until(lambda: all(peer.full for peer in linked.link._peers.copy()))
    before = turns
    time.sleep(1.0)
    assert turns - before < 60


def test_events_that_are_not_read_end_the_connection(linked: Linked) -> None:
    """They must not be lost, so who lets them pile up is given up, at a bound; others lose nothing."""
    sleeper, reader = linked.talker(), linked.talker()
    sleeper.ask("watch")
    reader.ask("watch")
    most = number = seen = 0
    while linked.link.clients == 2 and number < 20_000:
        linked.link.publish(moment(float(number), Event(float(number), "cue", {"text": "x" * 500})))
        number += 1
        while number - seen > 200:
            assert reader.next("event")["event"]["t_s"] == seen
            seen += 1
        most = max(most, linked.link.held_bytes)
    assert linked.link.clients == 1
    assert most < 2 * UNSENT + 200_000
    for at in range(seen, number):
        assert reader.next("event")["event"]["t_s"] == at


def test_who_asks_without_reading_is_made_to_wait(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are taken only as fast as their answers are read; none of them is lost for it."""
    monkeypatch.setattr(desk, "SHARE", 1.0)
    monkeypatch.setattr(server, "SHARE", 1.0)
    talker = linked.talker()
    count = 2000

    def send() -> None:
        talker.send(*({"do": "settings", "id": number} for number in range(count)))

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    most, end_s = 0, time.monotonic() + 0.5
    while time.monotonic() < end_s:
        most = max(most, linked.link.held_bytes)
        time.sleep(0.005)
    assert most < UNSENT + 2 * LONGEST_LINE
    assert [talker.read()["id"] for _ in range(count)] == list(range(count))
    sending.join(5)


def test_large_answers_that_are_not_read_are_few_and_given_up(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight clients that ask for a large answer and do not read: two at a time cost memory, and not for long."""
    monkeypatch.setattr(desk, "LARGE_S", 0.5)
    monkeypatch.setattr(desk, "SHARE", 1.0)
    linked.coach.rows = [[number / 10, "running", 1.25] for number in range(30_000)]
    one = len(json.dumps(linked.coach.rows))
    sleepers = [linked.talker() for _ in range(8)]
    for sleeper in sleepers:
        sleeper.send({"do": "past"}, {"do": "help"})
    most, end_s = 0, time.monotonic() + 20
    while linked.link.clients and time.monotonic() < end_s:
        most = max(most, linked.link.held_bytes)
        time.sleep(0.002)
    assert linked.link.clients == 0
    assert 0.5 * one < most < 2.2 * one + 8 * 4096
    assert len(linked.talker().ask("past")["postures"]) == 30_000


def test_who_asks_for_much_and_goes_leaves_nothing(linked: Linked) -> None:
    """Requests of clients that are gone do not pile up."""
    linked.coach.gate.clear()
    for _ in range(150):
        with linked_socket(linked.path) as connection:
            connection.sendall(b'{"do":"past"}\n{"do":"set","changes":{"cues.gap_s":30}}\n')
    assert until(lambda: linked.link.clients == 0)
    assert len(linked.link._desk._large_wanted) == 0
    assert linked.link._desk._undone <= desk.MOST_UNDONE
    linked.coach.gate.set()
    assert linked.talker().ask("help")["ok"]
    assert until(lambda: linked.link._desk._undone == 0)


def test_too_many_changes_at_a_hanging_disk_are_refused(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing piles up behind a disk that hangs: it is said that the coach is busy."""
    monkeypatch.setattr(desk, "MOST_UNDONE", 3)
    linked.coach.gate.clear()
    for _ in range(3):
        linked.talker().send({"do": "reload"})
    assert until(lambda: linked.link._desk._undone == 3)
    assert "busy" in linked.talker().ask("reload")["why"]
    linked.coach.gate.set()
    assert until(lambda: linked.link._desk._undone == 0)
    assert linked.talker().ask("reload")["ok"]


def test_the_dead_are_forgotten(linked: Linked) -> None:
    """Clients whose process was killed, in whatever state, cost nothing a moment later."""
    linked.publish(fps=60)
    for number in range(30):
        talker = linked.talker()
        talker.send({"do": "watch"})
        if number % 3 == 0:
            talker.next("live")
        if number % 3 == 1:
            talker.socket.sendall(b'{"do":"wat')
        talker.close()
    assert until(lambda: linked.link.clients == 0)
    assert until(lambda: linked.link.held_bytes == 0)


def test_who_has_said_all_is_still_answered_and_may_watch(linked: Linked) -> None:
    """A client that sends nothing more (`echo … | socat`) gets its answers, the last line's without its end included;
    one that watches goes on until it leaves."""
    linked.publish(fps=60)
    talker = linked.talker()
    talker.socket.sendall(b'{"do":"help","id":1}\r\n\r\n  \n{"do":"mute","id":2}')
    talker.socket.shutdown(socket.SHUT_WR)
    assert [talker.read()["id"] for _ in range(2)] == [1, 2]
    with pytest.raises(EOFError):
        talker.read()
    watcher = linked.talker()
    watcher.send({"do": "watch"})
    watcher.socket.shutdown(socket.SHUT_WR)
    assert [watcher.next("live") for _ in range(20)]
    watcher.close()
    assert until(lambda: linked.link.clients == 0)


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"do":' * 5000,
        b"null",
        b'{"do":"set","changes":{"cues.gap_s":NaN}}',
        b'{"do":"set","changes":{"cues.gap_s":1e999}}',
        b'{"do":"set","changes":{"cues.gap_s":' + b"9" * 400 + b"}}",
        b'{"do":"set","changes":{"cues.gap_s":' + b"9" * 5000 + b"}}",
        b'{"do":"set","changes":{"voice.device":"\\ud800"}}',
        b'{"do":"set","changes":{"cues.gap_s":{"a":1}}}',
        b'{"do":"set","changes":{}}',
        b'{"do":"set"}',
        b'{"do":"say","text":"\\u0000"}',
        b'{"do":"say","text":"' + b"x" * 201 + b'"}',
        b'{"do":"watch","hz":0}',
        b'{"do":"watch","hz":true}',
        b'{"do":"mute","mutd":true}',
        b'{"do":"mute","muted":"yes"}',
        b'{"do":"past","seconds":1e9}',
        b'{"do":["set"]}',
        b'{"do":"shutdown"}',
        b'{"do":"help","id":[1]}',
        b'{"do":"help","id":"' + b"x" * 101 + b'"}',
        b"x" * (LONGEST_LINE + 1),
        b'{"do":"say","text":"' + b"x" * 300_000 + b'"}',
    ],
    ids=lambda line: line[:24].decode("latin-1"),
)
def test_a_line_that_asks_for_nothing_is_answered_so(linked: Linked, line: bytes) -> None:
    """One answer with the reason, a short line; nothing is done, and the next command is."""
    talker = linked.talker()
    talker.socket.sendall(line + b"\n" + b'{"do":"settings","id":"next"}\n')
    answer = talker.read()
    assert answer["ok"] is False
    assert 0 < len(answer["why"]) <= 300
    assert talker.read()["id"] == "next"
    assert linked.coach.calls == []
    assert not linked.journal.troubles


def test_a_flood_of_commands_gets_its_share_of_time_only(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten clients that send as fast as they can: the link takes the part of one processor that it may, a watcher goes
    on getting its lines, and somebody else's command is answered."""
    monkeypatch.setattr(server, "SHARE", 0.03)
    stop = threading.Event()

    linked.publish(fps=30)
    floods = [linked.talker().socket for _ in range(10)]
    thread = threading.Thread(target=_flood, args=(floods, stop), daemon=True)
    watcher = linked.talker()
    watcher.ask("watch")
    thread.start()
    try:
        clock = time.pthread_getcpuclockid(linked.link._thread.ident or 0)
        begun_s, begun_cpu_s = time.monotonic(), time.clock_gettime(clock)
        times = [watcher.next("live")["t_s"] for _ in range(20)]
        other = linked.talker()
        assert other.ask("mute")["ok"]
        took_s = time.monotonic() - begun_s
        share = (time.clock_gettime(clock) - begun_cpu_s) / took_s
        assert share < 0.15
        assert times[-1] - times[0] < 15
    finally:
        stop.set()
        thread.join(5)


def _flood(connections: list[socket.socket], stop: threading.Event) -> None:
    """Send commands without end and read whatever comes."""
    for connection in connections:
        connection.setblocking(False)
    while not stop.is_set():
        for connection in connections:
            with contextlib.suppress(BlockingIOError):
                connection.send(b'{"do":"settings"}\n' * 50)
            with contextlib.suppress(BlockingIOError):
                connection.recv(1 << 20)
        time.sleep(0.0005)


def test_a_hundred_thousand_messages_of_chance(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes, each line is answered once and nothing fails; a change that was answered with yes is in force,
    whole, and nothing else is; and the link still works."""
    monkeypatch.setattr(desk, "BURST_S", 1.0)
    monkeypatch.setattr(server, "SHARE", 1000.0)  # no pauses
    chance = random.Random(SEED)
    linked.publish(fps=30)
    expected: dict[str, Any] = {}
    yes = no = 0
    for _ in range(MESSAGES // A_BATCH):
        sent = [*(_message(chance) for _ in range(A_BATCH - 1)), b'{"do":"unwatch"}']  # else it would go on for ever
        answers = _exchange(linked.path, sent, chance)
        lines = [line for line in b"\n".join(sent).split(b"\n") if line.strip()]
        assert len(answers) == len(lines)
        for line, answer in zip(lines, answers, strict=True):
            yes, no = yes + answer["ok"], no + (not answer["ok"])
            if answer["ok"]:
                _apply(json.loads(line), expected)
        assert linked.coach.changed == expected
    assert yes > MESSAGES / 50
    assert no > MESSAGES / 2
    assert not linked.journal.troubles
    assert until(lambda: linked.link.clients == 0)
    assert linked.link.held_bytes == 0
    talker = linked.talker()
    assert talker.ask("reset", all=True)["ok"]
    assert talker.ask("settings")["settings"]["values"] == json.loads(json.dumps(DEFAULTS))


def _apply(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    """What a command that was carried out changes."""
    if asked["do"] == "set":
        expected.update(asked["changes"])
    elif asked["do"] == "reset":
        for key in list(expected) if asked.get("all") else asked["keys"]:
            expected.pop(key, None)


_VALUES = (
    "14",
    "1e3",
    "-1",
    "NaN",
    "1e999",
    "true",
    "null",
    '"x"',
    '["a"]',
    "[]",
    "{}",
    '"\\ud800"',
    "9" * 400,
    "30.5",
)
_KEYS = ("forward_lean.on_deg", "cues.gap_s", "voice.device", "no.such", "", "persistence.strides", "cues.praise")


def _message(chance: random.Random) -> bytes:
    """Noise, a command, or a command that was damaged."""
    kind = chance.random()
    if kind < 0.2:
        return chance.randbytes(chance.randrange(60))
    if kind < 0.202:
        return chance.choice((b"x", b"[", b'"')) * chance.randrange(LONGEST_LINE - 10, 3 * LONGEST_LINE)
    if kind < 0.21:
        return chance.choice((b"[", b'{"do":', b'{"a":[')) * chance.randrange(3000)
    line = bytearray(_command(chance))
    if kind < 0.6:
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(line))
            if chance.random() < 0.5:
                line[at] = chance.randrange(256)
            else:
                del line[at : at + chance.randrange(1, 10)]
            line = line or bytearray(b"{}")
    return bytes(line)


def _command(chance: random.Random) -> bytes:
    """A command with fields that may or may not be its own."""
    name = chance.choice([*COMMANDS, "set", "set", "nothing"])
    if name == "past" and chance.random() < 0.9:
        name = "help"
    fields = [f'"do":"{name}"']
    if name == "set" and chance.random() < 0.9:
        pairs = ",".join(
            f"{json.dumps(chance.choice(_KEYS[:2] if chance.random() < 0.5 else _KEYS))}:{chance.choice(_VALUES)}"
            for _ in range(chance.randrange(1, 4))
        )
        fields.append(f'"changes":{{{pairs}}}')
    if name == "reset":
        fields.append(chance.choice(('"all":true', f'"keys":["{chance.choice(_KEYS)}"]', '"all":1', '"keys":[7]')))
    if chance.random() < 0.5:
        field = chance.choice(("id", "muted", "hz", "text", "seconds", "keys", "all", "changes", "x"))
        fields.append(f'"{field}":{chance.choice(_VALUES)}')
    chance.shuffle(fields)
    return ("{" + ",".join(fields) + "}").encode()


def _exchange(path: Path, sent: list[bytes], chance: random.Random) -> list[dict[str, Any]]:
    """Send lines in pieces of any size while reading; all answers come back."""
    waiting = memoryview(b"\n".join(sent) + b"\n")
    read = bytearray()
    with linked_socket(path) as connection:
        connection.setblocking(False)
        end_s = time.monotonic() + 60
        while time.monotonic() < end_s:
            idle = True
            try:
                if waiting:
                    waiting = waiting[connection.send(waiting[: chance.randrange(1, 65536)]) :]
                    idle = False
                    if not waiting:
                        connection.shutdown(socket.SHUT_WR)
            except BlockingIOError:
                pass
            try:
                came = connection.recv(1 << 20)
                if not came:
                    break
                read += came
                idle = False
            except BlockingIOError:
                pass
            if idle:
                time.sleep(0.0005)
    messages = [json.loads(line) for line in bytes(read).split(b"\n")[:-1]]
    return [message for message in messages if message["kind"] == "answer"]


class linked_socket:
    """A bare connection."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(10)
        while True:
            try:
                self._socket.connect(str(path))
                return
            except BlockingIOError:  # more are at the door than it holds
                time.sleep(0.01)

    def __enter__(self) -> socket.socket:
        return self._socket

    def __exit__(self, *error: object) -> None:
        self._socket.close()


def test_descriptors_do_not_leak(tmp_path: Path) -> None:
    """A link that came and went with many clients leaves as many open files as there were."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with at_work(tmp_path) as linked:
            for _ in range(20):
                linked.talker().ask("help")
    assert len(os.listdir("/proc/self/fd")) <= before + 1
