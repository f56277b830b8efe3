"""The coach and a real broker, whatever befalls either."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brokers import Broker, Listener, free_port
from conftest import ROOT
from stored_runs import add_run

from device.live.journal import Journal
from device.publish.publisher import Patience, Publisher
from device.records import FAULTS, Event, Fault, Moment, Pose, Posture
from device.runs.store import NAME, Store
from device.settings import MqttSettings, ProfileSettings, Settings

QUICK = Patience(first_s=0.1, longest_s=0.5, let_in_s=1.0, ack_s=2.0, keep_s=0.3, runs_s=0.1)


def until(true: Callable[[], object], seconds: float = 20.0) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.01)
    return bool(true())


def moment(t_s: float, *events: Event) -> Moment:
    """A runner is seen, and something happens."""
    pose = Pose(t_s, np.full((17, 3), 0.5, np.float32), 640, 480)
    posture = Posture(t_s, "running", "side", 90.0, 8.25, 31.0, 1.0, 2.0, 3.0, 172.0, 0.9)
    return Moment(
        pose, posture, tuple(Fault(name, 8.0, 15.0, 12.0, False, True, -0.5) for name in FAULTS), None, events
    )


def told() -> dict[str, Any]:
    """A status."""
    faults = [
        {"fault": name, "measure": "", "value": 8.0, "limit": 15.0, "on": name == FAULTS[0], "watched": True}
        for name in FAULTS
    ]
    return {
        "software": "0.1.0", "state": "coaching", "doing": "coaching",
        "camera": {"fps": 29.9, "frames": 12, "dropped": 0, "latency_ms": {"p50": 40.0, "p95": 60.0}},
        "runner": {"motion": "running", "view": "side", "cadence_spm": 172.0, "baseline": True, "watching": []},
        "faults": faults, "voice": {"muted": False}, "troubles": {}, "temperature_c": 51.5,
    }  # fmt: skip


class Coach:
    """A publisher with what a coach has around it."""

    def __init__(self, folder: Path | None, port: int, patience: Patience = QUICK, **own: Any) -> None:
        self.lines: list[tuple[str, str]] = []
        self.journal = Journal(lambda kind, text: self.lines.append((kind, text)))
        mqtt = MqttSettings(**{"enabled": True, "host": "127.0.0.1", "port": port, **own})
        self.settings = Settings(mqtt=mqtt, profile=ProfileSettings(name="anna"))
        self.publisher = Publisher(self.settings, told, folder, self.journal, patience=patience)
        self.publisher.start()

    def happen(self, *numbers: int) -> None:
        """Things happen, each with its number."""
        for number in numbers:
            self.publisher.publish(moment(number, Event(number, "cue", {"fault": FAULTS[0], "number": number})))

    def stop(self) -> None:
        self.publisher.stop()
        assert self.publisher.join(5)
        assert self.publisher.failure is None

    @property
    def problems(self) -> list[str]:
        return [text for kind, text in self.lines if kind == "problem"]


@pytest.fixture
def made() -> Iterator[list[Any]]:
    """What is to be stopped at the end."""
    made: list[Any] = []
    yield made
    for one in reversed(made):
        (one.close if hasattr(one, "close") else one.stop)()


def numbers(listener: Listener) -> list[int]:
    """The numbers of the events that were heard, each id once, in their order."""
    once = {event["id"]: event["number"] for event in map(json.loads, listener.of("form-coach/event"))}
    return list(once.values())


def test_state_health_events_and_runs_arrive(tmp_path: Path, made: list[Any]) -> None:
    """State each second, health, each event with an id, and a run's summary when it has ended; no key points."""
    broker = Broker(tmp_path)
    made.append(broker)
    with Store(tmp_path / NAME) as runs:
        add_run(runs)  # long ago
        listener = Listener(broker.port)
        made.append(listener)
        coach = Coach(tmp_path, broker.port)
        made.append(coach)
        coach.happen(1, 2)
        assert until(lambda: len(listener.of("form-coach/state")) >= 2 and len(listener.of("form-coach/event")) == 2)
        number = add_run(runs, {"forward_lean": 0.25}, runner="anna")
        assert until(lambda: listener.of("form-coach/run"))
        uuid = runs.run(number)["uuid"]  # type: ignore[index]
    state, health = json.loads(listener.of("form-coach/state")[-1]), json.loads(listener.of("form-coach/health")[-1])
    assert (state["state"], state["motion"], state["lean_deg"], state["cadence_spm"]) == (
        "coaching",
        "running",
        8.25,
        172,
    )
    assert state["faults"]["forward_lean"] == {"measure": "", "value": 8.0, "limit": 15.0, "on": True, "watched": True}
    assert state["runner"] == "anna"
    assert (health["fps"], health["temperature_c"], health["problem"], health["troubles"]) == (29.9, 51.5, False, {})
    assert numbers(listener) == [1, 2]
    runs_told = [json.loads(one) for one in listener.of("form-coach/run")]
    assert [one["id"] for one in runs_told] == [uuid]
    assert (runs_told[0]["runner"], runs_told[0]["faults"]["forward_lean"]["on_s"]) == ("anna", 375.0)
    assert listener.of("form-coach/availability")[-1] == b"online"
    assert not any("keypoints" in str(payload) or "poses" in topic for topic, payload, _ in listener.heard)
    coach.stop()
    assert until(lambda: listener.of("form-coach/availability")[-1] == b"offline")
    assert not coach.lines


