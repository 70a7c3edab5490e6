"""Prophesee RAW (EVT2, EVT2.1, EVT3, EVT4), read through the library, as are cameras and simulations.

A RAW file is what a camera sent. It is recorded (`RawDevice.record`), and not made of events.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

from ..accounts import Defects, Statistics
from ..device import Device
from ..opening import open as open_device
from .base import Chunk, FormatError, Metadata, Reader, Writer, no_events, no_triggers, size_of

NAME = "Prophesee RAW"
SUFFIXES = (".raw",)
EXTRA: str | None = None
HAS_TRIGGERS = True
NEEDS_GEOMETRY = True
IS_WRITTEN = False


class DeviceReader(Reader):
    """A recording, a simulation or a camera, as fast as its source says."""

    def __init__(self, source: str, path: pathlib.Path | None = None) -> None:
        self.device: Device = open_device(source=source)
        properties = self.device.properties()
        self.metadata = Metadata(
            properties.width,
            properties.height,
            self.device.serial(),
            self.device.full_name(),
            self.device.format(),
            {} if path is None else header_fields(path),
        )
        self.total = 0 if path is None else size_of(path)
        self.notes = []
        self._header_length = 0 if path is None else header_length(path)
        self.statistics: Statistics | None = None
        """What came of it, known once the reader is closed."""
        self.defects: Defects | None = None
        """What was wrong with the stream, known once the reader is closed."""

    def _chunks(self) -> Iterator[Chunk]:
        position = self._header_length
        for status, packet in self.device:
            position += status.bytes
            yield Chunk(packet.polarity_events or no_events(), packet.trigger_events or no_triggers(), position)

    def close(self) -> None:
        if self.statistics is None:
            self.statistics = self.device.statistics()
            self.defects = self.device.defects()
            lost = self.statistics.bytes_lost_newest + self.statistics.bytes_lost_oldest
            if lost:
                self.notes.append(f"{lost} bytes were lost, as every buffer was full")
        self.device.close()


DEFECTS = (
    "events_before_time", "events_before_row", "events_before_base", "events_outside_sensor", "time_steps_back",
    "unknown_words", "stray_continuations", "broken_messages", "truncated_bytes",
)  # fmt: skip
"""The fields of Defects that are defects."""


def open_reader(path: pathlib.Path) -> DeviceReader:
    """Opens a file."""
    return DeviceReader(source_of(path), path)


def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> Writer:
    """Says that there is no such thing."""
    raise FormatError("RAW files hold a camera's own words, and can't be made of events: choose another format")


def source_of(path: pathlib.Path) -> str:
    """The source that means just this file, as fast as it can be read."""
    return f"file:{path}?speed=max"


def _lines(path: pathlib.Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while (start := file.read(2)) == b"% ":
            line = start + file.readline(4096)
            yield line
            if line.strip() == b"% end":
                return


def header_fields(path: pathlib.Path) -> dict[str, str]:
    """The header's lines, as they stand there."""
    fields: dict[str, str] = {}
    for line in _lines(path):
        name, _, value = line[2:].decode("utf-8", "replace").strip().partition(" ")
        if name != "end":
            fields[name] = value.strip()
    return fields


def header_length(path: pathlib.Path) -> int:
    """Bytes of the header; 0 where there is none."""
    return sum(map(len, _lines(path)))
