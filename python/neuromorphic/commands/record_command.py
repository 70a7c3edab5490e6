"""Records what a camera or a simulation sends, byte for byte, into a RAW file that Prophesee's tools read as well.

Ctrl-C ends a recording well. What had arrived by then is in the file.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import time
from typing import Any

from .._library import check, ffi, lib, prepared
from ..device import RawDevice
from ..errors import Code, NeuromorphicError
from ..recording import Recording
from .output import Progress, print_json, quantity
from .sources import SCHEMES, add_source, count, open_source, positive, source_of, stopping

NAME = "record"
HELP = "record a camera into a RAW file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="FILE", help="the RAW file")
    parser.add_argument("--duration", type=positive, metavar="S", help="seconds by the computer's clock (until Ctrl-C)")
    parser.add_argument("--events", type=count, metavar="N", help="ends with the packet that has the Nth event")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--json", action="store_true", help="the summary for programs")


def run(arguments: argparse.Namespace) -> int:
    output: pathlib.Path = arguments.output
    source = source_of(arguments.source)
    # Before the camera is opened, which takes seconds.
    if output.exists():
        if not arguments.force:
            raise NeuromorphicError(f"{output} is already there; --force replaces it", Code.ALREADY_EXISTS)
        if not arguments.source.startswith(SCHEMES) and os.path.samefile(arguments.source, output):
            raise NeuromorphicError(f"{output} is the source itself", Code.INVALID_ARGUMENT)
    if not output.parent.is_dir():
        raise NeuromorphicError(f"the folder {output.parent} of {output.name} is not there", Code.NOT_FOUND)
    with stopping() as stop, open_source(arguments, True, source) as device:
        wanted: int = arguments.events or 0
        counter = EventCounter(device) if wanted else None
        progress = Progress(f"recording {output.name}")
        start = time.monotonic()
        lost = written = 0
        failure: NeuromorphicError | None = None
        with device.record(output, arguments.force) as recording:
            try:
                for status, packet in device:
                    if status.ring is not None:
                        written += recording.write(packet)
                        lost += status.bytes_lost_before
                        if counter is not None:
                            counter.add(packet, status.bytes_lost_before > 0)
                        del packet
                    waiting = 0 if status.ring is None else status.ring.backlog
                    progress.show(written, f"backlog {waiting}, lost {quantity(lost)}B")
                    if counter is not None and counter.events >= wanted:
                        break
                    if stop.requested or (arguments.duration and time.monotonic() - start >= arguments.duration):
                        written += _write_waiting(device, recording)
                        break
            except NeuromorphicError as error:
                # The cable was pulled, or the disk is full. What came before is in the file, and is told first.
                failure = error
            finally:
                progress.end()
        seconds = time.monotonic() - start
        statistics, encoding = device.statistics(), device.format()
    lost = statistics.bytes_lost_newest + statistics.bytes_lost_oldest
    about: dict[str, Any] = {
        "output": str(output),
        "format": encoding,
        "bytes": output.stat().st_size,
        "stream_bytes": written,
        "seconds": seconds,
        "packets": statistics.packets,
        "lost_bytes": lost,
        "lost_buffers": statistics.buffers_lost_newest + statistics.buffers_lost_oldest,
        "gaps": statistics.overflows,
    }
    if counter is not None:
        about["events"] = counter.events
    if arguments.json:
        print_json(about)
    else:
        events = "" if counter is None else f", {counter.events} events"
        print(f"{output}: {quantity(written)}B in {seconds:.3g} s ({quantity(written / max(seconds, 1e-6))}B/s){events}")
        print(f"lost: {quantity(lost)}B, {about['lost_buffers']} buffers, in {about['gaps']} gaps" if lost else "lost: nothing")
    if failure is not None:
        sys.stdout.flush()
        raise failure
    return 0


def _write_waiting(device: RawDevice, recording: Recording) -> int:
    """Writes the buffers that wait now, and not those that come meanwhile."""
    waiting, written = device.backlog(), 0
    while waiting > 0:
        try:
            status, packet = next(device)
        except StopIteration:
            break
        if status.ring is None:
            break
        written += recording.write(packet)
        waiting -= max(status.ring.raw_packets, 1)
    return written


class EventCounter:
    """Decodes raw packets, only to count their events."""

    _ROOM = 1 << 16

    def __init__(self, device: RawDevice) -> None:
        properties = device.properties()
        out = ffi.new("neuromorphic_decoder **")
        check(lib.neuromorphic_decoder_create(device.format().encode(), properties.width, properties.height, out))
        self._decoder = ffi.gc(out[0], lib.neuromorphic_decoder_free)
        self._columns = prepared("neuromorphic_columns")
        self._arrays = [ffi.new(f"{kind}[]", self._ROOM) for kind in ("uint64_t", "uint16_t", "uint16_t", "uint8_t")]
        self._columns.t, self._columns.x, self._columns.y, self._columns.on = self._arrays
        kinds = ("uint64_t", "uint8_t", "uint8_t", "uint64_t", "uint32_t", "uint8_t")
        self._others = [ffi.new(f"{kind}[]", 64) for kind in kinds]
        columns = self._columns
        columns.trigger_t, columns.trigger_id, columns.trigger_rising = self._others[:3]
        columns.counter_t, columns.counter_events, columns.counter_is_output = self._others[3:]
        columns.capacity, columns.trigger_capacity, columns.counter_capacity = self._ROOM, 64, 64
        self._consumed = ffi.new("size_t *")
        self.events = 0

    def add(self, packet: memoryview, is_after_loss: bool) -> None:
        """Counts a packet's events."""
        if is_after_loss:
            check(lib.neuromorphic_decoder_resynchronise(self._decoder))
        place, length = 0, packet.nbytes
        memory = ffi.from_buffer("uint8_t[]", packet)
        while place < length:
            columns = self._columns
            columns.count = columns.trigger_count = columns.counter_count = 0
            check(lib.neuromorphic_decoder_decode(self._decoder, memory + place, length - place, columns, self._consumed))
            self.events += columns.count
            place += self._consumed[0]
