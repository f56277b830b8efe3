"""What can go wrong that a person can mend."""


class NoOpenGLError(RuntimeError):
    """There is no OpenGL to draw with."""
