"""Stacks, runs and tasks from the command line: what is listed, what moves, what is followed to its end."""

from harness import projects, runs

ANSIBLE = {"ansible": {"playbook": "playbook.yml"}}


def listed(client, stack):
    by_id = ["--id", stack.id]
    client.check("stack list", ["stack", "list"], [stack.id])
    client.check("stack list as JSON", ["stack", "list", "--output", "json"], [f'"{stack.id}"'])
    client.check("stack show", ["stack", "show", *by_id], [stack.id])
    client.check("stack show as JSON", ["stack", "show", *by_id, "--output", "json"], [f'"{stack.id}"'])
    client.check("an unknown stack", ["stack", "show", "--id", "no-such-stack"], ["could not be found"], 1)
    client.check("environment setvar", ["stack", "environment", "setvar", *by_id, "GREETING", "hello"])
    client.check("environment list", ["stack", "environment", "list", *by_id], ["GREETING"])
    client.check("environment delete", ["stack", "environment", "delete", *by_id, "GREETING"])
    client.check("stack lock", ["stack", "lock", *by_id])
    client.check("stack unlock", ["stack", "unlock", *by_id])


def latest(stack):
    return stack.read("runs { id }")["runs"][0]["id"]


def deployments(client, stack):
    by_id = ["--id", stack.id]
    client.check("stack preview, followed", ["stack", "preview", *by_id, "--tail"], ["(?i)preview", "PLANNING"])
    client.check("stack deploy", ["stack", "deploy", *by_id], ["(?i)deployment"])
    first = latest(stack)
    stack.wait(first, "UNCONFIRMED")
    client.check("stack changes", ["stack", "changes", *by_id, "--run", first])
    client.check("stack discard", ["stack", "discard", *by_id, "--run", first])
    stack.wait(first, "DISCARDED")
    client.check("stack deploy again", ["stack", "deploy", *by_id])
    second = latest(stack)
    stack.wait(second, "UNCONFIRMED")
    client.check("stack deploy waits its turn", ["stack", "deploy", *by_id])
    third = latest(stack)
    client.check("stack cancel", ["stack", "cancel", *by_id, "--run", third])
    client.check("stack confirm, followed", ["stack", "confirm", *by_id, "--run", second, "--tail"], ["APPLYING"])
    stack.wait(second, "FINISHED")
    client.check("stack logs", ["stack", "logs", *by_id, "--run", second], ["PLANNING", "APPLYING"])
    client.check("stack logs of the latest", ["stack", "logs", *by_id, "--run-latest"], [third, "CANCELED"])
    client.check("stack outputs", ["stack", "outputs", *by_id])
    client.check("stack resources list", ["stack", "resources", "list", *by_id])
    client.check("stack run list", ["stack", "run", "list", *by_id], [second, "DISCARDED", "FINISHED"])
    client.check("stack run list as JSON", ["stack", "run", "list", *by_id, "--output", "json"], [second])
    client.check("previews", ["stack", "run", "list", *by_id, "--preview-runs"], ["FINISHED"])
    client.check("stack deploy --auto-confirm", ["stack", "deploy", *by_id, "--auto-confirm"])
    client.check("stack task, followed", ["stack", "task", *by_id, "--tail", "echo", "a", "word"], ["a word"])
    client.check("a failing task", ["stack", "task", *by_id, "--tail", "exit", "3"], status=1)
    client.check("stack task list", ["stack", "task", "list", *by_id], ["echo a word"])


def check(client, server):
    vendor = {} if projects.has_terraform() else {"vendorConfig": ANSIBLE}
    make = projects.terraform if projects.has_terraform() else projects.ansible
    stack = runs.Stack(server, "greeter", make(server.folder / "project"), **vendor)
    listed(client, stack)
    deployments(client, stack)
    client.check("stack delete", ["stack", "delete", "--id", stack.id, "--skip-confirmation"])
