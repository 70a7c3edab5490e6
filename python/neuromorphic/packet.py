"""Packets: the events, triggers and reports that the library handed over together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import CounterEvents, PolarityEvents, TriggerEvents, column

# Older versions of neuromorphic_drivers call them dvs_events.
_KEYS = ("polarity_events", "trigger_events", "counter_events", "polarity_events_overflow_indices",
         "trigger_events_overflow_indices")  # fmt: skip
_ALIASES = {"dvs_events": "polarity_events", "dvs_events_overflow_indices": "polarity_events_overflow_indices"}


class Packet:
    """One packet. Its arrays are views of the library's memory, and keep it: see `arrays`.

    What a packet doesn't have is None, as in neuromorphic_drivers; all of it where nothing came before the time-out.
    `packet["polarity_events"]`, `"trigger_events" in packet` and the older `packet["dvs_events"]` work as well.
    """

    __slots__ = ("_lease",)

    def __init__(self, lease: Any = None) -> None:
        """`lease` is a pointer to the C packet that releases it at its end; None for an empty packet."""
        self._lease = lease

    @property
    def polarity_events(self) -> PolarityEvents | None:
        """Changes of brightness: t (microseconds), x and y (pixels from the left and the top), on."""
        lease = self._lease
        if lease is None or lease.count == 0:
            return None
        return PolarityEvents(lease, lease.count)

    @property
    def trigger_events(self) -> TriggerEvents | None:
        """Edges at the trigger inputs: t (microseconds), id, rising."""
        lease = self._lease
        if lease is None or lease.trigger_count == 0:
            return None
        return TriggerEvents(lease, lease.trigger_count)

    @property
    def counter_events(self) -> CounterEvents | None:
        """Reports of the sensor's rate controller: t (microseconds), events, is_output."""
        lease = self._lease
        if lease is None or lease.counter_count == 0:
            return None
        return CounterEvents(lease, lease.counter_count)

    @property
    def polarity_events_overflow_indices(self) -> npt.NDArray[np.uint64] | None:
        """Of each loss within or right before this packet, the index of the first event after it."""
        return self._overflows("overflow_events")

    @property
    def trigger_events_overflow_indices(self) -> npt.NDArray[np.uint64] | None:
        """Of each loss within or right before this packet, the index of the first trigger after it."""
        return self._overflows("overflow_triggers")

    def _overflows(self, field: str) -> npt.NDArray[np.uint64] | None:
        lease = self._lease
        if lease is None or lease.overflow_count == 0:
            return None
        return column(lease, getattr(lease, field), lease.overflow_count, "<u8")

    @property
    def block_offset(self) -> int:
        """Where the packet's memory begins in the device's arena, bytes."""
        return 0 if self._lease is None else self._lease.block_offset

    # ---- As a mapping ----

    def __getitem__(self, key: str) -> Any:
        value = getattr(self, self._attribute(key))
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        name = _ALIASES.get(key, key) if isinstance(key, str) else key
        return name in _KEYS and getattr(self, str(name)) is not None

    def keys(self) -> Iterator[str]:
        """The names of what the packet has."""
        return (key for key in _KEYS if key in self)

    @staticmethod
    def _attribute(key: str) -> str:
        name = _ALIASES.get(key, key)
        if name not in _KEYS:
            raise KeyError(key)
        return name

    def __repr__(self) -> str:
        return f"Packet({', '.join(f'{key}={getattr(self, key)!r}' for key in _KEYS)})"


Evt3Packet = Packet


def raw_bytes(lease: Any) -> memoryview:
    """A raw packet's bytes, not copied."""
    bytes_of_it: Any = column(lease, lease.raw, lease.raw_length, "|u1")
    return memoryview(bytes_of_it)


def lease_of(packet: memoryview) -> Any:
    """The C packet whose bytes a view from `raw_bytes` shows; None where it shows something else."""
    return getattr(getattr(packet.obj, "base", None), "lease", None)
