"""Writes the recordings that decoders are measured on: six profiles, each in EVT3, EVT2 and EVT2.1.

    python profiles.py FOLDER [RECORDING]      RECORDING: an EVT3 file, for the profile `real`

Everything is drawn with a fixed seed: the same files everywhere. Beside each NAME.raw lies NAME.txt, its manifest: how
many events it holds and two sums of each column, one of which weighs every event by its place, so that a decoder that
mixes up the order is found out. Files that this very script has written before are kept.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
SEED = 20240229
FIRST_T = 1 << 20
# Sensors repeat their high time word this often, in every format: both recordings of real cameras show it.
HIGH_EVERY_BITS = 4
FORMATS = ("evt3", "evt2", "evt21")
# An IMX636 sends EVT2.1 with the upper half of a word before the lower one, which files call legacy.
HEADER_NAMES = {"evt3": ("3.0", "EVT3"), "evt2": ("2.0", "EVT2"), "evt21": ("2.1", "EVT21;endianness=legacy")}
PROFILES = ("sparse", "mixed", "vec25", "dense", "real", "quiet")
GARBAGE = ("random", "unknown", "damaged")
GARBAGE_BYTES = 32 << 20
REPETITIONS = 100

Integers = NDArray[np.integer[Any]]


class Columns(NamedTuple):
    t: NDArray[np.uint64]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    on: NDArray[np.uint8]


class Segment(NamedTuple):
    """A piece of a recording: its EVT3 words, and the events that they mean."""
    words: Integers
    columns: Columns


@dataclass
class Items:
    """What EVT3 says in one go: a single event, or a group of 32 pixels (words of 12, 12 and 8 bits). One row each."""
    t: NDArray[np.uint64]
    y: NDArray[np.uint16]
    x: NDArray[np.uint16]
    on: NDArray[np.uint8]
    mask: NDArray[np.uint32]
    is_group: NDArray[np.bool_]
    is_row_start: NDArray[np.bool_]
    has_base: NDArray[np.bool_]

    def columns(self) -> Columns:
        if not self.is_group.any():
            return Columns(self.t, self.x, self.y, self.on)
        bits = np.unpackbits(self.mask.astype("<u4").view(np.uint8), bitorder="little")
        item, bit = np.divmod(np.flatnonzero(bits), 32)
        return Columns(self.t[item], self.x[item] + bit.astype(np.uint16), self.y[item], self.on[item])


def changes(values: Integers) -> NDArray[np.bool_]:
    """True where a value differs from the one before; the first always does."""
    return np.concatenate(([True], values[1:] != values[:-1]))


def interleave(parts: list[tuple[NDArray[np.bool_], Integers]], word: str) -> Integers:
    """Row after row, the words of the parts that each row has."""
    counts = np.zeros(len(parts[0][0]), np.int64)
    for is_there, _ in parts:
        counts += is_there
    place = np.cumsum(counts) - counts
    words = np.empty(int(counts.sum()), word)
    for is_there, values in parts:
        words[place[is_there]] = values[is_there]
        place += is_there
    return words


def evt3_words(items: Items) -> Integers:
    low = changes(items.t)
    high = changes(items.t >> HIGH_EVERY_BITS)
    position = items.on.astype(np.uint16) << 11 | items.x
    return interleave([
        (high, 0x8000 | items.t >> 12 & 0xFFF),
        (low, 0x6000 | items.t & 0xFFF),
        (items.is_row_start, items.y),
        (items.has_base, 0x3000 | position),
        (~items.is_group, 0x2000 | position),
        (items.is_group, 0x4000 | items.mask & 0xFFF),
        (items.is_group, 0x4000 | items.mask >> 12 & 0xFFF),
        (items.is_group, 0x5000 | items.mask >> 24),
    ], "<u2")


def evt2_words(columns: Columns) -> Integers:
    t, x, y, on = (column.astype(np.uint32) for column in columns)
    high = changes(t >> HIGH_EVERY_BITS)
    everywhere = np.ones(len(t), bool)
    return interleave([(high, 0x8000_0000 | t >> 6), (everywhere, on << 28 | (t & 63) << 22 | x << 11 | y)], "<u4")


def upper_half_first(words: Integers) -> Integers:
    return words >> 32 | words << 32


def evt21_words(columns: Columns) -> Integers:
    """Events of one time, row, polarity and 32 pixels share a word, as long as they go from left to right."""
    t, x, y, on = (column.astype(np.uint64) for column in columns)
    key = on << 60 | (t & 63) << 54 | (x & ~np.uint64(31)) << 43 | y << 32
    starts = changes(key)
    starts[1:] |= x[1:] <= x[:-1]
    first = np.flatnonzero(starts)
    mask = np.bitwise_or.reduceat(np.uint64(1) << (x & 31), first)
    t, key = t[first], key[first]
    high = changes(t >> HIGH_EVERY_BITS)
    return upper_half_first(interleave([(high, 8 << 60 | t >> 6 << 32), (np.ones(len(t), bool), key | mask)], "<u8"))


def rows(draw: np.random.Generator, count: int, per_microsecond: float, start: int) \
        -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    """Times and places of the rows that a sensor reads out; now and then nothing happens for a while."""
    step = (draw.random(count) < 1 / per_microsecond).astype(np.uint64)
    step += (draw.random(count) < 1 / 4096) * draw.integers(2, 100, count, np.uint64)
    return start + np.cumsum(step), draw.integers(0, HEIGHT, count, np.uint16)


def masks(draw: np.random.Generator, density: NDArray[np.float64]) -> NDArray[np.uint32]:
    """32 pixels, each with its group's probability; a sensor doesn't send empty groups."""
    bits = draw.integers(0, 256, (len(density), 32), np.uint8) < (density * 256)[:, np.newaxis]
    mask = np.packbits(bits, axis=1, bitorder="little").view("<u4")[:, 0]
    return np.where(mask == 0, np.uint32(1) << draw.integers(0, 32, len(mask), np.uint32), mask)


def scattered(draw: np.random.Generator, start: int, per_row: float, groups: float, per_microsecond: float) -> Items:
    """Rows of a few items anywhere, OFF before ON and from left to right, as sensors send them."""
    count = 1 << 18
    t, y = rows(draw, count, per_microsecond, start)
    row = np.repeat(np.arange(count), draw.geometric(1 / per_row, count))
    # Row, polarity and column in one number: sorted, it is the order of reading out. One item for 32 pixels.
    key = np.sort(row.astype(np.uint64) << 12 | draw.integers(0, 2, len(row), np.uint64) << 11
                  | draw.integers(0, WIDTH, len(row), np.uint64))
    key = key[changes(key >> 5)]
    row = (key >> 12).astype(np.int64)
    x = (key & 0x7FF).astype(np.uint16)
    is_group = draw.random(len(key)) < groups
    mask = np.ones(len(key), np.uint32)
    mask[is_group] = masks(draw, draw.uniform(0, 0.625, int(is_group.sum())))
    return Items(t[row], y[row], np.where(is_group, x & 0xFFE0, x), (key >> 11 & 1).astype(np.uint8), mask, is_group,
                 changes(row), is_group)


def runs(draw: np.random.Generator, start: int, lengths: tuple[int, int], density: tuple[float, float],
         per_microsecond: float) -> Items:
    """Rows of one base and then adjacent groups."""
    count = (1 << 16) // lengths[1]
    t, y = rows(draw, count, per_microsecond, start)
    length = draw.integers(lengths[0], lengths[1] + 1, count)
    first = draw.integers(0, WIDTH // 32 - length + 1)
    row = np.repeat(np.arange(count), length)
    is_row_start = changes(row)
    place = np.arange(len(row)) - np.flatnonzero(is_row_start)[row]
    on = draw.integers(0, 2, count, np.uint8)[row]
    return Items(t[row], y[row], (32 * (first[row] + place)).astype(np.uint16), on,
                 masks(draw, draw.uniform(*density, len(row))), np.ones(len(row), bool), is_row_start, is_row_start)


def alone(draw: np.random.Generator, start: int, per_microsecond: float) -> Items:
    """Events that have nothing to do with one another, at any time."""
    count = 1 << 18
    t = start + draw.exponential(1 / per_microsecond, count).cumsum().astype(np.uint64)
    everywhere, nowhere = np.ones(count, bool), np.zeros(count, bool)
    return Items(t, draw.integers(0, HEIGHT, count, np.uint16), draw.integers(0, WIDTH, count, np.uint16),
                 draw.integers(0, 2, count, np.uint8), np.ones(count, np.uint32), nowhere, everywhere, nowhere)


def drawn(profile: str, events: int, draw_items: Callable[[np.random.Generator, int], Items]) -> Iterator[Segment]:
    start, so_far, index = FIRST_T, 0, 0
    while so_far < events:
        items = draw_items(np.random.default_rng([SEED, PROFILES.index(profile), index]), start)
        columns = items.columns()
        yield Segment(evt3_words(items), columns)
        start, so_far, index = int(items.t[-1]) + 1, so_far + len(columns.t), index + 1


def latest(is_there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each word, the index of the latest one that is there."""
    return np.maximum.accumulate(np.where(is_there, np.arange(len(is_there)), 0))


