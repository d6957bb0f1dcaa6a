"""Policies and their samples, and the audit trail, as spacectl shows them."""

import json

POLICY = """package spacelift

allow { startswith(input.session.login, "pipeline") }

deny { input.session.login == "pipeline-old" }

sample { true }
"""
CREATE_POLICY = "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { id } }"
CREATE_KEY = "mutation ($name: String!) { apiKeyCreate(input: {name: $name, admin: false}) { id secret } }"
EXCHANGE = "mutation ($id: ID!, $secret: String!) { apiKeyUser(id: $id, secret: $secret) { jwt } }"
STRATEGY = "mutation ($strategy: ManagementStrategy!) { managementStrategySet(strategy: $strategy) }"


def log_in(server, name):
    """Whether a new key of this name gets a token."""
    key = server.graphql(CREATE_KEY, {"name": name})["apiKeyCreate"]
    answer = server.post_graphql(EXCHANGE, {"id": key["id"], "secret": key["secret"]}, token=None).json()
    return bool((answer.get("data") or {}).get("apiKeyUser"))


def make_samples(client, server):
    """Two logins that the policy sees: one it allows, one it denies."""
    server.graphql(STRATEGY, {"strategy": "LOGIN_POLICIES"})
    decided = [log_in(server, "pipeline"), log_in(server, "pipeline-old")]
    server.graphql(STRATEGY, {"strategy": "USER_MANAGEMENT"})
    client.tally.add("the policy decides who comes in", [] if decided == [True, False] else [f"logins: {decided}"])


def samples(client, server, policy):
    by_id = ["--id", policy]
    client.check("policy samples", ["policy", "samples", *by_id], ["(?i)allow", "(?i)deny"])
    code, output, _ = client.run("policy", "samples", *by_id, "-o", "json")
    records = json.loads(output)["EvaluationRecords"] if code == 0 else []
    newest_first = [record["timestamp"] for record in records] == sorted((record["timestamp"] for record in records), reverse=True)
    client.tally.add("policy samples as JSON", [] if len(records) == 2 and newest_first else ["not two, newest first"], output)
    if not records:
        return
    sample = ["policy", "sample", *by_id, "--key", records[0]["key"]]
    client.check("policy sample", sample, ["pipeline-old", "timestamp_ns", "package spacelift"])
    client.check("a sample that is not there", [*sample[:-1], "01ARZ3NDEKTSV4RRFFQ69G5FAV"], status=1)
    indexed = ["policy", "samples-indexed", *by_id]
    client.check("policy samples-indexed", indexed, ["(?i)allow", "(?i)deny"])
    client.check_json("policy samples-indexed --outcome", [*indexed, "--outcome", "deny", "-o", "json"], lambda found: len(found) == 1)
    client.check_json("policy samples-indexed --limit", [*indexed, "--limit", "1", "-o", "json"], lambda found: len(found) == 1)


def simulations(client, policy):
    def simulate(name, login, allowed):
        given = json.dumps({"session": {"login": login}, "request": {}, "spaces": []})
        arguments = ["policy", "simulate", "--id", policy, "--input", given]
        client.check_json(name, arguments, lambda answer: json.loads(answer)["allow"] is allowed)

    simulate("policy simulate allows", "pipeline-7", True)
    simulate("policy simulate does not allow", "person", False)
    client.check("policy simulate with bad input", ["policy", "simulate", "--id", policy, "--input", "{"], ["neither a valid JSON"], 1)


def check(client, server):
    given = {"name": "Pipelines only", "type": "LOGIN", "body": POLICY, "labels": ["access"], "description": "By name"}
    policy = server.graphql(CREATE_POLICY, {"input": given})["policyCreatev2"]["id"]
    client.check("policy list", ["policy", "list"], [policy, "Pipelines only", "LOGIN", "access"])
    client.check_json("policy list as JSON", ["policy", "list", "-o", "json"], lambda all_: policy in [item["id"] for item in all_])
    client.check_json("policy list --search", ["policy", "list", "--search", "no such words", "-o", "json"], lambda found: found == [])
    client.check("policy show", ["policy", "show", "--id", policy], ["Pipelines only"])
    client.check("policy show as JSON", ["policy", "show", "--id", policy, "-o", "json"], ["pipeline-old"])
    client.check("a policy that is not there", ["policy", "show", "--id", "no-such-policy"], ["not found"], 1)
    make_samples(client, server)
    samples(client, server, policy)
    simulations(client, policy)
    server.graphql("mutation ($id: ID!) { policyDelete(id: $id) { id } }", {"id": policy})
    audit(client)


def audit(client):
    listed = ["audit-trail", "list"]
    client.check("audit-trail list", listed, ["policy.create", "Policy", "api_key.create|apiKey"])
    client.check_json("audit-trail list as JSON", [*listed, "-o", "json"], lambda all_: len(all_) > 5 and all("id" in item for item in all_))
    client.check_json("audit-trail list --limit", [*listed, "--limit", "3", "-o", "json"], lambda found: len(found) == 3)
    searched = [*listed, "--search", "policy", "-o", "json"]
    client.check_json("audit-trail list --search", searched, lambda found: found and all("policy" in json.dumps(item).lower() for item in found))
