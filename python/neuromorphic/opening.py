"""`open`: what its parameters mean, and the device they lead to."""

from __future__ import annotations

from typing import Literal, overload

from .device import Device, RawDevice
from .errors import ArgumentError
from .prophesee import BaseConfiguration, RingConfiguration, UsbConfiguration


def _source_of(
    configuration: BaseConfiguration | str | None, source: str | None, serial: str | None, address: str | None
) -> tuple[str, BaseConfiguration | None]:
    """The source string that `open`'s parameters mean, and the settings."""
    if isinstance(configuration, str):
        if source is not None:
            raise ArgumentError("the source is given twice: as the first argument, and as `source`")
        source, configuration = configuration, None
    if source is not None:
        if serial is not None or address is not None:
            raise ArgumentError(f'serial and address choose a USB camera; "{source}" has chosen already')
        return source, configuration
    wanted: list[str] = []
    if configuration is not None:
        wanted.append(f"model={configuration.type()}")
    if serial is not None:
        wanted.append(f"serial={serial}")
    if address is not None:
        bus, _, place = address.partition(":")
        wanted.append(f"bus={bus},address={place}")
    return "usb:" + ",".join(wanted), configuration


@overload
def open(
    configuration: BaseConfiguration | str | None = None,
    iterator_timeout: float | None = None,
    raw: Literal[False] = False,
    serial: str | None = None,
    usb_configuration: UsbConfiguration | RingConfiguration | None = None,
    iterator_maximum_raw_packets: int = 64,
    *,
    source: str | None = None,
    address: str | None = None,
    ring_configuration: RingConfiguration | None = None,
    drop_oldest: bool = False,
    maximum_leases: int = 0,
    packet_capacity: int = 0,
) -> Device: ...


@overload
def open(
    configuration: BaseConfiguration | str | None = None,
    iterator_timeout: float | None = None,
    *,
    raw: Literal[True],
    serial: str | None = None,
    usb_configuration: UsbConfiguration | RingConfiguration | None = None,
    iterator_maximum_raw_packets: int = 64,
    source: str | None = None,
    address: str | None = None,
    ring_configuration: RingConfiguration | None = None,
    drop_oldest: bool = False,
    maximum_leases: int = 0,
    packet_capacity: int = 0,
) -> RawDevice: ...


@overload
def open(
    configuration: BaseConfiguration | str | None,
    iterator_timeout: float | None,
    raw: Literal[True],
    serial: str | None = None,
    usb_configuration: UsbConfiguration | RingConfiguration | None = None,
    iterator_maximum_raw_packets: int = 64,
    *,
    source: str | None = None,
    address: str | None = None,
    ring_configuration: RingConfiguration | None = None,
    drop_oldest: bool = False,
    maximum_leases: int = 0,
    packet_capacity: int = 0,
) -> RawDevice: ...


def open(
    configuration: BaseConfiguration | str | None = None,
    iterator_timeout: float | None = None,
    raw: bool = False,
    serial: str | None = None,
    usb_configuration: UsbConfiguration | RingConfiguration | None = None,
    iterator_maximum_raw_packets: int = 64,
    *,
    source: str | None = None,
    address: str | None = None,
    ring_configuration: RingConfiguration | None = None,
    drop_oldest: bool = False,
    maximum_leases: int = 0,
    packet_capacity: int = 0,
) -> Device | RawDevice:
    """Opens a camera, a recording or a simulated camera, and starts it.

    Args:
        configuration: Settings to start with; only a camera of that model is looked for. Or a source: "file:drive.raw",
            "file:drive.raw?speed=realtime", "sim:prophesee_evk4?rate=50e6&seed=1", "usb:serial=00050423"; the C header
            has all of them.
        iterator_timeout: Seconds that a step of the iteration waits at most; None waits until there is data. When the
            time is over, the step gives a status whose `ring` is None, and an empty packet (raw: None).
        raw: True for the camera's own bytes, not decoded.
        serial: Of the camera, as `list_devices` tells it.
        usb_configuration: The library's buffers.
        iterator_maximum_raw_packets: Most buffers (USB transfers) that a packet is made of; 0 is no limit.
        source: A source, together with `configuration`, for a simulated camera's settings.
        address: Of the camera on USB, "BUS:ADDRESS", as `list_devices` tells it.
        ring_configuration: The library's buffers, by the names of neuromorphic_drivers 0.18.
        drop_oldest: When every buffer is full, what has waited longest is lost, so that what is delivered is never
            older than the ring is long. False: what arrives is lost, as it is usual in the field.
        maximum_leases: Most packets that the program may hold at once, by themselves or by their arrays; 0 is as many as
            there are, which is 65536 nearly everywhere.
        packet_capacity: Most events of a packet (if raw: bytes); 0 is the library's default, or 2^16 events at full speed.

    Raises:
        NeuromorphicError: A RuntimeError with a sentence that says what failed, and what to do.
    """
    if usb_configuration is not None and ring_configuration is not None:
        raise ArgumentError("usb_configuration and ring_configuration say the same: give one of them")
    where, settings = _source_of(configuration, source, serial, address)
    return (RawDevice if raw else Device)(
        where,
        settings,
        iterator_timeout,
        usb_configuration if usb_configuration is not None else ring_configuration,
        iterator_maximum_raw_packets,
        drop_oldest,
        maximum_leases,
        packet_capacity,
    )
