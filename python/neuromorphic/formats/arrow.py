"""Parquet and Arrow (Feather) tables with the columns t, x, y, on; width and height are in the schema's metadata.

No room for triggers.
"""

from __future__ import annotations

import abc
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..arrays import Column, PolarityEvents, TriggerEvents
from . import base
from .base import Chunk, FormatError, Metadata, Reader, Writer, joined, no_triggers, polarity_events, size_of
from .names import column_names

_GROUP = 1 << 20
"""Most rows of a Parquet file's row group, or of an Arrow file's batch."""


def _pyarrow(part: str = "") -> Any:
    return base.package(f"pyarrow{part}", "arrow", "reading and writing Parquet and Arrow files")


class TableReader(Reader):
    """A table, read batch by batch."""

    encoding: str

    def __init__(self, path: pathlib.Path) -> None:
        self._pa = _pyarrow()
        self.total = size_of(path)
        self.notes = []
        self._path = path
        try:
            schema = self._open()
        except self._pa.ArrowInvalid as error:
            raise FormatError(f"{path} can't be read as {self.encoding}: {error}") from error
        try:
            self._names = column_names(schema.names, str(path))
        except BaseException:
            self.close()
            raise
        found: dict[bytes, bytes] = schema.metadata or {}
        texts = {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in found.items()}
        fields = {name: text for name, text in texts.items() if not name.startswith(("ARROW:", "pandas"))}
        width, height = (fields.pop(name, "") for name in ("width", "height"))
        self.metadata = Metadata(
            int(width) if width.isdigit() else 0,
            int(height) if height.isdigit() else 0,
            fields.pop("serial", ""),
            fields.pop("camera", ""),
            self.encoding,
            fields,
        )

    @abc.abstractmethod
    def _open(self) -> Any:
        """Opens the file, and gives the table's schema."""

    @abc.abstractmethod
    def _batches(self) -> Iterator[tuple[Any, float]]:
        """All batches, and the share of the file that is read after each."""

    def _chunks(self) -> Iterator[Chunk]:
        try:
            for batch, share in self._batches():
                events = polarity_events(*(self._column(batch, name) for name in ("t", "x", "y", "on")))
                for part in base.parts(events, base.CHUNK_EVENTS):
                    yield Chunk(part, no_triggers(), self.total * share)
        except (self._pa.ArrowInvalid, self._pa.ArrowNotImplementedError) as error:
            raise FormatError(f"{self._path} can't be read to its end: {error}") from error

    def _column(self, batch: Any, name: str) -> Column:
        column = batch.column(batch.schema.get_field_index(self._names[name]))
        if column.null_count:
            raise FormatError(f"{self._names[name]} in {self._path} has rows without a value")
        for kind in ("timestamp", "duration"):
            if getattr(self._pa.types, f"is_{kind}")(column.type):
                column = column.cast(getattr(self._pa, kind)("us")).cast("int64")
        return np.asarray(column.to_numpy(zero_copy_only=False))


class ParquetReader(TableReader):
    """A Parquet file."""

    encoding = "Parquet"

    def _open(self) -> Any:
        self._file = _pyarrow(".parquet").ParquetFile(self._path)
        return self._file.schema_arrow

    def _batches(self) -> Iterator[tuple[Any, float]]:
        done, rows = 0, self._file.metadata.num_rows
        for batch in self._file.iter_batches(batch_size=base.CHUNK_EVENTS, columns=list(self._names.values())):
            done += batch.num_rows
            yield batch, done / max(rows, 1)

    def close(self) -> None:
        self._file.close()


class ArrowReader(TableReader):
    """An Arrow file (Feather's version 2), which is mapped."""

    encoding = "Arrow"

    def _open(self) -> Any:
        self._map = self._pa.memory_map(str(self._path))
        try:
            self._file = _pyarrow(".ipc").open_file(self._map)
        except BaseException:
            self._map.close()
            raise
        return self._file.schema

    def _batches(self) -> Iterator[tuple[Any, float]]:
        for index in range(self._file.num_record_batches):
            yield self._file.get_batch(index), (index + 1) / self._file.num_record_batches

    def close(self) -> None:
        self._map.close()


class TableWriter(Writer):
    """A table, written in groups of 2^20 rows."""

    def __init__(self, path: pathlib.Path, metadata: Metadata, compression: str, is_parquet: bool) -> None:
        self._pa = _pyarrow()
        self.notes = []
        self._waiting: list[PolarityEvents] = []
        self._count = 0
        about = {"width": str(metadata.width), "height": str(metadata.height)}
        about |= {name: text for name, text in (("serial", metadata.serial), ("camera", metadata.camera)) if text}
        types = {"t": self._pa.uint64(), "x": self._pa.uint16(), "y": self._pa.uint16(), "on": self._pa.bool_()}
        self._schema = self._pa.schema(list(types.items()), metadata=about)
        if is_parquet:
            # Times hardly ever repeat, but their differences do.
            self._writer = _pyarrow(".parquet").ParquetWriter(
                path,
                self._schema,
                compression=compression,
                use_dictionary=False,
                column_encoding={"t": "DELTA_BINARY_PACKED"},
                data_page_version="1.0",
            )
        else:
            options = self._pa.ipc.IpcWriteOptions(compression=None if compression == "none" else compression)
            self._writer = _pyarrow(".ipc").new_file(str(path), self._schema, options=options)

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        for part in base.parts(events, _GROUP):
            # A copy: what waits must not keep a packet's memory.
            self._waiting.append(joined([part]))
            self._count += len(part)
            if self._count >= _GROUP:
                self._flush()

    def finish(self) -> None:
        self._flush()

    def _flush(self) -> None:
        if self._waiting:
            events = joined(self._waiting)
            self._waiting, self._count = [], 0
            arrays = [self._pa.array(events.column(name)) for name in events.fields]
            self._writer.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class Parquet:
    """Parquet."""

    NAME = "Parquet"
    SUFFIXES = (".parquet",)
    EXTRA = "arrow"
    HAS_TRIGGERS = False
    NEEDS_GEOMETRY = False
    IS_WRITTEN = True

    @staticmethod
    def open_reader(path: pathlib.Path) -> ParquetReader:
        """Opens a file."""
        return ParquetReader(path)

    @staticmethod
    def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> TableWriter:
        """Begins a file."""
        chosen = base.choose_compression(compression, Parquet.NAME, "zstd", "snappy", "lz4", "gzip", "none")
        return TableWriter(path, metadata, chosen, True)


class Arrow:
    """Arrow's file format, which is Feather's version 2. Not compressed, it is mapped and not read."""

    NAME = "Arrow"
    SUFFIXES = (".arrow", ".feather")
    EXTRA = "arrow"
    HAS_TRIGGERS = False
    NEEDS_GEOMETRY = False
    IS_WRITTEN = True

    @staticmethod
    def open_reader(path: pathlib.Path) -> ArrowReader:
        """Opens a file."""
        return ArrowReader(path)

    @staticmethod
    def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> TableWriter:
        """Begins a file."""
        return TableWriter(path, metadata, base.choose_compression(compression, Arrow.NAME, "none", "lz4", "zstd"), False)
