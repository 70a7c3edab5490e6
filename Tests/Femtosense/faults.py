"""What the program must refuse, as tables: how a good image is damaged, and what the sentence must say.

Most faults are tried twice, strict and with --lenient: what the vendor's tool refuses is refused in both.
"""

import dataclasses
import os
import pathlib
import random
import re
import shutil
import subprocess
from collections.abc import Callable

import model
from images import alike, noise, queues
from model import Image, core, file_name, metadata_with, worked_example
from trial import Refused, Skipped, Trial, Written

DATA, TABLE, INSTR = file_name("data_mem"), file_name("table_mem"), file_name("instr_mem")
METADATA = r"metadata\.yaml"
GIB = 1 << 30

# What --lenient makes of a fault, if not an image's bytes: the same refusal; or anything but a crash.
SAME, ANYTHING = "same", "anything"
ANY_END = (Written(), Refused())


@dataclasses.dataclass
class Fault:
    name: str
    damage: Callable[[pathlib.Path], None]  # of the good image's folder, which is there
    refused: Refused
    lenient: object = SAME
    image: Image = dataclasses.field(default_factory=worked_example)
    measured: bool = False

    def trials(self):
        def build(folder):
            model.write_folder(self.image, folder)
            self.damage(folder)

        yield Trial(f"{self.name}, strict", build, (self.refused,), measured=self.measured)
        if self.lenient is SAME:
            outcomes = (self.refused,)
        elif self.lenient is ANYTHING:
            outcomes = ANY_END
        else:
            outcomes = (Written(model.files(self.lenient)),)
        yield Trial(f"{self.name}, --lenient", build, outcomes, ("--lenient",), measured=self.measured)


def put(name: str, content: bytes | str) -> Callable[[pathlib.Path], None]:
    """Damage: a file with another content."""
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def damaged(damage) -> Callable[[pathlib.Path], None]:
    """The worked example's folder, with damage."""

    def build(folder):
        model.write_folder(worked_example(), folder)
        damage(folder)

    return build


def metadata_of(path: tuple, value, image: Image | None = None) -> Callable[[pathlib.Path], None]:
    """Damage: another value in metadata.yaml; ... takes it away."""
    return put("metadata.yaml", metadata_with(image or worked_example(), path, value)[0])


# Sizes and counts that are too large, and the limit. The sentence may also be about the file that has fewer words.
TOO_LARGE = [
    (("data_bank_sizes", 0, 0), 8193, 8192),
    (("data_bank_sizes", 0, 0), 65536, 8192),
    (("data_bank_sizes", 0, 0), 2**31, 8192),
    (("data_bank_sizes", 0, 0), 2**63 - 1, 8192),
    (("data_bank_sizes", 0, 0), 2**63, None),
    (("data_bank_sizes", 0, 0), 2**64 + 3, None),
    (("data_bank_sizes", 0, 0), 10**30, None),
    (("data_bank_sizes", 0, 0), 10**4000, None),
    (("table_bank_sizes", 0, 0), 2049, 2048),
    (("table_bank_sizes", 0, 0), 2**64 + 2, None),
    (("inst_counts", 0), 8190, 8189),
    (("inst_counts", 0), 2**63 - 1, 8189),
    (("inst_counts", 0), 2**64 + 2, None),
    (("inst_counts", 0), 10**30, None),
]

# What is no size or count: where, the text, and what --lenient makes of it. The vendor's tool was not seen with all of
# them; where its language may have a meaning for one, --lenient is free.
NO_NUMBERS = [
    *(
        (("data_bank_sizes", 0, 0), text, SAME)
        for text in ("three", '"3"', "'3'", "3.0", "3.5", "1e0", ".inf", "null", "~", "3 3", "[3]", "{0: 3}", "[]")
    ),
    *((("data_bank_sizes", 0, 0), text, ANYTHING) for text in ("-1", ".nan", "true")),
    *((("data_bank_sizes", 0, 1), text, ANYTHING) for text in ("-1", str(-(2**63)), "-" + "9" * 30)),
    (("data_bank_sizes", 0, 1), "[]", SAME),
    (("table_bank_sizes", 0, 0), "-2", ANYTHING),
    (("table_bank_sizes", 0, 0), "two", SAME),
    (("table_bank_sizes", 0, 0), "2.0", SAME),
    (("table_bank_sizes", 0, 3), "null", SAME),
    *((("inst_counts", 0), text, SAME) for text in ("two", '"2"', "2.0", "{}")),
    *((("inst_counts", 0), text, ANYTHING) for text in ("-1", "-" + "9" * 30, "true", "null")),
    *((("data_bank_sizes", 0), text, SAME) for text in ("null", "3", "{}")),
    (("data_bank_sizes", 0), "[3, 0, 0, 0, 0, 0, 0, 0]", ANYTHING),
    (("table_bank_sizes", 0), "text", SAME),
    *((("data_bank_sizes",), text, SAME) for text in ("null", "3")),
    *((("data_bank_sizes",), text, ANYTHING) for text in ("text", "[]")),
    (("table_bank_sizes",), "null", SAME),
    (("inst_counts",), "null", SAME),
    (("inst_counts",), "2", SAME),
    (("inst_counts",), "[2]", ANYTHING),
]


