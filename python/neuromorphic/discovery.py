"""Which cameras are plugged in."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

from ._library import check, ffi, lib, text
from .enums import SPEEDS, Name, Speed


@dataclasses.dataclass
class ListedDevice:
    """A known camera that is plugged in."""

    name: Name
    speed: Speed
    serial: str | None
    """None where it could not be read."""
    error: str | None
    """Why it can't be used, and what to do about it; None where it can be."""
    address: str = ""
    """Its place on USB, "BUS:ADDRESS", as `open` takes it."""
    source: str = ""
    """What `open` takes as a source to open just this one."""
    full_name: str = ""
    """What the camera is, as far as it tells."""
    usable: bool = True
    """Whether `open` can open it now."""
    reason: str | None = None
    """Why it can't be used, or what holds it back (USB 2, an old firmware)."""
    remedy: str | None = None
    """What to do about it."""

    @property
    def connection(self) -> Speed:
        """`speed`, by the name of neuromorphic_drivers 0.18."""
        return self.speed


def list_devices() -> list[ListedDevice]:
    """The known cameras that are plugged in; an empty list where there is none, or no USB.

    Each is opened for a moment to learn its model and serial number, without disturbing a program that uses it. One
    that can't be used is listed with the reason.
    """
    out = ffi.new("neuromorphic_device_list **")
    check(lib.neuromorphic_list_devices(out))
    try:
        count = lib.neuromorphic_device_list_count(out[0])
        return [_listed(lib.neuromorphic_device_list_at(out[0], index)) for index in range(count)]
    finally:
        lib.neuromorphic_device_list_free(out[0])


def _listed(device: Any) -> ListedDevice:
    full_name = text(device.name)
    names = [name for name in Name if full_name.startswith(name.value)]
    reason, remedy = text(device.reason) or None, text(device.remedy) or None
    error = None if device.usable else ": ".join(part for part in (reason, remedy) if part) or "it can't be used"
    return ListedDevice(
        name=names[0] if names else Name.UNKNOWN,
        speed=SPEEDS[int(device.speed)],
        serial=text(device.serial) or None,
        error=error,
        address=f"{device.bus}:{device.address}",
        source=text(device.source),
        full_name=full_name,
        usable=device.usable != 0,
        reason=reason,
        remedy=remedy,
    )


def device_table(devices: list[ListedDevice], color: bool = True) -> str:
    """The devices as a table drawn with lines."""
    head = ("Name", "Speed", "Serial", "Error")
    rows = [(device.full_name, device.speed.value, device.serial or "-", device.error or "-") for device in devices]
    widths = [max(map(len, column)) for column in zip(head, *rows)]

    def line(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (width + 2) for width in widths) + right

    def cells(row: tuple[str, ...], start: str = "", end: str = "") -> str:
        return "│" + "│".join(f"{start} {cell:<{width}} {end}" for cell, width in zip(row, widths)) + "│"

    lines = [line("┌", "┬", "┐"), cells(head, "\033[36;1m", "\033[0m") if color else cells(head)]
    if rows:
        lines += [line("├", "┼", "┤"), *map(cells, rows)]
    return "\n".join([*lines, line("└", "┴", "┘")])


def print_device_list(color: bool = True) -> None:
    """Prints the cameras that are plugged in as a table."""
    sys.stdout.write(device_table(list_devices(), color) + "\n")
