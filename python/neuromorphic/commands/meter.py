"""What a stream does from one moment to the next, for play and monitor."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from ..packet import Packet
from ..status import Status


@dataclasses.dataclass
class Interval:
    """What came within some time."""

    time_s: float
    """From the beginning to the interval's end, by the computer's clock."""
    seconds: float
    """How long the interval was."""
    t_us: int
    """The sensor's clock at its end."""
    events: int
    rate: float
    """Events per second."""
    on_share: float | None
    """Of the events; None without any."""
    triggers: int
    bytes: int
    byte_rate: float
    """Bytes per second."""
    packets: int
    backlog: int
    """Buffers that waited behind the latest packet."""
    delay_s: float | None
    """From the arrival of a packet's first byte until it was handed over: the median. None without packets."""
    delay_99_s: float | None
    """The 99th percentile of the same."""
    lost_bytes: int
    defects: int


class Meter:
    """Takes packets, and gives intervals."""

    def __init__(self) -> None:
        self._begin = self._start = time.monotonic()
        self._t = 0
        self._clear()

    def _clear(self) -> None:
        self._events = self._on = self._triggers = self._bytes = self._packets = self._lost = self._defects = 0
        self._backlog = 0
        self._delays: list[float] = []

    def add(self, status: Status, packet: Packet) -> None:
        """Counts a packet."""
        ring = status.ring
        if ring is None:
            return
        events, triggers = packet.polarity_events, packet.trigger_events
        if events is not None:
            self._events += len(events)
            self._on += int(np.count_nonzero(events.on))
        if triggers is not None:
            self._triggers += len(triggers)
        self._t = ring.current_t
        self._bytes += status.bytes
        self._packets += 1
        self._backlog = ring.backlog
        self._lost += status.bytes_lost_before
        self._defects += status.defects_before
        delay = status.delay()
        if delay is not None:
            self._delays.append(delay)

    @property
    def age(self) -> float:
        """Seconds since the interval began."""
        return time.monotonic() - self._start

    @property
    def time_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begin

    @property
    def is_empty(self) -> bool:
        """Whether nothing came within the interval."""
        return self._packets == 0

    def take(self) -> Interval:
        """The interval until now. The next one begins."""
        now = time.monotonic()
        seconds = max(now - self._start, 1e-9)
        # Not by numpy: its percentile takes so long the first time that packets wait.
        delays = sorted(self._delays)
        median, high = (delays[int(share * (len(delays) - 1) + 0.5)] if delays else None for share in (0.5, 0.99))
        interval = Interval(
            now - self._begin,
            seconds,
            self._t,
            self._events,
            self._events / seconds,
            self._on / self._events if self._events else None,
            self._triggers,
            self._bytes,
            self._bytes / seconds,
            self._packets,
            self._backlog,
            median,
            high,
            self._lost,
            self._defects,
        )
        self._start = now
        self._clear()
        return interval


def milliseconds(seconds: float | None) -> str:
    """A time that may not be known."""
    if seconds is None:
        return "-"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def percent(share: float | None) -> str:
    """A share that may not be known."""
    return "-" if share is None else f"{share:.1%}"
