"""From posture to faults: limits, and persistence over strides.  Pure, like :mod:`device.posture`.

``limits`` says for each fault what is beyond the limit for this runner; a new fault is a new function there, and a
measure in :mod:`device.posture` for it to look at.  ``judge`` decides when strides beyond a limit have become a fault
that lasts, and when it is mended; it is the same for all.
"""

from device.faults.judge import FaultJudge

__all__ = ["FaultJudge"]
