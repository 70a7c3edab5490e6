"""Plays a recording, or any other source, and says each second what it does."""

from __future__ import annotations

import argparse
import dataclasses
import json

from .meter import Interval, Meter, milliseconds, percent
from .output import quantity
from .sources import add_source, has_option, open_source, positive, source_of, stopping, with_option

NAME = "play"
HELP = "play a recording, with a line each second"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser, None)
    parser.add_argument("--speed", help="realtime, max, or a factor such as 0.5; a RAW file's is realtime without it")
    parser.add_argument("--loop", action="store_true", help="a RAW file starts again at its end")
    parser.add_argument("--duration", type=positive, metavar="S", help="seconds until the end")
    parser.add_argument("--interval", type=positive, default=1.0, metavar="S", help="seconds from line to line (%(default)g)")
    parser.add_argument("--json", action="store_true", help="for programs: a JSON object in each line")


def run(arguments: argparse.Namespace) -> int:
    source = source_of(arguments.source)
    if arguments.speed is not None or (source.startswith("file:") and not has_option(source, "speed")):
        source = with_option(source, f"speed={arguments.speed or 'realtime'}")
    if arguments.loop:
        source = with_option(source, "loop")
    with stopping() as stop, open_source(arguments, source=source) as device:
        meter = Meter()
        for status, packet in device:
            meter.add(status, packet)
            # So that the memory is free again, as play looks at nothing twice.
            del packet
            if meter.age >= arguments.interval:
                _print(meter.take(), arguments.json)
            if stop.requested or (arguments.duration and meter.time_s >= arguments.duration):
                break
        if not meter.is_empty:
            _print(meter.take(), arguments.json)
        statistics = device.statistics()
    if not arguments.json:
        lost = statistics.bytes_lost_newest + statistics.bytes_lost_oldest
        print(
            f"{statistics.events} events, {statistics.triggers} triggers, {quantity(statistics.bytes_delivered)}B; "
            f"lost {quantity(lost)}B in {statistics.overflows} gaps"
        )
    return 0


def _print(interval: Interval, is_json: bool) -> None:
    if is_json:
        print(json.dumps(dataclasses.asdict(interval)), flush=True)
        return
    print(
        f"{interval.time_s:8.1f} s {quantity(interval.rate):>9}events/s  {percent(interval.on_share):>6} on  "
        f"{quantity(interval.byte_rate):>9}B/s  backlog {interval.backlog:4}  delay {milliseconds(interval.delay_s):>8}  "
        f"lost {quantity(interval.lost_bytes)}B",
        flush=True,
    )
