"""The stand-ins themselves: what they serve must be what the real services serve, or a test against them proves nothing."""

import base64
import hashlib
import http.cookiejar
import json
import secrets
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import patience
from standins.gate import Gate
from standins.github import GitHub
from standins.identity_provider import IdentityProvider
from standins.stand_in import Answer
from standins.token_issuer import DISCOVERY, TokenIssuer
from standins.webhook_receiver import WebhookReceiver

# What stands before a SHA-256 digest in an RSA signature (PKCS #1 v1.5).
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def get(url, **headers):
    """(status, JSON or None, headers)."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=patience.SECONDS) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as problem:
        body = problem.read()
        return problem.code, json.loads(body) if body else None, problem.headers


def post(url, body=b""):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=patience.SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts_of(token):
    header, claims, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


def is_signed_by(token, jwk):
    signed, _, signature = token.rpartition(".")
    modulus, exponent = (int.from_bytes(decoded(jwk[name]), "big") for name in ("n", "e"))
    opened = pow(int.from_bytes(decoded(signature), "big"), exponent, modulus).to_bytes(256, "big")
    return opened.endswith(DIGEST_INFO + hashlib.sha256(signed.encode()).digest())


class Issuer(unittest.TestCase):
    def setUp(self):
        self.issuer = TokenIssuer()
        self.addCleanup(self.issuer.close)

    def served_keys(self):
        _, discovery, _ = get(self.issuer.url + DISCOVERY)
        self.assertEqual(discovery["issuer"], self.issuer.url)
        return get(discovery["jwks_uri"])[1]["keys"]

    def test_a_token_is_signed_with_the_key_it_names(self):
        for token in (self.issuer.github("gatehouse"), self.issuer.gitlab("gatehouse")):
            header, claims = parts_of(token)
            (key,) = [key for key in self.served_keys() if key["kid"] == header["kid"]]
            self.assertTrue(is_signed_by(token, key))
            self.assertEqual((claims["iss"], claims["aud"]), (self.issuer.url, "gatehouse"))
        self.assertEqual((self.issuer.discoveries(), self.issuer.key_fetches()), (2, 2))

    def test_a_strangers_token_is_not(self):
        token = self.issuer.token({"sub": "x"}, key=self.issuer.new_key(self.issuer.key.key_id))
        self.assertFalse(any(is_signed_by(token, key) for key in self.served_keys()))

    def test_a_rotation_serves_a_new_key(self):
        old = self.issuer.github("a")
        self.issuer.rotate()
        new = self.issuer.github("a")
        signers = [[is_signed_by(token, key) for key in self.served_keys()] for token in (old, new)]
        self.assertEqual(signers, [[True, False], [False, True]])
        self.issuer.rotate(keep_old=False)
        self.assertEqual(len(self.served_keys()), 1)

    def test_claims_are_what_a_test_says(self):
        _, claims = parts_of(self.issuer.github("a", exp=1, environment="production", actor=None))
        self.assertEqual((claims["exp"], claims["environment"]), (1, "production"))
        self.assertNotIn("actor", claims)

    def test_it_misbehaves_when_told(self):
        self.issuer.announced_issuer = "https://elsewhere.example"
        self.assertEqual(get(self.issuer.url + DISCOVERY)[1]["issuer"], "https://elsewhere.example")
        self.issuer.replaced[DISCOVERY] = Answer({"message": "down"}, 503)
        self.assertEqual(get(self.issuer.url + DISCOVERY)[0], 503)
        self.issuer.delay = 0.3
        start = time.monotonic()
        get(self.issuer.url + DISCOVERY)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)


class GitHubApi(unittest.TestCase):
    def setUp(self):
        self.github = GitHub()
        self.addCleanup(self.github.close)
        self.github.person("ghp_full", "octocat", {"acme": "admin", "other": "member"}, ["acme/platform", "acme/on-call"])
        self.github.person("ghp_narrow", "hubot", {"acme": "member"}, scopes=("read:user",))

    def ask(self, path, token):
        return get(self.github.url + path, Authorization=f"Bearer {token}")

    def test_a_token_says_whose_it_is(self):
        status, user, headers = self.ask("/user", "ghp_full")
        self.assertEqual((status, user["login"]), (200, "octocat"))
        self.assertEqual(headers["X-OAuth-Scopes"], "read:org, read:user")

    def test_organisations_come_in_pages(self):
        _, first, headers = self.ask("/user/orgs?per_page=1", "ghp_full")
        following = headers["Link"].split(">")[0].lstrip("<")
        _, second, headers = get(following, Authorization="Bearer ghp_full")
        self.assertEqual([item["login"] for item in first + second], ["acme", "other"])
        self.assertIsNone(headers["Link"])

    def test_a_membership_has_a_role(self):
        _, membership, _ = self.ask("/user/memberships/orgs/acme", "ghp_full")
        self.assertEqual((membership["state"], membership["role"]), ("active", "admin"))
        self.assertEqual(self.ask("/user/memberships/orgs/nobody", "ghp_full")[0], 404)

    def test_a_bad_token_and_a_narrow_one_are_refused(self):
        status, problem, _ = self.ask("/user", "ghp_wrong")
        self.assertEqual((status, problem["message"]), (401, "Bad credentials"))
        self.assertEqual(self.ask("/user", "ghp_narrow")[0], 200)
        for path in ("/user/orgs", "/user/teams", "/user/memberships/orgs/acme"):
            self.assertEqual(self.ask(path, "ghp_narrow")[0], 403, path)


class Receiver(unittest.TestCase):
    def setUp(self):
        self.receiver = WebhookReceiver()
        self.addCleanup(self.receiver.close)

    def test_it_keeps_what_came_and_refuses_as_often_as_told(self):
        self.receiver.refuse(2, status=503)
        statuses = [post(self.receiver.url + "/hook", b'{"n": %d}' % number) for number in range(3)]
        self.assertEqual(statuses, [503, 503, 204])
        self.assertEqual([delivery.json()["n"] for delivery in self.receiver.deliveries], [0, 1, 2])

    def test_it_waits_for_one(self):
        late = threading.Timer(0.2, post, [self.receiver.url, b'{"n": 1}'])
        late.start()
        self.assertEqual(self.receiver.wait_for(lambda delivery: delivery.json()["n"] == 1).method, "POST")
        late.join()
        with self.assertRaisesRegex(AssertionError, "there were 1"):
            self.receiver.wait_for(lambda delivery: False, seconds=0.1)


class Gates(unittest.TestCase):
    def setUp(self):
        self.gate = Gate()
        self.addCleanup(self.gate.close)

    def test_who_comes_waits_until_it_is_opened(self):
        came = []
        runs = [threading.Thread(target=lambda: came.append(post(self.gate.url))) for _ in range(2)]
        for run, before in zip(runs, ([], [204])):
            run.start()
            self.gate.wait_for_arrival()
            self.assertEqual(came, before)
            self.gate.open()
            run.join()
            self.gate.shut()
        self.assertEqual(came, [204, 204])

    def test_its_command_comes_by(self):
        self.gate.open()
        self.assertEqual(subprocess.run(self.gate.command, shell=True, check=False).returncode, 0)
        self.gate.wait_for_arrival()


class _StopAtClient(urllib.request.HTTPRedirectHandler):
    """Follows redirects up to the one that leads back to the client."""

    def redirect_request(self, request, body, code, message, headers, address):
        if address.startswith(Provider.REDIRECT):
            return None
        return super().redirect_request(request, body, code, message, headers, address)


class Provider(unittest.TestCase):
    REDIRECT = "http://127.0.0.1:9/login/callback"

    @classmethod
    def setUpClass(cls):
        cls.provider = IdentityProvider([cls.REDIRECT])
        cls.addClassCleanup(cls.provider.close)
        cls.discovery = get(cls.provider.url + DISCOVERY)[1]

    def setUp(self):
        self.provider.logs_in("alice")

    def authorize(self, client):
        """(what the client is told, the verifier) of one login in a browser of its own."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"client_id": client, "redirect_uri": self.REDIRECT, "response_type": "code", "state": "s", "nonce": "n"}
        asked |= {"scope": "openid profile email", "code_challenge": challenge, "code_challenge_method": "S256"}
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        try:
            address = f"{self.discovery['authorization_endpoint']}?{urllib.parse.urlencode(asked)}"
            page = urllib.request.build_opener(cookies, _StopAtClient).open(address, timeout=patience.SECONDS)
            return page.read().decode(), verifier
        except urllib.error.HTTPError as redirect:
            location = redirect.headers["Location"]
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)), verifier

    def exchange(self, code, verifier, client, secret=None):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.REDIRECT, "code_verifier": verifier}
        request = urllib.request.Request(self.discovery["token_endpoint"])
        if secret:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode())
        else:
            form["client_id"] = client
        with urllib.request.urlopen(request, urllib.parse.urlencode(form).encode(), timeout=patience.SECONDS) as answer:
            return json.load(answer)

    def test_a_login_gives_a_token_with_groups_to_either_client(self):
        for client, secret in ((self.provider.client_id, self.provider.client_secret), (self.provider.public_client_id, None)):
            told, verifier = self.authorize(client)
            _, claims = parts_of(self.exchange(told["code"], verifier, client, secret)["id_token"])
            self.assertEqual((claims["sub"], claims["aud"], claims["nonce"]), ("alice", client, "n"))
            self.assertEqual(claims["groups"], ["platform", "on-call"])

    def test_the_page_asks_when_nobody_is_named(self):
        self.provider.logs_in(None)
        page, _ = self.authorize(self.provider.client_id)
        for person in ("alice", "bob", "carol"):
            self.assertIn(f'<button name="login" value="{person}">', page)

    def test_a_refusal_comes_back_as_one(self):
        self.provider.refuses()
        told, _ = self.authorize(self.provider.client_id)
        self.assertEqual((told["error"], told["state"]), ("access_denied", "s"))

    def test_a_wrong_verifier_is_refused(self):
        told, _ = self.authorize(self.provider.public_client_id)
        with self.assertRaises(urllib.error.HTTPError):
            self.exchange(told["code"], "x" * 43, self.provider.public_client_id)

    def test_it_counts_what_was_asked(self):
        self.assertGreaterEqual(self.provider.asked()[DISCOVERY], 1)


if __name__ == "__main__":
    unittest.main()
