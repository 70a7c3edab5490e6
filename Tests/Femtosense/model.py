"""Programming records worked out from the description of an image: the specification a second time.

Facts observed of femtodriverpub 1.1.0: its address map, its order of writes, what it reads of a folder. The model
starts from lists of numbers and never reads a file, so that it shares no reader with the program under test; the
second half writes such a description as a folder, in the spellings that a reader has to understand.
"""

import dataclasses
import pathlib

CHIPS = ("spu1p2", "spu1p3")
MEMORIES = ("data_mem", "table_mem", "sboard", "rqueue", "progbuf", "instr_mem")
DATA_BANKS, DATA_BANK_WORDS = 8, 8192
TABLE_BANKS, TABLE_BANK_WORDS = 4, 2048
QUEUE_WORDS = 64  # of sboard, rqueue and progbuf each
INSTRUCTION_WORDS = (0xFFFE8 - 0xF0000) // 8  # up to HEAD_TAIL: 8189
CAPACITY = {
    "data_mem": DATA_BANKS * DATA_BANK_WORDS,
    "table_mem": TABLE_BANKS * TABLE_BANK_WORDS,
    "sboard": QUEUE_WORDS,
    "rqueue": QUEUE_WORDS,
    "progbuf": QUEUE_WORDS,
    "instr_mem": INSTRUCTION_WORDS,
}

# Offsets in a core's 1 MiB.
DATA, TABLE, BANK_STRIDE = 0x00000, 0x80000, 0x10000
SINGLE = {"sboard": 0xC0000, "rqueue": 0xD0000, "progbuf": 0xE0000, "instr_mem": 0xF0000}

POWER_RELEASED, POWER_ON = 0x05098, 0x11098
KEY_INDEX = 0x18
SALT_PARTS = ((0x28, 0), (0x24, 16), (0x20, 32), (0x1C, 48))  # address, shift; the lowest part first


@dataclasses.dataclass
class Core:
    """One core. A bank map of None means that the metadata does not mention the core there."""

    words: dict[str, list[int]]
    instructions: int
    data_banks: dict[int, int] | None = dataclasses.field(default_factory=dict)
    table_banks: dict[int, int] | None = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Image:
    cores: list[Core]
    chip: str = "spu1p3"
    key: int = 0
    salt: int = 0

    def on(self, **changes) -> "Image":
        return dataclasses.replace(self, **changes)


def core(
    data=(), table=(), sboard=(), rqueue=(), progbuf=(), instr=(), data_banks=None, table_banks=None, instructions=None
) -> Core:
    """A core whose unmentioned banks are empty, and whose instructions are all written unless told otherwise."""
    words = dict(zip(MEMORIES, map(list, (data, table, sboard, rqueue, progbuf, instr))))
    return Core(
        words,
        len(words["instr_mem"]) if instructions is None else instructions,
        {b: (data_banks or {}).get(b, 0) for b in range(DATA_BANKS)},
        {b: (table_banks or {}).get(b, 0) for b in range(TABLE_BANKS)},
    )


def records(image: Image) -> list[tuple[int, int]]:
    """Address and value of every write, in order.

    Slices end where a list ends, and nothing is masked: of what only the vendor's tool accepts, this is what it writes.
    """
    result = []
    if image.chip == "spu1p3":
        result.append((KEY_INDEX, image.key))
        result += [(address, image.salt >> shift & 0xFFFF) for address, shift in SALT_PARTS]

    # All cores get power before any gets content.
    for number, each in enumerate(image.cores):
        registers = 13 * 4 * (number + 1)
        powered = [12]
        powered += [bank for bank, size in sorted((each.data_banks or {}).items()) if size > 0]
        powered += [8 + bank for bank, size in sorted((each.table_banks or {}).items()) if size > 0]
        for index in powered:
            result += [(registers + 4 * index, POWER_RELEASED), (registers + 4 * index, POWER_ON)]

    def write(address: int, words: list[int]) -> None:
        for word in words:
            result.append((address, word & 0xFFFFFFFF))
            result.append((address + 4, word >> 32))
            address += 8

    for number, each in enumerate(image.cores):
        base = 0x100000 * (number + 1)
        for memory, offset, banks, stride in (
            ("data_mem", DATA, each.data_banks, DATA_BANK_WORDS),
            ("table_mem", TABLE, each.table_banks, TABLE_BANK_WORDS),
        ):
            for bank, size in sorted((banks or {}).items()):
                if size > 0:
                    write(base + offset + BANK_STRIDE * bank, each.words[memory][stride * bank :][:size])
        for memory, offset in SINGLE.items():
            words = each.words[memory]
            write(base + offset, words[: each.instructions] if memory == "instr_mem" else words)
    return result


