"""Another project's decoder as a process of its own: `decoding FILE`, but for `decoding peers.py PEER FILE`.

Says first what of the manifest beside the file holds, then, for each line on the standard input, the seconds of
processor time that streaming through the file took. Every peer is used as its documentation says, in whichever of its
streaming modes was the fastest on these files; sizes of chunks were tried from 4 thousand events to its default.
"""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from profiles import HEIGHT, WIDTH, Columns, Sums, read_manifest

LEAST_SECONDS = 0.1


class Peer(NamedTuple):
    formats: tuple[str, ...]
    stream: Callable[[Path, str], Iterable[Any]]    # of batches that have a length
    columns: Callable[[Any], tuple[Any, ...]]       # of a batch: t, x, y, on


def evutils_stream(path: Path, format: str) -> Iterable[Any]:
    from evutils.io import EventStreamer
    batches: Iterable[Any] = EventStreamer(path, chunk_size=300_000)
    return batches


def evt3_stream(path: Path, format: str) -> Iterable[Any]:
    import evt3
    batches: Iterable[Any] = evt3.decode_file_batches(str(path), batch_bytes=65536)
    return batches


def expelliarmus_stream(path: Path, format: str) -> Iterable[Any]:
    from expelliarmus import Wizard
    batches: Iterable[Any] = Wizard(format, path, chunk_size=1_000_000, buff_size=65536).read_chunk()
    return batches


def faery_stream(path: Path, format: str) -> Iterable[Any]:
    import faery
    batches: Iterable[Any] = faery.events_stream_from_file(path, dimensions_fallback=(WIDTH, HEIGHT))
    return batches


PEERS = {
    "evutils": Peer(("evt3", "evt2", "evt21"), evutils_stream, lambda batch: (batch.t, batch.x, batch.y, batch.p)),
    "evt3": Peer(("evt3",), evt3_stream, lambda batch: (batch.t, batch.x, batch.y, batch.p)),
    "expelliarmus": Peer(("evt3", "evt2"), expelliarmus_stream, lambda batch: tuple(batch[name] for name in "txyp")),
    "faery": Peer(("evt3", "evt2"), faery_stream, lambda batch: tuple(batch[name] for name in ("t", "x", "y", "on"))),
}


def check(peer: Peer, path: Path, format: str) -> str:
    """Count, x, y and polarity must be the manifest's. Times may begin elsewhere, or be the peer's own: it says so."""
    manifest = read_manifest(path.with_suffix(".txt"))
    found = Sums()
    for batch in peer.stream(path, format):
        found.add(Columns(*(np.asarray(column) for column in peer.columns(batch))))
    expected = {name: int(manifest[name]) for name in found.sums}
    if found.events != int(manifest["events"]):
        sys.exit(f"{found.events} events instead of {manifest['events']}")
    for name in found.sums:
        if not name.startswith("t_") and found.sums[name] != expected[name]:
            sys.exit(f"{name} is not what the manifest says")
    shift, rest = divmod(found.sums["t_sum"] - expected["t_sum"], found.events)
    weighted = (expected["t_weighted"] + shift * found.events ** 2) % (1 << 64)
    if rest != 0 or found.sums["t_weighted"] != weighted:
        return "t is its own"
    return "" if shift == 0 else f"t is shifted by {shift}"


def measure(peer: Peer, path: Path, format: str) -> float:
    start, taken, passes = time.process_time(), 0.0, 0
    while taken < LEAST_SECONDS:
        for batch in peer.stream(path, format):
            len(batch)
        passes += 1
        taken = time.process_time() - start
    return taken / passes


def main() -> None:
    name, path = sys.argv[1], Path(sys.argv[2])
    peer, format = PEERS[name], path.suffixes[-2][1:]
    print(check(peer, path, format), flush=True)
    for _ in sys.stdin:
        print(f"{measure(peer, path, format):.9f}", flush=True)


if __name__ == "__main__":
    main()
