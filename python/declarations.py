"""Makes neuromorphic/_header.py out of the C header, so that the two can't differ: `declarations.py HEADER`."""

import pathlib
import re
import sys

import cffi

folder = pathlib.Path(__file__).resolve().parent
project_header = folder.parent / "include" / "neuromorphic.h"


def declarations(header: str) -> str:
    """What cffi is to know of a header: types, functions and numbers, without the preprocessor."""
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    numbers = re.findall(r"^#define (NEUROMORPHIC_\w+) (\d+)$", text, flags=re.MULTILINE)
    # C++'s part, and every directive with the lines that continue it.
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.DOTALL)
    text = re.sub(r"^#(?:.*\\\n)*.*$", "", text, flags=re.MULTILINE)
    text = text.replace("NEUROMORPHIC_API", "")
    return "\n".join(f"#define {name} {value}" for name, value in numbers) + text


def version(header: str) -> str:
    parts = (re.search(rf"#define NEUROMORPHIC_VERSION_{part} (\d+)", header) for part in ("MAJOR", "MINOR", "PATCH"))
    return ".".join(part[1] for part in parts if part)


def write(header: pathlib.Path) -> None:
    maker = cffi.FFI()
    maker.cdef(declarations(header.read_text()))
    maker.set_source("neuromorphic._header", None)
    maker.emit_python_code(str(folder / "neuromorphic" / "_header.py"))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
