"""Workers elsewhere: a process with a key of its own takes runs from a server that starts none itself."""

import os
import signal
import subprocess
import time
import unittest

from harness import projects, runs
from harness.server import GraphQLError, Server, gatehouse, program

VENDOR = {"vendorConfig": {"ansible": {"playbook": "playbook.yml"}}}


@unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
class Elsewhere(unittest.TestCase):
    def setUp(self):
        self.server = Server(arguments=["--local-workers", "0", "--lease", "5s"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.repository = projects.ansible(self.server.folder / "project")

    def stack(self, name, **changes):
        return runs.Stack(self.server, name, self.repository, **VENDOR, **changes)

    def worker_key(self, name):
        """A file with the key of a worker, as ID:SECRET."""
        created = """mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id secret } }"""
        key = self.server.graphql(created, {"input": {"name": name, "worker": True}})["apiKeyCreate"]
        file = self.server.folder / f"{name}.token"
        file.write_text(f"{key['id']}:{key['secret']}\n")
        file.chmod(0o600)
        return file, key

    def start_worker(self, name, token_file):
        folder = self.server.folder / f"work-{name}"
        log = open(self.server.folder / f"{name}.log", "wb")
        self.addCleanup(log.close)
        arguments = ["--server", self.server.url, "--token-file", str(token_file), "--folder", str(folder)]
        worker = subprocess.Popen(
            [program(), "worker", *arguments, "--name", name], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        self.addCleanup(self.end, worker)
        return worker

    def end(self, worker):
        if worker.poll() is None:
            worker.kill()
        worker.wait()

    def test_a_run_waits_for_a_worker_and_a_worker_takes_it(self):
        stack = self.stack("patient", autodeploy=True)
        run = stack.trigger()
        time.sleep(0.3)
        self.assertIn(stack.state(run), ("QUEUED", "READY"))
        self.start_worker("remote", self.worker_key("remote")[0])
        stack.wait(run, "FINISHED")

    def test_a_worker_that_is_told_to_end_finishes_its_run(self):
        worker = self.start_worker("polite", self.worker_key("polite")[0])
        stack = self.stack("unhurried", autodeploy=True, beforePlan=["sleep 2"])
        run = stack.trigger()
        stack.wait(run, "PLANNING")
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.wait(30), 0)
        stack.wait(run, "CONFIRMED", "PLANNING", "FINISHED")
        self.start_worker("next", self.worker_key("next")[0])
        stack.wait(run, "FINISHED")

    def test_a_killed_workers_run_goes_to_another(self):
        first = self.start_worker("short-lived", self.worker_key("short-lived")[0])
        stack = self.stack("moved", autodeploy=True, beforePlan=["sleep 3"])
        run = stack.trigger()
        stack.wait(run, "PLANNING")
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        self.start_worker("heir", self.worker_key("heir")[0])
        state = stack.wait(run, "FINISHED", "FAILED", seconds=60)
        history = stack.history(run)
        self.assertTrue(state == "FINISHED" or history[0]["note"], history)

    def test_a_run_is_not_given_to_a_worker_that_died_waiting(self):
        first = self.start_worker("dead", self.worker_key("dead")[0])
        time.sleep(0.5)
        first.kill()
        first.wait()
        stack = self.stack("spared", autodeploy=True)
        run = stack.trigger()
        self.start_worker("alive", self.worker_key("alive")[0])
        stack.wait(run, "FINISHED")
        self.assertEqual(stack.states(run).count("PREPARING"), 1)

    def test_a_workers_key_opens_nothing_else(self):
        _, key = self.worker_key("curious")
        exchange = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
        answer = self.server.post_graphql(exchange, {"id": key["id"], "secret": key["secret"]}, token=None)
        self.assertIsNone(answer.json()["data"]["apiKeyUser"])

    def test_a_worker_with_a_wrong_key_says_so_and_ends(self):
        file = self.server.folder / "wrong.token"
        file.write_text("01ARZ3NDEKTSV4RRFFQ69G5FAV:nonsense\n")
        done = gatehouse("worker", "--server", self.server.url, "--token-file", str(file), seconds=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("gatehouse: the server does not accept the worker's key", done.stderr)

    def test_an_ordinary_key_is_no_workers_key(self):
        key_id, secret = self.server.key()
        answer = self.server.request(
            "POST", "/worker/v1/lease", "{}", {"Authorization": f"Bearer {key_id}:{secret}", "Content-Type": "application/json"}
        )
        self.assertIn(answer.status, (401, 403))


class Forgotten(unittest.TestCase):
    def test_a_stack_that_is_gone_takes_no_run(self):
        with Server(arguments=["--local-workers", "0"]) as server:
            stack = runs.Stack(server, "gone", projects.ansible(server.folder / "project"), **VENDOR)
            server.graphql("mutation ($id: ID!) { stackDelete(id: $id) { id } }", {"id": stack.id})
            with self.assertRaises(GraphQLError) as refused:
                stack.trigger()
            self.assertIn("not found", str(refused.exception))
