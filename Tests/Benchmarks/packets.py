"""How much slower `for status, packet in device` is than the same loop in C: `packets.py PROGRAM ROUNDS SOURCE…`.

PROGRAM is packets.c, built. Rounds are interleaved, each in a process of its own; the medians are printed, and their ratio.
Needs the package `neuromorphic` (and NEUROMORPHIC_LIBRARY, where it is not installed with one).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import neuromorphic

EVENTS = 300e6


def loop(source: str) -> float:
    events = 0
    with neuromorphic.open(source) as device:
        start = time.monotonic()
        for _, packet in device:
            polarity_events = packet.polarity_events
            if polarity_events is not None:
                events += len(polarity_events)
            if events >= EVENTS:
                break
        return events / (time.monotonic() - start)


def measured(command: list[str]) -> float:
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if sys.argv[1] == "--loop":
    print(f"{loop(sys.argv[2]):.0f}")
else:
    program, rounds, sources = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    print(f"{'million events a second':50} {'C':>8} {'Python':>8} {'ratio':>7}")
    for source in sources:
        in_c: list[float] = []
        in_python: list[float] = []
        for _ in range(rounds):
            in_c.append(measured([program, source, f"{EVENTS:.0f}"]))
            in_python.append(measured([sys.executable, __file__, "--loop", source]))
        c, python = statistics.median(in_c), statistics.median(in_python)
        print(f"{source[-50:]:50} {c / 1e6:8.0f} {python / 1e6:8.0f} {python / c:7.0%}")
