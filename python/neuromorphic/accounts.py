"""What a device has done, and what was wrong with its stream."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Statistics:
    """What a device has done so far; bytes and buffers (USB transfers) that it gave are delivered, waiting, lost or cleared."""

    bytes_produced: int
    bytes_delivered: int
    bytes_waiting: int
    bytes_lost_newest: int
    bytes_lost_oldest: int
    bytes_cleared: int
    buffers_produced: int
    buffers_delivered: int
    buffers_waiting: int
    buffers_lost_newest: int
    buffers_lost_oldest: int
    buffers_cleared: int
    overflows: int
    """Gaps in the stream because every buffer was full."""
    packets: int
    events: int
    triggers: int
    counters: int
    leases: int
    """Packets that the program holds now."""
    maximum_leases: int
    leases_refused: int
    buffers_allocated: int
    arena_length: int
    """Bytes of address space; only what was used takes memory."""


@dataclasses.dataclass(frozen=True)
class Defect:
    """One kind of defect."""

    count: int
    first_offset: int
    """Where the first was, bytes from the start of the stream; meaningless while count is 0."""


@dataclasses.dataclass(frozen=True)
class Defects:
    """What was wrong with a stream so far. Unusable words are skipped and counted here."""

    events_before_time: Defect
    events_before_row: Defect
    events_before_base: Defect
    events_outside_sensor: Defect
    time_steps_back: Defect
    unknown_words: Defect
    stray_continuations: Defect
    broken_messages: Defect
    truncated_bytes: Defect
    ignored_messages: Defect
    """Not a defect: monitoring messages of other kinds."""