def files(image: Image) -> tuple[bytes, bytes]:
    """What the address file and the data file hold."""
    written = records(image)
    return tuple("".join(f"{record[column]:08x}\n" for record in written).encode() for column in (0, 1))


def strict_faults(image: Image) -> list[str]:
    """What a strict reader has against an image; none for a good one."""
    faults = []
    if not 0 <= len(image.cores) <= 2:
        faults.append("cores")
    for each in image.cores:
        for memory, words in each.words.items():
            if len(words) > CAPACITY[memory]:
                faults.append(f"{memory}: words")
            if any(word >> (16 if memory == "table_mem" else 64) for word in words):
                faults.append(f"{memory}: width")
        for memory, banks, stride in (
            ("data_mem", each.data_banks, DATA_BANK_WORDS),
            ("table_mem", each.table_banks, TABLE_BANK_WORDS),
        ):
            if banks is None or len(banks) * stride != CAPACITY[memory]:
                faults.append(f"{memory}: banks")
            for bank, size in (banks or {}).items():
                if not 0 <= size <= stride or size > 0 and len(each.words[memory]) < stride * bank + size:
                    faults.append(f"{memory}: bank {bank}")
        if each.instructions > len(each.words["instr_mem"]) or each.words["instr_mem"] and each.instructions == 0:
            faults.append("instructions")
    return faults


# A folder of an image.


def file_name(memory: str, number: int = 0) -> str:
    return f"test_core_{number}_{memory}_initial_py_hex.txt"


# How lines of a memory file may look: the line of word i, what ends a line, whether the last line is ended.
MEMORY_SPELLINGS = {
    "plain": (lambda word, i: f"{word:016x}", "\n", True),
    "upper case": (lambda word, i: f"{word:X}", "\n", True),
    "lower case, short": (lambda word, i: f"{word:x}", "\n", True),
    "0x prefix": (lambda word, i: f"0x{word:x}", "\n", True),
    "0x prefix and upper case": (lambda word, i: f"0x{word:016X}", "\n", True),
    "mixed case": (lambda word, i: "".join(d.upper() if j % 2 else d for j, d in enumerate(f"{word:016x}")), "\n", True),
    "more than 16 digits, leading zeros": (lambda word, i: f"{word:024x}", "\n", True),
    "a comment at the end of a line": (lambda word, i: f"{word:x} # word {i} 0xffff", "\n", True),
    "a comment right after the digits": (lambda word, i: f"{word:x}#{i:x}", "\n", True),
    "comment lines": (lambda word, i: f"# {i}: zz\n#\n  # {i}\n{word:x}", "\n", True),
    "blank lines": (lambda word, i: f"\n{word:x}\n \t \n", "\n", True),
    "further columns": (lambda word, i: f"{word:x} {i:x} ffffffffffffffffffff", "\n", True),
    "further columns that are no numbers": (lambda word, i: f'{word:x}  word zz, -1 0x "{i}"', "\n", True),
    "tabs": (lambda word, i: f"{word:x}\t{i:x}\t\t# {i}", "\n", True),
    "blanks first": (lambda word, i: f" \t  {word:x}", "\n", True),
    "blanks last": (lambda word, i: f"{word:x} \t ", "\n", True),
    "CRLF": (lambda word, i: f"{word:x}", "\r\n", True),
    "CRLF, comments and blank lines": (lambda word, i: f"\r\n# {i}\r\n{word:x} # {i}", "\r\n", True),
    "no newline at the end": (lambda word, i: f"{word:x}", "\n", False),
    "CRLF, no newline at the end": (lambda word, i: f"{word:x}", "\r\n", False),
    "a comment at the end without newline": (lambda word, i: f"{word:x} # {i}", "\n", False),
}


