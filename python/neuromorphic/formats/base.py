"""What every format's reader and writer have: chunks of events in, chunks of events out, and what is known of the whole."""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import importlib
import pathlib
import types
from collections.abc import Generator, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ..arrays import Column, EventsT, PolarityEvents, TriggerEvents
from ..errors import Code, NeuromorphicError

CHUNK_EVENTS = 1 << 18
"""Most events that a reader hands over at once."""

WINDOW_US = 10_000
"""How late an event may come and still be put in the order of time."""

ReaderT = TypeVar("ReaderT", bound="Reader")
WriterT = TypeVar("WriterT", bound="Writer")


class FormatError(NeuromorphicError, ValueError):
    """A file is not what its suffix says, or holds what a format has no room for."""

    def __init__(self, message: str, code: int = Code.INVALID_FILE) -> None:
        super().__init__(message, code)


@dataclasses.dataclass
class Metadata:
    """What is known of a whole recording."""

    width: int = 0
    """Pixels; 0 where the file doesn't say."""
    height: int = 0
    """Pixels; 0 where the file doesn't say."""
    serial: str = ""
    """Of the camera; "" where the file doesn't say."""
    camera: str = ""
    """Its name; "" where the file doesn't say."""
    encoding: str = ""
    """Of the events within the file, such as "EVT3" or "zstd"."""
    fields: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    """What else the file's header says, by the header's own names."""

    @property
    def has_geometry(self) -> bool:
        """Whether width and height are known."""
        return self.width > 0 and self.height > 0


@dataclasses.dataclass(frozen=True)
class Chunk:
    """Some events of a file, in the file's order."""

    events: PolarityEvents
    triggers: TriggerEvents
    position: float
    """How far into the file its end is, bytes of `Reader.total`."""


class Reader(abc.ABC):
    """A file that is being read, from its beginning to its end. A context manager closes it."""

    metadata: Metadata
    total: int
    """Bytes of the file; 0 where that is not known."""
    notes: list[str]
    """What was found wrong with the file, sentences. Complete once the last chunk was read."""

    name = "the input"
    """What is read, for sentences."""

    def __iter__(self) -> Iterator[Chunk]:
        """All chunks. Only once. Raises FormatError where the file is damaged."""
        with readable(self.name):
            yield from self._chunks()

    @abc.abstractmethod
    def _chunks(self) -> Iterator[Chunk]: ...

    def close(self) -> None:
        """Closes the file."""

    def __enter__(self: ReaderT) -> ReaderT:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()


class Writer(abc.ABC):
    """A file that is being written. `finish` makes it whole; a context manager only lets go of it."""

    notes: list[str]
    """What the file does not say as its source said it, sentences. Complete after `finish`."""

    @abc.abstractmethod
    def write(self, events: PolarityEvents, triggers: TriggerEvents) -> None:
        """Appends events and triggers, each behind those before. Their arrays are free again when it returns."""

    @abc.abstractmethod
    def finish(self) -> None:
        """Writes what is left, and what stands at the file's end or depends on it."""

    def close(self) -> None:
        """Closes the file, finished or not."""

    def __enter__(self: WriterT) -> WriterT:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()


@contextlib.contextmanager
def readable(name: str) -> Generator[None, None, None]:
    """Makes FormatErrors of whatever the packages that read files raise, which damage surprises in many ways."""
    try:
        yield
    except (NeuromorphicError, OSError, ImportError, MemoryError):
        raise
    except BaseException as error:
        # Packages in Rust have an exception of their own for what they did not expect.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise FormatError(f"{name} can't be read: {str(error) or type(error).__name__}") from error
        raise


