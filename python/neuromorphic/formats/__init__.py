"""Files of events. Each format is a module with a reader, a writer, or both; a new one is a module and a line here.

    from neuromorphic import formats

    with formats.open_reader("drive.parquet") as reader:
        for chunk in reader:
            print(chunk.events.t[0], len(chunk.events))

Optional packages are imported when they are needed.
"""

from __future__ import annotations

import os
import pathlib
from typing import Protocol, cast

from . import aedat4, arrow, csv, event_stream, hdf5, numpy_arrays, raw
from .base import (
    Chunk as Chunk,
)
from .base import (
    FormatError as FormatError,
)
from .base import (
    Metadata as Metadata,
)
from .base import (
    Reader as Reader,
)
from .base import (
    Writer as Writer,
)
from .base import (
    readable,
)


class Format(Protocol):
    """What a format's module has."""

    NAME: str
    SUFFIXES: tuple[str, ...]
    EXTRA: str | None
    """Of this package's extras, the one that the format needs."""
    HAS_TRIGGERS: bool
    """Whether files of it keep triggers."""
    NEEDS_GEOMETRY: bool
    """Whether a file of it can't be without width and height."""
    IS_WRITTEN: bool
    """Whether files of it can be made of events."""

    def open_reader(self, path: pathlib.Path) -> Reader:
        """Opens a file. Raises FormatError where it is not of the format, OSError, ImportError without the extra."""
        ...

    def open_writer(self, path: pathlib.Path, metadata: Metadata, compression: str | None) -> Writer:
        """Begins a file. Its directory must be there; a file that is there is replaced."""
        ...


FORMATS = cast(
    "tuple[Format, ...]",
    (raw, event_stream, aedat4, hdf5, arrow.Parquet, arrow.Arrow, csv, numpy_arrays.NPY, numpy_arrays.NPZ),
)
"""All formats."""


def format_of(path: str | os.PathLike[str]) -> Format:
    """The format that a file's suffix names. Raises FormatError for another suffix."""
    suffix = pathlib.Path(path).suffix.lower()
    for form in FORMATS:
        if suffix in form.SUFFIXES:
            return form
    known = ", ".join(suffix for form in FORMATS for suffix in form.SUFFIXES)
    raise FormatError(f"{os.fspath(path)} has the suffix {suffix or '(none)'}, which names no format; {known} do")


def open_reader(path: str | os.PathLike[str]) -> Reader:
    """Opens a file of any format, by its suffix."""
    form, found = format_of(path), _readable(path)
    with readable(str(found)):
        reader = form.open_reader(found)
    reader.name = str(found)
    return reader


def open_writer(path: str | os.PathLike[str], metadata: Metadata, compression: str | None = None) -> Writer:
    """Begins a file of the format that its suffix names. `compression` None is the format's usual one."""
    return format_of(path).open_writer(pathlib.Path(path), metadata, compression)


def _readable(path: str | os.PathLike[str]) -> pathlib.Path:
    """The path of a file that is there, as libraries say that in many ways. Raises OSError."""
    found = pathlib.Path(path)
    with found.open("rb"):
        return found
