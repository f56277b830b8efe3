"""Scripts that let a shell complete the command line, made from the parsers and the settings.

They hold all names themselves, so that the Tab key need not wait for Python.  What a place takes is told by its
metavar: KEY is a setting, KEY VALUE settings and values in turn, KEY=VALUE both at once, PROFILE a profile; what has
choices takes these, and all else may be a file.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from device.tuning.describing import SECTIONS, SETTINGS, toml
from device.tuning.place import SERVICE

KEY, PAIRS, PAIR, PROFILE, FILE, NOTHING = "key", "pairs", "pair", "profile", "file", "nothing"

_KINDS = {"KEY": KEY, "KEY VALUE": PAIRS, "KEY=VALUE": PAIR, "PROFILE": PROFILE}


@dataclass(frozen=True)
class Place:
    """A command, and what may follow it.

    :param path: its words, "" for none yet.
    :param commands: its commands, with what they are for.
    :param options: its options; each with what it takes: one of the kinds above, or words to choose from.
    :param takes: what stands without an option, in the same terms.
    """

    path: str
    commands: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    takes: str | tuple[str, ...] = NOTHING


def places(parser: argparse.ArgumentParser, path: str = "") -> Iterator[Place]:
    """All commands of a parser, itself first."""
    commands: dict[str, str] = {}
    below: list[Place] = []
    options: dict[str, str | tuple[str, ...]] = {}
    takes: str | tuple[str, ...] = NOTHING
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            commands = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                below += places(inner, f"{path} {name}".strip())
        elif action.help is argparse.SUPPRESS:
            continue
        elif action.option_strings:
            options |= dict.fromkeys(action.option_strings, _taken(action))
        else:
            takes = _taken(action)
    yield Place(path, commands, options, takes)
    yield from below


def bash(parser: argparse.ArgumentParser) -> str:
    """The script for bash, to be sourced."""
    return _BASH.format(
        places=_cases(parser, "        "),
        keys=" ".join(SETTINGS),
        sections=" ".join(SECTIONS),
        values=_values("            "),
        profiles=shlex.quote(str(SERVICE.parent / "profiles")),
    )


def zsh(parser: argparse.ArgumentParser) -> str:
    """The script for zsh, to be sourced or put into its path for functions."""
    return _ZSH.format(
        places=_cases(parser, "        "),
        keys=" ".join(SETTINGS),
        sections=" ".join(SECTIONS),
        values=_values("            "),
        profiles=shlex.quote(str(SERVICE.parent / "profiles")),
    )


def _taken(action: argparse.Action) -> str | tuple[str, ...]:
    if action.nargs == 0:
        return NOTHING
    if action.choices is not None:
        return tuple(str(choice) for choice in action.choices)
    return _KINDS.get(str(action.metavar), FILE)


def _cases(parser: argparse.ArgumentParser, indent: str) -> str:
    """For every command a line that sets what may follow; the shells agree on how."""
    lines = []
    for place in places(parser):
        options = {name: taken for name, taken in place.options.items() if name.startswith("--")}
        valued = "".join(f" {name}:{_word(taken)}" for name, taken in options.items() if taken != NOTHING)
        lines.append(
            f"{indent}{shlex.quote(place.path)}) "
            f"subs={shlex.quote(' '.join(place.commands))} "
            f"flags={shlex.quote(' '.join(options))} "
            f"valued={shlex.quote(valued + ' ')} "
            f"takes={shlex.quote(_word(place.takes))} ;;"
        )
    return "\n".join(lines)


def _word(taken: str | tuple[str, ...]) -> str:
    return taken if isinstance(taken, str) else "@" + ",".join(taken)


def _values(indent: str) -> str:
    """For every setting that has few values, or a default to begin with, a line with them."""
    lines = []
    for setting in SETTINGS.values():
        if setting.kind == "switch":
            words = "true false"
        elif setting.kind == "choice":
            words = " ".join(str(option) for option in setting.options)
        elif setting.kind in ("number", "whole"):
            words = toml(setting.default)
        else:
            continue
        lines.append(f"{indent}{setting.key}) choices={shlex.quote(words)} ;;")
    return "\n".join(lines)


_COMMON = """\
_form_coach_place() {{
    case $1 in
{places}
        *) return 1 ;;
    esac
}}

_form_coach_values() {{
    choices=
    case $1 in
{values}
    esac
}}

