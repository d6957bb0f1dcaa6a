"""A folder with one configuration and its state, which the real terraform applies with the provider under test."""

import json
import os
import re
import subprocess
from pathlib import Path

from harness.foreign import COLOUR

COMMAND_SECONDS = 120
# Terraform breaks long messages into lines behind a bar.
FRAME = re.compile(r"\s*\n\s*[│╷╵]?\s*")

OVERRIDES = """
provider_installation {
  dev_overrides { "spacelift-io/spacelift" = "%s" }
  direct {}
}
"""
SETTINGS = """
terraform {
  required_providers {
    spacelift = { source = "spacelift-io/spacelift" }
  }
}
"""


class Failed(AssertionError):
    """terraform did not end as it should; its output is the message."""

    def __init__(self, arguments, code, output):
        super().__init__(f"terraform {' '.join(arguments)} ended with {code}\n{_errors_of(output)}")


def _errors_of(output):
    """From the first error on: what goes before repeats the configuration."""
    at = output.find("Error: ")
    return output[max(at, 0) :]


class Workspace:
    def __init__(self, folder, provider, server, key=None, variables=None, token=None):
        """provider: the program; key: (id, secret) to log in with, by default the administrator's; token: instead of a key."""
        self.folder = folder
        self.server = server
        folder.mkdir(parents=True)
        (folder / "terraform.rc").write_text(OVERRIDES % self._provider_folder(provider))
        key_id, secret = key or server.key()
        by_key = {"SPACELIFT_API_KEY_ENDPOINT": server.url, "SPACELIFT_API_KEY_ID": key_id, "SPACELIFT_API_KEY_SECRET": secret}
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            **({"SPACELIFT_API_TOKEN": token} if token else by_key),
            **{f"TF_VAR_{name}": value for name, value in (variables or {}).items()},
        }
        self._declared = "".join(f'variable "{name}" {{}}\n' for name in variables or {})

    def _provider_folder(self, provider):
        """dev_overrides wants a folder with a program of exactly this name."""
        folder = self.folder / "provider"
        folder.mkdir()
        (folder / "terraform-provider-spacelift").symlink_to(Path(provider).resolve())
        return folder

    def configure(self, text):
        (self.folder / "main.tf").write_text(SETTINGS + self._declared + text)

    def run(self, *arguments):
        """(exit code, output as one flow of words)."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        return done.returncode, COLOUR.sub("", done.stdout)

    def must(self, *arguments):
        code, output = self.run(*arguments)
        if code != 0:
            raise Failed(arguments, code, output)
        return output

    def apply(self):
        return self.must("apply", "-auto-approve", "-no-color")

    def must_fail(self, *arguments):
        """The error as one line of words, without Terraform's frame."""
        code, output = self.run(*arguments, "-no-color")
        if code == 0:
            raise Failed(arguments, code, output)
        return FRAME.sub(" ", _errors_of(output))

    def difference(self):
        """What a plan would change, as Terraform prints it; empty when nothing."""
        code, output = self.run("plan", "-detailed-exitcode", "-no-color")
        if code not in (0, 2):
            raise Failed(["plan"], code, output)
        return output if code == 2 else ""

    def attributes(self, address):
        """What the state holds of one resource or data source."""
        state = json.loads(self.must("show", "-json", "-no-color"))
        resources = state.get("values", {}).get("root_module", {}).get("resources", [])
        found = [resource["values"] for resource in resources if resource["address"] == address]
        if not found:
            raise Failed(["show"], 0, f"the state has no {address}")
        return found[0]
