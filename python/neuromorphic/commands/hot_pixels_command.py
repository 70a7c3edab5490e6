"""Finds pixels that send events though nothing moves, and makes the mask that silences up to 64 of them.

Cover the lens, or point the camera at something that stands still. A pixel is hot when it sent more than its share of events
and stands out from its neighbours as well. More than its share: more than the median of all pixels by --threshold times their
spread (1.4826 times the median deviation from the median, which a few hot pixels hardly change, but at least the square root
of the median, which is chance alone). Standing out: more than five times the third busiest of its eight neighbours, as what
moves there, were it only a corner, touches three of them as well.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import sys
import textwrap
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from ..device import Device
from ..enums import Name
from ..errors import ArgumentError, Code, NeuromorphicError
from ..formats.base import package
from ..mask import PropheseeEvk4PixelMask
from ..prophesee import HEIGHT, WIDTH
from .output import Progress
from .sources import Stop, add_source, open_source, positive, source_of, stopping

NAME = "hot-pixels"
HELP = "find hot pixels, and make a mask of them"

SLOTS = 64
"""Pixels that a sensor can mask one by one."""

_SETTLING_S = 0.5
"""How long events of a new setting are not counted."""

_NEIGHBOURS = 5
"""How many times as much as its third busiest neighbour a hot pixel sends."""

_LEAST = 10
"""Fewer events than these say nothing."""

_MODELS = {Name.PROPHESEE_EVK4: "prophesee_evk4", Name.PROPHESEE_EVK3_HD: "prophesee_evk3_hd"}

Counts = npt.NDArray[np.int64]


@dataclasses.dataclass
class Measurement:
    """The events of each pixel within some time."""

    label: str
    """Of the setting."""
    counts: Counts
    """(height, width)"""
    seconds: float
    """By the sensor's clock."""
    threshold: float = 0.0
    """Events above which a pixel may be hot."""
    hot: npt.NDArray[np.bool_] = dataclasses.field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    """(height, width) True for hot pixels; `find` fills it in."""

    @property
    def rates(self) -> npt.NDArray[np.float64]:
        """(height, width) events per second."""
        return self.counts / max(self.seconds, 1e-6)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--duration", type=positive, default=2.0, metavar="S", help="seconds of sensor time (%(default)g)")
    parser.add_argument("--threshold", type=positive, default=10.0, metavar="K", help="times the pixels' spread (%(default)g)")
    parser.add_argument(
        "--sweep-diff-off", metavar="VALUES", help="of a camera: measure with each of these biases, such as 73,60,50,40"
    )
    parser.add_argument("-o", "--output", default="hot-pixels", metavar="PREFIX", help="of the files' names (%(default)s)")
    parser.add_argument("--no-pictures", action="store_true", help="only the mask, which needs no matplotlib")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument("--json", action="store_true", help="print the mask's file, too, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    sweep = _values(arguments.sweep_diff_off)
    paths = _paths(arguments)
    if not arguments.no_pictures:
        # Before the camera is opened, which takes seconds.
        package("matplotlib", "plot", "drawing pictures (--no-pictures does without)")
    with stopping() as stop, open_source(arguments, source=source_of(arguments.source)) as device:
        measurements = _measured(device, arguments.duration, sweep, stop)
        properties = device.properties()
        model = _MODELS.get(device.name(), "prophesee_evk4")
        source = {"source": arguments.source, "device": device.full_name(), "serial": device.serial(), "model": model}
    for measurement in measurements:
        find(measurement, arguments.threshold)
    about: dict[str, Any] = source | _about(measurements, properties.width, properties.height)
    paths["mask"].write_text(json.dumps(about, indent=2) + "\n")
    if not arguments.no_pictures:
        draw_maps(measurements, about["pixels"], paths["map"])
        draw_curves(measurements, paths["curve"])
    if arguments.json:
        print(json.dumps(about, indent=2))
    else:
        _show(about, measurements, paths)
    return 0


def _values(text: str | None) -> list[int]:
    if text is None:
        return []
    try:
        values = [int(part, 0) for part in text.split(",")]
    except ValueError:
        raise ArgumentError(f"--sweep-diff-off {text}: it takes integers with commas between them") from None
    if not all(0 <= value <= 255 for value in values):
        raise ArgumentError(f"--sweep-diff-off {text}: a bias is 0 to 255", Code.OUT_OF_RANGE)
    return values


def _paths(arguments: argparse.Namespace) -> dict[str, pathlib.Path]:
    paths = {"mask": pathlib.Path(f"{arguments.output}.json")}
    if not arguments.no_pictures:
        paths |= {kind: pathlib.Path(f"{arguments.output}-{kind}.png") for kind in ("map", "curve")}
    for path in paths.values():
        if not path.parent.is_dir():
            raise NeuromorphicError(f"the folder {path.parent} of {path.name} is not there", Code.NOT_FOUND)
        if path.exists() and not arguments.force:
            raise NeuromorphicError(f"{path} is already there; --force replaces it", Code.ALREADY_EXISTS)
    return paths


def _measured(device: Device, seconds: float, sweep: list[int], stop: Stop) -> list[Measurement]:
    if not sweep:
        return [measure(device, seconds, "as it is", stop)]
    configuration: Any = device.current_configuration()
    measurements: list[Measurement] = []
    for value in sweep:
        biases = dataclasses.replace(configuration.biases, diff_off=value)
        device.update_configuration(dataclasses.replace(configuration, biases=biases))
        measure(device, _SETTLING_S, "settling", stop)
        measurements.append(measure(device, seconds, f"diff_off {value}", stop))
        if stop.requested:
            break
    return measurements


def measure(device: Device, seconds: float, label: str, stop: Stop) -> Measurement:
    """Counts the events of each pixel. Ends with the time, with the stream, or with Ctrl-C."""
    properties = device.properties()
    width, size = properties.width, properties.width * properties.height
    counts: Counts = np.zeros(size, np.int64)
    waiting: list[npt.NDArray[np.int64]] = []
    waiting_count = 0
    first = last = 0
    end: int | None = None
    progress = Progress(f"counting, {label}", seconds, "s")
    # A device that is silent is not waited for without an end.
    deadline = time.monotonic() + 2 * seconds + 5
    try:
        for status, packet in device:
            ring = status.ring
            if ring is not None and ring.current_t:
                events = packet.polarity_events
                if end is None:
                    first = int(events.t.min()) if events is not None else ring.current_t
                    end = first + round(seconds * 1e6)
                last = min(max(last, ring.current_t), end)
                if events is not None and last == end:
                    events = events[events.t < np.uint64(end)]
                if events is not None:
                    waiting.append(events.y.astype(np.int64) * width + events.x)
                    waiting_count += len(events)
                    # Counting has the price of the whole sensor, so many events at once.
                    if waiting_count >= size:
                        counts += np.bincount(np.concatenate(waiting), minlength=size)
                        waiting, waiting_count = [], 0
            progress.show((last - first) * 1e-6)
            if last == end or stop.requested or time.monotonic() > deadline:
                break
    finally:
        progress.end()
    if waiting:
        counts += np.bincount(np.concatenate(waiting), minlength=size)
    return Measurement(label, counts.reshape(properties.height, width), (last - first) * 1e-6)


def find(measurement: Measurement, times: float) -> None:
    """Fills in which pixels are hot."""
    counts = measurement.counts
    median = float(np.median(counts))
    spread = max(1.4826 * float(np.median(np.abs(counts - median))), max(median, 1.0) ** 0.5)
    measurement.threshold = max(median + times * spread, _LEAST)
    is_hot = counts > measurement.threshold
    # Few pixels are left, of which the neighbours are looked at.
    rows, columns = np.nonzero(is_hot)
    padded = np.pad(counts, 1)
    around = [(dy, dx) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    if len(rows):
        neighbours = np.stack([padded[rows + dy, columns + dx] for dy, dx in around])
        is_hot[rows, columns] = counts[rows, columns] > _NEIGHBOURS * np.partition(neighbours, -3, axis=0)[-3]
    measurement.hot = is_hot


def _about(measurements: list[Measurement], width: int, height: int) -> dict[str, Any]:
    """What the mask's file says. The hottest pixels first, each by the setting under which it was the hottest."""
    rates = np.max([np.where(m.hot, m.rates, 0.0) for m in measurements], axis=0)
    order = np.argsort(rates, axis=None, kind="stable")[::-1][: int(np.count_nonzero(rates))]
    ys, xs = np.divmod(order, width)
    hot = [[int(x), int(y)] for x, y in zip(xs[:SLOTS], ys[:SLOTS])]
    about: dict[str, Any] = {
        "width": width,
        "height": height,
        "measurements": [
            {
                "setting": m.label,
                "seconds": m.seconds,
                "events": int(m.counts.sum()),
                "median_rate": float(np.median(m.rates)),
                "threshold_rate": m.threshold / max(m.seconds, 1e-6),
                "hot_pixels": int(np.count_nonzero(m.hot)),
            }
            for m in measurements
        ],
        "hot_pixels": len(order),
        "pixels": hot,
        "rates": [float(rates[y, x]) for x, y in hot],
        "share_of_events": _share(measurements, hot),
    }
    if (width, height) == (WIDTH, HEIGHT):
        mask = PropheseeEvk4PixelMask()
        for slot, (x, y) in enumerate(hot):
            mask.set(slot, x, HEIGHT - 1 - y)
        empty = [0] * (SLOTS - len(hot))
        about |= {
            "pixel_mask": list(mask.pixel_mask()),
            "settings": {
                "pixel_masks.enabled": [1] * len(hot) + empty,
                "pixel_masks.x": [x for x, _ in hot] + empty,
                "pixel_masks.y": [y for _, y in hot] + empty,
            },
        }
    return about


def _share(measurements: list[Measurement], pixels: list[list[int]]) -> float:
    """Of all events, those of the masked pixels."""
    total = sum(int(m.counts.sum()) for m in measurements)
    masked = sum(int(m.counts[y, x]) for m in measurements for x, y in pixels)
    return masked / total if total else 0.0


def _show(about: dict[str, Any], measurements: list[Measurement], paths: dict[str, pathlib.Path]) -> None:
    for m in about["measurements"]:
        print(
            f"{m['setting']}: {m['events']} events in {m['seconds']:.3g} s, median {m['median_rate']:.3g} events/s per pixel; "
            f"{m['hot_pixels']} hot pixels above {m['threshold_rate']:.4g} events/s"
        )
    pixels: list[list[int]] = about["pixels"]
    if about["hot_pixels"] > len(pixels):
        print(f"The mask has room for the {SLOTS} hottest of {about['hot_pixels']} hot pixels.")
    if pixels:
        print(f"The mask silences {len(pixels)} pixels, which sent {about['share_of_events']:.2%} of the events:")
        listed = ", ".join(f"({x}, {y})" for x, y in pixels)
        for line in textwrap.wrap(listed, 116, break_on_hyphens=False):
            print(f"    {line}")
    else:
        print("No pixel is hot.")
    print("Written: " + ", ".join(str(path) for path in paths.values()))
    if pixels and "pixel_mask" in about:
        print(f"\nApply it with --config {paths['mask']}, or in a program:\n")
        sys.stdout.write(textwrap.indent(_code(paths["mask"]), "    "))


def _code(path: pathlib.Path) -> str:
    return f"""\
import json
import neuromorphic as nd

mask = nd.PropheseeEvk4PixelMask()
for slot, (x, y) in enumerate(json.load(open({str(path)!r}))["pixels"]):
    mask.set(slot, x, 719 - y)  # the mask counts rows from the bottom
configuration = nd.prophesee_evk4.Configuration(pixel_mask=mask.pixel_mask())
with nd.open(configuration) as device:
    ...
"""


# ---- Pictures ----


def draw_maps(measurements: list[Measurement], pixels: list[list[int]], path: pathlib.Path) -> None:
    """A picture of each pixel's rate; the pixels of the mask have circles."""
    figure, all_axes = _figure(len(measurements), (8.0, 4.9))
    for axes, m in zip(all_axes, measurements):
        rates = m.rates
        highest = max(float(rates.max()), 1.0)
        lowest = max(0.5 / max(m.seconds, 1e-6), highest * 1e-5)
        colors = package("matplotlib.colors", "plot", "drawing pictures")
        # A pixel of the sensor is smaller than one of the picture, so the brightest of some is shown.
        image = axes.imshow(
            _brightest(np.maximum(rates, lowest), 2),
            norm=colors.LogNorm(lowest, highest),
            cmap="magma",
            extent=(0, rates.shape[1], rates.shape[0], 0),
            interpolation="nearest",
        )
        axes.plot([x + 0.5 for x, _ in pixels], [y + 0.5 for _, y in pixels], "o", mfc="none", mec="#3fd07f", ms=9, mew=1.0)
        axes.set_xlim(0, rates.shape[1])
        axes.set_ylim(rates.shape[0], 0)
        axes.set_xlabel("x (pixels from the left)")
        axes.set_ylabel("y (pixels from the top)")
        axes.set_title(f"{m.label}: {int(np.count_nonzero(m.hot))} hot pixels; circles: the mask", fontsize=10)
        figure.colorbar(image, ax=axes, label="events/s", fraction=0.027, pad=0.02)
    _save(figure, path)


def draw_curves(measurements: list[Measurement], path: pathlib.Path) -> None:
    """A picture of all pixels' rates, the highest first."""
    figure, (axes,) = _figure(1, (8.0, 4.5))
    for number, m in enumerate(measurements):
        rates = np.sort(m.rates, axis=None)[::-1]
        # On a logarithmic axis, few of the million points can be told apart.
        ranks = np.unique(np.geomspace(1, len(rates), 2000).astype(np.int64))
        (line,) = axes.plot(ranks, rates[ranks - 1], color=f"C{number}", label=m.label)
        threshold = m.threshold / max(m.seconds, 1e-6)
        axes.axhline(threshold, color=line.get_color(), linestyle=":", linewidth=1)
        if number == 0:
            # The others' lines say it by their style, and may be the same.
            axes.annotate("hot above", (1, threshold), xytext=(4, 3), textcoords="offset points", fontsize=8)
    axes.axvline(SLOTS, color="0.5", linestyle="--", linewidth=1)
    axes.annotate(f"the mask's {SLOTS} slots", (SLOTS, 0.98), xycoords=("data", "axes fraction"), xytext=(4, 0),
                  textcoords="offset points", fontsize=8, color="0.4", va="top")  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("pixels, the busiest first")
    axes.set_ylabel("events/s")
    axes.grid(True, alpha=0.3)
    if len(measurements) > 1:
        axes.legend()
    _save(figure, path)


def _figure(rows: int, size: tuple[float, float]) -> tuple[Any, list[Any]]:
    """A picture that needs no screen."""
    figures = package("matplotlib.figure", "plot", "drawing pictures")
    figure = figures.Figure(figsize=(size[0], size[1] * rows), layout="constrained")
    return figure, [figure.add_subplot(rows, 1, row + 1) for row in range(rows)]


def _save(figure: Any, path: pathlib.Path) -> None:
    figure.savefig(path, dpi=110)


def _brightest(rates: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Squares of pixels as one, the brightest."""
    height, width = (length // size * size for length in rates.shape)
    return rates[:height, :width].reshape(height // size, size, width // size, size).max(axis=(1, 3))
