"""No secret leaves: a run through all that takes or makes one, and then a search for each of them in everything that stays.

Searched are the log at its most talkative, every answer but the one that is to show the secret, the audit trail, what
its webhook was sent, the metrics, and the bytes of the database: plain, in base64 at any offset, and in hexadecimal.
"""

import base64
import json
import subprocess
import time
import unittest
import uuid

from harness import projects, runs
from harness.server import Server
from standins.token_issuer import TokenIssuer
from standins.webhook_receiver import WebhookReceiver

AUDIENCE = "gatehouse.example"
SUBJECT = "repo:.*"
EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
# Files of the data folder that hold secrets because that is what they are for.
KEEPERS = ("keys", "admin.apikey", "worker")


def invented(what):
    return f"{what}-{uuid.uuid4().hex}"


def forms(secret):
    """The bytes by which a secret could be found again."""
    raw = secret.encode()
    yield raw
    yield json.dumps(secret)[1:-1].encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for offset in range(3):
        # The characters that depend on nothing but the secret.
        encoded = base64.b64encode(b"\0" * offset + raw)
        inner = encoded[4 if offset else 0 : -4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


class SecretsTest(unittest.TestCase):
    def setUp(self):
        self.receiver = WebhookReceiver()
        self.addCleanup(self.receiver.close)
        self.issuer = TokenIssuer()
        self.addCleanup(self.issuer.close)
        self.server = Server(arguments=["--outbound-allow", "127.0.0.0/8", "--log-level", "debug", "--local-workers", "0"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.secrets = {}  # name → the secret
        self.answers = []  # bodies of answers that may show none

    def keep(self, name, secret):
        self.assertGreater(len(secret), 20, name)
        self.secrets[name] = secret
        return secret

    def ask(self, query, variables=None, token=""):
        """An answer that must not show a secret; errors are as good as data."""
        answer = self.server.post_graphql(query, variables, token=token)
        self.answers.append(answer.body)
        return answer.json()

    def exchange(self, name, key_id, secret):
        """The token that comes of a secret is one itself: its signature, that is; the rest of it says who and for how long."""
        answer = self.server.graphql(EXCHANGE, {"id": key_id, "secret": secret}, token=None)["apiKeyUser"]
        return self.keep(f"{name}: token", answer["jwt"].split(".")[2]) and answer["jwt"]

    def make_keys(self):
        key = self.server.graphql('mutation { apiKeyCreate(input: {name: "pipeline"}) { id secret } }')["apiKeyCreate"]
        self.keep("key: secret", key["secret"])
        token = self.exchange("key", key["id"], key["secret"])
        self.ask("{ viewer { id name } }", token=token)
        self.ask('mutation { stackDelete(id: "no-such-stack") { id } }', token=token)
        reset = self.server.graphql("mutation ($id: ID!) { apiKeyReset(id: $id, graceSeconds: 60) { secret } }", {"id": key["id"]})
        self.keep("key: secret after its reset", reset["apiKeyReset"]["secret"])
        self.exchange("key after its reset", key["id"], reset["apiKeyReset"]["secret"])
        self.ask("mutation ($id: ID!) { apiKeyRevokePreviousSecret(id: $id) { id } }", {"id": key["id"]})
        self.ask(EXCHANGE, {"id": key["id"], "secret": key["secret"]}, token=None)
        self.ask("query ($id: ID!) { apiKey(id: $id) { id name secret } apiKeys { id secret } }", {"id": key["id"]})
        self.ask(EXCHANGE, {"id": key["id"], "secret": self.keep("a wrong secret", invented("gth_wrong"))}, token=None)
        self.ask(EXCHANGE, {"id": "nobody", "secret": self.keep("an unknown key's secret", "gth_" + "1a" * 36)}, token=None)
        self.ask("{ viewer { id } }", token=self.keep("a token that is none", invented("not-a-token")))
        # A document that cannot be understood is quoted in no error with what stands in it.
        self.ask('mutation { apiKeyUser(id: "x", secret: %s) { nothing } }' % json.dumps(self.keep("a secret in a bad document", invented("inline"))))
        self.ask("mutation ($id: ID!) { apiKeyDelete(id: $id) { id secret } }", {"id": key["id"]})

    def make_oidc_key(self):
        settings = {"issuer": self.issuer.url, "clientId": AUDIENCE, "subjectExpression": SUBJECT}
        made = self.ask("mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }", {"input": {"name": "github", "oidc": settings}})
        key = made["data"]["apiKeyCreate"]["id"]
        token = self.issuer.github(AUDIENCE)
        self.keep("ID token: signature", token.split(".")[2])
        self.exchange("ID token", key, token)
        tried = self.issuer.gitlab(AUDIENCE)
        self.keep("ID token to test: signature", tried.split(".")[2])
        self.ask("query ($id: ID!, $token: String!) { apiKeyTestToken(id: $id, token: $token) { accepted } }", {"id": key, "token": tried})
        forged = self.issuer.token(self.issuer.github_claims(AUDIENCE), key=self.issuer.new_key("unknown"))
        self.keep("forged ID token: signature", forged.split(".")[2])
        self.ask(EXCHANGE, {"id": key, "secret": forged}, token=None)

    def make_webhook(self):
        query = "mutation ($input: AuditTrailWebhookInput!) { auditTrailSetWebhook(input: $input) { enabled secret headerNames } }"
        secret = self.keep("webhook: secret", invented("hook"))
        headers = {"entries": [{"key": "X-Token", "value": self.keep("webhook: header", invented("header"))}]}
        given = {"enabled": True, "endpoint": self.receiver.url, "includeRuns": True, "secret": secret, "customHeaders": headers}
        self.ask(query, {"input": given})
        self.ask("{ auditTrailWebhook { enabled secret headerNames } }")
        header = {"key": "X-Other", "value": self.keep("webhook: another header", invented("header"))}
        self.ask("mutation ($h: StringMapInput!) { auditTrailWebhookSetHeaders(input: {headers: $h}) { headerNames } }", {"h": {"entries": [header]}})
        bad = {"key": "X bad", "value": self.keep("webhook: a header that is refused", invented("header"))}
        self.ask("mutation ($h: StringMapInput!) { auditTrailWebhookSetHeaders(input: {headers: $h}) { headerNames } }", {"h": {"entries": [bad]}})
        self.ask(query, {"input": {**given, "endpoint": "ftp://x", "secret": self.keep("webhook: a secret that is refused", invented("hook"))}})

    def make_configuration(self):
        repository = projects.ansible(self.server.folder / "project")
        stack = runs.Stack(self.server, "web", repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}})
        add = "mutation ($s: ID!, $c: ConfigInput!) { stackConfigAdd(stack: $s, config: $c) { id value } }"
        for number in range(2):  # a second value in place of the first
            value = self.keep(f"variable {number}", invented("value"))
            self.ask(add, {"s": stack.id, "c": {"id": "TOKEN", "type": "ENVIRONMENT_VARIABLE", "value": value, "writeOnly": True}})
        content = self.keep("mounted file", invented("content"))
        encoded = base64.b64encode(content.encode()).decode()
        self.ask(add, {"s": stack.id, "c": {"id": "secret.txt", "type": "FILE_MOUNT", "value": encoded, "writeOnly": True}})
        refused = self.keep("variable that is refused", invented("value"))
        self.ask(add, {"s": stack.id, "c": {"id": "not a name", "type": "ENVIRONMENT_VARIABLE", "value": refused, "writeOnly": True}})
        self.ask("query ($id: ID!) { stack(id: $id) { config { id value checksum } } }", {"id": stack.id})
        stack.move("runDiscard", stack.trigger())
        self.ask('mutation ($s: ID!) { stackConfigDelete(stack: $s, id: "TOKEN") { id value } }', {"s": stack.id})

    def database(self):
        """The bytes of the database, its journal included."""
        if self.server.database.url:
            # Blobs come as hexadecimal, which is one of the forms.
            return subprocess.run(["pg_dump", "--dbname", self.server.database.url], check=True, capture_output=True).stdout
        files = [path for path in self.server.data.rglob("*") if path.is_file()]
        kept = [path for path in files if not any(part.startswith(KEEPERS) for part in path.relative_to(self.server.data).parts)]
        self.assertIn("gatehouse.db", [path.name for path in kept])
        return b"".join(path.read_bytes() for path in kept)

    def places(self):
        headers = {"Authorization": f"Bearer {self.server.token()}"}
        trail = self.server.request("GET", "/audit-trail?limit=5000", headers=headers).body
        self.assertGreater(trail.count(b"\n"), 15)
        metrics = self.server.request("GET", "/metrics").body
        webhook = b"\n".join(delivery.body for delivery in self.receiver.deliveries)
        self.assertIn(b"stack.config_add", webhook)
        return {
            "the audit trail": trail,
            "the metrics": metrics,
            "what the webhook was sent": webhook,
            "the answers": b"\n".join(self.answers),
            # The first start shows the administrator's secret, once and on standard output.
            "the log": self.server.log.replace(self.server.key()[1], "", 1).encode(),
            "the database": self.database(),
        }

    def test_no_secret_is_found_again(self):
        self.make_keys()
        self.make_oidc_key()
        self.make_webhook()
        self.make_configuration()
        self.receiver.wait_for(lambda delivery: delivery.json()["action"] == "stack.config_delete")
        self.keep("the administrator's secret", self.server.key()[1])
        self.keep("the administrator's token", self.server.token().split(".")[2])
        time.sleep(0.3)
        found = []
        for place, content in self.places().items():
            for name, secret in self.secrets.items():
                if any(form in content for form in forms(secret)):
                    found.append(f"{name} is in {place}")
        self.assertEqual(found, [])
        self.assertGreater(len(self.secrets), 18)

    def test_the_search_would_find_one(self):
        for hidden in ("plain", base64.b64encode(b"ab" + b"a-secret-of-some-length").decode(), b"a-secret-of-some-length".hex()):
            content = b"x a-secret-of-some-length y" if hidden == "plain" else hidden.encode()
            self.assertTrue(any(form in content for form in forms("a-secret-of-some-length")), hidden)


if __name__ == "__main__":
    unittest.main()
