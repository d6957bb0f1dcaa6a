"""docs/access.md word for word: its commands in order in one shell, its GraphQL documents, its policy, its pipelines."""

import json
import os
import re
import shutil
import subprocess
import unittest

from harness import patience, projects
from harness.document import blocks
from harness.server import ROOT, Server, program
from standins.stand_in import Answer
from standins.token_issuer import TokenIssuer

PAGE = "docs/access.md"
PIPELINES = ROOT / "examples" / "pipelines"
RUNNER_TOKEN = "token-of-the-runner"


class Forge(TokenIssuer):
    """An issuer that, as GitHub's runners have it, also hands out the tokens of jobs."""

    def answer(self, request):
        if request.path != "/job-token":
            return super().answer(request)
        if request.headers.get("authorization") != f"bearer {RUNNER_TOKEN}":
            return Answer({"message": "Unauthorized"}, 401)
        return Answer({"value": self.github(request.query["audience"][0])})


def script_of(file, key):
    """The lines of the literal block below the first `key: |` of a YAML file, at their own margin."""
    text = (PIPELINES / file).read_text(encoding="utf-8")
    first = re.search(rf"^( *){key} \|\n((?:\1 +.*\n|\n)+)", text, re.MULTILINE)[2]
    margin = len(first) - len(first.lstrip(" "))
    return "".join(line[margin:] for line in first.splitlines(keepends=True))


class AccessPage(unittest.TestCase):
    def setUp(self):
        self.server = Server(arguments=["--outbound-allow", "127.0.0.0/8"])
        self.addCleanup(self.server.close)
        self.server.start()
        (self.server.folder / "bin").mkdir()
        (self.server.folder / "bin" / "gatehouse").symlink_to(program())

    def run_shell(self, script, shell="bash", **environment):
        path = f"{self.server.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        common = {"PATH": path, "HOME": str(self.server.folder), "GATEHOUSE_URL": self.server.url}
        return subprocess.run(
            [shell, "-e", "-c", script],
            cwd=self.server.folder,
            env={**common, **environment},
            capture_output=True,
            text=True,
            timeout=patience.SECONDS,
        )

    def test_the_commands_and_documents(self):
        commands = [*blocks(PAGE, "sh"), 'printf "%s %s" "$key" "$space" > ids']
        done = self.run_shell("set -uo pipefail\n" + "\n".join(commands))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("/invitation/", done.stdout)
        key, space = (self.server.folder / "ids").read_text().split()
        for document in blocks(PAGE, "graphql"):
            declared = re.findall(r"\$(\w+): ID!", document)
            variables = {name: value for name, value in {"key": key, "space": space}.items() if name in declared}
            self.assertTrue(self.server.graphql(document, variables))

    def test_the_policy(self):
        [policy] = blocks(PAGE, "rego")
        (self.server.folder / "production.rego").write_text(policy)
        done = self.run_shell('gatehouse policy create "production only" production.rego')
        self.assertEqual((done.returncode, done.stdout), (0, "production-only\n"), done.stderr)

    def deployer(self, subject):
        """A key that trusts the forge, and a stack; what the pipelines are told."""
        address = self.server.url.removeprefix("http://")
        oidc = {"issuer": self.forge.url, "clientId": address, "subjectExpression": subject}
        created = self.server.graphql(
            "mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }",
            {"input": {"name": "pipeline", "oidc": oidc, "accessRules": [{"space": "root", "spaceAccessLevel": "WRITE"}]}},
        )
        return address, created["apiKeyCreate"]["id"]

    @unittest.skipUnless(shutil.which("jq") and shutil.which("curl"), "jq or curl is not on PATH")
    def test_the_step_of_github(self):
        self.forge = Forge()
        self.addCleanup(self.forge.close)
        address, key = self.deployer("repo:acme/infrastructure:ref:refs/heads/main")
        step = script_of("github-actions.yml", "run:")
        url, github_env = f"{self.forge.url}/job-token?api-version=2.0", str(self.server.folder / "github-env")
        job = {"ACTIONS_ID_TOKEN_REQUEST_URL": url, "GITHUB_ENV": github_env}
        done = self.run_shell(step, ACTIONS_ID_TOKEN_REQUEST_TOKEN=RUNNER_TOKEN, **job)
        self.assertEqual(done.returncode, 0, done.stderr)
        token = (self.server.folder / "github-env").read_text().strip().removeprefix("OIDC_TOKEN=")
        self.assertIn(f"::add-mask::{token}", done.stdout)
        login = {"SPACELIFT_API_KEY_ID": key, "SPACELIFT_API_KEY_SECRET": token}
        self.assertEqual(self.run_shell("gatehouse space list", **login).returncode, 0)
        os.remove(github_env)
        refused = self.run_shell(step, ACTIONS_ID_TOKEN_REQUEST_TOKEN="wrong", **job)
        self.assertNotEqual(refused.returncode, 0)
        self.assertFalse(os.path.exists(github_env))

    @unittest.skipUnless(shutil.which("jq") and shutil.which("curl"), "jq or curl is not on PATH")
    def test_the_job_of_gitlab(self):
        self.forge = Forge()
        self.addCleanup(self.forge.close)
        address, key = self.deployer("project_path:acme/infrastructure:ref_type:branch:ref:main")
        repository = projects.Repository(self.server.folder / "infrastructure", {"README": "one\n"})
        commit = repository.commit({"README": "two\n"}, "Say more")
        stack = self.run_shell(f"gatehouse stack create Hello --repository {repository.url} --vendor ansible")
        self.assertEqual(stack.returncode, 0, stack.stderr)
        job = {"KEY_ID": key, "STACK": stack.stdout.strip(), "CI_COMMIT_SHA": commit}
        script = script_of("gitlab-ci.yml", "-")
        done = self.run_shell(script, shell="dash", OIDC_TOKEN=self.forge.gitlab(address), **job)
        self.assertEqual(done.returncode, 0, done.stderr)
        runs = self.server.graphql('{ stack(id: "hello") { runs { id } } }')["stack"]["runs"]
        self.assertEqual(runs, [{"id": done.stdout.strip()}])
        refused = self.run_shell(script, shell="dash", OIDC_TOKEN=self.forge.gitlab("elsewhere"), **job)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("do not match", json.loads(refused.stderr.splitlines()[0])["errors"][0]["message"])
