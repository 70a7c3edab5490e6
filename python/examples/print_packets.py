"""Prints every packet of a camera, a recording or a simulation: `print_packets.py [SOURCE]`."""

import sys

import neuromorphic

source = sys.argv[1] if len(sys.argv) > 1 else "usb:"
neuromorphic.print_device_list(color=sys.stdout.isatty())

with neuromorphic.open(source) as device:
    print(device)
    for status, packet in device:
        print(packet)
