"""NumPy: .npy has one structured array (t, x, y, on), .npz an array for each field, the triggers' too, and the geometry."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ..arrays import Column, PolarityEvents, TriggerEvents
from . import base
from .base import Chunk, FormatError, Metadata, Reader, Writer, no_events, no_triggers, polarity_events, size_of, trigger_events
from .names import column_names


class NPYReader(Reader):
    """A structured array, which is mapped and read piece by piece."""

    def __init__(self, path: pathlib.Path) -> None:
        self.total = size_of(path)
        self.metadata = Metadata()
        self.notes = []
        try:
            self._records: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError) as error:
            # numpy can't map what is empty.
            try:
                self._records = np.load(path, allow_pickle=False)
            except (ValueError, EOFError):
                raise FormatError(f"{path} can't be read as a NumPy array: {error}") from error
        names = self._records.dtype.names
        if names is None or self._records.ndim != 1:
            raise FormatError(
                f"{path} has an array of {self._records.dtype} and the shape {self._records.shape}, and not one of records "
                "with the fields t, x, y, on"
            )
        self._names = column_names(names, str(path))

    def _chunks(self) -> Iterator[Chunk]:
        count = len(self._records)
        for start in range(0, count, base.CHUNK_EVENTS):
            records = self._records[start : start + base.CHUNK_EVENTS]
            columns: list[Column] = [np.ascontiguousarray(records[self._names[name]]) for name in ("t", "x", "y", "on")]
            yield Chunk(polarity_events(*columns), no_triggers(), self.total * (start + len(records)) / count)

    def close(self) -> None:
        self._records = np.empty(0, PolarityEvents.dtype)


class NPYWriter(Writer):
    """A structured array whose length is put into its header at the end."""

    def __init__(self, path: pathlib.Path) -> None:
        self.notes = []
        self._count = 0
        self._file = path.open("wb")
        self._file.write(_npy_header(PolarityEvents.dtype, 0))

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        for part in base.parts(events, base.CHUNK_EVENTS):
            self._file.write(np.asarray(part).data)
        self._count += len(events)

    def finish(self) -> None:
        self._file.seek(0)
        self._file.write(_npy_header(PolarityEvents.dtype, self._count))

    def close(self) -> None:
        self._file.close()


class NPZReader(Reader):
    """Arrays t, x, y, on, and trigger_t, trigger_id, trigger_rising, width, height where they are there."""

    def __init__(self, path: pathlib.Path) -> None:
        self.total = size_of(path)
        self.notes = []
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise FormatError(f"{path} is not a NumPy archive: {error}") from error
        try:
            self._members = [name[:-4] for name in self._archive.namelist() if name.endswith(".npy")]
            self._names = column_names(self._members, str(path))
            self.metadata = Metadata(self._number("width"), self._number("height"))
        except BaseException:
            self._archive.close()
            raise

    def _chunks(self) -> Iterator[Chunk]:
        triggers = ["trigger_t", "trigger_id", "trigger_rising"]
        if all(name in self._members for name in triggers):
            for count, (t, identifier, rising) in self._columns(triggers):
                yield Chunk(no_events(), trigger_events(t, identifier, rising), 0 * count)
        for share, (t, x, y, on) in self._columns([self._names[name] for name in ("t", "x", "y", "on")]):
            yield Chunk(polarity_events(t, x, y, on), no_triggers(), self.total * share)

    def close(self) -> None:
        self._archive.close()

    def _number(self, name: str) -> int:
        if name not in self._members:
            return 0
        with self._archive.open(f"{name}.npy") as file:
            return int(np.lib.format.read_array(file, allow_pickle=False))

    def _columns(self, names: list[str]) -> Iterator[tuple[float, list[Column]]]:
        """Pieces of several arrays of the same length, and the share of it that is read then."""
        files: list[IO[bytes]] = [self._archive.open(f"{name}.npy") for name in names]
        try:
            heads = [_npy_head(file, f"{name} in {self._path}") for name, file in zip(names, files)]
            counts = {count for _, count in heads}
            if len(counts) != 1:
                raise FormatError(f"{', '.join(names)} in {self._path} are of different lengths")
            count = counts.pop()
            for start in range(0, count, base.CHUNK_EVENTS):
                length = min(base.CHUNK_EVENTS, count - start)
                columns: list[Column] = []
                for file, (dtype, _) in zip(files, heads):
                    data = file.read(length * dtype.itemsize)
                    if len(data) < length * dtype.itemsize:
                        raise FormatError(f"{self._path} ends within an array")
                    columns.append(np.frombuffer(data, dtype))
                yield (start + length) / count, columns
        finally:
            for file in files:
                file.close()


class NPZWriter(Writer):
    """Columns are kept in files without a name until the end, as an archive has them one behind the other."""

    def __init__(self, path: pathlib.Path, metadata: Metadata, compression: str) -> None:
        self.notes = []
        self._path = path
        self._metadata = metadata
        self._compression = zipfile.ZIP_DEFLATED if compression == "deflate" else zipfile.ZIP_STORED
        self._dtypes = {f"{kind.PREFIX}{name}": kind.dtype[name] for kind in (PolarityEvents, TriggerEvents)
                        for name in kind.dtype.names or ()}  # fmt: skip
        self._columns = {name: tempfile.TemporaryFile(dir=path.parent) for name in self._dtypes}
        # Says now that the file can't be written.
        path.touch()

    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        for some in (events, triggers):
            for name in some.fields:
                self._columns[some.PREFIX + name].write(np.ascontiguousarray(some.column(name)).data)

    def finish(self) -> None:
        with zipfile.ZipFile(self._path, "w", self._compression) as archive:
            for name, value in (("width", self._metadata.width), ("height", self._metadata.height)):
                with archive.open(f"{name}.npy", "w") as target:
                    np.lib.format.write_array(target, np.asarray(value), allow_pickle=False)
            for name, column in self._columns.items():
                length = column.tell()
                column.seek(0)
                dtype = self._dtypes[name]
                with archive.open(f"{name}.npy", "w", force_zip64=True) as target:
                    target.write(_npy_header(dtype, length // dtype.itemsize))
                    shutil.copyfileobj(column, target, 1 << 20)

    def close(self) -> None:
        for column in self._columns.values():
            column.close()


class NPY:
    """NumPy's single array."""

    NAME = "NumPy array"
    SUFFIXES = (".npy",)
    EXTRA: str | None = None
    HAS_TRIGGERS = False
    NEEDS_GEOMETRY = False
    IS_WRITTEN = True

    @staticmethod
    def open_reader(path: pathlib.Path) -> NPYReader:
        """Opens a file."""
        return NPYReader(path)

    @staticmethod
    def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> NPYWriter:
        """Begins a file."""
        base.choose_compression(compression, NPY.NAME, "none")
        return NPYWriter(path)


