#!/usr/bin/env python3
"""Checks that includes point downwards only: base, engines, kernel, nouns, doors, then main and cli."""

import os
import re
import sys
from pathlib import Path

import c_source

BASE, ENGINE, KERNEL, NOUN, DOOR, TOP = range(6)
NAMES = ("base", "an engine", "the kernel", "a noun", "a door", "the top")
FLOORS = {
    "base": BASE,
    "tables": BASE,
    **dict.fromkeys(("db", "graphql", "jose", "migrations", "net", "rego", "template"), ENGINE),
    "kernel": KERNEL,
    "doors": DOOR,
    "cli": TOP,
}
# Engines do not include one another, but for these: Rego's built-in functions check signed tokens.
ENGINE_PAIRS = {("rego", "jose")}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def module_of(path):
    """"run" for run/run.h, "doors/port" for a door, "doors" for what all doors stand on, "" for main.c."""
    parts = Path(path).parts
    if parts[0] == "doors" and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0] if len(parts) > 1 else ""


def floor_of(module):
    if module == "":
        return TOP
    return FLOORS.get(module.split("/")[0], NOUN)


def is_check(name):
    return Path(name).stem.endswith(("_test", "_fuzz", "_bench"))


def problem_between(name, user, used):
    if user == used:
        return None
    above, below = floor_of(user), floor_of(used)
    where = f"{user or 'main'} ({NAMES[above]}) includes {used} ({NAMES[below]})"
    if below > above:
        return f"{where}: includes point downwards only"
    if above == below == DOOR and used != "doors":
        return f"{where}: doors do not know one another"
    if above == below == ENGINE and (user, used) not in ENGINE_PAIRS and not is_check(name):
        return f"{where}: engines do not know one another"
    return None


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    failed = False
    for name in c_source.tracked("src/*.c", "src/*.h", "src/*.cc"):
        user = module_of(name.removeprefix("src/"))
        text = c_source.without_comments(c_source.read(name))
        for match in INCLUDE.finditer(text):
            if "/" not in match[1]:
                continue
            problem = problem_between(name, user, module_of(match[1]))
            if problem:
                line = text.count("\n", 0, match.start()) + 1
                print(f"{name}:{line}: {problem}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
