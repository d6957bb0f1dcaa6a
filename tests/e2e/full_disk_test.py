"""A full disk: what cannot be stored is refused in words, what was acknowledged stays, and it goes on when there is room."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from harness import projects, runs
from harness.server import GraphQLError, Server, ServerError

DISK_KILOBYTES = 6 * 1024
CREATE = """mutation ($input: StackInput!) { stackCreate(input: $input, manageState: false) { id } }"""


def can_mount():
    """A small disk of its own needs a mount namespace, which root has and most users may make."""
    command = ["unshare", *namespace(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


def namespace():
    return ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]


class SmallDisk(Server):
    """A server whose data folder is a disk of a few megabytes; its files are seen through /proc."""

    def __init__(self):
        super().__init__("sqlite", ["--local-workers", "0"])
        self.data.mkdir()
        self.mounted = self.data

    def command(self):
        script = f'mount -t tmpfs -o size={DISK_KILOBYTES}k,mode=700 tmpfs "$1" && shift && exec "$@"'
        return ["unshare", *namespace(), "sh", "-c", script, "sh", str(self.mounted), *super().command()]

    def key(self):
        self.data = Path(f"/proc/{self.process.pid}/root{self.mounted}")
        return super().key()


@unittest.skipUnless(can_mount(), "nothing can be mounted here")
class FullDisk(unittest.TestCase):
    def setUp(self):
        self.server = SmallDisk()
        self.addCleanup(self.server.close)
        self.server.start()
        self.repository = projects.ansible(self.server.folder / "project")

    def create(self, number):
        given = runs.stack_input(f"stack {number}", self.repository, description="x" * 9000)
        return self.server.graphql(CREATE, {"input": given})["stackCreate"]["id"]

    def test_what_was_acknowledged_stays_and_the_rest_is_refused(self):
        made, refusal = [], None
        self.server.token()
        filler = self.server.data / "filler"
        filler.write_bytes(b"\0" * (DISK_KILOBYTES // 2 * 1024))
        while not refusal and len(made) < 2000:
            try:
                made.append(self.create(len(made)))
            except (GraphQLError, ServerError) as problem:
                refusal = str(problem)
        self.assertIsNotNone(refusal, "the disk never got full")
        self.assertRegex(refusal, "cannot store")
        self.assertIsNone(self.server.process.poll(), self.server.log[-3000:])

        # It still answers, and everything acknowledged is there.
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)
        listed = {stack["id"] for stack in self.server.graphql("{ stacks { id } }")["stacks"]}
        self.assertLessEqual(set(made), listed)

        filler.unlink()
        self.assertIn(self.create("after"), {stack["id"] for stack in self.server.graphql("{ stacks { id } }")["stacks"]})
