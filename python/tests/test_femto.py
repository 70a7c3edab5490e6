"""Programming files for Femtosense's SPU, from Python."""

from __future__ import annotations

import os
import pathlib

import pytest

from neuromorphic import femto
from neuromorphic.errors import ArgumentError, Code, NeuromorphicError, NotFoundError

FILES = {
    "metadata.yaml": "data_bank_sizes: {0: {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}\n"
    "table_bank_sizes: {0: {0: 1, 1: 0, 2: 0, 3: 0}}\ninst_counts: {0: 1}\ninputs: {}\noutputs: {}\n",
    "test_core_0_data_mem_initial_py_hex.txt": "1122334455667788\n",
    "test_core_0_table_mem_initial_py_hex.txt": "abcd\n",
    "test_core_0_sboard_initial_py_hex.txt": "",
    "test_core_0_rqueue_initial_py_hex.txt": b"",
    "test_core_0_progbuf_initial_py_hex.txt": "",
    "test_core_0_instr_mem_initial_py_hex.txt": bytearray(b"0x1f0000000a # one\n"),
}
ADDRESSES = (
    b"00000064\n00000064\n00000034\n00000034\n00000054\n00000054\n00100000\n00100004\n00180000\n00180004\n001f0000\n001f0004\n"
)
DATA = (
    b"00005098\n00011098\n00005098\n00011098\n00005098\n00011098\n55667788\n11223344\n0000abcd\n00000000\n0000000a\n0000001f\n"
)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FS_HW_ISA", "FS_HW_CFG", "FS_ENCRYPTION_KEY_IDX", "FS_ENCRYPTION_SALT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def compiled(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "compiled"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_memory() -> None:
    made = femto.build(FILES, chip="spu1p2")
    assert (made.addresses, made.data) == (ADDRESSES, DATA)
    assert (made.chip, made.cores, made.data_banks, made.table_banks, made.records) == ("spu1p2", 1, 1, 1, 12)
    assert (made.data_words, made.table_words, made.sboard_words, made.instructions) == (1, 1, 0, 1)
    assert "12 records" in repr(made)


def test_folder_and_card(compiled: pathlib.Path, tmp_path: pathlib.Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    made = femto.program(compiled, card, chip="spu1p2", slot=3)
    assert (card / "3PROG_A").read_bytes() == ADDRESSES
    assert (card / "3PROG_D").read_bytes() == DATA
    assert sorted(os.listdir(card)) == ["3PROG_A", "3PROG_D"]
    with pytest.raises(NeuromorphicError, match="already there") as refusal:
        femto.program(compiled, card, slot=3)
    assert refusal.value.code == Code.ALREADY_EXISTS
    made.verify(card, slot=3)
    femto.program(str(compiled), card, chip="spu1p3", slot=3, force=True)
    with pytest.raises(NeuromorphicError, match="3PROG_A line 1:"):
        made.verify(card, slot=3)


def test_key_and_salt() -> None:
    made = femto.build(FILES, key_index=5, salt=0x0123456789ABCDEF)
    assert made.chip == "spu1p3"
    assert made.data.split()[:5] == [b"00000005", b"0000cdef", b"000089ab", b"00004567", b"00000123"]
    assert femto.build(FILES, salt=0xFFFF).data.split()[:2] == [b"00000000", b"0000ffff"]


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FS_HW_CFG", "spu1p2v1.dat")
    assert femto.build(FILES).chip == "spu1p2"
    assert femto.build(FILES, chip="spu1p3").chip == "spu1p3"
    monkeypatch.setenv("FS_HW_ISA", "spu1p3v1.dat")
    monkeypatch.setenv("FS_ENCRYPTION_KEY_IDX", "7")
    assert femto.build(FILES).data.startswith(b"00000007\n")


def test_refusals(compiled: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with pytest.raises(NeuromorphicError, match=r"table_mem.* line 1: .*16 bits"):
        femto.build({**FILES, "test_core_0_table_mem_initial_py_hex.txt": "1ffff"})
    wide = femto.build({**FILES, "test_core_0_table_mem_initial_py_hex.txt": "1ffff"}, lenient=True)
    assert b"\n0001ffff\n" in wide.data
    with pytest.raises(NotFoundError, match="sboard"):
        (compiled / "test_core_0_sboard_initial_py_hex.txt").unlink()
        femto.program(compiled, tmp_path)
    assert not list(tmp_path.glob("*PROG*"))
    for wrong in ({"chip": "spu9"}, {"key_index": 32}, {"key_index": -1}, {"salt": 1 << 64}):
        with pytest.raises(ArgumentError):
            femto.build(FILES, **wrong)  # type: ignore[arg-type]
    for slot in (-1, 10, 1 << 40):
        with pytest.raises(ArgumentError):
            femto.program(FILES, tmp_path, slot=slot)


def test_progress(compiled: pathlib.Path) -> None:
    seen: list[tuple[int, int]] = []
    femto.build(compiled, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] > 0

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        femto.build(compiled, progress=stop)
