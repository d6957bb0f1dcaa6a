"""HTTPS from certificate files: clients are served, the server's own worker trusts it, and plain HTTP is turned away."""

import http.client
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import patience, projects, runs
from harness.server import Server, gatehouse


def certificate(folder):
    """A self-signed pair for 127.0.0.1."""
    pair = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
    arguments = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(pair[0]), "-keyout", str(pair[1])]
    subprocess.run([*command.split(), *arguments], check=True, capture_output=True)
    return pair


@unittest.skipUnless(shutil.which("openssl"), "openssl is not on PATH")
class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = Path(tempfile.mkdtemp(prefix="gatehouse-tls-"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.certificate, key = certificate(folder)
        arguments = ["--tls-certificate", str(cls.certificate), "--tls-key", str(key)]
        cls.server = Server(arguments=arguments, authority=cls.certificate)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def test_the_address_that_is_announced_is_https(self):
        self.assertIn(f"https://127.0.0.1:{self.server.port}", self.server.log)

    def test_plain_http_is_turned_away(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=patience.SECONDS)
        self.addCleanup(connection.close)
        with self.assertRaises((OSError, http.client.HTTPException)):
            connection.request("GET", "/healthz")
            connection.getresponse()
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)

    def test_old_protocols_are_refused(self):
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-tls1_1"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience.SECONDS)
        self.assertNotEqual(done.returncode, 0)

    def test_a_client_that_does_not_trust_the_certificate_sends_no_secret(self):
        done = gatehouse("stack", "list", "--server", self.server.url, folder=self.server.folder)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertRegex(done.stderr, "(?i)certificate")

    def test_the_command_line_trusts_what_it_is_told_to(self):
        trust = {"SSL_CERT_FILE": str(self.certificate)}
        done = gatehouse("stack", "list", "--server", self.server.url, folder=self.server.folder, environment=trust)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
    def test_a_run_goes_through_the_servers_own_worker(self):
        vendor = {"vendorConfig": {"ansible": {"playbook": "playbook.yml"}}}
        project = projects.ansible(self.server.folder / "project")
        stack = runs.Stack(self.server, "guarded", project, autodeploy=True, **vendor)
        stack.wait(stack.trigger(), "FINISHED")
