"""What is known of a packet besides its data: when it came, what waits behind it, what was lost before it."""

from __future__ import annotations

import dataclasses
from typing import Any

from ._library import ffi

_PACKET = ffi.typeof("neuromorphic_packet")
_LENGTH = ffi.sizeof(_PACKET)
_bytes_of = ffi.buffer


@dataclasses.dataclass
class RingStatus:
    """The library's buffers, when the packet was handed over."""

    system_time: float
    """When the packet's first byte reached the computer, seconds since 1970 (UTC)."""
    backlog: int
    """Buffers that waited behind this packet."""
    raw_packets: int
    """Buffers (USB transfers) that ended in this packet."""
    clutch_engaged: bool
    """True when every buffer was full: data is being lost."""
    current_t: int
    """The decoder's time after this packet, microseconds of the sensor's clock."""
    dropped_packets: int = 0
    """Buffers lost since the packet before."""


@dataclasses.dataclass
class RawRingStatus:
    """The library's buffers, when the raw packet was handed over."""

    system_time: float
    """When the packet's first byte reached the computer, seconds since 1970 (UTC)."""
    backlog: int
    """Buffers that waited behind this packet."""
    raw_packets: int
    """Buffers (USB transfers) that ended in this packet."""
    clutch_engaged: bool
    """True when every buffer was full: data is being lost."""
    overflow_indices: list[int]
    """Byte offsets in the packet of the first byte after each loss."""
    dropped_packets: int = 0
    """Buffers lost since the packet before."""


class _Status:
    """A packet's own account of itself, copied, so that a status that is kept doesn't keep the packet."""

    __slots__ = ("_copy", "_system_time")

    def __init__(self, packet: Any = None, system_time: float = 0.0) -> None:
        self._copy: bytes | None = None if packet is None else _bytes_of(packet, _LENGTH)[:]
        self._system_time = system_time

    @property
    def _packet(self) -> Any:
        return ffi.from_buffer("neuromorphic_packet *", self._copy)

    @property
    def system_time(self) -> float:
        """When the packet was handed over, seconds since 1970 (UTC)."""
        return self._system_time if self._copy is None else self._packet.handed_over_system_time_us * 1e-6

    @property
    def sequence(self) -> int | None:
        """0 for a device's first packet, then one more each; None when nothing came in time."""
        return None if self._copy is None else self._packet.sequence

    @property
    def bytes(self) -> int:
        """Bytes of the stream that the packet holds or was decoded from."""
        return 0 if self._copy is None else self._packet.bytes

    @property
    def bytes_lost_before(self) -> int:
        """Bytes lost since the packet before."""
        return 0 if self._copy is None else self._packet.bytes_lost_before

    @property
    def defects_before(self) -> int:
        """Defects of the stream found since the packet before."""
        return 0 if self._copy is None else self._packet.defects_before

    def delay(self) -> float | None:
        """Seconds from the arrival of the packet's first byte to the moment when the packet was handed over."""
        if self._copy is None:
            return None
        packet = self._packet
        return (packet.handed_over_time_ns - packet.first_byte_time_ns) * 1e-9

    def _common(self) -> tuple[float, int, int, bool]:
        packet = self._packet
        age = (packet.handed_over_time_ns - packet.first_byte_time_ns) * 1e-9
        arrival = packet.handed_over_system_time_us * 1e-6 - age
        return arrival, packet.backlog, packet.buffers, packet.clutch_engaged != 0


class Status(_Status):
    """The status of a packet of events. `ring` is None where nothing came before the time-out."""

    __slots__ = ()

    @property
    def ring(self) -> RingStatus | None:
        """The library's buffers; None where nothing came before the time-out."""
        if self._copy is None:
            return None
        return RingStatus(*self._common(), self._packet.current_t, self._packet.buffers_lost_before)

    def __repr__(self) -> str:
        return f"Status(system_time={self.system_time!r}, ring={self.ring!r})"


class RawStatus(_Status):
    """The status of a packet of bytes. `ring` is None where nothing came before the time-out."""

    __slots__ = ("_overflows",)

    def __init__(self, packet: Any = None, system_time: float = 0.0) -> None:
        super().__init__(packet, system_time)
        # The packet's own list, which goes with the packet.
        self._overflows: list[int] = []
        if packet is not None and packet.overflow_count:
            self._overflows = ffi.unpack(packet.overflow_raw, packet.overflow_count)

    @property
    def ring(self) -> RawRingStatus | None:
        """The library's buffers; None where nothing came before the time-out."""
        if self._copy is None:
            return None
        return RawRingStatus(*self._common(), self._overflows, self._packet.buffers_lost_before)

    def __repr__(self) -> str:
        return f"RawStatus(system_time={self.system_time!r}, ring={self.ring!r})"


StatusNonOptional = Status
RawStatusNonOptional = RawStatus
