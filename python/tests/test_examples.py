"""The example programs run, and show what they are for."""

from __future__ import annotations

import pathlib
import re
import signal
import subprocess
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples"
SHORT = "sim:prophesee_evk4?rate=2e6&speed=max&duration=0.2"


def run(name: str, *arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name, source, expected",
    [
        ("print_packets", SHORT, r"Packet\(polarity_events=PolarityEvents\(\d{3}"),
        ("print_backlog", SHORT, r"ring=RingStatus\("),
        ("monitor_backlog", SHORT, r"^\d+ µs, backlog: \d+$"),
        ("region_of_interest", SHORT, r"columns (57[6-9]|5[89]\d|6\d\d) to 6\d\d, rows (29[6-9]|3\d\d) to 3\d\d"),
        ("share_memory", SHORT, r"parent: \d+ columns"),
    ],
)
def test_an_example_shows_what_it_is_for(name: str, source: str, expected: str) -> None:
    assert re.search(expected, run(name, source), flags=re.MULTILINE)


def test_a_child_reads_the_same_memory() -> None:
    child, parent = re.findall(r"(\d+ columns, mean [\d.]+)", run("share_memory", SHORT))
    assert child == parent


def test_two_devices_share_an_event_loop() -> None:
    sources = (SHORT, "sim:prophesee_evk4?rate=1e6&speed=max&duration=0.1&seed=4")
    counts = [int(count) for count in re.findall(r": (\d+) events", run("async_packets", *sources))]
    assert counts == pytest.approx([400_000, 100_000], rel=0.02)


def test_masked_pixels_are_silent(tmp_path: pathlib.Path) -> None:
    source = "sim:prophesee_evk4?rate=20e6&scene=noise&speed=max"
    output = run("mask", str(tmp_path / "mask.png"), source)
    found = re.findall(r"pixel \d+, \d+: (\d+) events; it and the eight around it: (\d+)", output)
    assert len(found) == 2 and all(int(own) == 0 and int(around) > 0 for own, around in found)
    assert (tmp_path / "mask.png").read_bytes().startswith(b"\x89PNG")


def test_more_sensitive_biases_give_more_events() -> None:
    command = [sys.executable, "-u", str(EXAMPLES / "update_biases.py"), "sim:prophesee_evk4?rate=2e6"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    rates = [int(re.search(r": (\d+) events/s", process.stdout.readline())[1]) for _ in range(3)]
    process.send_signal(signal.SIGINT)
    process.wait(10)
    assert rates[2] > rates[0]


def test_a_recording_is_readable(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "short.raw"
    run("record_raw", str(path), SHORT)
    assert run("print_packets", f"file:{path}").count("Packet(") >= 1


def test_hot_pixels_are_drawn_for_each_threshold(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("matplotlib")
    output = run("hot_pixels", str(tmp_path / "hot"), "sim:prophesee_evk4?rate=1e6&scene=noise&speed=max")
    rates = [float(rate) for rate in re.findall(r"diff_off=\d+: (\d+) events/s", output)]
    # Further below diff is less sensitive.
    assert len(rates) == 4 and rates[0] > rates[3] > 0
    assert len(list((tmp_path / "hot").glob("*.png"))) == 8
