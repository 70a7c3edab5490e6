"""Puts into the wheel what is made and not written: the header's declarations, and the library.

NEUROMORPHIC_LIBRARY names a library that is already built. Without it, the project's Makefile builds it.
"""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

folder = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(folder))

import declarations  # noqa: E402

project = folder.parent
RULES = "65-neuromorphic.rules"


class LibraryBuildHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        declarations.write(declarations.project_header)
        shutil.copyfile(self.library(), folder / "neuromorphic" / "libneuromorphic.so.0")
        shutil.copyfile(project / "docs" / "udev" / RULES, folder / "neuromorphic" / RULES)
        build_data["pure_python"] = False
        # Any Python 3, as the library doesn't know Python.
        build_data["tag"] = f"py3-none-linux_{platform.machine()}"

    def library(self) -> pathlib.Path:
        named = os.environ.get("NEUROMORPHIC_LIBRARY")
        if named:
            return pathlib.Path(named)
        subprocess.run(["make", "--no-print-directory", "-C", str(project), "build"], check=True, stdout=sys.stderr)
        return pathlib.Path(os.environ.get("BUILD", project / "build")) / "lib" / "libneuromorphic.so.0"
