"""The GraphQL door under settings of its own: batches, trusted documents, limits, budgets, who sees the schema."""

import json
import re
import tempfile
import unittest
from pathlib import Path

from harness import patience
from harness.server import Server

LIST = "{ stacks { id } }"
SCHEMA = "{ __schema { queryType { name } } }"


def send(server, body, token=""):
    headers = {"Content-Type": "application/json"}
    if token == "":
        headers["Authorization"] = f"Bearer {server.token()}"
    return server.request("POST", "/graphql", json.dumps(body), headers)


class GraphQLDoorTest(unittest.TestCase):
    def server(self, *arguments):
        server = Server(arguments=arguments)
        self.addCleanup(server.close)
        return server.start()

    def test_a_batch_is_answered_in_order_and_bounded(self):
        server = self.server("--graphql-batch", "2")
        answer = send(server, [{"query": "{ a: __typename }"}, {"query": "{ wings }"}])
        self.assertEqual(answer.status, 200)
        first, second = answer.json()
        self.assertEqual(first, {"data": {"a": "Query"}})
        self.assertIn("wings", second["errors"][0]["message"])
        self.assertEqual(send(server, [{"query": LIST}] * 3).status, 413)
        self.assertEqual(send(server, []).status, 413)

    def test_only_trusted_documents_are_executed(self):
        with tempfile.TemporaryDirectory() as folder:
            exchange = "mutation($id:ID!,$secret:String!){apiKeyUser(id:$id,secret:$secret){jwt}}"
            Path(folder, "list.graphql").write_text(LIST + "\n")
            Path(folder, "token.graphql").write_text(exchange)
            Path(folder, "notes.txt").write_text("{ stacks { name } }")
            server = self.server("--graphql-trusted", folder)
            key_id, secret = server.key()
            data = server.graphql(exchange, {"id": key_id, "secret": secret}, token=None)
            token = data["apiKeyUser"]["jwt"]
            self.assertEqual(server.graphql(LIST, token=token), {"stacks": []})
            refused = server.post_graphql("{ stacks { name } }", token=token)
            self.assertEqual(refused.status, 403)

    def test_a_folder_of_trusted_documents_that_is_not_there_stops_the_start(self):
        server = Server(arguments=["--graphql-trusted", "/nowhere/at/all"])
        self.addCleanup(server.close)
        server.start_process()
        self.assertNotEqual(server.process.wait(patience.SECONDS), 0)
        self.assertIn("graphql-trusted", server.log)

    def test_a_budget_is_spent_and_the_wait_is_told(self):
        server = self.server("--graphql-budget", "100")
        body = {"query": "query { " + " ".join(f"a{i}: __typename" for i in range(40)) + " " + LIST[1:]}
        statuses = [send(server, body) for _ in range(60)]
        refused = [answer for answer in statuses if answer.status == 429]
        self.assertEqual(statuses[0].status, 200)
        self.assertTrue(refused)
        self.assertGreater(int(refused[0].headers["retry-after"]), 0)
        self.assertEqual(refused[0].json()["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED")

    def test_every_limit_can_be_set(self):
        cases = (
            ("depth", "2", "{ stacks { runs { id } } }"),
            ("aliases", "1", "{ a: __typename b: __typename }"),
            ("root-fields", "1", "{ a: __typename b: __typename }"),
            ("tokens", "4", LIST),
            ("bytes", "10", LIST),
            ("cost", "1", LIST),
            ("directives", "1", "{ a: __typename @skip(if: false) @include(if: true) }"),
            ("introspection-depth", "1", SCHEMA),
        )
        for name, value, document in cases:
            with self.subTest(name):
                server = self.server(f"--graphql-max-{name}", value)
                self.assertIn("errors", send(server, {"query": document}, token=None).json())
                server.close()

    def test_graphiql_lets_nothing_in_from_elsewhere(self):
        server = self.server()
        page = server.request("GET", "/graphiql")
        if b"built without its pages" in page.body:
            self.skipTest("npm was not there when the program was built")
        self.assertEqual(page.status, 200)
        self.assertIn("default-src 'none'", page.headers["content-security-policy"])
        parts = re.findall(r'"(/graphiql/[^"]+)"', page.body.decode())
        self.assertEqual(len(parts), 2)
        for part in parts:
            answer = server.request("GET", part)
            self.assertEqual(answer.status, 200)
            self.assertIn("immutable", answer.headers["cache-control"])

    def test_graphiql_can_be_switched_off(self):
        self.assertEqual(self.server("--graphiql", "no").request("GET", "/graphiql").status, 404)

    def test_streams_are_bounded(self):
        server = self.server("--graphql-max-streams", "0")
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        headers["Authorization"] = f"Bearer {server.token()}"
        body = json.dumps({"query": "{ __typename }"})
        self.assertEqual(server.request("POST", "/graphql/stream", body, headers).status, 429)

    def test_who_sees_the_schema(self):
        anyone = self.server("--introspection", "anyone")
        self.assertIn("data", send(anyone, {"query": SCHEMA}, token=None).json())
        nobody = self.server("--introspection", "nobody")
        self.assertIn("errors", send(nobody, {"query": SCHEMA}).json())


if __name__ == "__main__":
    unittest.main()
