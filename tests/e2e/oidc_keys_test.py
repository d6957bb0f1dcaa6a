"""Keys that trust an identity provider: pipelines' tokens from an issuer that turns keys, fails, lies and is forged."""

import time
import unittest

from harness.server import GraphQLError, Server
from standins.token_issuer import TokenIssuer

AUDIENCE = "gatehouse.example.com"
EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { id jwt validUntil } }"
CREATE = "mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }"
TRY = "query ($id: ID!, $token: String!) { apiKeyTestToken(id: $id, token: $token) { accepted groups checks { name ok reason } } }"
ALLOWED = ["--outbound-allow", "127.0.0.0/8"]


class OidcKeys(unittest.TestCase):
    def setUp(self):
        self.issuer = TokenIssuer()
        self.addCleanup(self.issuer.close)

    def serve(self, *arguments):
        self.server = Server(arguments=[*ALLOWED, *arguments])
        self.addCleanup(self.server.close)
        self.server.start()

    def new_key(self, subject="repo:acme/infrastructure:ref:refs/heads/main", **more):
        oidc = {"issuer": self.issuer.url, "clientId": AUDIENCE, "subjectExpression": subject, **more}
        return self.server.graphql(CREATE, {"input": {"name": "pipeline", "teams": ["own"], "oidc": oidc}})["apiKeyCreate"]["id"]

    def exchange(self, key, token):
        """The session, None when it is refused as every wrong secret is; other errors are raised."""
        answer = self.server.post_graphql(EXCHANGE, {"id": key, "secret": token}, token=None).json()
        errors = answer.get("errors", [])
        if errors and "do not match" not in errors[0]["message"]:
            raise GraphQLError(errors)
        self.assertEqual(bool(errors), answer["data"]["apiKeyUser"] is None)
        return answer["data"]["apiKeyUser"]

    def failed_check(self, key, token):
        report = self.server.graphql(TRY, {"id": key, "token": token})["apiKeyTestToken"]
        failed = [check for check in report["checks"] if not check["ok"]]
        self.assertEqual(report["accepted"], not failed)
        return f"{failed[0]['name']}: {failed[0]['reason']}" if failed else None

    def test_a_pipeline_comes_in_again_and_again_with_one_token(self):
        self.serve()
        key = self.new_key()
        token = self.issuer.github(AUDIENCE)
        for _ in range(3):
            user = self.exchange(key, token)
            self.assertEqual(user["id"], key)
            viewer = self.server.graphql("{ viewer { id } }", token=user["jwt"])["viewer"]
            self.assertEqual(viewer["id"], f"api::{key}")
        self.assertEqual((self.issuer.discoveries(), self.issuer.key_fetches()), (1, 1))

    def test_groups_and_conditions_come_from_claims(self):
        self.serve()
        key = self.new_key(
            "project_path:acme/infrastructure:.*",
            claimMappings={"entries": [{"name": "groups_direct", "value": "groups"}]},
            conditions=[{"claim": "ref_protected", "equals": "true"}, {"claim": "pipeline_source", "oneOf": ["push", "web"]}],
        )
        self.assertIsNotNone(self.exchange(key, self.issuer.gitlab(AUDIENCE)))
        report = self.server.graphql(TRY, {"id": key, "token": self.issuer.gitlab(AUDIENCE)})["apiKeyTestToken"]
        self.assertEqual(report["groups"], ["acme/platform", "acme/on-call"])
        of_merge_request = self.issuer.gitlab(AUDIENCE, pipeline_source="merge_request_event")
        self.assertIsNone(self.exchange(key, of_merge_request))
        self.assertIn("claim pipeline_source: \"merge_request_event\" is none of push, web", self.failed_check(key, of_merge_request))

    def test_each_forgery_is_told_apart(self):
        self.serve()
        key = self.new_key()
        claims = self.issuer.github_claims(AUDIENCE)
        now, day = int(time.time()), 24 * 3600
        forgeries = {
            "signature": self.issuer.token(claims, key=self.issuer.new_key(self.issuer.key.key_id)),
            "signature: the issuer has no such key": self.issuer.token(claims, key=self.issuer.new_key("unknown")),
            "form": self.issuer.token(claims, algorithm="none"),
            "signature: ": self.issuer.token(claims, algorithm="HS256"),
            "type": self.issuer.token(claims, typ="at+jwt"),
            "issuer": self.issuer.github(AUDIENCE, iss="https://token.actions.githubusercontent.com"),
            "audience": self.issuer.github("other.example.com"),
            "dates: the token has expired": self.issuer.github(AUDIENCE, iat=now - 500, nbf=now - 500, exp=now - 100),
            "dates: the token is not valid yet": self.issuer.github(AUDIENCE, nbf=now + day, exp=now + 2 * day),
            "claims": self.issuer.github(AUDIENCE, sub=None),
            "subject": self.issuer.github(AUDIENCE, sub="repo:acme/infrastructure:ref:refs/heads/mainly"),
        }
        for reason, token in forgeries.items():
            with self.subTest(reason):
                self.assertIsNone(self.exchange(key, token))
                self.assertTrue((self.failed_check(key, token) or "accepted").startswith(reason), self.failed_check(key, token))

    def test_the_issuers_keys_turn(self):
        self.serve("--issuer-refresh", "1s")
        key = self.new_key()
        self.assertIsNotNone(self.exchange(key, self.issuer.github(AUDIENCE)))
        old = self.issuer.github(AUDIENCE)
        self.issuer.rotate(keep_old=False)
        time.sleep(1.1)
        self.assertIsNotNone(self.exchange(key, self.issuer.github(AUDIENCE)))
        self.assertEqual(self.issuer.key_fetches(), 2)
        self.assertIsNone(self.exchange(key, old))

    def test_an_issuer_that_lies_or_is_down_is_named(self):
        self.serve()
        key = self.new_key()
        self.issuer.announced_issuer = "https://other.example.com"
        with self.assertRaisesRegex(GraphQLError, "calls itself something else"):
            self.exchange(key, self.issuer.github(AUDIENCE))
        self.assertIn("calls itself something else", self.failed_check(key, self.issuer.github(AUDIENCE)))

    def test_an_issuer_inside_is_not_asked_without_leave(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        key = self.new_key()
        with self.assertRaisesRegex(GraphQLError, "is not a public address"):
            self.exchange(key, self.issuer.github(AUDIENCE))
        self.assertEqual(self.issuer.discoveries(), 0)
