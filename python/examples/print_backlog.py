"""Prints how a camera's buffers are doing, and where events were lost: `print_backlog.py [SOURCE]`."""

import sys

import neuromorphic

with neuromorphic.open(sys.argv[1] if len(sys.argv) > 1 else "usb:") as device:
    print(device)
    for status, packet in device:
        if packet.polarity_events_overflow_indices is not None:
            print(f"lost {status.bytes_lost_before} bytes before event {packet.polarity_events_overflow_indices}")
        print(status)
