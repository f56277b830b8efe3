"""What can be wrong with the machine that roots are to be made on."""

from __future__ import annotations


class Unavailable(Exception):
    """This machine cannot make or run a Debian root; the one line says why and what would help."""
