"""Programs of others that we are held against: named in the environment, found on PATH, or built from a source folder."""

import os
import re
import shutil
import subprocess

CLOSING = re.compile(r"^(\d+) passed, (\d+) failed$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def build(source, scratch, name):
    """(program, None), or (None, why not). The source is copied, since building may write into it."""
    if not shutil.which("go"):
        return None, "Go is not installed"
    copy = scratch / f"{name}-source"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".git"))
    subprocess.run(["chmod", "-R", "u+w", str(copy)], check=True)
    program = scratch / name
    done = subprocess.run(["go", "build", "-o", str(program), "."], cwd=copy, capture_output=True, text=True)
    return (str(program), None) if done.returncode == 0 else (None, done.stderr.strip())


def find(name, variable, scratch):
    """$VARIABLE names the program, $VARIABLE_SOURCE a folder to build it from; else PATH. (program, None) or (None, why not)."""
    program = os.environ.get(variable) or shutil.which(name)
    if program:
        return program, None
    source = os.environ.get(f"{variable}_SOURCE")
    if source:
        return build(source, scratch, name)
    return None, f"{name} is not on PATH, and neither {variable} nor {variable}_SOURCE is set"


class Tally:
    """Counts checks and prints each by name; the story of a failure stands under its line."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def add(self, name, problems, story=""):
        """problems: a list of sentences; none, and the check has passed."""
        if not problems:
            self.passed += 1
            print(f"ok      {name}", flush=True)
            return True
        self.failed += 1
        lines = [*problems, *COLOUR.sub("", story).splitlines()]
        print("\n        ".join([f"FAILED  {name}", *lines]), flush=True)
        return False

    def add_foreign(self, name, output):
        """The checks of another program that counts as this one does; one that dies without its closing line has failed."""
        *lines, last = output.splitlines() or [""]
        print("\n".join(lines), flush=True)
        counts = CLOSING.match(last)
        if counts:
            self.passed += int(counts[1])
            self.failed += int(counts[2])
        else:
            self.add(name, ["it ended without a closing line"], last)

    def close(self, skipped=0):
        """Prints the line that scripts read; returns the exit code."""
        print(f"{self.passed} passed, {self.failed} failed" + (f", {skipped} skipped" if skipped else ""))
        return 1 if self.failed else 0
