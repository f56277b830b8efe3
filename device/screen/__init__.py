"""The screen over SSH: what the coach sees, drawn in characters, and its limits to move (docs/tune.md).

What comes over the live link goes into a :class:`~device.screen.seen.Seen`; ``draw`` makes of it a
:class:`~device.screen.grid.Grid` of any size.  Both are pure.  ``app`` shows grids in a terminal, with Textual.
"""
