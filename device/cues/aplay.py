"""``aplay`` as a process: it plays a file, proves a device with a moment of silence, lists the devices."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile

NOT_INSTALLED = "aplay is not installed; remedy: sudo apt install alsa-utils"

STOP_S = 0.3
"""How long ``aplay`` may take to let go of the device before it is killed."""

TELL_S = 2.0
"""A Pi lists its devices within 0.1 s."""

SILENCE = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "22050", "-s", "1102", "/dev/zero")
"""50 ms of it."""


class Aplay:
    """One run of ``aplay``.

    :param device: the ALSA device, as ``aplay -L`` lists them.
    :param arguments: what to play.
    :raises OSError: it cannot be started; FileNotFoundError where it is not installed.
    """

    def __init__(self, device: str, *arguments: str) -> None:
        self.device = device
        # A file, not a pipe: ALSA plug-ins start processes that would hold a pipe open.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the process)
        try:
            self._process = subprocess.Popen(
                ["aplay", "-q", "-D", device, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the coach to handle
            )
        except BaseException:
            self._errors.close()
            raise

    def ended(self) -> bool:
        """Return whether it has ended, by itself or not."""
        return self._process.poll() is not None

    def wait(self, timeout_s: float) -> None:
        """Return when it has ended, or after that time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, timeout_s))

    def stop(self) -> None:
        """End it and wait for it, bounded, so that the device is free for the next one."""
        if self._process.poll() is None:
            self._process.terminate()
            self.wait(STOP_S)
        if self._process.poll() is None:
            self._process.kill()
            self.wait(STOP_S)  # stuck inside the kernel: nothing more to do
        self._errors.close()

    def problem(self) -> str | None:
        """Return why it failed, in one line; None if all was played.  For one that has ended and was not stopped."""
        status = self._process.returncode
        if status == 0:
            return None
        self._errors.seek(0)
        lines = self._errors.read(65536).decode(errors="replace").splitlines()
        own = [line for line in lines if line.startswith("aplay:")]
        if own:
            # "aplay: main:831: audio open error: No such file or directory"
            reason = own[-1].split(":", 3)[-1].strip()
        else:
            reason = lines[-1].strip() if lines else f"aplay left with status {status}"
        if is_busy(reason):
            reason += "; another program plays there"
        return f"sound does not play on device {self.device!r}: {reason}"


def trial(device: str, timeout_s: float) -> str | None:
    """Play a moment of silence: return None if the device takes it, else one line saying what is wrong.

    Asking ``aplay -l`` for sound cards would miss PipeWire, Bluetooth and whatever else a user's asoundrc names, and
    see cards that cannot be opened.  It takes up to ``timeout_s``, and :data:`STOP_S` twice.
    """
    try:
        run = Aplay(device, *SILENCE)
    except FileNotFoundError:
        return NOT_INSTALLED
    except OSError as error:
        return f"aplay cannot be started: {error}"
    try:
        run.wait(timeout_s)
        return run.problem() if run.ended() else f"device {device!r} does not answer"
    finally:
        run.stop()


def is_busy(problem: str) -> bool:
    """Return whether the device is there, and only taken by another program."""
    return "busy" in problem.lower()


def output(*command: str) -> str:
    """Return what a command that tells about sound prints; "" if it cannot be had within :data:`TELL_S`."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=TELL_S, check=False, env=_environment())
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


def _environment() -> dict[str, str]:
    return os.environ | {"LC_ALL": "C"}  # aplay's complaints are read here
