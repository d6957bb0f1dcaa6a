"""Limits on failed attempts to come in: an error with status 200, counted, and no way to lock out the owner of a key."""

import unittest

from harness.server import Server

EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"


class AttemptLimits(unittest.TestCase):
    def serve(self, *arguments):
        self.server = Server(arguments=list(arguments))
        self.addCleanup(self.server.close)
        self.server.start()

    def exchange(self, key, secret, **headers):
        answer = self.server.post_graphql(EXCHANGE, {"id": key, "secret": secret}, token=None, headers=headers)
        # Real clients retry any other status, with the mutation in it.
        self.assertEqual(answer.status, 200)
        errors = answer.json().get("errors")
        return errors[0]["message"] if errors else None

    def metric(self, name):
        text = self.server.request("GET", "/metrics").body.decode()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))

    def test_an_address_that_guesses_has_to_wait(self):
        self.serve("--attempts-per-address", "3", "--trusted-proxies", "127.0.0.0/8")
        key, secret = self.server.key()
        guesser = {"X-Forwarded-For": "192.0.2.66"}
        for _ in range(3):
            self.assertIn("unauthorized", self.exchange(key, "gth_" + "0" * 72, **guesser))
        self.assertRegex(self.exchange(key, secret, **guesser), "too many failed attempts; try again in [0-9]+ seconds")
        self.assertIsNone(self.exchange(key, secret, **{"X-Forwarded-For": "192.0.2.7"}))
        self.assertEqual(self.metric("gatehouse_logins_failed_total"), 3)
        self.assertEqual(self.metric("gatehouse_logins_limited_total"), 1)

    def test_guessing_from_many_places_locks_no_owner_out(self):
        self.serve("--attempts-per-key", "5", "--trusted-proxies", "127.0.0.0/8")
        key, secret = self.server.key()
        for place in range(5):
            self.exchange(key, "gth_" + "0" * 72, **{"X-Forwarded-For": f"192.0.2.{place + 1}"})
        self.assertIn("too many", self.exchange(key, "gth_" + "0" * 72, **{"X-Forwarded-For": "192.0.2.1"}))
        self.assertIsNone(self.exchange(key, secret, **{"X-Forwarded-For": "192.0.2.200"}))
