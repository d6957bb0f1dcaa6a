"""Reads C sources for the checks: the list of files, code without comments and strings, and functions."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Function:
    file: str
    line: int
    name: str
    length: int


def tracked(*patterns):
    """The files of the checkout that match, new ones included, ignored ones left out."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted({name for name in names if Path(name).is_file()})


def read(name):
    return Path(name).read_text(encoding="utf-8", errors="replace")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return _TOKEN.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], text)


def code_only(text):
    """Comments and the inside of strings become blanks; lines keep their numbers."""
    return _TOKEN.sub(lambda m: _blank(m[0]), text)


def strings_of(text):
    """(line, literal) of each string, neighbouring literals joined as the compiler joins them."""
    line, joined, start, end = 1, "", 0, 0
    text = without_comments(text)
    for match in _TOKEN.finditer(text):
        if not match["string"] or match[0][0] != '"':
            continue
        if joined and text[end : match.start()].strip():
            yield start, joined
            joined = ""
        if not joined:
            line = text.count("\n", 0, match.start()) + 1
            start = line
        joined += match[0][1:-1]
        end = match.end()
    if joined:
        yield start, joined


def functions_of(name):
    """The functions of a formatted file: a body opens and closes in the first column."""
    lines = code_only(read(name)).splitlines()
    for index, line in enumerate(lines):
        if line.rstrip() != "{" or index == 0:
            continue
        first = index - 1
        while first > 0 and lines[first - 1].strip() and lines[first - 1].rstrip()[-1] not in ";}{":
            if lines[first - 1].startswith("#"):
                break
            first -= 1
        head = " ".join(lines[first:index])
        match = re.search(r"(\w+)\s*\(", head)
        if not match:
            continue
        last = next((i for i in range(index, len(lines)) if lines[i].startswith("}")), len(lines) - 1)
        yield Function(name, first + 1, match[1], last - first + 1)
