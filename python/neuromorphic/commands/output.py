"""What commands write: progress for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def print_json(value: Any) -> None:
    """One JSON value on the standard output, indented."""
    print(json.dumps(value, indent=2))


class Progress:
    """How far long work has come, on the standard error's last line; nothing where that is not a terminal."""

    def __init__(self, what: str, total: float | None = None, unit: str = "B") -> None:
        """`total` in `unit`, None where nobody knows it."""
        self._what, self._total, self._unit = what, total, unit
        self._is_shown = sys.stderr.isatty()
        self._start = time.monotonic()
        self._next = 0.0

    def show(self, done: float, more: str = "") -> None:
        """Says how much is done; often is fine, as it is drawn ten times a second at most."""
        now = time.monotonic()
        if not self._is_shown or now < self._next:
            return
        self._next = now + 0.1
        rate = done / max(now - self._start, 1e-6)
        amount = f"{quantity(done)}{self._unit}, {quantity(rate)}{self._unit}/s"
        bar = ""
        if self._total:
            share = min(done / self._total, 1.0)
            bar = f" [{'#' * int(30 * share):<30}] {share:4.0%}"
        sys.stderr.write(f"\r\033[K{self._what}{bar} {amount}{' ' + more if more else ''}")
        sys.stderr.flush()

    def end(self) -> None:
        """Takes the line away."""
        if self._is_shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def quantity(value: float) -> str:
    """Three or four digits and a prefix: 12.3 M."""
    for prefix, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.4g} {prefix}"
    return f"{value:.4g} "