def evt3_columns(words: Integers) -> Columns:
    """The events of a recording that begins with a time and in which a low time follows each high time."""
    kind = words >> 12
    assert kind[0] == 8 and (kind[1:][kind[:-1] == 8] == 6).all()
    high, low = (words[latest(kind == time)].astype(np.uint64) & np.uint64(0xFFF) for time in (8, 6))
    t = high << np.uint64(12) | low
    y = words[latest(kind == 0)] & 0x7FF
    is_vector = (kind == 4) | (kind == 5)
    payload = np.where(kind == 2, 1, np.where(kind == 4, words & 0xFFF, np.where(kind == 5, words & 0xFF, 0)))
    # Each vector word stands behind its base and the vector words since; a single event has its own column.
    origin = np.where(is_vector, latest(kind == 3), np.arange(len(words)))
    advance = np.where(is_vector, np.where(kind == 4, 12, 8), 0)
    before = np.cumsum(advance) - advance
    item, bit = np.divmod(np.flatnonzero(np.unpackbits(payload.astype("<u2").view(np.uint8), bitorder="little")), 16)
    x = (words[origin] & 0x7FF) + before - before[origin]
    return Columns(t[item], (x[item] + bit).astype(np.uint16), y[item].astype(np.uint16),
                   (words[origin] >> 11 & 1).astype(np.uint8)[item])


