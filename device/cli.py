"""The command line: ``form-coach``.  Errors become one line on standard error and an exit code here, nowhere else."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from device import __version__, config, wording
from device.errors import FormCoachError, UsageError, VoiceError
from device.records import Moment
from device.settings import Settings

if TYPE_CHECKING:
    from device.cues import Speaker
    from device.cues.track import SpeechTrack
    from device.outputs import Output

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it; also when ended from outside."""

EPILOG = """exit codes:
  0  done
  2  wrong usage or settings, or an output cannot be written
  3  the input cannot be read, or only a part of it
  4  the pose model cannot be used
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code comes back."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)  # finish the outputs, as after Ctrl-C
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except FormCoachError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _tell("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


class _Parser(argparse.ArgumentParser):
    """argparse with one clear line for a mistake, in place of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (try {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="form-coach",
        description="Watches a runner on a treadmill and says, aloud and at the right moment, what to change.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"form-coach {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")

    replay = commands.add_parser(
        "replay",
        help="coach a recorded run",
        description="Coaches a video, or a key-point log written by --poses, exactly as a live run would be.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    replay.add_argument("source", metavar="SOURCE", type=Path, help="a video file, or a key-point log (.npz)")
    replay.add_argument("--view", choices=("auto", "front", "oblique", "side"), help="where the camera stands")
    _config_option(replay)
    replay.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="begin with the runner's own good form of earlier runs, and keep this run's in the file",
    )
    replay.add_argument("--model", metavar="FILE", type=Path, help="another MoveNet file (.tflite)")
    replay.add_argument("--realtime", action="store_true", help="keep to the recording's own pace, and speak aloud")
    replay.add_argument("--events", metavar="FILE.jsonl", type=Path, help="write what happened, as JSON lines")
    replay.add_argument("--poses", metavar="FILE.npz", type=Path, help="write the key points, a SOURCE for replays")
    replay.add_argument("--posture", metavar="FILE.csv", type=Path, help="write the posture, one row a frame")
    replay.add_argument("--audio", metavar="FILE.wav", type=Path, help="write what is said, at its true times")
    replay.add_argument("--video", metavar="FILE.mp4", type=Path, help="write the picture with everything drawn in")
    replay.set_defaults(run=_replay)

    settings = commands.add_parser("config", help="check or show the settings", description="Checks or shows settings.")
    actions = settings.add_subparsers(metavar="ACTION", required=True, title="actions")
    check = actions.add_parser("check", help="report every mistake", description="Reports every mistake at once.")
    _config_option(check)
    check.set_defaults(run=_config_check)
    show = actions.add_parser(
        "show",
        help="show every setting with unit, range and meaning",
        description="Shows every setting in force, as a settings file to start from.",
    )
    _config_option(show)
    show.set_defaults(run=_config_show)
    return parser


def _config_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help=f"settings in TOML, over the defaults (else ${config.ENVIRONMENT})"
    )


def _config_check(options: argparse.Namespace) -> int:
    config.load(options.config)
    path = options.config or os.environ.get(config.ENVIRONMENT)
    print(f"{path}: no mistakes found" if path else "no settings file given: the defaults are in force")
    return 0


def _config_show(options: argparse.Namespace) -> int:
    print(config.show(config.load(options.config)), end="")
    return 0


def _replay(options: argparse.Namespace) -> int:
    from device import baselines, replay  # lazily: other commands need none of this
    from device.outputs import check_writable
    from device.pipeline import Coach

    settings = config.load(options.config)
    if options.view is not None:
        settings = _with_view(settings, options.view)
    targets = (options.events, options.poses, options.posture, options.audio, options.video, options.baseline)
    stream = replay.open_poses(options.source, options.model, settings.model.threads)
    try:
        check_writable([path for path in targets if path is not None], options.source)
        kept = baselines.load(options.baseline) if options.baseline else baselines.Kept()
        if kept.trouble:
            _tell(kept.trouble)
        talk = _Talk(settings, options)
        outputs = _outputs(options, talk.track)
        if options.baseline:
            outputs.append(baselines.BaselineOutput(options.baseline, kept))
    except BaseException:
        stream.close()
        raise
    progress = _Progress(stream.duration_s)
    with talk, progress:
        coach = Coach(settings, kept.baselines)
        summary = replay.run(stream, coach, outputs, say=talk.say, show=progress.show, realtime=options.realtime)
    print(wording.summary(summary))
    if stream.trouble:
        _tell(stream.trouble)
        return stream.trouble_code
    return 0


def _with_view(settings: Settings, view: str) -> Settings:
    from dataclasses import replace

    return replace(settings, camera=replace(settings.camera, view=view))


def _outputs(options: argparse.Namespace, track: SpeechTrack | None) -> list[Output]:
    from device import outputs

    wanted: list[Output] = []
    if options.events:
        wanted.append(outputs.EventsOutput(options.events))
    if options.poses:
        wanted.append(outputs.PosesOutput(options.poses))
    if options.posture:
        wanted.append(outputs.PostureOutput(options.posture))
    if options.audio and track is not None:
        wanted.append(outputs.AudioOutput(options.audio, track))
    if options.video:
        wanted.append(outputs.VideoOutput(options.video, track))
    return wanted


class _Talk:
    """Sends what is said to the loudspeaker and to the sound track; a voice that fails is reported once."""

    def __init__(self, settings: Settings, options: argparse.Namespace) -> None:
        self.track: SpeechTrack | None = None
        self._speaker: Speaker | None = None
        self._troubles: set[str] = set()
        if not (options.realtime or options.audio or options.video):
            return
        from device.cues import open_speaker
        from device.cues.track import SpeechTrack
        from device.cues.voice import Voice

        own = settings.voice
        voice = Voice(rate_wpm=own.rate_wpm, volume=own.volume, voice=own.voice, lead_in_s=own.lead_in_s)
        if options.audio or options.video:
            self.track = SpeechTrack(voice)
        if options.realtime:
            self._speaker = open_speaker(own.speaker, voice, own.device)
            if self._speaker.name == "none" and own.speaker == "auto":
                _tell("there is no sound card to speak through; cues are printed only")
            else:
                for problem in voice.prepare(_phrases(settings)):
                    self._report(problem)

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *error: object) -> None:
        if self._speaker is not None:
            self._speaker.wait(10.0)
            self._hear()
            self._speaker.close()

    def say(self, t_s: float, text: str) -> None:
        """Say a text at a time of the run."""
        try:
            if self.track is not None:
                self.track.add(t_s, text)
            if self._speaker is not None:
                self._hear()
                self._speaker.say(text)
        except VoiceError as error:
            self._report(str(error))

    def _hear(self) -> None:
        problem = self._speaker.healthy() if self._speaker is not None else None
        if problem:
            self._report(problem)

    def _report(self, problem: str) -> None:
        if problem not in self._troubles:
            self._troubles.add(problem)
            _tell(problem)


def _phrases(settings: Settings) -> list[str]:
    """Everything that may be said."""
    from dataclasses import asdict

    from device.records import FAULTS

    said = [text for fault in FAULTS for own in [getattr(settings, fault)] for text in (*own.cues, *own.praise)]
    notices = [text for text in asdict(settings.notices).values() if isinstance(text, str) and text]
    return said + notices if settings.notices.enabled else said


class _Progress:
    """Prints events as they come, and on a terminal how far the replay is."""

    EVERY_S = 0.2

    def __init__(self, duration_s: float | None) -> None:
        self._duration_s = duration_s
        self._bar = sys.stderr.isatty()
        self._drawn_s = 0.0
        self._width = 0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._wipe()

    def show(self, moment: Moment) -> None:
        """Print a moment's events and the progress."""
        lines = wording.lines(moment)
        if lines:
            self._wipe()
            print("\n".join(lines), flush=True)
        now_s = time.monotonic()
        if self._bar and now_s - self._drawn_s >= self.EVERY_S:
            self._drawn_s = now_s
            self._draw(moment.pose.t_s)

    def _draw(self, t_s: float) -> None:
        text = wording.clock(t_s)
        if self._duration_s:
            share = min(t_s / self._duration_s, 1.0)
            filled = round(30 * share)
            bar = "#" * filled + "." * (30 - filled)
            text = f"{text} of {wording.clock(self._duration_s)}  [{bar}] {100 * share:3.0f} %"
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(text))

    def _wipe(self) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width = 0


def _tell(text: str) -> None:
    """One message on standard error."""
    print(f"form-coach: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
