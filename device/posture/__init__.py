"""From key points to posture, stride by stride.  Pure: no clock, no I/O, no threads, no randomness.

``signals`` turns one pose into a row of lengths; ``window`` keeps the last seconds of them; ``strides`` finds the
rhythm; ``fit`` takes a stride apart into its middle and its swing; ``view`` tells where the camera stands; ``baseline``
learns the runner's own good form; ``core`` puts them together.
"""

from device.posture.core import PostureCore

__all__ = ["PostureCore"]