def repeated(recording: Path) -> Iterator[Segment]:
    """A real recording again and again; its time goes on where the repetition before has ended."""
    words = np.frombuffer(recording.read_bytes(), np.uint8)[header_length(recording):]
    words = words[: len(words) // 2 * 2].view("<u2")
    columns = evt3_columns(words)
    is_high = words >> 12 == 8
    high = words[is_high] & 0xFFF
    step = int(high[-1]) - int(high[0]) + 1
    for repetition in range(REPETITIONS):
        shifted = words.copy()
        shifted[is_high] = 0x8000 | high + repetition * step & 0xFFF
        yield Segment(shifted, columns._replace(t=columns.t + np.uint64(repetition * step << 12)))


def segments(profile: str, recording: Path | None) -> Iterator[Segment]:
    if profile == "sparse":
        return drawn(profile, 20_000_000, lambda draw, start: scattered(draw, start, 3.2, 0, 6))
    if profile == "mixed":
        return drawn(profile, 20_000_000, lambda draw, start: scattered(draw, start, 3, 0.2, 6))
    if profile == "vec25":
        return drawn(profile, 40_000_000, lambda draw, start: runs(draw, start, (1, 8), (0.25, 0.25), 5))
    if profile == "dense":
        return drawn(profile, 40_000_000, lambda draw, start: runs(draw, start, (40, 40), (0.5, 1), 1))
    if profile == "quiet":
        return drawn(profile, 8_000_000, lambda draw, start: alone(draw, start, 1))
    assert recording is not None
    return repeated(recording)


class Sums:
    """What a manifest says of the columns: sums modulo 2^64, plain and weighed with 1, 3, 5 ... by place."""

    def __init__(self) -> None:
        self.events = 0
        self.sums = {f"{name}_{kind}": 0 for name in Columns._fields for kind in ("sum", "weighted")}

    def add(self, columns: Columns) -> None:
        count = len(columns.t)
        weights = 2 * np.arange(self.events, self.events + count, dtype=np.uint64) + 1
        for name in Columns._fields:
            wide: NDArray[np.uint64] = getattr(columns, name).astype(np.uint64)
            for kind, value in (("sum", wide.sum()), ("weighted", (wide * weights).sum())):
                self.sums[f"{name}_{kind}"] = (self.sums[f"{name}_{kind}"] + int(value)) % (1 << 64)
        self.events += count


def header_length(recording: Path) -> int:
    data, length = recording.read_bytes(), 0
    while data.startswith(b"% ", length):
        is_end = data.startswith(b"% end\n", length)
        length = data.index(b"\n", length) + 1
        if is_end:
            break
    return length


def header(format: str) -> bytes:
    """As cameras write it; where an older key and a newer one say the same, both are there, for every reader."""
    version, name = HEADER_NAMES[format]
    lines = ["camera_integrator_name Prophesee", "date 2024-02-29 12:00:00",
             *(["endianness legacy"] if format == "evt21" else []), f"evt {version}",
             f"format {name};height={HEIGHT};width={WIDTH}", f"geometry {WIDTH}x{HEIGHT}",
             "plugin_integrator_name Prophesee", "sensor_generation 4.2", "sensor_name IMX636", "system_ID 49", "end"]
    return "".join(f"% {line}\n" for line in lines).encode()


def write_manifest(path: Path, made_by: str, words: int, word_bytes: int, sums: Sums | None) -> None:
    lines = [f"made_by {made_by}", f"words {words}", f"bytes {words * word_bytes}"]
    if sums is not None:
        lines += [f"events {sums.events}", f"events_per_word {sums.events / words:.3f}"]
        lines += [f"{name} {value}" for name, value in sums.sums.items()]
    path.write_text("\n".join(lines) + "\n")


def read_manifest(path: Path) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in path.read_text().splitlines()) if path.exists() else {}


