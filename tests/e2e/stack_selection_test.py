"""What a list of stacks answers does not depend on what else was asked for: the server reads only the columns that the
selected fields need, so every field, alone and among others, must say what it says in the whole."""

import random
import unittest

from harness import projects, runs
from harness.selection import Schema
from harness.server import Server

SELECTIONS = 300
VENDOR = "vendorConfig { __typename ... on StackConfigVendorTerraform { version workspace } }"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOOKS = [
    f"{when}{what}" for when in ("before", "after") for what in ("Init", "Plan", "Apply", "Perform", "Destroy")
]


class StackSelectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(arguments=["--local-workers", "0", "--graphql-budget", "0"])
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.fields = cls.selections()
        cls.make_stacks()

    @classmethod
    def selections(cls):
        """For each field of Stack that needs no argument, what to write to select it."""
        schema = Schema(cls.server)
        written = {field["name"]: schema.selection(field, 1) for field in schema.fields("Stack")}
        written["__typename"] = "__typename"
        written["vendorConfig"] = VENDOR
        return {name: text for name, text in written.items() if text}

    @classmethod
    def make_stacks(cls):
        """One with everything, one with nothing, one with text that needs care, one with a run."""
        repository = projects.ansible(cls.server.folder / "project")
        full = {hook: [f"echo {hook}"] for hook in [*HOOKS, "afterRun"]}
        full |= {"description": "all", "labels": ["a", "b"], "namespace": "acme", "projectRoot": "infra"}
        full |= {"additionalProjectGlobs": ["*.tf"], "gitSparseCheckoutPaths": ["infra"], "runnerImage": "alpine"}
        full |= {"autoretry": True, "githubActionDeploy": True, "localPreviewEnabled": True}
        full |= {"enableWellKnownSecretMasking": True, "enableSensitiveOutputUpload": True}
        full |= {"protectFromDeletion": True, "autodeploy": True, "space": "root"}
        full |= {"vendorConfig": {"terraform": {"version": "1.5.7", "workspace": "blue"}}, "provider": "GITHUB"}
        stack = runs.Stack(cls.server, "full", repository, **full)
        change = cls.server.graphql
        change('mutation ($id: ID!) { stackLock(id: $id, note: "mine") { id } }', {"id": stack.id})
        change("mutation ($id: ID!) { starSet(id: $id, star: true) { id } }", {"id": stack.id})
        change(
            "mutation ($id: ID!, $sha: String!) { stackSetCurrentCommit(id: $id, sha: $sha) { id } }",
            {"id": stack.id, "sha": COMMIT},
        )
        element = {"id": "REGION", "type": "ENVIRONMENT_VARIABLE", "value": "north", "writeOnly": False}
        change(
            "mutation ($id: ID!, $config: ConfigInput!) { stackConfigAdd(stack: $id, config: $config) { id } }",
            {"id": stack.id, "config": element},
        )
        empty = runs.Stack(cls.server, "bare", repository)
        change("mutation ($id: ID!) { stackDisable(id: $id) { id } }", {"id": empty.id})
        strange = {"description": "", "labels": ['quote " and \\', "ümläut", "", "control \u0001\n", "x" * 300]}
        runs.Stack(cls.server, "zoë \U0001f600", repository, **strange)
        runs.Stack(cls.server, "busy", repository).trigger()

    def ask(self, names):
        return self.server.graphql("{ stacks { " + " ".join(self.fields[name] for name in names) + " } }")["stacks"]

    def test_every_field_says_the_same_in_any_selection(self):
        whole = self.ask(self.fields)
        self.assertEqual(len(whole), 4)
        self.assertTrue(next(stack for stack in whole if stack["name"] == "busy")["blocker"])
        chance = random.Random(5)
        alone = [[name] for name in self.fields]
        several = [chance.sample(list(self.fields), chance.randint(2, 12)) for _ in range(SELECTIONS)]
        for names in alone + several:
            expected = [{name: stack[name] for name in names} for stack in whole]
            self.assertEqual(self.ask(names), expected, names)

    def test_aliases_and_fragments_count(self):
        document = """{ stacks { label: name ...more ... on Stack { note: lockNote } } }
          fragment more on Stack { trackedCommit { hash } ...deeper }
          fragment deeper on Stack { hooks: beforeInit }"""
        full = next(stack for stack in self.server.graphql(document)["stacks"] if stack["label"] == "full")
        self.assertEqual(
            full, {"label": "full", "note": "mine", "trackedCommit": {"hash": COMMIT}, "hooks": ["echo beforeInit"]}
        )

    def test_a_condition_that_drops_a_field_keeps_the_others(self):
        document = "query ($all: Boolean!) { stacks { name runnerImage @include(if: $all) description } }"
        for everything in (True, False):
            full = next(s for s in self.server.graphql(document, {"all": everything})["stacks"] if s["name"] == "full")
            self.assertEqual(full, {"name": "full", **({"runnerImage": "alpine"} if everything else {}), "description": "all"})


if __name__ == "__main__":
    unittest.main()
