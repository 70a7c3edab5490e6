"""Packets: the events, triggers and reports that the library handed over together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _arrow
from ._library import ffi
from .arrays import CounterEvents, PolarityEvents, TriggerEvents, column
from .errors import ArgumentError

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

    def offset_of(self, array: npt.NDArray[Any]) -> int:
        """Where one of this packet's arrays begins in the device's arena (`arena_fileno`), bytes."""
        lease = self._lease
        address: int = array.__array_interface__["data"][0]
        place = address - int(ffi.cast("uintptr_t", lease.block)) if lease is not None else -1
        if lease is None or not 0 <= place < lease.block_length:
            raise ArgumentError("the array is not one of this packet's, but a copy or another's")
        return lease.block_offset + place

    # ---- For Arrow ----

    def __arrow_c_schema__(self) -> object:
        """The events' schema: t uint64 (microseconds), x uint16, y uint16, on uint8."""
        return _arrow.schema(_arrow.EVENTS)

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The events as an Arrow table in the packet's own memory, which it keeps: `pyarrow.record_batch(packet)`."""
        return self._table(_arrow.EVENTS)

    @property
    def arrow_triggers(self) -> ArrowTable:
        """The triggers as an Arrow table in the packet's own memory: t uint64 (microseconds), id uint8, rising uint8."""
        return ArrowTable(self._table, _arrow.TRIGGERS)

    @property
    def arrow_counters(self) -> ArrowTable:
        """The rate controller's reports as an Arrow table, without a copy: t uint64, events uint32, is_output uint8."""
        return ArrowTable(self._table, _arrow.COUNTERS)

    def _table(self, table: int) -> tuple[object, object]:
        if self._lease is None:
            raise ArgumentError("an empty packet, as it comes after a time-out, has no tables")
        return _arrow.schema(table), _arrow.array(self._lease, table)

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


class ArrowTable:
    """One of a packet's tables, for whoever takes Arrow's PyCapsule interface: `pyarrow.record_batch(table)`."""

    __slots__ = ("_number", "_table")

    def __init__(self, table: Callable[[int], tuple[object, object]], number: int) -> None:
        self._table = table
        self._number = number

    def __arrow_c_schema__(self) -> object:
        """The table's schema."""
        return _arrow.schema(self._number)

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The table, in the packet's own memory, which it keeps."""
        return self._table(self._number)


Evt3Packet = Packet


def raw_bytes(lease: Any) -> memoryview:
    """A raw packet's bytes, not copied."""
    return column(lease, lease.raw, lease.raw_length, "|u1", is_read_only=True).data


def lease_of(packet: memoryview) -> Any:
    """The C packet whose bytes a view from `raw_bytes` shows; None where it shows something else."""
    return getattr(getattr(packet.obj, "base", None), "lease", None)
