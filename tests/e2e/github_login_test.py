"""Logins with a token of GitHub's: members of the organisation come in for an hour, and nobody else."""

import base64
import json
import time
import unittest

from harness.server import GraphQLError, Server
from standins.github import GitHub

LOGIN = "mutation ($token: String!) { oauthUser(token: $token) { id login type jwt validUntil } }"
ENTRIES = """query ($action: String!) { searchAuditTrailEntries(
  input: {first: 20, predicates: [{field: "action", constraint: {stringMatches: [$action]}}]})
  { edges { node { actor { username } body } } } }"""


class GitHubLogins(unittest.TestCase):
    def setUp(self):
        self.github = GitHub()
        self.addCleanup(self.github.close)
        self.server = Server(
            arguments=["--outbound-allow", "127.0.0.0/8", "--github-api", self.github.url, "--github-organization", "acme"]
        )
        self.addCleanup(self.server.close)
        self.server.start()

    def login(self, token):
        return self.server.graphql(LOGIN, {"token": token}, token=None)["oauthUser"]

    def refused(self, token, reason):
        with self.assertRaisesRegex(GraphQLError, reason):
            self.login(token)

    def entries(self, action):
        return [edge["node"] for edge in self.server.graphql(ENTRIES, {"action": action})["searchAuditTrailEntries"]["edges"]]

    def test_a_member_comes_in_for_an_hour(self):
        self.github.person("gho_jane", "jane", {"acme": "member", "other": "admin"}, teams=["acme/on-call", "other/secret"])
        before = int(time.time())
        user = self.login("gho_jane")
        self.assertEqual((user["login"], user["type"]), ("jane", "USER"))
        self.assertIn(user["validUntil"] - 3600, range(before, int(time.time()) + 2))
        claims = json.loads(base64.urlsafe_b64decode(user["jwt"].split(".")[1] + "=="))
        self.assertEqual(claims["exp"], user["validUntil"])
        query = "{ viewer { id name } sessions { method groups actorType actorName current } stacks { id } }"
        data = self.server.graphql(query, token=user["jwt"])
        self.assertEqual(
            data["sessions"],
            [{"method": "GITHUB", "groups": ["On Call"], "actorType": "USER", "actorName": "jane", "current": True}],
        )
        again = self.login("gho_jane")
        self.assertEqual(again["id"], user["id"])
        entries = [entry for entry in self.entries("login.success") if "jane" in entry["actor"]["username"]]
        self.assertEqual(len(entries), 2)
        self.assertNotIn("gho_", json.dumps(entries))

    def test_an_administrator_there_is_one_here_while_that_lasts(self):
        boss = self.github.person("gho_boss", "boss", {"acme": "admin"})
        create = 'mutation { apiKeyCreate(input: {name: "made by the boss"}) { id } }'
        self.server.graphql(create, token=self.login("gho_boss")["jwt"])
        boss.organizations["acme"] = "member"
        with self.assertRaisesRegex(GraphQLError, "unauthorized"):
            self.server.graphql(create, token=self.login("gho_boss")["jwt"])

    def loses_at_once(self, lose, reason):
        """The session that began before, as soon as the login that was refused was answered."""
        boss = self.github.person("gho_boss", "boss", {"acme": "admin"})
        create = 'mutation { apiKeyCreate(input: {name: "made by the boss"}) { id } }'
        token = self.login("gho_boss")["jwt"]
        self.server.graphql(create, token=token)
        lose(boss)
        self.refused("gho_boss", reason)
        with self.assertRaisesRegex(GraphQLError, "unauthorized"):
            self.server.graphql(create, token=token)
        (entry,) = (json.loads(entry["body"]) for entry in self.entries("user.update"))
        self.assertEqual((entry["before"], entry["after"]), ({"owner": True}, {"owner": False}))
        self.refused("gho_boss", reason)

    def test_ownership_is_lost_although_a_policy_refuses_the_login(self):
        self.server.graphql("mutation { managementStrategySet(strategy: LOGIN_POLICIES) }")
        create = "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { id } }"
        deny = {"name": "nobody", "type": "LOGIN", "body": "package spacelift\ndeny { true }"}
        self.server.graphql(create, {"input": deny})
        self.loses_at_once(lambda boss: boss.organizations.update(acme="member"), "unauthorized: A login policy")

    def test_ownership_is_lost_with_the_membership(self):
        self.loses_at_once(lambda boss: boss.organizations.clear(), "unauthorized: only members")

    def test_nobody_else_comes_in(self):
        self.github.person("gho_stranger", "stranger", {"other": "admin"})
        self.github.person("gho_invited", "invited", {"acme": "member"}, membership="pending")
        self.github.person("gho_narrow", "narrow", {"acme": "member"}, scopes=("gist",))
        self.refused("gho_stranger", "unauthorized: only members of the account's organisation")
        self.refused("gho_invited", "unauthorized: only members of the account's organisation")
        self.refused("gho_narrow", "unauthorized: the token may not see memberships; it needs the scope read:org")
        self.refused("gho_unknown", "unauthorized: GitHub does not accept the token")
        self.refused("two\nlines", "unauthorized: GitHub does not accept the token")
        self.refused("", "unauthorized: GitHub does not accept the token")
        entries = self.entries("login.failure")
        self.assertEqual(len(entries), 6)
        self.assertNotIn("gho_", json.dumps(entries))

    def test_a_token_that_was_revoked_lets_nobody_in(self):
        self.github.person("gho_jane", "jane", {"acme": "member"})
        self.login("gho_jane")
        self.github.revoke("gho_jane")
        self.refused("gho_jane", "unauthorized")

    def test_without_an_organisation_nobody_comes_in(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        with self.assertRaisesRegex(GraphQLError, "unauthorized: this account has no organisation at GitHub"):
            server.graphql(LOGIN, {"token": "gho_jane"}, token=None)
