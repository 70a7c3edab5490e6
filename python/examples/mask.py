"""Silences single pixels, and shows that they are silent: `mask.py PICTURE.png [SOURCE]`."""

import sys

import numpy as np

import neuromorphic
from neuromorphic import prophesee_evk4

SILENT = [(1026, 55), (600, 300)]  # columns, and rows from the top
source = sys.argv[2] if len(sys.argv) > 2 else "usb:model=prophesee_evk4"

mask = neuromorphic.PropheseeEvk4PixelMask()
for slot, (x, y) in enumerate(SILENT):
    mask.set(slot, x, 719 - y)  # masks count rows from the bottom
neuromorphic.write_mask_as_png(mask.pixels(), sys.argv[1])

counts = np.zeros((720, 1280), np.int64)
end = None
with neuromorphic.open(prophesee_evk4.Configuration(pixel_mask=mask.pixel_mask()), source=source) as device:
    for status, packet in device:
        events = packet.polarity_events
        if events is not None:
            np.add.at(counts, (events.y, events.x), 1)
            end = end or int(events.t[0]) + 500_000  # half a second
            if events.t[-1] >= end:
                break
for x, y in SILENT:
    around = counts[y - 1 : y + 2, x - 1 : x + 2].sum()
    print(f"pixel {x}, {y}: {counts[y, x]} events; it and the eight around it: {around}")