def test_poses_only_if_asked_for(tmp_path: Path, made: list[Any]) -> None:
    """With mqtt.poses the key points are told, in pixels."""
    broker = Broker(tmp_path)
    listener = Listener(broker.port)
    coach = Coach(tmp_path, broker.port, poses=True)
    made += [broker, listener, coach]
    coach.happen(1)
    assert until(lambda: listener.of("form-coach/poses"))
    assert np.shape(json.loads(listener.of("form-coach/poses")[0])["keypoints"]) == (17, 3)


def test_home_assistant_finds_it(tmp_path: Path, made: list[Any]) -> None:
    """Each entity's description is retained, complete, unique, and names topics and fields that there are."""
    broker = Broker(tmp_path)
    made.append(broker)
    coach = Coach(tmp_path, broker.port)
    made.append(coach)
    assert until(lambda: coach.publisher.connected)
    time.sleep(0.5)
    listener = Listener(broker.port)  # comes later than they were sent
    made.append(listener)
    assert until(lambda: sum(topic.startswith("homeassistant/") for topic, _, _ in listener.heard) == 8)
    assert until(lambda: listener.of("form-coach/state"))
    assert all(retain for topic, _, retain in listener.heard if topic.startswith("homeassistant/"))
    configs = {topic: json.loads(text) for topic, text, _ in listener.heard if topic.startswith("homeassistant/")}
    assert len({one["unique_id"] for one in configs.values()}) == 8
    assert len({json.dumps(one["device"]) for one in configs.values()}) == 1
    for topic, one in configs.items():
        assert topic.split("/")[1] in ("sensor", "binary_sensor")
        assert one["availability_topic"] == "form-coach/availability"
        assert one["device"]["identifiers"]
        assert until(lambda one=one: listener.of(one["state_topic"]), 12)  # type: ignore[misc]
        message = json.loads(listener.of(one["state_topic"])[-1])
        for name in one["value_template"].split("value_json.")[1].split()[0].split("."):
            message = message[name]  # what the template asks for is there


def test_credentials(tmp_path: Path, made: list[Any]) -> None:
    """The right password is let in; a wrong one is told, with where to mend it, and never shown."""
    tool = shutil.which("mosquitto_passwd")
    if tool is None:
        pytest.skip("needs mosquitto_passwd: apt-get install mosquitto")
    users = tmp_path / "users"
    subprocess.run([tool, "-b", "-c", users, "coach", "open sesame"], check=True, capture_output=True)
    broker = Broker(tmp_path, "allow_anonymous false", f"password_file {users}")
    made.append(broker)
    (tmp_path / "right").write_text("open sesame\n")
    (tmp_path / "wrong").write_text("let me in\n")
    bad = Coach(None, broker.port, username="coach", password_file=str(tmp_path / "wrong"))
    made.append(bad)
    assert until(lambda: bad.problems)
    assert "mqtt.password_file" in bad.problems[0]
    assert "let me in" not in str(bad.lines)
    good = Coach(None, broker.port, username="coach", password_file=str(tmp_path / "right"))
    made.append(good)
    assert until(lambda: good.publisher.connected)
    none = Coach(None, broker.port, username="coach", password_file=str(tmp_path / "missing"))
    made.append(none)
    assert until(lambda: none.problems)
    assert "missing: no such file" in none.problems[0]


