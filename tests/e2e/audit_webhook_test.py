"""The audit trail's webhook: what it is sent, signed how, in which order, and that nothing of it is lost."""

import hashlib
import hmac
import json
import time
import unittest

from harness import projects, runs
from harness.patience import wait_until
from harness.server import GraphQLError, Server
from standins.webhook_receiver import WebhookReceiver

SECRET = "a-webhook-secret-of-this-test"
HEADER = "a-header-value-of-this-test"
FIELDS = "enabled endpoint includeRuns retryOnFailure secret headerNames failures lastError"
SET = f"mutation ($input: AuditTrailWebhookInput!) {{ auditTrailSetWebhook(input: $input) {{ {FIELDS} }} }}"
MAKE_KEY = "mutation ($name: String!) { apiKeyCreate(input: {name: $name}) { id } }"


def signature(algorithm, body):
    return f"{algorithm}=" + hmac.new(SECRET.encode(), body, getattr(hashlib, algorithm)).hexdigest()


class AuditWebhookTest(unittest.TestCase):
    def setUp(self):
        self.receiver = WebhookReceiver()
        self.addCleanup(self.receiver.close)

    def server(self, *arguments):
        server = Server(arguments=["--outbound-allow", "127.0.0.0/8", *arguments])
        self.addCleanup(server.close)
        return server.start()

    def set(self, server, **more):
        given = {"enabled": True, "endpoint": self.receiver.url + "/hook", "includeRuns": False, "secret": SECRET, **more}
        return server.graphql(SET, {"input": given})["auditTrailSetWebhook"]

    def show(self, server):
        return server.graphql(f"{{ auditTrailWebhook {{ {FIELDS} }} }}")["auditTrailWebhook"]

    def make_keys(self, server, names):
        for name in names:
            server.graphql(MAKE_KEY, {"name": name})

    def bodies(self, action=None):
        found = [delivery.json() for delivery in list(self.receiver.deliveries)]
        return [body for body in found if action in (None, body["action"])]

    def created(self):
        return [body["data"]["args"]["Name"] for body in self.bodies("api_key.create")]

    def trail(self, server, action):
        query = """query ($input: SearchInput!) { searchAuditTrailEntries(input: $input) { edges { node { action body } } } }"""
        given = {"predicates": [{"field": "action", "constraint": {"stringMatches": [action]}}]}
        edges = server.graphql(query, {"input": given})["searchAuditTrailEntries"]["edges"]
        return [edge["node"] for edge in edges]

    def test_a_first_message_is_sent_and_signed_before_the_webhook_is_saved(self):
        server = self.server()
        self.assertIsNone(self.show(server))
        before = int(time.time() * 1000)
        saved = self.set(server, customHeaders={"entries": [{"key": "X-Team", "value": HEADER}]})
        self.assertEqual(
            saved,
            {"enabled": True, "endpoint": self.receiver.url + "/hook", "includeRuns": False, "retryOnFailure": False,
             "secret": "", "headerNames": ["X-Team"], "failures": 0, "lastError": None},
        )
        self.assertEqual(self.show(server), saved)
        first = self.receiver.deliveries[0]
        self.assertEqual((first.method, first.path), ("POST", "/hook"))
        self.assertEqual(first.headers["x-signature"], signature("sha1", first.body))
        self.assertEqual(first.headers["x-signature-256"], signature("sha256", first.body))
        self.assertEqual(first.headers["x-team"], HEADER)
        body = first.json()
        self.assertIn(body.pop("timestamp"), range(before, int(time.time() * 1000) + 1))
        self.assertEqual(
            body,
            {"account": "gatehouse", "action": "audit_trail_webhook.set", "actor": f"api::{server.key()[0]}",
             "actor_roles": ["space-admin"], "context": {"mutation": "auditTrailSetWebhook"},
             "data": {"ID": "audit-trail", "args": {"Enabled": True, "Endpoint": self.receiver.url + "/hook", "IncludeRuns": False,
                                                    "RetryOnFailure": False, "Secret": "set", "Header X-Team": "set"}},
             "remoteIP": "127.0.0.1"},
        )
        self.make_keys(server, ["one"])
        made = self.receiver.wait_for(lambda delivery: delivery.json()["action"] == "api_key.create")
        self.assertEqual(made.headers["x-signature-256"], signature("sha256", made.body))
        self.assertEqual(made.json()["context"], {"mutation": "apiKeyCreate"})
        self.assertEqual([body["action"] for body in self.bodies()], ["audit_trail_webhook.set", "api_key.create"])

    def test_an_endpoint_that_refuses_or_is_private_is_not_saved(self):
        server = self.server()
        self.receiver.refuse(1, status=404)
        with self.assertRaisesRegex(GraphQLError, "the endpoint answered 404 to a first message"):
            self.set(server)
        for endpoint in ("ftp://127.0.0.1/", "https://", "http://user:word@127.0.0.1/"):
            with self.assertRaisesRegex(GraphQLError, "endpoint"):
                self.set(server, endpoint=endpoint)
        with self.assertRaisesRegex(GraphQLError, "secret"):
            self.set(server, secret="")
        for name, value in (("X-Signature", "x"), ("Host", "x"), ("a b", "x"), ("X-Line", "a\r\nb: c"), ("X-Empty", "")):
            with self.assertRaisesRegex(GraphQLError, "header"):
                self.set(server, customHeaders={"entries": [{"key": name, "value": value}]})
        self.assertIsNone(self.show(server))
        self.assertEqual(self.trail(server, "audit_trail_webhook.*"), [])
        guarded = Server()
        self.addCleanup(guarded.close)
        guarded.start()
        with self.assertRaisesRegex(GraphQLError, "is not a public address"):
            self.set(guarded)

    def test_headers_and_secret_are_replaced_and_never_shown(self):
        server = self.server()
        self.set(server, enabled=False)
        self.assertEqual(self.receiver.deliveries, [])
        headers = "mutation ($h: StringMapInput!) { auditTrailWebhookSetHeaders(input: {headers: $h}) { headerNames } }"
        given = {"h": {"entries": [{"key": "X-One", "value": HEADER}, {"key": "X-Two", "value": "two"}]}}
        self.assertEqual(server.graphql(headers, given)["auditTrailWebhookSetHeaders"]["headerNames"], ["X-One", "X-Two"])
        gone = server.graphql('mutation { auditTrailWebhookDeleteHeaders(input: {headers: ["x-two"]}) { headerNames } }')
        self.assertEqual(gone["auditTrailWebhookDeleteHeaders"]["headerNames"], ["X-One"])
        self.set(server, secret="")  # keeps the secret and the headers, as the Terraform provider wants it
        self.assertEqual(self.receiver.deliveries[0].headers["x-one"], HEADER)
        self.assertEqual(self.receiver.deliveries[0].headers["x-signature"], signature("sha1", self.receiver.deliveries[0].body))
        for entry in self.trail(server, "audit_trail_webhook.*"):
            self.assertNotIn(HEADER, entry["body"])
            self.assertNotIn(SECRET, entry["body"])

    def test_disabling_and_deleting_are_the_last_that_is_delivered(self):
        server = self.server()
        self.set(server)
        self.set(server, enabled=False)
        self.receiver.wait_for(lambda delivery: delivery.json()["data"]["args"].get("Enabled") is False)
        self.make_keys(server, ["unheard"])
        self.set(server)
        server.graphql("mutation { auditTrailDeleteWebhook { endpoint } }")
        self.receiver.wait_for(lambda delivery: delivery.json()["action"] == "audit_trail_webhook.delete")
        self.assertIsNone(self.show(server))
        self.make_keys(server, ["unheard, too"])
        time.sleep(1)
        self.assertEqual(self.created(), [])
        self.assertIsNone(server.graphql("mutation { auditTrailDeleteWebhook { endpoint } }")["auditTrailDeleteWebhook"])

    def test_a_failed_delivery_is_tried_again_in_its_place(self):
        server = self.server()
        self.set(server, retryOnFailure=True)
        self.receiver.refuse(2)
        names = [f"key {number}" for number in range(5)]
        self.make_keys(server, names)
        wait_until(lambda: self.created()[-1:] == names[-1:], "the last key is told of")
        self.assertEqual(self.created(), names[:1] * 2 + names)
        self.assertEqual(self.show(server)["failures"], 0)
        self.assertIn("gatehouse_audit_webhook_failures_total 2\n", server.request("GET", "/metrics").body.decode())
        wait_until(lambda: "gatehouse_audit_webhook_lag_entries 0\n" in server.request("GET", "/metrics").body.decode(), "no lag")

    def test_after_ten_failures_in_a_row_it_is_switched_off(self):
        server = self.server()
        self.set(server)
        self.receiver.refuse(10)
        names = [f"key {number}" for number in range(12)]
        self.make_keys(server, names)
        wait_until(lambda: not self.show(server)["enabled"], "the webhook is off")
        shown = self.show(server)
        self.assertEqual((shown["failures"], shown["lastError"]), (10, "the endpoint answered 500"))
        (entry,) = self.trail(server, "audit_trail_webhook.disable")
        self.assertIn('"reason":"the endpoint answered 500"', entry["body"])
        time.sleep(0.5)
        self.assertEqual(self.created(), names[:10])
        self.set(server)  # what it has missed comes now
        wait_until(lambda: names[-1] in self.created(), "the last key is told of")

    def test_nothing_is_lost_when_the_server_is_killed(self):
        server = self.server()
        self.set(server, retryOnFailure=True)
        names = []
        for round_number in range(3):
            self.receiver.refuse(2)
            fresh = [f"key {round_number} {number}" for number in range(8)]
            self.make_keys(server, fresh)
            names += fresh
            server.kill()
            server.end_group()
            server.start()
        wait_until(lambda: names[-1] in self.created(), "the last key is told of")
        heard = list(dict.fromkeys(self.created()))  # at least once, and in order
        self.assertEqual(heard, names)

    def test_changes_of_runs_are_sent_when_they_are_wanted(self):
        server = self.server("--local-workers", "0")
        repository = projects.ansible(server.folder / "project")
        stack = runs.Stack(server, "web", repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}})
        self.set(server)
        stack.move("runDiscard", stack.trigger())
        self.set(server, includeRuns=True)
        run = stack.trigger()
        stack.move("runDiscard", run)
        self.receiver.wait_for(lambda delivery: delivery.json()["action"] == "run.discard" and delivery.json()["data"]["ID"] == run)
        moves = self.bodies("run.state_change")
        self.assertEqual([(move["data"]["ID"], move["data"]["args"]) for move in moves], [(run, {"State": "READY"}), (run, {"State": "DISCARDED"})])
        self.assertEqual(moves[1]["context"], {"mutation": "runDiscard"})


if __name__ == "__main__":
    unittest.main()
