"""The command convert: what it refuses, what it leaves behind, and what it says."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from command_support import (
    HEIGHT,
    WIDTH,
    assert_same,
    need,
    random_events,
    random_triggers,
    read,
    recording,
    run,
    write,
    write_evt2,
)

from neuromorphic.formats import csv, event_stream


def names(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_is_there_is_not_replaced_unless_forced(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.npz", random_events(100))
    (tmp_path / "b.csv").write_text("precious")
    assert run("convert", tmp_path / "a.npz", tmp_path / "b.csv") == 1
    assert "already there; --force replaces it" in capsys.readouterr().err
    assert (tmp_path / "b.csv").read_text() == "precious"
    assert run("convert", tmp_path / "a.npz", tmp_path / "b.csv", "--force") == 0
    assert len(read(tmp_path / "b.csv")[0]) == 100


def test_a_file_is_not_converted_onto_itself(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.npz", random_events(100))
    assert run("convert", tmp_path / "a.npz", tmp_path / "a.npz", "--force") == 1
    assert "is the input itself" in capsys.readouterr().err
    assert len(read(tmp_path / "a.npz")[0]) == 100


@pytest.mark.parametrize("suffix", (".es", ".npz", ".npy", ".parquet", ".hdf5", ".aedat4", ".csv"))
def test_nothing_half_written_stays_when_the_input_is_damaged(suffix: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.csv").write_text("t,x,y,on\n1,2,3,1\n" + "4,5,6,0\n" * 5000 + "7,8,nine,1\n")
    (tmp_path / f"b{suffix}").write_text("precious")
    assert run("convert", tmp_path / "a.csv", tmp_path / f"b{suffix}", "--force", "--width", 9, "--height", 9) == 1
    assert names(tmp_path) == sorted(["a.csv", f"b{suffix}"])
    assert (tmp_path / f"b{suffix}").read_text() == "precious"


def test_nothing_half_written_stays_when_writing_fails(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.npz", random_events(100))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "b.csv")

    monkeypatch.setattr(csv.CSVWriter, "write", full)
    assert run("convert", tmp_path / "a.npz", tmp_path / "b.csv") == 1
    assert capsys.readouterr().err == "neuromorphic: b.csv: No space left on device\n"
    assert names(tmp_path) == ["a.npz"]


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_nothing_half_written_stays_after_a_signal(number: signal.Signals, tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "neuromorphic", "convert", "sim:prophesee_evk4?rate=1e6", str(tmp_path / "b.csv"),
               "--duration", "1000"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in errors
    assert names(tmp_path) == []


@pytest.mark.parametrize("suffix", (".es", ".aedat4", ".hdf5", ".parquet", ".arrow", ".csv", ".npy", ".npz"))
def test_a_disk_that_is_full_is_said_in_a_sentence(suffix: str, tmp_path: pathlib.Path) -> None:
    need(suffix)
    write(tmp_path / "a.npz", random_events(40_000), size=40_000)
    program = (
        "import resource, sys\n"
        "from neuromorphic.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "sys.exit(main(['convert', *sys.argv[1:]]))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.npz"), str(tmp_path / f"b{suffix}")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"neuromorphic: {tmp_path / f'b{suffix}'} can't be made: File too large\n"
    assert names(tmp_path) == ["a.npz"]


def test_what_is_missing_is_named(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.npz", random_events(100))
    for arguments, sentence in (
        ((tmp_path / "none.raw", tmp_path / "b.csv"), "none.raw: No such file or directory"),
        ((tmp_path / "none.es", tmp_path / "b.csv"), "none.es: No such file or directory"),
        ((tmp_path / "none.hdf5", tmp_path / "b.csv"), "none.hdf5: No such file or directory"),
        ((tmp_path / "a.npz", tmp_path / "folder" / "b.csv"), "folder of b.csv is not there"),
        ((tmp_path / "a.npz", tmp_path / "b.xyz"), "suffix .xyz, which names no format"),
        ((tmp_path / "a.npz", tmp_path / "b.raw"), "can't be made of events"),
        (("sim:nothing?duration=1", tmp_path / "b.csv"), "sim:nothing"),
        (("sim:prophesee_evk4", tmp_path / "b.csv"), "has no end: give --duration"),
        (("usb:", tmp_path / "b.csv"), "has no end: give --duration"),
    ):
        assert run("convert", *arguments) == 1
        errors = capsys.readouterr().err
        assert sentence in errors and errors.count("\n") == 1, errors
    assert names(tmp_path) == ["a.npz"]


def test_a_geometry_that_nobody_knows_is_measured_and_said(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.csv", random_events(1000))
    assert run("convert", tmp_path / "a.csv", tmp_path / "b.es", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert (about["width"], about["height"]) == (WIDTH, HEIGHT) and "--width and --height say it better" in about["notes"][0]
    assert run("convert", tmp_path / "a.csv", tmp_path / "c.es", "--width", 640, "--height", 480) == 0
    metadata = read(tmp_path / "c.es")[2].metadata
    assert (metadata.width, metadata.height) == (640, 480)


def test_a_geometry_is_asked_for_where_there_is_no_event(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("t,x,y,on\n")
    assert run("convert", tmp_path / "a.csv", tmp_path / "b.es") == 1
    assert "give --width and --height" in capsys.readouterr().err
    assert run("convert", tmp_path / "a.csv", tmp_path / "b.es", "--width", 3, "--height", 2) == 0
    assert len(read(tmp_path / "b.es")[0]) == 0


def test_triggers_that_have_no_room_are_counted(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.npz", random_events(100), random_triggers(7))
    assert run("convert", tmp_path / "a.npz", tmp_path / "b.csv") == 0
    assert "note: 7 triggers are left out, as CSV has no room for them" in capsys.readouterr().out


def test_a_raw_file_becomes_a_raw_file_only_as_a_copy(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evt2(tmp_path / "a.raw", random_events(1000))
    assert run("convert", tmp_path / "a.raw", tmp_path / "b.raw") == 0
    assert (tmp_path / "a.raw").read_bytes() == (tmp_path / "b.raw").read_bytes()
    assert run("convert", tmp_path / "a.raw", tmp_path / "c.raw", "--zero-time") == 1
    assert "only be copied as they are" in capsys.readouterr().err


def test_a_simulation_is_converted_with_its_triggers(tmp_path: pathlib.Path) -> None:
    source = "sim:prophesee_evk4?duration=0.2&speed=max&rate=1e6&triggers=100"
    for name in ("a.npz", "a.npy"):
        assert run("convert", source, tmp_path / name) == 0
    events, triggers, reader = read(tmp_path / "a.npz")
    assert len(events) > 100_000 and len(triggers) == 40
    assert (reader.metadata.width, reader.metadata.height) == (1280, 720)
    assert_same(read(tmp_path / "a.npy")[0], events)


def test_time_begins_with_the_first_event_where_that_is_wanted(tmp_path: pathlib.Path) -> None:
    events, triggers = random_events(1000, start=5000), random_triggers(5)
    write(tmp_path / "a.npz", events, triggers)
    assert run("convert", tmp_path / "a.npz", tmp_path / "b.npz", "--zero-time") == 0
    first = min(int(events.t[0]), int(triggers.t[0]))
    found, found_triggers, _ = read(tmp_path / "b.npz")
    np.testing.assert_array_equal(found.t, events.t - np.uint64(first))
    np.testing.assert_array_equal(found_triggers.t, triggers.t - np.uint64(first))


def test_rows_are_mirrored_where_that_is_wanted(tmp_path: pathlib.Path) -> None:
    events = random_events(1000)
    write(tmp_path / "a.es", events)
    assert run("convert", tmp_path / "a.es", tmp_path / "b.es", "--flip-y") == 0
    np.testing.assert_array_equal(read(tmp_path / "b.es")[0].y, HEIGHT - 1 - events.y)


def test_only_the_first_seconds_are_converted_where_that_is_wanted(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "_BLOCK", 1000)
    events = random_events(10_000)
    write(tmp_path / "a.es", events)
    assert run("convert", tmp_path / "a.es", tmp_path / "b.es", "--duration", 0.5) == 0
    assert_same(read(tmp_path / "b.es")[0], events[events.t < events.t[0] + np.uint64(500_000)])


def test_a_long_recording_is_converted_with_little_memory(tmp_path: pathlib.Path) -> None:
    program = (
        "import resource, sys\n"
        "from neuromorphic.__main__ import main\n"
        "main(['convert', 'sim:prophesee_evk4?duration=0.01&speed=max&rate=20e6', sys.argv[1] + '/warm.es'])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "main(['convert', 'sim:prophesee_evk4?duration=1&speed=max&rate=20e6', sys.argv[1] + '/b.es'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True, text=True)
    # Twenty million events are 260 MB.
    assert int(done.stdout.splitlines()[-1]) < 100_000


def test_defects_of_a_stream_are_said(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evt2(tmp_path / "a.raw", random_events(1000))
    with (tmp_path / "a.raw").open("ab") as file:
        file.write(b"\x00\x00\x00\x30\x00\x00\x00\x30\x12")
    assert run("convert", tmp_path / "a.raw", tmp_path / "b.csv") == 0
    assert "note: the stream has 3 defects" in capsys.readouterr().out


def test_a_real_recording_is_converted_by_the_program(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "neuromorphic", "convert", str(recording("evt3_sample.raw")), str(tmp_path / "b.npy")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "b.npy: 219596 events, 0 triggers" in done.stdout and done.stderr == ""
    assert len(np.load(tmp_path / "b.npy")) == 219596