def package(name: str, extra: str, purpose: str) -> Any:
    """An optional package's module. Raises ImportError with a sentence that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f'{purpose} needs the package {name.partition(".")[0]}: pip install "neuromorphic[{extra}]" ({error})'
        ) from error


def no_events() -> PolarityEvents:
    """No event."""
    return PolarityEvents.from_columns({name: np.empty(0, PolarityEvents.dtype[name]) for name in ("t", "x", "y", "on")})


def no_triggers() -> TriggerEvents:
    """No trigger."""
    return TriggerEvents.from_columns({name: np.empty(0, TriggerEvents.dtype[name]) for name in ("t", "id", "rising")})


def polarity_events(t: Column, x: Column, y: Column, on: Column) -> PolarityEvents:
    """Events of a file's arrays, whatever integers they are; `on` is what is above 0. Raises FormatError for what can't be."""
    if not len(t):
        return no_events()
    for name, column, largest in (("t", t, 2**63 - 1), ("x", x, 2**16 - 1), ("y", y, 2**16 - 1)):
        if column.dtype.kind not in "ui":
            raise FormatError(f"{name} is a column of {column.dtype}, not of integers")
        if column.dtype.kind == "i" or np.iinfo(column.dtype).max > largest:
            lowest, highest = int(column.min()), int(column.max())
            if lowest < 0 or highest > largest:
                raise FormatError(f"{name} is {lowest if lowest < 0 else highest}, but can be 0 to {largest}")
    return PolarityEvents.from_columns(
        {
            "t": t.astype("<u8", copy=False),
            "x": x.astype("<u2", copy=False),
            "y": y.astype("<u2", copy=False),
            "on": on if on.dtype.kind == "b" else on > 0,
        }
    )


def trigger_events(t: Column, identifier: Column, rising: Column) -> TriggerEvents:
    """Triggers of a file's arrays."""
    return TriggerEvents.from_columns(
        {
            "t": t.astype("<u8", copy=False),
            "id": identifier.astype("u1", copy=False),
            "rising": rising if rising.dtype.kind == "b" else rising > 0,
        }
    )


def joined(parts: list[EventsT]) -> EventsT:
    """Events of several chunks as one."""
    kind = type(parts[0])
    return kind.from_columns({name: np.concatenate([part.column(name) for part in parts]) for name in parts[0].fields})


def is_ordered(t: npt.NDArray[np.uint64]) -> bool:
    """Whether no time is before the one in front of it."""
    return bool(np.all(t[1:] >= t[:-1]))


def check_pixels(events: PolarityEvents, metadata: Metadata) -> None:
    """Raises FormatError where a pixel lies outside of the geometry."""
    if len(events):
        x, y = int(events.x.max()), int(events.y.max())
        if x >= metadata.width or y >= metadata.height:
            raise FormatError(
                f"the pixel {x}, {y} is not on a sensor of {metadata.width} x {metadata.height} pixels: give the right "
                "--width and --height",
                Code.OUT_OF_RANGE,
            )


class TimeOrder(Generic[EventsT]):
    """Puts events in the order of time, those of one time as they came, for formats that need it so.

    A sensor's rows are read out one by one, so that its times step back by some microseconds now and then. What comes more
    than WINDOW_US late is refused. Takes as much memory as there are events within that time.
    """

    def __init__(self, what: str) -> None:
        """`what` is the format, for the sentence."""
        self._what = what
        self._held: list[EventsT] = []
        self._latest = 0
        self._given = 0
        self._is_shuffled = False

    def put(self, events: EventsT) -> EventsT:
        """Takes events, and gives those that no later one can come before."""
        if not len(events):
            return events
        held = joined([*self._held, events]) if self._held else events
        t: npt.NDArray[np.uint64] = held.column("t")
        if not is_ordered(t):
            self._is_shuffled = True
            late = np.maximum.accumulate(t) - t
            if int(late.max()) > WINDOW_US:
                raise self._error(int(t[late.argmax()]) + int(late.max()), int(t[late.argmax()]))
            held = held[np.argsort(t, kind="stable")]
            t = held.column("t")
        if int(t[0]) < self._given:
            raise self._error(self._latest, int(t[0]))
        self._latest = int(t[-1])
        ready = int(np.searchsorted(t, np.uint64(max(self._latest - WINDOW_US, 0)), "left"))
        # A copy: what is held must not keep a packet's memory.
        self._held = [joined([held[ready:]])]
        if ready:
            self._given = int(t[ready - 1])
        return held[:ready]

    def _error(self, before: int, after: int) -> FormatError:
        sentence = f"time steps back from {before} us to {after} us, and {self._what} has no room for that"
        return FormatError(sentence, Code.UNSUPPORTED)

    def rest(self) -> EventsT | None:
        """What is left at the end."""
        held, self._held = self._held, []
        return held[0] if held else None

    @property
    def notes(self) -> list[str]:
        """That something had to be moved."""
        return [f"events were put in the order of time, as {self._what} needs it"] if self._is_shuffled else []


def parts(events: EventsT, count: int) -> Iterator[EventsT]:
    """The events in pieces of at most `count`."""
    for start in range(0, len(events), count):
        yield events[start : start + count]


def choose_compression(chosen: str | None, what: str, *possible: str) -> str:
    """`chosen`, or the first of those that a format has. Raises FormatError for another one."""
    if chosen is None:
        return possible[0]
    if chosen not in possible:
        raise FormatError(f"{what} can be compressed with {', '.join(possible)}, not with {chosen}", Code.UNSUPPORTED)
    return chosen


def size_of(path: pathlib.Path) -> int:
    """Bytes of a file."""
    return path.stat().st_size