def test_tls(tmp_path: Path, made: list[Any]) -> None:
    """With the authority's certificate the broker is believed; without it, or under another name, it is not."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")

    def make(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=tmp_path, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    make("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Throw-away")
    make("req", *key, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=localhost")
    (tmp_path / "names").write_text("subjectAltName=DNS:localhost\n")
    make("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "own.pem",
         "-days", "2", "-extfile", "names")  # fmt: skip
    broker = Broker(tmp_path, f"certfile {tmp_path}/own.pem", f"keyfile {tmp_path}/own.key")
    made.append(broker)
    ca = str(tmp_path / "ca.pem")
    good = Coach(None, broker.port, host="localhost", tls=True, ca_file=ca)
    doubtful = Coach(None, broker.port, host="localhost", tls=True)
    other = Coach(None, broker.port, host="127.0.0.1", tls=True, ca_file=ca)
    plain = Coach(None, broker.port, host="localhost")
    made += [good, doubtful, other, plain]
    assert until(lambda: good.publisher.connected)
    for one in (doubtful, other, plain):
        assert until(lambda one=one: one.problems)  # type: ignore[misc]
        assert not one.publisher.connected
    assert "mqtt.ca_file" in doubtful.problems[0]
    assert "mqtt.host" in other.problems[0]


def test_a_broker_that_was_away_gets_all_once(tmp_path: Path, made: list[Any]) -> None:
    """What happens while the broker is away is told when it is back, in order, nothing lost, nothing doubled."""
    broker = Broker(tmp_path)
    made.append(broker)
    coach = Coach(tmp_path, broker.port)
    made.append(coach)
    first = Listener(broker.port)
    made.append(first)
    coach.happen(1, 2, 3)
    assert until(lambda: numbers(first) == [1, 2, 3])
    time.sleep(1.0)  # else the broker may end before it has acknowledged them
    with Store(tmp_path / NAME) as runs:
        broker.stop()
        coach.happen(*range(4, 104))
        add_run(runs)
        assert until(lambda: coach.problems)
        time.sleep(1.0)
        coach.happen(104)
        broker.start()
        assert until(lambda: len(numbers(first)) == 104, 40), numbers(first)
        assert until(lambda: first.of("form-coach/run"))
    assert numbers(first) == list(range(1, 105))
    assert len(first.of("form-coach/event")) == 104
    assert len(first.of("form-coach/run")) == 1
    assert len(coach.problems) == 1
    assert coach.lines[-1] == ("note", f"mqtt: connected to 127.0.0.1:{broker.port}")


def test_the_queue_survives_a_restart_of_the_coach(tmp_path: Path, made: list[Any]) -> None:
    """What waited when the coach was stopped is told by the next one, and by that one alone."""
    port = free_port()
    for part in ((1, 2), (3, 4)):
        coach = Coach(tmp_path, port)
        coach.happen(*part)
        coach.stop()
    broker = Broker(tmp_path)
    made.append(broker)
    listener = Listener(broker.port)
    made.append(listener)
    for _ in range(2):
        coach = Coach(tmp_path, broker.port)
        assert until(lambda: len(listener.of("form-coach/event")) >= 4)
        time.sleep(0.5)
        coach.stop()
    assert [json.loads(one)["number"] for one in listener.of("form-coach/event")] == [1, 2, 3, 4]


KILLED = """
import sys, time
sys.path[:0] = [{tests!r}, {own!r}]
from pathlib import Path
from test_publisher import Coach
coach = Coach(Path({folder!r}), {port})
while not coach.publisher.connected: time.sleep(0.01)
print("up", flush=True)
time.sleep(60)
"""


def test_the_last_will_is_carried_out(tmp_path: Path, made: list[Any]) -> None:
    """A coach that is killed is told to be offline, also to who asks later."""
    broker = Broker(tmp_path)
    made.append(broker)
    code = KILLED.format(
        tests=str(ROOT / "tests"), own=str(ROOT / "tests/publish"), folder=str(tmp_path), port=broker.port
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        listener = Listener(broker.port)
        made.append(listener)
        assert until(lambda: listener.of("form-coach/availability") == [b"online"])
        os.kill(process.pid, signal.SIGKILL)
        assert until(lambda: listener.of("form-coach/availability")[-1] == b"offline")
    later = Listener(broker.port)
    made.append(later)
    assert until(lambda: ("form-coach/availability", b"offline", True) in later.heard)


@pytest.mark.parametrize(
    "says",
    [b"", b"\x20\x02\x00\x00", b"\x20\xff\xff\xff\x7f" + 100_000 * b"x", b"HTTP/1.1 400 Bad\r\n\r\n"],
    ids=["silent", "never acknowledging", "flooding", "a web server"],
)
def test_a_broker_that_is_none(tmp_path: Path, made: list[Any], says: bytes) -> None:
    """Whatever listens there, silent, never acknowledging, or flooding: it is told once, and the coach ends at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held = []
            while True:
                try:
                    held.append(server.accept()[0])
                    held[-1].settimeout(1.0)
                    held[-1].sendall(says)
                except OSError:
                    if server.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        coach = Coach(tmp_path, server.getsockname()[1])
        begun_s = time.monotonic()
        coach.happen(*range(50))
        assert time.monotonic() - begun_s < 1.0
        assert until(lambda: coach.problems)
        if len(says) > 10:  # more than any answer has
            assert "ended the connection" in coach.problems[0]
        time.sleep(1.0)
        assert len(coach.problems) == 1
        begun_s = time.monotonic()
        coach.stop()
        assert time.monotonic() - begun_s < 2.0
        server.shutdown(socket.SHUT_RDWR)