def memory_text(words: list[int], spelling: str = "plain") -> str:
    line, end, ended = MEMORY_SPELLINGS[spelling]
    text = end.join(line(word, i) for i, word in enumerate(words))
    return text + end if ended and words else text


def metadata(image: Image) -> dict:
    """What metadata.yaml says, as maps. Texts are YAML already."""
    return {
        "data_bank_sizes": {c: each.data_banks for c, each in enumerate(image.cores) if each.data_banks is not None},
        "fqir_input_padding": {"input.0": {"fqir": 3, "true": 8}},
        "inputs": {"input.0": {"core": 0, "dtype": "int16", "len_64b_words": 2, "pc_val": 0, "precision": "STD"}},
        "inst_counts": {c: each.instructions for c, each in enumerate(image.cores)},
        "outputs": {"output.0": {"core": 0, "dtype": "int16", "len_64b_words": 2, "mailbox_id": 0, "precision": "STD"}},
        "table_bank_sizes": {c: each.table_banks for c, each in enumerate(image.cores) if each.table_banks is not None},
    }


def scalar(value) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def flow(value, comma=", ", end="") -> str:
    """{0: 3, 1: 0}"""
    if isinstance(value, dict):
        return "{" + comma.join(f"{key}: {flow(each, comma, end)}" for key, each in value.items()) + end + "}"
    if isinstance(value, list):
        return "[" + comma.join(flow(each, comma, end) for each in value) + "]"
    return scalar(value)


def block(value: dict, depth=0, step=2, leaves_flow=False, key=lambda key, path: f"{key}:", path=()) -> str:
    """One key a line; maps of scalars in braces if `leaves_flow`, as PyYAML before 5.1 wrote them."""
    text = ""
    for name, each in value.items():
        start = " " * depth + key(name, path)
        is_leaf = isinstance(each, dict) and not any(isinstance(v, dict) for v in each.values())
        if isinstance(each, dict) and each and not (leaves_flow and is_leaf):
            text += start + "\n" + block(each, depth + step, step, leaves_flow, key, (*path, name))
        else:
            text += f"{start} {flow(each)}\n"
    return text


def with_aliases(value: dict, depth=0, seen=None) -> str:
    """As PyYAML writes a map that is used twice: &id001 at the first place, *id001 after."""
    seen = {} if seen is None else seen
    text = ""
    for name, each in value.items():
        start = " " * depth + f"{name}:"
        if not isinstance(each, dict) or not each:
            text += f"{start} {flow(each)}\n"
        elif repr(each) in seen:
            text += f"{start} *{seen[repr(each)]}\n"
        else:
            # An anchor that nothing refers to is as good as one that is used.
            seen[repr(each)] = f"id{len(seen) + 1:03}"
            text += f"{start} &{seen[repr(each)]}\n" + with_aliases(each, depth + 2, seen)
    return text


def explicit_keys(value: dict, depth=0) -> str:
    pad = " " * depth
    return "".join(
        f"{pad}? {name}\n{pad}: "
        + (f"{flow(each)}\n" if not isinstance(each, dict) or not each else "\n" + explicit_keys(each, depth + 2))
        for name, each in value.items()
    )


def turned(value):
    """The same map, its keys from last to first."""
    return {name: turned(each) for name, each in reversed(value.items())} if isinstance(value, dict) else value


def value_on_next_line(value: dict, depth=0) -> str:
    pad = " " * depth
    return "".join(
        f"{pad}{name}:\n"
        + (
            f"{pad}    # on its own line\n\n{pad}  {flow(each)}\n"
            if not isinstance(each, dict) or not each
            else value_on_next_line(each, depth + 2)
        )
        for name, each in value.items()
    )


