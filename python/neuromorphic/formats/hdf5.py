"""HDF5 as Prophesee's tools lay it out: /CD/events with x, y, p, t, /EXT_TRIGGER/events, and an index of time for both.

Their own files are compressed by a filter (ECF) that few programs have. Ours are compressed by HDF5's own deflate filter, so
that every program reads them. Files with ECF are read where that filter is installed for HDF5. The columns of an event may
also be data sets of their own, events/t and the others, as the DSEC data set has them.
"""

from __future__ import annotations

import io
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..arrays import Column, PolarityEvents, TriggerEvents
from ..errors import Code
from . import base
from .base import (
    Chunk,
    FormatError,
    Metadata,
    Reader,
    TimeOrder,
    Writer,
    no_events,
    no_triggers,
    polarity_events,
    size_of,
    trigger_events,
)
from .names import NAMES, column_names

NAME = "HDF5"
SUFFIXES = (".hdf5", ".h5")
EXTRA: str | None = "hdf5"
HAS_TRIGGERS = True
NEEDS_GEOMETRY = True
IS_WRITTEN = True

_EVENT = np.dtype([("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")])
_TRIGGER = np.dtype([("p", "<i2"), ("t", "<i8"), ("id", "<i2")])
_INDEX = np.dtype([("id", "<u8"), ("ts", "<i8")])

_ROWS = 16384
"""Of a chunk of a data set, as Prophesee's tools have them."""

_STEP_US = 2000
"""Of the index of time."""

_LONGEST_START_US = 3_600_000_000
"""Where time begins later than this, the index begins with the first event and not with 0."""

_ECF = 0x8ECF
"""HDF5's number of Prophesee's filter."""


def _h5py() -> Any:
    return base.package("h5py", "hdf5", "reading and writing HDF5 files")


class HDF5Reader(Reader):
    """A file with one table of events, or a data set for each column."""

    def __init__(self, path: pathlib.Path) -> None:
        h5py = _h5py()
        try:
            # Filters that many files of this kind need.
            import hdf5plugin as _  # pyright: ignore[reportMissingImports, reportUnusedImport] # noqa: F401
        except ImportError:
            pass
        self.total = size_of(path)
        self.notes = []
        self._path = path
        try:
            self._file = h5py.File(path, "r")
        except OSError as error:
            raise FormatError(f"{path} can't be read as HDF5: {error}") from error
        try:
            self._columns = self._found()
            self.metadata = self._metadata()
        except BaseException:
            self._file.close()
            raise

    def _found(self) -> dict[str, tuple[Any, str | None]]:
        """For each column its data set, and the field of its records."""
        if "CD/events" in self._file:
            table = self._file["CD/events"]
            names = column_names(table.dtype.names or (), f"CD/events in {self._path}")
            return {name: (table, field) for name, field in names.items()}
        for group in ("events", "/"):
            if group in self._file and hasattr(self._file[group], "keys"):
                sets = self._file[group]
                if all(any(name in sets for name in possible) for possible in NAMES.values()):
                    return {name: (sets[field], None) for name, field in column_names(sets.keys(), str(self._path)).items()}
        raise FormatError(f"{self._path} has neither CD/events nor data sets t, x, y, p of events")

    def _metadata(self) -> Metadata:
        fields = {name: _text(value) for name, value in self._file.attrs.items()}
        width, height = fields.pop("width", ""), fields.pop("height", "")
        if "x" in fields.get("geometry", ""):
            width, _, height = fields["geometry"].partition("x")
        filters = self._columns["t"][0].compression or "not compressed"
        return Metadata(
            int(width) if width.isdigit() else 0,
            int(height) if height.isdigit() else 0,
            fields.get("serial_number", ""),
            fields.get("camera", ""),
            str(filters),
            fields,
        )

    def _chunks(self) -> Iterator[Chunk]:
        if "EXT_TRIGGER/events" in self._file:
            table = self._file["EXT_TRIGGER/events"]
            for start in range(0, len(table), base.CHUNK_EVENTS):
                rows = self._rows(table, start)
                yield Chunk(no_events(), trigger_events(rows["t"], rows["id"], rows["p"]), 0)
        first = self._columns["t"][0]
        offset = int(np.asarray(self._file["t_offset"])) if "t_offset" in self._file else 0
        count = len(first)
        for start in range(0, count, base.CHUNK_EVENTS):
            read: dict[str, Any] = {}
            columns: dict[str, Column] = {}
            for name, (table, field) in self._columns.items():
                rows = read.setdefault(table.name, None)
                if rows is None:
                    rows = read[table.name] = self._rows(table, start)
                columns[name] = rows if field is None else np.ascontiguousarray(rows[field])
            t = columns["t"] if offset == 0 else columns["t"].astype(np.int64) + offset
            events = polarity_events(t, columns["x"], columns["y"], columns["on"])
            yield Chunk(events, no_triggers(), self.total * (start + len(events)) / count)

    def _rows(self, table: Any, start: int) -> Any:
        try:
            return table[start : start + base.CHUNK_EVENTS]
        except OSError as error:
            filters = table.id.get_create_plist()
            if any(filters.get_filter(index)[0] == _ECF for index in range(filters.get_nfilters())):
                raise FormatError(
                    f"{self._path} is compressed by Prophesee's ECF filter: install it for HDF5, and set HDF5_PLUGIN_PATH to "
                    "its folder",
                    Code.UNSUPPORTED,
                ) from error
            raise FormatError(f"{table.name} in {self._path} can't be read: {error}") from error

    def close(self) -> None:
        self._file.close()


