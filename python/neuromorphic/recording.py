"""RAW files that are being written."""

from __future__ import annotations

import types
from typing import Any, Literal

from . import packet as packets
from ._library import check, lib
from .errors import ArgumentError, ClosedError, Code


class Recording:
    """A RAW file that is being written. `RawDevice.record` makes it; a context manager closes it."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def write(self, packet: memoryview) -> int:
        """Appends a raw packet as a RawDevice gave it, whole. Its bytes are with the system when the call returns."""
        lease = packets.lease_of(packet)
        if lease is None or packet.nbytes != lease.raw_length:
            raise ArgumentError("a recording takes a RawDevice's packets as they come, not parts or copies of them")
        check(lib.neuromorphic_recording_write(self._open_handle("write"), lease))
        return packet.nbytes

    def sync(self) -> None:
        """Waits until what was written has reached the disk."""
        check(lib.neuromorphic_recording_sync(self._open_handle("sync")))

    def close(self) -> None:
        """Syncs and closes the file."""
        handle, self._handle = self._handle, None
        if handle is not None:
            check(lib.neuromorphic_recording_close(handle))

    def _open_handle(self, function: str) -> Any:
        if self._handle is None:
            raise ClosedError(f"{function} called after the recording was closed", Code.CLOSED)
        return self._handle

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> Literal[False]:
        self.close()
        return False

    def __del__(self) -> None:
        handle, self._handle = getattr(self, "_handle", None), None
        if handle is not None:
            lib.neuromorphic_recording_close(handle)
