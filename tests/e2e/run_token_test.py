"""The token that a run finds in its environment: it has the rights of the stack, only looks while nobody has agreed, and ends with the run."""

import base64
import json
import time
import unittest

from harness import projects, runs
from harness.server import Server
from standins.gate import Gate

# Backwards, or the worker would mask it.
TELL = 'printf "told:%s\\n" "$(printf %s "$SPACELIFT_API_TOKEN" | rev)"'
SPACE = "mutation ($input: SpaceInput!) { spaceCreate(input: $input) { id } }"
BIND = "mutation ($input: StackRoleBindingInput!) { stackRoleBindingCreate(input: $input) { id } }"
POLICY = "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { name } }"
ENDED_WITHIN_SECONDS = 1.0


@unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
class RunToken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.repository = projects.ansible(cls.server.folder / "project")

    def setUp(self):
        given = {"name": self._testMethodName, "parentSpace": "root", "inheritEntities": False, "description": ""}
        self.space = self.server.graphql(SPACE, {"input": given})["spaceCreate"]["id"]
        # While a run waits there, its token lives.
        self.gate = Gate()
        self.addCleanup(self.gate.close)
        self.stack = runs.Stack(
            self.server,
            self._testMethodName.replace("_", "-"),
            self.repository,
            vendorConfig={"ansible": {"playbook": "playbook.yml"}},
            beforeInit=[TELL, self.gate.command],
        )

    def bind(self, role):
        given = {"stackID": self.stack.id, "roleID": role, "spaceID": self.space}
        self.server.graphql(BIND, {"input": given})

    def token_of(self, run):
        return self.stack.wait_for_log(run, r"^told:(\S+)$")[1][::-1]

    def sees(self, token):
        return self.server.graphql(f'{{ space(id: "{self.space}") {{ id }} }}', token=token)["space"] is not None

    def make_policy(self, token):
        """The answer to what only an administrator of the space may do."""
        given = {"name": self._testMethodName, "type": "PLAN", "space": self.space, "body": "package spacelift"}
        return self.server.post_graphql(POLICY, {"input": given}, token).json()

    def test_a_run_has_the_rights_of_its_stack_and_no_others(self):
        run = self.stack.trigger()
        self.assertFalse(self.sees(self.token_of(run)))
        self.gate.open()
        self.stack.wait(run, "UNCONFIRMED")
        self.gate.shut()
        self.stack.move("runDiscard", run)
        self.bind("space-admin")
        token = self.token_of(self.stack.trigger())
        self.assertTrue(self.sees(token))
        self.assertEqual(self.make_policy(token), {"data": {"policyCreatev2": {"name": self._testMethodName}}})

    def test_clients_read_from_it_whose_it_is(self):
        run = self.stack.trigger()
        payload = self.token_of(run).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        self.assertEqual((claims["iss"], claims["sub"]), ("spacelift", f"{self.stack.id}/{run}"))
        self.assertEqual(claims["aud"], [self.server.url])

    def test_a_proposed_run_only_looks(self):
        self.bind("space-admin")
        token = self.token_of(self.stack.trigger("PROPOSED"))
        self.assertTrue(self.sees(token))
        self.assertIn("unauthorized", self.make_policy(token)["errors"][0]["message"])

    def test_it_ends_with_the_phase_and_is_masked_in_the_log(self):
        self.bind("space-reader")
        run = self.stack.trigger()
        token = self.token_of(run)
        self.assertTrue(self.sees(token))
        self.gate.open()
        self.stack.wait(run, "UNCONFIRMED")
        time.sleep(ENDED_WITHIN_SECONDS)
        self.assertEqual(self.server.post_graphql("{ viewer { id } }", token=token).status, 401)
        self.assertNotIn(token, self.stack.logs(run))
        self.assertNotIn(token, self.server.log)