def values():
    def named(path, value) -> str:
        return f"{'.'.join(map(str, path))} is {value if len(str(value)) < 40 else str(value)[:20] + '…'}"

    for path, value, limit in TOO_LARGE:
        text, line = metadata_with(worked_example(), path, value)
        file = f"{METADATA}|" + re.escape(
            {"data_bank_sizes": DATA, "table_bank_sizes": TABLE, "inst_counts": INSTR}[path[0]]
        )
        patterns = (file,) if limit is None else (file, rf"\b{limit}\b|\b[234]\b")
        yield Fault(named(path, value), put("metadata.yaml", text), Refused(patterns, None, line), ANYTHING)
    for path, value, lenient in NO_NUMBERS:
        text, line = metadata_with(worked_example(), path, value)
        yield Fault(named(path, value), put("metadata.yaml", text), Refused((METADATA,), None, line), lenient)
    for value in ("", "3,"):  # where these end, the next line tells
        yield Fault(f"data_bank_sizes.0.0 is {value!r}", metadata_of(("data_bank_sizes", 0, 0), value), Refused((METADATA,)))

    def limit(name, image, path, value, pattern):
        """Files that have the words: it is the limit alone that refuses."""
        text, line = metadata_with(image, path, value)
        yield Fault(name, put("metadata.yaml", text), Refused((METADATA, pattern), None, line), ANYTHING, image)

    big = Image([core(noise(1, 65536), noise(2, 8192, 16), data_banks={0: 1, 7: 1}, table_banks={0: 1, 3: 1}, **queues())])
    for bank in (0, 3, 6):
        yield from limit(f"data bank {bank} of 8193 words", big, ("data_bank_sizes", 0, bank), 8193, r"\b8192\b")
    for bank in (0, 2):
        yield from limit(f"table bank {bank} of 2049 words", big, ("table_bank_sizes", 0, bank), 2049, r"\b2048\b")
    two = Image(
        [core(**queues()), core(noise(1, 8200), noise(2, 2100, 16), data_banks={0: 1}, table_banks={0: 1}, **queues())]
    )
    yield from limit("data bank of 8193 words on the second core", two, ("data_bank_sizes", 1, 0), 8193, r"\b8192\b")
    yield from limit("table bank of 2049 words on the second core", two, ("table_bank_sizes", 1, 0), 2049, r"\b2048\b")

    for path, pattern in (
        (("data_bank_sizes", 0, 5), r"\b5\b"),
        (("data_bank_sizes", 0, 0), r"\b0\b"),
        (("data_bank_sizes", 0, 7), r"\b7\b"),
        (("table_bank_sizes", 0, 3), r"\b3\b"),
        (("table_bank_sizes", 0, 0), r"\b0\b"),
        (("data_bank_sizes",), "data_bank_sizes"),
        (("table_bank_sizes",), "table_bank_sizes"),
        (("inst_counts",), "inst_counts"),
        (("inputs",), "inputs"),
        (("outputs",), "outputs"),
    ):
        yield Fault(f"{'.'.join(map(str, path))} is missing", metadata_of(path, ...), Refused((METADATA, pattern)))
    missing = alike()
    yield Fault(
        "bank 2 of the second core is missing",
        metadata_of(("data_bank_sizes", 1, 2), ..., missing),
        Refused((METADATA, r"\b2\b")),
        image=missing,
    )
    # Eight banks and four: there are no more.
    for path in (
        ("data_bank_sizes", 0, 8),
        ("data_bank_sizes", 0, -1),
        ("table_bank_sizes", 0, 4),
        ("data_bank_sizes", 0, "x"),
    ):
        text, line = metadata_with(worked_example(), path, 1)
        yield Fault(
            f"{'.'.join(map(str, path))} is too much", put("metadata.yaml", text), Refused((METADATA,), None, line), ANYTHING
        )


def cores():
    for name, text, pattern in (
        ("0 and 2", "{0: 2, 2: 2}", r"\b[12]\b"),
        ("1 only", "{1: 2}", r"\b[01]\b"),
        ("0, 1, 2", "{0: 2, 1: 2, 2: 2}", r"\b[23]\b|\btwo\b"),
        ("-1 and 0", "{-1: 2, 0: 2}", r"-1|\b[01]\b"),
        ("0 and x", "{0: 2, x: 2}", ""),
        ("0 and 2**64", "{0: 2, 18446744073709551616: 2}", ""),
        ("half", "{0.5: 2}", ""),
        ("a thousand", "{" + ", ".join(f"{i}: 2" for i in range(1000)) + "}", ""),
    ):
        yield Fault(
            f"cores {name}", metadata_of(("inst_counts",), text), Refused((METADATA, pattern) if pattern else (METADATA,))
        )
    yield Fault(
        "a second core without files",
        put("metadata.yaml", model.block(model.metadata(alike()))),
        Refused((r"test_core_1_|metadata\.yaml",)),
    )

    def three(folder):
        shutil.rmtree(folder)
        model.write_folder(Image([core(**queues())] * 3), folder)

    yield Fault("three whole cores", three, Refused((METADATA, r"\b[23]\b|\btwo\b")))
    for key, more in (
        ("data_bank_sizes", "{" + ", ".join(f"{i}: 0" for i in range(8)) + "}"),
        ("table_bank_sizes", "{0: 0, 1: 0, 2: 0, 3: 0}"),
    ):
        for number in (1, 2, 7):
            # The vendor's tool counts cores by inst_counts, and does not look for others. As the map is written in
            # braces, its line is that of the core.
            text, line = metadata_with(worked_example(), (key, number), more)
            yield Fault(
                f"{key} has core {number} that inst_counts has not",
                put("metadata.yaml", text),
                Refused((METADATA, rf"\b{number}\b"), None, line),
                worked_example(),
            )


