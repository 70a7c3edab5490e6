"""Maps packets as numpy arrays, with nothing but ctypes and numpy: `ctypes_numpy.py [LIBRARY]`.

Checks on the real recordings that each array is a view of the packet's memory, and that the columns are the expected ones.
"""

import csv
import ctypes as c
import hashlib
import os
import sys

import numpy as np


class Packet(c.Structure):
    """The first fields of neuromorphic_packet; the library says in struct_size how long it is."""

    _fields_ = [
        ("struct_size", c.c_size_t),
        ("sequence", c.c_uint64),
        ("count", c.c_size_t),
        ("t", c.POINTER(c.c_uint64)),
        ("x", c.POINTER(c.c_uint16)),
        ("y", c.POINTER(c.c_uint16)),
        ("on", c.POINTER(c.c_uint8)),
    ]


COLUMNS = ("t", "x", "y", "on")
END_OF_STREAM = -3

library = c.CDLL(sys.argv[1] if len(sys.argv) > 1 else "build/lib/libneuromorphic.so")
library.neuromorphic_last_error.restype = c.c_char_p
library.neuromorphic_open.argtypes = [c.c_char_p, c.c_void_p, c.POINTER(c.c_void_p)]
library.neuromorphic_next_packet.argtypes = [c.c_void_p, c.c_int64, c.POINTER(c.POINTER(Packet))]
library.neuromorphic_packet_release.argtypes = [c.POINTER(Packet)]
library.neuromorphic_close.argtypes = [c.c_void_p]


def check(status: int) -> None:
    if status != 0:
        raise RuntimeError(library.neuromorphic_last_error().decode())


def columns_of(path: str) -> dict[str, bytes]:
    """Every column of a recording, as bytes."""
    device = c.c_void_p()
    check(library.neuromorphic_open(f"file:{path}?".encode(), None, c.byref(device)))
    gathered = {name: b"" for name in COLUMNS}
    packets = 0
    while True:
        packet = c.POINTER(Packet)()
        status = library.neuromorphic_next_packet(device, 1_000_000, c.byref(packet))
        if status == END_OF_STREAM:
            break
        check(status)
        assert packet.contents.struct_size >= c.sizeof(Packet)
        assert packet.contents.sequence == packets
        for name in COLUMNS:
            pointer = getattr(packet.contents, name)
            array = np.ctypeslib.as_array(pointer, shape=(packet.contents.count,))
            address = c.cast(pointer, c.c_void_p).value
            assert array.ctypes.data == address, "the array is not the packet's memory"
            assert not array.flags.owndata, "the array is a copy"
            assert address % 64 == 0, "the column is not aligned"
            gathered[name] += array.tobytes()
        packets += 1
        library.neuromorphic_packet_release(packet)
    library.neuromorphic_close(device)
    assert packets > 0
    return gathered


data = os.environ.get("NEUROMORPHIC_TEST_DATA", "../shared/data")
if not os.path.exists(f"{data}/expected.csv"):
    print(f"ctypes_numpy: SKIPPED, there are no recordings in {data}")
    sys.exit(77)
checked = 0
with open(f"{data}/expected.csv", newline="") as rows:
    for row in csv.DictReader(rows):
        if not row["file"].endswith(".raw"):
            continue
        columns = columns_of(f"{data}/{row['file']}")
        t = np.frombuffer(columns["t"], dtype="<u8")
        assert len(t) == int(row["events"]), row["file"]
        assert (t[0], t[-1]) == (int(row["first_t"]), int(row["last_t"])), row["file"]
        for name, kind in zip(COLUMNS, ("t_u64", "x_u16", "y_u16", "on_u8")):
            assert hashlib.sha256(columns[name]).hexdigest() == row[f"sha256_{kind}"], f"{row['file']}: {name}"
        print(f"{row['file']}: {len(t)} events, every column as expected")
        checked += 1
assert checked == 2
