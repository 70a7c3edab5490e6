"""The command hot-pixels, on a constructed recording whose hot pixels are known."""

from __future__ import annotations

import json
import pathlib
import sys

import numpy as np
import pytest
from command_support import recording, run, write_evt2

from neuromorphic import PolarityEvents, prophesee_evk4
from neuromorphic import open as open_device
from neuromorphic.commands import hot_pixels_command as hot_pixels
from neuromorphic.commands import sources

WIDTH, HEIGHT = 1280, 720
HOT = [(0, 0), (1279, 719), (640, 360), (641, 360), (3, 700)]


def dark(path: pathlib.Path, hot: list[tuple[int, int]], seconds: float = 1.0) -> None:
    """Noise of half an event per second and pixel, and hot pixels of 50 and more."""
    random = np.random.default_rng(11)
    noise = random.integers(0, WIDTH * HEIGHT, round(0.5 * seconds * WIDTH * HEIGHT))
    rates = [round((50 + 40 * index) * seconds) for index in range(len(hot))]
    pixels = np.concatenate([noise, np.repeat([y * WIDTH + x for x, y in hot], rates).astype(np.int64)])
    t = np.sort(random.integers(0, round(seconds * 1e6), len(pixels))).astype("<u8")
    random.shuffle(pixels)
    columns = {"t": t, "x": (pixels % WIDTH).astype("<u2"), "y": (pixels // WIDTH).astype("<u2"), "on": pixels % 2 == 0}
    write_evt2(path, PolarityEvents.from_columns(columns))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("night") / "night.raw"
    dark(path, HOT)
    return path


def test_hot_pixels_are_found_the_hottest_first(
    night: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("hot-pixels", night, "--no-pictures", "-o", tmp_path / "hot", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about == json.loads((tmp_path / "hot.json").read_text())
    assert about["pixels"] == [list(pixel) for pixel in reversed(HOT)]
    assert about["measurements"][0]["hot_pixels"] == about["hot_pixels"] == len(HOT)
    assert about["rates"] == sorted(about["rates"], reverse=True)


def test_the_mask_counts_rows_from_the_bottom_and_the_settings_from_the_top(
    night: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    assert run("hot-pixels", night, "--no-pictures", "-o", tmp_path / "hot") == 0
    about = json.loads((tmp_path / "hot.json").read_text())
    mask = prophesee_evk4.Configuration(pixel_mask=tuple(about["pixel_mask"]))
    values = mask.values()
    wanted = [list(pixel) for pixel in reversed(HOT)]
    assert [[x, y] for on, x, y in zip(*(values[f"pixel_masks.{name}"] for name in ("enabled", "x", "y"))) if on] == wanted

    class Arguments:
        source = "sim:prophesee_evk4"
        config = tmp_path / "hot.json"
        set: list[str] = []

    configuration = sources.configuration_of(Arguments())  # type: ignore[arg-type]
    assert configuration is not None and configuration.pixel_mask == mask.pixel_mask  # type: ignore[attr-defined]
    with open_device(configuration, source="sim:prophesee_evk4") as device:
        assert device.current_configuration() == configuration


def test_only_64_pixels_fit_into_the_mask(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    dark(tmp_path / "a.raw", [(12 * index, 9 * index) for index in range(70)])
    assert run("hot-pixels", tmp_path / "a.raw", "--no-pictures", "-o", tmp_path / "hot") == 0
    assert "The mask has room for the 64 hottest of 70 hot pixels." in capsys.readouterr().out
    about = json.loads((tmp_path / "hot.json").read_text())
    assert about["pixels"] == [[12 * index, 9 * index] for index in range(69, 5, -1)]
    assert sum(about["settings"]["pixel_masks.enabled"]) == 64


def test_what_moves_is_not_hot(tmp_path: pathlib.Path) -> None:
    """A disc of busy pixels in a dark scene, and a hot pixel within it and without."""
    random = np.random.default_rng(5)
    counts = random.poisson(0.1, (HEIGHT, WIDTH))
    counts[200:300, 200:300] = random.poisson(60, (100, 100))
    counts[250, 250] = counts[10, 10] = 5000
    measurement = hot_pixels.Measurement("a scene", counts.astype(np.int64), 1.0)
    hot_pixels.find(measurement, 10)
    assert np.argwhere(measurement.hot).tolist() == [[10, 10], [250, 250]]


def test_no_pixel_is_hot_where_there_is_no_event(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evt2(tmp_path / "a.raw", PolarityEvents.from_columns({
        "t": np.empty(0, "<u8"), "x": np.empty(0, "<u2"), "y": np.empty(0, "<u2"), "on": np.empty(0, "?")}))  # fmt: skip
    assert run("hot-pixels", tmp_path / "a.raw", "-o", tmp_path / "hot", "--no-pictures") == 0
    assert "No pixel is hot." in capsys.readouterr().out


def test_only_the_duration_is_counted(night: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert run("hot-pixels", night, "--no-pictures", "-o", tmp_path / "hot", "--duration", 0.25) == 0
    about = json.loads((tmp_path / "hot.json").read_text())
    measured = about["measurements"][0]
    assert measured["seconds"] == pytest.approx(0.25, abs=0.001)
    assert measured["events"] == pytest.approx(0.25 * 0.5 * WIDTH * HEIGHT, rel=0.05)


def test_pictures_are_drawn_of_a_real_recording(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert run("hot-pixels", recording("evt2_sample.raw"), "-o", tmp_path / "hot") == 0
    for kind in ("map", "curve"):
        assert (tmp_path / f"hot-{kind}.png").read_bytes().startswith(b"\x89PNG")
    about = json.loads((tmp_path / "hot.json").read_text())
    # A sensor of 640 x 480 pixels has no such mask.
    assert "pixel_mask" not in about and 0 < about["hot_pixels"] < 20
    assert str(tmp_path / "hot-map.png") in capsys.readouterr().out


def test_a_sweep_measures_each_bias(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("matplotlib")
    source = "sim:prophesee_evk4?speed=max&rate=1e6&scene=noise"
    assert run("hot-pixels", source, "-o", tmp_path / "hot", "--sweep-diff-off", "73,0x30", "--duration", 0.2) == 0
    about = json.loads((tmp_path / "hot.json").read_text())
    assert [measured["setting"] for measured in about["measurements"]] == ["diff_off 73", "diff_off 48"]
    assert all(measured["events"] > 0 for measured in about["measurements"])


def test_what_is_wrong_is_said_before_anything_is_measured(
    night: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.json").write_text("precious")
    for arguments, sentence in (
        (("-o", tmp_path / "there"), "there.json is already there; --force replaces it"),
        (("-o", tmp_path / "folder" / "hot"), "is not there"),
        (("-o", tmp_path / "hot", "--sweep-diff-off", "many"), "integers with commas"),
        (("-o", tmp_path / "hot", "--sweep-diff-off", "300"), "a bias is 0 to 255"),
    ):
        assert run("hot-pixels", night, "--no-pictures", *arguments) == 1
        errors = capsys.readouterr().err
        assert sentence in errors and errors.count("\n") == 1
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run("hot-pixels", night, "-o", tmp_path / "hot") == 1
    assert 'pip install "neuromorphic[plot]"' in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there.json"]


def test_a_recording_has_no_bias_to_sweep(
    night: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("hot-pixels", night, "--no-pictures", "-o", tmp_path / "hot", "--sweep-diff-off", "73") == 1
    errors = capsys.readouterr().err
    assert errors.startswith("neuromorphic: ") and errors.count("\n") == 1
