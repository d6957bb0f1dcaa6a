"""Every mutation that succeeds leaves an entry in the audit trail; checked over all cases of a run."""

import json

MUTATIONS = "{ __schema { mutationType { fields { name } } } }"

RUNS = "tests/e2e/audited_runs_test.py"

# Mutations that no case can bring to an end, with where that is tested; and those that change nothing at all.
ELSEWHERE = {
    "runCancel": RUNS,
    "runComment": RUNS,
    "runConfirm": RUNS,
    "runDiscard": RUNS,
    "runDiscardAll": RUNS,
    "runPrioritizeSet": RUNS,
    "runRetry": RUNS,
    "runStop": RUNS,
    "runTrigger": RUNS,
    "taskCreate": RUNS,
    "oauthUser": "tests/e2e/github_login_test.py",
    "policySimulate": "only evaluates",
}


class AuditedMutations:
    """Notes what the cases did, and compares it with the trail in the end."""

    def __init__(self):
        self.succeeded = set()

    def note(self, answer):
        """An answer to any request; those of mutations have their root fields in `data`."""
        try:
            body = answer.json()
        except ValueError:
            return
        data = body.get("data") if isinstance(body, dict) else None
        if isinstance(data, dict):
            self.succeeded |= {name for name, value in data.items() if value is not None}

    def problems(self, server):
        fields = server.graphql(MUTATIONS)["__schema"]["mutationType"]["fields"]
        mutations = {field["name"] for field in fields}
        audited = set(recorded(server))
        succeeded = self.succeeded & mutations
        unaudited = [f"{name} succeeded and left no entry in the audit trail" for name in sorted(succeeded - audited - set(ELSEWHERE))]
        unproven = sorted(mutations - succeeded - set(ELSEWHERE))
        return unaudited + [f"no case makes {name} succeed, so nobody knows whether it is audited" for name in unproven]


def recorded(server):
    """The mutation of every entry that one made."""
    after = 0
    while True:
        headers = {"Authorization": f"Bearer {server.token()}"}
        lines = server.request("GET", f"/audit-trail?after={after}", headers=headers).body.decode().splitlines()
        if not lines:
            return
        for line in lines:
            entry = json.loads(line)
            after = entry["sequence"]
            # A refusal is on record, too, and proves nothing.
            if entry["action"] != "access.denied":
                yield entry["body"].get("context", {}).get("mutation")
