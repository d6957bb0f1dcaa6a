"""Git repositories to run: small projects for real engines that need no network."""

import os
import shutil
import subprocess

TERRAFORM = """
variable "greeting" {
  type    = string
  default = "hello"
}

resource "terraform_data" "greeting" {
  input = var.greeting
}

output "greeting" {
  value = terraform_data.greeting.output
}

output "hidden" {
  value     = "behind the curtain"
  sensitive = true
}
"""

TERRAFORM_FAILING = """
variable "moon" {
  type    = string
  default = "rock"
}

resource "terraform_data" "refused" {
  lifecycle {
    precondition {
      condition     = var.moon == "cheese"
      error_message = "the moon is not made of cheese"
    }
  }
}
"""

PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Write the greeting
      ansible.builtin.copy:
        content: "hello from a playbook\\n"
        dest: "{{ playbook_dir }}/greeting"
        mode: "0644"
    - name: Say which kind of play this is
      ansible.builtin.debug:
        msg: "only a check: {{ ansible_check_mode }}"
"""

PLAYBOOK_FAILING = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Refuse
      ansible.builtin.fail:
        msg: "the moon is not made of cheese"
"""


def has_terraform():
    return bool(shutil.which("terraform") or shutil.which("tofu"))


def has_ansible():
    return bool(shutil.which("ansible-playbook"))


class Repository:
    """A repository with one branch, main. Its URL is a file:// one."""

    def __init__(self, folder, files):
        self.folder = folder
        folder.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")
        self.commit(files, "Lay the ground")

    @property
    def url(self):
        return f"file://{self.folder}"

    def _git(self, *arguments):
        # Neither the person's nor the machine's git settings may change what the tests see.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada Tester",
            "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada Tester",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
        }
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files, message):
        """Writes the files, commits them, and returns the commit's hash."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        return self._git("rev-parse", "HEAD")


def terraform(folder, text=TERRAFORM):
    return Repository(folder, {"main.tf": text})


def ansible(folder, text=PLAYBOOK):
    return Repository(folder, {"playbook.yml": text})
