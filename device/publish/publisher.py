"""Publishes what the coach sees and does, on a thread of its own that nobody waits for.

What the engine does for it is to leave the newest moment and its events behind.  While it is switched off nothing is
imported, opened or kept.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import __version__
from device.errors import FormCoachError
from device.live.journal import Journal
from device.live.worker import Worker
from device.publish import discovery, messages
from device.publish.calling import Calling, device
from device.publish.finished import Finished
from device.publish.outbox import Outbox, OutboxError
from device.publish.present import Present
from device.records import Event, Moment
from device.settings import MqttSettings, Settings

if TYPE_CHECKING:
    from device.publish.wire import Wire

TICK_S = 0.2
"""How long the network is listened to at a stretch."""

REST_S = 0.02
"""Between two stretches, so that a broker that floods the coach costs little."""

RUNS_S = 5.0
"""How often it is looked whether a run has ended."""

KEEP_S = 10.0
"""What has not arrived within this time is put on the disk."""

FIRST_S, LONGEST_S = 1.0, 60.0
"""A broker that is away is tried again after so long, then after twice that, and so on; never later than this."""

LET_IN_S = 10.0
"""A broker that has not let us in by then does not answer."""

ACK_S = 30.0
"""Likewise one that has not acknowledged a message."""

WINDOW = 20
"""So many messages are on their way at once."""

MOST_EVENTS = 1000
"""Events that wait for this thread; it takes them five times a second."""

GOODBYE_S = 1.0
"""For the last words when the coach is stopped."""

AGAIN_S = 300.0
"""Within one trouble another reason is told at most so often."""

STEADY_S = 10.0
"""A connection that lasted so long was a good one: its end is followed up soon."""

FORGET = 200
"""So many arrived messages are deleted from the disk in one go."""

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Patience:
    """How long the publisher waits for a broker, in seconds; a test has less of it."""

    first_s: float = FIRST_S
    longest_s: float = LONGEST_S
    let_in_s: float = LET_IN_S
    ack_s: float = ACK_S
    keep_s: float = KEEP_S
    runs_s: float = RUNS_S


class Publisher(Worker):
    """Tells a broker of the coach, as far as the settings want it.

    :param settings: those in force.
    :param status: tells how the coach is doing, as the status file does; called once a second, on this thread.
    :param folder: the coach's state folder, for what waits and for the runs; None: nothing survives a restart.
    :param journal: is told, as "mqtt", what is wrong, once, and when it is right again.
    :ivar connected: whether the broker has let us in.
    """

    def __init__(
        self,
        settings: Settings,
        status: Callable[[], Mapping[str, Any]],
        folder: Path | None,
        journal: Journal,
        *,
        patience: Patience | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__("mqtt")
        self._settings = settings
        self._present = Present(status, wall)
        self._folder = folder
        self._journal = journal
        self._patience = patience or Patience()
        self._wall = wall
        self._on = settings.mqtt.enabled
        self._moment: Moment | None = None
        self._happened: deque[tuple[float, tuple[Event, ...]]] = deque(maxlen=MOST_EVENTS)
        self._stopping = False
        self._woken = threading.Event()
        self.connected = False
        self._session, self._events = secrets.token_hex(6), 0
        self._in_force: MqttSettings | None = None
        self._outbox: Outbox | None = None
        self._dropped = 0
        self._finished = Finished(folder) if folder is not None else None
        self._runs_due_s = 0.0
        self._calling: Calling | None = None
        self._wire: Wire | None = None
        self._wait_s = self._patience.first_s
        self._next_s = 0.0
        self._sent: dict[int, tuple[int, float]] = {}
        self._cursor = 0
        self._waits_since_s: float | None = None
        self._let_in_by_s = self._since_s = 0.0
        self._told_s: float | None = None

    # On the engine's thread

    def publish(self, moment: Moment) -> None:
        """Take in what is seen now; from the engine's thread, for every moment.  It costs nothing to speak of."""
        if self._on:
            if moment.events:
                self._happened.append((self._wall(), moment.events))
            self._moment = moment

    # On any thread

    def use(self, settings: Settings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self._on = settings.mqtt.enabled
        self._woken.set()

    def stop(self) -> None:
        """Put on the disk what waits, say goodbye, and end."""
        self._stopping = True
        self._woken.set()

    # On its own thread

    def work(self) -> None:
        """Publish until stopped."""
        while not self._stopping:
            try:
                self._turn()
            except OutboxError as error:
                self._tell(f"{error}; what is new waits in memory")
                self._pause(TICK_S)
            except Exception as error:  # no fault of ours is worth a runner's coach
                self._tell(f"failed unforeseen: {type(error).__name__}: {error}; please report this")
                self._hang_up()
                self._next_s = time.monotonic() + self._wait_s
                self._pause(self._patience.first_s)
        with suppress(Exception):
            self._end()

    def _turn(self) -> None:
        wanted = self._settings.mqtt
        if wanted != self._in_force:
            self._adopt(wanted)
        if not wanted.enabled:
            self._woken.wait()
            self._woken.clear()
            return
        if self._outbox is None:
            self._outbox = self._opened(wanted)
        self._outbox.most_bytes = wanted.queue_mb * MEGABYTE
        self._collect(self._outbox)
        if self._wire is not None:
            self._talk(self._wire, self._outbox)
        else:
            self._call(wanted)
        self._keep(self._outbox)

    def _adopt(self, wanted: MqttSettings) -> None:
        if self._in_force is not None:
            self._end()
        self._in_force = wanted
        self._wait_s, self._next_s = self._patience.first_s, 0.0
        if not wanted.enabled:
            self._journal.right("mqtt", "is switched off")
            self._told_s = None

    def _opened(self, wanted: MqttSettings) -> Outbox:
        """The queue; in memory alone where the disk cannot hold it."""
        most = wanted.queue_mb * MEGABYTE
        try:
            return Outbox(self._folder, most, self._journal.note)
        except OutboxError as error:
            self._journal.note(f"mqtt: {error}; what waits for the broker is lost at the next stop")
            return Outbox(None, most)

    def _collect(self, outbox: Outbox) -> None:
        """Take what happened, and runs that have ended, into the outbox."""
        prefix = self._settings.mqtt.prefix
        while self._happened:
            wall_s, events = self._happened.popleft()
            for happened in events:
                self._events += 1
                name = f"{self._session}-{self._events}"
                outbox.add(f"{prefix}/event", messages.encode(messages.event(happened, name, wall_s)))
        now_s = time.monotonic()
        if self._finished is not None and now_s >= self._runs_due_s:
            self._runs_due_s = now_s + self._patience.runs_s
            with suppress(FormCoachError):  # what is wrong is told by the runs' recorder, and by who keeps the rest
                self._finished.take(outbox, f"{prefix}/run")

    def _keep(self, outbox: Outbox) -> None:
        """Put on the disk what has been waiting for long."""
        now_s = time.monotonic()
        if outbox.arrived >= FORGET or not len(outbox):
            outbox.forget()
        if not len(outbox):
            self._waits_since_s = None
            return
        if self._waits_since_s is None:
            self._waits_since_s = now_s
        elif now_s - self._waits_since_s >= self._patience.keep_s:
            self._waits_since_s = now_s
            outbox.keep()
        if outbox.dropped > self._dropped:
            if not self._dropped:
                self._journal.note("mqtt: the queue is full (mqtt.queue_mb): the oldest messages are given up")
            self._dropped = outbox.dropped

    # Getting through to the broker

    def _call(self, wanted: MqttSettings) -> None:
        """Reach the broker, on a thread that may hang as long as the network does."""
        now_s = time.monotonic()
        if self._calling is None:
            if now_s >= self._next_s:
                try:
                    from device.publish.wire import Wire  # lazily: nobody else needs paho
                except ImportError:
                    self._failed("paho-mqtt is not installed: pip install 'form-coach[mqtt]'")
                    return
                try:
                    wire = Wire(wanted, f"form-coach-{device(wanted.prefix)}", f"{wanted.prefix}/availability")
                except FormCoachError as error:
                    self._failed(str(error))
                    return
                self._calling = Calling(wire)
            self._pause(TICK_S)
            return
        calling = self._calling
        if not calling.over.wait(TICK_S):
            if now_s - calling.begun_s > self._patience.let_in_s:
                # The next call waits for this thread: one that hangs is enough.
                self._tell(f"{calling.wire.place}: does not answer; is mqtt.host right, and is it a broker?")
            return
        self._calling = None
        if calling.problem is not None:
            self._failed(calling.problem)
        elif calling.settings == self._in_force:
            self._wire = calling.wire
            self._let_in_by_s = now_s + self._patience.let_in_s
        else:
            calling.wire.close()

    def _talk(self, wire: Wire, outbox: Outbox) -> None:
        """Say what there is to say over a connection."""
        try:
            wire.turn(0.01 if self._woken.is_set() else TICK_S)
        except FormCoachError as error:
            self._arrived(wire, outbox)  # what was acknowledged with the last breath need not be sent again
            self._hang_up()
            self._failed(str(error))
            return
        self._woken.clear()
        now_s = time.monotonic()
        if not wire.up:
            if now_s > self._let_in_by_s:
                self._hang_up()
                self._failed(f"{wire.place}: takes the connection but does not answer; is it a broker?")
            return
        if not self.connected:
            self._greet(wire)
        self._arrived(wire, outbox)
        if self._sent and now_s - min(since_s for _, since_s in self._sent.values()) > self._patience.ack_s:
            self._hang_up()
            self._failed(f"{wire.place}: the broker takes messages but does not acknowledge them")
            return
        self._send(wire, outbox, now_s)
        time.sleep(REST_S)

    def _arrived(self, wire: Wire, outbox: Outbox) -> list[int]:
        """Take note of what the broker has acknowledged."""
        acked = wire.acked()
        outbox.done([self._sent.pop(number)[0] for number in acked if number in self._sent])
        return acked

    def _greet(self, wire: Wire) -> None:
        """The first words after being let in."""
        own = self._in_force or self._settings.mqtt
        self.connected, self._cursor = True, 0
        self._since_s = time.monotonic()
        self._present.due()
        self._journal.right("mqtt", f"connected to {wire.place}")
        self._told_s = None
        wire.send(f"{own.prefix}/availability", "online", retain=True)
        if own.home_assistant:
            for topic, config in discovery.configs(own.prefix, device(own.prefix), __version__).items():
                wire.send(topic, messages.encode(config), retain=True)

    def _send(self, wire: Wire, outbox: Outbox, now_s: float) -> None:
        if wire.idle:
            self._present.send(wire, self._settings, self._moment, now_s)
        self._send_letters(wire, outbox, now_s)

    def _send_letters(self, wire: Wire, outbox: Outbox, now_s: float) -> None:
        if len(self._sent) < WINDOW and wire.idle:
            for letter in outbox.after(self._cursor, WINDOW - len(self._sent)):
                self._sent[wire.send(letter.topic, letter.payload)] = letter.number, now_s
                self._cursor = letter.number

    # When it goes wrong, and the end

    def _failed(self, problem: str) -> None:
        """Tell why there is no connection, and wait twice as long as the last time."""
        self._tell(f"{problem}. Coaching goes on; runs and events wait")
        self._next_s = time.monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, self._patience.longest_s)
        if self._outbox is not None:
            self._outbox.keep()

    def _tell(self, problem: str) -> None:
        now_s = time.monotonic()
        if self._told_s is None or now_s - self._told_s >= AGAIN_S:
            self._told_s = now_s
            self._journal.wrong("mqtt", problem)

    def _hang_up(self, goodbye: bool = False) -> None:
        if self.connected and time.monotonic() - self._since_s >= STEADY_S:
            self._wait_s = self._patience.first_s
        wire, self._wire, self.connected = self._wire, None, False
        self._sent.clear()
        if wire is not None and goodbye:
            wire.close()

    def _end(self) -> None:
        """Say goodbye, and put on the disk what waits."""
        outbox, wire, self._outbox = self._outbox, self._wire, None
        parted = False
        try:
            if outbox is not None:
                self._collect(outbox)
                if wire is not None and self.connected and self._in_force is not None:
                    parted = self._part(wire, outbox, self._in_force.prefix)
        finally:
            self._hang_up(goodbye=parted)  # else the will is carried out
            if outbox is not None:
                try:
                    outbox.keep()
                finally:
                    outbox.close()

    def _part(self, wire: Wire, outbox: Outbox, prefix: str) -> bool:
        """Send the last words; whether the broker has heard them."""
        until_s = time.monotonic() + GOODBYE_S
        last, heard = wire.send(f"{prefix}/availability", "offline", retain=True), False
        with suppress(FormCoachError):
            while time.monotonic() < until_s and not (heard and not len(outbox)):
                wire.turn(0.02)
                heard |= last in self._arrived(wire, outbox)
                self._send_letters(wire, outbox, time.monotonic())
        return heard

    def _pause(self, seconds: float) -> None:
        self._woken.wait(seconds)
        self._woken.clear()
