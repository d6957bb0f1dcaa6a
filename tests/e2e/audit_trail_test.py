"""The audit trail from the command line: listed, exported, verified; what was forged is found; old entries go."""

import json
import sqlite3
import subprocess
import threading
import time
import unittest

from harness.patience import wait_until
from harness.server import Server, gatehouse


class AuditTrailTest(unittest.TestCase):
    def server(self, *arguments):
        server = Server(arguments=arguments)
        self.addCleanup(server.close)
        return server.start()

    def run_command(self, server, *arguments, text=None):
        return gatehouse(*arguments, folder=server.folder, environment={"GATEHOUSE_URL": server.url}, text=text)

    def ok(self, server, *arguments, text=None):
        done = self.run_command(server, *arguments, text=text)
        self.assertEqual(done.returncode, 0, f"{arguments}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def make_entries(self, server, count):
        for number in range(count):
            server.graphql("mutation ($n: String!) { apiKeyCreate(input: {name: $n}) { id } }", {"n": f"key {number} \u00e9\"<"})

    def location(self, server):
        """What --database takes for this server's database."""
        return server.database.url or str(server.data / "gatehouse.db")

    def execute(self, server, statement):
        if server.database.url:
            subprocess.run(["psql", "--no-psqlrc", "--quiet", "--dbname", server.database.url, "--command", statement], check=True)
        else:
            with sqlite3.connect(server.data / "gatehouse.db") as connection:
                connection.execute(statement)
            connection.close()

    def test_a_list_shows_the_newest_first(self):
        server = self.server()
        self.make_entries(server, 3)
        lines = [json.loads(line) for line in self.ok(server, "audit", "list", "--json", "--limit", "4", "--search", "api_key").splitlines()]
        self.assertEqual([line["action"] for line in lines], ["api_key.create"] * 3 + ["api_key.bootstrap"])
        self.assertIn("api_key.create", self.ok(server, "audit", "list"))
        self.assertEqual(self.run_command(server, "audit", "list", "--limit", "none").returncode, 1)

    def test_the_chain_is_verified_at_the_server_in_the_database_and_in_a_file(self):
        server = self.server()
        self.make_entries(server, 5)
        self.assertRegex(self.ok(server, "audit", "verify"), r"^\d+ entries fit; the chain is whole\nhead: \d+ [0-9a-f]{64}\n$")
        exported = self.ok(server, "audit", "export")
        (server.folder / "trail.jsonl").write_text(exported)
        entries = [json.loads(line) for line in exported.splitlines()]
        self.assertEqual([entry["sequence"] for entry in entries], list(range(1, len(entries) + 1)))
        from_file = json.loads(self.ok(server, "audit", "verify", "--json", "--file", "trail.jsonl"))
        self.assertEqual((from_file["entries"], from_file["brokenAt"], from_file["head"]), (len(entries), None, entries[-1]["hash"]))
        self.assertEqual(json.loads(self.ok(server, "audit", "verify", "--json", "--file", "-", text=exported)), from_file)
        while_running = self.run_command(server, "audit", "verify", "--json", "--database", self.location(server))
        if server.database.url:
            self.assertEqual(while_running.returncode, 0, while_running.stderr)
        else:
            self.assertEqual(while_running.returncode, 3)
            self.assertIn("leave out --database to ask the server", while_running.stderr)
        server.stop()
        offline = json.loads(self.ok(server, "audit", "verify", "--json", "--database", self.location(server)))
        self.assertEqual(offline["brokenAt"], None)
        self.assertGreaterEqual(offline["entries"], len(entries))
        self.assertTrue(self.ok(server, "audit", "export", "--database", self.location(server)).startswith(exported))

    def test_a_long_trail_is_verified_while_others_are_answered(self):
        server = self.server()
        fields = " ".join(f"k{number}: spaceEnableNonRootManagers(enable: false)" for number in range(20))
        for _ in range(240):  # several pieces
            server.graphql("mutation { " + fields + " }")
        token, answered, over = server.token(), [], threading.Event()

        def ask():
            while not over.is_set():
                began = time.monotonic()
                server.graphql("{ viewer { id } }", token=token)
                answered.append(time.monotonic() - began)

        asking = threading.Thread(target=ask)
        asking.start()
        verdict = server.graphql("{ auditVerify { brokenAt entries headSequence } again: auditVerify { entries } }")
        over.set()
        asking.join(60)
        self.assertIsNone(verdict["auditVerify"]["brokenAt"])
        self.assertGreater(verdict["auditVerify"]["entries"], 4800)
        self.assertEqual(verdict["auditVerify"]["entries"], verdict["again"]["entries"])
        self.assertEqual(verdict["auditVerify"]["entries"], verdict["auditVerify"]["headSequence"])
        self.assertTrue(answered)

    def test_what_was_forged_is_found(self):
        server = self.server()
        self.make_entries(server, 5)
        exported = self.ok(server, "audit", "export").splitlines()
        server.stop()
        self.execute(server, "UPDATE audit_entry SET actor = 'api::somebody-else' WHERE sequence = 4")
        done = self.run_command(server, "audit", "verify", "--database", self.location(server))
        self.assertEqual((done.returncode, done.stdout), (1, "3 entries fit; entry 4 is missing or was changed\n"))
        missing = "\n".join(exported[:3] + exported[4:])
        done = self.run_command(server, "audit", "verify", "--file", "-", text=missing)
        self.assertEqual((done.returncode, done.stdout), (1, "3 entries fit; entry 4 is missing or was changed\n"))
        changed = "\n".join(exported).replace("key 0", "key 9")
        self.assertEqual(self.run_command(server, "audit", "verify", "--file", "-", text=changed).returncode, 1)
        self.assertEqual(self.run_command(server, "audit", "verify", "--file", "-", text="{}\n").returncode, 1)
        self.assertEqual(self.run_command(server, "audit", "verify", "--database", "no-such.db").returncode, 5)

    def test_a_part_is_exported_by_time(self):
        server = self.server()
        self.make_entries(server, 2)
        time.sleep(0.01)
        lines = self.ok(server, "audit", "export").splitlines()
        created = json.loads(lines[2])["created_at"]
        since = self.ok(server, "audit", "export", "--since", created).splitlines()
        self.assertEqual(since[0], lines[2])
        self.assertEqual(self.ok(server, "audit", "export", "--until", created).splitlines(), lines[:2])
        self.assertEqual(self.ok(server, "audit", "export", "--since", "2999-01-01"), "")
        self.ok(server, "audit", "verify", "--file", "-", text="\n".join(since))
        self.assertEqual(self.run_command(server, "audit", "export", "--since", "yesterday").returncode, 1)

    def test_what_is_older_than_the_retention_goes_and_the_rest_still_verifies(self):
        server = self.server("--audit-retention", "1s")
        self.make_entries(server, 5)

        def verified():
            return server.graphql("{ auditVerify { brokenAt removedUpTo headSequence } }")["auditVerify"]

        wait_until(lambda: verified()["removedUpTo"] >= 5, "the first entries are removed")
        self.assertIsNone(verified()["brokenAt"])
        # The command's own login is the newest entry, unless it takes so long that this one has been removed, too.
        exported = wait_until(lambda: self.ok(server, "audit", "export").splitlines(), "an entry is left")
        self.assertGreater(json.loads(exported[0])["sequence"], 5)
        server.stop()
        self.assertRegex(self.ok(server, "audit", "verify", "--database", self.location(server)), r"entries fit, from \d+ on; the chain is whole")

    def test_only_who_administers_root_exports_and_a_refusal_is_on_record(self):
        server = self.server()
        key = server.graphql('mutation { apiKeyCreate(input: {name: "bare"}) { id secret } }')["apiKeyCreate"]
        token = server.graphql(
            "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }", key, token=None
        )["apiKeyUser"]["jwt"]
        refused = server.request("GET", "/audit-trail", headers={"Authorization": f"Bearer {token}"})
        self.assertEqual(refused.status, 403)
        self.assertIn("unauthorized", refused.json()["error"]["message"])
        self.assertEqual(server.request("GET", "/audit-trail").status, 401)
        self.assertEqual(server.request("GET", "/audit-trail?limit=x", headers={"Authorization": f"Bearer {token}"}).status, 400)
        denied = [line for line in map(json.loads, self.ok(server, "audit", "export").splitlines()) if line["action"] == "access.denied"]
        self.assertEqual([(line["actor"], line["body"]["field"]) for line in denied], [(f"api::{key['id']}", "GET /audit-trail")])
        self.assertIn("gatehouse_access_denied_total 1\n", server.request("GET", "/metrics").body.decode())
        self.assertIn("gatehouse_unauthenticated_total 1\n", server.request("GET", "/metrics").body.decode())


if __name__ == "__main__":
    unittest.main()
