"""Nothing acknowledged is lost and nothing stays stuck when the server or a worker is killed in the middle."""

import os
import random
import signal
import threading
import time
import unittest

from harness import patience, projects, runs
from harness.server import GraphQLError, Server, ServerError

ROUNDS = int(os.environ.get("GATEHOUSE_KILL_ROUNDS", "8"))
SEED = int(os.environ.get("GATEHOUSE_SEED", "20"))

RENAME = """mutation ($id: ID!, $input: StackInput!) { stackUpdate(id: $id, input: $input) { description } }"""


class Writer(threading.Thread):
    """Changes one stack's description as fast as answers come; remembers the last change acknowledged."""

    def __init__(self, server, stack, repository):
        super().__init__(daemon=True)
        self.server, self.stack, self.repository = server, stack, repository
        self.acknowledged = 0
        self.sent = 0
        self.failures = []
        self._ended = threading.Event()

    def run(self):
        while not self._ended.is_set():
            self.sent += 1
            given = runs.stack_input(self.stack.id, self.repository, description=str(self.sent))
            try:
                self.server.graphql(RENAME, {"id": self.stack.id, "input": given})
            except (OSError, ServerError):
                return
            except Exception as problem:  # an error of the server's own making, or a broken answer
                if not self._ended.is_set() and isinstance(problem, GraphQLError):
                    self.failures.append(problem)
                return
            self.acknowledged = self.sent

    def finish(self):
        self._ended.set()
        self.join(patience.SECONDS)


class KilledServer(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()

    def test_acknowledged_changes_survive_kill_9(self):
        repository = projects.ansible(self.server.folder / "project")
        stack = runs.Stack(self.server, "survivor", repository)
        written = 0
        for number in range(ROUNDS):
            with self.subTest(round=number, seed=SEED):
                writer = Writer(self.server, stack, repository)
                writer.sent = writer.acknowledged = written
                writer.start()
                time.sleep(self.chance.uniform(0.02, 0.3))
                self.server.kill()
                writer.finish()
                self.server.start()
                self.assertEqual(writer.failures, [])
                found = int(stack.read("description")["description"] or "0")
                self.assertGreaterEqual(found, writer.acknowledged)
                self.assertLessEqual(found, writer.sent)
                written = writer.sent

    @unittest.skipUnless(projects.has_terraform(), "neither terraform nor tofu is on PATH")
    def test_runs_end_though_the_server_dies_in_every_phase(self):
        repository = projects.terraform(self.server.folder / "project")
        stack = runs.Stack(self.server, "restless", repository, autodeploy=True)
        triggered = []
        for _ in range(ROUNDS):
            triggered.append(stack.trigger())
            time.sleep(self.chance.uniform(0.0, 1.5))
            self.server.kill()
            self.server.start()
        self.assert_all_end(stack, triggered)
        # The stack is not locked by what was killed: one more run goes through.
        last = stack.trigger()
        stack.wait(last, "FINISHED")
        self.assertEqual(stack.read("entityCount")["entityCount"], 1)

    @unittest.skipUnless(projects.has_ansible(), "ansible-playbook is not on PATH")
    def test_runs_end_though_their_worker_dies(self):
        stack = runs.Stack(
            self.server,
            "workerless",
            projects.ansible(self.server.folder / "project"),
            autodeploy=True,
            vendorConfig={"ansible": {"playbook": "playbook.yml"}},
        )
        triggered = []
        for _ in range(ROUNDS // 2):
            triggered.append(stack.trigger())
            time.sleep(self.chance.uniform(0.2, 2.0))
            for worker in self.server.workers():
                os.kill(worker, signal.SIGKILL)
        self.assert_all_end(stack, triggered)
        last = stack.trigger()
        stack.wait(last, "FINISHED")

    def assert_all_end(self, stack, triggered):
        for run in triggered:
            patience.wait_until(lambda: stack.state(run) in runs.TERMINAL, lambda: f"stuck: {stack.story(run)}")
            if stack.state(run) == "FAILED":
                self.assertTrue(stack.history(run)[0]["note"], f"run {run} failed without a reason")


class GracefulStop(unittest.TestCase):
    def test_sigterm_ends_with_success_and_loses_nothing(self):
        with Server() as server:
            stack = runs.Stack(server, "kept", projects.ansible(server.folder / "project"))
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(stack.read("id")["id"], stack.id)

    def test_a_second_server_on_the_same_data_is_refused(self):
        with Server("sqlite") as server:
            second = Server("sqlite")
            self.addCleanup(second.close)
            second.data = server.data
            with self.assertRaises(ServerError) as refused:
                second.start()
            self.assertNotEqual(second.process.returncode, 0)
            self.assertRegex(str(refused.exception), "(?i)another|already|in use|locked")

    def test_a_port_in_use_is_said_clearly(self):
        with Server() as server:
            second = Server()
            self.addCleanup(second.close)
            second.port = server.port
            # The port answers, so being ready proves nothing here: the process must end by itself.
            second.start_process()
            self.assertNotEqual(second.process.wait(patience.SECONDS), 0)
            self.assertIn(str(server.port), second.log)
            self.assertRegex(second.log, "(?i)in use|cannot listen")
