"""The live link: what the coach sees and does, and commands to it, over a Unix socket (docs/link.md).

``server`` is the coach's end, one thread; ``client`` is everybody else's.
"""
