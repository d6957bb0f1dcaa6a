#!/usr/bin/env python3
"""Prints docs/settings.md from tables/settings.def, so that the manual has every setting there is."""

import re
import sys
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "tables" / "settings.def"
SETTING = re.compile(
    r'^SETTING\((\w+),\s*\w+,\s*"([^"]*)",\s*"([^"]*)",\s*"([^"]*)",\s*"((?:[^"]|"\s*")*)"\)', re.MULTILINE
)

INTRODUCTION = """# Settings

Printed by `tools/print_settings.py` from `tables/settings.def`.

Each setting can be given as a flag (`--tls-key FILE`), in the environment (`GATEHOUSE_TLS_KEY`) or in a file named by
`--config` (`tls-key = FILE`, one a line, `#` begins a comment). The first of these that says something wins, then the
default. Times are a number with `s`, `m`, `h` or `d`. A setting that is unknown or makes no sense stops the start with
exit code 2 and a sentence that names it; nothing is guessed.

| flag | default | what it says |
| --- | --- | --- |
"""


def main():
    text = re.sub(r'"\s*\n\s*"', "", TABLE.read_text(encoding="utf-8"))
    rows = SETTING.findall(text)
    if len(rows) != len(re.findall(r"^SETTING\(", text, re.MULTILINE)):
        sys.exit("a line of tables/settings.def has an unknown form")
    print(INTRODUCTION, end="")
    for _, flag, default, argument, sentence in rows:
        shown = f"`{default}`" if default else ""
        meaning = re.sub(r'"\s*"', "", sentence)
        value = argument.replace("|", "\\|")
        print(f"| `--{flag} {value}` | {shown} | {meaning} |")


if __name__ == "__main__":
    main()