class HDF5Writer(Writer):
    """A file in Prophesee's layout. Events and triggers are put in the order of time."""

    def __init__(self, path: pathlib.Path, metadata: Metadata, compression: str) -> None:
        self._metadata = metadata
        self._orders = TimeOrder[PolarityEvents](NAME), TimeOrder[TriggerEvents](NAME)
        self._disk = _Disk(path, "w+")
        try:
            self._file = _h5py().File(self._disk, "w")
        except BaseException:
            self._disk.close()
            raise
        attributes = self._file.attrs
        attributes["version"] = "1.0"
        attributes["format"] = "HDF5"
        attributes["geometry"] = f"{metadata.width}x{metadata.height}"
        attributes["width"], attributes["height"] = str(metadata.width), str(metadata.height)
        if metadata.serial:
            attributes["serial_number"] = metadata.serial
        if metadata.camera:
            attributes["camera"] = metadata.camera
        filters: dict[str, Any] = {}
        if compression == "gzip":
            filters = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
        self._events = _Table(self._file, "CD", _EVENT, filters)
        self._triggers = _Table(self._file, "EXT_TRIGGER", _TRIGGER, filters)

    @property
    def notes(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._orders[0].notes

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        base.check_pixels(events, self._metadata)
        self._append(self._orders[0].put(events), self._orders[1].put(triggers))
        self._disk.check()

    def finish(self) -> None:
        self._append(self._orders[0].rest(), self._orders[1].rest())
        for table in (self._events, self._triggers):
            table.flush()
        self._file.flush()
        self._disk.check()

    def _append(self, events: PolarityEvents | None, triggers: TriggerEvents | None) -> None:
        if events is not None and len(events):
            records = np.empty(len(events), _EVENT)
            records["x"], records["y"], records["p"], records["t"] = events.x, events.y, events.on, events.t
            self._events.append(records)
        if triggers is not None and len(triggers):
            records = np.empty(len(triggers), _TRIGGER)
            records["p"], records["t"], records["id"] = triggers.rising, triggers.t, triggers.id
            self._triggers.append(records)

    def close(self) -> None:
        self._file.close()
        self._disk.close()


class _Disk(io.FileIO):
    """A file that tells HDF5 nothing of a disk that is full, for HDF5 would crash when it is closed then, but tells us."""

    def __init__(self, path: pathlib.Path, mode: str) -> None:
        super().__init__(path, mode)
        self._error: OSError | None = None

    def write(self, data: Any) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        left = memoryview(data).cast("B")
        length = len(left)
        try:
            while self._error is None and len(left):
                left = left[super().write(left) :]
        except OSError as error:
            self._error = error
        return length

    def truncate(self, size: int | None = None) -> int:
        try:
            return super().truncate(size)
        except OSError as error:
            self._error = self._error or error
            return size or 0

    def check(self) -> None:
        """Raises what a write came to."""
        if self._error is not None:
            raise self._error


class _Table:
    """A table that grows, and its index: the number of the first record at or after each step of time."""

    def __init__(self, file: Any, group: str, dtype: np.dtype[Any], filters: dict[str, Any]) -> None:
        self._table = file.create_dataset(f"{group}/events", (0,), dtype, chunks=(_ROWS,), maxshape=(None,), **filters)
        self._index = file.create_dataset(f"{group}/indexes", (0,), _INDEX, chunks=(_ROWS,), maxshape=(None,), **filters)
        self._index.attrs["offset"] = "0"
        self._step: int | None = None
        self._waiting: list[Any] = []
        self._count = 0

    def append(self, records: Any) -> None:
        # By many chunks at once: a chunk that is written in two parts is compressed twice.
        self._waiting.append(records)
        self._count += len(records)
        if self._count >= 16 * _ROWS:
            self._write(self._count // _ROWS * _ROWS)

    def flush(self) -> None:
        self._write(self._count)

    def _write(self, count: int) -> None:
        if not count:
            return
        records = np.concatenate(self._waiting)
        self._waiting, self._count = [records[count:]], self._count - count
        records = records[:count]
        before = len(self._table)
        self._table.resize((before + count,))
        self._table[before:] = records
        t = records["t"]
        if self._step is None:
            self._step = 0 if t[0] <= _LONGEST_START_US else int(t[0]) // _STEP_US
        last = int(t[-1]) // _STEP_US
        while self._step <= last:
            times = np.arange(self._step, min(last + 1, self._step + (1 << 20)), dtype=np.int64) * _STEP_US
            index = np.empty(len(times), _INDEX)
            index["id"], index["ts"] = before + np.searchsorted(t, times, "left"), times
            known = len(self._index)
            self._index.resize((known + len(index),))
            self._index[known:] = index
            self._step += len(index)


def open_reader(path: pathlib.Path) -> HDF5Reader:
    """Opens a file."""
    return HDF5Reader(path)


def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> HDF5Writer:
    """Begins a file."""
    return HDF5Writer(path, metadata, base.choose_compression(compression, NAME, "gzip", "none"))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
