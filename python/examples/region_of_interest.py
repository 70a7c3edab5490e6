"""Lets only a rectangle of the sensor speak: `region_of_interest.py [SOURCE]`."""

import sys

import neuromorphic
from neuromorphic import prophesee_evk4

source = sys.argv[1] if len(sys.argv) > 1 else "usb:model=prophesee_evk4"
region = prophesee_evk4.Region(x=576, y=296, width=100, height=100)

with neuromorphic.open(prophesee_evk4.Configuration(region=region), source=source) as device:
    for status, packet in device:
        events = packet.polarity_events
        if events is not None:
            columns, rows = (f"{line.min()} to {line.max()}" for line in (events.x, events.y))
            print(f"{len(events)} events in columns {columns}, rows {rows}")
