"""An open camera, recording or simulation."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
import types
from typing import Any, Literal, TypeVar

from . import _arrow
from . import packet as packets
from ._library import FOREVER, check, error, fail, ffi, lib, prepared, text
from .accounts import Defect, Defects, Statistics
from .enums import NAMES, SPEEDS, Name, Speed
from .errors import ArgumentError, ClosedError, Code
from .packet import Packet
from .prophesee import BaseConfiguration, RingConfiguration, UsbConfiguration
from .recording import Recording
from .status import RawStatus, Status

_SLICE_US = 100_000
"""The longest wait within the library: between two of them Python handles signals, such as the one of Ctrl-C."""

_FULL_SPEED_CAPACITY = 1 << 16
"""Events of a packet at full speed: twice the library's default, as Python takes 2 or 3 microseconds for each packet."""

_LEASES = (65536, 4096, 64)
"""Packets that a program may hold, as programs in Python like to keep arrays. Only addresses; fewer where those are scarce."""

_PATIENCE_S = 0.001
"""How long packets that are there already are handed to `async for` before others get their turn."""

# Looked up once, as they are used for every packet.
_next_packet = lib.neuromorphic_next_packet
_release = lib.neuromorphic_packet_release
_owned = ffi.gc

DeviceT = TypeVar("DeviceT", bound="BaseDevice")


