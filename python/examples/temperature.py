"""Prints an EVK4's temperature and illuminance every second, while it streams: `temperature.py [SOURCE]`."""

import sys
import time

import neuromorphic

with neuromorphic.open(sys.argv[1] if len(sys.argv) > 1 else "usb:model=prophesee_evk4", raw=True) as device:
    shown = 0.0
    for status, packet in device:
        if time.monotonic() - shown >= 1.0:
            print(f"{device.temperature_celsius():.1f} °C, {device.illuminance_lux():.1f} lux")
            shown = time.monotonic()
