"""The scorecard: how well the coach judges runners whose posture is known.

The way of the data is the layout::

    clip ──→ cache ──→ coaching ─┐                                        ┌→ tables   Markdown, JSON
    MP4      poses     Coached   ├→ cues, posture, keypoints → judge → report
    JSON ──→ truth ──────────────┘                         Judged         └→ pictures  the worst moments
             Truth

Poses come from the very path that the product takes (``device.replay.open_poses``), and so do cues
(``device.pipeline.Coach``); nothing of either is imitated here.
"""
