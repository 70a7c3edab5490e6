"""Images that the program must convert, and the bytes that must come."""

import random

import model
from model import Image, core, file_name, worked_example
from trial import Refused, Trial, Written

# Random images, and the seed of the first.
RANDOM_IMAGES, FIRST_SEED = 60, 1


def good(
    name: str, image: Image, memory_spelling="plain", metadata_spelling="block", slot=0, lenient=False, **rest
) -> Trial:
    """The image as described there; what is to come is worked out only when the trial's turn comes."""
    assert lenient or model.strict_faults(image) == [], name
    return Trial(
        name,
        lambda folder: model.write_folder(image, folder, memory_spelling, metadata_spelling),
        (Written(model.files(image), slot),),
        **rest,
    )


def queues(words: int = 2) -> dict:
    """Something in the memories that have no banks."""
    return dict(
        sboard=range(1, words + 1),
        rqueue=range(0x100, 0x100 + words),
        progbuf=range(0x200, 0x200 + words),
        instr=[0xF00DFACE00000000 + i for i in range(max(words, 1))],
    )


def noise(seed: int, count: int, bits: int = 64) -> list[int]:
    source = random.Random(seed)
    return [source.getrandbits(bits) for _ in range(count)]


def alike() -> Image:
    """Two cores with the same bank maps: PyYAML writes the second as an alias if they are one map to it."""

    def one(seed: int):
        return core(
            noise(seed, 8192 + 5), noise(seed, 2048 + 3, 16), data_banks={0: 2, 1: 5}, table_banks={0: 1, 1: 3}, **queues()
        )

    return Image([one(1), one(2)])


def full() -> Image:
    """Every word of both cores."""

    def one(seed: int):
        return core(
            noise(seed, 65536),
            noise(seed + 1, 8192, 16),
            noise(seed + 2, 64),
            noise(seed + 3, 64),
            noise(seed + 4, 64),
            noise(seed + 5, 8189),
            {bank: 8192 for bank in range(8)},
            {bank: 2048 for bank in range(4)},
        )

    return Image([one(10), one(20)])


def random_image(seed: int) -> Image:
    """Banks used here and there. Words lie in and behind banks of size 0 too, so that a wrong slice shows."""
    source = random.Random(seed)

    def banks(number: int, words: int, highest: int) -> dict[int, int]:
        sizes = lambda: source.choice((0, 0, 1, 2, source.randrange(1, 40), source.randrange(words), words))
        return {bank: sizes() if bank < highest else 0 for bank in range(number)}

    def words_for(banks: dict[int, int], stride: int, bits: int) -> list[int]:
        needed = max((stride * bank + size for bank, size in banks.items() if size > 0), default=0)
        room = stride * len(banks) - needed
        count = needed + source.choice((0, 0, 1, min(room, 7)) if room > 0 else (0,))
        # Not all of them drawn one by one, for time's sake.
        return [source.getrandbits(bits) if i % 64 < 8 else (i * 0x9E3779B97F4A7C15) % (1 << bits) for i in range(count)]

    cores = []
    for _ in range(source.choice((1, 2))):
        data, table = banks(8, 8192, source.choice((1, 1, 2, 3, 8))), banks(4, 2048, source.choice((1, 2, 4)))
        instr = noise(source.random(), source.choice((1, 2, source.randrange(1, 300))))
        cores.append(
            core(
                words_for(data, 8192, 64),
                words_for(table, 2048, 16),
                *(noise(source.random(), source.choice((0, 1, 2, 64)), source.choice((8, 16, 64))) for _ in range(3)),
                instr,
                data,
                table,
                source.randrange(1, len(instr) + 1),
            )
        )
    return Image(cores, source.choice(model.CHIPS), source.randrange(32), source.getrandbits(64))


def random_trial(seed: int) -> Trial:
    """Each file in another spelling; chip, key and salt by option or by environment; strict or lenient alike."""
    image, source = random_image(seed), random.Random(-seed)
    arguments, environment = [], {}

    def say(option: str, variable: str, value: str) -> None:
        if source.random() < 0.5:
            arguments.extend((option, value))
        else:
            environment[variable] = value

    say("--chip", "FS_HW_ISA", image.chip)
    if image.chip == "spu1p3":
        say("--key-index", "FS_ENCRYPTION_KEY_IDX", str(image.key))
        say("--salt", "FS_ENCRYPTION_SALT", source.choice(("{:x}", "{:X}", "{:016x}")).format(image.salt))
    if source.random() < 0.25:
        arguments.append("--lenient")
    spellings = {}
    # Spellings of many lines a word only where there are few words.
    simple = [name for name in model.MEMORY_SPELLINGS if "lines" not in name]
    for number, each in enumerate(image.cores):
        for memory, words in each.words.items():
            spellings[number, memory] = source.choice(simple if len(words) > 5000 else list(model.MEMORY_SPELLINGS))
    yaml = source.choice(list(model.METADATA_SPELLINGS))
    return good(
        f"random image {seed}, {yaml}",
        image,
        lambda number, memory: spellings[number, memory],
        yaml,
        arguments=tuple(arguments),
        environment=environment,
    )


