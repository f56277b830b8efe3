"""Renders clips: frames to MP4, truth to JSON, both written whole or not at all."""

from __future__ import annotations

import ast
import errno
import fcntl
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from fractions import Fraction
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import numpy as np

from . import body as bodies
from . import draw, optics
from .camera import Camera, stand
from .checking import plain, problems
from .crowd import crowd
from .description import Clip, Runner
from .errors import DescriptionError, DiskError
from .hair import strands
from .outfit import Dressed, dress
from .painter import Painter, Posed, sole_middles
from .performance import Performance
from .skeleton import Body, Transforms, skin
from .truth import Truth

Progress = Callable[[int, int], None]
"""Told (frames done, frames in all)."""

_CLOCK_HZ = 90_000
"""Ticks of the video's time stamps, MPEG's own."""

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR)
"""What the system says when files cannot be written."""

_NOT_SEEN = ("checking.py", "clips.py", "draw.py", "errors.py", "matrix.py")
"""Modules that only choose what is rendered: a clip's description says all that they do to it."""


def render(clip: Clip, video: Path, progress: Progress, *, fine: bool = False, keypoints_every: int = 1) -> None:
    """Render one clip to *video* (MP4), with its truth (JSON) beside it.

    :param fine: smooth shadows and edges, at three times the cost: for clips that people look at.
    :param keypoints_every: every how many frames the truth holds the key points.
    :raises DescriptionError: the clip cannot be rendered as described.
    :raises DiskError: the files cannot be written.
    """
    wrong = problems(clip)
    if wrong:
        raise DescriptionError(clip.name or "clip", wrong)
    notes = video.with_suffix(".json")
    half_video = video.with_name(f".{video.stem}.{os.getpid()}.mp4")
    half_notes = half_video.with_suffix(".json")
    try:
        with _told(video):
            stage = Stage(clip, fine)
            truth = Truth(clip, stage.camera, stage.performance, keypoints_every)
            times_s = optics.frame_times(clip.duration_s, clip.sensor, clip.seed)
            try:
                _encode(clip, stage.frames(times_s, truth), times_s, half_video, progress, fine)
            finally:
                stage.close()
            truth.write(half_notes)
            half_notes.replace(notes)
            half_video.replace(video)  # last: a video that is there has its truth
    finally:
        half_video.unlink(missing_ok=True)
        half_notes.unlink(missing_ok=True)


class Stage:
    """All that is to be seen in one clip, ready to be painted at any time."""

    def __init__(self, clip: Clip, fine: bool = False) -> None:
        rng = np.random.default_rng([clip.seed, 7])  # not the stream that the runner was drawn from
        self.camera: Camera = stand(clip.viewpoint, clip.sensor)
        self._optics = optics.Optics(clip.sensor, clip.light, clip.seed)
        self.performance: Performance | None = None
        self._figures: list[_Figure] = []
        if clip.runner is not None:
            runner = _Figure(clip.runner)
            self._figures.append(runner)
            self.performance = Performance(clip, runner.body)
        wanted = clip.scene.bystanders + clip.scene.neighbour
        self._others = crowd(clip, [draw.runner(rng)[0] for _ in range(wanted)])
        self._figures += [_Figure(other.runner, other.body) for other in self._others]
        dressed = [(figure.dressed, figure.person.outfit) for figure in self._figures]
        self._painter = Painter(self.camera, clip.scene, clip.light, dressed, fine)

    def frames(self, times_s: Sequence[float], truth: Truth) -> Iterator[np.ndarray]:
        """The pictures taken at those times, uint8 (height, width, 3); the truth of each goes to *truth*."""
        for t_s in times_s:
            pictures = []
            for number, moment_s in enumerate(self._optics.moments(t_s)):
                belt_m = None if self.performance is None else self.performance.belt_m(moment_s)
                posed = self._posed(moment_s)
                # Shadows move little within one exposure.
                pictures.append(self._painter.paint(moment_s, posed, belt_m=belt_m, same_shadows=number > 0))
            truth.add(t_s, self._painter.depth_m())
            yield self._optics.picture(t_s, pictures)

    def close(self) -> None:
        """Give the graphics memory back."""
        self._painter.close()

    def _posed(self, t_s: float) -> list[Posed | None]:
        posed = []
        if self.performance is not None:
            instant = self.performance.at(t_s)
            posed.append(self._figures[0].posed(instant.transforms, instant.phase))
        for figure, other in zip(self._figures[len(posed) :], self._others, strict=True):
            posed.append(figure.posed(other.at(t_s), other.phase(t_s)))
        return posed


