"""The commands info, record, play and monitor."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from command_support import (
    assert_same,
    events_in,
    expected,
    random_events,
    random_triggers,
    read,
    recording,
    run,
    write,
    write_evt2,
)

from neuromorphic import Code, Device, RawDevice, prophesee_evk4
from neuromorphic.commands import sources
from neuromorphic.commands.info_command import Survey
from neuromorphic.commands.meter import Meter, milliseconds
from neuromorphic.errors import UnpluggedError

SIMULATION = "sim:prophesee_evk4?rate=1e6"


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


# ---- info ----


@pytest.mark.parametrize("name", ("evt2_sample.raw", "evt3_sample.raw", "dvs.es"))
def test_info_tells_what_a_real_recording_has(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = expected(name)
    assert run("info", recording(name), "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["events"] == about["on"] + about["off"] == int(wanted["events"])
    assert (about["first_t_us"], about["last_t_us"]) == (int(wanted["first_t"]), int(wanted["last_t"]))
    assert about["triggers"] == 0 and about["notes"] == []
    if name.endswith(".raw"):
        assert set(about["defects"]) > {"unknown_words", "truncated_bytes"}
        assert all(defect["count"] == 0 for defect in about["defects"].values())
        assert about["header"]["serial_number"] == about["serial"]


def test_info_is_for_people_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", recording("evt2_sample.raw")) == 0
    captured = capsys.readouterr()
    assert "sensor:      640 x 480 pixels\n" in captured.out and "defects:     none\n" in captured.out
    assert captured.err == "" and "\033" not in captured.out


def test_info_tells_defects_by_kind_and_place(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evt2(tmp_path / "a.raw", random_events(100))
    length = len((tmp_path / "a.raw").read_bytes()) - len((tmp_path / "a.raw").read_bytes().split(b"% end\n")[0]) - 6
    with (tmp_path / "a.raw").open("ab") as file:
        file.write(b"\x00\x00\x00\x30" * 2)
    assert run("info", tmp_path / "a.raw") == 0
    assert f"defects:     2 unknown words, the first at byte {length} of the stream\n" in capsys.readouterr().out


def test_info_of_other_formats_tells_what_they_know(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.npz", random_events(100), random_triggers(4))
    assert run("info", tmp_path / "a.npz") == 0
    text = capsys.readouterr().out
    assert "sensor:      346 x 260 pixels" in text and "triggers:    4" in text and "defects" not in text
    write(tmp_path / "a.csv", random_events(0))
    assert run("info", tmp_path / "a.csv") == 0
    text = capsys.readouterr().out
    assert "sensor:      the file doesn't say" in text and "events:      none" in text


def test_the_peak_rate_is_that_of_the_busiest_10_ms() -> None:
    survey = Survey()
    survey.add(events_in(t=[*range(100, 200), 20_000, 20_001, 20_002, 10**6]))
    # Late ones are counted where they belong, and a long silence takes no memory.
    survey.add(events_in(t=[150, 160, 10**15]))
    assert survey.peak_rate == 102 / 0.01
    assert survey.events == 107 and survey.duration_us == 10**15 - 100


def test_a_recording_shorter_than_10_ms_has_its_mean_rate_as_its_peak() -> None:
    survey = Survey()
    survey.add(events_in(t=[9_999, 10_001]))
    assert survey.peak_rate == survey.mean_rate == 10**6


# ---- record ----


def test_a_recording_of_a_simulation_is_the_simulation(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = f"{SIMULATION}&duration=0.2&speed=max&triggers=50"
    assert run("record", source, "-o", tmp_path / "a.raw", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["lost_bytes"] == 0 and about["format"] == "EVT3" and about["bytes"] == (tmp_path / "a.raw").stat().st_size
    assert run("convert", source, tmp_path / "b.npz") == 0
    events, triggers, reader = read(tmp_path / "a.raw")
    assert_same(events, read(tmp_path / "b.npz")[0])
    assert len(triggers) == 20
    assert (reader.metadata.width, reader.metadata.height) == (1280, 720)


def test_a_recording_ends_with_its_duration(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    assert run("record", SIMULATION, "-o", tmp_path / "a.raw", "--duration", 0.5) == 0
    assert 0.5 <= time.monotonic() - start < 3
    captured = capsys.readouterr()
    assert "lost: nothing\n" in captured.out and captured.err == ""
    survey = Survey()
    survey.add(read(tmp_path / "a.raw")[0])
    assert 300_000 < survey.duration_us < 1_000_000


def test_a_recording_ends_with_its_events(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("record", f"{SIMULATION}&speed=max", "-o", tmp_path / "a.raw", "--events", "1e6", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert len(read(tmp_path / "a.raw")[0]) == about["events"] >= 1_000_000


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_a_recording_ends_well_with_a_signal(number: signal.Signals, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.raw"
    command = [sys.executable, "-m", "neuromorphic", "record", SIMULATION, "-o", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while (not path.exists() or path.stat().st_size < 10_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0 and errors == "" and "lost: nothing" in output
    events, _, reader = read(path)
    assert len(events) > 0 and reader.notes == []


def test_a_recording_that_breaks_off_says_what_is_in_the_file(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take = RawDevice.__next__
    taken = 0

    def pull(device: RawDevice) -> object:
        nonlocal taken
        taken += 1
        if taken > 20:
            raise UnpluggedError("the cable was pulled", Code.UNPLUGGED)
        return take(device)

    monkeypatch.setattr(RawDevice, "__next__", pull)
    assert run("record", f"{SIMULATION}&duration=1&speed=max", "-o", tmp_path / "a.raw") == 1
    captured = capsys.readouterr()
    assert captured.err == "neuromorphic: the cable was pulled\n" and "lost: nothing" in captured.out
    assert len(read(tmp_path / "a.raw")[0]) > 1000


def test_a_recording_does_not_replace_a_file_unless_forced(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.raw"
    path.write_text("precious")
    source = f"{SIMULATION}&duration=0.1&speed=max"
    assert run("record", source, "-o", path) == 1
    assert "already there; --force replaces it" in capsys.readouterr().err and path.read_text() == "precious"
    assert run("record", source, "-o", path, "--force") == 0
    assert len(read(path)[0]) > 10_000
    assert run("record", path, "-o", path, "--force") == 1
    assert "is the source itself" in capsys.readouterr().err


def test_a_recording_says_what_is_wrong_in_a_sentence(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "none.json").write_text("[]")
    for arguments, sentence in (
        (("nowhere.raw", "-o", tmp_path / "a.raw"), "there is no file nowhere.raw"),
        (("sim:nothing", "-o", tmp_path / "a.raw"), "sim:nothing"),
        ((SIMULATION, "-o", tmp_path / "folder" / "a.raw"), "folder of a.raw is not there"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--config", tmp_path / "missing.json"), "missing.json: No such file"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--config", tmp_path / "bad.json"), "bad.json is not JSON"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--config", tmp_path / "none.json"), "has no JSON object"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--set", "biases.diff_no=5"), "did you mean biases.diff_on"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--set", "biases.diff_on=500"), "biases.diff_on is 500, but can be 0 to 255"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--set", "biases.diff_on=much"), "much is not an integer"),
        ((SIMULATION, "-o", tmp_path / "a.raw", "--set", "biases.diff_on"), "is not NAME=VALUE"),
    ):
        assert run("record", *arguments) == 1
        errors = capsys.readouterr().err
        assert sentence in errors and errors.count("\n") == 1, errors
    assert not (tmp_path / "a.raw").exists()


def test_settings_come_from_a_file_and_from_the_command_line(tmp_path: pathlib.Path) -> None:
    pixels = [1, *[0] * 63]
    settings = {"biases.diff_on": 99, "biases.fo": 70, "pixel_masks.enabled": pixels}
    (tmp_path / "camera.json").write_text(json.dumps({"model": "prophesee_evk4", "settings": settings}))

    class Arguments:
        source = "sim:prophesee_evk4"
        config = tmp_path / "camera.json"
        set = ["biases.fo=71", "clock=1"]

    configuration = sources.configuration_of(Arguments())  # type: ignore[arg-type]
    assert isinstance(configuration, prophesee_evk4.Configuration)
    assert (configuration.biases.diff_on, configuration.biases.fo) == (99, 71)
    assert configuration.clock is prophesee_evk4.Clock.INTERNAL_WITH_OUTPUT_ENABLED
    assert any(configuration.pixel_mask)


# ---- play and monitor ----


def test_play_takes_as_long_as_the_recording(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("record", f"{SIMULATION}&duration=0.6&speed=max&triggers=50", "-o", tmp_path / "a.raw") == 0
    capsys.readouterr()
    start = time.monotonic()
    assert run("play", tmp_path / "a.raw", "--interval", 0.25, "--json") == 0
    assert 0.55 <= time.monotonic() - start < 3
    intervals = lines(capsys.readouterr().out)
    assert len(intervals) >= 2
    assert sum(interval["events"] for interval in intervals) == len(read(tmp_path / "a.raw")[0])
    assert sum(interval["triggers"] for interval in intervals) == 60
    assert all(interval["lost_bytes"] == 0 and interval["delay_s"] >= 0 for interval in intervals)


def test_play_can_be_fast_and_says_so_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("play", recording("evt3_sample.raw"), "--speed", "max") == 0
    captured = capsys.readouterr()
    assert "219596 events, 0 triggers, 617.9 kB; lost 0 B in 0 gaps" in captured.out
    assert "52.6% on" in captured.out and captured.err == ""


def test_play_loops_until_its_duration(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("play", recording("evt3_sample.raw"), "--loop", "--duration", 0.3, "--json") == 0
    assert sum(interval["events"] for interval in lines(capsys.readouterr().out)) > 5 * 219596


def test_files_of_other_formats_are_not_played(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.es", random_events(10))
    assert run("play", tmp_path / "a.es") == 1
    assert "a.es is Event Stream, and only RAW files can be played" in capsys.readouterr().err
    assert run("info", "sim:prophesee_evk4") == 1
    assert "play and monitor take sources" in capsys.readouterr().err


def test_play_of_a_source_that_is_wrong_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("play", recording("evt3_sample.raw"), "--speed", "ludicrous") == 1
    errors = capsys.readouterr().err
    assert errors.startswith("neuromorphic: ") and errors.count("\n") == 1


def test_monitor_tells_the_library_s_own_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("monitor", f"{SIMULATION}&duration=0.5", "--interval", 0.2, "--json") == 0
    intervals = lines(capsys.readouterr().out)
    last = intervals[-1]
    assert last["statistics"]["events"] == sum(interval["events"] for interval in intervals)
    assert last["statistics"]["bytes_produced"] == last["statistics"]["bytes_delivered"]
    assert last["temperature_celsius"] is None and last["defects_by_kind"] == {}
    assert 0 <= last["delay_s"] <= last["delay_99_s"]


def test_monitor_ends_with_its_duration_and_writes_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("monitor", SIMULATION, "--duration", 0.5, "--interval", 0.2) == 0
    captured = capsys.readouterr()
    assert captured.err == "" and "\033" not in captured.out
    assert 2 <= len(captured.out.splitlines()) <= 4 and "defects 0" in captured.out


def test_monitor_without_a_camera_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("monitor", "usb:serial=none", "--duration", 0.1) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("neuromorphic: ") and errors.count("\n") == 1


def test_a_pipe_that_is_closed_early_ends_a_command_quietly() -> None:
    command = [sys.executable, "-m", "neuromorphic", "monitor", SIMULATION, "--interval", "0.05", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("info", "record", "play", "convert", "hot-pixels", "monitor", "doctor"):
        with pytest.raises(SystemExit) as ended:
            run(name, "--help")
        assert ended.value.code == 0
        assert f"neuromorphic {name}" in capsys.readouterr().out


def test_monitor_asks_for_the_temperature_beside_the_stream(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def slowly(device: Device) -> float:
        time.sleep(0.2)
        return 41.5

    monkeypatch.setattr(Device, "temperature_celsius", slowly)
    assert run("monitor", SIMULATION, "--duration", 0.6, "--interval", 0.3) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("41.5 C")


def test_a_time_that_is_told_has_three_digits() -> None:
    assert [milliseconds(seconds) for seconds in (None, 0.0000321, 0.25, 1.1)] == ["-", "0.0321 ms", "250 ms", "1.1 s"]


def test_delays_are_told_by_their_median_and_99th_percentile(monkeypatch: pytest.MonkeyPatch) -> None:
    meter = Meter()
    assert (meter.take().delay_s, meter.take().delay_99_s) == (None, None)
    monkeypatch.setattr(meter, "_delays", [number / 100 for number in range(100, -1, -1)])
    interval = meter.take()
    assert (interval.delay_s, interval.delay_99_s) == (0.5, 0.99)
    assert meter.take().delay_s is None
