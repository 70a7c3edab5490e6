"""Event Stream 2 (.es), types DVS and ATIS: time differences of 7 (6) bits, and coordinates as they are stored.

Neither type has room for triggers. ATIS files' threshold crossings, which measure brightness, are left out.
"""

from __future__ import annotations

import math
import pathlib
import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from ..arrays import PolarityEvents, TriggerEvents
from ..errors import Code
from . import base
from .base import Chunk, FormatError, Metadata, Reader, TimeOrder, Writer, no_triggers, polarity_events, size_of

NAME = "Event Stream"
SUFFIXES = (".es",)
EXTRA: str | None = None
HAS_TRIGGERS = False
NEEDS_GEOMETRY = True
IS_WRITTEN = True

MAGIC = b"Event Stream"
DVS, ATIS = 1, 2
_TYPES = {0: "generic", DVS: "DVS", ATIS: "ATIS", 3: "asynchronous modular display", 4: "colour"}

_BLOCK = 1 << 22
"""Bytes that are read at once."""

_OVERFLOW_US = 127
"""What an overflow byte adds to the time, type DVS."""

_LONGEST_START_US = 86_400_000_000
"""A file whose first event is later than this would begin with more than half a gigabyte of overflow bytes."""

Bytes = npt.NDArray[np.uint8]


class EventStreamReader(Reader):
    """A file of type DVS or ATIS."""

    def __init__(self, path: pathlib.Path) -> None:
        self.total = size_of(path)
        self.notes = []
        self._file = path.open("rb")
        try:
            self._kind, self.metadata = _header(self._file, path)
        except BaseException:
            self._file.close()
            raise

    def _chunks(self) -> Iterator[Chunk]:
        rest = b""
        t = 0
        position = self._file.tell()
        crossings = 0
        while block := self._file.read(_BLOCK):
            position += len(block)
            data = np.frombuffer(rest + block, np.uint8)
            events, t, used, left_out = _decoded(data, t, self._kind)
            rest = data[used:].tobytes()
            crossings += left_out
            for part in base.parts(events, base.CHUNK_EVENTS):
                yield Chunk(part, no_triggers(), position)
        if rest:
            self.notes.append(f"the file ends within an event: {len(rest)} bytes are left over")
        if crossings:
            self.notes.append(f"{crossings} threshold crossings are left out")

    def close(self) -> None:
        self._file.close()


