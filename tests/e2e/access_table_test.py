"""Every root field × every action × where the right is given, under both strategies, through the real door.

A thing lies in the space `middle`; a role with one action (and space:read, without which nothing is seen) is given in
root, in the parent of `middle`, in `middle`, below it or beside it. What a field needs stands in FIELDS; a field of the
schema that has no line there fails the test, and so does a line without a field."""

import json
import re
import unittest
from dataclasses import dataclass
from pathlib import Path

from harness.server import TOKEN_MUTATION, Server

SCHEMA = Path(__file__).resolve().parents[2] / "src" / "doors" / "spacelift" / "schema"
ACTIONS = Path(__file__).resolve().parents[2] / "tables" / "actions.def"
POSITIONS = ("root", "parent", "middle", "child", "sibling")
REACHES = ("root", "parent", "middle")  # from where a role reaches what is in `middle`

PUBLIC, TOKEN, ROOT, SOMEWHERE = "public", "token", "root", "somewhere"

POLICY_BODY = """package spacelift
allow { true }
roles[space][role] { parts := split(input.session.login, "|"); role := parts[1]; space := parts[2] }
"""


@dataclass
class Field:
    need: str  # an action in `middle`, or one of the words above
    text: str  # the field with its arguments; {name} is an id that the test has made
    shows: str = ""  # a query that always answers: what stands in the answer when it is allowed
    made: str = ""  # what the field uses up: it is made anew before each call that is allowed


def binding(kind, subject):
    pair = f'{kind[0].lower() + kind[1:]}ID: "{{{subject}}}"'
    same = f'{{{{{pair}, roleID: "space-reader", spaceID: "{{middle}}"}}}}'
    name = kind[0].lower() + kind[1:] + "RoleBinding"
    bound = f"{{{subject}_binding}}"
    return {
        f"Query.{name}": Field(SOMEWHERE, f'{name}(id: "{bound}") {{{{ id }}}}'),
        f"Mutation.{name}Create": Field("SPACE_ADMIN", f"{name}Create(input: {same}) {{{{ id }}}}"),
        f"Mutation.{name}BatchCreate": Field(
            "SPACE_ADMIN", f"{name}BatchCreate(input: {{{{bindings: [{same}]}}}}) {{{{ id }}}}"
        ),
        f"Mutation.{name}Update": Field("SPACE_ADMIN", f'{name}Update(id: "{bound}", input: {same}) {{{{ id }}}}'),
        f"Mutation.{name}Delete": Field(
            "SPACE_ADMIN", f'{name}Delete(id: "{bound}") {{{{ id }}}}', made=f"{subject}_binding"
        ),
    }


STACK = (
    '{{name: "{name}", provider: RAW_GIT, repository: "r", repositoryURL: "https://git.example/r.git", branch: "main", '
    'space: "{space}", administrative: false, autodeploy: false, protectFromDeletion: true, '
    'vendorConfig: {{ansible: {{playbook: "p.yml"}}}}}}'
)
NO_STACK = STACK.replace("{name}", " ").replace("{space}", "{middle}")
POLICY = '{{name: "{name}", type: PLAN, body: "package spacelift", space: "{middle}"}}'
SEARCH = "(input: {{first: 50}}) {{ edges {{ node {{ id }} }} }}"

