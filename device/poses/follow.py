"""Follows one runner from frame to frame: where to look, whose pose counts, and the pose found there.

Others may be in view: who walks past, who runs on the next treadmill, a mirror, a picture on the wall.  A treadmill
does not move, so whoever has run on the spot for some seconds shows where it stands in the picture: its home.  From
then on only who is there counts, whatever happens elsewhere.  Until then a glance is taken now and then for somebody
better than who is followed.  How the square is held still is in :mod:`device.poses.framing`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from device.poses import PoseModel
from device.poses.crop import Square, cut, hung, search_squares, shoulders_middle, to_frame, to_square
from device.poses.framing import Framing
from device.poses.place import COMING_SIZE, FAR_SIDES, OTHER_SIZE, Habit, Place, settled
from device.poses.steps import stepped, stepped_sigma
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER, Frame, Pose

LOST_AFTER_S = 0.4
"""A runner unseen for longer is looked for elsewhere; a towel across the face takes less.  Chosen by us."""

DOUBTFUL_SCORE, DOUBTFUL_S = 0.3, 3.0
"""If neither shoulders nor hips reach this score for so long, the square may hold a thing: look again.  Our choice."""

JUMP_SIDES = 0.35
"""Nobody's shoulders move by more of the square's side from one pose to the next: such a pose is somebody else's.
Rendered runners stay below 0.2.  Chosen by us."""

WALK_SIDES = 1.0
"""And by so much more for each second between the two: a side is about 1.2 m, and people walk at 1.2 m/s."""

HOME_S = 8.0
"""Who has run on the spot for so long runs on the treadmill.  Chosen by us: soon enough for the first break."""

AWAY_S = 180.0
"""When nobody has run on the treadmill for so long, anybody in view is followed as long as it stays empty.  Chosen by
us: longer than a break for a drink, and not too long for who aimed the camera anew or is far taller than the last."""

GUEST_S = 600.0
"""After so long without a break the place where such a guest runs becomes the treadmill's.  Chosen by us."""

ROUND_S = 1.0
"""How often the model looks round, too.  Chosen by us: that costs no more than a lost frame."""

BETTER = 0.1
"""So much larger (natural logarithm) or nearer to the middle (in half frames) is who is more likely the runner.  Chosen
by us."""

INSISTS_S = 30.0
"""Who stays on the treadmill for so long is taken for the runner, although read in another size.  Chosen by us: hips
behind a console may be read elsewhere than before, and a coach that does not see its own runner is worse than one that
now and then takes a neighbour who is in line with the treadmill."""

SURE_SCORE = 0.5
"""Somebody seen while looking round must be as sure as that.  Chosen by us."""


_TRUNK = [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]


class _Look(NamedTuple):
    """Where to look in one frame.

    :param expected: key points of the runner as they should be, in pixels of the frame; None: anybody's.
    :param hides: the square of somebody who is followed and must not be seen this time.
    :param round: whether this is but a glance: if it shows nobody, all stays as it is.
    """

    square: Square
    expected: np.ndarray | None = None
    hides: Square | None = None
    round: bool = False


class _Found(NamedTuple):
    """Somebody whom a look has found.

    :param keypoints: (17, 3) = x_px, y_px, score in the frame.
    :param square: the square that shows them.
    :param shoulders: the middle of their shoulders, x and y in pixels of the frame.
    :param sureness: how sure the model is of their trunk: the highest score of a shoulder or hip.
    """

    keypoints: np.ndarray
    square: Square
    shoulders: tuple[float, float]
    sureness: float

    @classmethod
    def of(cls, keypoints: np.ndarray, width_px: int, height_px: int) -> _Found | None:
        """Whom a pose shows; None if it is nobody's."""
        points = keypoints.tolist()
        shoulders = shoulders_middle(points)
        square = None if shoulders is None else hung(points, shoulders, width_px, height_px)
        if square is None or shoulders is None:
            return None
        return cls(keypoints.copy(), square, shoulders, max(points[k][2] for k in _TRUNK))

    @property
    def place(self) -> Place:
        """Where they are."""
        return Place.of(self.square)


