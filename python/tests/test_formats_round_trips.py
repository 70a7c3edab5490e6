"""Files of every format that goes both ways, written and read again."""

from __future__ import annotations

import itertools
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from command_support import (
    HEIGHT,
    RECORDINGS,
    SUFFIXES,
    WIDTH,
    assert_same,
    expected,
    hashes,
    in_order,
    need,
    random_events,
    random_triggers,
    read,
    recording,
    run,
    write,
    write_evt2,
)

from neuromorphic import NeuromorphicError, PolarityEvents, formats
from neuromorphic.formats import base

FORMATS = tuple(form.SUFFIXES[0] for form in formats.FORMATS if form.IS_WRITTEN)
NEED_ORDER = (".es", ".aedat4", ".hdf5", ".h5")
KNOW_GEOMETRY = tuple(suffix for suffix in SUFFIXES if suffix not in (".csv", ".txt", ".npy"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_again(suffix: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need(suffix)
    monkeypatch.setattr(base, "CHUNK_EVENTS", 1000)
    events, triggers = random_events(20_000), random_triggers(300)
    path = tmp_path / f"file{suffix}"
    write(path, events, triggers)
    found, found_triggers, reader = read(path)
    assert_same(found, events)
    if formats.format_of(path).HAS_TRIGGERS:
        assert_same(found_triggers, triggers)
    else:
        assert len(found_triggers) == 0
    assert reader.notes == []
    assert (reader.metadata.width, reader.metadata.height) == ((WIDTH, HEIGHT) if suffix in KNOW_GEOMETRY else (0, 0))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_events_is_a_file(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    path = tmp_path / f"empty{suffix}"
    write(path, base.no_events())
    events, triggers, _ = read(path)
    assert len(events) == len(triggers) == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_one_event_has_one_event(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    path = tmp_path / f"one{suffix}"
    write(path, random_events(1))
    assert_same(read(path)[0], random_events(1))


@pytest.mark.parametrize(("first", "second"), list(itertools.product(FORMATS, FORMATS)))
def test_a_converted_recording_has_the_same_events(first: str, second: str, tmp_path: pathlib.Path) -> None:
    need(first, second)
    events, triggers = random_events(3000), random_triggers(30)
    source, target = tmp_path / f"source{first}", tmp_path / f"target{second}"
    write(source, events, triggers)
    assert run("convert", source, target, "--width", WIDTH, "--height", HEIGHT) == 0
    found, found_triggers, reader = read(target)
    assert_same(found, events)
    if formats.format_of(source).HAS_TRIGGERS and formats.format_of(target).HAS_TRIGGERS:
        assert_same(found_triggers, triggers)
    if second in KNOW_GEOMETRY:
        assert (reader.metadata.width, reader.metadata.height) == (WIDTH, HEIGHT)
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, target.name]


@pytest.mark.parametrize(("name", "suffix"), list(itertools.product(RECORDINGS, (*SUFFIXES, None))))
def test_a_real_recording_stays_what_it_is(name: str, suffix: str | None, tmp_path: pathlib.Path) -> None:
    wanted = expected(name)
    path = recording(name)
    if suffix is not None:
        need(suffix)
        assert run("convert", path, tmp_path / f"file{suffix}", "--json") == 0
        path = tmp_path / f"file{suffix}"
    events = read(path)[0]
    assert len(events) == int(wanted["events"])
    if suffix in NEED_ORDER:
        assert_same(events, in_order(read(recording(name))[0]))
    else:
        assert hashes(events) == {key: wanted[key] for key in hashes(events)}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_events_that_step_back_a_little_are_put_in_order_only_where_it_must_be(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    events = random_events(5000)
    random = np.random.default_rng(3)
    late = events.t.astype(np.int64) - random.integers(0, 90, len(events))
    events = PolarityEvents.from_columns({"t": late.astype(np.uint64), "x": events.x, "y": events.y, "on": events.on})
    path = tmp_path / f"file{suffix}"
    with formats.open_writer(path, formats.Metadata(WIDTH, HEIGHT)) as writer:
        for start in range(0, len(events), 501):
            writer.write(events[start : start + 501], base.no_triggers())
        writer.finish()
    assert_same(read(path)[0], in_order(events) if suffix in NEED_ORDER else events)
    assert bool(writer.notes) == (suffix in NEED_ORDER)


@pytest.mark.parametrize("suffix", NEED_ORDER)
@pytest.mark.parametrize("size", (100, 10_000))
def test_a_great_step_back_is_refused_where_times_must_be_in_order(suffix: str, size: int, tmp_path: pathlib.Path) -> None:
    need(suffix)
    events = base.joined([random_events(1000, start=10**6), random_events(1000, start=100)])
    with pytest.raises(formats.FormatError, match="time steps back from"):
        write(tmp_path / f"file{suffix}", events, size=size)


@pytest.mark.parametrize("suffix", NEED_ORDER)
def test_an_event_outside_of_the_sensor_is_refused_where_the_file_says_its_size(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    with formats.open_writer(tmp_path / f"file{suffix}", formats.Metadata(WIDTH - 1, HEIGHT)) as writer:
        with pytest.raises(formats.FormatError, match=f"pixel {WIDTH - 1}, {HEIGHT - 1} is not on a sensor"):
            writer.write(random_events(100), base.no_triggers())


@pytest.mark.parametrize(
    ("suffix", "compression"),
    [(".aedat4", "lz4"), (".aedat4", "zstd"), (".parquet", "none"), (".parquet", "snappy"), (".arrow", "zstd"),
     (".feather", "lz4"), (".hdf5", "none"), (".npz", "deflate")],
)  # fmt: skip
def test_a_compressed_file_has_the_same_events(suffix: str, compression: str, tmp_path: pathlib.Path) -> None:
    need(suffix, ".parquet")
    events, triggers = random_events(5000), random_triggers(10)
    path = tmp_path / f"file{suffix}"
    with formats.open_writer(path, formats.Metadata(WIDTH, HEIGHT), compression) as writer:
        writer.write(events, triggers)
        writer.finish()
    assert_same(read(path)[0], events)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_compression_that_a_format_lacks_is_refused(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    with pytest.raises(formats.FormatError, match="can be compressed with none|can be compressed with .*none"):
        formats.open_writer(tmp_path / f"file{suffix}", formats.Metadata(WIDTH, HEIGHT), "magic")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rubbish_is_refused_in_a_sentence(suffix: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    need(suffix)
    path = tmp_path / f"rubbish{suffix}"
    path.write_bytes(b"This is no recording, whatever its name says.\n" * 9)
    assert run("info", path) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("neuromorphic: ") and path.name in errors and "Traceback" not in errors


def test_formats_are_imported_without_optional_packages() -> None:
    program = (
        "import sys\n"
        "for name in ('pyarrow', 'h5py', 'aedat', 'hdf5plugin', 'matplotlib'):\n"
        "    sys.modules[name] = None\n"
        "import neuromorphic.formats, neuromorphic.commands\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("suffix", "name", "extra"),
    [(".parquet", "pyarrow", "arrow"), (".arrow", "pyarrow", "arrow"), (".hdf5", "h5py", "hdf5"),
     (".aedat4", "aedat", "aedat")],
)  # fmt: skip
def test_a_missing_package_is_named_with_its_extra(
    suffix: str,
    name: str,
    extra: str,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / f"file{suffix}").write_bytes(b"something")
    monkeypatch.setitem(sys.modules, name, None)
    assert run("info", tmp_path / f"file{suffix}") == 1
    assert f'needs the package {name}: pip install "neuromorphic[{extra}]"' in capsys.readouterr().err


def test_an_unknown_suffix_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(formats.FormatError, match=r"\.mp4, which names no format; \.raw, \.es"):
        formats.format_of("film.mp4")


@pytest.mark.parametrize("suffix", (*SUFFIXES, ".raw"))
def test_a_damaged_file_gives_events_or_a_sentence(
    suffix: str, tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    need(suffix)
    path = tmp_path / f"file{suffix}"
    if suffix == ".raw":
        write_evt2(path, random_events(500))
    else:
        write(path, random_events(500), random_triggers(5))
    data = np.frombuffer(path.read_bytes(), np.uint8)
    random = np.random.default_rng(7)
    for attempt in range(60):
        damaged = data.copy()
        places = np.concatenate([random.integers(0, len(data), 3), random.integers(0, min(len(data), 300), 3)])
        damaged[places] = random.choice([0, 255, 1, 128], len(places))
        path.write_bytes(damaged[: random.integers(1, len(data))] if attempt % 3 == 0 else damaged)
        try:
            read(path)
        except (NeuromorphicError, OSError):
            pass
    # Some packages say on their own what surprised them.
    capfd.readouterr()
