"""Programming files for Femtosense's SPU, of what the vendor's compiler leaves.

    import neuromorphic

    program = neuromorphic.femto.program("compiled", "/media/card", chip="spu1p3", slot=0)
    print(program.records, program.instructions)

Nothing is written unless everything is right; errors name the file, the line and what was expected there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal

from ._library import check, ffi, lib, prepared
from .errors import ArgumentError, Code, NeuromorphicError

Source = str | os.PathLike[str] | Mapping[str, bytes | bytearray | memoryview | str]
"""A compiler's output: the folder that has metadata.yaml, or its files' contents by their names."""

Chip = Literal["spu1p2", "spu1p3"]

_CHIPS: dict[str | None, int] = {None: 0, "spu1p2": 1, "spu1p3": 2}


class Program:
    """What loads a network into a chip. Words and banks are those of all cores together.

    `addresses` and `data` are the two files' contents: a line for each write to the chip's bus, of eight hexadecimal digits.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        summary = prepared("neuromorphic_femto_summary")
        check(lib.neuromorphic_femto_program_summary(handle, summary))
        self.chip: Chip = "spu1p2" if summary.chip == 1 else "spu1p3"
        self.cores: int = summary.cores
        self.data_banks: int = summary.data_banks
        self.table_banks: int = summary.table_banks
        self.data_words: int = summary.data_words
        self.table_words: int = summary.table_words
        self.sboard_words: int = summary.sboard_words
        self.rqueue_words: int = summary.rqueue_words
        self.progbuf_words: int = summary.progbuf_words
        self.instructions: int = summary.instructions
        self.records: int = summary.records
        texts = ffi.new("char const *[2]")
        length = ffi.new("size_t *")
        check(lib.neuromorphic_femto_program_texts(handle, texts, texts + 1, length))
        self.addresses: bytes = ffi.buffer(texts[0], length[0])[:]
        self.data: bytes = ffi.buffer(texts[1], length[0])[:]

    def write(self, folder: str | os.PathLike[str] = ".", *, slot: int = 0, force: bool = False) -> None:
        """Writes both files into a folder, and reads them back. On failure the folder is as it was.

        Files that are there are kept unless `force`. `slot` is the first digit of their names.
        """
        check(lib.neuromorphic_femto_program_write(self._handle, os.fsencode(folder), _slot(slot), force))

    def verify(self, folder: str | os.PathLike[str] = ".", *, slot: int = 0) -> None:
        """Raises where a folder's files are not this program, with the first line that differs."""
        check(lib.neuromorphic_femto_program_verify(self._handle, os.fsencode(folder), _slot(slot)))

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None:
            lib.neuromorphic_femto_program_free(handle)

    def __repr__(self) -> str:
        return f"<{self.chip} program of {self.cores} core(s), {self.records} records>"


def build(
    source: Source,
    *,
    chip: Chip | None = None,
    key_index: int | None = None,
    salt: int | None = None,
    lenient: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Program:
    """Makes a program, and writes nothing.

    chip       None asks the environment's FS_HW_ISA, then FS_HW_CFG, and takes spu1p3 where neither is set.
    key_index  Which of the chip's keys the network is encrypted with, 0 to 31, and which 64-bit salt. None asks the
    salt       environment's FS_ENCRYPTION_KEY_IDX and FS_ENCRYPTION_SALT, and takes 0 where they are not set.
    lenient    Takes what the vendor's tool takes, such as banks that are too large.
    progress   Called now and then with the bytes read and their total. What it raises ends the call.
    """
    if chip not in _CHIPS:
        raise ArgumentError(f'there is no chip "{chip}"; the chips are spu1p2 and spu1p3')
    options = prepared("neuromorphic_femto_options")
    options.chip = _CHIPS[chip]
    options.lenient = lenient
    if key_index is not None:
        options.has_key_index, options.key_index = 1, _unsigned("key_index", key_index, 32)
    if salt is not None:
        options.has_salt, options.salt = 1, _unsigned("salt", salt, 64)
    raised: list[BaseException] = []
    callback = None
    if progress is not None:
        callback = ffi.callback("neuromorphic_femto_progress", _reporter(progress, raised))
        options.progress = callback
    out = ffi.new("neuromorphic_femto_program **")
    try:
        if isinstance(source, Mapping):
            _build_from_memory(source, options, out)
        else:
            check(lib.neuromorphic_femto_build(os.fsencode(source), options, out))
    except NeuromorphicError as error:
        if raised and error.code == Code.INTERRUPTED:
            raise raised[0] from None
        raise
    return Program(out[0])


def program(
    source: Source,
    output: str | os.PathLike[str] = ".",
    *,
    chip: Chip | None = None,
    slot: int = 0,
    force: bool = False,
    key_index: int | None = None,
    salt: int | None = None,
    lenient: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Program:
    """Makes a program and writes its two files, 0PROG_A and 0PROG_D, into a folder, such as an SD card's.

    As `build` and `Program.write`, whose arguments it has.
    """
    made = build(source, chip=chip, key_index=key_index, salt=salt, lenient=lenient, progress=progress)
    made.write(output, slot=slot, force=force)
    return made


def _build_from_memory(source: Mapping[str, bytes | bytearray | memoryview | str], options: Any, out: Any) -> None:
    files = ffi.new("neuromorphic_femto_file[]", len(source))
    kept: list[Any] = []
    for file, (name, content) in zip(files, source.items(), strict=True):
        text = ffi.new("char[]", name.encode())
        content = ffi.from_buffer(content.encode() if isinstance(content, str) else content)
        kept += [text, content]
        file.name, file.bytes, file.length = text, content, len(content)
    check(lib.neuromorphic_femto_build_from_memory(files, len(source), options, out))


def _reporter(progress: Callable[[int, int], object], raised: list[BaseException]) -> Callable[[Any, int, int], int]:
    def report(_: Any, done: int, total: int) -> int:
        try:
            progress(done, total)
        except BaseException as exception:  # it can't pass through C
            raised.append(exception)
            return 1
        return 0

    return report


def _slot(slot: int) -> int:
    return _unsigned("slot", slot, 32)


def _unsigned(name: str, value: int, bits: int) -> int:
    if not 0 <= value < 1 << bits:
        raise ArgumentError(f"{name} is {value}, and must fit {bits} bits")
    return value