@dataclasses.dataclass(frozen=True)
class Properties:
    """What a device is."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""


class BaseDevice:
    """What devices of events and of raw bytes have in common. `open` makes them.

    A device may be used as a context manager, and iterated over with `for` and `async for`; iterating ends with a
    recording, and not with a camera. Any method may be called from any thread, but only one thread at a time may take
    packets.
    """

    _raw: Literal[0, 1]

    def __init__(
        self,
        source: str,
        configuration: BaseConfiguration | None = None,
        iterator_timeout: float | None = None,
        buffers: UsbConfiguration | RingConfiguration | None = None,
        maximum_raw_packets: int = 64,
        drop_oldest: bool = False,
        maximum_leases: int = 0,
        packet_capacity: int = 0,
    ) -> None:
        self._handle: Any = ffi.NULL
        if iterator_timeout is not None and not iterator_timeout >= 0:
            raise ArgumentError(f"iterator_timeout is {iterator_timeout}, but can be None or at least 0 seconds")
        self._timeout_us = FOREVER if iterator_timeout is None else int(min(iterator_timeout, 1e9) * 1e6)
        self._slice_us = _SLICE_US if iterator_timeout is None else min(_SLICE_US, self._timeout_us)
        if packet_capacity == 0 and not self._raw and _is_at_full_speed(source):
            packet_capacity = _FULL_SPEED_CAPACITY
        options = prepared("neuromorphic_open_options")
        try:
            options.raw = self._raw
            options.maximum_raw_packets = maximum_raw_packets
            options.drop_policy = lib.NEUROMORPHIC_DROP_OLDEST if drop_oldest else lib.NEUROMORPHIC_DROP_NEWEST
            options.maximum_leases = maximum_leases or _LEASES[0]
            options.packet_capacity = packet_capacity
            if buffers is not None:
                _put_buffers(options, buffers)
        except OverflowError as cause:
            raise ArgumentError(f"an option is negative or too large: {cause}", Code.OUT_OF_RANGE) from cause
        settings = None if configuration is None else configuration.to_c()
        if settings is not None:
            options.configuration = settings
        out = ffi.new("neuromorphic_device **")
        code = lib.neuromorphic_open(os.fsencode(source), options, out)
        for leases in _LEASES[1:]:
            if code == Code.OUT_OF_MEMORY and maximum_leases == 0:
                options.maximum_leases = leases
                code = lib.neuromorphic_open(os.fsencode(source), options, out)
        check(code)
        self._handle = out[0]
        self._out = ffi.new("const neuromorphic_packet **")
        self._overflows_seen = 0
        properties = prepared("neuromorphic_properties")
        check(lib.neuromorphic_properties_of(self._handle, properties))
        self._model: int = properties.model
        self._name = text(properties.name)
        self._serial = text(properties.serial)
        self._format = text(properties.format)
        self._firmware = text(properties.firmware)
        self._speed = SPEEDS[int(properties.speed)]
        self._properties = Properties(properties.width, properties.height)

    # ---- Life ----

    def close(self) -> None:
        """Stops and closes the device, and wakes who waits for it. Packets and arrays that are held stay valid."""
        handle, self._handle = self._handle, ffi.NULL
        lib.neuromorphic_close(handle)

    def __enter__(self: DeviceT) -> DeviceT:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> Literal[False]:
        self.close()
        return False

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _open_handle(self, function: str) -> Any:
        if not self._handle:
            raise ClosedError(f"{function} called after __exit__", Code.CLOSED)
        return self._handle

    # ---- Packets ----

    def _wait(self, code: int) -> Any:
        """What comes after the first slice of the time gave `code`; None when time is over. StopIteration at the end."""
        deadline = time.monotonic() + (self._timeout_us - self._slice_us) * 1e-6
        while True:
            if code == Code.OK:
                return _owned(self._out[0], _release)
            if code == Code.END_OF_STREAM:
                raise StopIteration
            if code != Code.TIMEOUT:
                self._open_handle("__next__")
                fail(code)
            wait_us = self._slice_us
            if self._timeout_us >= 0:
                wait_us = min(wait_us, int((deadline - time.monotonic()) * 1e6))
                if wait_us <= 0:
                    return None
            code = _next_packet(self._handle, wait_us, self._out)

    async def _anext(self) -> Any:
        """As `_next`, but other tasks run meanwhile."""
        loop = asyncio.get_running_loop()
        deadline = None if self._timeout_us < 0 else loop.time() + self._timeout_us * 1e-6
        if loop.time() - self._yielded > _PATIENCE_S:
            await asyncio.sleep(0)
            self._yielded = loop.time()
        while True:
            code = _next_packet(self._open_handle("__anext__"), 0, self._out)
            if code == Code.OK:
                return _owned(self._out[0], _release)
            if code == Code.END_OF_STREAM:
                raise StopAsyncIteration
            if code != Code.TIMEOUT:
                fail(code)
            left = None if deadline is None else deadline - loop.time()
            if left is not None and left <= 0:
                return None
            ready = asyncio.Event()
            descriptor = self.fileno()
            loop.add_reader(descriptor, ready.set)
            try:
                await asyncio.wait_for(ready.wait(), left)
            except asyncio.TimeoutError:
                pass
            finally:
                loop.remove_reader(descriptor)
            self._yielded = loop.time()

    _yielded = 0.0

    def fileno(self) -> int:
        """A descriptor that poll finds readable while a packet, or the stream's end, is there. Only wait with it."""
        descriptor = lib.neuromorphic_fd(self._open_handle("fileno"))
        if descriptor < 0:
            raise error(Code.IO)
        return descriptor

    def arena_fileno(self) -> int:
        """A read-only descriptor of the memory that holds every packet, for other processes to map; the device closes it."""
        descriptor = lib.neuromorphic_arena_fd(self._open_handle("arena_fileno"))
        if descriptor < 0:
            raise error(Code.IO)
        return descriptor

    def interrupt(self) -> None:
        """Ends the wait of whoever waits for a packet now, or else the next one's, with InterruptedWait."""
        check(lib.neuromorphic_interrupt(self._open_handle("interrupt")))

    def backlog(self) -> int:
        """Buffers that wait to be taken."""
        count = ffi.new("size_t *")
        check(lib.neuromorphic_backlog(self._open_handle("backlog"), count))
        return count[0]

    def clear_backlog(self, until: int = 0) -> None:
        """Discards the buffers that wait, but for the newest `until`. Time goes on correctly, and the loss is counted."""
        if until < 0:
            raise ArgumentError(f"until is {until}, but can be 0 or more")
        check(lib.neuromorphic_clear_backlog(self._open_handle("clear_backlog"), until))

    def overflow(self) -> bool:
        """True once after every buffer was full, and data was lost, since the last call."""
        self._open_handle("overflow")
        overflows = self.statistics().overflows
        was_lost = overflows > self._overflows_seen
        self._overflows_seen = overflows
        return was_lost

    def statistics(self) -> Statistics:
        """What the device has done so far."""
        struct = prepared("neuromorphic_statistics")
        check(lib.neuromorphic_statistics_of(self._open_handle("statistics"), struct))
        return Statistics(*(getattr(struct, field.name) for field in dataclasses.fields(Statistics)))

    def defects(self) -> Defects:
        """What was wrong with the stream so far."""
        struct = prepared("neuromorphic_defects")
        check(lib.neuromorphic_defects_of(self._open_handle("defects"), struct))
        kinds = (getattr(struct, field.name) for field in dataclasses.fields(Defects))
        return Defects(*(Defect(kind.count, kind.first_offset) for kind in kinds))

    # ---- What it is ----

    def name(self) -> Name:
        """What the device is; a simulation is what it simulates."""
        self._open_handle("name")
        return NAMES[self._model]

    def full_name(self) -> str:
        """The library's own words for the device, such as "Prophesee EVK4 (simulated)"."""
        self._open_handle("full_name")
        return self._name

    def properties(self) -> Properties:
        """Pixels of the sensor."""
        self._open_handle("properties")
        return self._properties

    def serial(self) -> str:
        """The serial number, "" where there is none."""
        self._open_handle("serial")
        return self._serial

    def speed(self) -> Speed:
        """Of the USB connection."""
        self._open_handle("speed")
        return self._speed

    def connection(self) -> Speed:
        """`speed`, by the name of neuromorphic_drivers 0.18."""
        self._open_handle("connection")
        return self._speed

    def format(self) -> str:
        """Of the device's bytes, as a RAW file's header names it, such as "EVT3"."""
        self._open_handle("format")
        return self._format

    def firmware(self) -> str:
        """The version of a camera's firmware, "" where it doesn't tell."""
        self._open_handle("firmware")
        return self._firmware

    # ---- Settings and measurements ----

    def update_configuration(self, configuration: BaseConfiguration) -> None:
        """Applies settings: all of them, or none where one is refused. Only what differs is written to a camera.

        Returns when they are applied. Raises ArgumentError where a setting is out of its range, or of another model;
        NeuromorphicError with Code.NEEDS_RESTART where one can only be chosen by `open`.
        """
        handle = self._open_handle("update_configuration")
        check(lib.neuromorphic_configure(handle, configuration.to_c()))

    def current_configuration(self) -> BaseConfiguration:
        """The settings that were applied last: a Configuration of the camera's module."""
        return self._configuration("current_configuration", lib.neuromorphic_configuration_of)

    def chip_firmware_configuration(self) -> BaseConfiguration:
        """The default settings, with the biases that this camera had when it was opened: first thing after it was
        plugged in, those of its factory. A Configuration of the camera's module."""
        return self._configuration("chip_firmware_configuration", lib.neuromorphic_factory_configuration)

    def _configuration(self, function: str, of: Any) -> BaseConfiguration:
        handle = self._open_handle(function)
        struct = prepared("neuromorphic_configuration")
        check(of(handle, struct))
        return _module(self._model).Configuration.from_c(struct)

    def biases_bounds(self) -> Any:
        """How far each bias may be moved from where the factory set it: a BiasesBounds of the camera's module."""
        factory = self._configuration("biases_bounds", lib.neuromorphic_factory_configuration)
        biases = factory.biases
        return _module(self._model).BiasesOffsets.bounds(biases)

    def temperature_celsius(self) -> float:
        """The sensor's temperature, measured now."""
        celsius = ffi.new("double *")
        check(lib.neuromorphic_temperature(self._open_handle("temperature_celsius"), celsius))
        return celsius[0]

    def illuminance(self) -> int:
        """The light meter's count, measured now, which falls as light rises; `illuminance_lux` has it in lux."""
        return self._illuminance("illuminance")[0]

    def illuminance_lux(self) -> float:
        """How much light falls on the sensor, in lux by the vendor's formula, which no one calibrated for this very camera."""
        return self._illuminance("illuminance_lux")[1]

    def _illuminance(self, function: str) -> tuple[int, float]:
        raw, lux = ffi.new("uint32_t *"), ffi.new("double *")
        check(lib.neuromorphic_illuminance(self._open_handle(function), raw, lux))
        return raw[0], lux[0]

    def __repr__(self) -> str:
        if not self._handle:
            return f"<{type(self).__name__}: closed>"
        serial = f", serial {self._serial}" if self._serial else ""
        return f"<{type(self).__name__}: {self._name}{serial}, {self._properties.width} x {self._properties.height}>"


