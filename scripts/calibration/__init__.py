"""Measures what the posture core reads changes by: how faults show in the marks, and how marks scatter without any.

The way of the data is the layout::

    clip ──→ scoring.cache ──→ collecting ──→ fitting ──→ writing     device/posture/tables.py
    MP4      model's poses     Run            Tables  └─→ telling     what is printed
    JSON ──→ scoring.coaching ─┘                └─→ validation ─┘
             true key points

The model's and the true key points of a rendered clip go through the product's own core (``device.posture``), stride by
stride, and each stride's marks are put beside what the runner truly did.  Both kinds of key points count alike, so that
the numbers are no quirk of one model and hold for a better one as well.
"""
