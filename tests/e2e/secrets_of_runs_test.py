"""No secret of a run leaves: its own token, the stack's secret variables and files, and what the engine shows of them."""

import base64
import unittest

from harness import projects, runs
from harness.secrecy import SecrecyTest, invented
from standins.webhook_receiver import WebhookReceiver

ADD_CONFIG = "mutation ($s: ID!, $c: ConfigInput!) { stackConfigAdd(stack: $s, config: $c) { id value } }"
# Says everything it was given, on both of its outputs, and tells the test in a way of its own.
TELL = """python3 -c 'import os, urllib.request; urllib.request.urlopen("%s", os.environ["%s"].encode())'"""
TALKATIVE = ['echo "token: $SPACELIFT_API_TOKEN."', 'echo "word: $PASSWORD." >&2', "cat ../secret.txt", "env"]


class RunsSecretsTest(SecrecyTest):
    def add(self, stack, name, kind, value):
        self.ask(ADD_CONFIG, {"s": stack.id, "c": {"id": name, "type": kind, "value": value, "writeOnly": True}})

    def receiver_of_telling(self):
        told = WebhookReceiver()
        self.addCleanup(told.close)
        return told

    def make_stack(self, hooks):
        repository = projects.ansible(self.server.folder / "project")
        stack = runs.Stack(self.server, "web", repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}}, beforePlan=hooks)
        self.add(stack, "PASSWORD", "ENVIRONMENT_VARIABLE", self.keep("variable", invented("word")))
        content = self.keep("mounted file", invented("content"))
        self.add(stack, "secret.txt", "FILE_MOUNT", base64.b64encode(content.encode()).decode())
        return stack

    @unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
    def test_a_run_that_tells_all(self):
        self.serve(workers=1)
        told = self.receiver_of_telling()
        stack = self.make_stack([TELL % (told.url, "SPACELIFT_API_TOKEN"), *TALKATIVE])
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")
        token = self.keep_token("the run's token", told.deliveries[0].body.decode())
        stack.move("runDiscard", run)
        self.ask("{ viewer { id } stacks { id } }", token=token)
        log = stack.logs(run)
        self.assertRegex(log, r"token: \*\*\*\*\.")
        self.assertRegex(log, r"word: \*\*\*\*\.")
        self.assert_nothing_found(least=6, more={"the run's log": log.encode()})

    @unittest.skipUnless(projects.has_terraform(), "neither terraform nor tofu is on PATH")
    def test_the_password_of_the_state(self):
        self.serve(workers=1)
        told = self.receiver_of_telling()
        hooks = [TELL % (told.url, "TF_HTTP_PASSWORD"), 'echo "password: $TF_HTTP_PASSWORD."', "env"]
        repository = projects.terraform(self.server.folder / "project")
        stack = runs.Stack(self.server, "state", repository, autodeploy=True, beforePlan=hooks)
        run = stack.trigger()
        stack.wait(run, "FINISHED")
        self.keep("password of the state", told.deliveries[0].body.decode())
        log = stack.logs(run)
        self.assertRegex(log, r"password: \*\*\*\*\.")
        self.assert_nothing_found(least=5, more={"the run's log": log.encode()})


if __name__ == "__main__":
    unittest.main()
