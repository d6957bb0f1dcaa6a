"""A server whose secrets are noted as they come to be, and a search for each of them in everything that stays.

Searched are the log at its most talkative, every answer but the one that is to show the secret, the audit trail, what
its webhook was sent, the metrics, and the bytes of the database: plain, in base64 at any offset, and in hexadecimal.
"""

import base64
import json
import subprocess
import unittest
import uuid

from standins.webhook_receiver import WebhookReceiver

from .server import Server

# Files of the data folder that hold secrets because that is what they are for.
KEEPERS = ("keys", "admin.apikey", "worker")
SET_WEBHOOK = "mutation ($input: AuditTrailWebhookInput!) { auditTrailSetWebhook(input: $input) { enabled secret headerNames } }"


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


class SecrecyTest(unittest.TestCase):
    """What scenarios about secrets have in common; each calls serve() first and assert_nothing_found() last."""

    def serve(self, *arguments, workers=0):
        self.receiver = WebhookReceiver()
        self.addCleanup(self.receiver.close)
        fixed = ["--outbound-allow", "127.0.0.0/8", "--log-level", "debug", "--local-workers", str(workers)]
        self.server = Server(arguments=[*fixed, *arguments])
        self.addCleanup(self.server.close)
        self.server.start()
        self.secrets = {}  # name → the secret
        self.answers = []  # bodies of answers that may show none
        self.webhook = {"enabled": True, "endpoint": self.receiver.url, "includeRuns": True}
        self.webhook["secret"] = self.keep("webhook: secret", invented("hook"))
        self.ask(SET_WEBHOOK, {"input": self.webhook})

    def keep(self, name, secret):
        # A short one is found by chance, or in no base64 at all.
        self.assertGreater(len(secret), 20, name)
        self.secrets[name] = secret
        return secret

    def keep_token(self, name, token):
        """Of a token, the signature is the secret: the rest of it says who and for how long."""
        self.keep(name, token.split(".")[2])
        return token

    def ask(self, query, variables=None, token=""):
        """An answer that must not show a secret; errors are as good as data."""
        answer = self.server.post_graphql(query, variables, token=token)
        self.answers.append(answer.body)
        return answer.json()

    def show(self, page):
        """A page that must not show a secret, nor lead to an address that has one."""
        self.answers.append(f"{page.location} {page.body}".encode())
        return page

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
        return {
            "the audit trail": self.server.request("GET", "/audit-trail?limit=5000", headers=headers).body,
            "the metrics": self.server.request("GET", "/metrics").body,
            "what the webhook was sent": b"\n".join(delivery.body for delivery in self.receiver.deliveries),
            "the answers": b"\n".join(self.answers),
            # The first start shows the administrator's secret, once and on standard output.
            "the log": self.server.log.replace(self.server.key()[1], "", 1).encode(),
            "the database": self.database(),
        }

    def end(self):
        """Waits until the webhook, which is sent everything in its order, has what was done last."""
        made = self.server.graphql('mutation { apiKeyCreate(input: {name: "the last of all"}) { secret } }')["apiKeyCreate"]
        self.keep("the last key: secret", made["secret"])
        self.receiver.wait_for(lambda delivery: b"the last of all" in delivery.body)
        self.keep("the administrator's secret", self.server.key()[1])
        self.keep_token("the administrator's token", self.server.token())

    def assert_nothing_found(self, least, more=None):
        """least: how many secrets there must have been; more: further places, as name → bytes."""
        self.end()
        found = []
        for place, content in {**self.places(), **(more or {})}.items():
            self.assertTrue(content, place)
            for name, secret in self.secrets.items():
                if any(form in content for form in forms(secret)):
                    found.append(f"{name} is in {place}")
        self.assertEqual(found, [])
        self.assertGreaterEqual(len(self.secrets), least, sorted(self.secrets))