# What is no hexadecimal number, as a line's first column; --lenient refuses it too, unless marked.
BAD_WORDS = [
    ("zz", SAME),
    ("12g4", SAME),
    ("g", SAME),
    ("0x", SAME),
    ("0xg", SAME),
    ("x12", SAME),
    ("0x0x12", SAME),
    ("12h", SAME),
    ("-1", ANYTHING),
    ("--1", SAME),
    ("1.5", SAME),
    ("1,2", SAME),
    (",", SAME),
    ("1;", SAME),
    ("12'", SAME),
    ('"12"', SAME),
    ("12\0", SAME),
    ("\0", SAME),
    ("é", SAME),
    ("12é", SAME),
    ("\ufeff12", SAME),
    ("nan", SAME),
    ("//", SAME),
    ("12\x0134", SAME),
    ("z" * 100000, SAME),
    ("1" * 20 + "z", SAME),
]

# Words above 64 bits.
LONG_WORDS = ["1" + "0" * 16, "0x1" + "0" * 16, "f" * 17, "00001" + "0" * 16, "f" * 1000, "0x" + "f" * 100000]


def memories():
    good = {
        "data_mem": ["11", "22", "33"],
        "table_mem": ["1", "2"],
        "sboard": ["1", "2"],
        "rqueue": ["1", "2"],
        "progbuf": ["1", "2"],
        "instr_mem": ["1", "2", "3"],
    }

    def lines(memory, *lines, end="\n"):
        return put(file_name(memory), end.join(lines) + end)

    for memory, words in good.items():
        name = file_name(memory)
        file = re.escape(name)
        for bad, long in (("12g4", "1" + "0" * 16), ("0x", "f" * 17)):
            for i in range(len(words)):
                changed = words[:i] + [bad] + words[i + 1 :]
                yield Fault(
                    f"{memory}: {bad} in line {i + 1}", lines(memory, *changed), Refused((file, "hexadecimal"), i + 1)
                )
            yield Fault(f"{memory}: {long}", lines(memory, words[0], long), Refused((file, r"\b64\b"), 2))
        yield Fault(f"{memory} is missing", lambda folder, name=name: (folder / name).unlink(), Refused((file,)))
        yield Fault(
            f"{memory} is a folder",
            lambda folder, name=name: ((folder / name).unlink(), (folder / name).mkdir()),
            Refused((file,)),
        )
        yield Fault(
            f"{memory} is a link to nowhere",
            lambda folder, name=name: ((folder / name).unlink(), (folder / name).symlink_to("x")),
            Refused((file,)),
        )
    for bad, lenient in BAD_WORDS:
        shown = repr(bad if len(bad) < 40 else bad[:20] + "…")
        yield Fault(
            f"data_mem: {shown}",
            lines("data_mem", "1", "2", bad, "4"),
            Refused((re.escape(DATA), "hexadecimal"), 3),
            lenient,
        )
    yield Fault(
        "data_mem: +1", lines("data_mem", "1", "2", "3", "+1"), Refused((re.escape(DATA), "hexadecimal"), 4), ANYTHING
    )
    yield Fault(
        "data_mem: 1_2", lines("data_mem", "1", "2", "3", "1_2"), Refused((re.escape(DATA), "hexadecimal"), 4), ANYTHING
    )
    for word in LONG_WORDS:
        yield Fault(
            f"instr_mem: {word[:24]}, {len(word)} characters",
            lines("instr_mem", "1", "2", word),
            Refused((re.escape(INSTR), r"\b64\b"), 3),
        )

    # Lines are counted as an editor does.
    data = re.escape(DATA)
    yield Fault(
        "line number after comments and blank lines",
        put(DATA, "# a\n\n1\n  # b\n\n2\n3 # c\n\t\nzz # d\n"),
        Refused((data, "hexadecimal"), 9),
    )
    yield Fault("line number with CRLF", put(DATA, "# a\r\n\r\n1\r\n2\r\n3\r\nzz\r\n"), Refused((data, "hexadecimal"), 6))
    yield Fault("line number without newline at the end", put(DATA, "1\n2\n3\nzz"), Refused((data, "hexadecimal"), 4))
    yield Fault("only a bad word", put(DATA, "zz"), Refused((data, "hexadecimal"), 1))
    yield Fault("bad word far down", put(DATA, "1\n" * 60000 + "zz\n"), Refused((data, "hexadecimal"), 60001))
    yield Fault(
        "bad word after more than a read's bytes of comment",
        put(DATA, "1 " + "# c" * 100000 + "\n2\n3\nzz\n"),
        Refused((data, "hexadecimal"), 4),
    )
    yield Fault("value too wide far down", put(DATA, "1\n" * 60000 + "f" * 17 + "\n"), Refused((data, r"\b64\b"), 60001))
    yield Fault("two bad words, the first is named", put(DATA, "1\nzz\nyy\n"), Refused((data, "hexadecimal"), 2))
    yield Fault(
        "bad word of the second core",
        lambda folder: (folder / file_name("data_mem", 1)).write_text("1\n" * 8196 + "1z\n"),
        Refused((re.escape(file_name("data_mem", 1)), "hexadecimal"), 8197),
        image=alike(),
    )
    table = re.escape(TABLE)
    yield Fault(
        "wide table value after comments", put(TABLE, "# a\n\n1 # 10000\n12345\n"), Refused((table, r"\b16\b"), 4), ANYTHING
    )
    yield Fault("table value above 64 bits", put(TABLE, "1\n1" + "0" * 16 + "\n"), Refused((table, r"\b(64|16)\b"), 2))

    # Words than are more than there is room for; line of the first of them.
    queue = Image([core([1], [2], data_banks={0: 1}, table_banks={0: 1}, **queues())])
    for memory, room in model.CAPACITY.items():
        text = "# comment\n" + "1\n" * (room + 1)
        name = re.escape(file_name(memory))
        yield Fault(
            f"{memory} of {room + 1} words",
            put(file_name(memory), text),
            Refused((name, rf"\b{room}\b"), None, room + 2),
            ANYTHING,
            queue,
        )
    for memory in ("sboard", "rqueue", "progbuf"):
        yield Fault(
            f"{memory} of 1000 words",
            put(file_name(memory), "1\n" * 1000),
            Refused((re.escape(file_name(memory)), r"\b64\b"), None, 65),
            ANYTHING,
        )
    yield Fault(
        "8190 instructions",
        lambda folder: (put(INSTR, "1\n" * 8190)(folder), metadata_of(("inst_counts", 0), 8190)(folder)),
        Refused((f"{METADATA}|{re.escape(INSTR)}", r"\b8189\b")),
        ANYTHING,
    )

    # No words at all for what is used.
    for memory, bank in (
        ("data_mem", 0),
        ("data_mem", 1),
        ("data_mem", 7),
        ("table_mem", 0),
        ("table_mem", 1),
        ("table_mem", 3),
    ):
        stride, key = (8192, "data_bank_sizes") if memory == "data_mem" else (2048, "table_bank_sizes")
        for has in {0, stride * bank, max(stride * bank - 1, 0)}:

            def damage(folder, memory=memory, key=key, bank=bank, has=has):
                metadata_of((key, 0, bank), 2)(folder)
                put(file_name(memory), "1\n" * has)(folder)

            yield Fault(
                f"{memory} of {has} words, bank {bank} is used",
                damage,
                Refused((f"{METADATA}|{re.escape(file_name(memory))}",)),
            )
    yield Fault("comments only, bank 0 is used", put(DATA, "# 1\n# 2\n\n"), Refused((f"{METADATA}|{data}",)))
    yield Fault("instr_mem is empty", put(INSTR, ""), Refused((f"{METADATA}|{re.escape(INSTR)}",)), ANYTHING)
    yield Fault(
        "no instructions, but words in instr_mem",
        metadata_of(("inst_counts", 0), 0),
        Refused((f"{METADATA}|{re.escape(INSTR)}",)),
    )

    # All six files must be there, used or not.
    def unused(folder):
        metadata_of(("data_bank_sizes", 0, 0), 0)(folder)
        (folder / DATA).unlink()

    yield Fault("data_mem is missing and not used", unused, Refused((data,)))


