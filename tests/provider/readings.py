"""The provider's data sources: what each must say about things that the same configuration made."""

from harness import pattern

from .workspace import Failed

CONFIGURATION = """
resource "spacelift_space" "team" {
  name             = "Team"
  inherit_entities = true
  labels           = ["reading"]
}
resource "spacelift_space" "nested" {
  name             = "Nested"
  parent_space_id  = spacelift_space.team.id
  inherit_entities = true
}
resource "spacelift_role" "custom" {
  name    = "Reader of runs"
  actions = ["SPACE_READ", "RUN_COMMENT"]
}
resource "spacelift_policy" "plan" {
  name     = "Look twice"
  type     = "PLAN"
  labels   = ["reading"]
  space_id = spacelift_space.team.id
  body     = "package spacelift\\n\\nwarn[\\"look\\"] { true }\\n"
}
resource "spacelift_user" "reader" {
  username         = "reader"
  invitation_email = "reader@example.com"
  policy {
    space_id = spacelift_space.team.id
    role     = "WRITE"
  }
}
resource "spacelift_idp_group_mapping" "readers" {
  name        = "readers"
  description = "They read"
  policy {
    space_id = spacelift_space.team.id
    role     = "READ"
  }
}

data "spacelift_account" "it" {}
data "spacelift_role_actions" "it" {}
data "spacelift_role" "system" {
  slug = "space-writer"
}
data "spacelift_role" "custom" {
  role_id = spacelift_role.custom.id
}
data "spacelift_space" "it" {
  space_id = spacelift_space.nested.id
}
data "spacelift_spaces" "all" {
  depends_on = [spacelift_space.nested]
}
data "spacelift_spaces" "labelled" {
  labels     = ["reading"]
  depends_on = [spacelift_space.nested]
}
data "spacelift_space_by_path" "it" {
  space_path = "root/Team/Nested"
  depends_on = [spacelift_space.nested]
}
data "spacelift_policy" "it" {
  policy_id = spacelift_policy.plan.id
}
data "spacelift_policies" "it" {
  type       = "PLAN"
  labels     = ["reading"]
  depends_on = [spacelift_policy.plan]
}
data "spacelift_user" "it" {
  username   = "reader"
  depends_on = [spacelift_user.reader]
}
data "spacelift_idp_group_mapping" "it" {
  name       = "readers"
  depends_on = [spacelift_idp_group_mapping.readers]
}
"""

TEAM = "<re: ^team-[0-9A-Z]{26}$>"

EXPECTED = {
    "account.it": {"name": "gatehouse", "tier": "<string>", "aws_account_id": "<string>"},
    "role_actions.it": {"actions": ["<unordered>", "SPACE_READ", "SPACE_ADMIN", "RUN_TRIGGER", "STACK_MANAGE", "..."]},
    "role.system": {"is_system": True, "slug": "space-writer", "name": "<re: (?i)^space writer$>"},
    "role.custom": {"is_system": False, "name": "Reader of runs", "actions": ["<unordered>", "SPACE_READ", "RUN_COMMENT"]},
    "space.it": {"name": "Nested", "parent_space_id": TEAM, "inherit_entities": True},
    "spaces.all": {
        "spaces": [
            "<unordered>",
            {"space_id": "root", "...": "..."},
            {"name": "Team", "labels": ["reading"], "parent_space_id": "root", "...": "..."},
            {"name": "Nested", "...": "..."},
            "...",
        ]
    },
    "spaces.labelled": {"spaces": [{"name": "Team", "...": "..."}]},
    "space_by_path.it": {"name": "Nested", "parent_space_id": TEAM},
    "policy.it": {"name": "Look twice", "type": "PLAN", "engine_type": "REGO_V0", "body": "<contains: look>", "space_id": TEAM},
    "policies.it": {"policies": [{"name": "Look twice", "id": "<re: ^look-twice>", "labels": ["reading"], "...": "..."}]},
    "user.it": {"invitation_email": "reader@example.com", "policy": [{"space_id": TEAM, "role": "WRITE"}]},
    "idp_group_mapping.it": {"description": "They read", "policy": [{"space_id": TEAM, "role": "READ"}]},
}

# Outside a run the provider cannot know where it is; it says so from the token's issuer.
OF_A_RUN = ("current_stack", "current_space")


def read_all(workspace, tally):
    try:
        workspace.configure(CONFIGURATION)
        workspace.apply()
        for name, expected in EXPECTED.items():
            actual = workspace.attributes(f"data.spacelift_{name}")
            tally.add(f"data source {name}", pattern.compare({**expected, "...": "..."}, actual, "attributes", {}))
        difference = workspace.difference()
        tally.add("data sources: no difference", ["a plan would change something"] if difference else [], difference)
        workspace.must("destroy", "-auto-approve", "-no-color")
    except Failed as problem:
        tally.add("data sources", ["stopped"], str(problem))


INSIDE = "".join(f'data "spacelift_{name}" "it" {{}}\n' for name in OF_A_RUN)


def read_inside_a_run(workspace, stack, tally):
    """workspace: with the token that a run of the stack has; the stack lives in root."""
    expected = {"current_stack": stack, "current_space": "root"}
    try:
        workspace.configure(INSIDE)
        workspace.apply()
        for name in OF_A_RUN:
            actual = workspace.attributes(f"data.spacelift_{name}.it")["id"]
            tally.add(f"data source {name} inside a run", [] if actual == expected[name] else [f"it is {actual}"])
    except Failed as problem:
        tally.add("data sources inside a run", ["stopped"], str(problem))


def refuse_outside_a_run(workspace, tally):
    for name in OF_A_RUN:
        workspace.configure(f'data "spacelift_{name}" "it" {{}}')
        try:
            output = workspace.must_fail("plan")
            missing = [] if "unexpected token issuer api-key" in output else ["the token's issuer is not api-key"]
        except Failed as problem:
            missing, output = ["stopped"], str(problem)
        tally.add(f"data source {name} outside a run", missing, output)
