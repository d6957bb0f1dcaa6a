"""Workers elsewhere: a process with a key of its own takes runs from a server that starts none itself."""

import json
import os
import signal
import subprocess
import unittest

from harness import patience, projects, runs
from harness.server import GraphQLError, Server, gatehouse, program
from standins.gate import Gate

VENDOR = {"vendorConfig": {"ansible": {"playbook": "playbook.yml"}}}


@unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
class Elsewhere(unittest.TestCase):
    def setUp(self):
        self.server = Server(arguments=["--local-workers", "0"])
        self.addCleanup(self.server.close)
        self.repository = projects.ansible(self.server.folder / "project")
        self.gate = Gate()
        self.addCleanup(self.gate.close)

    def serve(self, *arguments):
        self.server.arguments += arguments
        self.server.start()

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

    def has_waiting_worker(self):
        return "gatehouse_http_requests_suspended 1\n" in self.server.request("GET", "/metrics").body.decode()

    def end(self, worker):
        if worker.poll() is None:
            worker.kill()
        worker.wait()

    def test_a_run_waits_for_a_worker_and_a_worker_takes_it(self):
        self.serve()
        stack = self.stack("patient", autodeploy=True)
        run = stack.trigger()
        self.assertIn(stack.state(run), ("QUEUED", "READY"))
        self.start_worker("remote", self.worker_key("remote")[0])
        stack.wait(run, "FINISHED")

    def test_a_worker_that_is_told_to_end_finishes_its_run(self):
        self.serve()
        worker = self.start_worker("polite", self.worker_key("polite")[0])
        stack = self.stack("unhurried", autodeploy=True, beforePlan=[self.gate.command])
        run = stack.trigger()
        self.gate.wait_for_arrival()
        worker.send_signal(signal.SIGTERM)
        stack.wait(run, "PLANNING")
        self.gate.open()
        self.assertEqual(worker.wait(patience.SECONDS), 0)
        self.assertIn(stack.state(run), ("CONFIRMED", "FINISHED"))
        self.start_worker("next", self.worker_key("next")[0])
        stack.wait(run, "FINISHED")

    def test_a_killed_workers_run_goes_to_another(self):
        self.serve("--lease", "5s")
        first = self.start_worker("short-lived", self.worker_key("short-lived")[0])
        stack = self.stack("moved", autodeploy=True, beforePlan=[self.gate.command])
        run = stack.trigger()
        self.gate.wait_for_arrival()
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        self.gate.open()
        self.start_worker("heir", self.worker_key("heir")[0])
        state = stack.wait(run, "FINISHED", "FAILED")
        history = stack.history(run)
        self.assertTrue(state == "FINISHED" or history[0]["note"], history)

    def test_a_run_is_not_given_to_a_worker_that_died_waiting(self):
        self.serve()
        first = self.start_worker("dead", self.worker_key("dead")[0])
        patience.wait_until(self.has_waiting_worker, "a worker waits for a run")
        first.kill()
        first.wait()
        stack = self.stack("spared", autodeploy=True)
        run = stack.trigger()
        self.start_worker("alive", self.worker_key("alive")[0])
        stack.wait(run, "FINISHED")
        self.assertEqual(stack.states(run).count("PREPARING"), 1)

    def test_a_workers_key_opens_nothing_else(self):
        self.serve()
        _, key = self.worker_key("curious")
        exchange = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
        answer = self.server.post_graphql(exchange, {"id": key["id"], "secret": key["secret"]}, token=None)
        self.assertIsNone(answer.json()["data"]["apiKeyUser"])

    def test_a_worker_with_a_wrong_key_says_so_and_ends(self):
        self.serve()
        file = self.server.folder / "wrong.token"
        file.write_text("01ARZ3NDEKTSV4RRFFQ69G5FAV:nonsense\n")
        done = gatehouse("worker", "--server", self.server.url, "--token-file", str(file))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("gatehouse: the server does not accept the worker's key", done.stderr)

    def test_an_ordinary_key_is_no_workers_key(self):
        self.serve()
        key_id, secret = self.server.key()
        answer = self.server.request(
            "POST", "/worker/v1/lease", "{}", {"Authorization": f"Bearer {key_id}:{secret}", "Content-Type": "application/json"}
        )
        self.assertIn(answer.status, (401, 403))


class OddReports(unittest.TestCase):
    """What a worker says is looked at as anything from outside."""

    def call(self, path, body):
        headers = {"Authorization": f"Bearer {self.key['id']}:{self.key['secret']}", "Content-Type": "application/json"}
        return self.server.request("POST", "/worker/v1" + path, json.dumps(body), headers)

    def test_a_commit_of_no_time_has_none(self):
        self.server = Server(arguments=["--local-workers", "0"])
        self.addCleanup(self.server.close)
        self.server.start()
        created = """mutation { apiKeyCreate(input: {name: "odd", worker: true}) { id secret } }"""
        self.key = self.server.graphql(created)["apiKeyCreate"]
        stack = runs.Stack(self.server, "odd", projects.ansible(self.server.folder / "project"), **VENDOR)
        run = stack.trigger()
        worker = {"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": "odd", "capabilities": ["ansible"], "sandbox": "plain"}
        lease = self.call("/lease", {"worker": worker, "wait_seconds": 20}).json()["lease"]
        query = "query ($stack: ID!, $run: ID!) { stack(id: $stack) { run(id: $run) { commit { hash timestamp } } } }"
        for seconds, expected in ((1700000000, 1700000000), (2**62, 0), (-5, 0), (253402300800, 0)):
            commit = {"hash": "a" * 40, "message": "m", "author": "Ada", "timestamp": seconds}
            self.assertIn(self.call(f"/leases/{lease}/commit", commit).status, (200, 204))
            shown = self.server.graphql(query, {"stack": stack.id, "run": run})["stack"]["run"]["commit"]
            self.assertEqual(shown, {"hash": "a" * 40, "timestamp": expected})


class Forgotten(unittest.TestCase):
    def test_a_stack_that_is_gone_takes_no_run(self):
        with Server(arguments=["--local-workers", "0"]) as server:
            stack = runs.Stack(server, "gone", projects.ansible(server.folder / "project"), **VENDOR)
            server.graphql("mutation ($id: ID!) { stackDelete(id: $id) { id } }", {"id": stack.id})
            with self.assertRaises(GraphQLError) as refused:
                stack.trigger()
            self.assertIn("not found", str(refused.exception))
