"""Runs ``form-coach`` with the arguments given, up to the first pose: prints "pose" then, and the processor time.

python scripts/benching/first_pose.py run --source FILM
"""

from __future__ import annotations

import os
import sys
import time

from device.cli import main
from device.poses.follow import RunnerFollower
from device.records import Frame, Pose

_step = RunnerFollower.step


def _first(follower: RunnerFollower, frame: Frame) -> Pose:
    pose = _step(follower, frame)
    print("pose", time.process_time(), flush=True)
    os._exit(0)
    return pose


if __name__ == "__main__":
    RunnerFollower.step = _first  # type: ignore[method-assign]
    sys.exit(main())