def examples():
    yield good("worked example", worked_example())
    yield good("worked example, spu1p2", worked_example(chip="spu1p2"), arguments=("--chip", "spu1p2"))
    yield good(
        "worked example, key and salt",
        worked_example(key=5, salt=0x0123456789ABCDEF),
        arguments=("--key-index", "5", "--salt", "0123456789abcdef"),
    )
    yield good("worked example, --lenient", worked_example(), arguments=("--lenient",))
    yield good("the longest of the checked cases", model.two_cores())
    yield good("both cores, spu1p2", model.two_cores(3, 2).on(chip="spu1p2"), arguments=("--chip", "spu1p2"))
    yield good("cores alike", alike())
    yield good("all banks full on both cores", full())
    yield good("all banks full on both cores, --lenient", full(), arguments=("--lenient",))
    yield good("all banks empty", Image([core(**queues())]))
    yield good(
        "all banks empty, words in the files", Image([core([1, 2, 3], [4, 5], **queues()), core([1], [2], **queues())])
    )
    yield good(
        "only the last banks used",
        Image([core(noise(1, 8192 * 7 + 3), noise(2, 2048 * 3 + 2, 16), data_banks={7: 3}, table_banks={3: 2}, **queues())]),
    )
    yield good(
        "only the last banks used, on the second core, full",
        Image(
            [
                core(**queues()),
                core(noise(3, 65536), noise(4, 8192, 16), data_banks={7: 8192}, table_banks={3: 2048}, **queues()),
            ]
        ),
    )
    yield good(
        "first and last bank, nothing between",
        Image([core(noise(5, 65536), noise(6, 8192, 16), data_banks={0: 1, 7: 1}, table_banks={0: 2, 3: 1}, **queues())]),
    )
    yield good(
        "every second bank",
        Image(
            [
                core(
                    noise(7, 65536),
                    noise(8, 8192, 16),
                    data_banks={1: 1, 3: 2, 5: 3, 7: 4},
                    table_banks={1: 1, 3: 2},
                    **queues(),
                )
            ]
        ),
    )
    yield good("only data", Image([core(noise(9, 4), data_banks={0: 4}, instr=[1])]))
    yield good("only tables", Image([core(table=noise(9, 4, 16), table_banks={0: 4}, instr=[1])]))
    yield good(
        "the greatest values",
        Image(
            [
                core(
                    [2**64 - 1, 0, 2**63, 2**32, 2**32 - 1],
                    [0xFFFF, 0, 0x8000],
                    [2**64 - 1],
                    [2**32],
                    [2**32 - 1],
                    [2**64 - 1, 0],
                    {0: 5},
                    {0: 3},
                )
            ]
        ),
    )
    yield good(
        "64 words in each queue, 8189 instructions",
        Image([core(sboard=noise(1, 64), rqueue=noise(2, 64), progbuf=noise(3, 64), instr=noise(4, 8189))]),
    )
    yield good("one word in each file", Image([core([1], [2], [3], [4], [5], [6], {0: 1}, {0: 1})]))
    yield good(
        "more words in the files than are used",
        Image(
            [
                core(
                    noise(1, 65536),
                    noise(2, 8192, 16),
                    data_banks={0: 1},
                    table_banks={0: 1},
                    instr=noise(3, 8189),
                    instructions=1,
                )
            ]
        ),
    )
    yield good("empty sboard, rqueue and progbuf", Image([core([1], [2], instr=[3], data_banks={0: 1}, table_banks={0: 1})]))
    yield good("no instructions, empty instr_mem", Image([core([1], [2], [3], [4], [5], [], {0: 1}, {0: 1})]))