FIELDS = {
    "Query.debugInfo": Field(PUBLIC, "debugInfo {{ selfHostedVersion }}"),
    "Query.viewer": Field(PUBLIC, "viewer {{ id }}"),
    "Query.id": Field(TOKEN, "id"),
    "Query.name": Field(TOKEN, "name"),
    "Query.tier": Field(TOKEN, "tier"),
    "Query.type": Field(TOKEN, "type"),
    "Query.outgoingIPAddresses": Field(TOKEN, "outgoingIPAddresses"),
    "Query.spaceliftAwsAccountId": Field(TOKEN, "spaceliftAwsAccountId"),
    "Query.managementStrategy": Field(TOKEN, "managementStrategy"),
    "Query.spaceNonRootManagersEnabled": Field(TOKEN, "spaceNonRootManagersEnabled"),
    "Query.module": Field(TOKEN, 'module(id: "none") {{ id }}', shows="module"),
    "Query.space": Field("SPACE_READ", 'space(id: "{middle}") {{ id }}'),
    "Query.spaces": Field("SPACE_READ", "spaces {{ id }}", shows="{middle}"),
    "Query.stack": Field("SPACE_READ", 'stack(id: "{stack}") {{ id }}'),
    "Query.stacks": Field("SPACE_READ", "stacks {{ id }}", shows="{stack}"),
    "Query.searchStacks": Field("SPACE_READ", "searchStacks" + SEARCH, shows="{stack}"),
    "Query.runStack": Field("SPACE_READ", 'runStack(runId: "{run}") {{ id }}'),
    "Query.policy": Field("SPACE_READ", 'policy(id: "{policy}") {{ id }}'),
    "Query.policies": Field("SPACE_READ", "policies {{ id }}", shows="{policy}"),
    "Query.searchPolicies": Field("SPACE_READ", "searchPolicies" + SEARCH, shows="{policy}"),
    "Query.apiKey": Field(SOMEWHERE, 'apiKey(id: "{apiKey}") {{ id }}'),
    "Query.apiKeys": Field(SOMEWHERE, "apiKeys {{ id }}", shows="{apiKey}"),
    "Query.role": Field(SOMEWHERE, 'role(id: "space-reader") {{ id }}'),
    "Query.roles": Field(SOMEWHERE, "roles {{ slug }}", shows="space-reader"),
    "Query.managedUserGroup": Field(SOMEWHERE, 'managedUserGroup(id: "{userGroup}") {{ id }}'),
    "Query.managedUserGroups": Field(SOMEWHERE, "managedUserGroups {{ id }}", shows="{userGroup}"),
    "Query.availableUserGroups": Field(SOMEWHERE, "availableUserGroups", shows="table group"),
    "Query.managedUser": Field(SOMEWHERE, 'managedUser(id: "{user}") {{ id }}'),
    "Query.managedUsers": Field(SOMEWHERE, "managedUsers {{ id }}", shows="{user}"),
    "Query.accessGrants": Field(SOMEWHERE, "accessGrants {{ id }}", shows="{grant}"),
    "Query.explain": Field(
        "SPACE_ADMIN",
        'explain(input: {{actor: "{apiKey}", action: RUN_TRIGGER, object: "{middle}"}}) {{ allowed }}',
    ),
    "Query.searchAuditTrailEntries": Field(
        ROOT, "searchAuditTrailEntries(input: {{first: 1}}) {{ edges {{ node {{ id }} }} }}"
    ),
    "Query.auditTrailWebhook": Field(ROOT, "auditTrailWebhook {{ endpoint }}", shows="auditTrailWebhook"),
    "Query.auditVerify": Field(ROOT, "auditVerify {{ __typename }}"),
    "Query.usage": Field(ROOT, "usage {{ __typename }}"),
    "Query.policyRehearse": Field(ROOT, 'policyRehearse(body: "package spacelift", limit: 1) {{ __typename }}'),
    "Query.session": Field(ROOT, 'session(id: "{session}") {{ id }}'),
    "Query.sessions": Field(ROOT, "sessions {{ id }}", shows="{session}"),
    "Query.apiKeyTestToken": Field(SOMEWHERE, 'apiKeyTestToken(id: "{apiKey}", token: "x") {{ __typename }}'),
    # In this order: whoever may make the webhook then changes and deletes it.
    "Mutation.auditTrailSetWebhook": Field(
        ROOT,
        'auditTrailSetWebhook(input: {{enabled: false, endpoint: "https://hooks.example/audit", includeRuns: false, '
        'secret: "a secret of the test"}}) {{ endpoint }}',
    ),
    "Mutation.auditTrailWebhookSetHeaders": Field(
        ROOT, 'auditTrailWebhookSetHeaders(input: {{headers: {{entries: [{{key: "X-A", value: "b"}}]}}}}) {{ endpoint }}'
    ),
    "Mutation.auditTrailWebhookDeleteHeaders": Field(
        ROOT, 'auditTrailWebhookDeleteHeaders(input: {{headers: ["X-A"]}}) {{ endpoint }}'
    ),
    "Mutation.auditTrailDeleteWebhook": Field(ROOT, "auditTrailDeleteWebhook {{ endpoint }}", shows="auditTrailDeleteWebhook"),
    "Mutation.managedUserInvite": Field(ROOT, 'managedUserInvite(input: {{username: " "}}) {{ id }}'),
    "Mutation.managedUserResendInvite": Field(ROOT, 'managedUserResendInvite(id: "{user}") {{ id }}'),
    "Mutation.managedUserUpdate": Field(ROOT, 'managedUserUpdate(input: {{id: "{user}"}}) {{ id }}'),
    "Mutation.managedUserDelete": Field(ROOT, 'managedUserDelete(id: "{spare_user}") {{ id }}', made="spare_user"),
    "Mutation.managedUserPasswordSet": Field(ROOT, 'managedUserPasswordSet(id: "{user}", password: "short") {{ id }}'),
    "Mutation.sessionDelete": Field(TOKEN, 'sessionDelete(id: "nothing") {{ id }}', shows="sessionDelete"),
    "Mutation.sessionDeleteAll": Field(ROOT, 'sessionDeleteAll(actor: "{apiKey}")'),
    "Mutation.apiKeyCreate": Field(ROOT, 'apiKeyCreate(input: {{name: " "}}) {{ id }}'),
    "Mutation.apiKeyUpdate": Field(ROOT, 'apiKeyUpdate(id: "{apiKey}", input: {{name: " "}}) {{ id }}'),
    "Mutation.apiKeyReset": Field(ROOT, 'apiKeyReset(id: "{apiKey}") {{ id }}'),
    "Mutation.apiKeyRevokePreviousSecret": Field(ROOT, 'apiKeyRevokePreviousSecret(id: "{apiKey}") {{ id }}'),
    "Mutation.apiKeyEnableNonRootManagers": Field(ROOT, "apiKeyEnableNonRootManagers(enable: false)"),
    "Mutation.apiKeyDelete": Field(ROOT, 'apiKeyDelete(id: "{spare_key}") {{ id }}', made="spare_key"),
    "Mutation.roleCreate": Field(ROOT, 'roleCreate(input: {{name: "x", actions: []}}) {{ id }}'),
    "Mutation.roleUpdate": Field(ROOT, 'roleUpdate(id: "space-reader", input: {{name: "x"}}) {{ id }}'),
    "Mutation.roleDelete": Field(ROOT, 'roleDelete(id: "space-reader") {{ id }}'),
    "Mutation.managedUserGroupCreate": Field(
        ROOT, 'managedUserGroupCreate(input: {{groupName: " ", description: ""}}) {{ id }}'
    ),
    "Mutation.managedUserGroupUpdate": Field(
        ROOT, 'managedUserGroupUpdate(input: {{id: "{userGroup}", description: ""}}) {{ id }}'
    ),
    "Mutation.managedUserGroupDelete": Field(
        ROOT, 'managedUserGroupDelete(id: "{spare_group}") {{ id }}', made="spare_group"
    ),
    "Mutation.managementStrategySet": Field(ROOT, "managementStrategySet(strategy: {strategy})"),
    "Mutation.spaceCreate": Field(
        ROOT, 'spaceCreate(input: {{name: " ", parentSpace: "{middle}", inheritEntities: true}}) {{ id }}'
    ),
    "Mutation.spaceUpdate": Field(
        ROOT,
        'spaceUpdate(space: "{middle}", input: {{name: " ", parentSpace: "root", inheritEntities: true}}) {{ id }}',
    ),
    "Mutation.spaceDelete": Field(ROOT, 'spaceDelete(space: "{middle}") {{ id }}'),
    "Mutation.spaceEnableNonRootManagers": Field(ROOT, "spaceEnableNonRootManagers(enable: false)"),
    "Mutation.accessGrant": Field(
        "SPACE_ADMIN",
        'accessGrant(input: {{subject: "{apiKey}", subjectType: API_KEY, role: "space-writer", space: "{middle}", '
        'durationSeconds: 3600, reason: "test"}}) {{ id }}',
    ),
    "Mutation.accessRevoke": Field("SPACE_ADMIN", 'accessRevoke(id: "{apiKey_binding}") {{ id }}', made="apiKey_binding"),
    "Mutation.policyCreatev2": Field("SPACE_ADMIN", "policyCreatev2(input: " + POLICY.replace("{name}", " ") + ") {{ id }}"),
    "Mutation.policyUpdatev2": Field(
        "SPACE_ADMIN", 'policyUpdatev2(id: "{policy}", input: {{name: " ", body: "package spacelift"}}) {{ id }}'
    ),
    "Mutation.policyDelete": Field("SPACE_ADMIN", 'policyDelete(id: "{spare_policy}") {{ id }}', made="spare_policy"),
    "Mutation.policySimulate": Field(
        SOMEWHERE, 'policySimulate(body: "package spacelift", input: "{{}}", type: PLAN)'
    ),
    "Mutation.stackCreate": Field("STACK_CREATE", "stackCreate(input: " + NO_STACK + ", manageState: false) {{ id }}"),
    "Mutation.stackUpdate": Field("STACK_UPDATE", 'stackUpdate(id: "{stack}", input: ' + NO_STACK + ") {{ id }}"),
    "Mutation.stackDelete": Field("STACK_DELETE", 'stackDelete(id: "{stack}") {{ id }}'),
    "Mutation.stackLock": Field("STACK_LOCK", 'stackLock(id: "{stack}") {{ id }}'),
    # Whoever may not break the lock of another is refused that; an unlocked stack tells the two rights apart.
    "Mutation.stackUnlock": Field("STACK_UNLOCK", 'stackUnlock(id: "{unlocked}") {{ id }}'),
    "Mutation.stackDisable": Field("STACK_DISABLE", 'stackDisable(id: "{unlocked}") {{ id }}'),
    "Mutation.stackEnable": Field("STACK_ENABLE", 'stackEnable(id: "{stack}") {{ id }}'),
    "Mutation.stackSetCurrentCommit": Field(
        "STACK_SET_CURRENT_COMMIT", 'stackSetCurrentCommit(id: "{stack}", sha: "x") {{ id }}'
    ),
    "Mutation.stackConfigAdd": Field(
        "STACK_ADD_CONFIG",
        'stackConfigAdd(stack: "{stack}", config: {{id: "A", type: ENVIRONMENT_VARIABLE, value: "x", writeOnly: false}}) '
        "{{ id }}",
    ),
    "Mutation.stackConfigDelete": Field(
        "STACK_DELETE_CONFIG", 'stackConfigDelete(stack: "{stack}", id: "{config}") {{ id }}', made="config"
    ),
    "Mutation.starSet": Field("STACK_SET_STAR", 'starSet(id: "{stack}", star: false) {{ id }}'),
    "Mutation.runTrigger": Field("RUN_TRIGGER", 'runTrigger(stack: "{stack}", commitSha: "short") {{ id }}'),
    "Mutation.taskCreate": Field("TASK_CREATE", 'taskCreate(stack: "{stack}", command: " ") {{ id }}'),
    "Mutation.runConfirm": Field("RUN_CONFIRM", 'runConfirm(stack: "{stack}", run: "{run}") {{ id }}'),
    "Mutation.runDiscard": Field("RUN_DISCARD", 'runDiscard(stack: "{stack}", run: "{run}") {{ id }}'),
    "Mutation.runDiscardAll": Field("RUN_DISCARD", 'runDiscardAll(stack: "{unlocked}") {{ __typename }}'),
    "Mutation.runCancel": Field("RUN_CANCEL", 'runCancel(stack: "{stack}", run: "{run}") {{ id }}'),
    "Mutation.runStop": Field("RUN_STOP", 'runStop(stack: "{stack}", run: "{run}") {{ id }}'),
    "Mutation.runRetry": Field("RUN_RETRY", 'runRetry(stack: "{stack}", run: "{run}") {{ id }}'),
    "Mutation.runPrioritizeSet": Field(
        "RUN_PRIORITIZE_SET", 'runPrioritizeSet(stack: "{stack}", run: "{run}", prioritize: true) {{ id }}'
    ),
    "Mutation.runComment": Field("RUN_COMMENT", 'runComment(stack: "{stack}", run: "{run}", body: " ") {{ body }}'),
    **binding("ApiKey", "apiKey"),
    **binding("Stack", "stack"),
    **binding("User", "user"),
    **binding("UserGroup", "userGroup"),
}
# Streams are asked for in another way; doors/spacelift decides about them as about Query.stack.
STREAMS = {"Subscription.runLogs", "Subscription.runStates"}
# For everybody: they end the session that asks, or check a credential, of which only so many may be wrong.
OPEN = {"Mutation.logout", "Mutation.apiKeyUser", "Mutation.oauthUser"}