class Device(BaseDevice):
    """A device that delivers packets of events."""

    _raw = 0

    def __iter__(self) -> Device:
        return self

    def __next__(self) -> tuple[Status, Packet]:
        if code := _next_packet(self._handle, self._slice_us, self._out):
            lease = self._wait(code)
            if lease is None:
                return Status(system_time=time.time()), Packet()
        else:
            # Released when nothing refers to it any more.
            lease = _owned(self._out[0], _release)
        return Status(lease), Packet(lease)

    def __aiter__(self) -> Device:
        return self

    async def __anext__(self) -> tuple[Status, Packet]:
        lease = await self._anext()
        if lease is None:
            return Status(system_time=time.time()), Packet()
        return Status(lease), Packet(lease)

    # ---- For Arrow ----

    def __arrow_c_schema__(self) -> object:
        """The events' schema: t uint64 (microseconds), x uint16, y uint16, on uint8."""
        return _arrow.schema(_arrow.EVENTS)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The events from now on as a stream of Arrow tables in the packets' own memory.

        A table a packet; each keeps its packet. It ends with a recording, and after `iterator_timeout` with an error.
        `pyarrow.RecordBatchReader.from_stream(device)`, `polars.DataFrame(device)`, `duckdb.sql("... FROM device")`.
        """
        return _arrow.stream(self._open_handle("__arrow_c_stream__"), _arrow.EVENTS, self._timeout_us)


class RawDevice(BaseDevice):
    """A device that delivers packets of the camera's own bytes, as views without a copy; None where nothing came in time."""

    _raw = 1

    def __iter__(self) -> RawDevice:
        return self

    def __next__(self) -> tuple[RawStatus, memoryview]:
        code = _next_packet(self._handle, self._slice_us, self._out)
        return self._pair(self._wait(code))

    def __aiter__(self) -> RawDevice:
        return self

    async def __anext__(self) -> tuple[RawStatus, memoryview]:
        return self._pair(await self._anext())

    @staticmethod
    def _pair(lease: Any) -> Any:
        if lease is None:
            return RawStatus(system_time=time.time()), None
        return RawStatus(lease), packets.raw_bytes(lease)

    def record(self, path: str | os.PathLike[str], overwrite: bool = False) -> Recording:
        """Starts a RAW file, with the header that other tools need to read it."""
        out = ffi.new("neuromorphic_recording **")
        handle = self._open_handle("record")
        check(lib.neuromorphic_recording_create(os.fsencode(path), handle, int(overwrite), out))
        return Recording(out[0])


