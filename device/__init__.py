"""Form Coach: watches a runner on a treadmill and says, aloud and at the right moment, what to change."""

__version__ = "0.1.0"
