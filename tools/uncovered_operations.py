#!/usr/bin/env python3
"""Lists the root fields of the GraphQL schemas that no case, scenario or client suite calls."""

import os
import re
from pathlib import Path

import c_source

ROOT_TYPE = re.compile(r"^(?:extend )?type (Query|Mutation)\b[^{]*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+)\s*[(:]", re.MULTILINE)
DESCRIPTION = re.compile(r'""".*?"""|"[^"\n]*"|#[^\n]*', re.DOTALL)


def root_fields(name):
    text = DESCRIPTION.sub("", c_source.read(name))
    for match in ROOT_TYPE.finditer(text):
        yield from FIELD.findall(match[2])


def main():
    os.chdir(Path(__file__).resolve().parent.parent)
    fields = {field for name in c_source.tracked("src/doors/*.graphql") for field in root_fields(name)}
    calls = c_source.tracked("tests/*.case", "tests/*.py", "script/lib/conformance-*")
    words = set(re.findall(r"\w+", " ".join(c_source.read(name) for name in calls)))
    missing = sorted(fields - words)
    print(f"root fields called by a test: {len(fields) - len(missing)} of {len(fields)}")
    for field in missing:
        print(f"        {field}")


if __name__ == "__main__":
    main()
