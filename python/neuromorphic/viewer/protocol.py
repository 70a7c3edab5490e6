"""Messages to a browser: a header, JSON, and a picture as what has changed since the one before. viewer.js reads them.

    offset  type     what
    0       uint8    kind of picture, see Kind
    1       uint8    0
    2       uint16   the picture's time in ticks
    4       uint32   the message's number, which the browser sends back when it has drawn it
    8       uint32   pixels that are told
    12      uint32   bytes of JSON, a multiple of 4
    16      float64  the picture's time, microseconds of the sensor's clock
    24               JSON, then the pixels' indices (uint32; only if some are told), then their values

All numbers are little-endian. JSON is padded with spaces.
"""

from __future__ import annotations

import enum
import json
import struct
from typing import Any

import numpy as np

from .surface import Counts, Picture, Stamps

_HEADER = struct.Struct("<BBHIIId")


class Kind(enum.IntEnum):
    """What follows a message's JSON."""

    NOTHING = 0
    ALL_STAMPS = 1
    """uint16 for each pixel."""
    SOME_STAMPS = 2
    """Of the pixels that have changed."""
    ALL_COUNTS = 3
    """uint8 for each pixel."""
    SOME_COUNTS = 4
    """Of the pixels that are not 0."""


class Encoder:
    """Makes the messages for one browser, which has got all those before."""

    def __init__(self) -> None:
        self._known: Stamps | None = None

    def message(self, number: int, news: dict[str, Any], picture: Picture | None, counts: bool = False) -> bytes:
        """One message. `news` is its JSON; `counts` says which part of the picture is wanted."""
        text = json.dumps(news, separators=(",", ":")).encode() if news else b""
        text += b" " * (-len(text) % 4)
        if picture is None:
            return _HEADER.pack(Kind.NOTHING, 0, 0, number, 0, len(text), 0.0) + text
        if counts and picture.counts is not None:
            kind, length, parts = self._counts(picture.counts)
        else:
            kind, length, parts = self._stamps(picture.stamps)
        return b"".join((_HEADER.pack(kind, 0, picture.tick, number, length, len(text), float(picture.t)), text, *parts))

    def _stamps(self, stamps: Stamps) -> tuple[Kind, int, tuple[Any, ...]]:
        known, self._known = self._known, stamps
        if known is not None:
            changed = np.flatnonzero(stamps != known).astype("<u4")
            if 6 * len(changed) < 2 * len(stamps):
                return Kind.SOME_STAMPS, len(changed), (changed.data, stamps[changed].astype("<u2", copy=False).data)
        return Kind.ALL_STAMPS, len(stamps), (stamps.astype("<u2", copy=False).data,)

    @staticmethod
    def _counts(counts: Counts) -> tuple[Kind, int, tuple[Any, ...]]:
        active = np.flatnonzero(counts).astype("<u4")
        if 5 * len(active) < len(counts):
            return Kind.SOME_COUNTS, len(active), (active.data, counts[active].data)
        return Kind.ALL_COUNTS, len(counts), (counts.data,)
