"""Counts each pixel's events with several thresholds, and draws them: `hot_pixels.py FOLDER [SOURCE]`.

`neuromorphic hot-pixels` does more: it tells hot pixels from what moves, and makes the mask that silences them.
Needs matplotlib.
"""

import pathlib
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

import neuromorphic
from neuromorphic import prophesee_evk4

SETTLE_US, COUNT_US = 200_000, 1_000_000
folder = pathlib.Path(sys.argv[1])
source = sys.argv[2] if len(sys.argv) > 2 else "usb:model=prophesee_evk4"
folder.mkdir(exist_ok=True)


def count(device: neuromorphic.Device, width: int, height: int) -> np.ndarray:
    """(height, width) events per second of each pixel, a moment after the settings have changed."""
    counts = np.zeros((height, width), np.int64)
    start = end = None
    for _, packet in device:
        events = packet.polarity_events
        if events is None:
            continue
        if start is None or end is None:
            start = int(events.t[0]) + SETTLE_US
            end = start + COUNT_US
        wanted = events[(events.t >= start) & (events.t < end)]
        np.add.at(counts, (wanted.y, wanted.x), 1)
        if events.t[-1] >= end:
            break
    return counts / (COUNT_US * 1e-6)


with neuromorphic.open(prophesee_evk4.Configuration(), source=source) as device:
    size = device.properties()
    for diff_off in (60, 55, 50, 45):
        biases = prophesee_evk4.Biases(diff_off=diff_off)
        device.update_configuration(prophesee_evk4.Configuration(biases=biases))
        device.clear_backlog()
        rates = count(device, size.width, size.height)
        busiest = np.unravel_index(rates.argmax(), rates.shape)
        print(f"diff_off={diff_off}: {rates.sum():.0f} events/s, {rates.max():.0f} of them at pixel {busiest[1]}, {busiest[0]}")
        plt.imsave(folder / f"diff_off_{diff_off}_map.png", LogNorm(1, rates.max() + 1)(rates + 1), cmap="magma")
        figure, axes = plt.subplots()
        axes.loglog(np.sort(rates[rates > 0])[::-1])
        axes.set(xlabel="pixels, the busiest first", ylabel="events/s")
        figure.savefig(folder / f"diff_off_{diff_off}_curve.png")
        plt.close(figure)