def yaml_faults():
    block = model.block(model.metadata(worked_example()))
    braces = model.flow(model.metadata(worked_example()))

    def text(name, content, *patterns, lenient=SAME, **rest):
        return Fault(
            f"metadata.yaml: {name}", put("metadata.yaml", content), Refused((METADATA, *patterns)), lenient, **rest
        )

    yield text("empty", "")
    yield text("only comments", "# data_bank_sizes: {}\n\n")
    yield text("only ---", "---\n")
    yield text("a list", "- data_bank_sizes\n- 1\n")
    yield text(
        "a list of maps",
        "".join(f"- {line}\n" if not line.startswith(" ") else f"  {line}\n" for line in block.splitlines()),
    )
    yield text("a list in brackets", "[1, 2]\n")
    yield text("a number", "3\n")
    yield text("a text", "data_bank_sizes\n")
    yield text("a quoted text", '"data_bank_sizes: {}"\n')
    yield text("two documents", block + "---\n" + block)
    yield text("two documents, the second empty", block + "---\n")
    yield text("two documents, ended", block + "...\n---\n" + block)
    yield text("XML", "<?xml version='1.0'?>\n<a>b</a>\n")
    yield text("a program", "#!/bin/sh\nfor i in 1 2; do\n  echo ${i}: {\ndone\n")
    yield text("braces not closed", braces[:-1])
    yield text("two braces not closed", braces[:-2])
    yield text("one brace too many", braces + "}")
    yield text("a bracket for a brace", braces[:-1] + "]")
    yield text("text after the braces", braces + " more")
    yield text("a quote not closed", block + 'more: "x\n')
    yield text("a single quote not closed", block + "more: 'x\n")
    yield text("a line without colon", block.replace("inst_counts:", "inst_counts"))
    yield text("a tab for the step", block.replace("  0:", "\t0:"))
    yield text("steps that do not fit", block.replace("    3: 0", "     3: 0", 1))
    yield text("steps that fit no map", block.replace("    3: 0", "   3: 0", 1))
    yield text("two values in a line", block.replace("    3: 0", "    3: 0: 0", 1))
    yield text("an alias of nothing", block.replace("    3: 0", "    3: *nothing", 1))
    yield text(
        "an alias before its anchor", block.replace("    3: 0", "    3: *later", 1).replace("    4: 0", "    4: &later 0", 1)
    )
    yield text("an alias without name", block.replace("    3: 0", "    3: *", 1))
    yield text("a reserved character", block.replace("    3: 0", "    3: @0", 1))
    yield text("a directive that is none", "%NOTHING\n" + block, lenient=ANYTHING)
    yield text("a list for a map", block.replace("    3: 0", "    - 0", 1))
    yield text("everything one step in, but the first", block.replace("\n", "\n  ").rstrip(" "))
    yield text(
        "JSON, whose numbers are texts as keys",
        re.sub(r"(\w+(?:\.0)?):", r'"\1":', braces.replace("STD", '"STD"').replace("int16", '"int16"')),
        lenient=ANYTHING,
    )
    yield text(
        "no blank after colons in braces",
        block.split("inst_counts")[0] + "inst_counts: {0:2}\n" + block.split("  0: 2\n", 1)[1],
    )
    # YAML forbids these; the vendor's reader takes the last.
    for name, first, second in (("bank", "    3: 0\n", "    3: 0\n"), ("bank, another value", "    0: 3\n", "    0: 2\n")):
        yield text(f"duplicate {name}", block.replace(first, first + second, 1), lenient=ANYTHING)
    yield text(
        "duplicate bank in braces",
        block.split("inst_counts")[0] + "inst_counts: {0: 2, 0: 2}\n" + block.split("  0: 2\n", 1)[1],
        lenient=ANYTHING,
    )
    yield text("duplicate key", block + "inst_counts: {0: 1}\n", "inst_counts", lenient=ANYTHING)
    yield text("binary garbage", bytes(random.Random(1).randbytes(5000)))
    yield text("garbage after good lines", block.encode() + b"x: \xff\xfe\x00\x80\n")
    yield text("NUL in a key", block.replace("inst_counts", "inst\0counts"))
    yield text("1 MiB of NULs", bytes(1 << 20), measured=True)
    yield Fault("data_mem: 1 MiB of NULs", put(DATA, bytes(1 << 20)), Refused((re.escape(DATA),), 1), measured=True)
    yield Fault(
        "instr_mem: binary garbage",
        put(INSTR, b"zz" + random.Random(2).randbytes(5000)),
        Refused((re.escape(INSTR), "hexadecimal"), 1),
    )

    # Depth must not be the stack's.
    for name, content in (
        ("[", "[" * 100000),
        ("{", "{" * 100000),
        ("- ", "- " * 100000),
        ("? ", "? " * 100000),
        ("{a: ", "{a: " * 100000),
        ("[ and ]", "[" * 100000 + "]" * 100000),
        ("! ", "! " * 100000),
        ("&a ", "&a " * 100000),
        ("steps of one", "".join(" " * i + "a:\n" for i in range(3000))),
    ):
        yield text(f"deep nesting of {name!r}", content, measured=True)
        shown = content if name == "steps of one" else content + "\n"
        # In a key that is not of interest it may be refused or not.
        unknown = "zzz:\n" + "".join(f" {line}\n" for line in shown.splitlines())
        yield Trial(
            f"metadata.yaml: deep nesting of {name!r} in an unknown key",
            damaged(put("metadata.yaml", block + unknown)),
            (Written(model.files(worked_example())), Refused((METADATA,))),
            measured=True,
        )
    bomb = "".join(f"z{i}: &z{i} [{', '.join([f'*z{i - 1}'] * 10 if i > 0 else ['0'] * 10)}]\n" for i in range(30))
    maps = "".join(
        f"z{i}: &z{i} {{{', '.join(f'{j}: *z{i - 1}' if i > 0 else f'{j}: 0' for j in range(10))}}}\n" for i in range(30)
    )
    accepted = (Written(model.files(worked_example())), Refused((METADATA,)))
    for name, content in (
        ("aliases of aliases", bomb + block),
        ("aliases of aliases, maps", maps + block),
        ("an alias of itself", "z: &z [*z]\n" + block),
        ("a map with itself", "z: &z {z: *z}\n" + block),
        ("a key that is a map", "{a: b}: c\n" + block),
        ("a key that is a list", "? [a, b]\n: c\n" + block),
        ("a very long text", f"z: {'x' * 1000000}\n" + block),
        ("a very long quoted text", f'z: "{"x " * 500000}"\n' + block),
        ("a hundred thousand keys", "".join(f"z{i}: {i}\n" for i in range(100000)) + block),
        ("a hundred thousand items", f"z: [{'0, ' * 100000}]\n" + block),
        ("a byte order mark", "\ufeff" + block),
        ("tags", block.replace("    3: 0", "    3: !!int 0", 1)),
        ("tags of maps", block.replace("inst_counts:", "inst_counts: !!map")),
        ("an unknown tag", "z: !thing 1\n" + block),
        ("a merged map", "z: &z\n  0: 2\n" + block.replace("inst_counts:\n  0: 2", "inst_counts:\n  <<: *z")),
        ("hexadecimal numbers", block.replace("    0: 3\n", "    0: 0x3\n", 1)),
        ("a sign", block.replace("    0: 3\n", "    0: +3\n", 1)),
        ("tabs after colons", block.replace(": ", ":\t")),
        ("empty inputs", block.replace("inputs:\n", "inputs: {}\nzzz:\n")),
        ("no inputs", re.sub(r"\ninputs:\n.*?\n(?=inst)", "\ninputs:\n", block, flags=re.S)),
        ("CR only", block.replace("\n", "\r")),
    ):
        yield Trial(
            f"metadata.yaml: {name}", damaged(put("metadata.yaml", content)), accepted, measured=name.startswith("alias")
        )
    # What is in the sheet neither as good nor as bad: never other bytes, never a crash.
    yield Trial(
        "inst_counts is empty",
        damaged(metadata_of(("inst_counts",), "{}")),
        (Written(model.files(Image([]))), Refused((METADATA,))),
    )
    converted = Written(model.files(worked_example()))
    for name, damage, refused in (
        (
            "0X prefix",
            put(DATA, "0X1122334455667788\n99aabbccddeeff00\n102030405060708\ndead\n"),
            Refused((re.escape(DATA), "hexadecimal"), 1),
        ),
        (
            "CR only",
            put(DATA, "1122334455667788\r99aabbccddeeff00\r102030405060708\rdead\r"),
            Refused((f"{DATA}|{METADATA}",)),
        ),
        (
            "a comment that is not UTF-8",
            put(DATA, b"# \xe9\xff\n1122334455667788\n99aabbccddeeff00\n102030405060708\ndead\n"),
            Refused((DATA,), None, 1),
        ),
        ("wide table value that is not used", put(TABLE, "abcd\n1234\n12345\n"), Refused((TABLE, r"\b16\b"), 3)),
        (
            "a second core's files",
            lambda folder: put(file_name("data_mem", 1), "1\n")(folder),
            Refused(("test_core_1_data_mem",)),
        ),
    ):
        yield Trial(name, damaged(damage), (converted, refused))