def schema_fields():
    """{"Query.stack", ...}, from the schema's sources."""
    found = set()
    for path in SCHEMA.glob("*.graphql"):
        for kind, body in re.findall(
            r"^(?:extend )?type (Query|Mutation|Subscription)\b[^{]*\{(.*?)^\}", path.read_text(), re.M | re.S
        ):
            text = re.sub(r'"(?:[^"\\\n]|\\.)*"', "", body)
            for match in re.finditer(r"^  (\w+)\b", text, re.M):
                before = text[: match.start()]
                if before.count("(") == before.count(")"):
                    found.add(f"{kind}.{match[1]}")
    return found


def actions():
    """{"SPACE_READ": "READER", ...}, from the table of actions."""
    return dict(re.findall(r'^ACTION\((\w+), "[^"]*", (\w+)\)', ACTIONS.read_text(), re.M))


LEVELS = {"READER": 1, "WRITER": 2, "ADMIN": 3}


def allows(held, action, levels):
    """Whether a role with `held` and space:read has the action, by name or by level."""
    level = {"SPACE_ADMIN": 3, "SPACE_WRITE": 2}.get(held, 1)
    return held == action or action == "SPACE_READ" or level >= LEVELS[levels[action]]


def expected(field, held, position, levels):
    if field.need in (PUBLIC, TOKEN):
        return True
    if field.need == ROOT:
        return held == "SPACE_ADMIN" and position == "root"
    if field.need == SOMEWHERE:
        return held == "SPACE_ADMIN"
    return position in REACHES and allows(held, field.need, levels)


class AccessTableTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.levels = actions()
        cls.server = Server(
            arguments=["--local-workers", "0", "--graphql-batch", "500", "--graphql-max-root-fields", "500",
                       "--graphql-max-aliases", "500", "--graphql-budget", "0"]
        ).start()
        cls.addClassCleanup(cls.server.close)
        cls.ids = {"strategy": "USER_MANAGEMENT"}
        cls.make_things()
        cls.make_actors()

    @classmethod
    def one(cls, text):
        """The id that the administrator gets back from one mutation."""
        data = cls.server.graphql("mutation { it: " + text + " }")
        return data["it"]["id"]

    @classmethod
    def make_things(cls):
        def space(name, parent):
            return cls.one(f'spaceCreate(input: {{name: "{name}", parentSpace: "{parent}", inheritEntities: false}}) {{ id }}')

        ids = cls.ids
        ids["root"] = "root"
        ids["parent"] = space("parent", "root")
        ids["middle"] = space("middle", ids["parent"])
        ids["child"] = space("child", ids["middle"])
        ids["sibling"] = space("sibling", ids["parent"])
        for name in ("stack", "unlocked"):
            text = STACK.replace("{name}", name).replace("{space}", ids["middle"]).replace("{{", "{").replace("}}", "}")
            ids[name] = cls.one(f"stackCreate(input: {text}, manageState: false) {{ id }}")
        ids["run"] = cls.one(f'runTrigger(stack: "{ids["stack"]}", runType: PROPOSED) {{ id }}')
        ids["policy"] = cls.one("policyCreatev2(input: " + POLICY.replace("{name}", "kept").format(**ids) + ") { id }")
        ids["apiKey"] = cls.one('apiKeyCreate(input: {name: "target"}) { id }')
        ids["userGroup"] = cls.one('managedUserGroupCreate(input: {groupName: "table group", description: ""}) { id }')
        ids["user"] = cls.one('managedUserInvite(input: {username: "target", invitationEmail: "t@example.org"}) { id }')
        for name in sorted({field.made for field in FIELDS.values() if field.made}):
            cls.make_spare(name)
        ids["grant"] = cls.one(
            f'accessGrant(input: {{subject: "{ids["apiKey"]}", subjectType: API_KEY, role: "space-admin", '
            f'space: "{ids["sibling"]}", durationSeconds: 3600, reason: "test"}}) {{ id }}'
        )

        ids["session"] = cls.server.graphql("{ sessions { id } }")["sessions"][0]["id"]

    @classmethod
    def make_spare(cls, name):
        """Something that a field will use up."""
        ids = cls.ids
        texts = {
            "spare_key": 'apiKeyCreate(input: {{name: "spare"}}) {{ id }}',
            "spare_user": 'managedUserInvite(input: {{username: "spare"}}) {{ id }}',
            "spare_group": 'managedUserGroupCreate(input: {{groupName: "spare", description: ""}}) {{ id }}',
            "spare_policy": "policyCreatev2(input: " + POLICY.replace("{name}", "spare") + ") {{ id }}",
            "config": 'stackConfigAdd(stack: "{stack}", config: {{id: "B", type: ENVIRONMENT_VARIABLE, value: "x", '
            "writeOnly: false}}) {{ id }}",
        }
        for kind in ("ApiKey", "Stack", "User", "UserGroup"):
            subject = kind[0].lower() + kind[1:]
            texts[f"{subject}_binding"] = (
                f'{subject}RoleBindingCreate(input: {{{{{subject}ID: "{{{subject}}}", roleID: "space-reader", '
                f'spaceID: "{{middle}}"}}}}) {{{{ id }}}}'
            )
        ids[name] = cls.one(texts[name].format(**ids))

    @classmethod
    def make_actors(cls):
        """A role for each action, a key for each role and position, and what binds the one to the other."""
        names = [name for name in cls.levels]
        for name in names:
            cls.one(f'roleCreate(input: {{name: "table {name}", actions: [SPACE_READ, {name}]}}) {{ id }}')
        cls.keys = {}
        for name in names:
            slug = "table-" + name.lower().replace("_", "-")
            made = cls.server.graphql(
                "mutation {"
                + " ".join(
                    f'{position}: apiKeyCreate(input: {{name: "t|{slug}|{cls.ids[position]}"}}) {{ id secret }}'
                    for position in POSITIONS
                )
                + "}"
            )
            cls.server.graphql(
                "mutation { apiKeyRoleBindingBatchCreate(input: {bindings: ["
                + " ".join(
                    f'{{apiKeyID: "{made[position]["id"]}", roleID: "{slug}", spaceID: "{cls.ids[position]}"}}'
                    for position in POSITIONS
                )
                + "]}) { id } }"
            )
            for position in POSITIONS:
                cls.keys[name, position] = made[position]

    def token_of(self, held, position):
        key = self.keys[held, position]
        data = self.server.graphql(TOKEN_MUTATION, {"id": key["id"], "secret": key["secret"]}, token=None)
        return data["apiKeyUser"]["jwt"]

    def batch(self, token, fields):
        """The answers to each of these fields, asked by that token."""
        documents = [
            {"query": f"{name.split('.')[0].lower()} {{ {field.text.format(**self.ids)} }}"} for name, field in fields
        ]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        answer = self.server.request("POST", "/graphql", json.dumps(documents), headers)
        self.assertEqual(answer.status, 200, answer.body[:500])
        self.assertNotIn(b"GRAPHQL_VALIDATION_FAILED", answer.body)
        return answer.json()

    def was_allowed(self, field, answer):
        for error in answer.get("errors", []):
            if "unauthorized" in error["message"] or "not found" in error["message"]:
                return False
        if field.shows:
            return json.dumps(field.shows.format(**self.ids)) in json.dumps(answer)
        values = (answer.get("data") or {}).values()
        return bool(answer.get("errors")) or field.need == PUBLIC or None not in values

    def check(self, name, field, held, position, answer, wanted):
        if self.was_allowed(field, answer) != wanted:
            self.wrong.append(f"{name}: {held} in {position}: {'refused' if wanted else 'allowed'}: {json.dumps(answer)[:300]}")

    def ask_all(self):
        self.wrong = []
        fields = list(FIELDS.items())
        for held, position in self.keys:
            token = self.token_of(held, position)
            wanted = {name: expected(field, held, position, self.levels) for name, field in fields}
            plain = [(name, field) for name, field in fields if not (field.made and wanted[name])]
            # Queries and changes apart: a batch is one unit of work.
            for kind in ("Query", "Mutation"):
                some = [(name, field) for name, field in plain if name.startswith(kind)]
                for (name, field), answer in zip(some, self.batch(token, some)):
                    self.check(name, field, held, position, answer, wanted[name])
            for name, field in fields:
                if field.made and wanted[name]:
                    self.check(name, field, held, position, self.batch(token, [(name, field)])[0], True)
                    self.make_spare(field.made)
        if self.wrong:
            self.fail(f"{len(self.wrong)} answers are wrong, such as\n" + "\n".join(self.wrong[:20]))

    def test_1_every_field_of_the_schema_has_a_line(self):
        self.assertEqual(schema_fields() - set(FIELDS) - STREAMS - OPEN, set(), "root fields without a line in FIELDS")
        self.assertEqual(set(FIELDS) - schema_fields(), set(), "lines in FIELDS without a root field")

    def test_2_under_user_management(self):
        self.ask_all()

    def test_3_under_login_policies(self):
        self.server.graphql("mutation { managementStrategySet(strategy: LOGIN_POLICIES) }")
        self.ids["strategy"] = "LOGIN_POLICIES"
        name, field = "Query.space", FIELDS["Query.space"]
        self.assertFalse(self.was_allowed(field, self.batch(self.token_of("SPACE_WRITE", "middle"), [(name, field)])[0]))
        # An administrative key skips policies, so its name need not say anything.
        self.server.graphql(
            "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { id } }",
            {"input": {"name": "by name", "type": "LOGIN", "space": "root", "body": POLICY_BODY}},
        )
        self.ask_all()


if __name__ == "__main__":
    unittest.main()
