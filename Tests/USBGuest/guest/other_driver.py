"""Inside the guest: an unrelated driver opens an emulated camera. judge.py runs this and judges what it leaves in a folder.

usage: other_driver.py FOLDER EVENTS NUMBER
"""

import json
import pathlib
import socket
import sys
import time

import neuromorphic_drivers as nd
import numpy as np


def tell(number: str, line: str) -> str:
    """Says a line of the camera's command language and returns its answer."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(f"/run/camera-{number}/socket")
        with door.makefile("rw") as lines:
            lines.write(line + "\n")
            lines.flush()
            answer = lines.readline().strip()
    if not answer.startswith("ok"):
        sys.exit(f"the camera answers {answer!r} to {line!r}")
    return answer.removeprefix("ok").strip()


def receive(device, count: int) -> np.ndarray:
    """Events until there are so many, or none came for three seconds."""
    parts = [np.empty((0, 3), dtype=np.uint16)]
    last = time.monotonic()
    for _, packet in device:
        events = packet.polarity_events
        if events is not None and len(events) > 0:
            parts.append(np.stack([events["x"], events["y"], events["on"].astype(np.uint16)], axis=1))
            last = time.monotonic()
        if sum(map(len, parts)) >= count or time.monotonic() > last + 3:
            return np.concatenate(parts)


def main(folder: pathlib.Path, count: int, number: str) -> None:
    facts = {"listed": [[device.name.value, device.serial, device.speed.value] for device in nd.list_devices()]}
    tell(number, "log clear")  # listing has its own requests
    # It starts the sensor before its transfers wait for data. On a busy machine 0.16.1 then loses whole transfers that the
    # kernel had completed, probably while it still queues others. So there is nothing to be had until it is ready.
    tell(number, "stream silent")
    with nd.open(iterator_timeout=1.0) as device:
        tell(number, "stream resume")
        events = receive(device, count)
        tell(number, f"log dump {folder}/opening.log")
        facts["opened"] = [device.name().value, device.serial()]
        for measure in ("temperature_celsius", "illuminance"):
            try:
                facts[measure] = getattr(device, measure)()
            except RuntimeError as error:
                facts[measure] = str(error)
        facts["counters"] = dict(pair.split("=") for pair in tell(number, "counters").split())
        tell(number, "log clear")
    tell(number, f"log dump {folder}/closing.log")
    np.save(folder / "events.npy", events)
    (folder / "facts.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
