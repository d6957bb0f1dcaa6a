#!/usr/bin/env python3
"""Checks that a function other files can see is used by another file; otherwise it should be static or go."""

import os
import subprocess
import sys
from pathlib import Path

import c_source

ALLOWED = "tools/lint_single_use.allow"


def symbols_of(objects):
    """(object, kind, name) of every global symbol, by nm."""
    command = ["nm", "--extern-only", "--print-file-name", "--format=posix", *objects]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        place, name, kind, *_ = line.split()
        yield place.rstrip(":"), kind, name


def allowed_names():
    lines = Path(ALLOWED).read_text(encoding="utf-8").splitlines()
    return {line.split("#")[0].strip() for line in lines} - {""}


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    objects = [str(path) for path in Path(build).rglob("*.c.o")]
    if not objects:
        print(f"nothing is built in {build}", file=sys.stderr)
        return 1
    defined, used = {}, set()
    for place, kind, name in symbols_of(objects):
        if kind == "T":
            defined[name] = place
        elif kind == "U":
            used.add(name)
    # Fuzz targets and C++ files are not among the objects read above.
    elsewhere = "\n".join(c_source.read(name) for name in c_source.tracked("*_fuzz.c", "src/*.cc"))
    known = {function.name: function for name in c_source.tracked("src/*.c") for function in c_source.functions_of(name)}
    failed = False
    for name in sorted(set(defined) - used - allowed_names() - {"main"}):
        if name not in known or name in elsewhere:
            continue
        function = known[name]
        print(f"{function.file}:{function.line}: {name}() is used in no other file: make it static, or remove it")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
