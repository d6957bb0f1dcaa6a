#!/usr/bin/env python3
"""Checks that each header compiles alone; takes the build folder, where generated headers lie."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import c_source

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", '-DGATEHOUSE_VERSION="0"', "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]


def include_folders(build):
    """The source tree, then every build folder that holds a generated header, as meson lays them out."""
    generated = {str(path.parent) for path in Path(build).rglob("*.h")}
    return ["-I.", "-Isrc", f"-I{build}", f"-I{build}/src", *(f"-I{folder}" for folder in sorted(generated))]


def library_folders():
    """Where libraries keep headers that are not on the compiler's own path."""
    found = subprocess.run(["pkg-config", "--cflags-only-I", "libpq"], capture_output=True, text=True)
    return found.stdout.split()


def is_template(header):
    """A header that one source includes several times, with macros set, says so at its top and has no guard."""
    text = c_source.read(header)
    return "#ifndef" not in text and "template" in text[:400]


def complaint_about(header, flags):
    source = f'#include "{header.removeprefix("src/")}"\n'
    result = subprocess.run(["gcc", *flags, "-x", "c", "-"], input=source, capture_output=True, text=True)
    return f"{header} does not compile alone\n{result.stderr}" if result.returncode else ""


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    flags = FLAGS + include_folders(sys.argv[1] if len(sys.argv) > 1 else "build") + library_folders()
    headers = [header for header in c_source.tracked("src/*.h") if not is_template(header)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = list(pool.map(lambda header: complaint_about(header, flags), headers))
    print("".join(complaints), end="")
    return 1 if any(complaints) else 0


if __name__ == "__main__":
    sys.exit(main())
