"""Keeps the delay short: drops what waits when it is too much. `monitor_backlog.py [SOURCE]`."""

import sys

import neuromorphic

MAXIMUM_BACKLOG = 1000  # buffers of 128 KiB

with neuromorphic.open(sys.argv[1] if len(sys.argv) > 1 else "usb:") as device:
    for status, packet in device:
        delay = status.delay()
        assert status.ring is not None and delay is not None  # as there is no iterator_timeout
        print(f"{delay * 1e6:.0f} µs, backlog: {status.ring.backlog}")
        if status.ring.backlog > MAXIMUM_BACKLOG:
            device.clear_backlog(until=0)
