"""Reads a file of cases: titles, requests and the answers expected. The format is described in tests/README.md."""

import re
from dataclasses import dataclass, field
from pathlib import Path

METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|GRAPHQL"
REQUEST_LINE = re.compile(rf"({METHODS}) (\S+)")
EXPECT_LINE = re.compile(r"=> (\d{3})")
HEADER_LINE = re.compile(r"([A-Za-z][\w-]*): ?(.*)")


@dataclass
class Step:
    line: int
    method: str
    path: str
    headers: dict = field(default_factory=dict)
    body: str = ""
    status: int = 0
    expected_headers: dict = field(default_factory=dict)
    expected: str = ""


@dataclass
class Case:
    line: int
    title: str
    steps: list = field(default_factory=list)


class CaseFileError(ValueError):
    """The file does not follow the format."""


def _headers_then_body(lines):
    """Header lines up to the first blank or other line; what is left is the body."""
    headers, index = {}, 0
    while index < len(lines):
        match = HEADER_LINE.fullmatch(lines[index])
        if not match:
            break
        headers[match[1].lower()] = match[2]
        index += 1
    return headers, "\n".join(lines[index:]).strip("\n")


class _Reader:
    def __init__(self, name, text):
        self.name = name
        self.lines = text.splitlines()
        self.at = 0

    def fail(self, problem):
        raise CaseFileError(f"{self.name}:{self.at + 1}: {problem}")

    def skip_blank(self):
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1
        return self.at < len(self.lines)

    def take_until(self, is_end):
        start = self.at
        while self.at < len(self.lines) and not is_end(self.lines[self.at]):
            self.at += 1
        return self.lines[start : self.at]

    def title(self):
        lines = self.take_until(lambda line: not line.startswith("#"))
        return " ".join(line.lstrip("# ").strip() for line in lines)

    def step(self):
        match = REQUEST_LINE.fullmatch(self.lines[self.at])
        if not match:
            self.fail(f"expected a request line, such as GET /healthz, not {self.lines[self.at]!r}")
        step = Step(self.at + 1, match[1], match[2])
        self.at += 1
        step.headers, step.body = _headers_then_body(self.take_until(EXPECT_LINE.fullmatch))
        if self.at == len(self.lines):
            self.fail("the request has no line such as => 200")
        step.status = int(EXPECT_LINE.fullmatch(self.lines[self.at])[1])
        self.at += 1
        rest = self.take_until(lambda line: line.startswith("# ") or REQUEST_LINE.fullmatch(line))
        step.expected_headers, step.expected = _headers_then_body(rest)
        return step


def read(path):
    """The cases of a file, in order."""
    reader = _Reader(path, Path(path).read_text(encoding="utf-8"))
    cases = []
    while reader.skip_blank():
        if reader.lines[reader.at].startswith("#"):
            cases.append(Case(reader.at + 1, reader.title()))
        elif not cases:
            reader.fail("a case begins with a comment line that says what must hold")
        else:
            cases[-1].steps.append(reader.step())
    empty = next((case for case in cases if not case.steps), None)
    if empty:
        raise CaseFileError(f"{path}:{empty.line}: the case has no request")
    return cases