def folders():
    """What is no folder, or no file."""
    plain = damaged(lambda folder: None)
    yield Trial("no such folder", plain, (Refused((r"\bmissing\b",)),), command=("{image}/missing", "--output", "{output}"))
    yield Trial(
        "a file for a folder", plain, (Refused((METADATA,)),), command=("{image}/metadata.yaml", "--output", "{output}")
    )
    yield Trial("/dev/null for a folder", plain, (Refused(("/dev/null",)),), command=("/dev/null", "--output", "{output}"))
    yield Trial("an empty folder", lambda folder: folder.mkdir(), (Refused((METADATA,)),))
    yield Trial("an empty name", plain, (Refused(statuses=(1, 2)),), command=("", "--output", "{output}"))
    yield Trial("a name that is too long", plain, (Refused(),), command=("x" * 5000, "--output", "{output}"))

    def unlink_and(name, make):
        def damage(folder):
            (folder / name).unlink()
            make(folder / name)

        return damage

    for name in ("metadata.yaml", DATA, file_name("sboard")):
        file = re.escape(name)
        yield Fault(f"{name} is a FIFO", unlink_and(name, os.mkfifo), Refused((file,)))
        yield Fault(
            f"{name} is a link to endless zeros",
            unlink_and(name, lambda path: path.symlink_to("/dev/zero")),
            Refused((file,)),
            measured=True,
        )
        yield Fault(
            f"{name} is a link to itself", unlink_and(name, lambda path: path.symlink_to(path.name)), Refused((file,))
        )
        if os.geteuid() != 0:
            yield Fault(f"{name} may not be read", lambda folder, name=name: (folder / name).chmod(0), Refused((file,)))
    yield Fault("metadata.yaml is missing", lambda folder: (folder / "metadata.yaml").unlink(), Refused((METADATA,)))
    yield Fault("metadata.yaml is a folder", unlink_and("metadata.yaml", os.mkdir), Refused((METADATA,)))


