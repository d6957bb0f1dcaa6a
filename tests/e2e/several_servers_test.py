"""Several servers on one PostgreSQL: one key file, one truth, and a revoked key that ends everywhere within a second."""

import os
import shutil
import signal
import subprocess
import time
import unittest

from harness import projects, runs
from harness.server import Server, ServerError


@unittest.skipUnless(os.environ.get("GATEHOUSE_TEST_DATABASE") == "postgres", "only PostgreSQL is shared by servers")
class SeveralServers(unittest.TestCase):
    def setUp(self):
        # Clients reach all of them by one address, for which tokens are issued.
        address = ["--url", "https://gatehouse.example.com"]
        self.first = Server(arguments=address)
        self.addCleanup(self.first.close)
        self.first.start()
        self.second = Server(arguments=address)
        self.addCleanup(self.second.close)
        self.second.database.drop()
        self.second.database = self.first.database
        self.second.data.mkdir()

    def share_keys(self):
        shutil.copy2(self.first.data / "keys", self.second.data / "keys")
        self.second.start()
        self.second._token = self.first.token()

    def test_what_one_writes_the_other_reads(self):
        self.share_keys()
        stack = runs.Stack(self.first, "shared", projects.ansible(self.first.folder / "project"))
        listed = self.second.graphql("{ stacks { id } }")["stacks"]
        self.assertEqual([item["id"] for item in listed], [stack.id])

    def brief_key(self):
        """(id, token) of a key; the token is from the second server, which has answered it once."""
        create = 'mutation { apiKeyCreate(input: {name: "brief", admin: true}) { id secret } }'
        key = self.first.graphql(create)["apiKeyCreate"]
        exchange = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
        variables = {"id": key["id"], "secret": key["secret"]}
        token = self.second.graphql(exchange, variables, token=None)["apiKeyUser"]["jwt"]
        self.assertEqual(self.second.post_graphql("{ stacks { id } }", token=token).status, 200)
        return key["id"], token

    def assert_ended_by_deletion_at_the_first(self, key, token):
        self.first.graphql("mutation ($id: ID!) { apiKeyDelete(id: $id) { id } }", {"id": key})
        time.sleep(1)
        self.assertEqual(self.second.post_graphql("{ stacks { id } }", token=token).status, 401)

    def test_a_key_deleted_at_one_ends_at_the_other_within_a_second(self):
        self.share_keys()
        self.assert_ended_by_deletion_at_the_first(*self.brief_key())

    def listening(self):
        """Process ids of the database that wait for messages to our servers."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE '%listen%'"
        command = ["psql", "--no-psqlrc", "--tuples-only", "--dbname", self.first.database.url, "--command", query]
        return set(map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))

    def test_a_key_ends_at_a_server_that_no_message_reaches(self):
        of_first = self.listening()
        self.share_keys()
        (of_second,) = self.listening() - of_first
        brief = self.brief_key()
        os.kill(of_second, signal.SIGSTOP)
        self.addCleanup(os.kill, of_second, signal.SIGCONT)
        self.assert_ended_by_deletion_at_the_first(*brief)
        self.assertEqual(self.second.post_graphql("{ stacks { id } }").status, 200)

    def test_a_second_server_without_the_key_file_does_not_start(self):
        with self.assertRaises(ServerError):
            self.second.start()
        self.assertRegex(self.second.log, "gatehouse: the key file .* is not there")
        self.assertFalse((self.second.data / "keys").exists())