# What an image's maps may stand among: everything here is to be ignored.
CLUTTER = r"""compiler: {version: 1.2.3, flags: [-O2, "a: b", 'it''s', "\"#\u00e9\n"], date: 2024-05-01, none: ~}
long_text: one word after the other, as many as it takes for the line to be folded, which
  is done after eighty columns
quoted: "data_bank_sizes: {0: {0: 5}}  \
  and on"
single: 'inst_counts:

  0: 9 # no comment'
literal: |
  data_bank_sizes:
    0: {0: 8192}
  # no comment
folded: >-
  inst_counts: {0: 7}

  more
kept: |2+
   deeper

shapes:
- 1
- - 2
  - 3
- name: x
  sizes:
  - 4
-
  y: z
? a name that is far too long to be written the simple way, since it has more than one hundred and twenty-eight characters, which is where PyYAML begins to write it so
: {core: 0, pc_val: 0}
url: http://localhost:8080/a#b
empty:
1: 2
1.5: x
null: y
"""

METADATA_SPELLINGS = {
    "block": block,
    "block, deep steps": lambda value: block(value, step=7),
    "block, steps of one": lambda value: block(value, step=1),
    "leaves in braces": lambda value: block(value, leaves_flow=True),
    "braces, one line": flow,
    "braces, many lines": lambda value: "\n" + flow(value, comma="\n  , # comma {\n\n   ", end="  # last }\n") + "\n\n",
    "braces, a comma after the last": lambda value: flow(value, end=",") + "\n",
    "braces over folded lines": lambda value: block(value, leaves_flow=True).replace(", ", ",\n        "),
    "aliases": with_aliases,
    "aliases of numbers": lambda value: block(value).replace(": 0\n", ": &zero 0\n", 1).replace(": 0\n", ": *zero\n"),
    "aliases in braces": lambda value: flow(value).replace(": 0,", ": &zero 0,", 1).replace(": 0,", ": *zero ,"),
    "explicit keys": explicit_keys,
    "keys turned around": lambda value: block(turned(value)),
    "keys turned around, braces": lambda value: flow(turned(value)),
    "quoted names": lambda value: block(value, key=lambda name, path: f"{name}:" if isinstance(name, int) else f'"{name}":'),
    "single quoted names": lambda value: block(
        value, key=lambda name, path: f"{name}:" if isinstance(name, int) else f"'{name}' :"
    ),
    "blanks around colons": lambda value: block(value, key=lambda name, path: f"{name}  :   "),
    "values on the next line": value_on_next_line,
    "comments": lambda value: "# first\n"
    + "".join(f"{line} # {{0: 1}} {i}\n{' ' * (i % 5)}# 0: 9\n" for i, line in enumerate(block(value).splitlines())),
    "blank lines": lambda value: "\n\n" + block(value).replace("\n", "\n\n  \n"),
    "blanks at the ends of lines": lambda value: block(value).replace("\n", "   \n"),
    "a document's begin and end": lambda value: "---\n" + block(value) + "...\n",
    "a document's begin with a comment": lambda value: "# before\n--- # at\n" + block(value),
    "a version": lambda value: "%YAML 1.1\n---\n" + block(value),
    "CRLF": lambda value: block(value).replace("\n", "\r\n"),
    "CRLF, braces": lambda value: block(value, leaves_flow=True).replace(", ", ",\n    ").replace("\n", "\r\n"),
    "no newline at the end": lambda value: block(value).rstrip("\n"),
    "unknown keys before": lambda value: CLUTTER + block(value),
    "unknown keys after": lambda value: block(value) + CLUTTER,
    "unknown keys before, leaves in braces": lambda value: CLUTTER + block(turned(value), leaves_flow=True),
}


def metadata_with(image: Image, path: tuple, value) -> tuple[str, int]:
    """The block spelling with another value at one place, and that place's line. A value of ... takes the place away."""

    def changed(old: dict, rest: tuple, new) -> dict:
        result = dict(old)
        if len(rest) > 1:
            result[rest[0]] = changed(old.get(rest[0], {}), rest[1:], new)
        elif new is ...:
            del result[rest[0]]
        else:
            result[rest[0]] = new
        return result

    marked = block(changed(metadata(image), path, "@here@")).splitlines()
    line = next(i for i, text in enumerate(marked, 1) if "@here@" in text)
    return block(changed(metadata(image), path, value)), line


