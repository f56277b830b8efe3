"""The live coach: puts the threads together, starts and stops them, and keeps them going.  No posture logic is here.

Threads work beside each other, and none waits for another: *capture* keeps the newest picture, *engine* looks at it and
judges, *announcer* speaks, *keeper* and *runs* write files, *link* talks to screens, *mqtt* to a broker, the panel has
its own.  The main thread listens to signals and the button, tells systemd and the status file how things are, and
never does anything that could hang.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from device import __version__, folders
from device.cues import Speaker
from device.cues.policy import Notice, phrases
from device.errors import FormCoachError
from device.files import write_whole
from device.frames import FrameSource
from device.link import protocol as link
from device.link.server import Link
from device.live import status
from device.live.announcer import Announcer
from device.live.capture import RETRY_S, Capture
from device.live.configured import Configured
from device.live.engine import Engine
from device.live.journal import Journal
from device.live.keeper import Keeper
from device.live.linked import Linked
from device.live.notify import notify
from device.live.own_form import OwnForm
from device.live.parts import Parts, Wishes
from device.live.snapshot import light, snapshot, troubled
from device.live.vitals import Vitals
from device.live.worker import Worker, where
from device.outputs import EventsOutput, Output
from device.panel import COMMANDS
from device.pipeline import Coach
from device.poses import network_file
from device.records import Moment
from device.runs.batch import About
from device.runs.recorder import RunRecorder, about
from device.settings import VoiceSettings
from device.whatif.past import Past

if TYPE_CHECKING:
    from device.publish.publisher import Publisher

TICK_S = 0.2
"""How often the main thread looks around."""

STATUS_S = 1.0
"""How often the status file is written."""

STOP_S = 2.5
"""Within this time an orderly stop is over, whatever hangs."""

KEEP_S = 0.5
"""Of that, what is left to write files."""

GOODBYE_S = 2.0
"""From the button's wish to switch off to doing it: time for a word."""

INTERNAL = 70
"""Exit code when a thread died of something unforeseen (EX_SOFTWARE of sysexits.h)."""


