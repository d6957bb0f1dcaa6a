"""Whoever administers only by a grant that ends makes nothing by which rights would outlive it, in whatever way."""

import unittest

from harness.server import GraphQLError, Server

REFUSED = "so it makes no rights that last longer"

SETUP = """mutation {
  helper: apiKeyCreate(input: {name: "helper"}) { id secret }
  other: apiKeyCreate(input: {name: "other"}) { id }
  roleCreate(input: {name: "plain", actions: [SPACE_READ]}) { id }
  managedUserInvite(input: {username: "jane"}) { id }
  spaceCreate(input: {name: "Emergency", parentSpace: "root", inheritEntities: false}) { id }
  managedUserGroupCreate(input: {groupName: "ops", description: ""}) { id }
}"""

GIVING = [
    'apiKeyRoleBindingCreate(input: {apiKeyID: "%(other)s", roleID: "space-reader", spaceID: "root"}) { id }',
    'apiKeyCreate(input: {name: "a", accessRules: [{space: "root", spaceAccessLevel: READ}]}) { id }',
    'apiKeyCreate(input: {name: "a", admin: true}) { id }',
    'apiKeyCreate(input: {name: "a", teams: ["ops"]}) { id }',
    'apiKeyUpdate(id: "%(other)s", input: {teams: ["ops"]}) { id }',
    'apiKeyReset(id: "%(other)s") { id }',
    "apiKeyEnableNonRootManagers(enable: true)",
    "spaceEnableNonRootManagers(enable: true)",
    'roleUpdate(id: "%(role)s", input: {actions: [SPACE_ADMIN]}) { id }',
    'managedUserInvite(input: {username: "an owner", owner: true}) { id }',
    'managedUserInvite(input: {username: "joe", accessRules: [{space: "root", spaceAccessLevel: READ}]}) { id }',
    'managedUserResendInvite(id: "%(user)s") { id }',
    'managedUserUpdate(input: {id: "%(user)s", owner: true}) { id }',
    'managedUserUpdate(input: {id: "%(user)s", disabled: false}) { id }',
    'managedUserPasswordSet(id: "%(user)s", password: "long enough for this") { id }',
    'managedUserGroupUpdate(input: {id: "%(group)s", description: "", accessRules: [{space: "root", '
    "spaceAccessLevel: ADMIN}]}) { id }",
    'spaceUpdate(space: "%(space)s", input: {name: "E", parentSpace: "root", inheritEntities: true}) { id }',
    'policyCreatev2(input: {name: "all", body: "package spacelift\\nadmin { true }", type: LOGIN}) { id }',
    "managementStrategySet(strategy: LOGIN_POLICIES)",
]

ALLOWED = [
    'apiKeyCreate(input: {name: "powerless"}) { id }',
    'roleUpdate(id: "%(role)s", input: {description: "changed"}) { id }',
    'spaceUpdate(space: "%(space)s", input: {name: "E", parentSpace: "root", inheritEntities: false}) { id }',
    'managedUserInvite(input: {username: "joe"}) { id }',
    'managedUserUpdate(input: {id: "%(user)s", disabled: true}) { id }',
    "spaceEnableNonRootManagers(enable: false)",
    'apiKeyDelete(id: "%(other)s") { id }',
]


class GrantsThatEnd(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        made = self.server.graphql(SETUP)
        self.ids = {
            "other": made["other"]["id"],
            "role": made["roleCreate"]["id"],
            "user": made["managedUserInvite"]["id"],
            "space": made["spaceCreate"]["id"],
            "group": made["managedUserGroupCreate"]["id"],
        }
        self.helper = made["helper"]
        self.server.graphql(
            "mutation ($key: ID!) { accessGrant(input: {subject: $key, subjectType: API_KEY, role: "
            '"space-admin", space: "root", durationSeconds: 600, reason: "the site is down"}) { id } }',
            {"key": self.helper["id"]},
        )
        self.token = self.server.graphql(
            "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }",
            {"id": self.helper["id"], "secret": self.helper["secret"]},
            token=None,
        )["apiKeyUser"]["jwt"]

    def ask(self, field):
        return self.server.graphql("mutation { " + field % self.ids + " }", token=self.token)

    def refused(self):
        """The decisions of the trail's refusals."""
        search = "query { searchAuditTrailEntries(input: {first: 50}) { edges { node { action body } } } }"
        edges = self.server.graphql(search)["searchAuditTrailEntries"]["edges"]
        return [edge["node"] for edge in edges if edge["node"]["action"] == "access.denied"]

    def test_nothing_that_gives_rights_outlives_it(self):
        for field in GIVING:
            with self.subTest(field), self.assertRaisesRegex(GraphQLError, REFUSED):
                self.ask(field)
        self.assertEqual(len(GIVING), len(self.refused()))

    def test_what_gives_none_is_allowed(self):
        for field in ALLOWED:
            with self.subTest(field):
                self.ask(field)

    def test_the_same_is_allowed_with_a_right_that_stays(self):
        self.server.graphql(
            'mutation ($key: ID!) { apiKeyRoleBindingCreate(input: {apiKeyID: $key, roleID: "space-admin", '
            'spaceID: "root"}) { id } }',
            {"key": self.helper["id"]},
        )
        for field in GIVING:
            with self.subTest(field):
                self.ask(field)


if __name__ == "__main__":
    unittest.main()
