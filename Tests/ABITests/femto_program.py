"""femto_program as a person uses it: what it says on a terminal, and of a card that holds a program or another one.

Good and bad images are Tests/Femtosense's.
"""

import os
import pathlib
import pty
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Femtosense"))

import model  # noqa: E402

PROGRAM = os.path.join(os.environ.get("NEUROMORPHIC_EXAMPLES", "build/bin"), "femto_program")
LONG = "reading"


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def on_a_terminal(*arguments):
    """All that the program shows, and its exit status."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(PROGRAM, [PROGRAM, *map(str, arguments)])
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how the end of a terminal reads
            break
        if not piece:
            break
        shown += piece
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(status)


def check_cards(image, card):
    assert "0PROG_A" in run(image, "--output", card, "--check").stderr, "nothing is there"
    assert os.listdir(card) == [], "--check has written"
    done = run(image, "--output", card)
    assert done.returncode == 0 and done.stderr == ""
    for word in ("spu1p3, 1 core:", "3 data", "37 records", "333 bytes"):
        assert word in done.stdout, (word, done.stdout)
    same = run(image, "--output", card, "--check")
    assert same.returncode == 0 and "are this program" in same.stdout
    other = run(image, "--output", card, "--check", "--chip", "spu1p2")
    assert other.returncode == 1 and "0PROG_A line 1:" in other.stderr, other
    data = (card / "0PROG_D").read_bytes()
    (card / "0PROG_D").write_bytes(data[:9 * 20] + b"f" + data[9 * 20 + 1:])
    other = run(image, "--output", card, "--check")
    assert other.returncode == 1 and "0PROG_D line 21:" in other.stderr, other


def check_progress(short, long, card):
    shown, status = on_a_terminal(short, "--output", card, "--slot", 1)
    assert status == 0 and LONG not in shown, shown
    shown, status = on_a_terminal(long, "--output", card, "--slot", 2)
    assert status == 0 and LONG in shown and "100 %" in shown and "writing" in shown, shown[-500:]
    quiet = run(long, "--output", card, "--slot", 3)
    assert quiet.returncode == 0 and quiet.stderr == "", "progress is for people"


def main():
    numbers = random.Random(4)
    words = [numbers.getrandbits(64) for _ in range(model.DATA_BANK_WORDS * model.DATA_BANKS)]
    banks = {bank: model.DATA_BANK_WORDS for bank in range(model.DATA_BANKS)}
    for name in ("FS_HW_ISA", "FS_HW_CFG", "FS_ENCRYPTION_KEY_IDX", "FS_ENCRYPTION_SALT"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        short, long, card = folder / "short", folder / "long", folder / "card"
        model.write_folder(model.worked_example(), short)
        model.write_folder(model.Image([model.core(data=words, data_banks=banks, instr=[1])]), long)
        card.mkdir()
        check_cards(short, card)
        check_progress(short, long, card)
    print("femto_program: cards and progress are as they should be")


main()
