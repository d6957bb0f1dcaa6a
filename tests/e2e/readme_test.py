"""README.md word for word: the commands of its shell blocks, in order, against a server as the first block starts it."""

import subprocess
import unittest

from harness import patience, projects
from harness.document import blocks
from harness.server import ROOT, Server, program

def example_files():
    folder = ROOT / "examples"
    return {str(file.relative_to(ROOT)): file.read_text() for file in folder.rglob("*") if file.is_file()}


@unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
class Readme(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        # A checkout as the reader has it: the server's data and the program in their places.
        self.checkout = projects.Repository(self.server.folder / "gatehouse", example_files()).folder
        (self.checkout / "data").symlink_to(self.server.data)
        (self.checkout / "build").mkdir()
        (self.checkout / "build" / "gatehouse").symlink_to(program())

    def run_blocks(self, commands):
        script = "set -euo pipefail\n" + "\n".join(commands)
        script = script.replace("http://127.0.0.1:8088", self.server.url)
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.checkout), "GATEHOUSE_URL": self.server.url}
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.checkout, env=environment, capture_output=True, text=True, timeout=patience.SECONDS
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_the_three_minutes(self):
        commands = blocks("README.md", "sh", "Three minutes")
        self.assertEqual(commands[0], "script/server\n")
        output = self.run_blocks(commands[1:])
        for words in ('{"data":{"stacks":[]}}', '"UNCONFIRMED"', "Write a greeting", '"CONFIRMED"', '"FINISHED"'):
            self.assertIn(words, output)

    def test_the_same_from_the_command_line(self):
        output = self.run_blocks(blocks("README.md", "sh", "The same from the command line"))
        for words in ("greeter", "UNCONFIRMED", "APPLYING", "FINISHED", "changed: [localhost]"):
            self.assertIn(words, output)