class _Figure:
    """A dressed body that can be put into any pose."""

    def __init__(self, person: Runner, body: Body | None = None) -> None:
        self.person = person
        self.body: Body = bodies.load(person.build) if body is None else body
        self.dressed: Dressed = dress(self.body, person.outfit)
        # Single precision is plenty for the picture, and faster.
        d = self.dressed
        self._held = tuple(a.astype(np.float32) for a in (d.weights, d.vertices_m, d.normals))

    def posed(self, transforms: Transforms | None, phase: float) -> Posed | None:
        """The figure in a pose; None when it is not there."""
        if transforms is None:
            return None
        vertices, normals = skin(*self._held, transforms)
        hanging = strands(self.body, transforms, phase, self.person.outfit)
        return Posed(vertices, normals, sole_middles(self.body, transforms), hanging)


def digest(clip: Clip, fine: bool = False) -> str:
    """A name for all that makes the clip's pictures and truth: its description and the code that draws it."""
    described = json.dumps([plain(clip), fine], sort_keys=True)
    return hashlib.sha256((described + _code()).encode()).hexdigest()[:16]


def ensure(clips: Sequence[Clip], folder: Path, jobs: int, progress: Progress) -> list[Path]:
    """The videos of all clips, rendered where they are missing; their truths stand beside them.

    :param jobs: clips to render at the same time.
    :param progress: told (frames done, frames in all) of those that were missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    videos = [folder / f"{clip.name}-{digest(clip)}.mp4" for clip in clips]
    missing = [(clip, video) for clip, video in zip(clips, videos, strict=True) if not video.exists()]
    make(missing, jobs, progress, anew=False)
    return videos


def make(
    wanted: Sequence[tuple[Clip, Path]],
    jobs: int,
    progress: Progress,
    *,
    fine: bool = False,
    keypoints_every: int = 1,
    anew: bool = True,
) -> None:
    """Render several clips, each in a process of its own.

    Interrupted, it keeps the clips that are whole, and half ones are never seen.  Several callers share the work.

    :param anew: render what is there already, too.
    """
    total = sum(_frames(clip) for clip, _ in wanted)
    done = 0
    if jobs == 1:
        for clip, video in wanted:
            before = done
            _one(clip, video, fine, keypoints_every, anew, lambda now, _, before=before: progress(before + now, total))
            done += _frames(clip)
        return
    # Fresh processes: an OpenGL context does not survive a fork.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start) as pool:
        running = {pool.submit(_one, *job, fine, keypoints_every, anew): job[0] for job in wanted}
        try:
            for finished in as_completed(running):
                finished.result()
                done += _frames(running[finished])
                progress(done, total)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.terminate()  # takes its half clip away; to finish it would take a minute
            raise


def _frames(clip: Clip) -> int:
    return round(clip.duration_s * clip.sensor.fps)


def _one(
    clip: Clip, video: Path, fine: bool, keypoints_every: int, anew: bool, progress: Progress = lambda done, total: None
) -> None:
    """Render a clip unless it is there already, or somebody else is at it and will be done."""
    lock_path = video.with_name(f".{video.stem}.lock")
    with _told(video), lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if anew or not video.exists():
            # Whoever left these was killed, or the lock would not be ours.
            for half in video.parent.glob(f".{video.stem}.[0-9]*.*"):
                half.unlink()
            render(clip, video, progress, fine=fine, keypoints_every=keypoints_every)
        lock_path.unlink(missing_ok=True)


def _start() -> None:
    """Prepare a process of its own: what ends it must unwind, and it keeps to one thread (0: Mesa starts no other)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["LP_NUM_THREADS"] = "0"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _code() -> str:
    """The package's code without its comments and docstrings, and the bodies' file, as one hash."""
    seen = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.glob("*.py")):
        if path.name not in _NOT_SEEN:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    node.value = ast.Constant(None)
            seen.update(ast.dump(tree).encode())
    seen.update((folder / "bodies.npz").read_bytes())
    return seen.hexdigest()


def _encode(
    clip: Clip, pictures: Iterator[np.ndarray], times_s: Sequence[float], path: Path, progress: Progress, fine: bool
) -> None:
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=clip.sensor.fps)
        stream.width, stream.height, stream.pix_fmt = clip.sensor.width_px, clip.sensor.height_px, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _CLOCK_HZ)
        stream.options = {"crf": str(clip.sensor.crf), "g": str(clip.sensor.fps * 12)}
        # What ships is worth an hour of encoding; what lies in a cache is not.
        effort = {"preset": "veryslow", "tune": "animation"} if fine else {"preset": "veryfast", "threads": "1"}
        stream.options |= effort
        for done, (t_s, picture) in enumerate(zip(times_s, pictures, strict=True), start=1):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = round(t_s * _CLOCK_HZ), Fraction(1, _CLOCK_HZ)
            container.mux(stream.encode(frame))
            progress(done, len(times_s))
        container.mux(stream.encode(None))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the system says about a full or missing disk into a message about this clip."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK or isinstance(error, DiskError):
            raise
        raise DiskError(f"cannot write {path}: {os.strerror(error.errno).lower()}") from error
