"""``form-coach completion``: what makes a shell complete commands, options and settings by the Tab key."""

from __future__ import annotations

import argparse
from typing import Any

from device.columns import show

_EXAMPLES = """for this shell alone, or in ~/.bashrc or ~/.zshrc (there after compinit):
  source <(form-coach completion bash)
  source <(form-coach completion zsh)
for everybody:
  form-coach completion bash | sudo tee /usr/share/bash-completion/completions/form-coach >/dev/null
  form-coach completion zsh | sudo tee /usr/share/zsh/vendor-completions/_form-coach >/dev/null
"""


def add(commands: argparse._SubParsersAction[Any], whole: argparse.ArgumentParser) -> None:
    """Register the command.

    :param whole: the parser of all commands, which is what is completed.
    """
    parser = commands.add_parser(
        "completion",
        help="print what lets bash or zsh complete commands and settings",
        description="Prints what lets a shell complete commands, options and settings by the Tab key.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("shell", choices=("bash", "zsh"), help="the shell")
    parser.set_defaults(run=lambda options: _completion(options.shell, whole))


def _completion(shell: str, whole: argparse.ArgumentParser) -> int:
    from device.tuning import completion

    show({"bash": completion.bash, "zsh": completion.zsh}[shell](whole), end="")
    return 0
