"""spacectl with a configuration folder of its own and nothing of ours in its environment but what a call adds."""

import json
import os
import re
import subprocess

from harness.foreign import COLOUR, Tally

COMMAND_SECONDS = 120


class Client:
    def __init__(self, program, scratch):
        self.program = program
        self.scratch = scratch
        self.tally = Tally()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "SPACELIFT_CONFIG_DIR": str(scratch / "config"),
            "SPACECTL_SKIP_STACK_PROMPT": "true",
            "NO_COLOR": "1",
        }

    def start(self, *arguments, **more):
        """Starts a command that a test talks to while it runs."""
        return subprocess.Popen(
            [self.program, *arguments],
            cwd=self.scratch,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments, **more):
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.scratch,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        return done.returncode, COLOUR.sub("", done.stdout), done.stderr

    def check(self, name, arguments, expect=(), status=0, absent=(), **more):
        """Runs a command, counts it, and returns what it printed; absent: patterns that must not be there."""
        try:
            code, output, errors = self.run(*arguments, **more)
        except subprocess.TimeoutExpired:
            code, output, errors = -1, "", f"no end after {COMMAND_SECONDS} s"
        problems = [f"ended with {code}"] if code != status else []
        problems += [f"missing: {pattern}" for pattern in expect if not re.search(pattern, output + errors)]
        problems += [f"present: {pattern}" for pattern in absent if re.search(pattern, output + errors)]
        self.tally.add(name, problems, f"spacectl {' '.join(arguments)}\n{output}{errors}")
        return output

    def check_json(self, name, arguments, holds, **more):
        """holds(value) says whether the JSON that the command printed is right."""
        code, output, errors = self.run(*arguments, **more)
        try:
            problems = [] if code == 0 and holds(json.loads(output)) else [f"ended with {code}, or printed something else"]
        except (ValueError, KeyError, TypeError, IndexError) as problem:
            problems = [f"not the JSON that was expected: {problem!r}"]
        self.tally.add(name, problems, f"spacectl {' '.join(arguments)}\n{output}{errors}")
