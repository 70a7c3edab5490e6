"""CSV: a line `t,x,y,on` for each event, under a line that says so. No room for triggers, nor for the sensor's geometry."""

from __future__ import annotations

import pathlib
import warnings
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from ..arrays import Column, PolarityEvents, TriggerEvents
from . import base
from .base import Chunk, FormatError, Metadata, Reader, Writer, no_triggers, polarity_events, size_of
from .names import column_names

NAME = "CSV"
SUFFIXES = (".csv", ".txt")
EXTRA: str | None = None
HAS_TRIGGERS = False
NEEDS_GEOMETRY = False
IS_WRITTEN = True

_BLOCK = 1 << 22
"""Bytes that are read at once."""

_PIECE = 1 << 16
"""Lines that are written at once."""

_SEPARATORS = bytes.maketrans(b"\r\t;", b" ,,")


class CSVReader(Reader):
    """A file of integers. Lines that begin with # are comments; without a line of names, the columns are t, x, y, on."""

    def __init__(self, path: pathlib.Path) -> None:
        self.total = size_of(path)
        self.metadata = Metadata()
        self.notes = []
        self._path = path
        self._file = path.open("rb")
        try:
            self._names, self._rest = self._head()
        except BaseException:
            self._file.close()
            raise

    def _chunks(self) -> Iterator[Chunk]:
        position = self._file.tell()
        line = 1
        rest = self._rest
        while True:
            block = self._file.read(_BLOCK)
            position += len(block)
            text = rest + block
            end = text.rfind(b"\n") + 1 if block else len(text)
            text, rest = text[:end], text[end:]
            if text.strip():
                events = self._parsed(text, line)
                line += len(events)
                for part in base.parts(events, base.CHUNK_EVENTS):
                    yield Chunk(part, no_triggers(), position)
            if not block:
                return

    def close(self) -> None:
        self._file.close()

    def _head(self) -> tuple[dict[str, int], bytes]:
        """Where each column is, and the first bytes of numbers."""
        while True:
            line = self._file.readline(1 << 16)
            if line.startswith(b"#") or (line and not line.strip()):
                continue
            text = line.decode("utf-8", "replace").replace(";", ",").replace("\t", ",")
            words = [word.strip().strip('"') for word in text.split(",")]
            if not line:
                return dict(zip(("t", "x", "y", "on"), range(4))), b""
            if all(word.lstrip("-").isdigit() for word in words):
                if len(words) != 4:
                    raise FormatError(f"{self._path} has {len(words)} columns and no line that names them; t,x,y,on are four")
                return dict(zip(("t", "x", "y", "on"), range(4))), line
            names = column_names(words, str(self._path))
            self._width = len(words)
            return {name: words.index(word) for name, word in names.items()}, b""

    _width = 4

    def _parsed(self, text: bytes, line: int) -> PolarityEvents:
        text = text.rstrip().translate(_SEPARATORS)
        letters = np.frombuffer(text, np.uint8)
        separators = letters[(letters == ord(",")) | (letters == ord("\n"))]
        is_end = separators == ord("\n")
        ends = is_end[self._width - 1 :: self._width]
        with warnings.catch_warnings():
            # What can't be read to its end.
            warnings.simplefilter("error", DeprecationWarning)
            try:
                numbers = np.fromstring(text.replace(b"\n", b","), np.int64, sep=",")
            except (DeprecationWarning, ValueError):
                numbers = np.empty(0, np.int64)
        # Every so many separators are the ends of lines, and no others.
        is_even = bool(ends.all()) and len(ends) == np.count_nonzero(is_end) == (len(separators) + 1) // self._width - 1
        if not is_even or len(numbers) != len(separators) + 1 or len(numbers) % self._width:
            raise FormatError(f"{self._path} has something else than {self._width} integers in a line, behind event {line}")
        table: npt.NDArray[np.int64] = numbers.reshape(-1, self._width)
        t, x, y, on = (np.ascontiguousarray(table[:, self._names[name]]) for name in ("t", "x", "y", "on"))
        return polarity_events(t, x, y, on)


class CSVWriter(Writer):
    """A file of integers, as they come."""

    def __init__(self, path: pathlib.Path) -> None:
        self.notes = []
        self._file: BinaryIO = path.open("wb")
        self._file.write(b"t,x,y,on\n")

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        for part in base.parts(events, _PIECE):
            self._file.write(_lines(part).data)

    def finish(self) -> None:
        pass

    def close(self) -> None:
        self._file.close()


def open_reader(path: pathlib.Path) -> CSVReader:
    """Opens a file."""
    return CSVReader(path)


def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> CSVWriter:
    """Begins a file."""
    base.choose_compression(compression, NAME, "none")
    return CSVWriter(path)


def _lines(events: PolarityEvents) -> npt.NDArray[np.uint8]:
    """The events' lines: all digits of all numbers in a table of fixed width, of which leading zeros are then left out."""
    columns: list[tuple[Column, bytes]] = [(events.t, b","), (events.x, b","), (events.y, b","), (events.on.view("u1"), b"\n")]
    widths = [len(str(int(column.max()))) for column, _ in columns]
    text = np.empty((len(events), sum(widths) + len(columns)), np.uint8)
    is_written = np.ones(text.shape, np.bool_)
    place = 0
    for (column, separator), width in zip(columns, widths):
        # Narrow numbers divide faster.
        left = column.astype(np.uint32 if width <= 9 else np.uint64)
        for digit in range(place + width - 1, place - 1, -1):
            left, last = np.divmod(left, left.dtype.type(10))
            text[:, digit] = last
            if digit > place:
                is_written[:, digit - 1] = left != 0
        text[:, place : place + width] += ord("0")
        text[:, place + width] = ord(separator)
        place += width + 1
    return text[is_written]
