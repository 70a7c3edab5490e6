"""Converts recordings from one format to another, piece by piece, however long they are.

Times are microseconds everywhere. Event Stream, AEDAT 4 and HDF5 need events in the order of time, and get them so; all
other formats keep the order in which events came. The output appears under its name when it is whole.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import formats
from ..arrays import EventsT, PolarityEvents
from ..errors import ArgumentError, Code, NeuromorphicError
from ..formats.base import Chunk, FormatError, polarity_events
from ..formats.raw import DEFECTS, DeviceReader
from .output import Progress, print_json, quantity
from .sources import SCHEMES, count, has_option, positive, terminable

NAME = "convert"
HELP = "recordings from one format to another"

_COPY_BLOCK = 1 << 22


def add_arguments(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(suffix for form in formats.FORMATS for suffix in form.SUFFIXES)
    parser.add_argument(
        "input", metavar="IN", help=f"a file ({known}), or a source such as sim:prophesee_evk4?duration=1&speed=max"
    )
    parser.add_argument("output", metavar="OUT", type=pathlib.Path, help="a file, whose suffix says its format")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--width", type=count, help="of the sensor, where the input doesn't say, or says it wrongly")
    parser.add_argument("--height", type=count, help="of the sensor")
    parser.add_argument("--zero-time", action="store_true", help="time begins with 0 at the first event")
    parser.add_argument("--flip-y", action="store_true", help="rows that count from the bottom (some .es files) from the top")
    parser.add_argument("--duration", type=positive, metavar="S", help="only the first S seconds of the recording")
    parser.add_argument("--compression", help="of the output: none, zstd, lz4, gzip, ..., as far as its format has it")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    output: pathlib.Path = arguments.output
    _check_end(arguments)
    start = time.monotonic()
    with terminable(), replacing(output, arguments.force, pathlib.Path(arguments.input)) as temporary:
        if _is_copy(arguments):
            about = _copy(pathlib.Path(arguments.input), temporary)
        else:
            about = _convert(arguments, temporary)
    about |= {"output": str(output), "bytes": output.stat().st_size, "seconds": time.monotonic() - start}
    if arguments.json:
        print_json(about)
    else:
        what = f"{about['events']} events, {about['triggers']} triggers, " if "events" in about else ""
        print(f"{output}: {what}{quantity(output.stat().st_size)}B, in {about['seconds']:.3g} s")
        for note in about["notes"]:
            print(f"note: {note}")
    return 0


@contextlib.contextmanager
def replacing(output: pathlib.Path, force: bool, source: pathlib.Path | None = None) -> Generator[pathlib.Path, None, None]:
    """A name beside `output` to write to. It becomes `output` at the end; when something fails, nothing is left.

    Raises NeuromorphicError where `output` is there and not to be replaced, or can't be written.
    """
    if not output.parent.is_dir():
        raise NeuromorphicError(f"the folder {output.parent} of {output.name} is not there", Code.NOT_FOUND)
    if output.is_dir():
        raise NeuromorphicError(f"{output} is a folder", Code.ALREADY_EXISTS)

    def check() -> None:
        if output.exists() and not force:
            raise NeuromorphicError(f"{output} is already there; --force replaces it", Code.ALREADY_EXISTS)

    check()
    if source is not None and output.exists() and source.exists() and os.path.samefile(source, output):
        raise NeuromorphicError(f"{output} is the input itself", Code.INVALID_ARGUMENT)
    temporary = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        yield temporary
        check()
        os.replace(temporary, output)
    except OSError as error:
        if error.errno is None or (error.filename is not None and os.fspath(error.filename) != str(temporary)):
            raise
        raise NeuromorphicError(f"{output} can't be made: {os.strerror(error.errno)}", Code.IO) from error
    finally:
        temporary.unlink(missing_ok=True)


def _check_end(arguments: argparse.Namespace) -> None:
    """Raises ArgumentError for an input that never ends, as only what is whole is kept."""
    source: str = arguments.input
    is_endless = source.startswith("usb:") or (source.startswith("sim:") and not has_option(source, "duration"))
    if (is_endless or has_option(source, "loop")) and source.startswith(SCHEMES) and not arguments.duration:
        raise ArgumentError(f"{source} has no end: give --duration, or record it and convert the recording")


def _is_copy(arguments: argparse.Namespace) -> bool:
    """Whether a RAW file is to be a RAW file again."""
    if arguments.input.startswith(SCHEMES):
        return False
    forms = formats.format_of(arguments.input), formats.format_of(arguments.output)
    if forms[0] is not forms[1] or forms[1].IS_WRITTEN:
        return False
    if any((arguments.zero_time, arguments.flip_y, arguments.duration, arguments.width, arguments.height)):
        raise FormatError("RAW files can only be copied as they are, and not be changed", Code.UNSUPPORTED)
    return True


def _copy(source: pathlib.Path, target: pathlib.Path) -> dict[str, Any]:
    done = 0
    with source.open("rb") as reading, target.open("xb") as writing:
        progress = Progress(source.name, source.stat().st_size)
        try:
            while block := reading.read(_COPY_BLOCK):
                writing.write(block)
                done += len(block)
                progress.show(done)
        finally:
            progress.end()
    return {"input": str(source), "notes": []}


def _convert(arguments: argparse.Namespace, target: pathlib.Path) -> dict[str, Any]:
    form = formats.format_of(arguments.output)
    if not form.IS_WRITTEN:
        form.open_writer(target, formats.Metadata(), None)
    notes: list[str] = []
    events = triggers = 0
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(_open(arguments.input))
        metadata = reader.metadata
        metadata.width = arguments.width or metadata.width
        metadata.height = arguments.height or metadata.height
        if form.NEEDS_GEOMETRY and not metadata.has_geometry:
            metadata.width, metadata.height = _measured(arguments)
            notes.append(
                f"the sensor is taken to have {metadata.width} x {metadata.height} pixels, as the outermost events say; "
                "--width and --height say it better"
            )
        writer = stack.enter_context(form.open_writer(target, metadata, arguments.compression))
        progress = Progress(os.path.basename(arguments.input), reader.total or None)
        try:
            for chunk in _shaped(reader, arguments, metadata):
                writer.write(chunk.events, chunk.triggers)
                events += len(chunk.events)
                triggers += len(chunk.triggers)
                progress.show(chunk.position)
            writer.finish()
        finally:
            progress.end()
    notes += [*reader.notes, *writer.notes]
    if isinstance(reader, DeviceReader) and reader.defects is not None:
        defects = sum(getattr(reader.defects, name).count for name in DEFECTS)
        if defects:
            notes.append(f"the stream has {defects} defects; `neuromorphic info` tells them by kind")
    if triggers and not form.HAS_TRIGGERS:
        notes.append(f"{triggers} triggers are left out, as {form.NAME} has no room for them")
        triggers = 0
    return {
        "input": arguments.input,
        "format": form.NAME,
        "width": metadata.width or None,
        "height": metadata.height or None,
        "events": events,
        "triggers": triggers,
        "notes": notes,
    }


def _open(text: str) -> formats.Reader:
    return DeviceReader(text) if text.startswith(SCHEMES) else formats.open_reader(text)


def _measured(arguments: argparse.Namespace) -> tuple[int, int]:
    width = height = 0
    with _open(arguments.input) as reader:
        progress = Progress(f"{os.path.basename(arguments.input)}: measuring", reader.total or None)
        try:
            for chunk in reader:
                if len(chunk.events):
                    width = max(width, int(chunk.events.x.max()) + 1)
                    height = max(height, int(chunk.events.y.max()) + 1)
                progress.show(chunk.position)
        finally:
            progress.end()
    width, height = arguments.width or width, arguments.height or height
    if not width or not height:
        raise FormatError(f"{arguments.input} doesn't say how many pixels the sensor has: give --width and --height")
    return width, height


def _shaped(reader: formats.Reader, arguments: argparse.Namespace, metadata: formats.Metadata) -> Iterator[Chunk]:
    """The chunks as the options want them."""
    if not (arguments.zero_time or arguments.flip_y or arguments.duration):
        yield from reader
        return
    if arguments.flip_y and not metadata.height:
        metadata.height = _measured(arguments)[1]
    waiting: list[Chunk] = []
    first: int | None = None
    for chunk in reader:
        # Until there are events, nobody knows when time begins.
        waiting.append(chunk)
        if first is None:
            if not len(chunk.events):
                continue
            first = min(int(some.t.min()) for held in waiting for some in (held.events, held.triggers) if len(some))
        for held in waiting:
            yield _changed(held, arguments, metadata, first)
        waiting = []
        if arguments.duration and len(chunk.events) and int(chunk.events.t.min()) >= first + arguments.duration * 1e6:
            return
    for held in waiting:
        yield held


def _changed(chunk: Chunk, arguments: argparse.Namespace, metadata: formats.Metadata, first: int) -> Chunk:
    events, triggers = chunk.events, chunk.triggers
    if arguments.duration:
        end = np.uint64(first + round(arguments.duration * 1e6))
        events, triggers = events[events.t < end], triggers[triggers.t < end]
    if arguments.zero_time:
        events, triggers = _earlier(events, first), _earlier(triggers, first)
    if arguments.flip_y:
        events = _mirrored(events, metadata.height)
    return Chunk(events, triggers, chunk.position)


def _earlier(events: EventsT, first: int) -> EventsT:
    t: npt.NDArray[np.uint64] = events.column("t")
    if len(t) and int(t.min()) < first:
        raise FormatError(f"time steps back to {int(t.min())} us, before the first event at {first} us: leave --zero-time out")
    return type(events).from_columns({name: events.column(name) for name in events.fields} | {"t": t - np.uint64(first)})


def _mirrored(events: PolarityEvents, height: int) -> PolarityEvents:
    if len(events) and int(events.y.max()) >= height:
        raise FormatError(f"row {int(events.y.max())} is not on a sensor of {height} rows: give the right --height")
    return polarity_events(events.t, events.x, (np.uint16(height - 1) - events.y).astype(np.uint16), events.on)
