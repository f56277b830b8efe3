"""Clean Debian roots, to try the product as on a fresh machine: run commands in one, or boot it.

    with Root("bookworm") as root:                      # or Root("trixie", arch="arm64"): emulated
        root.copy_working_tree(project, "/root/form-coach")
        root.run("./scripts/setup test", cwd="/root/form-coach", check=True)
        with root.boot() as machine:                    # systemd as PID 1, a journal, cgroups
            machine.run("systemctl status")

A bare root is made once, by debootstrap, and kept in ``$XDG_CACHE_HOME/form-coach/roots``; each :class:`Root` is a
fresh copy, deleted in the end.  Root rights, debootstrap and systemd-nspawn are needed; where a machine cannot do it
:class:`Unavailable` says why.
"""

from .commands import CommandError, Done
from .errors import Unavailable
from .host import cache_folder
from .machine import Machine
from .root import Root

__all__ = ["CommandError", "Done", "Machine", "Root", "Unavailable", "cache_folder"]