class NPZ:
    """NumPy's archive."""

    NAME = "NumPy archive"
    SUFFIXES = (".npz",)
    EXTRA: str | None = None
    HAS_TRIGGERS = True
    NEEDS_GEOMETRY = False
    IS_WRITTEN = True

    @staticmethod
    def open_reader(path: pathlib.Path) -> NPZReader:
        """Opens a file."""
        return NPZReader(path)

    @staticmethod
    def open_writer(path: pathlib.Path, metadata: Metadata, compression: str | None) -> NPZWriter:
        """Begins a file."""
        return NPZWriter(path, metadata, base.choose_compression(compression, NPZ.NAME, "none", "deflate"))


def _npy_header(dtype: np.dtype[Any], count: int) -> bytes:
    """A header of always the same length."""
    text = repr({"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (count,)})
    length = 192 - 10
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text.encode().ljust(length - 1) + b"\n"


def _npy_head(file: IO[bytes], what: str) -> tuple[np.dtype[Any], int]:
    """The elements' kind and number of an array of one dimension."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except ValueError as error:
        raise FormatError(f"{what} is not a NumPy array: {error}") from error
    if len(shape) != 1 or dtype.hasobject or dtype.names is not None:
        raise FormatError(f"{what} is an array of {dtype} and the shape {shape}, and not a column of numbers")
    return dtype, int(shape[0])
