"""What the tests of commands and formats share."""

from __future__ import annotations

import csv
import hashlib
import os
import pathlib
from typing import Any

import numpy as np
import pytest

from neuromorphic import PolarityEvents, TriggerEvents, formats
from neuromorphic.__main__ import main
from neuromorphic.formats import base

PROJECT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("NEUROMORPHIC_TEST_DATA", PROJECT.parent / "shared" / "data"))
RECORDINGS = ("evt2_sample.raw", "evt3_sample.raw", "dvs.es")

SUFFIXES = tuple(suffix for form in formats.FORMATS if form.IS_WRITTEN for suffix in form.SUFFIXES)
WIDTH, HEIGHT = 346, 260

NEEDED = {"arrow": ("pyarrow",), "aedat": ("aedat",), "hdf5": ("h5py",)}


def need(*suffixes: str) -> None:
    """Skips the test where a format's package is not installed."""
    for suffix in suffixes:
        for name in NEEDED.get(formats.format_of(f"x{suffix}").EXTRA or "", ()):
            pytest.importorskip(name)


def recording(name: str) -> pathlib.Path:
    """A real recording. Skips the test where there are none."""
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is not there: NEUROMORPHIC_TEST_DATA names the folder of real recordings")
    return DATA / name


def expected(name: str) -> dict[str, str]:
    """What a real recording decodes to."""
    recording(name)
    with (DATA / "expected.csv").open() as file:
        return next(row for row in csv.DictReader(file) if row["file"] == name)


def random_events(count: int, seed: int = 1, start: int = 100) -> PolarityEvents:
    """Events in the order of time, some at once, some far from one another; the sensor's corners among them."""
    random = np.random.default_rng(seed)
    steps = random.choice([0, 0, 0, 1, 3, 126, 127, 128, 254, 5000], count)
    x, y = random.integers(0, WIDTH, count), random.integers(0, HEIGHT, count)
    if count > 1:
        x[0], y[0], x[-1], y[-1] = 0, 0, WIDTH - 1, HEIGHT - 1
    columns = {"t": start + np.cumsum(steps), "x": x, "y": y, "on": random.integers(0, 2, count)}
    return PolarityEvents.from_columns({name: column.astype(PolarityEvents.dtype[name]) for name, column in columns.items()})


def random_triggers(count: int, seed: int = 2) -> TriggerEvents:
    """Edges in the order of time, of input 0."""
    random = np.random.default_rng(seed)
    columns = {"t": np.sort(random.integers(100, 10**6, count)), "id": np.zeros(count), "rising": np.arange(count) % 2 == 0}
    return TriggerEvents.from_columns({name: column.astype(TriggerEvents.dtype[name]) for name, column in columns.items()})


def write(path: pathlib.Path, events: PolarityEvents, triggers: TriggerEvents | None = None, size: int = 777) -> None:
    """Writes a file in pieces of `size` events."""
    triggers = base.no_triggers() if triggers is None else triggers
    with formats.open_writer(path, formats.Metadata(WIDTH, HEIGHT, "00000042", "A camera")) as writer:
        pieces = max(-(-len(events) // size), 1)
        for piece in range(pieces):
            share = slice(len(triggers) * piece // pieces, len(triggers) * (piece + 1) // pieces)
            writer.write(events[piece * size : (piece + 1) * size], triggers[share])
        writer.finish()


def read(path: pathlib.Path) -> tuple[PolarityEvents, TriggerEvents, formats.Reader]:
    """All of a file."""
    with formats.open_reader(path) as reader:
        chunks = [(base.joined([chunk.events]), base.joined([chunk.triggers])) for chunk in reader]
    events = [events for events, _ in chunks] or [base.no_events()]
    triggers = [triggers for _, triggers in chunks] or [base.no_triggers()]
    return base.joined(events), base.joined(triggers), reader


def assert_same(found: Any, wanted: Any) -> None:
    """That events are the same, field by field, in the same order and of the same types."""
    for name in wanted.fields:
        assert found.column(name).dtype == wanted.column(name).dtype, name
        np.testing.assert_array_equal(found.column(name), wanted.column(name), err_msg=name)


def in_order(events: PolarityEvents) -> PolarityEvents:
    """Events in the order of time, those of one time as they came."""
    return events[np.argsort(events.t, kind="stable")]


def hashes(events: PolarityEvents) -> dict[str, str]:
    """Each column's, as expected.csv has them."""
    kinds = {"t": "u64", "x": "u16", "y": "u16", "on": "u8"}
    return {f"sha256_{name}_{kind}": hashlib.sha256(np.ascontiguousarray(events.column(name)).tobytes()).hexdigest()
            for name, kind in kinds.items()}  # fmt: skip


def write_evt2(path: pathlib.Path, events: PolarityEvents, width: int = 1280, height: int = 720) -> None:
    """A RAW file of EVT2 words: time's upper 28 bits whenever they change, and a word for each event."""
    t = events.t.astype(np.int64)
    words = events.on.astype(np.int64) << 28 | (t & 63) << 22 | events.x.astype(np.int64) << 11 | events.y
    places = np.flatnonzero(np.diff(t >> 6, prepend=-1))
    words = np.insert(words, places, 8 << 28 | (t >> 6)[places])
    header = f"% evt 2.0\n% format EVT2;height={height};width={width}\n% geometry {width}x{height}\n"
    header += "% serial_number 00000042\n% end\n"
    path.write_bytes(header.encode() + words.astype("<u4").tobytes())


def run(*arguments: object) -> int:
    """Runs the program within this process."""
    return main([str(argument) for argument in arguments])


def events_in(t: list[int]) -> PolarityEvents:
    """Events of these times, all of one pixel."""
    zeros = np.zeros(len(t), "<u2")
    return PolarityEvents.from_columns({"t": np.array(t, "<u8"), "x": zeros, "y": zeros, "on": zeros > 0})
