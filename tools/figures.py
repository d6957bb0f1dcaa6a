#!/usr/bin/env python3
"""Measures the C code: lengths of functions and files, shares of static functions, comments and tests."""

import os
import re
from pathlib import Path

import c_source


def at(values, share):
    """The value that a share of the values does not pass."""
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0


def is_check(name):
    return Path(name).stem.endswith(("_test", "_fuzz", "_bench")) or name.startswith("tests/")


def lines_of(names):
    return sum(c_source.read(name).count("\n") for name in names)


def comment_share(names):
    """The part of the non-blank lines that hold nothing but comment."""
    total = comments = 0
    for name in names:
        text = c_source.read(name)
        for whole, bare in zip(text.splitlines(), c_source.without_comments(text).splitlines()):
            total += bool(whole.strip())
            comments += bool(whole.strip()) and not bare.strip()
    return 100 * comments / max(total, 1)


def static_share(names):
    """The part of the functions that only their own file can see."""
    functions = static = 0
    for name in names:
        lines = c_source.code_only(c_source.read(name)).splitlines()
        for function in c_source.functions_of(name):
            functions += 1
            head = " ".join(lines[function.line - 1 : function.line + 2])
            static += bool(re.search(r"\bstatic\b", head))
    return 100 * static / max(functions, 1)


def row(label, values):
    print(f"{label:22}{len(values):8}{at(values, 0.5):8}{at(values, 0.95):8}{max(values, default=0):8}")


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    everything = c_source.tracked("src/*.c", "src/*.h", "src/*.cc")
    product = [name for name in everything if not is_check(name)]
    sources = [name for name in product if not name.endswith(".h")]
    checks = [name for name in everything if is_check(name)]
    checks += c_source.tracked("tests/*.py", "tests/run_*", "tests/*.case")
    functions = [function for name in sources for function in c_source.functions_of(name)]

    print(f"{'lines of':22}{'count':>8}{'median':>8}{'95th':>8}{'max':>8}")
    row("functions", [function.length for function in functions])
    row("source files", [c_source.read(name).count("\n") for name in sources])
    row("headers", [c_source.read(name).count("\n") for name in product if name.endswith(".h")])
    print(f"{'product lines':22}{lines_of(product):8}")
    print(f"{'test lines':22}{lines_of(checks):8}   {lines_of(checks) / max(lines_of(product), 1):.2f} per product line")
    print(f"{'static functions':22}{static_share(sources):7.0f}%")
    print(f"{'comment lines':22}{comment_share(product):7.0f}%")
    print("\nlongest functions")
    for function in sorted(functions, key=lambda function: -function.length)[:10]:
        print(f"{function.length:6}  {function.file}:{function.line} {function.name}()")


if __name__ == "__main__":
    main()
