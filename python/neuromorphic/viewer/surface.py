"""The last event of each pixel, and how many there were, kept by a few numpy calls for each packet."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import numpy.typing as npt

from ..arrays import PolarityEvents

TICK_US = 256
"""Microseconds of a tick, in which the time of a pixel's last event is kept."""

_SHIFT = np.uint64(8)
_WRAP = 1 << 15
"""Ticks until they count from 0 again: 8.4 seconds."""

_OLDEST = 3 * _WRAP // 4
"""Ticks after which an event is forgotten, before its time could be mistaken for a newer one's."""

_SWEEP = _WRAP // 16
"""Ticks between two searches for such events."""

MOST_COUNTED = 15
"""Of a pixel's events of one polarity in a frame."""

Stamps = npt.NDArray[np.uint16]
Counts = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True)
class Picture:
    """What a surface showed at one moment."""

    t: int
    """Microseconds of the sensor's clock."""
    changes: int
    """Packets that the surface had got."""
    stamps: Stamps
    """For each pixel the tick of its last event, twice, plus 1 if that was an ON event; 0 where there is none."""
    counts: Counts | None
    """For each pixel its ON events since the picture before, times 16, plus its OFF events; up to 15 of each."""

    @property
    def tick(self) -> int:
        """The time in ticks, as stamps have it."""
        return (self.t // TICK_US) % _WRAP


class Surface:
    """What the pixels of a sensor did last. One thread adds events, any may take pictures."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._stamps: Stamps = np.zeros(width * height, np.uint16)
        self.changes = 0
        """Packets so far: what is shown changes only with one."""
        self._t = 0
        self._swept = 0
        # OFF and ON events of each pixel since the picture before; None where nobody wants to know.
        self._tally: npt.NDArray[np.uint16] | None = None
        self._lock = threading.Lock()

    def add(self, events: PolarityEvents | None, t: int) -> None:
        """Adds a packet's events. `t` is the sensor's time after it."""
        with self._lock:
            if events is not None:
                t = max(t, int(events.t[-1]))
            self._go_on(t)
            if events is not None:
                self._put(events, t)
            self.changes += 1

    def _go_on(self, t: int) -> None:
        """Goes on to the time `t`. No event stays that is older than _OLDEST + _SWEEP, which is less than _WRAP."""
        tick, before = t // TICK_US, self._t // TICK_US
        step = tick - before
        if step < -_SWEEP or step > _OLDEST:
            # The clock was set back, or everything is old.
            self._stamps.fill(0)
            self._swept = tick
        elif tick - self._swept >= _SWEEP:
            ages = (np.uint16(before % _WRAP) - (self._stamps >> np.uint16(1))) & np.uint16(_WRAP - 1)
            self._stamps[ages > _OLDEST - step] = 0
            self._swept = tick
        self._t = t

    def _put(self, events: PolarityEvents, t: int) -> None:
        oldest = t - (_OLDEST - _SWEEP) * TICK_US
        if events.t[0] < oldest:
            events = events[int(np.searchsorted(events.t, np.uint64(max(oldest, 0)))) :]
        pixels = events.y.astype(np.uint32)
        pixels *= np.uint32(self.width)
        pixels += events.x
        on = events.on.view(np.uint8)
        stamps = (events.t >> _SHIFT).astype(np.uint16)
        stamps <<= np.uint16(1)
        stamps |= on
        # 0 means that there was no event. One OFF event in 32768 ticks is moved to the next tick.
        np.add(stamps, 2, out=stamps, where=stamps == 0)
        # Where a pixel is in the list several times, the last one stays.
        self._stamps[pixels] = stamps
        if self._tally is not None:
            np.add.at(self._tally, events.on.astype(np.intp) + 2 * pixels.astype(np.intp), np.uint16(1))

    def picture(self, with_counts: bool = False) -> Picture:
        """What the surface shows now. Events are counted from a call that asks for counts on, until one that doesn't."""
        with self._lock:
            stamps = self._stamps.copy()
            t, changes = self._t, self.changes
            tally = self._tally
            self._tally = np.zeros(2 * len(stamps), np.uint16) if with_counts else None
        if not with_counts:
            return Picture(t, changes, stamps, None)
        if tally is None:
            return Picture(t, changes, stamps, np.zeros(len(stamps), np.uint8))
        counts = np.minimum(tally, MOST_COUNTED).astype(np.uint8).reshape(-1, 2)
        return Picture(t, changes, stamps, counts[:, 1] << np.uint8(4) | counts[:, 0])