def spellings():
    small = Image(
        [
            core(
                noise(1, 9),
                noise(2, 5, 16),
                noise(3, 3, 12),
                noise(4, 3),
                noise(5, 3),
                noise(6, 4),
                {0: 8},
                {0: 4},
                instructions=3,
            )
        ]
    )
    for name in model.MEMORY_SPELLINGS:
        yield good(f"memory files: {name}", small, memory_spelling=name)
        yield good(
            f"memory files of one line: {name}",
            Image([core([0xABCDEF], [0xAB], [0xC], [0xD], [0xE], [0xFA], {0: 1}, {0: 1})]),
            memory_spelling=name,
        )
    for name in model.METADATA_SPELLINGS:
        yield good(f"metadata: {name}", small, metadata_spelling=name)
        yield good(f"metadata of two cores: {name}", alike(), metadata_spelling=name)

    def without_words(text: bytes):
        def build(folder):
            model.write_folder(small, folder)
            for memory in ("sboard", "rqueue", "progbuf"):
                (folder / file_name(memory)).write_bytes(text)

        return build

    words = small.cores[0].words
    no_words = Image(
        [
            core(
                words["data_mem"],
                words["table_mem"],
                instr=words["instr_mem"],
                data_banks={0: 8},
                table_banks={0: 4},
                instructions=3,
            )
        ]
    )
    for name, text in (
        ("a newline", b"\n"),
        ("a comment", b"# nothing\n"),
        ("a comment without newline", b"# nothing"),
        ("blanks", b" \t \r\n\n   "),
        ("comments and blank lines", b"\n#\n\n # zz\n"),
    ):
        yield Trial(f"queues that hold only {name}", without_words(text), (Written(model.files(no_words)),))


def chips():
    """The option goes before FS_HW_ISA, that before FS_HW_CFG, that before the default."""
    for option in (None, "spu1p2", "spu1p3"):
        for isa in (None, "spu1p2v1.dat", "spu1p3v1.dat"):
            for configuration in (None, "spu1p2v1.dat", "spu1p3v1.dat"):
                chip = (option or isa or configuration or "spu1p3")[:6]
                yield good(
                    f"--chip {option}, FS_HW_ISA {isa}, FS_HW_CFG {configuration}",
                    worked_example(chip=chip),
                    arguments=("--chip", option) if option else (),
                    environment={name: value for name, value in (("FS_HW_ISA", isa), ("FS_HW_CFG", configuration)) if value},
                )
    for variable in ("FS_HW_ISA", "FS_HW_CFG"):
        for chip in model.CHIPS:
            yield good(f"{variable} {chip}", worked_example(chip=chip), environment={variable: chip})
    # A bad name that is overruled, and an empty one, may be refused or not.
    for name, arguments, environment in (
        ("--chip before a bad FS_HW_ISA", ("--chip", "spu1p3"), {"FS_HW_ISA": "spu9"}),
        ("--chip before a bad FS_HW_CFG", ("--chip", "spu1p3"), {"FS_HW_CFG": "spu9"}),
        ("FS_HW_ISA before a bad FS_HW_CFG", (), {"FS_HW_ISA": "spu1p3", "FS_HW_CFG": "spu9"}),
        ("FS_HW_ISA empty", (), {"FS_HW_ISA": ""}),
        ("FS_HW_CFG empty", (), {"FS_HW_CFG": ""}),
    ):
        yield Trial(
            name,
            lambda folder: model.write_folder(worked_example(), folder),
            (Written(model.files(worked_example())), Refused(("FS_HW_",), statuses=(1, 2))),
            arguments,
            environment,
        )


def keys():
    both = {"FS_ENCRYPTION_KEY_IDX": "7", "FS_ENCRYPTION_SALT": "fedcba9876543210"}
    yield good("key and salt by environment", worked_example(key=7, salt=0xFEDCBA9876543210), environment=both)
    yield good(
        "key by option, salt by environment",
        worked_example(key=31, salt=0xFEDCBA9876543210),
        environment=both,
        arguments=("--key-index", "31"),
    )
    yield good(
        "salt by option, key by environment", worked_example(key=7, salt=0x1), environment=both, arguments=("--salt", "1")
    )
    yield good(
        "zeros by option go before the environment",
        worked_example(),
        environment=both,
        arguments=("--key-index", "0", "--salt", "0"),
    )
    yield good(
        "the greatest key and salt",
        worked_example(key=31, salt=2**64 - 1),
        arguments=("--key-index", "31", "--salt", "F" * 16),
    )
    yield good("salt in upper case", worked_example(salt=0xABCDEF), arguments=("--salt", "ABCDEF"))
    yield good(
        "each part of the salt its own", worked_example(salt=0x0001000200030004), arguments=("--salt", "0001000200030004")
    )
    yield good(
        "spu1p2 ignores the environment's key and salt",
        worked_example(chip="spu1p2"),
        environment=both,
        arguments=("--chip", "spu1p2"),
    )
    yield good(
        "spu1p2 ignores the environment's bad key and salt",
        worked_example(chip="spu1p2"),
        environment={"FS_HW_ISA": "spu1p2v1.dat", "FS_ENCRYPTION_KEY_IDX": "32", "FS_ENCRYPTION_SALT": "f" * 17},
    )


