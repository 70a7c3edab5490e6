"""Changes the thresholds of a camera while it streams, and shows what it does to the rate: `update_biases.py [SOURCE]`."""

import sys
import time

import neuromorphic
from neuromorphic import prophesee_evk4

source = sys.argv[1] if len(sys.argv) > 1 else "usb:model=prophesee_evk4"
configuration = prophesee_evk4.Configuration(biases=prophesee_evk4.Biases(diff_on=150, diff_off=40))

with neuromorphic.open(configuration, source=source) as device:
    start = shown = time.monotonic()
    events = 0
    for status, packet in device:
        if packet.polarity_events is not None:
            events += len(packet.polarity_events)
        now = time.monotonic()
        if now - shown >= 1.0:
            biases = configuration.biases
            print(f"diff_on={biases.diff_on} diff_off={biases.diff_off}: {events / (now - shown):.0f} events/s")
            shown, events = now, 0
            if now - start < 5.0:
                # Nearer to diff is more sensitive.
                biases.diff_on -= 10
                biases.diff_off += 5
                device.update_configuration(configuration)
