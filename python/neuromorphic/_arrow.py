"""The library's Arrow structs in the capsules by which Python's packages hand them to one another.

Source: Arrow's PyCapsule interface (names of capsules, and who releases what). The structs' memory is C's, as their taker
may be told of their end when Python has no objects any more.
"""

from __future__ import annotations

import ctypes
from typing import Any

from ._library import check, ffi, lib

EVENTS, TRIGGERS, COUNTERS = 0, 1, 2
"""The C header's numbers of a packet's tables."""

_TYPES = {b"arrow_schema": "struct ArrowSchema *", b"arrow_array": "struct ArrowArray *",
          b"arrow_array_stream": "struct ArrowArrayStream *"}  # fmt: skip

_python = ctypes.pythonapi
_python.PyMem_RawCalloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
_python.PyMem_RawCalloc.restype = ctypes.c_void_p
_python.PyMem_RawFree.argtypes = [ctypes.c_void_p]
_python.PyMem_RawFree.restype = None
_python.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_python.PyCapsule_New.restype = ctypes.py_object
# By address, and not as objects: a capsule that is being destroyed must not be referred to again.
_python.PyCapsule_GetName.argtypes = [ctypes.c_void_p]
_python.PyCapsule_GetName.restype = ctypes.c_char_p
_python.PyCapsule_GetPointer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
_python.PyCapsule_GetPointer.restype = ctypes.c_void_p


@ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
def _destroy(capsule: int) -> None:
    """Releases what nobody took out of a capsule."""
    name = _python.PyCapsule_GetName(capsule)
    address = _python.PyCapsule_GetPointer(capsule, name)
    struct = ffi.cast(_TYPES[name], address)
    if struct.release:
        struct.release(struct)
    _python.PyMem_RawFree(address)


def _capsule(name: bytes, fill: Any, *arguments: Any) -> Any:
    """A capsule with a struct that `fill(arguments, pointer)` has filled; it returns a status."""
    kind = _TYPES[name]
    address = _python.PyMem_RawCalloc(1, ffi.sizeof(kind.removesuffix(" *")))
    if not address:
        raise MemoryError
    try:
        check(fill(*arguments, ffi.cast(kind, address)))
    except BaseException:
        _python.PyMem_RawFree(address)
        raise
    return _python.PyCapsule_New(address, _kept_names[name], ctypes.cast(_destroy, ctypes.c_void_p))


# A capsule keeps its name's address.
_kept_names = {name: ctypes.create_string_buffer(name) for name in _TYPES}


def schema(table: int) -> Any:
    """A capsule with a table's schema."""
    return _capsule(b"arrow_schema", lib.neuromorphic_arrow_schema, table)


def array(lease: Any, table: int) -> Any:
    """A capsule with a packet's table; it keeps the packet."""
    return _capsule(b"arrow_array", lib.neuromorphic_packet_arrow, lease, table)


def stream(handle: Any, table: int, timeout_us: int) -> Any:
    """A capsule with a stream of a device's tables."""
    return _capsule(b"arrow_array_stream", lib.neuromorphic_arrow_stream, handle, table, timeout_us)
