"""No secret leaves: a run through all that takes or makes one, and then a search for each of them in everything that stays."""

import base64
import json
import unittest

from harness import projects, runs
from harness.secrecy import SET_WEBHOOK, SecrecyTest, forms, invented
from standins.token_issuer import TokenIssuer

AUDIENCE = "gatehouse.example"
SUBJECT = "repo:.*"
EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
ADD_CONFIG = "mutation ($s: ID!, $c: ConfigInput!) { stackConfigAdd(stack: $s, config: $c) { id value } }"


class SecretsTest(SecrecyTest):
    def setUp(self):
        self.issuer = TokenIssuer()
        self.addCleanup(self.issuer.close)

    def exchange(self, name, key_id, secret):
        """The token that comes of a secret is one itself."""
        answer = self.server.graphql(EXCHANGE, {"id": key_id, "secret": secret}, token=None)["apiKeyUser"]
        return self.keep_token(f"{name}: token", answer["jwt"])

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
        self.ask(EXCHANGE, {"id": self.keep("a secret in place of the id", invented("gth_swapped")), "secret": key["id"]}, token=None)
        self.ask("mutation ($id: ID!) { apiKeyDelete(id: $id) { id secret } }", {"id": key["id"]})

    def make_wrong_types(self):
        """A value of the wrong type is not quoted, wherever in the document or the variables it stands."""
        secret = self.keep("a secret of a wrong type", invented("type"))
        for literal in ('[%s]', '{value: %s}', '%s %s'):
            quoted = literal.replace("%s", json.dumps(secret))
            self.ask('mutation { apiKeyUser(id: "x", secret: ' + quoted + ") { jwt } }", token=None)
        self.ask('mutation ($s: [Int] = %s) { apiKeyUser(id: "x", secret: $s) { jwt } }' % json.dumps(secret))
        for value in ([secret], {"value": secret}, {secret: 1}):
            self.ask(EXCHANGE, {"id": "x", "secret": value}, token=None)
        key = "mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }"
        for value in (secret, {"name": "x", "secret": secret}, {"name": [secret]}, {"name": "x", "teams": [[secret]]}):
            self.ask(key, {"input": value})

    def make_malformed(self):
        """What cannot be understood is quoted in no error with what stands in it."""
        secret = self.keep("a secret in a bad request", invented("inline"))
        self.ask('mutation { apiKeyUser(id: "x", secret: %s) { nothing } }' % json.dumps(secret))
        self.ask('mutation { apiKeyUser(id: "x", secret: "%s' % secret)
        headers = {"Authorization": f"Bearer {self.server.token()}", "Content-Type": "application/json"}
        for body in ('{"query": "%s' % secret, '{"query": ["%s"]}' % secret, secret, '{"query": "{ x }", "variables": "%s"}' % secret):
            self.answers.append(self.server.request("POST", "/graphql", body, headers).body)
        for path in (f"/graphql?query={secret}", f"/graphql?token={secret}", f"/login?secret={secret}", f"/audit-trail?after={secret}"):
            self.answers.append(self.server.request("GET", path, headers=headers).body)
        basic = base64.b64encode(f"user:{secret}".encode()).decode()
        for scheme in (f"Basic {basic}", secret, f"Token {secret}", f"Bearer {secret} {secret}"):
            self.answers.append(self.server.request("GET", "/audit-trail", headers={"Authorization": scheme}).body)

    def make_oidc_key(self):
        settings = {"issuer": self.issuer.url, "clientId": AUDIENCE, "subjectExpression": SUBJECT}
        made = self.ask("mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }", {"input": {"name": "github", "oidc": settings}})
        key = made["data"]["apiKeyCreate"]["id"]
        token = self.keep_token("ID token", self.issuer.github(AUDIENCE))
        self.exchange("ID token's", key, token)
        tried = self.keep_token("ID token to test", self.issuer.gitlab(AUDIENCE))
        self.ask("query ($id: ID!, $token: String!) { apiKeyTestToken(id: $id, token: $token) { accepted } }", {"id": key, "token": tried})
        forged = self.issuer.token(self.issuer.github_claims(AUDIENCE), key=self.issuer.new_key("unknown"))
        self.keep_token("forged ID token", forged)
        self.ask(EXCHANGE, {"id": key, "secret": forged}, token=None)

    def make_webhook(self):
        headers = {"entries": [{"key": "X-Token", "value": self.keep("webhook: header", invented("header"))}]}
        self.ask(SET_WEBHOOK, {"input": {**self.webhook, "customHeaders": headers}})
        self.ask("{ auditTrailWebhook { enabled secret headerNames } }")
        header = {"key": "X-Other", "value": self.keep("webhook: another header", invented("header"))}
        self.ask("mutation ($h: StringMapInput!) { auditTrailWebhookSetHeaders(input: {headers: $h}) { headerNames } }", {"h": {"entries": [header]}})
        bad = {"key": "X bad", "value": self.keep("webhook: a header that is refused", invented("header"))}
        self.ask("mutation ($h: StringMapInput!) { auditTrailWebhookSetHeaders(input: {headers: $h}) { headerNames } }", {"h": {"entries": [bad]}})
        self.ask(SET_WEBHOOK, {"input": {**self.webhook, "endpoint": "ftp://x", "secret": self.keep("webhook: a secret that is refused", invented("hook"))}})

    def make_configuration(self):
        repository = projects.ansible(self.server.folder / "project")
        stack = runs.Stack(self.server, "web", repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}})
        for number in range(2):  # a second value in place of the first
            value = self.keep(f"variable {number}", invented("value"))
            self.ask(ADD_CONFIG, {"s": stack.id, "c": {"id": "TOKEN", "type": "ENVIRONMENT_VARIABLE", "value": value, "writeOnly": True}})
        content = self.keep("mounted file", invented("content"))
        encoded = base64.b64encode(content.encode()).decode()
        self.ask(ADD_CONFIG, {"s": stack.id, "c": {"id": "secret.txt", "type": "FILE_MOUNT", "value": encoded, "writeOnly": True}})
        refused = self.keep("variable that is refused", invented("value"))
        self.ask(ADD_CONFIG, {"s": stack.id, "c": {"id": "not a name", "type": "ENVIRONMENT_VARIABLE", "value": refused, "writeOnly": True}})
        self.ask("query ($id: ID!) { stack(id: $id) { config { id value checksum } } }", {"id": stack.id})
        stack.move("runDiscard", stack.trigger())
        self.ask('mutation ($s: ID!) { stackConfigDelete(stack: $s, id: "TOKEN") { id value } }', {"s": stack.id})

    def test_no_secret_is_found_again(self):
        self.serve()
        self.make_keys()
        self.make_wrong_types()
        self.make_malformed()
        self.make_oidc_key()
        self.make_webhook()
        self.make_configuration()
        self.assert_nothing_found(least=25)

    def test_the_search_would_find_one(self):
        for hidden in ("plain", base64.b64encode(b"ab" + b"a-secret-of-some-length").decode(), b"a-secret-of-some-length".hex()):
            content = b"x a-secret-of-some-length y" if hidden == "plain" else hidden.encode()
            self.assertTrue(any(form in content for form in forms("a-secret-of-some-length")), hidden)


if __name__ == "__main__":
    unittest.main()
