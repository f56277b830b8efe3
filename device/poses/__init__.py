"""Frame → Pose: where the runner's key points are in a picture.

``load_model`` gives a :class:`PoseModel`; ``device.poses.follow.RunnerFollower`` cuts the square around the runner out
of each frame, asks the model, and maps the answer back to pixels of the frame.  Nothing here reads a clock.

Which runtime executes the model and how its file is checked is decided when a model is loaded: importing this package
costs next to nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

__all__ = ["PoseModel", "load_model", "network_file"]


class PoseModel(ABC):
    """Finds the 17 key points of one person in a square picture.

    A back end must set the three attributes and override :meth:`estimate`; it may override :meth:`estimate_with_sigma`
    and :meth:`close`.  The same picture and the same expectation must give the same answer every time.
    """

    size_px: int
    """Side of the square picture that :meth:`estimate` takes, in pixels."""

    name: str
    """What to call the model in messages and logs, usually the name of its file."""

    sha256: str
    """Hash of the model's file in hexadecimal; empty for a model without a file."""

    @abstractmethod
    def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
        """The key points in one picture.

        :param square: uint8 array (size_px, size_px, 3), red, green, blue, upright.
        :param expected: where the runner should be: the key points of the last pose, float (17, 3) = x, y, score as
            below, in shares of *this* square.  Of several people the one whose shoulders and hips fit is taken.  None
            while nobody is followed: the one nearest to the middle of the picture is.  A model that cannot choose
            ignores it.
        :returns: a new float32 array (17, 3) = x, y, score in COCO order.  x and y are shares of the picture's side
            from its upper left corner and may lie a little outside 0..1; scores are 0..1.  Never NaN.
        :raises ModelError: the runtime fails.
        """

    def estimate_with_sigma(
        self, square: np.ndarray, expected: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """The key points in one picture, and how far each may be off.

        :returns: what :meth:`estimate` returns, and a new float32 array (17,): one standard deviation of each point's
            error along one axis, in shares of the picture's side, above 0 and never NaN; None if the model cannot
            tell.
        :raises ModelError: the runtime fails.
        """
        return self.estimate(square, expected), None

    def close(self) -> None:
        """Let go of what the model holds; afterwards it must not be used.  May be called twice."""
        return None


def load_model(path: str | Path | None = None, threads: int = 2) -> PoseModel:
    """A ready model.

    :param path: a MoveNet file of the user's own (four heads as ``scripts/build_model`` writes them, or Google's
        single-output files); None for the file this version ships, whose hash is checked.
    :param threads: threads the runtime may use, at least 1.
    :raises ModelError: the file is missing, damaged or of another kind, or no runtime can execute it here.
    """
    from device.poses.loader import load

    return load(path, threads)


def network_file(network: str) -> Path | None:
    """What to give :func:`load_model` for a network.

    :param network: ``[model] model`` of the settings, "lightning" or "thunder".
    :returns: None for the network whose file is shipped; for another where its file belongs, be it there or not.
    """
    from device.poses.loader import network_file

    return network_file(network)
