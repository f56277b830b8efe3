"""Follows one runner from frame to frame: which square to look at, and the pose found in it.

The square must follow the runner but not the running.  A square that moved and breathed with each step would shift the
model's coarse cells under the body in time with the stride, and that would show as a sway in the angles.  So the
square stays where it is until the runner has left its middle by a share of its side, grows when the runner no longer
fits, and shrinks only when the last seconds needed far less.
"""

from __future__ import annotations

from device.poses import PoseModel
from device.poses.crop import Square, cut, search_squares, square_about, square_around, to_frame
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER, Frame, Pose

MOVE_SHARE = 0.10
"""The square moves when its middle is this share of its side off.  A runner rises and falls by 0.09 m at most (7 % of a
square 1.25 m wide), so steps do not move it.  Chosen by us."""

GROW_SHARE = 1.16
"""It grows when a square this much larger is wanted; there is room around the upper body for most of it.  The model
reads the same runner differently at another size (`scripts/eval_square`), so raised shoulders must not change it.
Chosen by us."""

SHRINK_SHARE = 0.65
"""It shrinks when, over ``WINDOW_S``, no square larger than this share of it was wanted.  Raised shoulders take up to a
third off where the hips are hidden, which must not change it.  Chosen by us."""

SETTLE_S = 1.0
"""For so long after a runner is found the square grows to whatever is wanted, so that it then fits every phase of a
stride (0.9 s at 130 steps per minute) and can stay."""

WINDOW_S = 2.0
"""Longer than one stride (two steps) of the slowest run, 0.9 s at 130 steps per minute.  Chosen by us."""

SETTLE_STEPS = 3
"""After a runner is found, this many poses set the square anew: the first is coarse.  Chosen by us."""

LOST_AFTER_S = 0.4
"""A runner unseen for longer is looked for elsewhere; a towel across the face takes less.  Chosen by us."""

DOUBTFUL_SCORE, DOUBTFUL_S = 0.3, 3.0
"""If neither shoulders nor hips reach this score for so long, the square may hold a thing: look again.  Our choice."""


class RunnerFollower:
    """Frame → Pose.  Deterministic: the same frames give the same poses, whatever the clock says.

    Frames may have any size and may change it; the runner is then looked for anew.

    :param model: asked once per frame.
    """

    def __init__(self, model: PoseModel) -> None:
        """No runner is known yet."""
        self._model = model
        self._frame_size = (0, 0)
        self._forget()

    @property
    def square(self) -> Square | None:
        """The square the next frame is looked at through; None while the runner is looked for."""
        return self._square

    def step(self, frame: Frame) -> Pose:
        """The pose in the next frame.

        :raises ModelError: the runtime fails.
        """
        height, width = frame.rgb.shape[:2]
        if (width, height) != self._frame_size:
            self._frame_size = (width, height)
            self._searches = search_squares(width, height)
            self._forget()
        square = self._square or self._searches[self._searched % len(self._searches)]
        keypoints = to_frame(self._model.estimate(cut(frame.rgb, square, self._model.size_px)), square)
        pose = Pose(frame.t_s, keypoints, width, height)
        self._look_ahead(pose)
        return pose

    def _forget(self) -> None:
        """Start looking for a runner from the beginning."""
        self._square: Square | None = None
        self._searched = 0
        self._settle = 0
        self._seen_s = float("-inf")
        self._sure_s = float("-inf")
        self._window_s = float("-inf")
        self._found_s = float("-inf")
        self._largest_px = 0

    def _look_ahead(self, pose: Pose) -> None:
        """Choose the square for the next frame."""
        wanted = square_around(pose.keypoints, pose.width_px, pose.height_px)
        if self._square is None:
            if wanted is None:
                self._searched += 1
                return
            self._forget()
            self._settle = SETTLE_STEPS
            self._seen_s = self._sure_s = self._found_s = pose.t_s
        if wanted is None:
            if not 0 <= pose.t_s - self._seen_s <= LOST_AFTER_S:
                self._forget()
            return
        self._seen_s = pose.t_s
        if _sureness(pose) >= DOUBTFUL_SCORE:
            self._sure_s = pose.t_s
        elif not 0 <= pose.t_s - self._sure_s <= DOUBTFUL_S:
            self._forget()
            return
        if self._square is None or self._settle > 0:
            self._settle -= 1
            self._square = wanted
            self._window_s, self._largest_px = pose.t_s, wanted.size_px
        else:
            self._square = self._held(self._square, wanted, pose.t_s)

    def _held(self, now: Square, wanted: Square, t_s: float) -> Square:
        """``now``, moved or resized only as far as the rules at the top of this module ask for."""
        self._largest_px = max(self._largest_px, wanted.size_px)
        size = now.size_px
        if wanted.size_px > (GROW_SHARE if t_s - self._found_s > SETTLE_S else 1.0) * size:
            size = wanted.size_px
        if not 0 <= t_s - self._window_s < WINDOW_S:
            if self._largest_px < SHRINK_SHARE * size:
                size = self._largest_px
            self._window_s, self._largest_px = t_s, wanted.size_px
        (now_x, now_y), (wanted_x, wanted_y) = now.middle, wanted.middle
        if max(abs(wanted_x - now_x), abs(wanted_y - now_y)) > MOVE_SHARE * size:
            return square_about(wanted_x, wanted_y, size)
        if size != now.size_px:
            return square_about(now_x, now_y, size)
        return now


def _sureness(pose: Pose) -> float:
    """How sure the model is of the runner's trunk: the better shoulder's and the better hip's score, the larger one."""
    return float(pose.keypoints[[L_SHOULDER, R_SHOULDER, L_HIP, R_HIP], 2].max())
