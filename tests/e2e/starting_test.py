"""What is wrong at the start is said in one sentence on stderr, with an exit code, and nothing is left running."""

import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from harness.server import Server, ServerError, free_port, gatehouse

USAGE, UNREACHABLE = 2, 3


class BadStart(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-start-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def serve(self, *arguments, **environment):
        """Starts a server that is expected to refuse; it must end by itself."""
        settings = ["--listen", f"127.0.0.1:{free_port()}", "--data", str(self.folder / "data")]
        return gatehouse("serve", *settings, *arguments, folder=self.folder, environment=environment)

    def refused(self, done, code, words):
        """The exit code, and the words in the last paragraph of stderr."""
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, words)
        self.assertIn("gatehouse: ", done.stderr)

    def test_an_unknown_flag_names_its_neighbour(self):
        self.refused(self.serve("--lisen", "127.0.0.1:1"), USAGE, "no option --lisen; did you mean --listen")

    def test_a_flag_without_its_value(self):
        self.refused(gatehouse("serve", "--listen"), USAGE, "--listen needs a value")

    def test_a_word_too_many(self):
        self.refused(self.serve("now"), USAGE, '"now"')

    def test_an_unknown_command(self):
        self.refused(gatehouse("sreve"), USAGE, '"sreve"')

    def test_a_number_that_is_none(self):
        self.refused(self.serve("--threads", "many"), USAGE, 'threads.*"many" is not a number')

    def test_a_duration_that_is_none(self):
        self.refused(self.serve("--lease", "soon"), USAGE, 'lease.*"soon"')

    def test_an_environment_variable_that_makes_no_sense(self):
        self.refused(self.serve(GATEHOUSE_THREADS="many"), USAGE, '(?i)threads.*"many" is not a number')

    def test_an_address_that_is_none(self):
        self.refused(gatehouse("serve", "--listen", "8088", folder=self.folder), USAGE, '"8088" is not HOST:PORT')

    def test_the_first_key_is_shown_though_the_start_fails_after_it_was_made(self):
        with Server() as other:
            done = gatehouse("serve", "--listen", f"127.0.0.1:{other.port}", "--data", "data", folder=self.folder)
        self.refused(done, UNREACHABLE, "cannot listen on .*: the port is in use")
        secret = re.search(r"api_key_secret = (\S+)", (self.folder / "data" / "admin.apikey").read_text())[1]
        self.assertIn(secret, done.stdout)

    def test_a_configuration_file_that_is_not_there(self):
        self.refused(self.serve("--config", "nowhere.conf"), USAGE, "nowhere.conf: No such file")

    def test_a_broken_configuration_file_is_refused_with_the_line(self):
        broken = {
            "listen\n": "line 1: expected name = value",
            "# fine\nwings = 2\n": 'line 2: there is no setting "wings"',
            "threads = many\n": '"many" is not a number',
            "\x00\xff\x00\n": "line 1",
        }
        for content, words in broken.items():
            with self.subTest(content=content):
                file = self.folder / "gatehouse.conf"
                file.write_bytes(content.encode("latin-1"))
                self.refused(self.serve("--config", str(file)), USAGE, words)

    def test_a_data_folder_that_is_a_file(self):
        (self.folder / "data").write_text("")
        done = self.serve()
        self.refused(done, UNREACHABLE, "cannot use the data folder")

    def test_half_of_tls(self):
        self.assertIn("go together", self.serve("--tls-key", "key.pem").stderr)

    def test_a_certificate_that_cannot_be_read(self):
        for content in (None, "no certificate"):
            with self.subTest(content=content):
                pair = [self.folder / name for name in ("cert.pem", "key.pem")]
                for file in pair if content else ():
                    file.write_text(content)
                done = self.serve("--tls-certificate", str(pair[0]), "--tls-key", str(pair[1]))
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stderr, "gatehouse: .*(cert|key).pem")

    def test_a_database_server_that_is_not_there(self):
        done = self.serve("--database", "postgres://nobody@127.0.0.1:1/nothing")
        self.refused(done, UNREACHABLE, "database cannot be reached")

    def test_a_database_file_that_is_none(self):
        data = self.folder / "data"
        data.mkdir()
        (data / "gatehouse.db").write_bytes(b"These are the words of another program. " * 200)
        done = self.serve()
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "gatehouse: .*damaged or not a database")
        self.assertIn(b"another program", (data / "gatehouse.db").read_bytes())


class BrokenKeyFile(unittest.TestCase):
    """The file that decrypts stored secrets: without it a server must not start, let alone make a new one."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.stop()
        self.file = self.server.data / "keys"

    def refused(self):
        with self.assertRaises(ServerError) as refused:
            self.server.start()
        self.assertNotIn(self.server.process.returncode, (0, None))
        self.assertRegex(self.server.log.splitlines()[-1], "^gatehouse: .*key", str(refused.exception))

    def test_a_key_file_that_is_no_file(self):
        self.file.unlink()
        self.file.mkdir()
        self.refused()

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_key_file_that_may_not_be_read(self):
        self.file.chmod(0)
        self.refused()

    def test_a_key_file_that_others_can_read(self):
        self.file.chmod(0o644)
        self.refused()

    def test_a_key_file_that_is_damaged(self):
        for content in (b"", b"rubbish\n", self.file.read_bytes()[:-20]):
            with self.subTest(content=content):
                self.file.write_bytes(content)
                self.refused()
                self.assertEqual(self.file.read_bytes(), content)

    def test_a_key_file_that_is_gone(self):
        self.file.unlink()
        self.refused()
        self.assertFalse(self.file.exists(), "a new key would have made every stored secret unreadable")