def test_nothing_while_it_is_off(tmp_path: Path) -> None:
    """Off, as it is by default, paho is not imported, no file made, no socket opened and nothing kept."""
    code = f"""
import socket, sys
sys.path[:0] = [{str(ROOT / "tests")!r}, {str(ROOT / "tests/publish")!r}]
sys.modules["paho"] = None
def no(*more, **named): raise AssertionError("a socket")
from pathlib import Path
from device.live.journal import Journal
from device.publish.publisher import Publisher
from device.records import Event, Moment
from device.settings import Settings
socket.socket = no
assert not Settings().mqtt.enabled
publisher = Publisher(Settings(), dict, Path({str(tmp_path)!r}), Journal())
publisher.start()
publisher.publish(Moment(None, None, (), None, (Event(0, "cue", {{}}),)))
assert not publisher._happened and publisher._moment is None
publisher.stop()
assert publisher.join(5) and publisher.failure is None
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)
    assert not list(tmp_path.iterdir())


def test_switched_on_and_off_while_it_runs(tmp_path: Path, made: list[Any]) -> None:
    """A change of the settings is in force at once; switched off, the coach says goodbye."""
    broker = Broker(tmp_path)
    coach = Coach(tmp_path, broker.port, enabled=False)
    listener = Listener(broker.port)
    made += [broker, listener, coach]
    mqtt = coach.settings.mqtt
    coach.publisher.use(replace(coach.settings, mqtt=replace(mqtt, enabled=True, prefix="home/coach")))
    assert until(lambda: listener.of("home/coach/state"))
    coach.publisher.use(coach.settings)
    assert until(lambda: listener.of("home/coach/availability")[-1] == b"offline")


def test_without_paho_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, made: list[Any]) -> None:
    """Switched on without the library the coach says what to do."""
    monkeypatch.setitem(sys.modules, "device.publish.wire", None)
    coach = Coach(None, 1)
    made.append(coach)
    assert until(lambda: coach.problems)
    assert "form-coach[mqtt]" in coach.problems[0]


def test_kept_from_the_network_it_names_the_drop_in(monkeypatch: pytest.MonkeyPatch, made: list[Any]) -> None:
    """In the service, whose unit forbids the network, the message names the file that allows it."""

    def refuse(*more: object, **named: object) -> None:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setenv("INVOCATION_ID", "x")
    monkeypatch.setattr(socket, "create_connection", refuse)
    coach = Coach(None, 1)
    made.append(coach)
    assert until(lambda: coach.problems)
    assert "form-coach-mqtt.conf" in coach.problems[0]
    assert "form-coach.service.d" in coach.problems[0]
    assert (ROOT / "systemd/form-coach-mqtt.conf").exists()