class RunnerFollower:
    """Frame → Pose.  Deterministic: the same frames give the same poses, whatever the clock says.

    Frames may have any size and may change it; the runner is then looked for anew.

    :param model: asked once for a frame, and once or twice more when a glance is taken for somebody better.
    """

    def __init__(self, model: PoseModel) -> None:
        """No runner is known yet."""
        self._model = model
        self._frame_size = (0, 0)
        self._t_s = -math.inf
        self.forget()

    @property
    def square(self) -> Square | None:
        """The square that the runner is looked at through; None while the runner is looked for."""
        return None if self._framing is None else self._framing.square

    @property
    def elsewhere(self) -> bool:
        """Whether somebody is in view, but not on the treadmill, and so is not followed."""
        return self._elsewhere

    def forget(self) -> None:
        """Look for a runner anew, wherever: the camera was aimed anew, or the wrong one is followed."""
        self._home: Place | None = None
        self._home_look: _Look | None = None
        self._ran_s = -math.inf
        self._lose()

    def step(self, frame: Frame) -> Pose:
        """The pose in the next frame; with scores of 0 where it is not the runner's.

        :raises ModelError: the runtime fails.
        """
        height, width = frame.rgb.shape[:2]
        if (width, height) != self._frame_size or frame.t_s < self._t_s:
            self._frame_size = (width, height)
            self._searches = search_squares(width, height)
            self.forget()
        self._elapsed_s, self._t_s = frame.t_s - self._t_s, frame.t_s
        look = self._look()
        pose, found = self._see(frame, look)
        if found is not None and self._is_runner(found, look):
            self._take(found)
        else:
            self._miss()
            if found is not None or look.round:
                pose.keypoints[:, 2] = 0.0
        glance = self._glance()
        better = None if glance is None else self._better(frame, glance)
        if better is None:
            return pose
        other, found = better
        self._lose()
        self._take(found)
        return other

    def _better(self, frame: Frame, glance: _Look) -> tuple[Pose, _Found] | None:
        """Whom a glance shows, with their pose, if they are more likely the runner than who is followed."""
        other, found = self._see(frame, glance)
        if found is not None and glance.hides is not None and found.sureness >= DOUBTFUL_SCORE:
            # In the whole frame people are small: look closer before judging.
            other, found = self._see(frame, _Look(found.square, hides=glance.hides))
        if found is None or found.sureness < SURE_SCORE or not self._is_better(found, glance):
            return None
        return other, found

    def _see(self, frame: Frame, look: _Look) -> tuple[Pose, _Found | None]:
        """The pose that a look shows, and whose it is; None for nobody's."""
        height, width = frame.rgb.shape[:2]
        square = look.square
        rgb = frame.rgb if look.hides is None else _without(frame.rgb, look.hides)
        expected = None if look.expected is None else to_square(look.expected, square)
        shares, sigma = self._model.estimate_with_sigma(cut(rgb, square, self._model.size_px), expected)
        keypoints = stepped(to_frame(shares, square))
        sigma_px = None if sigma is None else stepped_sigma(sigma * np.float32(square.size_px))
        return Pose(frame.t_s, keypoints, width, height, sigma_px), _Found.of(keypoints, width, height)

    def _lose(self) -> None:
        """Nobody is followed any more."""
        self._framing: Framing | None = None
        self._habit: Habit | None = None
        self._last: _Found | None = None
        self._seen_s = self._sure_s = -math.inf
        self._left = False
        self._round_s = self._t_s
        self._searched = 0
        self._elsewhere = False
        self._there_s = math.inf

    @property
    def _only_home(self) -> bool:
        """Whether nobody counts who is not on the treadmill."""
        return self._home is not None and self._t_s - self._ran_s <= AWAY_S

    def _look(self) -> _Look:
        """Where to look in this frame."""
        framing, last = self._framing, self._last
        if framing is not None and last is not None:
            # The first poses are coarse and may mix two people up: they are nobody's to be held to.
            return _Look(framing.square, None if framing.settling else last.keypoints)
        search = self._searches[self._searched % len(self._searches)]
        if self._home_look is not None and (not self._due() if self._only_home else self._searched % 2):
            return self._home_look
        return _Look(search, round=self._only_home)

    def _glance(self) -> _Look | None:
        """Where to look for somebody better than who is followed; None for nowhere now."""
        framing, habit = self._framing, self._habit
        if framing is None or habit is None or framing.settling:
            return None
        if self._home is None:
            if not self._due():
                return None
            self._searched += 1
            search = self._searches[self._searched % len(self._searches)]
            return _Look(search, hides=framing.square, round=True)
        if self._home_look is not None and not self._fits(habit.place, OTHER_SIZE) and self._due():
            return _Look(self._home_look.square, self._home_look.expected, round=True)
        return None

    def _due(self) -> bool:
        """Whether it is time to look round, once in :data:`ROUND_S`."""
        due = self._t_s - self._round_s >= ROUND_S
        if due:
            self._round_s = self._t_s
        return due

    def _fits(self, place: Place, size: float) -> bool:
        """Whether a place is the treadmill's.

        :param size: by how much it may differ in size, as a natural logarithm.
        """
        return self._home is not None and self._is_home(place) and abs(self._home.differs(place)) <= size

    def _is_home(self, place: Place) -> bool:
        """Whether a place is the treadmill's, whatever the size."""
        return self._home is not None and self._home.away(place) <= FAR_SIDES

    def _is_runner(self, found: _Found, look: _Look) -> bool:
        """Whether whoever is found by a look is the runner."""
        framing, habit, last = self._framing, self._habit, self._last
        if framing is None or habit is None or last is None:
            comes = not self._only_home or self._comes(found) or self._insists(found)
            self._elsewhere = not comes and found.sureness >= SURE_SCORE
            return comes
        jump = math.dist(found.shoulders, last.shoulders) / framing.square.size_px
        if jump > JUMP_SIDES + WALK_SIDES * (self._t_s - self._seen_s):
            return False
        if not self._only_home:
            return True
        # How large a runner is read may change, with hips that come and go behind a console: who is followed without a
        # break counts in any size.  Who has just stepped off must come back first.
        stays = self._comes(found) if self._left else self._is_home(found.place)
        self._left = not stays
        return stays

    def _is_better(self, found: _Found, glance: _Look) -> bool:
        """Whether somebody seen in a glance is more likely the runner than who is followed.

        Before anybody has run for long that is whoever stands elsewhere while who is followed does not run, or who is
        larger and nearer to the frame's middle: there the camera was aimed.
        """
        if glance.hides is None:
            return self._comes(found)
        assert self._habit is not None, "somebody is followed"
        half_px, place = self._frame_size[0] / 2, self._habit.place

        def worth(at: Place) -> float:
            return at.size - abs(at.x_px - half_px) / half_px

        elsewhere = place.away(found.place) > FAR_SIDES
        return elsewhere and (not self._habit.running or worth(found.place) > worth(place) + BETTER)

    def _insists(self, found: _Found) -> bool:
        """Whether somebody has been on the treadmill for so long that size does not matter any more."""
        if not self._is_home(found.place) or found.sureness < SURE_SCORE:
            self._there_s = math.inf
        elif self._there_s == math.inf:
            self._there_s = self._t_s
        return self._t_s - self._there_s >= INSISTS_S

    def _comes(self, found: _Found) -> bool:
        """Whether somebody has come to the treadmill."""
        return self._fits(found.place, COMING_SIZE) and found.sureness >= DOUBTFUL_SCORE

    def _miss(self) -> None:
        """The runner is not seen in this frame."""
        if self._framing is None:
            self._searched += 1
        elif self._t_s - self._seen_s > LOST_AFTER_S:
            self._lose()

    def _take(self, found: _Found) -> None:
        """This is the runner: choose the square for the next frame."""
        t_s, framing, habit = self._t_s, self._framing, self._habit
        if framing is None or habit is None:
            self._lose()
            # Back on the treadmill: through the square as before, or all angles would read a little differently.
            back = self._home_look.square if self._home_look and self._fits(found.place, COMING_SIZE) else None
            framing = Framing(t_s, found.square, self._model.size_px, back)
            habit = Habit(t_s, found.square, found.shoulders[1])
            self._sure_s = t_s
        if found.sureness >= DOUBTFUL_SCORE:
            self._sure_s = t_s
        elif t_s - self._sure_s > DOUBTFUL_S:
            self._lose()
            return
        if framing.settling:
            habit = Habit(t_s, found.square, found.shoulders[1])  # the first poses are coarse
        framing.step(t_s, found.square)
        habit.step(t_s, found.square, found.shoulders[1])
        self._framing, self._habit, self._last, self._seen_s = framing, habit, found, t_s
        if habit.running:
            self._learn_home(habit, _Look(framing.square, found.keypoints))

    def _learn_home(self, habit: Habit, look: _Look) -> None:
        """Keep in mind where the treadmill is, from somebody who runs."""
        if self._home is not None and self._is_home(habit.place):
            self._home = settled(self._home, habit.place, self._elapsed_s)
        elif habit.running_s >= (HOME_S if self._home is None else GUEST_S):
            self._home = habit.place
        else:
            return
        self._ran_s, self._home_look = self._t_s, look


def _without(rgb: np.ndarray, square: Square) -> np.ndarray:
    """A copy of the picture, black where the person stands who is looked at through a square, from head to feet."""
    (x_px, y_px), side_px = square.middle, square.size_px
    left, right = (max(0, round(x_px + share * side_px)) for share in (-0.3, 0.3))
    top, bottom = (max(0, round(y_px + share * side_px)) for share in (-0.55, 1.15))
    rest = rgb.copy()
    rest[top:bottom, left:right] = 0
    return rest
