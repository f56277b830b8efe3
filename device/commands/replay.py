"""``form-coach replay``: coach a recorded run."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from device import config, wording
from device.commands import EXIT_CODES, config_option, loading, tell
from device.commands.terminal import Progress
from device.cues.policy import phrases
from device.errors import VoiceError
from device.settings import Settings

if TYPE_CHECKING:
    from device.commands import Commands
    from device.cues import Speaker
    from device.cues.track import SpeechTrack
    from device.outputs import Output


def add(commands: Commands) -> None:
    """Register the command."""
    replay = commands.add_parser(
        "replay",
        help="coach a recorded run",
        description="Coaches a video, or a key-point log written by --poses, exactly as a live run would be.",
        epilog=EXIT_CODES,
    )
    replay.add_argument("source", metavar="SOURCE", type=Path, help="a video file, or a key-point log (.npz)")
    replay.add_argument("--view", choices=("auto", "front", "oblique", "side"), help="where the camera stands")
    config_option(replay)
    replay.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="begin with the runner's own good form of earlier runs, and keep this run's in the file",
    )
    replay.add_argument("--model", metavar="FILE", type=Path, help="another MoveNet file (.tflite)")
    replay.add_argument("--keep", action="store_true", help="keep the run among the live ones (form-coach runs)")
    replay.add_argument("--realtime", action="store_true", help="keep to the recording's own pace, and speak aloud")
    replay.add_argument("--events", metavar="FILE.jsonl", type=Path, help="write what happened, as JSON lines")
    replay.add_argument("--poses", metavar="FILE.npz", type=Path, help="write the key points, a SOURCE for replays")
    replay.add_argument("--posture", metavar="FILE.csv", type=Path, help="write the posture, one row a frame")
    replay.add_argument("--audio", metavar="FILE.wav", type=Path, help="write what is said, at its true times")
    replay.add_argument("--video", metavar="FILE.mp4", type=Path, help="write the picture with everything drawn in")
    replay.set_defaults(run=_replay)


def _replay(options: argparse.Namespace) -> int:
    with loading():  # lazily: other commands need none of this
        from device import baselines, loop, replay
        from device.outputs import check_writable
        from device.pipeline import Coach
        from device.poses import loader, network_file  # noqa: F401 - the loader is used when the model is opened

    settings = config.load(options.config)
    if options.view is not None:
        settings = _with_view(settings, options.view)
    targets = (options.events, options.poses, options.posture, options.audio, options.video, options.baseline)
    model = options.model or network_file(settings.model.model)
    stream = replay.open_poses(options.source, model, settings.model.threads)
    try:
        check_writable([path for path in targets if path is not None], options.source)
        kept = baselines.load(options.baseline) if options.baseline else baselines.Kept()
        if kept.trouble:
            tell(kept.trouble)
        talk = _Talk(settings, options)
        outputs = _outputs(options, talk.track)
        if options.baseline:
            outputs.append(baselines.BaselineOutput(options.baseline, kept))
        if options.keep:
            outputs.append(_kept(settings, *stream.model))
    except BaseException:
        stream.close()
        raise
    progress = Progress(stream.duration_s)
    with talk, progress:
        coach = Coach(settings, kept.baselines)
        summary = loop.run(stream, coach, outputs, say=talk.say, show=progress.show, realtime=options.realtime)
    print(wording.summary(summary))
    if stream.trouble:
        tell(stream.trouble)
        return stream.trouble_code
    return 0


def _with_view(settings: Settings, view: str) -> Settings:
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


def _kept(settings: Settings, model: str, sha256: str) -> Output:
    """The output that keeps the run among the live ones."""
    from device import runs
    from device.runs.recorder import RunsOutput, about

    return RunsOutput(runs.folder(), about(settings, model, sha256), tell=tell)


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
        voice = Voice.from_settings(own)
        if options.audio or options.video:
            self.track = SpeechTrack(voice)
        if options.realtime:
            self._speaker = open_speaker(own.speaker, voice, own.device)
            if self._speaker.name == "none" and own.speaker == "auto":
                tell("there is no sound card to speak through; cues are printed only")
            else:
                for problem in voice.prepare(phrases(settings)):
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
                if self.track.voice.trouble:
                    self._report(self.track.voice.trouble)
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
            tell(problem)
