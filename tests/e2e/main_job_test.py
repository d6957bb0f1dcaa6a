"""The main job: key to token to stack to run, with a real engine, as a client of the GraphQL door sees it."""

import json
import os
import re
import shutil
import stat
import subprocess
import unittest

from harness import patience, projects, runs
from harness.server import Server, TOKEN_MUTATION
from standins.gate import Gate

needs_terraform = unittest.skipUnless(projects.has_terraform(), "neither terraform nor tofu is on PATH")
needs_ansible = unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")

TRACKED = [
    "QUEUED",
    "READY",
    "PREPARING",
    "INITIALIZING",
    "PLANNING",
    "UNCONFIRMED",
    "CONFIRMED",
    "PREPARING_APPLY",
    "APPLYING",
    "FINISHED",
]


class Scenario(unittest.TestCase):
    """One server for the scenarios of a class; each makes its own stack."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def stack(self, repository, **changes):
        name = self.id().rsplit(".", 1)[1].replace("_", "-")
        return runs.Stack(self.server, name, repository, **changes)

    def folder(self):
        return self.server.folder / "repositories" / self.id().rsplit(".", 1)[1]


class KeyAndToken(Scenario):
    def test_the_key_file_is_private_and_in_the_documented_format(self):
        path = self.server.data / "admin.apikey"
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        text = path.read_text()
        self.assertIn("[credentials]\n", text)
        self.assertRegex(text, r"(?m)^api_key_id\s+= [0-9A-HJKMNP-TV-Z]{26}$")
        self.assertRegex(text, r"(?m)^api_key_secret = \S{32,}$")
        self.assertRegex(text, r'(?m)^credentials "[^"]+" \{\n  token = "\S+"\n\}')

    def test_the_server_prints_its_address_its_data_and_the_first_key(self):
        key_id, secret = self.server.key()
        log = self.server.log
        self.assertIn(self.server.url, log)
        self.assertIn(str(self.server.data), log)
        self.assertIn(key_id, log)
        self.assertIn(secret, log)

    def test_curl_exchanges_the_key_as_the_documentation_says(self):
        key_id, secret = self.server.key()
        exchange = {"query": TOKEN_MUTATION, "variables": {"id": key_id, "secret": secret}}
        token = self.curl(exchange)["data"]["apiKeyUser"]["jwt"]
        self.assertRegex(token, r"^[\w-]+\.[\w-]+\.[\w-]+$")
        listing = {"query": "{ stacks { id name, createdAt, description }}"}
        self.assertIsInstance(self.curl(listing, token)["data"]["stacks"], list)

    def curl(self, body, token=None):
        command = ["curl", "--silent", "--fail", "--request", "POST", "--url", f"{self.server.url}/graphql"]
        command += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
        if token:
            command += ["--header", f"Authorization: Bearer {token}"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=patience.SECONDS).stdout)


@needs_terraform
class TerraformRuns(Scenario):
    def test_a_tracked_run_is_planned_confirmed_and_applied(self):
        stack = self.stack(projects.terraform(self.folder()))
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")

        delta = stack.read_run(run, "delta { addCount changeCount deleteCount resources }")["delta"]
        self.assertEqual((delta["addCount"], delta["changeCount"], delta["deleteCount"]), (1, 0, 0))
        changes = stack.read_run(
            run, "changesV3(input: {}) { resources { address previousAddress metadata { type } } }"
        )["changesV3"]
        addresses = [resource["address"] for change in changes for resource in change["resources"]]
        self.assertIn("terraform_data.greeting", addresses)
        self.assertIn("terraform_data.greeting", stack.logs(run, "PLANNING"))

        self.assertEqual(stack.move("runConfirm", run), "CONFIRMED")
        stack.wait(run, "FINISHED")
        self.assertEqual(stack.states(run), TRACKED)
        self.assertIn("terraform_data.greeting", stack.logs(run, "APPLYING"))

        history = stack.history(run)
        self.assertEqual([move["terminal"] for move in history], [True] + [False] * (len(TRACKED) - 1))
        facts = stack.read(
            "state entityCount entities { id address name type vendor { __typename } } "
            "outputs { id value sensitive }"
        )
        self.assertEqual(facts["state"], "FINISHED")
        self.assertEqual(facts["entityCount"], len(facts["entities"]))
        self.assertIn("terraform_data.greeting", [entity["address"] for entity in facts["entities"]])
        outputs = {output["id"]: output for output in facts["outputs"]}
        self.assertIn("hello", outputs["greeting"]["value"])
        self.assertTrue(outputs["hidden"]["sensitive"])
        self.assertNotIn("behind the curtain", json.dumps(facts))

    def test_a_second_run_without_changes_finishes_by_itself(self):
        stack = self.stack(projects.terraform(self.folder()), autodeploy=True)
        stack.wait(stack.trigger(), "FINISHED")
        second = stack.trigger()
        stack.wait(second, "FINISHED")
        self.assertEqual(stack.states(second), TRACKED[:5] + ["FINISHED"])

    def test_autodeploy_asks_nobody(self):
        stack = self.stack(projects.terraform(self.folder()), autodeploy=True)
        run = stack.trigger()
        stack.wait(run, "FINISHED")
        states = stack.states(run)
        self.assertNotIn("UNCONFIRMED", states)
        self.assertIn("APPLYING", states)

    def test_a_proposed_run_plans_and_changes_nothing(self):
        stack = self.stack(projects.terraform(self.folder()))
        run = stack.trigger("PROPOSED")
        stack.wait(run, "FINISHED")
        self.assertEqual(stack.states(run), TRACKED[:5] + ["FINISHED"])
        facts = stack.read("entityCount state runs { id } proposedRuns { id type }")
        self.assertEqual(facts["entityCount"], 0)
        self.assertEqual(facts["proposedRuns"], [{"id": run, "type": "PROPOSED"}])
        self.assertEqual(facts["runs"], [])

    def test_a_discarded_run_changes_nothing(self):
        stack = self.stack(projects.terraform(self.folder()))
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")
        stack.move("runDiscard", run)
        stack.wait(run, "DISCARDED")
        self.assertEqual(stack.read("entityCount")["entityCount"], 0)

    def test_a_waiting_run_is_cancelled(self):
        stack = self.stack(projects.terraform(self.folder()))
        first = stack.trigger()
        stack.wait(first, "UNCONFIRMED")
        second = stack.trigger()
        self.assertEqual(stack.state(second), "QUEUED")
        stack.move("runCancel", second)
        stack.wait(second, "CANCELED")
        self.assertEqual(stack.state(first), "UNCONFIRMED")

    def test_the_next_run_starts_when_the_first_is_out_of_the_way(self):
        stack = self.stack(projects.terraform(self.folder()))
        first = stack.trigger()
        stack.wait(first, "UNCONFIRMED")
        second = stack.trigger()
        stack.move("runDiscard", first)
        stack.wait(second, "UNCONFIRMED")

    def test_a_planning_run_is_stopped(self):
        gate = Gate()  # which nobody opens
        self.addCleanup(gate.close)
        stack = self.stack(projects.terraform(self.folder()), beforePlan=[gate.command])
        run = stack.trigger()
        gate.wait_for_arrival()
        stack.wait(run, "PLANNING")
        stack.move("runStop", run)
        stack.wait(run, "STOPPED")

    def test_a_task_runs_its_command_and_tells_how_it_ended(self):
        stack = self.stack(projects.terraform(self.folder()))
        good = stack.task("echo the answer is $((6 * 7))")
        stack.wait(good, "FINISHED")
        self.assertIn("PERFORMING", stack.states(good))
        self.assertIn("the answer is 42", stack.logs(good, "PERFORMING"))
        bad = stack.task("exit 3", skip_initialization=True)
        stack.wait(bad, "FAILED")
        self.assertEqual({task["id"] for task in stack.read("tasks { id }")["tasks"]}, {good, bad})

    def test_a_failing_plan_ends_failed_with_the_engines_own_words(self):
        stack = self.stack(projects.terraform(self.folder(), projects.TERRAFORM_FAILING))
        run = stack.trigger()
        stack.wait(run, "FAILED")
        self.assertIn("the moon is not made of cheese", stack.logs(run, "PLANNING"))
        self.assertEqual(stack.read("state")["state"], "FAILED")

    def test_the_environment_reaches_the_engine_and_secrets_stay_hidden(self):
        stack = self.stack(
            projects.terraform(self.folder()),
            autodeploy=True,
            beforePlan=['echo "word: $PASSWORD"'],
        )
        self.add_variable(stack, "TF_VAR_greeting", "good evening", False)
        self.add_variable(stack, "PASSWORD", "correct-horse-battery", True)
        run = stack.trigger()
        stack.wait(run, "FINISHED")
        outputs = {output["id"]: output["value"] for output in stack.read("outputs { id value }")["outputs"]}
        self.assertIn("good evening", outputs["greeting"])
        log = stack.logs(run)
        self.assertIn("word: ", log)
        self.assertNotIn("correct-horse-battery", log)
        self.assertNotIn("correct-horse-battery", self.server.log)

    def add_variable(self, stack, name, value, write_only):
        mutation = """mutation ($stack: ID!, $config: ConfigInput!) {
          stackConfigAdd(stack: $stack, config: $config) { id value checksum writeOnly } }"""
        config = {"id": name, "type": "ENVIRONMENT_VARIABLE", "value": value, "writeOnly": write_only}
        element = self.server.graphql(mutation, {"stack": stack.id, "config": config})["stackConfigAdd"]
        self.assertEqual(element["value"], None if write_only else value)

    def test_a_new_commit_changes_what_the_next_run_does(self):
        repository = projects.terraform(self.folder())
        stack = self.stack(repository, autodeploy=True)
        stack.wait(stack.trigger(), "FINISHED")
        changed = projects.TERRAFORM.replace('"hello"', '"good morning"')
        commit = repository.commit({"main.tf": changed}, "Change the greeting")
        run = stack.trigger()
        stack.wait(run, "FINISHED")
        facts = stack.read_run(run, "commit { hash message authorName } delta { changeCount }")
        self.assertEqual(facts["commit"]["hash"], commit)
        self.assertEqual(facts["commit"]["message"].strip(), "Change the greeting")
        self.assertEqual(facts["commit"]["authorName"], "Ada Tester")
        self.assertEqual(facts["delta"]["changeCount"], 1)


@needs_ansible
class AnsibleRuns(Scenario):
    vendor = {"vendorConfig": {"ansible": {"playbook": "playbook.yml"}}}

    def test_a_run_asks_the_server_with_the_roles_of_its_stack(self):
        space = self.server.graphql(
            'mutation { spaceCreate(input: {name: "seen", parentSpace: "root", inheritEntities: false}) { id } }'
        )["spaceCreate"]["id"]
        ask = (
            'python3 -c "import os, urllib.request as u; print(u.urlopen(u.Request('
            f"'{self.server.url}/graphql', b'{{\\\"query\\\": \\\"{{ spaces {{ id }} }}\\\"}}', "
            "{'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['SPACELIFT_API_TOKEN']}"
            ')).read().decode())"'
        )
        stack = self.stack(
            projects.ansible(self.folder()), **self.vendor, beforePlan=[ask, 'echo "token: $SPACELIFT_API_TOKEN"']
        )
        self.server.graphql(
            "mutation ($stack: ID!, $space: ID!) { stackRoleBindingCreate(input: {stackID: $stack, "
            'roleID: "space-reader", spaceID: $space}) { id } }',
            {"stack": stack.id, "space": space},
        )
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")
        log = stack.logs(run)
        self.assertIn(f'{{"data":{{"spaces":[{{"id":"{space}"}}]}}}}', log)
        self.assertIn("token: ", log)
        self.assertNotIn("eyJ", log)

    def test_a_playbook_is_checked_then_played(self):
        stack = self.stack(projects.ansible(self.folder()), **self.vendor)
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")
        planned = stack.logs(run, "PLANNING")
        self.assertIn("Write the greeting", planned)
        self.assertIn("only a check: True", planned)
        stack.move("runConfirm", run)
        stack.wait(run, "FINISHED")
        self.assertEqual(stack.states(run), TRACKED)
        self.assertIn("only a check: False", stack.logs(run, "APPLYING"))

    def test_a_failing_playbook_ends_failed_with_its_own_words(self):
        stack = self.stack(projects.ansible(self.folder(), projects.PLAYBOOK_FAILING), **self.vendor)
        run = stack.trigger()
        stack.wait(run, "FAILED")
        self.assertIn("the moon is not made of cheese", stack.logs(run))

    def test_a_task_runs_in_the_project(self):
        stack = self.stack(projects.ansible(self.folder()), **self.vendor)
        run = stack.task("ls")
        stack.wait(run, "FINISHED")
        self.assertIn("playbook.yml", stack.logs(run, "PERFORMING"))


class BadRepositories(Scenario):
    """What is wrong with a repository shows at the run, in words, and never hangs."""

    vendor = {"vendorConfig": {"ansible": {"playbook": "playbook.yml"}}}

    def test_a_repository_that_does_not_exist_fails_the_run(self):
        repository = projects.ansible(self.folder())
        stack = self.stack(repository, **self.vendor)
        shutil.rmtree(repository.folder)
        run = stack.trigger()
        stack.wait(run, "FAILED")
        story = stack.logs(run) + json.dumps(stack.history(run))
        self.assertRegex(story, re.compile("not found|does not exist|not appear to be a git repository", re.I))

    def test_a_branch_that_is_gone_fails_the_run(self):
        stack = self.stack(projects.ansible(self.folder()), branch="long-gone", **self.vendor)
        run = stack.trigger()
        stack.wait(run, "FAILED")
        self.assertIn("long-gone", stack.logs(run) + json.dumps(stack.history(run)))
