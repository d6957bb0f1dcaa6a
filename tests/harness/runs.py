"""Stacks and runs as a client drives them: create, trigger, wait for a state, read history and logs."""

import re

from . import patience

TERMINAL = {"FINISHED", "FAILED", "DISCARDED", "CANCELED", "STOPPED", "SKIPPED"}

STACK_CREATE = """mutation ($input: StackInput!, $manageState: Boolean!) {
  stackCreate(input: $input, manageState: $manageState) { id name state }
}"""
# Word for word what Port's self-service action sends.
RUN_TRIGGER = (
    "mutation ($stackId: ID!) { runTrigger(stack: $stackId) "
    "{ id title type state createdAt updatedAt branch triggeredBy driftDetection } }"
)
RUN_TRIGGER_TYPE = """mutation ($stack: ID!, $type: RunType) {
  runTrigger(stack: $stack, runType: $type) { id type state }
}"""
RUN_STATE = "query ($stack: ID!, $run: ID!) { stack(id: $stack) { run(id: $run) { state } } }"
RUN_HISTORY = """query ($stack: ID!, $run: ID!) {
  stack(id: $stack) { run(id: $run) {
    history { state stateVersion hasLogs terminal timestamp username note }
  } }
}"""
RUN_LOGS = """query ($stack: ID!, $run: ID!, $state: RunState!, $token: String, $version: Int) {
  stack(id: $stack) { run(id: $run) {
    logs(state: $state, token: $token, stateVersion: $version) {
      exists finished hasMore messages { message } nextToken
    }
  } }
}"""


def stack_input(name, repository, **changes):
    """The input of stackCreate for a repository; the vendor is Terraform unless changes say otherwise."""
    return {
        "name": name,
        "administrative": False,
        "autodeploy": False,
        "branch": "main",
        "repository": name,
        "repositoryURL": repository.url,
        "provider": "RAW_GIT",
        "vendorConfig": {"terraform": {}},
        **changes,
    }


class Stack:
    """A stack on a server, with the calls that the scenarios make of it."""

    def __init__(self, server, name, repository, manage_state=True, **changes):
        self.server = server
        variables = {"input": stack_input(name, repository, **changes), "manageState": manage_state}
        self.id = server.graphql(STACK_CREATE, variables)["stackCreate"]["id"]

    def trigger(self, run_type=None):
        if run_type is None:
            return self.server.graphql(RUN_TRIGGER, {"stackId": self.id})["runTrigger"]["id"]
        variables = {"stack": self.id, "type": run_type}
        return self.server.graphql(RUN_TRIGGER_TYPE, variables)["runTrigger"]["id"]

    def task(self, command, skip_initialization=None):
        mutation = """mutation ($stack: ID!, $command: String!, $skip: Boolean) {
          taskCreate(stack: $stack, command: $command, skipInitialization: $skip) { id } }"""
        variables = {"stack": self.id, "command": command, "skip": skip_initialization}
        return self.server.graphql(mutation, variables)["taskCreate"]["id"]

    def move(self, name, run):
        """name: "runConfirm", "runDiscard", "runCancel" or "runStop"."""
        mutation = f"mutation ($stack: ID!, $run: ID!) {{ {name}(stack: $stack, run: $run) {{ id state }} }}"
        return self.server.graphql(mutation, {"stack": self.id, "run": run})[name]["state"]

    def read(self, selection):
        query = f"query ($id: ID!) {{ stack(id: $id) {{ {selection} }} }}"
        return self.server.graphql(query, {"id": self.id})["stack"]

    def read_run(self, run, selection):
        query = f"query ($id: ID!, $run: ID!) {{ stack(id: $id) {{ run(id: $run) {{ {selection} }} }} }}"
        return self.server.graphql(query, {"id": self.id, "run": run})["stack"]["run"]

    def state(self, run):
        data = self.server.graphql(RUN_STATE, {"stack": self.id, "run": run})
        return data["stack"]["run"]["state"]

    def history(self, run):
        """The moves of a run, newest first, as the server gives them."""
        data = self.server.graphql(RUN_HISTORY, {"stack": self.id, "run": run})
        return data["stack"]["run"]["history"]

    def states(self, run):
        """The names of the states a run went through, oldest first."""
        return [move["state"] for move in reversed(self.history(run))]

    def logs(self, run, state=None):
        """The log of one state, or of all states in the order of the run, read page by page."""
        if state is None:
            moves = [move for move in reversed(self.history(run)) if move["hasLogs"]]
            return "".join(self.logs(run, move["state"]) for move in moves)
        text, token = "", None
        while True:
            variables = {"stack": self.id, "run": run, "state": state, "token": token}
            page = self.server.graphql(RUN_LOGS, variables)["stack"]["run"]["logs"]
            if page is None:
                return text
            text += "".join(message["message"] for message in page["messages"])
            token = page["nextToken"]
            if not page["hasMore"]:
                return text

    def wait_for_log(self, run, pattern):
        """The match of the first line that the log has it in, while the run goes on."""
        return patience.wait_until(
            lambda: re.search(pattern, self.logs(run), re.MULTILINE),
            lambda: f"nothing like {pattern} in the log; {self.story(run)}",
        )

    def wait(self, run, *states):
        """Waits until the run is in one of the states; fails with its story when it ends elsewhere. A state that the run
        leaves by itself may be over before anybody looks: whoever waits for such a one keeps the run there by a gate."""

        def reached():
            state = self.state(run)
            if state in TERMINAL and state not in states:
                raise AssertionError(f"not {' or '.join(states)}; {self.story(run)}")
            return state if state in states else None

        return patience.wait_until(reached, lambda: f"not {' or '.join(states)}; {self.story(run)}")

    def story(self, run):
        """What there is to know of a run that went wrong."""
        return (
            f"run {run} is {self.state(run)}, went {' > '.join(self.states(run))}; "
            f"log:\n{self.logs(run)}\nserver:\n{self.server.log[-3000:]}"
        )
