"""Poses of clips, kept: they depend on the clip, the model and the code between them, and on nothing else."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device import replay
from device.errors import SourceError
from device.poses import loader
from device.poses.log import KeypointLog, write_log

DEVICE = Path(replay.__file__).resolve().parent

POSE_CODE = ("poses", "frames")
"""Folders of ``device/`` that a pose depends on."""

STALE_S = 3600.0
"""Half a file of a scorer that was killed is taken away after this time; until then it may be another's at work."""


def sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_sha256(model: Path | None) -> str:
    """Hash of a model file; of the one that ships for None."""
    return sha256(loader.MODELS / loader.SHIPPED if model is None else model)


def code_sha256(folders: tuple[str, ...] = POSE_CODE) -> str:
    """Hash of all modules in some folders of ``device/``."""
    total = hashlib.sha256()
    for path in sorted(path for folder in folders for path in (DEVICE / folder).glob("*.py")):
        total.update(f"{path.relative_to(DEVICE)}\0{sha256(path)}\n".encode())
    return total.hexdigest()


@dataclass(frozen=True)
class PoseCache:
    """A folder of key-point logs.

    Several scorers may use it at once: a log is written beside its place and then put there, whole.

    :param model: the model's file; None for the one that ships.
    :param model_sha256: of that file.
    :param code_sha256: of the pose code.
    """

    folder: Path
    model: Path | None
    model_sha256: str
    code_sha256: str

    def place(self, clip: Path) -> Path:
        """Where the log of a clip stands, or would."""
        return self.folder / f"{sha256(clip)[:24]}-{self.model_sha256[:12]}-{self.code_sha256[:12]}.npz"

    def read(self, place: Path) -> KeypointLog | None:
        """A log that was kept; None where there is none, or what there is cannot be read."""
        try:
            log = KeypointLog(place)
        except SourceError:
            return None
        return log if log.trouble is None and log.t_s.size else None

    def poses(self, clip: Path) -> KeypointLog:
        """The poses of a clip, found first where they are not kept or what is kept is spoiled."""
        place = self.place(clip)
        log = self.read(place)
        if log is None:
            self.make(clip)
            log = KeypointLog(place)
        return log

    def make(self, clip: Path) -> None:
        """Find the poses of a clip as the product does, and keep them.

        :raises SourceError: the clip cannot be read, or only a part of it.
        :raises ModelError: the model cannot be used.
        """
        stream = replay.open_poses(clip, self.model, threads=1)
        try:
            poses = [pose for _, pose in stream]
        finally:
            stream.close()
        if stream.trouble:
            raise SourceError(stream.trouble)
        place = self.place(clip)
        half = place.with_name(f".{os.getpid()}-{place.name}")
        try:
            write_log(
                half,
                np.array([pose.t_s for pose in poses]),
                np.array([pose.keypoints for pose in poses]),
                poses[0].width_px,
                poses[0].height_px,
                np.array([np.zeros(17) if pose.sigma_px is None else pose.sigma_px for pose in poses]),
            )
            half.replace(place)
        finally:
            half.unlink(missing_ok=True)
            half.with_name(half.name + ".part").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Take away what killed scorers left half written."""
        for path in self.folder.glob(".*.npz*"):
            try:
                if time.time() - path.stat().st_mtime > STALE_S:
                    path.unlink()
            except FileNotFoundError:
                continue  # another scorer was faster
