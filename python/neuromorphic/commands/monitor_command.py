"""Shows what a device does while it does it: rates, buffers, losses, delays, and a camera's temperature."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import threading
import types
from typing import Any

from ..device import Device
from ..errors import NeuromorphicError
from ..formats.raw import DEFECTS
from .meter import Meter, milliseconds, percent
from .output import quantity
from .sources import add_source, open_source, positive, stopping

NAME = "monitor"
HELP = "rates, buffers, losses and delays, live"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--duration", type=positive, metavar="S", help="seconds until the end; until Ctrl-C without it")
    parser.add_argument("--interval", type=positive, default=1.0, metavar="S", help="seconds between two looks (%(default)g)")
    parser.add_argument("--json", action="store_true", help="for programs: a JSON object in each line")


def run(arguments: argparse.Namespace) -> int:
    is_table = sys.stdout.isatty() and not arguments.json
    with stopping() as stop, open_source(arguments) as device, Thermometer(device) as thermometer:
        meter = Meter()
        drawn = 0
        is_at_end = False
        while not is_at_end:
            try:
                status, packet = next(device)
                meter.add(status, packet)
                del packet
            except StopIteration:
                is_at_end = True
            is_over = stop.requested or bool(arguments.duration and meter.time_s >= arguments.duration)
            if meter.age >= arguments.interval or ((is_at_end or is_over) and not meter.is_empty):
                now = _state(device, meter, thermometer)
                if arguments.json:
                    print(json.dumps(now), flush=True)
                elif is_table:
                    lines = _table(device, now)
                    sys.stdout.write(f"\033[{drawn}A" * bool(drawn) + "".join(f"\033[K{line}\n" for line in lines))
                    sys.stdout.flush()
                    drawn = len(lines)
                else:
                    print(_line(now), flush=True)
            if is_over:
                break
    return 0


class Thermometer:
    """A sensor's temperature, once a second, as long as the device tells it.

    A thread of its own asks for it, as the answer takes its time, and packets would wait meanwhile.
    """

    def __init__(self, device: Device) -> None:
        self.celsius: float | None = None
        """Degrees Celsius; None where the device doesn't tell."""
        self._device = device
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Thermometer:
        self._thread.start()
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._is_over.is_set():
            try:
                self.celsius = self._device.temperature_celsius()
            except NeuromorphicError:
                # A recording or a simulation, or a model without a thermometer; or the camera is gone.
                self.celsius = None
                return
            self._is_over.wait(1.0)


def _state(device: Device, meter: Meter, thermometer: Thermometer) -> dict[str, Any]:
    statistics = device.statistics()
    defects = device.defects()
    found = {name: getattr(defects, name).count for name in DEFECTS}
    return dataclasses.asdict(meter.take()) | {
        "temperature_celsius": thermometer.celsius,
        "statistics": dataclasses.asdict(statistics),
        "defects_by_kind": {name: number for name, number in found.items() if number},
    }


def _lost(now: dict[str, Any]) -> int:
    return now["statistics"]["bytes_lost_newest"] + now["statistics"]["bytes_lost_oldest"]


def _line(now: dict[str, Any]) -> str:
    celsius = "" if now["temperature_celsius"] is None else f"  {now['temperature_celsius']:.1f} C"
    return (
        f"{now['time_s']:8.1f} s {quantity(now['rate']):>9}events/s  {percent(now['on_share']):>6} on  "
        f"{quantity(now['byte_rate']):>9}B/s  backlog {now['backlog']:4}  delay {milliseconds(now['delay_s']):>8} "
        f"({milliseconds(now['delay_99_s'])})  lost {quantity(_lost(now))}B  "
        f"defects {sum(now['defects_by_kind'].values())}{celsius}"
    )


def _table(device: Device, now: dict[str, Any]) -> list[str]:
    statistics = now["statistics"]
    rows = [
        ("device", f"{device.full_name()} {device.serial()}".rstrip()),
        ("time", f"{now['time_s']:.1f} s, sensor {now['t_us'] * 1e-6:.3f} s"),
        ("rate", f"{quantity(now['rate'])}events/s, {percent(now['on_share'])} on, {now['triggers']} triggers"),
        ("data", f"{quantity(now['byte_rate'])}B/s, {now['packets']} packets"),
        ("delay", f"median {milliseconds(now['delay_s'])}, 99 % within {milliseconds(now['delay_99_s'])}"),
        (
            "buffers",
            f"{now['backlog']} behind the latest packet, {statistics['buffers_waiting']} waiting, "
            f"{statistics['buffers_allocated']} allocated",
        ),
        ("lost", f"{quantity(_lost(now))}B in {statistics['overflows']} gaps"),
        ("defects", ", ".join(f"{number} {name}" for name, number in now["defects_by_kind"].items()) or "none"),
    ]
    if now["temperature_celsius"] is not None:
        rows.append(("sensor", f"{now['temperature_celsius']:.1f} C"))
    return [f"{name:<8} {value}" for name, value in rows]
