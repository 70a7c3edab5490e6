"""What files call the columns t, x, y and on."""

from __future__ import annotations

from collections.abc import Iterable

from .base import FormatError

NAMES = {
    "t": ("t", "timestamp", "timestamps", "time", "ts"),
    "x": ("x",),
    "y": ("y",),
    "on": ("on", "p", "polarity", "pol"),
}
"""The first of them is what we write."""


def column_names(present: Iterable[str], where: str) -> dict[str, str]:
    """For t, x, y and on, the name in `present`. Raises FormatError where one is missing."""
    there = {name.lower(): name for name in present}
    found: dict[str, str] = {}
    for name, possible in NAMES.items():
        spelled = next((there[word] for word in possible if word in there), None)
        if spelled is None:
            raise FormatError(f"{where} has no column {' or '.join(possible)}; it has {', '.join(there.values()) or 'none'}")
        found[name] = spelled
    return found