class EventStreamWriter(Writer):
    """A file of type DVS. Events are put in the order of time."""

    def __init__(self, path: pathlib.Path, metadata: Metadata) -> None:
        self._metadata = metadata
        self._order = TimeOrder[PolarityEvents](NAME)
        self._t: int | None = None
        self._file = path.open("wb")
        self._file.write(MAGIC + bytes((2, 0, 0, DVS)) + struct.pack("<HH", metadata.width, metadata.height))

    @property
    def notes(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._order.notes

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        base.check_pixels(events, self._metadata)
        self._append(self._order.put(events))

    def finish(self) -> None:
        rest = self._order.rest()
        if rest is not None:
            self._append(rest)

    def _append(self, events: PolarityEvents) -> None:
        if not len(events):
            return
        t: npt.NDArray[np.int64] = events.t.astype(np.int64)
        if self._t is None:
            self._t = 0
            if t[0] > _LONGEST_START_US:
                raise FormatError(
                    f"the first event is at {t[0]} us, and Event Stream counts up to it from 0 in steps of {_OVERFLOW_US} us: "
                    "use --zero-time, with which time begins at the first event",
                    Code.UNSUPPORTED,
                )
        delta = np.diff(t, prepend=self._t)
        overflows = delta // _OVERFLOW_US
        # A long silence by itself, so that memory stays bounded.
        starts = np.flatnonzero(overflows > _BLOCK)
        for first, last in zip([0, *starts.tolist()], [*starts.tolist(), len(events)]):
            if first == last:
                continue
            many = int(overflows[first]) if overflows[first] > _BLOCK else 0
            for _ in range(many // _BLOCK):
                self._file.write(b"\xff" * _BLOCK)
            overflows[first] -= many // _BLOCK * _BLOCK
            piece = slice(first, last)
            self._file.write(_encoded(delta[piece] % _OVERFLOW_US, overflows[piece], events[piece]).data)
        self._t = int(t[-1])

    def close(self) -> None:
        self._file.close()


def open_reader(path: pathlib.Path) -> EventStreamReader:
    """Opens a file."""
    return EventStreamReader(path)


def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> EventStreamWriter:
    """Begins a file."""
    base.choose_compression(compression, NAME, "none")
    return EventStreamWriter(path, metadata)


def _header(file: BinaryIO, path: pathlib.Path) -> tuple[int, Metadata]:
    start = file.read(16)
    if start[:12] != MAGIC or len(start) < 16:
        raise FormatError(f"{path} is not an Event Stream file: it doesn't begin with those words")
    if start[12] != 2:
        raise FormatError(f"{path} is of Event Stream's version {start[12]}, not 2", Code.UNSUPPORTED)
    if start[15] not in (DVS, ATIS):
        kind = _TYPES.get(start[15], str(start[15]))
        raise FormatError(f"{path} is an Event Stream of the type {kind}, not DVS or ATIS", Code.UNSUPPORTED)
    geometry = file.read(4)
    if len(geometry) < 4:
        raise FormatError(f"{path} ends within its header")
    width, height = struct.unpack("<HH", geometry)
    version = f"{start[12]}.{start[13]}.{start[14]}"
    return start[15], Metadata(width, height, encoding=_TYPES[start[15]], fields={"version": version})


def _decoded(data: Bytes, t: int, kind: int) -> tuple[PolarityEvents, int, int, int]:
    """The whole events of a stream that begins between two events, the time then, the bytes used, the crossings left out."""
    first_overflow, bits = (0xFE, 1) if kind == DVS else (0xFC, 2)
    positions = np.flatnonzero(_is_first(data, first_overflow))
    firsts = data[positions].astype(np.int64)
    is_event = firsts < first_overflow
    used = len(data)
    if len(positions) and is_event[-1] and positions[-1] + 5 > len(data):
        used = int(positions[-1])
        positions, firsts, is_event = positions[:-1], firsts[:-1], is_event[:-1]
    skipped = _OVERFLOW_US * (firsts & 1) if kind == DVS else 63 * (firsts & 3)
    times = np.cumsum(np.where(is_event, firsts >> bits, skipped)) + t
    places, firsts = positions[is_event], firsts[is_event]
    left_out = 0
    event_times = times[is_event]
    if kind == ATIS:
        is_change = firsts & 1 == 0
        left_out = len(places) - int(np.count_nonzero(is_change))
        places, firsts, event_times = places[is_change], firsts[is_change] >> 1, event_times[is_change]
    x = data[places + 1] | data[places + 2].astype(np.uint16) << 8
    y = data[places + 3] | data[places + 4].astype(np.uint16) << 8
    events = polarity_events(event_times, x, y, (firsts & 1).astype(np.bool_))
    return events, int(times[-1]) if len(times) else t, used, left_out


def _is_first(data: Bytes, first_overflow: int) -> npt.NDArray[np.bool_]:
    """(bytes,) True where a byte is an overflow byte or an event's first byte, given that the first byte is one of them.

    What a byte is depends on all before it: an event's coordinates may look like anything. So the bytes are laid out as a
    square, and its rows are walked through all at once, first from each of the five states a row may begin in (0: between
    two events, else bytes to go), and, when the rows' ends have told which it was, from that one.
    """
    length = max(math.isqrt(len(data)), 1)
    rows = -(-len(data) // length)
    square = np.full(rows * length, 0xFF, np.uint8)
    square[: len(data)] = data
    after = np.where(np.ascontiguousarray(square.reshape(rows, length).T) < first_overflow, np.uint8(4), np.uint8(0))
    ends = np.repeat(np.arange(5, dtype=np.uint8)[:, np.newaxis], rows, axis=1)
    for column in after:
        ends = np.where(ends == 0, column, ends - np.uint8(1))
    states = np.empty(rows, np.uint8)
    state = 0
    for row, end in enumerate(ends.T.tolist()):
        states[row] = state
        state = end[state]
    is_first = np.empty((length, rows), np.bool_)
    for place, column in enumerate(after):
        is_between = states == 0
        is_first[place] = is_between
        states = np.where(is_between, column, states - np.uint8(1))
    return is_first.T.ravel()[: len(data)]


def _encoded(delta: npt.NDArray[np.int64], overflows: npt.NDArray[np.int64], events: PolarityEvents) -> Bytes:
    """Bytes of events whose times differ by `delta` after as many overflow bytes."""
    places = np.cumsum(overflows) + 5 * np.arange(len(events))
    data = np.full(int(places[-1]) + 5, 0xFF, np.uint8)
    data[places] = delta << 1 | events.on
    for offset, column in ((1, events.x), (3, events.y)):
        data[places + offset] = column & 0xFF
        data[places + offset + 1] = column >> 8
    return data
