#!/usr/bin/env python3
"""Counts the cases inside meson's test log: each case of a cmocka program, or the program where it prints none."""

import json
import re
import sys
from pathlib import Path

PASSED = re.compile(r"^\[ +OK +\]", re.MULTILINE)
FAILED = re.compile(r"^\[ +(?:FAILED|ERROR) +\] (\w+)(?! test\(s\))", re.MULTILINE)
SKIPPED = re.compile(r"^\[ +SKIPPED +\] (?!\d+ test)", re.MULTILINE)


def count(program):
    """(passed, failed, skipped) of one program."""
    output = program.get("stdout", "") + program.get("stderr", "")
    if program["result"] == "SKIP":
        return 0, 0, 1
    passed = len(PASSED.findall(output))
    failed = len(set(FAILED.findall(output)))
    skipped = len(SKIPPED.findall(output))
    if program["result"] in ("OK", "EXPECTEDFAIL"):
        return max(passed, 0 if skipped else 1), 0, skipped
    # A program that dies prints no line for the case that killed it.
    return passed, max(failed, 1), skipped


def main():
    totals = [0, 0, 0]
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        program = json.loads(line)
        counts = count(program)
        totals = [total + part for total, part in zip(totals, counts)]
        word = "FAILED" if counts[1] else "ok"
        print(f"{word:8}{program['name'].removeprefix('gatehouse:')}  {counts[0]} of {counts[0] + counts[1]}")
        if counts[1]:
            story = program.get("stdout", "") + program.get("stderr", "")
            print("\n".join(f"        {text}" for text in story.splitlines()[-60:]))
    skipped = f", {totals[2]} skipped" if totals[2] else ""
    print(f"{totals[0]} passed, {totals[1]} failed{skipped}")
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