# Sets kind to what is wanted behind the words $@: one of the kinds, or "@" and choices.  allowed become the options.
_form_coach_look() {{
    local at= word= subs= flags= valued= takes= wants=
    key= given=0
    _form_coach_place ''
    for word in "$@"; do
        if [[ -n $wants ]]; then
            wants=
        elif [[ $valued == *" $word:"* ]]; then
            wants=${{valued#*" $word:"}}
            wants=${{wants%% *}}
        elif [[ $word == -?* && $word != -[0-9.]* ]]; then
            :
        elif [[ -n $subs && " $subs " == *" $word "* ]]; then
            at="${{at:+$at }}$word"
            _form_coach_place "$at"
        else
            given=$((given + 1))
            if [[ $takes == pairs && -z $key && $word != *=* ]]; then key=$word; else key=; fi
        fi
    done
    allowed=$flags
    if [[ -n $wants ]]; then
        kind=$wants
        allowed=
    elif [[ -n $subs ]]; then
        kind="@${{subs// /,}}"
    elif [[ $takes == pairs && -n $key ]]; then
        kind=value
    elif [[ ($takes == profile || $takes == @*) && $given -gt 0 ]]; then
        kind=nothing
    else
        kind=$takes
    fi
}}
"""

_BASH = (
    """\
# Completion of form-coach for bash, printed by: form-coach completion bash

"""
    + _COMMON
    + """
_form_coach() {{
    local kind= allowed= key= given= choices= current=${{COMP_WORDS[COMP_CWORD]}}
    local -a before=()
    local word file
    # Bash takes "KEY=VALUE" and "--option=VALUE" apart at the "=".
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        [[ $word == "=" ]] || before+=("$word")
    done
    [[ $current != "=" ]] || current=
    COMPREPLY=()
    _form_coach_look "${{before[@]}}"
    case $kind in
        @*) choices=${{kind#@}} choices=${{choices//,/ }} ;;
        key) choices="{sections} {keys}" ;;
        pairs) choices="{keys}" ;;
        value) _form_coach_values "$key" ;;
        pair)
            choices="{keys}"
            [[ $current == *=* ]] || compopt -o nospace 2>/dev/null
            choices="${{choices// /= }}=" ;;
        profile)
            for file in {profiles}/*.toml "${{XDG_CONFIG_HOME:-$HOME/.config}}"/form-coach/profiles/*.toml; do
                [[ -e $file ]] && file=${{file##*/}} choices+=" ${{file%.toml}}"
            done ;;
        file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
    if [[ $current == -* || ($kind == nothing && -z $current) ]]; then
        choices+=" $allowed"
    fi
    [[ -n $choices ]] && COMPREPLY+=($(compgen -W "$choices" -- "$current"))
}}

complete -F _form_coach form-coach
"""
)

_ZSH = (
    """\
#compdef form-coach
# Completion of form-coach for zsh, printed by: form-coach completion zsh

"""
    + _COMMON
    + """
_form_coach() {{
    emulate -L zsh
    setopt NULL_GLOB
    local kind= allowed= key= given= choices= file= current=${{words[CURRENT]}}
    local -a before=("${{(@)words[2,CURRENT-1]}}")
    _form_coach_look "${{before[@]}}"
    case $kind in
        @*) choices=${{kind#@}} choices=${{choices//,/ }} ;;
        key) choices="{sections} {keys}" ;;
        pairs | pair) choices="{keys}" ;;
        value) _form_coach_values "$key" ;;
        profile)
            for file in {profiles}/*.toml ${{XDG_CONFIG_HOME:-$HOME/.config}}/form-coach/profiles/*.toml; do
                choices+=" ${{${{file##*/}}%.toml}}"
            done ;;
    esac
    if [[ $current == -* || ($kind == nothing && -z $current) ]]; then
        choices+=" $allowed"
    fi
    if [[ $kind == pair ]]; then
        compadd -S '=' -q -- ${{=choices}}
    elif [[ -n $choices ]]; then
        compadd -- ${{=choices}}
    fi
    [[ $kind == file && $current != -* ]] && _files
    return 0
}}

if [[ ${{funcstack[1]-}} == _form-coach ]]; then
    _form_coach "$@"
elif (($+functions[compdef])); then
    compdef _form_coach form-coach
fi
"""
)
