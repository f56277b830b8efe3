"""From key points to posture, stride by stride.  Pure: no clock, no I/O, no threads, no randomness.

``window`` keeps the last seconds of key points; ``strides`` finds the rhythm; ``fit`` takes a stride apart into its
middle and its swing; ``marks`` makes lengths of them; ``view`` tells where the camera stands; ``measures`` reads lean
and twist; ``baseline`` learns the runner's own good form; ``change`` reads what has changed against it, by the
``signatures`` of faults; ``core`` puts them together.
"""

from device.posture.core import PostureCore

__all__ = ["PostureCore"]