def write_folder(image: Image, folder: pathlib.Path, memory_spelling="plain", metadata_spelling="block") -> None:
    """`memory_spelling` may be a function that takes core and memory."""
    folder.mkdir(parents=True)
    (folder / "metadata.yaml").write_bytes(METADATA_SPELLINGS[metadata_spelling](metadata(image)).encode())
    for number, each in enumerate(image.cores):
        for memory, words in each.words.items():
            spelling = memory_spelling(number, memory) if callable(memory_spelling) else memory_spelling
            (folder / file_name(memory, number)).write_bytes(memory_text(words, spelling).encode())


# The worked example: what goes in, and all that comes out, written by hand.


def worked_example(**changes) -> Image:
    return Image(
        [
            core(
                data=(0x1122334455667788, 0x99AABBCCDDEEFF00, 0x0102030405060708, 0xDEAD),
                table=(0xABCD, 0x1234),
                sboard=(1, 2),
                rqueue=(0, 1),
                progbuf=(5, 6),
                instr=(0xCAFEBABEDEADBEEF, 0x0F0E0D0C0B0A0908, 1),
                data_banks={0: 3},
                table_banks={0: 2},
                instructions=2,
            )
        ],
        **changes,
    )


WORKED_RECORDS = """
00000018 00000000
00000028 00000000
00000024 00000000
00000020 00000000
0000001c 00000000
00000064 00005098
00000064 00011098
00000034 00005098
00000034 00011098
00000054 00005098
00000054 00011098
00100000 55667788
00100004 11223344
00100008 ddeeff00
0010000c 99aabbcc
00100010 05060708
00100014 01020304
00180000 0000abcd
00180004 00000000
00180008 00001234
0018000c 00000000
001c0000 00000001
001c0004 00000000
001c0008 00000002
001c000c 00000000
001d0000 00000000
001d0004 00000000
001d0008 00000001
001d000c 00000000
001e0000 00000005
001e0004 00000000
001e0008 00000006
001e000c 00000000
001f0000 deadbeef
001f0004 cafebabe
001f0008 0b0a0908
001f000c 0f0e0d0c
""".strip().splitlines()


def two_cores(second_data=8192, second_table=2048) -> Image:
    """The second core has one full bank of each kind."""
    small = dict(sboard=(1, 2), rqueue=(3, 4), progbuf=(5, 6), instr=(7, 8))
    return Image(
        [
            core(**small),
            core(
                data=range(second_data),
                table=range(second_table),
                data_banks={0: second_data},
                table_banks={0: second_table},
                **small,
            ),
        ]
    )


def check_model() -> None:
    """The model must make of the worked example what was observed, else it judges nobody."""

    def lines(image: Image) -> list[str]:
        addresses, data = (each.decode().splitlines() for each in files(image))
        return [f"{address} {value}" for address, value in zip(addresses, data, strict=True)]

    assert len(WORKED_RECORDS) == 37
    assert lines(worked_example()) == WORKED_RECORDS
    assert lines(worked_example(chip="spu1p2")) == WORKED_RECORDS[5:] and len(WORKED_RECORDS[5:]) == 32
    keyed = ["00000018 00000005", "00000028 0000cdef", "00000024 000089ab", "00000020 00004567", "0000001c 00000123"]
    assert lines(worked_example(key=5, salt=0x0123456789ABCDEF)) == keyed + WORKED_RECORDS[5:]
    assert [len(each) for each in files(worked_example())] == [37 * 9, 37 * 9]
    # One core, a full bank of each kind, two words in each queue, two instructions.
    one = two_cores()
    one.cores = one.cores[1:]
    assert len(records(one)) == 20507
    assert len(records(two_cores())) == 20507 + 2 + 2 * 8
    # The second core's registers and memories.
    assert (0x98, 0x5098) in records(two_cores()) and (0x88, 0x11098) in records(two_cores())
    assert (0x200000 + 8191 * 8, 8191) in records(two_cores()) and (0x280000 + 2047 * 8, 2047) in records(two_cores())
    assert INSTRUCTION_WORDS == 8189
    assert strict_faults(worked_example()) == [] and strict_faults(two_cores()) == []


if __name__ == "__main__":
    check_model()