def places():
    """Where files are read and written."""
    wanted = model.files(worked_example())
    plain = lambda folder: model.write_folder(worked_example(), folder)
    for slot in range(10):
        yield good(f"slot {slot}", worked_example(), slot=slot, arguments=("--slot", str(slot)))

    def neighbours(output):
        for name in ("0PROG_A", "1PROG_D", "2PROG_A", "0PROG_A.txt", "PROG_A", "readme"):
            (output / name).write_bytes(b"kept")

    def old(*names):
        def prepare(output):
            for name in names:
                (output / name).write_bytes(b"00000000\n" * 100)

        return prepare

    yield good("other slots' files stay", worked_example(), slot=3, arguments=("--slot", "3"), prepare=neighbours)
    yield good("--force with nothing there", worked_example(), arguments=("--force",))
    yield good("--force replaces both", worked_example(), arguments=("--force",), prepare=old("0PROG_A", "0PROG_D"))
    yield good("--force replaces 0PROG_A", worked_example(), arguments=("--force",), prepare=old("0PROG_A"))
    yield good("--force replaces 0PROG_D", worked_example(), arguments=("--force",), prepare=old("0PROG_D"))
    yield good(
        "--force replaces both of another slot",
        worked_example(),
        slot=9,
        arguments=("--force", "--slot", "9"),
        prepare=old("9PROG_A", "9PROG_D"),
    )
    yield good("into the working directory", worked_example(), command=("{image}",))
    yield good("into the working directory, slot 4", worked_example(), slot=4, command=("{image}", "--slot", "4"))
    yield good(
        "options first",
        worked_example(chip="spu1p2"),
        slot=1,
        command=("--slot", "1", "--output", "{output}", "--chip", "spu1p2", "{image}"),
    )
    yield good(
        "options around",
        worked_example(key=3),
        slot=1,
        command=("--slot", "1", "{image}", "--output", "{output}", "--key-index", "3"),
    )
    yield good("slashes at the end", worked_example(), command=("{image}/", "--output", "{output}/"))
    yield good("a way around", worked_example(), command=("{output}/../image", "--output", "{image}/../output"))
    yield good("relative paths", worked_example(), command=("../image", "--output", "../output"))

    def inside(name):
        return lambda folder: model.write_folder(worked_example(), folder / name)

    yield Trial(
        "a folder with blanks and letters of many kinds",
        inside("my image é ☃ 'x'"),
        (Written(wanted),),
        command=("{image}/my image é ☃ 'x'", "--output", "{output}"),
    )

    def linked(folder):
        plain(folder / "real")
        (folder / "link").symlink_to("real")

    yield Trial("a link to a folder", linked, (Written(wanted),), command=("{image}/link", "--output", "{output}"))

    def linked_files(folder):
        plain(folder)
        for path in list(folder.iterdir()):
            path.rename(path.with_suffix(".real"))
            path.symlink_to(path.with_suffix(".real").name)

    yield Trial("links to files", linked_files, (Written(wanted),))

    def strangers(folder):
        plain(folder)
        (folder / "notes.txt").write_text("zz")
        (folder / "test_core_0_other_mem_initial_py_hex.txt").write_text("zz")
        (folder / "test_core_0_data_mem_initial_py_hex.txt~").write_text("zz")
        (folder / "io_records").mkdir()

    yield Trial("other files in the folder", strangers, (Written(wanted),))


