"""Keys that trust an issuer, when the issuer is broken, slow or overrun: nobody comes in by it, nobody is told, others go on."""

import threading
import unittest

from harness.patience import wait_until
from harness.server import TOKEN_MUTATION, Server
from standins.stand_in import Answer
from standins.token_issuer import DISCOVERY, KEYS, TokenIssuer

AUDIENCE = "gatehouse.example.com"
SUBJECT = "^repo:acme/infrastructure:ref:refs/heads/main$"
KEY = "mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id type secret } }"
EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt validUntil } }"
AUDIT = "{ searchAuditTrailEntries(input: {first: 50}) { edges { node { action body } } } }"


class IssuerTrouble(unittest.TestCase):
    """Each scenario has an issuer of its own, so that nothing of it is cached yet."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(arguments=["--outbound-allow", "127.0.0.0/8"])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def setUp(self):
        self.issuer = TokenIssuer()
        self.addCleanup(self.issuer.close)
        self.key = self.new_key()

    def new_key(self, subject=SUBJECT):
        trust = {"issuer": self.issuer.url, "clientId": AUDIENCE, "subjectExpression": subject}
        given = {"name": self.id(), "admin": False, "teams": [], "oidc": trust}
        made = self.server.graphql(KEY, {"input": given})["apiKeyCreate"]
        self.assertEqual((made["type"], made["secret"] or ""), ("OIDC", ""))
        return made["id"]

    def exchange(self, token, key=None):
        """The JSON of the answer to an exchange."""
        variables = {"id": key or self.key, "secret": token}
        answer = self.server.post_graphql(EXCHANGE, variables, token=None)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def jwt(self, token, key=None):
        """The session's token, or None when the ID token was refused."""
        made = (self.exchange(token, key).get("data") or {}).get("apiKeyUser")
        return made and made["jwt"]

    def assert_let_in(self, token, key=None):
        jwt = self.jwt(token, key)
        self.assertTrue(jwt, self.exchange(token, key))

    def assert_refused(self, token, key=None):
        self.assertIsNone(self.jwt(token, key))

    def test_one_audience_of_several_is_enough(self):
        self.assert_let_in(self.issuer.github(["other", AUDIENCE]))

    def test_an_expression_without_anchors_matches_the_whole_subject(self):
        key = self.new_key("repo:acme/infrastructure:ref:refs/heads/main")
        self.assert_let_in(self.issuer.github(AUDIENCE), key)
        self.assert_refused(self.issuer.github(AUDIENCE, sub="repo:acme/infrastructure:ref:refs/heads/main-too"), key)

    def test_a_signature_of_anyone_else_keeps_it_out(self):
        claims = self.issuer.github_claims(AUDIENCE)
        stranger = self.issuer.new_key(self.issuer.key.key_id)
        honest = self.issuer.token(claims)
        forged = {
            "a stranger's key of the same id": self.issuer.token(claims, key=stranger),
            "a key that is not served": self.issuer.token(claims, key=self.issuer.new_key()),
            "no signature": self.issuer.token(claims, algorithm="none"),
            "the public key as a secret": self.issuer.token(claims, algorithm="HS256"),
            "a key in its own header": self.issuer.token(claims, key=stranger, jwk=stranger.jwk()),
            "a key elsewhere": self.issuer.token(claims, key=stranger, jku=f"{self.issuer.url}{KEYS}"),
            "cut off": honest[:-8],
            "other claims": ".".join([honest.split(".")[0], self.issuer.github(AUDIENCE, sub="x").split(".")[1], honest.split(".")[2]]),
        }
        for what, token in forged.items():
            with self.subTest(what):
                self.assert_refused(token)
        self.assert_let_in(honest)

    def test_refusals_do_not_tell_what_is_known(self):
        wrong_audience = self.exchange(self.issuer.github("elsewhere.example.com"))
        unknown_key = self.exchange(self.issuer.github(AUDIENCE), "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        not_a_token = self.exchange("not a token")
        self.assertEqual(wrong_audience, unknown_key)
        self.assertEqual(wrong_audience, not_a_token)

    def test_tokens_of_unknown_keys_do_not_make_us_ask_without_end(self):
        self.assert_let_in(self.issuer.github(AUDIENCE))
        claims = self.issuer.github_claims(AUDIENCE)
        for number in range(20):
            self.assert_refused(self.issuer.token(claims, kid=f"made-up-{number}"))
        self.assertLessEqual(self.issuer.key_fetches(), 3)

    def test_a_broken_issuer_keeps_everybody_out_until_it_works(self):
        broken = {
            "an outage": {DISCOVERY: Answer({"message": "down"}, 503)},
            "no JSON": {DISCOVERY: Answer(b"<html>maintenance</html>")},
            "another shape": {DISCOVERY: Answer([1, 2, 3])},
            "no keys": {KEYS: Answer({"message": "down"}, 500)},
            "keys of no shape": {KEYS: Answer({"keys": "none"})},
        }
        for what, replaced in broken.items():
            with self.subTest(what), TokenIssuer() as self.issuer:
                key = self.new_key()
                self.issuer.replaced = replaced
                self.assert_refused(self.issuer.github(AUDIENCE), key)

    def test_an_issuer_of_another_name_is_not_believed(self):
        self.issuer.announced_issuer = "https://token.actions.githubusercontent.com"
        self.assert_refused(self.issuer.github(AUDIENCE))

    def test_a_slow_issuer_does_not_hold_up_others(self):
        key_id, secret = self.server.key()
        self.issuer.hold()
        token, came = self.issuer.github(AUDIENCE), []
        waiting = threading.Thread(target=lambda: came.append(self.jwt(token)))
        waiting.start()
        self.addCleanup(waiting.join)
        self.addCleanup(self.issuer.release)
        wait_until(lambda: self.issuer.asked, "the issuer is asked")
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)
        self.assertTrue(self.server.graphql(TOKEN_MUTATION, {"id": key_id, "secret": secret}, token=None)["apiKeyUser"])
        self.assertEqual(came, [])
        self.issuer.release()
        waiting.join()
        self.assertTrue(came[0])

    def test_no_token_is_written_down(self):
        token, refused = self.issuer.github(AUDIENCE), self.issuer.github("elsewhere.example.com")
        self.assert_let_in(token)
        self.assert_refused(refused)
        written = self.server.log + str(self.server.graphql(AUDIT))
        for secret in (token, refused):
            self.assertNotIn(secret.rsplit(".", 1)[1], written)