class Service:
    """A live coach from start to stop.

    :ivar muted: whether the runner wants silence.
    :ivar generation: grows with each change of the settings in force.
    :ivar past: the postures of the last minutes.
    :ivar stopped: whether all threads have ended.
    :raises ModelError: the pose model cannot be used.
    :raises UsageError: the events cannot be written.
    """

    def __init__(self, wishes: Wishes, journal: Journal | None = None, parts: Parts | None = None) -> None:
        self.journal = journal or Journal()
        self._parts = parts or Parts()
        self.clock = self._parts.clock
        self._wishes = wishes
        self._inbox: queue.SimpleQueue[tuple[str, threading.Event]] = queue.SimpleQueue()
        self._state = folders.state()
        self._runtime = folders.own_runtime()
        self._ending = threading.Event()
        self.stopped = False
        self.muted = False
        self.configured = Configured(wishes.settings, self._state)
        self.settings = self.configured.load()
        self.generation = 1
        self.past = Past()
        self.started_s = status.now_s()
        self._ready = False
        self._off_s: float | None = None
        self._fed = 0
        self.vitals = Vitals()
        self.keeper = Keeper(self.journal)
        own = self.settings.model
        model = self._parts.model(wishes.model or network_file(own.model), own.threads)
        self.model_name, self._model_sha256 = model.name, model.sha256
        outputs: list[Output] = [EventsOutput(wishes.events)] if wishes.events else []
        self._runs: RunRecorder | None = None
        if self._state is not None:
            self._runs = RunRecorder(self._state, self._about(), self.journal, clock=self.clock)
            outputs.append(self._runs)
        self._form = OwnForm(self._state, self.keeper, self.journal)
        self.coach = Coach(self.settings, self._form.begin(self.settings.profile.name, outputs))
        self.capture = Capture(self._open_camera, self.journal, self.clock)
        self.announcer = Announcer(self.settings.voice, self._open_speaker, self.journal, self.clock)
        self.engine = Engine(
            self.capture,
            self._parts.follower(model),
            self.coach,
            outputs,
            self.vitals,
            self._say,
            self._seen,
            self.clock,
        )
        self._workers: dict[str, Worker] = {
            "disk": self.keeper,
            "voice": self.announcer,
            "model": self.engine,
            "camera": self.capture,
        }
        if self._runs is not None:
            self._workers["runs"] = self._runs
        self._linked = Linked(self)
        self._link: Link | None = None
        if self._runtime is not None:
            self._link = Link(self._runtime / link.NAME, self._linked, self.journal)
            self._workers["link"] = self._link
        self._mqtt: Publisher | None = self._publisher()
        self.panel = self._parts.panel(self.settings.panel, self.press)
        self._tell_settings()
        self._keep_settings()

    def run(self) -> int:
        """Work until stopped; the exit code comes back."""
        for worker in self._workers.values():
            worker.start()
        notify("READY=1", "STATUS=starting")
        self.journal.note(f"form-coach {__version__} is up, with {self.model_name}")
        try:
            return self._work()
        finally:
            self.stop()

    def press(self, command: str) -> None:
        """Take in a command, from any thread or signal handler.

        :param command: "mute" (which also ends being muted), "quiet", "speak", "relearn", "shutdown", "reload" or
            "stop".
        """
        self._inbox.put((command, threading.Event()))

    def have(self, command: str, timeout_s: float) -> bool:
        """The same, and wait until it is done; whether it was in time."""
        done = threading.Event()
        self._inbox.put((command, done))
        if self._ending.is_set():
            self._empty_inbox()
        return done.wait(timeout_s) and not self._ending.is_set()

    def listen(self) -> None:
        """Take signals from now on: SIGTERM and SIGINT stop, SIGHUP reads the settings again."""
        for number, command in (
            (signal.SIGTERM, "stop"),
            (signal.SIGINT, "stop"),
            (signal.SIGHUP, "reload"),
        ):
            signal.signal(number, self._on_signal(command))

    def _on_signal(self, command: str) -> Callable[[int, object], None]:
        return lambda _number, _frame: self.press(command)

    def stop(self) -> None:
        """Stop all parts within :data:`STOP_S`; :attr:`stopped` tells whether all of them ended."""
        notify("STOPPING=1", "STATUS=stopping")
        self._ending.set()
        self._empty_inbox()  # nobody is to wait for what is not done any more
        until_s = time.monotonic() + STOP_S
        *workers, keeper = reversed(self._workers.items())  # what they leave behind is for the keeper to write
        for _, worker in workers:
            worker.stop()
        with contextlib.suppress(Exception):  # the light is not worth a hitch now
            self.panel.close()
        hanging = [name for name, worker in workers if not _joined(worker, until_s - KEEP_S)]
        if self._runtime is not None:
            status.remove(self._runtime)
        keeper[1].stop()
        hanging += [keeper[0]] if not _joined(keeper[1], until_s) else []
        if hanging:
            self.journal.note(f"stopped, but the {' and the '.join(hanging)} did not answer")
        self.stopped = not hanging

    def _empty_inbox(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._inbox.get_nowait()[1].set()

    # What the main thread does

    def _work(self) -> int:
        told_s = -STATUS_S
        state = ""
        while True:
            try:
                command, done = self._inbox.get(timeout=TICK_S)
            except queue.Empty:
                command, done = "reload" if self.configured.touched() else "", threading.Event()
            if command == "stop":
                return 0
            self._obey(command)
            done.set()
            if command == "reload":
                state = ""  # the panel may be another one now
            if (code := self._ended()) is not None:
                return code
            now_s = self.clock()
            state = self._show(state)
            if now_s - told_s >= STATUS_S:
                told_s = now_s
                self._tell()
            if self._off_s is not None and now_s >= self._off_s:
                self._off_s = None
                self._switch_off()

    def _ended(self) -> int | None:
        """The exit code, when there is nothing more to do."""
        for name, worker in self._workers.items():
            if isinstance(worker.failure, FormCoachError):
                self.journal.wrong(name, str(worker.failure))
                return worker.failure.exit_code
            if worker.failure is not None:
                self.journal.wrong(name, f"failed unforeseen: {where(worker.failure)}; please report this")
                return INTERNAL
        return 0 if self.engine.summary is not None else None

    def _obey(self, command: str) -> None:
        self._ready |= command in COMMANDS  # who has pressed the button knows that it is up
        if command in ("mute", "quiet", "speak"):
            self._mute(not self.muted if command == "mute" else command == "quiet")
        elif command == "relearn":
            self._notice("relearning")
            self.engine.relearn()
        elif command == "shutdown" and self._off_s is None:
            self._notice("shutting_down")
            self._off_s = self.clock() + GOODBYE_S
        elif command == "reload":
            self._reload()

    def _mute(self, muted: bool) -> None:
        if muted != self.muted:
            self.muted = muted
            self._notice("muted" if muted else "unmuted")
            self.engine.ask(lambda coach: coach.mute(muted))

    def _reload(self) -> None:
        settings = self.configured.reload()
        self._tell_settings()
        if settings is None:
            return
        self._keep_settings()
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        self.generation += 1
        self.engine.ask(lambda coach: coach.retune(settings))
        self.announcer.retune(settings.voice)
        if self._runs is not None:
            self._runs.use(self._about())
        if self._mqtt is not None:
            self._mqtt.use(settings)
        elif (publisher := self._publisher()) is not None:
            publisher.start()
            self._mqtt = publisher
        if settings.profile.name != before.profile.name:
            self.engine.ask(self._form.change(settings.profile.name))
        if settings.camera != before.camera:
            self.capture.reopen()
        if settings.panel != before.panel:
            self.panel.close()
            self.panel = self._parts.panel(settings.panel, self.press)
        self.journal.note("the settings were read again")

    def _tell_settings(self) -> None:
        if self.configured.trouble:
            self.journal.wrong("settings", self.configured.trouble)
        else:
            self.journal.right("settings", "the file is right again, and in force")

    def _keep_settings(self) -> None:
        copy, text = self.configured.copy, self.configured.text
        if copy is not None and text is not None:
            self.keeper.keep(copy, lambda: write_whole(copy, text))

    def _show(self, before: str) -> str:
        """Bring light and voice up to what is going on; the state comes back."""
        if not self._ready and self.vitals.frames:
            self._ready = True
            self._notice("ready")
        problem = self.panel.trouble
        if problem:
            self.journal.wrong("panel", problem)
        else:
            self.journal.right("panel", "works again")
        state = light(self.engine.moment, self.muted, troubled(self.journal.troubles))
        if state != before:
            self.panel.show(state)
        return state

    def _tell(self) -> None:
        """Tell systemd and the status file."""
        told = snapshot(self, status.now_s(), self.started_s)
        if self.alive():
            notify("WATCHDOG=1", f"STATUS={told['doing']}")
        if self._runtime is not None:
            try:
                status.write(self._runtime, told)
            except OSError as error:
                self.journal.wrong("status", f"cannot be written to {self._runtime}: {error.strerror}")
            else:
                self.journal.right("status", "can be written again")

    def alive(self) -> bool:
        """Whether a frame was looked at since the last call, or the camera is missing and is being looked for."""
        frames, self._fed = self.vitals.frames - self._fed, self.vitals.frames
        now_s = self.clock()
        return frames > 0 or (self.capture.waiting(RETRY_S + 2.0) and now_s - self.engine.beat_s < 2.0)

    def _switch_off(self) -> None:
        """Ask for the computer to be switched off: form-coach-poweroff.path waits for this file."""
        if self._runtime is None:
            self.journal.wrong("panel", "the computer cannot be switched off from here: the service is not installed")
            return
        try:
            (self._runtime / "poweroff").touch()
        except OSError as error:
            self.journal.wrong("panel", f"the computer cannot be switched off: {error.strerror}")

    def _publisher(self) -> Publisher | None:
        """What tells a broker; it is loaded only when the settings want it."""
        if not self.settings.mqtt.enabled:
            return None
        from device.publish.publisher import Publisher

        publisher = Publisher(self.settings, self._linked.status, self._state, self.journal)
        self._workers["mqtt"] = publisher
        return publisher

    # What is called on other threads

    def _seen(self, moment: Moment) -> None:
        self.past.add(moment)
        if self._mqtt is not None:
            self._mqtt.publish(moment)
        if self._link is not None:
            self._link.publish(moment)
        self._wishes.show(moment)

    def _about(self) -> About:
        return about(self.settings, self.model_name, self._model_sha256)

    def _open_camera(self) -> FrameSource:
        return self._parts.camera(self.settings.camera, self._wishes.source, self._wishes.loop)

    def _open_speaker(self, voice: VoiceSettings) -> Speaker:
        return self._parts.speaker(voice, phrases(self.settings), self._tell_speech)

    def _tell_speech(self, problems: list[str]) -> None:
        if problems:
            more = f" (and {len(problems) - 1} more like it)" if len(problems) > 1 else ""
            self.journal.wrong("speech", problems[0] + more)
        else:
            self.journal.right("speech", "all phrases can be spoken")

    def _say(self, text: str) -> None:
        self.announcer.say(text)
        self.panel.flash()

    def _notice(self, name: str) -> None:
        if text := Notice(name).text(self.settings):
            self.announcer.say(text)


def _joined(worker: Worker, until_s: float) -> bool:
    return worker.join(max(0.0, until_s - time.monotonic()))
