"""The last administrative binding is gone, or login policies let nobody in: an owner comes in and makes a new key."""

import unittest

from harness.pages import Browser
from harness.server import GraphQLError, Server, gatehouse

PASSWORD = "correct horse battery"
INVITE = 'mutation { managedUserInvite(input: {username: "jane", owner: true}) { id } }'
SET_PASSWORD = "mutation ($id: ID!, $password: String!) { managedUserPasswordSet(id: $id, password: $password) { id } }"
BINDINGS = "query ($id: ID!) { apiKey(id: $id) { apiKeyRoleBindings { id } } }"
UNBIND = "mutation ($id: ID!) { apiKeyRoleBindingDelete(id: $id) { id } }"
NEW_KEY = 'mutation { apiKeyCreate(input: {name: "rescue", admin: true}) { id secret } }'
DENY_ALL = 'mutation { policyCreatev2(input: {name: "none", type: LOGIN, body: "package spacelift\\ndeny { true }"}) { id } }'


class Lockout(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        owner = self.server.graphql(INVITE)["managedUserInvite"]["id"]
        self.server.graphql(SET_PASSWORD, {"id": owner, "password": PASSWORD})

    def unbind_the_last(self):
        key, _ = self.server.key()
        (binding,) = self.server.graphql(BINDINGS, {"id": key})["apiKey"]["apiKeyRoleBindings"]
        self.server.graphql(UNBIND, {"id": binding["id"]})
        with self.assertRaisesRegex(GraphQLError, "unauthorized"):
            self.server.graphql(NEW_KEY)

    def test_an_owner_makes_a_new_administrative_key(self):
        self.server.graphql("mutation { managementStrategySet(strategy: LOGIN_POLICIES) }")
        self.server.graphql(DENY_ALL)
        self.unbind_the_last()
        browser = Browser(self.server.url)
        self.assertEqual(browser.log_in("jane", PASSWORD).path, "/account")
        (jar,) = browser.cookies.values()
        made = self.server.graphql(NEW_KEY, token=jar["gatehouse-session"])["apiKeyCreate"]
        environment = {
            "GATEHOUSE_URL": self.server.url,
            "GATEHOUSE_API_KEY_ID": made["id"],
            "GATEHOUSE_API_KEY_SECRET": made["secret"],
        }
        done = gatehouse("policy", "delete", "none", folder=self.server.folder, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = gatehouse("role", "bind", self.server.key()[0], "space-admin", folder=self.server.folder, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server.renew_token()
        self.server.graphql(NEW_KEY)


if __name__ == "__main__":
    unittest.main()
