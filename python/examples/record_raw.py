"""Records a camera's bytes into a RAW file that other tools can read: `record_raw.py FILE [SOURCE]`."""

import sys

import neuromorphic

path = sys.argv[1]
source = sys.argv[2] if len(sys.argv) > 2 else "usb:"

with neuromorphic.open(source, raw=True) as device, device.record(path) as recording:
    total = 0
    try:
        for status, packet in device:
            total += recording.write(packet)
            assert status.ring is not None
            print(f"{total / 1e6:.1f} MB (backlog: {status.ring.backlog}, lost: {status.bytes_lost_before} bytes)")
    except KeyboardInterrupt:
        print(f"{path}: {total} bytes")
