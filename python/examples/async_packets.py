"""Takes the packets of two devices within one event loop: `async_packets.py [SOURCE SOURCE]`."""

import asyncio
import sys

import neuromorphic

sources = sys.argv[1:] or ["sim:prophesee_evk4?rate=2e6&seed=1&duration=2", "sim:prophesee_evk4?rate=5e6&seed=2&duration=2"]


async def count(source: str) -> int:
    events = 0
    with neuromorphic.open(source) as device:
        async for _, packet in device:
            events += 0 if packet.polarity_events is None else len(packet.polarity_events)
    return events


async def main() -> None:
    for source, events in zip(sources, await asyncio.gather(*map(count, sources))):
        print(f"{source}: {events} events")


asyncio.run(main())
