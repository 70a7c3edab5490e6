"""Another process reads a packet's arrays where they are, without a copy: `share_memory.py [SOURCE]`."""

import mmap
import os
import sys

import numpy as np

import neuromorphic

with neuromorphic.open(sys.argv[1] if len(sys.argv) > 1 else "sim:prophesee_evk4") as device:
    packet = next(packet for _, packet in device if packet.polarity_events is not None)
    events = packet.polarity_events
    assert events is not None
    memory = mmap.mmap(device.arena_fileno(), 0, prot=mmap.PROT_READ)  # the child has the mapping too
    if os.fork() == 0:
        x = np.frombuffer(memory, np.uint16, len(events), packet.offset_of(events.x))
        print(f"child: {len(x)} columns, mean {x.mean():.3f}", flush=True)
        os._exit(0)
    os.wait()
    print(f"parent: {len(events)} columns, mean {events.x.mean():.3f}")