def large(scratch: pathlib.Path):
    """Files far larger than memory they may take."""
    garbage = scratch / "garbage"

    def sparse(name):
        return lambda folder: ((folder / name).unlink(), (folder / name).touch(), os.truncate(folder / name, GIB))

    def linked(name):
        def damage(folder):
            if not garbage.exists():
                if shutil.disk_usage(scratch).free < 2 * GIB:
                    raise Skipped("less than 2 GiB of room")
                chunk = os.urandom(1 << 20)
                with garbage.open("wb", buffering=0) as file:
                    for _ in range(GIB // len(chunk)):
                        file.write(chunk)
            (folder / name).unlink()
            os.link(garbage, folder / name)

        return damage

    for name in ("metadata.yaml", DATA, file_name("progbuf")):
        file = (re.escape(name),)
        yield Fault(f"{name} is 1 GiB of nothing", sparse(name), Refused(file), measured=True)
        yield Fault(f"{name} is 1 GiB of garbage", linked(name), Refused(file), measured=True)

    def grown(name, line):
        """A good file with much after it that says nothing."""

        def damage(folder):
            with (folder / name).open("ab") as file:
                chunk = line * ((1 << 20) // len(line))
                for _ in range(48):
                    file.write(chunk)

        return damage

    for name in ("metadata.yaml", DATA):
        yield Trial(
            f"{name} has 48 MiB of comments",
            damaged(grown(name, b"# nothing\n")),
            (Written(model.files(worked_example())), Refused((re.escape(name),))),
            measured=True,
        )
    yield Fault(
        f"{DATA} has 48 MiB of words", grown(DATA, b"0\n"), Refused((re.escape(DATA), r"\b65536\b")), ANYTHING, measured=True
    )


def outputs():
    plain = damaged(lambda folder: None)
    yield Trial(
        "output folder is missing",
        plain,
        (Refused((r"output/missing\b",)),),
        command=("{image}", "--output", "{output}/missing"),
    )
    yield Trial(
        "output folder is a file",
        plain,
        (Refused((r"output/file\b",)),),
        prepare=lambda output: (output / "file").write_bytes(b"kept") and None,
        command=("{image}", "--output", "{output}/file"),
    )
    yield Trial(
        "output folder is missing, --force",
        plain,
        (Refused((r"output/missing\b",)),),
        command=("{image}", "--output", "{output}/missing", "--force"),
    )

    def there(*names, make=lambda path: path.write_bytes(b"kept\n")):
        def prepare(output):
            for name in names:
                make(output / name)
                if not (output / name).is_symlink():
                    os.utime(output / name, ns=(10**18, 10**18))

        return prepare

    def folder_with_file(path):
        path.mkdir()
        (path / "inside").write_bytes(b"kept")

    for names in (("0PROG_A",), ("0PROG_D",), ("0PROG_A", "0PROG_D")):
        yield Trial(f"{' and '.join(names)} exist", plain, (Refused(("|".join(names),)),), prepare=there(*names))
        yield Trial(
            f"{' and '.join(names)} exist, --lenient",
            plain,
            (Refused(("|".join(names),)),),
            ("--lenient",),
            prepare=there(*names),
        )
    yield Trial("7PROG_D exists", plain, (Refused(("7PROG_D",)),), ("--slot", "7"), prepare=there("7PROG_D"))
    yield Trial(
        "0PROG_A exists and is empty",
        plain,
        (Refused(("0PROG_A",)),),
        prepare=there("0PROG_A", make=lambda path: path.touch()),
    )
    for name in ("0PROG_A", "0PROG_D"):
        other = "0PROG_D" if name == "0PROG_A" else "0PROG_A"
        for arguments in ((), ("--force",)):
            for kind, make in (("an empty folder", os.mkdir), ("a folder", folder_with_file)):
                yield Trial(
                    f"{name} is {kind} {' '.join(arguments)}",
                    plain,
                    (Refused((name,)),),
                    arguments,
                    prepare=there(name, make=make),
                )

        def folder_and_file(output, name=name, other=other):
            there(name, make=folder_with_file)(output)
            there(other)(output)

        yield Trial(
            f"{name} is a folder, {other} a file, --force", plain, (Refused((name,)),), ("--force",), prepare=folder_and_file
        )
        yield Trial(f"{name} is a FIFO", plain, (Refused((name,)),), prepare=there(name, make=os.mkfifo))
        yield Trial(
            f"{name} is a link",
            plain,
            (Refused((name,)),),
            prepare=there(
                "file", name, make=lambda path: path.write_bytes(b"kept") if path.name == "file" else path.symlink_to("file")
            ),
        )

    # A refusal for another reason leaves what --force would have replaced.
    bad = damaged(put(file_name("progbuf"), "1\nzz\n"))
    yield Trial("bad image, nothing there, --force", bad, (Refused((re.escape(file_name("progbuf")),), 2),), ("--force",))
    yield Trial(
        "bad image, both there, --force",
        bad,
        (Refused((re.escape(file_name("progbuf")),), 2),),
        ("--force",),
        prepare=there("0PROG_A", "0PROG_D"),
    )

    def mounted(options, *names):
        def prepare(output):
            if os.geteuid() != 0 or not shutil.which("mount"):
                raise Skipped("only root may mount")
            if (
                subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", output], capture_output=True).returncode
                != 0
            ):
                raise Skipped("nothing can be mounted here")
            there(*names)(output)
            if options:
                subprocess.run(["mount", "-o", f"remount,{options}", output], check=True)
            return lambda: subprocess.run(["umount", "--lazy", output], check=True)

        return prepare

    def big(folder):
        model.write_folder(Image([core(noise(1, 8192), data_banks={0: 8192}, **queues())]), folder)

    yield Trial("output folder is full", big, (Refused(("0PROG_[AD]|output",)),), prepare=mounted(None))
    yield Trial(
        "output folder is full, --force",
        big,
        (Refused(("0PROG_[AD]|output",)),),
        ("--force",),
        prepare=mounted(None, "0PROG_A", "0PROG_D"),
    )
    yield Trial(
        "output folder is full, other files there",
        big,
        (Refused(("0PROG_[AD]|output",)),),
        prepare=mounted(None, "1PROG_A", "x"),
    )
    yield Trial("output folder is for reading only", plain, (Refused(("0PROG_[AD]|output",)),), prepare=mounted("ro"))
    yield Trial(
        "output folder is for reading only, --force",
        plain,
        (Refused(("0PROG_[AD]|output",)),),
        ("--force",),
        prepare=mounted("ro", "0PROG_A", "0PROG_D"),
    )

    def unwritable(output):
        if os.geteuid() == 0:
            raise Skipped("root may write everywhere")
        output.chmod(0o555)
        return lambda: output.chmod(0o755)

    yield Trial("output folder may not be written", plain, (Refused(("0PROG_[AD]|output",)),), prepare=unwritable)


def options():
    """2 where the command line is no command; 1 or 2 where a value is out of its range."""
    plain = damaged(lambda folder: None)
    usage, refused = Refused(statuses=(2,)), Refused(statuses=(1, 2))

    for name, arguments in (
        ("unknown option", ("--frobnicate",)),
        ("unknown short option", ("-x",)),
        ("slot 10", ("--slot", "10")),
        ("slot x", ("--slot", "x")),
        ("slot -1", ("--slot", "-1")),
        ("slot empty", ("--slot", "")),
        ("slot 1.0", ("--slot", "1.0")),
        ("slot a path", ("--slot", "../0")),
        ("chip spu9", ("--chip", "spu9")),
        ("chip empty", ("--chip", "")),
        ("--slot without value", ("--slot",)),
        ("--chip without value", ("--chip",)),
        ("--salt without value", ("--salt",)),
        ("--key-index without value", ("--key-index",)),
        ("a second folder", ("{image}",)),
    ):
        yield Trial(name, plain, (usage,), command=("{image}", "--output", "{output}", *arguments))
    yield Trial("no folder", plain, (usage,), command=("--output", "{output}"))
    yield Trial("nothing at all", plain, (usage,), command=())
    yield Trial("--output without value", plain, (usage,), command=("{image}", "--output"))
    for name, arguments in (
        ("key 32", ("--key-index", "32")),
        ("key -1", ("--key-index", "-1")),
        ("key x", ("--key-index", "x")),
        ("key empty", ("--key-index", "")),
        ("key 2**64", ("--key-index", str(2**64))),
        ("key 1.5", ("--key-index", "1.5")),
        ("salt of 65 bits", ("--salt", "1" + "0" * 16)),
        ("salt of 68 bits", ("--salt", "f" * 17)),
        ("salt not hexadecimal", ("--salt", "12g4")),
        ("salt empty", ("--salt", "")),
        ("salt negative", ("--salt", "-1")),
        ("salt of 1000 digits", ("--salt", "f" * 1000)),
    ):
        for more in ((), ("--lenient",)):
            yield Trial(" ".join((name, *more)), plain, (refused,), (*arguments, *more))
    for name, arguments in (
        ("key", ("--key-index", "5")),
        ("salt", ("--salt", "1")),
        ("key and salt", ("--key-index", "5", "--salt", "1")),
    ):
        yield Trial(f"spu1p2 with {name}", plain, (refused,), ("--chip", "spu1p2", *arguments))
        yield Trial(f"spu1p2 by environment with {name}", plain, (refused,), arguments, {"FS_HW_ISA": "spu1p2v1.dat"})
    # Numbers of the environment are no less wrong there.
    for variable, value, pattern in (
        ("FS_ENCRYPTION_KEY_IDX", "32", r"\b(32|31)\b"),
        ("FS_ENCRYPTION_KEY_IDX", "x", ""),
        ("FS_ENCRYPTION_KEY_IDX", "-1", ""),
        ("FS_ENCRYPTION_KEY_IDX", str(2**64), ""),
        ("FS_ENCRYPTION_SALT", "f" * 17, r"\b64\b"),
        ("FS_ENCRYPTION_SALT", "12g4", ""),
        ("FS_HW_ISA", "spu9", ""),
        ("FS_HW_ISA", "x", ""),
        ("FS_HW_CFG", "spu9v1.dat", ""),
    ):
        for more in ((), ("--lenient",)):
            yield Trial(
                " ".join((f"{variable}={value[:20]}", *more)),
                plain,
                (Refused((variable, pattern) if pattern else (variable,), statuses=(1, 2)),),
                more,
                {variable: value},
            )


def cut_and_broken():
    """Files that are cut off or have a wrong byte: any end will do but a crash, a hang or half an output."""
    source = random.Random(3)
    metadata = model.METADATA_SPELLINGS["unknown keys before, leaves in braces"](model.metadata(worked_example())).encode()
    braces = model.flow(model.metadata(worked_example())).encode()
    memory = (model.memory_text(worked_example().cores[0].words["data_mem"], "further columns")).encode()

    def broken(text: bytes) -> bytes:
        at = source.randrange(len(text))
        return (
            text[:at]
            + source.choice(
                (
                    b"",
                    b"\0",
                    b"\n",
                    b"\t",
                    b"\xff",
                    b":",
                    b"-",
                    b"{",
                    b"}",
                    b"]",
                    b"&",
                    b"*",
                    b"'",
                    b'"',
                    b"|",
                    b"?",
                    b"#",
                    bytes([source.randrange(256)]),
                )
            )
            + text[at + source.choice((0, 1)) :]
        )

    for name, file, text, count in (
        ("metadata.yaml", "metadata.yaml", metadata, 60),
        ("metadata.yaml in braces", "metadata.yaml", braces, 40),
        ("data_mem", DATA, memory, 20),
    ):
        for i in range(count):
            content = (
                text[: source.randrange(len(text))] if i % 4 == 0 else broken(broken(text)) if i % 4 == 1 else broken(text)
            )
            lenient = ("--lenient",) if i % 3 == 0 else ()
            yield Trial(
                f"{name}, damage {i}: {content[-60:] if i % 4 == 0 else content[:0]!r}",
                damaged(put(file, content)),
                ANY_END,
                lenient,
            )
    # Braces that are cut off are never whole.
    for i in range(1, len(braces), 17):
        yield Trial(
            f"metadata.yaml in braces, cut after {i} bytes",
            damaged(put("metadata.yaml", braces[:i])),
            (Refused((METADATA,)),),
        )


def all_trials(scratch: pathlib.Path):
    for group in (values, cores, memories, yaml_faults, folders, lambda: large(scratch), outputs, options, cut_and_broken):
        name = "large" if group.__name__ == "<lambda>" else group.__name__
        for each in group():
            for trial in each.trials() if isinstance(each, Fault) else (each,):
                trial.name = f"{name}: {trial.name}"
                yield trial
