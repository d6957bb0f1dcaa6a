"""Lists cost the same number of SQL statements for one stack and for a thousand: every field below the list of stacks,
and every list below those, is read for all parents at once."""

import re
import unittest

from harness import projects
from harness.runs import stack_input
from harness.selection import Schema
from harness.server import Server

MANY = 1000
TOGETHER = 40
LISTS_BELOW = 2
LISTS = ("{ stacks { %s } }", "{ searchStacks(input: {first: 50}) { edges { node { %s } } } }")


class StatementCountTest(unittest.TestCase):
    def cost_of(self, document):
        """Statements of one request, as the log has them: figures of the whole server would hold its housekeeping, too."""
        answer = self.server.post_graphql(document)
        self.assertNotIn("errors", answer.json())
        request = answer.headers["x-request-id"]
        return int(re.search(rf'"unit of work" request={request} statements=(\d+)', self.server.log)[1])

    def create_stacks(self, names):
        """Stacks, each with a run that waits; many in one request."""
        for start in range(0, len(names), TOGETHER):
            part = names[start : start + TOGETHER]
            inputs = {f"i{index}": stack_input(name, self.repository) for index, name in enumerate(part)}
            for given in inputs.values():
                given["labels"] = ["a", "b"]
            head = ", ".join(f"${key}: StackInput!" for key in inputs)
            body = " ".join(f"s{key}: stackCreate(input: ${key}, manageState: true) {{ id }}" for key in inputs)
            made = self.server.graphql(f"mutation ({head}) {{ {body} }}", inputs)
            ids = [stack["id"] for stack in made.values()]
            runs = " ".join(f'r{index}: runTrigger(stack: "{stack}") {{ id }}' for index, stack in enumerate(ids))
            self.server.graphql(f"mutation {{ {runs} }}")

    def test_lists_cost_as_much_for_a_thousand_stacks_as_for_one(self):
        arguments = ["--local-workers", "0", "--graphql-max-cost", "0", "--graphql-budget", "0", "--graphql-max-tokens", "0"]
        self.server = Server(arguments=[*arguments, "--graphql-max-response", "0", "--log-level", "debug"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.repository = projects.ansible(self.server.folder / "project")
        schema = Schema(self.server)
        selections = [schema.selection(field, LISTS_BELOW) for field in schema.fields("Stack")]
        documents = [lists % selection for selection in selections if selection for lists in LISTS]
        self.assertGreater(len(documents), 40)
        self.create_stacks(["stack-0"])
        for_one = {document: self.cost_of(document) for document in documents}
        self.create_stacks([f"stack-{number}" for number in range(1, MANY)])
        self.assertEqual(len(self.server.graphql("{ stacks { id } }")["stacks"]), MANY)
        grown = {}
        for document, count in for_one.items():
            for_many = self.cost_of(document)
            if for_many != count:
                grown[document] = (count, for_many)
        self.assertEqual(grown, {})
        self.assertGreater(max(for_one.values()), min(for_one.values()))


if __name__ == "__main__":
    unittest.main()
