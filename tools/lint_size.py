#!/usr/bin/env python3
"""Shows the ten longest functions and files, and fails on a file that has outgrown one subject."""

import os
import sys
from pathlib import Path

import c_source

LINES_OF_A_FILE = 1000
LINES_OF_A_FUNCTION = 65


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    names = c_source.tracked("src/*.c", "src/*.h", "src/*.cc")
    functions = [function for name in names for function in c_source.functions_of(name)]
    functions.sort(key=lambda function: -function.length)
    files = sorted(((c_source.read(name).count("\n"), name) for name in names), reverse=True)
    for function in functions[:10]:
        if function.length > LINES_OF_A_FUNCTION:
            print(f"{function.file}:{function.line}: {function.name}() has {function.length} lines")
    failed = False
    for length, name in files[:10]:
        if length > LINES_OF_A_FILE:
            print(f"{name}: {length} lines, over {LINES_OF_A_FILE}: look for the second noun")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
