"""A real OpenID provider (npm's oidc-provider) in a process of its own; skips the test where Node or its packages are not to be had."""

import fcntl
import json
import shutil
import subprocess
import unittest
import urllib.request
from pathlib import Path

from harness import patience

HERE = Path(__file__).resolve().parent
INSTALL_SECONDS = 600
STOP_SECONDS = 10

PEOPLE = {
    "alice": {"name": "Alice Admin", "email": "alice@example.com", "groups": ["platform", "on-call"]},
    "bob": {"name": "Bob Builder", "email": "bob@example.com", "groups": ["developers"]},
    "carol": {"name": "Carol", "email": "carol@example.com", "groups": []},
}


def install_packages(folder=HERE):
    """Once for each lock file; tests that run side by side wait for one another."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise unittest.SkipTest("node and npm are not on PATH: no identity provider can be run")
    wanted, stamp = (folder / "package-lock.json").read_bytes(), folder / "node_modules" / ".installed.lock"
    with open(folder / "package.json", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_bytes() == wanted:
            return
        command = ["npm", "ci", "--prefer-offline", "--fetch-retries=1", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode != 0:
            raise unittest.SkipTest(f"npm packages are not to be had: {done.stderr.strip()[-300:]}")
        stamp.write_bytes(wanted)


class IdentityProvider:
    """Serves from its making until close(), or as a context. redirects: where clients may be sent back to."""

    def __init__(self, redirects, people=None):
        install_packages()
        told = json.dumps({"redirects": list(redirects), "people": people or PEOPLE})
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(["node", "identity_provider.mjs", told], cwd=HERE, **pipes)
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the identity provider ended with {self._process.wait()}")
        announced = json.loads(line)
        self.url = announced["issuer"]
        self.client_id = announced["client"]["id"]
        self.client_secret = announced["client"]["secret"]
        self.public_client_id = f"{self.client_id}-public"

    def _control(self, **changes):
        request = urllib.request.Request(f"{self.url}/stand-in", json.dumps(changes).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=patience.SECONDS) as answer:
            return json.load(answer)

    def logs_in(self, person):
        """Who logs in without being asked from now on; None: the page asks."""
        self._control(person=person, refuses=False)

    def refuses(self):
        """Whoever comes declines."""
        self._control(refuses=True)

    def people(self, people):
        """Replaces what is known of people: login → name, email, groups and other claims."""
        self._control(people=people)

    def asked(self):
        """path → how often it was asked for."""
        return self._control()["asked"]

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
