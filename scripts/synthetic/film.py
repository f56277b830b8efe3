"""Renders clips: frames to MP4, truth to JSON, both written whole or not at all."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import body as bodies
from .camera import Camera, stand
from .clips import Clip
from .gait import Strides
from .outfit import RUNNERS, SOLE_M, dress
from .painter import Painter, sole_middles
from .posing import Poser
from .scene import BELT_M, Triangles, pony_tail
from .skeleton import bone_transforms, skin
from .truth import Truth

Progress = Callable[[int, int], None]


def render(clip: Clip, out: Path, progress: Progress) -> tuple[Path, Path]:
    """Render one clip into the folder *out*; returns the paths of the MP4 and the JSON.

    :param progress: told (frames done, frames in all) after every frame.
    """
    camera = stand(clip.azimuth_deg, clip.width_px, clip.height_px)
    cadence_spm = RUNNERS[clip.runner].style.cadence_spm if clip.runner else None
    truth = Truth(clip, camera, cadence_spm)
    video, notes = out / f"{clip.name}.mp4", out / f"{clip.name}.json"
    half_video = out / f".{clip.name}.{os.getpid()}.mp4"
    half_notes = half_video.with_suffix(".json")
    try:
        _encode(clip, frames(clip, camera, truth), half_video, progress)
        truth.write(half_notes)
        half_video.replace(video)
        half_notes.replace(notes)
    finally:
        half_video.unlink(missing_ok=True)
        half_notes.unlink(missing_ok=True)
    return video, notes


def frames(clip: Clip, camera: Camera, truth: Truth) -> Iterator[np.ndarray]:
    """The clip's pictures in turn; the truth of each is added to *truth*."""
    if not clip.runner:
        painter = Painter(camera, None, None)
        for index in range(clip.frames):
            truth.add_empty(index / clip.fps)
            yield painter.paint(index / clip.fps, None, np.zeros((2, 3)))
        painter.close()
        return
    runner = RUNNERS[clip.runner]
    body = bodies.load(runner.shape)
    dressed = dress(body, runner)
    painter = Painter(camera, dressed, runner)
    poser = Poser(body, runner.style, BELT_M, SOLE_M)
    # Single precision is plenty for the picture, and faster.
    weights, points_m, normals = (a.astype(np.float32) for a in (dressed.weights, dressed.vertices_m, dressed.normals))
    strides = Strides(runner.style, clip.duration_s, clip.seed)
    for index in range(clip.frames):
        t_s = index / clip.fps
        gait = strides.at(t_s)
        pose = poser.pose(gait, clip.faults, t_s)
        transforms = bone_transforms(body, pose)
        truth.add(t_s, body, transforms)
        posed = skin(weights, points_m, normals, transforms)
        tail: Triangles | None = None
        if runner.tail_m:
            tail = pony_tail(body, transforms, gait.phase, runner.tail_m, runner.hair)
        yield painter.paint(t_s, posed, sole_middles(body, transforms), tail)
    painter.close()


def _encode(clip: Clip, pictures: Iterator[np.ndarray], path: Path, progress: Progress) -> None:
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=clip.fps)
        stream.width, stream.height, stream.pix_fmt = clip.width_px, clip.height_px, "yuv420p"
        stream.options = {
            "crf": str(clip.crf),
            "preset": "veryslow",
            "tune": "animation",
            "g": str(clip.fps * 12),
        }
        for done, picture in enumerate(pictures, start=1):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
            progress(done, clip.frames)
        container.mux(stream.encode(None))


class Meter:
    """Frames done and time left, on one line of a terminal; silent elsewhere."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start_s = time.monotonic()
        self._shown_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show the state, a few times a second at most."""
        now_s = time.monotonic()
        if not sys.stderr.isatty() or (done < total and now_s - self._shown_s < 0.3):
            return
        self._shown_s = now_s
        left_s = (now_s - self._start_s) / done * (total - done)
        end = "\n" if done == total else ""
        line = f"{self._name}: {done} of {total} frames, {left_s:.0f} s left"
        print(f"\r{line:<70}", end=end, file=sys.stderr, flush=True)