def lenient():
    """What only --lenient accepts, and the refusal without it."""
    data, table, instr = file_name("data_mem"), file_name("table_mem"), file_name("instr_mem")
    either = lambda name: rf"metadata\.yaml|{name}"

    def image(**changes):
        given = dict(data=noise(1, 20000), table=noise(2, 6000, 16), data_banks={0: 3}, table_banks={0: 2}, **queues())
        return Image([core(**{**given, **changes})])

    def both(name, image, *patterns, line=None, only_line=None):
        assert model.strict_faults(image) != [], name
        yield good(f"{name}, --lenient", image, lenient=True, arguments=("--lenient",))
        yield Trial(
            f"{name}, strict", lambda folder: model.write_folder(image, folder), (Refused(patterns, line, only_line),)
        )

    yield from both("data bank one above", image(data_banks={0: 8193}), r"metadata\.yaml", r"\b8192\b")
    yield from both("data bank spills into the next", image(data_banks={0: 8200}), r"metadata\.yaml", r"\b8192\b")
    yield from both("data bank spills over two", image(data_banks={0: 8192 * 2 + 9}), r"metadata\.yaml", r"\b8192\b")
    yield from both("data bank spills into a used one", image(data_banks={0: 8195, 1: 4}), r"metadata\.yaml", r"\b8192\b")
    yield from both(
        "data bank above, and short", image(data=noise(1, 8195), data_banks={0: 8200}), either(data), r"\b8192\b|\b8195\b"
    )
    yield from both(
        "data bank far above, and short", image(data=noise(1, 5), data_banks={0: 2**31}), either(data), r"\b8192\b|\b5\b"
    )
    yield from both("table bank one above", image(table_banks={0: 2049}), r"metadata\.yaml", r"\b2048\b")
    yield from both("table bank spills", image(table_banks={0: 2050, 1: 3}), r"metadata\.yaml", r"\b2048\b")
    yield from both(
        "table bank as large as a data bank",
        image(table=noise(2, 8192, 16), table_banks={0: 8192}),
        r"metadata\.yaml",
        r"\b2048\b",
    )
    yield from both("short data bank", image(data=noise(1, 4), data_banks={0: 5}), either(data), r"\b[45]\b")
    yield from both(
        "short data bank of one word", image(data=[9], data_banks={0: 8192}), either(data), r"\b1\b|\b8192\b|\bone\b"
    )
    yield from both(
        "short last data bank", image(data=noise(1, 8192 * 7 + 1), data_banks={7: 3}), either(data), r"\b(1|3|57345|57347)\b"
    )
    yield from both(
        "short second data bank",
        image(data=noise(1, 8192 + 6), data_banks={0: 2, 1: 7}),
        either(data),
        r"\b(6|7|8198|8199)\b",
    )
    yield from both("short table bank", image(table=noise(1, 4, 16), table_banks={0: 5}), either(table), r"\b[45]\b")
    yield from both(
        "short last table bank",
        image(table=noise(1, 6144 + 1, 16), table_banks={3: 3}),
        either(table),
        r"\b(1|3|6145|6147)\b",
    )
    yield from both(
        "more instructions than in the file", image(instr=noise(1, 4), instructions=5), either(instr), r"\b[45]\b"
    )
    yield from both(
        "many more instructions than in the file",
        image(instr=noise(1, 1), instructions=8189),
        either(instr),
        r"\b8189\b|\b1\b|\bone\b",
    )
    yield from both("table value of 17 bits", image(table=[1, 0x10000, 2], table_banks={0: 2}), table, r"\b16\b", line=2)
    yield from both("table value of 33 bits", image(table=[1, 2, 0x1FFFFABCD], table_banks={0: 3}), table, r"\b16\b", line=3)
    yield from both("table value of 64 bits", image(table=[2**64 - 1], table_banks={0: 1}), table, r"\b16\b", line=1)

    for memory in ("data", "table"):
        for absent in ((0,), (1,), (0, 1)):
            two = alike()
            for number in absent:
                setattr(two.cores[number], f"{memory}_banks", None)
            # With both absent, the map is empty.
            yield from both(
                f"{memory} banks without core {' and '.join(map(str, absent))}",
                two,
                r"metadata\.yaml",
                rf"{memory}_bank_sizes",
                rf"\b{absent[0]}\b",
            )
    no_banks = alike()
    for each in no_banks.cores:
        each.data_banks = each.table_banks = None
    yield from both("no banks of any core", no_banks, r"metadata\.yaml", "(data|table)_bank_sizes")


def all_trials():
    model.check_model()
    for group in (examples, spellings, chips, keys, places, lenient):
        for trial in group():
            trial.name = f"{group.__name__}: {trial.name}"
            yield trial
    for seed in range(FIRST_SEED, FIRST_SEED + RANDOM_IMAGES):
        yield random_trial(seed)