def write_profile(folder: Path, profile: str, made_by: str, recording: Path | None) -> None:
    files = {format: (folder / f"{profile}.{format}.raw").open("wb") for format in FORMATS}
    words = dict.fromkeys(FORMATS, 0)
    sums = Sums()
    for format, file in files.items():
        file.write(header(format))
    for segment in segments(profile, recording):
        for format, some in (("evt3", segment.words), ("evt2", evt2_words(segment.columns)),
                             ("evt21", evt21_words(segment.columns))):
            files[format].write(some.tobytes())
            words[format] += len(some)
        sums.add(segment.columns)
    for format, size in (("evt3", 2), ("evt2", 4), ("evt21", 8)):
        files[format].close()
        write_manifest(folder / f"{profile}.{format}.txt", made_by, words[format], size, sums)


def write_garbage(folder: Path, made_by: str) -> None:
    """Random words, and words of one kind that no decoder knows, behind one time word; and `mixed` with one word in ten
    replaced by a random one."""
    for format, word, high, unknown in (("evt3", "<u2", 0x8001, 0x9000), ("evt2", "<u4", 0x8000_0001, 0x2000_0000),
                                        ("evt21", "<u8", 0x8000_0001_0000_0000, 0x2000_0000_0000_0000)):
        draw = np.random.default_rng([SEED, len(PROFILES)])
        count = GARBAGE_BYTES // np.dtype(word).itemsize
        random = np.frombuffer(draw.bytes(GARBAGE_BYTES), word).copy()
        random[0] = high
        unknowns = np.full(count, unknown, word)
        unknowns[0] = high
        if format == "evt21":
            random, unknowns = upper_half_first(random), upper_half_first(unknowns)
        good = np.fromfile(folder / f"mixed.{format}.raw", word, count, offset=len(header(format)))
        damaged = np.where(draw.random(len(good)) < 0.1, random[:len(good)], good)
        for kind, words in (("random", random), ("unknown", unknowns), ("damaged", damaged)):
            (folder / f"{kind}.{format}.raw").write_bytes(header(format) + words.tobytes())
            write_manifest(folder / f"{kind}.{format}.txt", made_by, len(words), words.itemsize, None)


def write_all(folder: Path, recording: Path | None) -> list[str]:
    """Writes what isn't there yet; returns the profiles that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    profiles = [profile for profile in PROFILES if profile != "real" or recording is not None]
    for name in (*profiles, *GARBAGE):
        source = made_by if name != "real" else f"{made_by}-{recording.stat().st_size}"  # type: ignore[union-attr]
        manifests = [read_manifest(folder / f"{name}.{format}.txt") for format in FORMATS]
        if all(manifest.get("made_by") == source for manifest in manifests):
            continue
        if name in PROFILES:
            write_profile(folder, name, source, recording)
        elif name == "random":
            write_garbage(folder, made_by)
        for format in FORMATS:
            manifest = read_manifest(folder / f"{name}.{format}.txt")
            print(f"{name}.{format}: {manifest.get('events', 'no')} events, {manifest['words']} words", flush=True)
    return profiles


if __name__ == "__main__":
    write_all(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
