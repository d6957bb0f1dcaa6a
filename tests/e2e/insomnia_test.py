"""The collection for Insomnia that the server gives: each request in it, filled in as Insomnia does it, must be answered."""

import base64
import json
import re
import unittest
from urllib.parse import urlsplit

from harness.server import Server

VARIABLE = re.compile(r"\{\{ _\.(\w+) \}\}")
TOKEN_TAG = re.compile(r"\{% response 'body', '(\w+)', 'b64::(.+)::46b', 'when-expired', (\d+) %\}")


def at_path(path, value):
    """What a JSON path such as $.data.user leads to."""
    for name in path.split(".")[1:]:
        value = value[name]
    return value


class Collection(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(arguments=["--api-key-token-lifetime", "2h"])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.answer = cls.server.request("GET", "/insomnia.json")
        cls.resources = cls.answer.json()["resources"]
        by_id = {resource["_id"]: resource for resource in cls.resources}
        cls.requests = {id_: resource for id_, resource in by_id.items() if resource["_type"] == "request"}
        (cls.variables,) = [resource["data"] for resource in cls.resources if resource.get("data")]

    def send(self, request, variables):
        def fill(text):
            return VARIABLE.sub(lambda match: variables[match[1]], text)

        headers = {header["name"]: header["value"] for header in request["headers"]}
        if request["authentication"]:
            headers["Authorization"] = f"Bearer {fill(request['authentication']['token'])}"
        path = urlsplit(fill(request["url"])).path
        answer = self.server.request(request["method"], path, fill(request["body"]["text"]), headers)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertNotIn("errors", answer.json())
        return answer.json()

    def test_it_is_an_export_that_can_be_imported(self):
        self.assertEqual(self.answer.status, 200)
        self.assertRegex(self.answer.headers["content-type"], "^application/json")
        export = self.answer.json()
        self.assertEqual((export["_type"], export["__export_format"]), ("export", 4))
        ids = [resource["_id"] for resource in self.resources]
        self.assertEqual(len(ids), len(set(ids)))
        for resource in self.resources:
            self.assertIn(resource["parentId"], [None, *ids])

    def test_every_request_is_answered_once_the_key_is_filled_in(self):
        key_id, secret = self.server.key()
        variables = {**self.variables, "API_KEY_ID": key_id, "API_KEY_SECRET": secret}
        source, path, _ = TOKEN_TAG.fullmatch(variables["API_TOKEN"]).groups()
        token_answer = self.send(self.requests[source], variables)
        variables["API_TOKEN"] = at_path(base64.b64decode(path).decode(), token_answer)
        answers = [self.send(request, variables)["data"] for request in self.requests.values()]
        self.assertIn({"stacks": []}, answers)

    def test_the_token_is_renewed_before_it_ends(self):
        seconds = int(TOKEN_TAG.fullmatch(self.variables["API_TOKEN"])[3])
        self.assertEqual(seconds, 2 * 3600 - 60)

    def test_it_names_this_server_and_holds_no_secret(self):
        self.assertEqual(self.variables["BASE_URL"], self.server.url)
        for secret in (*self.server.key(), self.server.token()):
            self.assertNotIn(secret, json.dumps(self.resources))