def _put_buffers(options: Any, buffers: UsbConfiguration | RingConfiguration) -> None:
    in_flight = buffers.transfer_queue_length if isinstance(buffers, UsbConfiguration) else buffers.parallel_submissions
    if min(buffers.buffer_length, buffers.ring_length, in_flight) < 1:
        raise ArgumentError(f"buffer lengths and numbers are at least 1: {buffers}", Code.OUT_OF_RANGE)
    if buffers.ring_length <= in_flight:
        raise ArgumentError(
            f"the ring has {buffers.ring_length} buffers, which is not more than the {in_flight} transfers in flight",
            Code.OUT_OF_RANGE,
        )
    options.buffer_length = buffers.buffer_length
    options.ring_length = buffers.ring_length
    options.transfer_queue_length = in_flight
    options.allow_dma = int(isinstance(buffers, UsbConfiguration) and buffers.allow_dma)


def _is_at_full_speed(source: str) -> bool:
    options = source.rpartition("?")[2].split("&")
    return "speed=max" in options or (source.startswith("file:") and not any(option.startswith("speed=") for option in options))


def _module(model: int) -> Any:
    """The module of a model's classes."""
    from . import prophesee_evk3_hd, prophesee_evk4

    return {1: prophesee_evk4, 2: prophesee_evk3_hd}[model]


GenericDevice = GenericDeviceOptional = Device
GenericDeviceRaw = GenericDeviceRawOptional = RawDevice
