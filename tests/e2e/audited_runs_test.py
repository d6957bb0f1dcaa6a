"""What people do with runs is in the audit trail, each with its mutation and what it changed."""

import json
import unittest

from harness import projects, runs
from harness.server import Server
from standins.gate import Gate


class AuditedRunsTest(unittest.TestCase):
    def server(self, *arguments, **more):
        server = Server(arguments=arguments)
        self.addCleanup(server.close)
        server.start()
        repository = projects.ansible(server.folder / "project")
        return server, runs.Stack(server, "web", repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}}, **more)

    def entries(self, server):
        headers = {"Authorization": f"Bearer {server.token()}"}
        lines = server.request("GET", "/audit-trail", headers=headers).body.decode().splitlines()
        found = [json.loads(line) for line in lines]
        return [entry for entry in found if entry["action"].startswith(("run.", "task."))]

    def test_every_move_of_a_person_without_a_worker(self):
        server, stack = self.server("--local-workers", "0")
        first = stack.trigger()
        call = "mutation ($s: ID!, $r: ID!) { %s }"
        named = {"s": stack.id, "r": first}
        server.graphql(call % 'runComment(stack: $s, run: $r, body: "looks fine") { body }', named)
        server.graphql(call % "runPrioritizeSet(stack: $s, run: $r, prioritize: true) { id }", named)
        stack.move("runDiscard", first)
        server.graphql(call % "runRetry(stack: $s, run: $r) { id }", named)
        stack.task("echo hello")
        stack.move("runCancel", stack.trigger())
        discarded = server.graphql("mutation ($s: ID!) { runDiscardAll(stack: $s) { discardedRuns { id } } }", {"s": stack.id})
        self.assertEqual(len(discarded["runDiscardAll"]["discardedRuns"]), 2)
        found = [(entry["action"], entry["body"]["context"]["mutation"]) for entry in self.entries(server)]
        self.assertEqual(
            found,
            [("run.trigger", "runTrigger"), ("run.comment", "runComment"), ("run.prioritize", "runPrioritizeSet"),
             ("run.discard", "runDiscard"), ("run.retry", "runRetry"), ("task.create", "taskCreate"), ("run.trigger", "runTrigger"),
             ("run.cancel", "runCancel"), ("run.discard", "runDiscardAll"), ("run.discard", "runDiscardAll")],
        )
        body = self.entries(server)[3]["body"]
        self.assertEqual((body["before"]["state"], body["after"]["state"]), ("READY", "DISCARDED"))

    @unittest.skipUnless(projects.has_ansible(), "needs ansible-playbook")
    def test_a_run_that_is_confirmed_and_one_that_is_stopped(self):
        gate = Gate()
        self.addCleanup(gate.close)
        server, stack = self.server(beforeInit=[gate.command])
        gate.open()
        run = stack.trigger()
        stack.wait(run, "UNCONFIRMED")
        stack.move("runConfirm", run)
        stack.wait(run, "FINISHED")
        gate.shut()
        stopped = stack.trigger()
        gate.wait_for_arrival()
        stack.move("runStop", stopped)
        found = [(entry["action"], entry["body"]["context"]["mutation"], entry["body"]["after"]) for entry in self.entries(server)]
        self.assertEqual(found[1], ("run.confirm", "runConfirm", {"state": "CONFIRMED"}))
        self.assertEqual(found[3], ("run.stop", "runStop", {"stop_requested": True}))


if __name__ == "__main__":
    unittest.main()
