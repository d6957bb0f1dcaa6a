#!/usr/bin/env python3
"""Checks the words of the project: purpose lines, forbidden functions and marks, SQL only in stores, no machine paths."""

import os
import re
import sys
from pathlib import Path

import c_source

# Each has a safer sister: bounded text and buffers, number readers that report errors, random of our own.
BANNED = (
    "strcpy strncpy stpcpy strcat strncat sprintf vsprintf gets strtok system popen rand srand random "
    "srandom drand48 atoi atol atoll atof alloca mktemp tmpnam tempnam gmtime localtime asctime ctime "
    "setjmp longjmp gethostbyname signal vfork"
).split()
# What cmocka and throw-away folders need in tests.
FINE_IN_TESTS = ("setjmp", "longjmp", "system")
BANNED_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)\s)",
    re.IGNORECASE | re.DOTALL,
)
FOLDER_OF_ONE_MACHINE = re.compile(r"(?<![\w.}])/(root|work|home/[a-z]\w*)/")

CODE = ("*.c", "*.h", "*.cc", "*.def", "*.py", "*.sql", "*.graphql", "*.ts", "script/*", "tools/*", ".ci/*")


def purpose_is_missing(name, text):
    """A file opens by saying what it is for; a script does so under its first line."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    if not lines:
        return False
    openings = {
        ".c": ("/*", "//"),
        ".h": ("/*", "//"),
        ".cc": ("/*", "//"),
        ".ts": ("/*", "//"),
        ".tsx": ("/*", "//"),
        ".def": ("/*", "//", "#"),
        ".sql": ("--",),
        ".graphql": ("#", '"""'),
        ".py": ('"""', "#"),
    }
    suffix = Path(name).suffix
    expected = openings.get(suffix, ("#", '"""') if not suffix else ())
    return bool(expected) and not lines[0].lstrip().startswith(expected)


def may_hold_sql(name):
    stem = Path(name).stem
    return stem.endswith(("_store", "_test", "_test_support", "_fuzz")) or name.startswith(("src/db/", "tools/", "tests/"))


def problems_of_c(name, text):
    for number, line in enumerate(c_source.code_only(text).splitlines(), 1):
        found = BANNED_CALL.search(line)
        if found and not (found[1] in FINE_IN_TESTS and "_test" in Path(name).stem):
            yield number, f"{found[1]}() is banned"
    if not may_hold_sql(name):
        for number, literal in c_source.strings_of(text):
            if SQL.search(literal):
                yield number, "SQL belongs in a *_store.c"


def problems_of(name):
    text = c_source.read(name)
    if purpose_is_missing(name, text):
        yield 1, "the file does not open with a comment that says what it is for"
    own_list = name == "tools/lint_text.py"
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line) and not own_list:
            yield number, "a mark of unfinished work"
        if FOLDER_OF_ONE_MACHINE.search(line) and not own_list:
            yield number, "a path of one machine"
    if name.endswith((".c", ".h", ".cc")) and name.startswith("src/"):
        yield from problems_of_c(name, text)


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    failed = False
    for name in c_source.tracked(*CODE, "*.md", "*.build"):
        for number, problem in problems_of(name):
            print(f"{name}:{number}: {problem}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
