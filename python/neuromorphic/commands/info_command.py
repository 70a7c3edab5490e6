"""Tells what a recording is: what its header says, and what decoding all of it finds."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
from typing import Any

import numpy as np

from .. import formats
from ..arrays import PolarityEvents
from ..errors import ArgumentError
from ..formats.raw import DEFECTS, DeviceReader
from .output import Progress, print_json, quantity
from .sources import SCHEMES

NAME = "info"
HELP = "what a recording has in it"

_WINDOW_US = 10_000
"""Over which the peak rate is taken."""

_MANY = 4096
"""Windows of which the counts are kept, for events that come late."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=pathlib.Path, help="a recording of any format that convert reads")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    path: pathlib.Path = arguments.file
    if str(path).startswith(SCHEMES):
        raise ArgumentError(f"{path} is a source, and info takes a recording's path; play and monitor take sources")
    form = formats.format_of(path)
    survey = Survey()
    progress = Progress(path.name)
    with formats.open_reader(path) as reader:
        progress = Progress(path.name, reader.total or None)
        try:
            for chunk in reader:
                survey.add(chunk.events)
                survey.triggers += len(chunk.triggers)
                progress.show(chunk.position)
        finally:
            progress.end()
    about = _about(path, form.NAME, reader, survey)
    if arguments.json:
        print_json(about)
    else:
        _show(about)
    return 0


class Survey:
    """Counts of a recording's events."""

    def __init__(self) -> None:
        self.events = 0
        self.on = 0
        self.triggers = 0
        self.first_t: int | None = None
        self.last_t: int | None = None
        self._busiest = 0
        self._windows: dict[int, int] = {}

    def add(self, events: PolarityEvents) -> None:
        """Counts some more."""
        if not len(events):
            return
        self.events += len(events)
        self.on += int(np.count_nonzero(events.on))
        first, last = int(events.t.min()), int(events.t.max())
        self.first_t = first if self.first_t is None else min(self.first_t, first)
        self.last_t = last if self.last_t is None else max(self.last_t, last)
        start, end = first // _WINDOW_US, last // _WINDOW_US
        windows = events.t // np.uint64(_WINDOW_US)
        if end - start < _MANY:
            found = np.bincount((windows - np.uint64(start)).astype(np.intp))
            pairs = zip(range(start, end + 1), found.tolist())
        else:
            numbers, found = np.unique(windows, return_counts=True)
            pairs = zip(numbers.tolist(), found.tolist())
        for window, count in pairs:
            if count:
                self._windows[window] = self._windows.get(window, 0) + count
        if len(self._windows) > 2 * _MANY:
            self._busiest = max(self._busiest, *self._windows.values())
            self._windows = {window: self._windows[window] for window in sorted(self._windows)[-_MANY:]}

    @property
    def duration_us(self) -> int:
        """From the first event to the last."""
        return 0 if self.first_t is None or self.last_t is None else self.last_t - self.first_t

    @property
    def mean_rate(self) -> float:
        """Events per second."""
        return self.events / self.duration_us * 1e6 if self.duration_us else 0.0

    @property
    def peak_rate(self) -> float:
        """Events per second, in the busiest 10 ms; the mean rate where the recording is shorter than that."""
        return max(max((self._busiest, *self._windows.values())) * 1e6 / _WINDOW_US, self.mean_rate)


def _about(path: pathlib.Path, form: str, reader: formats.Reader, survey: Survey) -> dict[str, Any]:
    metadata = reader.metadata
    about: dict[str, Any] = {
        "file": str(path),
        "format": form,
        "encoding": metadata.encoding,
        "bytes": reader.total,
        "width": metadata.width or None,
        "height": metadata.height or None,
        "camera": metadata.camera or None,
        "serial": metadata.serial or None,
        "header": metadata.fields,
        "first_t_us": survey.first_t,
        "last_t_us": survey.last_t,
        "duration_us": survey.duration_us,
        "events": survey.events,
        "on": survey.on,
        "off": survey.events - survey.on,
        "triggers": survey.triggers,
        "mean_rate": survey.mean_rate,
        "peak_rate": survey.peak_rate,
        "notes": reader.notes,
    }
    if isinstance(reader, DeviceReader) and reader.defects is not None:
        about["defects"] = {name: dataclasses.asdict(getattr(reader.defects, name)) for name in (*DEFECTS, "ignored_messages")}
    return about


def _show(about: dict[str, Any]) -> None:
    def line(name: str, value: str) -> None:
        print(f"{name + ':':<12} {value}")

    encoding = f", {about['encoding']}" if about["encoding"] else ""
    line("file", about["file"])
    line("format", f"{about['format']}{encoding}")
    line("size", f"{quantity(about['bytes'])}B")
    line("sensor", f"{about['width']} x {about['height']} pixels" if about["width"] else "the file doesn't say")
    for name in ("camera", "serial"):
        if about[name]:
            line(name, about[name])
    for name, value in about["header"].items():
        line("header", f"{name} {value}")
    if about["events"]:
        line("time", f"{about['first_t_us']} to {about['last_t_us']} us")
        line("duration", f"{about['duration_us'] * 1e-6:.6g} s")
        share = about["on"] / about["events"]
        line("events", f"{about['events']} ({about['on']} on, {about['off']} off: {share:.1%} on)")
        line("rate", f"{quantity(about['mean_rate'])}events/s, at most {quantity(about['peak_rate'])}events/s over 10 ms")
    else:
        line("events", "none")
    line("triggers", str(about["triggers"]))
    if "defects" in about:
        defects = {name: about["defects"][name] for name in DEFECTS if about["defects"][name]["count"]}
        if not defects:
            line("defects", "none")
        for name, defect in defects.items():
            where = f"the first at byte {defect['first_offset']} of the stream"
            line("defects", f"{defect['count']} {name.replace('_', ' ')}, {where}")
    for note in about["notes"]:
        line("note", note)
