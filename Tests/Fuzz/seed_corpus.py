"""Writes the corpus that fuzzing starts from: the golden streams for the decoders, headers for the RAW reader, images for
the readers of what Femtosense's compiler writes.

    python3 Tests/Fuzz/seed_corpus.py

Files that fuzzing added are left alone.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Golden"))

from make_golden import CASES, bytes_of, evt21_high, evt21_vector, items_of  # noqa: E402

FORMATS = ["evt2", "evt21", "evt21legacy", "evt3", "evt4"]


def write(target, name, data):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def decoders():
    """Per format, its golden cases in a few files: the format's number, a way to cut, the stream."""
    for number, format in enumerate(FORMATS):
        items = [items_of(format, case) for case in CASES[format]]
        streams = [b"".join(item for item in case if isinstance(item, bytes)) for case in items]
        for part in range(4):
            # The ways 0x00, 0x46, 0x84, 0xCB: whole or interrupted, in pieces of 1, 7, 5 and 12 bytes.
            data = bytes([number, (0x00, 0x46, 0x84, 0xCB)[part]]) + b"".join(streams[part::4])
            write("decoders", f"{format}-{part}", data[:600])
        # Over and over: a piece of all that there is, words with many pixels each, and rows with most of theirs.
        write("decoders", f"{format}-long", bytes([number, 0x3F]) + b"".join(streams)[:598])
        if format.startswith("evt21"):
            many = [evt21_vector(n % 64, n % 9, n % 30, 1, 0x01010101) for n in range(73)]
            dense = [evt21_vector(n // 24, n % 9, n // 24, 1, 0x7FFFDFFF) for n in range(73)]
            for name, vectors in (("many", many), ("dense", dense)):
                data = b"".join(bytes_of(format, word) for word in evt21_high(1) + sum(vectors, []))
                write("decoders", f"{format}-{name}", bytes([number, 0x3F]) + data)


HEADERS = {
    "evt3": "% camera_integrator_name Prophesee\n% date 2026-01-31 09:15:02\n% evt 3.0\n"
            "% format EVT3;height=720;width=1280\n% geometry 1280x720\n% plugin_integrator_name Prophesee\n"
            "% sensor_generation 4.2\n% sensor_name IMX636\n% serial_number 00050423\n% system_ID 49\n% end\n\0\x80",
    "evt21": "% endianness little\n% format EVT21;endianness=little;height=320;width=320\n% geometry 320x320\n% end\n",
    "evt21-legacy": "% format EVT21;height=720;width=1280\n% integrator_name Prophesee\n% system_ID 49\n",
    "old": "% evt 3.0\n% integrator_name Prophesee\n% system_ID 49\n\0\x80% a b\n",
    "old-evt2": "% Date 2020-09-14 09:03:25\n% system_ID 21\n% evt 2.1\n",
    "no-end": "% format EVT4;height=1;width=1\n% \x01\x02\n",
    "differ": "% format EVT3;height=720;width=1280\n% geometry 640x480\n",
    "repeated": "% format EVT2\n% format EVT3;width=5\n% geometry 5x6\n%  \n% x  y  z \t\r\n% end\n",
    "unknown": "% format HISTO3D;height=320;pixelbytes=1;width=320\n% end\n",
    "acme": "% evt 2.0\n% integrator_name Acme\n% geometry 304x240\n% endianness big\n",
    "empty": "",
    "date-only": "% date\n",
}

UNUSED = "{0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}"
METADATA = (
    "data_bank_sizes: {0: {0: 3, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}}\n"
    "table_bank_sizes: {0: {0: 2, 1: 0, 2: 0, 3: 0}}\ninst_counts: {0: 2}\ninputs: {}\noutputs: {}\n"
)
BLOCKS = (
    f"# two cores\n---\ninst_counts:\n  1: 1\n  0: 0x1\ndata_bank_sizes:\n  0: &a\n    {UNUSED}\n  1: *a\n"
    "table_bank_sizes: {0: &b {0: 1, 1: 0, 2: 0, 3: 0}, 1: *b}\noutputs: {out: {core: 0, dtype: 'int8'}}\n"
    "inputs:\n  in: {core: 0, pc_val: 3, len_64b_words: 8}\nfqir_input_padding: [1, \"two\"]\n...\n"
)

# The way, and the files: metadata, then data, table, sboard, rqueue, progbuf and instructions of each core.
IMAGES = {
    "example": (0x01, METADATA, "1122334455667788\n99aabbccddeeff00\n0102030405060708\ndead\n", "abcd\n1234\n",
                "001\n002\n", "00\n01\n", "0005\n0006\n", "cafebabedeadbeef\n0f0e0d0c0b0a0908\n1\n"),
    "spellings": (0x20, METADATA, "0x1 # one\r\n\r\n2 two columns\r3", "aB\n\tCd # x", "", "#\n", " \n1", "1\n2\n3"),
    "cores": (0x11, BLOCKS, "", "1", "1", "1", "1", "1", "", "2", "2", "2", "2", "2"),
    "lenient": (0x30, METADATA.replace("0: 2}}", "0: 3}}").replace("inst_counts: {0: 2", "inst_counts: {0: 9"), "1\n2\n3",
                "1ffff\n2", "1", "1", "1", "1"),
    "bad-hex": (0x00, METADATA, "1\nzz\n3"),
    "wide": (0x00, METADATA, "1\n10000000000000000\n"),
    "bad-yaml": (0x00, "a: b: c\n"),
    "list": (0x00, "- [1, {2: 3}, *x, &y z]\n"),
    "nested": (0x00, "inputs: " + "[" * 40 + "{" * 40),
    "two-documents": (0x00, METADATA + "---\n1\n"),
    "strange-numbers": (0x00, METADATA.replace("0: 3", "0: -3").replace("0: 2,", "0x0: +2,")),
    "block-scalars": (0x00, "a: |\n  b\n  c\nd: >-\n  e\n\n  f\n'g ''h': \"i\\x41\\u00e9\\n\"\n? !!str j\n: !k %l\n"),
}


def images():
    for name, (way, *files) in IMAGES.items():
        write("femto-image", name, bytes([way]) + b"\xff".join(file.encode() for file in files))


if __name__ == "__main__":
    decoders()
    images()
    for name, text in HEADERS.items():
        write("raw-header", name, text.encode("latin-1"))
