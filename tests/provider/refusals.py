"""What the provider shows when the server refuses: the reason must reach the person who reads Terraform's output."""

import re

from .workspace import Failed

BROKEN_POLICY = """
resource "spacelift_policy" "it" {
  name = "Broken"
  type = "LOGIN"
  body = "package spacelift\\n\\nallow { input.session.login == nobody_said }\\n"
}"""
ROLE = """
resource "spacelift_role" "it" {
  name    = "Held"
  actions = ["SPACE_READ"]
}"""
SPACE = 'resource "spacelift_space" "it" {\n name = "Full"\n}'
GROUP = 'resource "spacelift_idp_group_mapping" "it" {\n name = "twice"\n}'
DESTROY = ("destroy", "-auto-approve")


class Refusals:
    """make: a function that gives a fresh workspace, for the administrator's or another key."""

    def __init__(self, server, make, tally):
        self.server = server
        self.make = make
        self.tally = tally

    def _refused(self, name, workspace, arguments, *patterns):
        try:
            output = workspace.must_fail(*arguments)
            missing = [f"nothing says {pattern!r}" for pattern in patterns if not re.search(pattern, output)]
        except Failed as problem:
            missing, output = ["stopped"], str(problem)
        self.tally.add(name, missing, output)

    def _apply_refused(self, name, workspace, text, *patterns):
        workspace.configure(text)
        self._refused(name, workspace, ("apply", "-auto-approve"), *patterns)

    def _poor_key(self):
        create = 'mutation { apiKeyCreate(input: {name: "poor", admin: false}) { id secret } }'
        key = self.server.graphql(create)["apiKeyCreate"]
        return key["id"], key["secret"]

    def without_rights(self):
        workspace = self.make("poor", key=self._poor_key())
        self._apply_refused("a key without rights: space", workspace, SPACE, "unauthorized", "administrative stack")
        self._apply_refused("a key without rights: role", workspace, ROLE, "could not create role.*unauthorized")
        self._apply_refused("a key without rights: group", workspace, GROUP, "unauthorized")

    def wrong_secret(self):
        key_id, _ = self.server.key()
        workspace = self.make("wrong", key=(key_id, "gth_" + "0" * 72))
        self._apply_refused("a wrong secret", workspace, ROLE, "could not get API user data|no such API user")

    def bad_policy(self):
        """The place and the name that is wrong, not only that something is."""
        workspace = self.make("policy")
        self._apply_refused("a policy that does not compile", workspace, BROKEN_POLICY, "nobody_said", r"\b3(:|, )|line 3")

    def unknown_action(self):
        text = ROLE.replace("SPACE_READ", "SPACE_PAINT")
        self._apply_refused("an unknown action", self.make("action"), text, "SPACE_PAINT is not a valid action")

    def bound_role(self):
        workspace = self.make("role")
        workspace.configure(ROLE)
        workspace.apply()
        role = workspace.attributes("spacelift_role.it")["id"]
        key_id, _ = self._poor_key()
        bind = "mutation ($input: ApiKeyRoleBindingInput!) { apiKeyRoleBindingCreate(input: $input) { id } }"
        self.server.graphql(bind, {"input": {"apiKeyID": key_id, "roleID": role, "spaceID": "root"}})
        self._refused("a role that is bound is not deleted", workspace, DESTROY, "could not delete role", "bound|binding")

    def full_space(self):
        workspace = self.make("space")
        workspace.configure(SPACE)
        workspace.apply()
        parent = workspace.attributes("spacelift_space.it")["id"]
        create = "mutation ($input: SpaceInput!) { spaceCreate(input: $input) { id } }"
        child = {"name": "Inside", "parentSpace": parent, "inheritEntities": False, "description": ""}
        self.server.graphql(create, {"input": child})
        self._refused("a space with a space inside is not deleted", workspace, DESTROY, "could not delete space", "empty|inside|child")

    def same_name(self):
        first = self.make("first")
        first.configure(GROUP)
        first.apply()
        self._apply_refused("a second mapping of one group", self.make("second"), GROUP, "could not create IdP group", "exists|already")

    def run(self):
        for step in (
            self.without_rights,
            self.wrong_secret,
            self.bad_policy,
            self.unknown_action,
            self.bound_role,
            self.full_space,
            self.same_name,
        ):
            try:
                step()
            except (Failed, AssertionError) as problem:
                self.tally.add(f"refusals: {step.__name__}", ["stopped"], str(problem))
