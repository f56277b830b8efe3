"""Bringing two people's changes of one text together, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher


def merge(before: str, mine: str, theirs: str) -> tuple[str, bool]:
    """A text with what both changed in ``before``, and whether all went well.

    Where both changed the same lines, both versions stand between marks that no TOML has.
    """
    old, one, other = (text.splitlines() for text in (before, mine, theirs))
    merged: list[str] = []
    clean = True
    start = first = second = 0
    for same_from, same_to, in_one, in_other in _same(old, one, other):
        was, is_one, is_other = old[start:same_from], one[first:in_one], other[second:in_other]
        if is_one == is_other or is_other == was:
            merged += is_one
        elif is_one == was:
            merged += is_other
        else:
            merged += ["<<<<<<< yours", *is_one, "=======", *is_other, ">>>>>>> the file's, by now"]
            clean = False
        merged += old[same_from:same_to]
        length = same_to - same_from
        start, first, second = same_to, in_one + length, in_other + length
    return "".join(f"{line}\n" for line in merged), clean


def _same(old: list[str], one: list[str], other: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where all three agree: from and to in the old text, and where it is in the others; the end is the last."""
    first = SequenceMatcher(None, old, one, autojunk=False).get_matching_blocks()
    second = SequenceMatcher(None, old, other, autojunk=False).get_matching_blocks()
    left = right = 0
    while left < len(first) and right < len(second):
        a, b = first[left], second[right]
        begin, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if begin < end:
            yield begin, end, a.b + begin - a.a, b.b + begin - b.a
        if a.a + a.size < b.a + b.size:
            left += 1
        else:
            right += 1
    yield len(old), len(old), len(one), len(other)
