"""The command line against a real server: keys, tokens, stacks and runs; exit codes; output for people and for programs."""

import base64
import json
import os
import pty
import re
import select
import signal
import stat
import subprocess
import time
import unittest

from harness import patience, projects, runs
from harness.pages import Browser
from harness.server import Server, free_port, gatehouse, program
from standins.gate import Gate

OK, FAILED, USAGE, UNREACHABLE, UNAUTHORIZED, MISSING = range(6)
ULID = r"[0-9A-HJKMNP-TV-Z]{26}"


class CommandLine(unittest.TestCase):
    """One server for the scenarios of a class."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.repository = projects.ansible(cls.server.folder / "project")

    def run_command(self, *arguments, key_file=None, **more):
        """A command as the administrator, whose key file a server started here leaves where commands look."""
        environment = {"GATEHOUSE_URL": self.server.url, **more}
        if key_file:
            arguments = (*arguments, "--key-file", str(key_file))
        return gatehouse(*arguments, folder=self.server.folder, environment=environment)

    def ok(self, *arguments, **more):
        done = self.run_command(*arguments, **more)
        self.assertEqual(done.returncode, OK, f"{arguments}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def failed(self, code, words, *arguments, **more):
        done = self.run_command(*arguments, **more)
        self.assertEqual(done.returncode, code, f"{arguments}:\n{done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, f"gatehouse: .*{words}")
        self.assertEqual(done.stdout, "")

    def create_stack(self, name, *more):
        arguments = ["--repository", self.repository.url, "--vendor", "ansible", *more]
        return self.ok("stack", "create", name, *arguments).strip()


class Users(CommandLine):
    PASSWORD = "correct horse battery"

    def set_password(self, text, name="joe"):
        return gatehouse("user", "set-password", name, folder=self.server.folder, environment={"GATEHOUSE_URL": self.server.url}, text=text)

    def test_a_person_is_invited_listed_and_deleted(self):
        link = self.ok("user", "invite", "jane@example.com", "--owner", "--email", "jane@example.com").strip()
        self.assertRegex(link, rf"^{self.server.url}/invitation/{ULID}\?secret=gth_[0-9a-f]{{72}}$")
        (user,) = [user for user in json.loads(self.ok("user", "list", "--json")) if user["isOwner"]]
        self.assertEqual((user["username"], user["status"]), ("jane@example.com", "PENDING"))
        self.assertRegex(self.ok("user", "list"), r"(?m)^jane@example\.com\s-\sPENDING\s+yes\s")
        self.failed(FAILED, "already", "user", "invite", "jane@example.com")
        self.ok("user", "delete", "jane@example.com")
        self.failed(MISSING, "not found", "user", "delete", "jane@example.com")

    def test_a_password_comes_from_a_pipe(self):
        self.ok("user", "invite", "joe")
        self.assertEqual(self.set_password(f"{self.PASSWORD}\nno part of it\n").returncode, OK)
        (user,) = [user for user in json.loads(self.ok("user", "list", "--json")) if user["username"] == "joe"]
        self.assertEqual(user["status"], "ACTIVE")
        page = Browser(self.server.url).log_in("joe", self.PASSWORD)
        self.assertEqual(page.path, "/account")
        self.assertEqual(self.set_password("short\n").returncode, FAILED)
        self.assertEqual(self.set_password("").returncode, FAILED)
        self.assertEqual(self.set_password(f"{self.PASSWORD}\n", name="nobody").returncode, MISSING)

    def test_a_terminal_shows_nothing_of_a_password(self):
        self.ok("user", "invite", "jill")
        shown = self.type_passwords("jill", self.PASSWORD, self.PASSWORD)
        self.assertIn("New password: ", shown)
        self.assertNotIn(self.PASSWORD, shown)
        self.assertEqual(Browser(self.server.url).log_in("jill", self.PASSWORD).path, "/account")
        self.assertIn("the two passwords differ", self.type_passwords("jill", self.PASSWORD, "another password"))

    def type_passwords(self, name, *passwords):
        """What a terminal shows while they are typed, each after its prompt."""
        master, slave = pty.openpty()
        command = [program(), "user", "set-password", name, "--server", self.server.url]
        process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=self.server.folder, start_new_session=True)
        os.close(slave)
        shown = ""
        for prompt, password in zip(("New password: ", "The same again: "), passwords):
            while prompt not in shown:
                self.assertTrue(select.select([master], [], [], patience.SECONDS)[0], f"no prompt, only {shown!r}")
                shown += os.read(master, 1024).decode()
            os.write(master, f"{password}\n".encode())
        process.wait(patience.SECONDS)
        while select.select([master], [], [], 0.2)[0]:
            try:
                shown += os.read(master, 1024).decode()
            except OSError:
                break
        os.close(master)
        return shown


class Keys(CommandLine):
    def test_a_key_is_made_used_and_deleted(self):
        file = self.server.folder / "ci.apikey"
        self.ok("key", "create", "ci", "--description", "for the pipeline", "--output", str(file))
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        key_id = re.search(rf"api_key_id\s*= ({ULID})", file.read_text())[1]
        self.assertIn(key_id, self.ok("key", "list"))

        token = self.ok("token", key_file=file).strip()
        claims = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        self.assertEqual(claims["sub"], f"api::{key_id}")

        self.ok("key", "delete", key_id)
        self.assertNotIn(key_id, self.ok("key", "list"))
        self.failed(UNAUTHORIZED, "", "token", key_file=file)
        # The token that is already out ends with its key.
        self.assertEqual(self.server.post_graphql("{ stacks { id } }", token=token).status, 401)

    def test_only_a_token_that_is_handed_out_outlives_the_call(self):
        made = self.ok("key", "create", "sessions", "--output", "sessions.apikey").strip()
        mine = {"key_file": self.server.folder / "sessions.apikey"}

        def left():
            sessions = self.server.graphql("{ sessions { actorId } }")["sessions"]
            return sum(session["actorId"] == made for session in sessions)

        self.ok("stack", "list", **mine)
        self.failed(UNAUTHORIZED, "unauthorized", "space", "create", "x", **mine)
        self.assertEqual(left(), 0)
        token = self.ok("token", **mine).strip()
        self.assertEqual(left(), 1)
        self.server.graphql("{ stacks { id } }", token=token)

    def test_a_key_that_exists_is_not_written_over(self):
        file = self.server.folder / "kept.apikey"
        file.write_text("mine\n")
        self.failed(FAILED, "kept.apikey|exists", "key", "create", "kept", "--output", str(file))
        self.assertEqual(file.read_text(), "mine\n")

    def test_an_expired_key_is_refused(self):
        file = self.server.folder / "brief.apikey"
        end = self.create_key_that_is_used_before_it_expires(file)
        time.sleep(max(0.0, end - time.time()))
        self.failed(UNAUTHORIZED, "", "token", key_file=file)

    def create_key_that_is_used_before_it_expires(self, file):
        """When it does. A short life may be over before it was used, if the machine stands still; then the next is longer."""
        for seconds in (2, 10, 60):
            file.unlink(missing_ok=True)
            end = int(time.time()) + seconds
            soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
            created = self.run_command("key", "create", "brief", "--expires", soon, "--output", str(file))
            if created.returncode == OK and self.run_command("token", key_file=file).returncode == OK:
                return end
        raise AssertionError(f"no key could be used: {created.stderr}")

    def test_a_key_has_no_rights_unless_it_is_given_some(self):
        for arguments, code in (((), UNAUTHORIZED), (("--administrator",), OK)):
            file = self.server.folder / f"rights-{code}.apikey"
            self.ok("key", "create", "rights", *arguments, "--output", str(file))
            done = self.run_command("key", "create", "another", key_file=file)
            self.assertEqual(done.returncode, code, done.stderr)

    def test_programs_get_json(self):
        made = json.loads(self.ok("key", "create", "robot", "--json"))
        listed = json.loads(self.ok("key", "list", "--json"))
        self.assertIn(made["id"], [key["id"] for key in listed])
        self.assertNotIn(made["secret"], json.dumps(listed))
        self.assertRegex(json.loads(self.ok("token", "--json"))["jwt"], r"^[\w-]+\.[\w-]+\.[\w-]+$")


class Refusals(CommandLine):
    def test_an_unreachable_server(self):
        nowhere = f"http://127.0.0.1:{free_port()}"
        self.failed(UNREACHABLE, "127.0.0.1", "stack", "list", GATEHOUSE_URL=nowhere)

    def test_no_key(self):
        done = gatehouse("stack", "list", "--server", self.server.url, folder="/")
        self.assertEqual(done.returncode, UNAUTHORIZED, done.stderr)
        self.assertRegex(done.stderr, "gatehouse: .*key")

    def test_a_wrong_secret(self):
        key_id, _ = self.server.key()
        wrong = {"GATEHOUSE_API_KEY_ID": key_id, "GATEHOUSE_API_KEY_SECRET": "gth_" + "0" * 72}
        self.failed(UNAUTHORIZED, "", "stack", "list", **wrong)

    def test_what_does_not_exist(self):
        self.failed(MISSING, "nowhere", "run", "trigger", "nowhere")
        self.failed(MISSING, "nowhere", "run", "follow", "nowhere")
        stack = self.create_stack("Empty")
        self.failed(MISSING, "", "run", "confirm", stack)
        self.failed(MISSING, "", "run", "logs", stack, "01ARZ3NDEKTSV4RRFFQ69G5FAV")

    def test_a_command_line_that_makes_no_sense(self):
        self.failed(USAGE, "there is no command", "stock", "list")
        self.failed(USAGE, "no option --jason", "stack", "list", "--jason")
        self.failed(USAGE, "", "run", "trigger")
        self.failed(USAGE, "", "stack", "create", "x", "--repository", "y", "--vendor", "abacus")

    def test_a_bad_stack_is_the_servers_no(self):
        self.failed(FAILED, "", "stack", "create", "bad", "--repository", "ftp://example.com/x")


class Runs(CommandLine):
    @classmethod
    def setUpClass(cls):
        if not projects.has_ansible():
            raise unittest.SkipTest("ansible-playbook is not on PATH")
        super().setUpClass()

    def test_the_main_job(self):
        stack = self.create_stack("Main job", "--label", "a", "--description", "the whole way")
        self.assertEqual(stack, "main-job")
        self.assertIn("main-job", self.ok("stack", "list"))
        run = self.ok("run", "trigger", stack).strip()
        self.assertRegex(run, f"^{ULID}$")
        planned = self.ok("run", "follow", stack, "--until", "UNCONFIRMED")
        for words in ("QUEUED", "PREPARING", "PLANNING", "Write the greeting", "UNCONFIRMED"):
            self.assertIn(words, planned)
        applied = self.ok("run", "confirm", stack, run, "--note", "looks right", "--follow")
        for words in ("CONFIRMED", "looks right", "APPLYING", "only a check: False", "FINISHED"):
            self.assertIn(words, applied)
        log = self.ok("run", "logs", stack, run)
        self.assertIn("only a check: True", log)
        self.assertIn("only a check: False", log)
        # What has ended cannot be confirmed again.
        self.failed(FAILED, "", "run", "confirm", stack, run)

    def test_one_command_goes_all_the_way(self):
        stack = self.create_stack("All the way")
        story = self.ok("run", "trigger", stack, "--follow", "--auto-confirm")
        self.assertIn("FINISHED", story)

    def test_a_run_that_fails_fails_the_command(self):
        broken = projects.ansible(self.server.folder / "broken", projects.PLAYBOOK_FAILING)
        arguments = ["--repository", broken.url, "--vendor", "ansible"]
        stack = self.ok("stack", "create", "Broken", *arguments).strip()
        done = self.run_command("run", "trigger", stack, "--follow")
        self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
        self.assertIn("the moon is not made of cheese", done.stdout)
        self.assertIn("FAILED", done.stdout)

    def test_runs_are_discarded_cancelled_and_stopped(self):
        stack = self.create_stack("Undone")
        first = self.ok("run", "trigger", stack).strip()
        self.ok("run", "follow", stack, first, "--until", "UNCONFIRMED")
        second = self.ok("run", "trigger", stack).strip()
        self.ok("run", "cancel", stack, second)
        self.ok("run", "discard", stack, first)
        self.assertEqual(self.run_command("run", "follow", stack, first).returncode, FAILED)
        self.failed(FAILED, "", "run", "stop", stack, first)

    def test_programs_get_a_json_line_an_event(self):
        stack = self.create_stack("For programs", "--autodeploy")
        created = json.loads(self.ok("stack", "list", "--json"))
        self.assertIn(stack, [item["id"] for item in created])
        run = json.loads(self.ok("run", "trigger", stack, "--json"))
        self.assertEqual(run["type"], "TRACKED")
        lines = self.ok("run", "follow", stack, run["id"], "--json").splitlines()
        text = "".join(lines)
        for words in ("PLANNING", "FINISHED", "Write the greeting"):
            self.assertIn(words, text)
        for line in lines:
            json.loads(line)

    def stopping_stack(self, name, *commands):
        """A stack whose runs wait at the gate before they plan, with commands around it."""
        self.gate = Gate()
        self.addCleanup(self.gate.close)
        hooks = [self.gate.command if command == "gate" else command for command in commands]
        return runs.Stack(self.server, name, self.repository, vendorConfig={"ansible": {"playbook": "playbook.yml"}}, beforePlan=hooks)

    def follow(self, *arguments):
        environment = {**os.environ, "GATEHOUSE_URL": self.server.url}
        command = [program(), "run", "follow", *arguments]
        follower = subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=self.server.folder, env=environment, stdin=subprocess.DEVNULL
        )
        self.addCleanup(follower.wait)
        self.addCleanup(follower.stdout.close)
        return follower

    def test_following_shows_the_log_while_it_runs(self):
        stack = self.stopping_stack("Slow", "echo early", "gate", "echo late")
        follower = self.follow(stack.id, stack.trigger(), "--until", "UNCONFIRMED")
        # It comes to an end only when this has been seen.
        self.assertIn(b"early\n", iter(follower.stdout.readline, b""))
        self.gate.open()
        self.assertIn(b"late\n", follower.stdout.readlines())
        self.assertEqual(follower.wait(patience.SECONDS), OK)

    def test_interrupting_the_follower_leaves_the_run_alone(self):
        stack = self.stopping_stack("Left alone", "gate")
        run = stack.trigger()
        follower = self.follow(stack.id, run)
        self.assertTrue(follower.stdout.readline())
        follower.send_signal(signal.SIGINT)
        self.assertEqual(follower.wait(patience.SECONDS), 130)
        self.gate.open()
        stack.wait(run, "UNCONFIRMED")


class Terminal(CommandLine):
    def on_terminal(self, *arguments):
        """What a person at a terminal sees."""
        leader, follower = pty.openpty()
        environment = {**os.environ, "GATEHOUSE_URL": self.server.url, "TERM": "xterm"}
        environment.pop("NO_COLOR", None)
        process = subprocess.Popen(
            [program(), *arguments], stdin=follower, stdout=follower, cwd=self.server.folder, env=environment
        )
        os.close(follower)
        output = b""
        while select.select([leader], [], [], patience.SECONDS)[0]:
            try:
                output += os.read(leader, 4096)
            except OSError:
                break
        os.close(leader)
        self.assertEqual(process.wait(patience.SECONDS), OK)
        return output.decode()

    def test_people_get_a_table_and_programs_do_not_get_its_decoration(self):
        self.create_stack("Shown")
        seen = self.on_terminal("stack", "list")
        self.assertIn("\x1b[", seen)
        self.assertRegex(seen, "(?i)id.*name")
        piped = self.ok("stack", "list")
        self.assertNotIn("\x1b[", piped)
        self.assertIn("shown", piped)


class Manual(unittest.TestCase):
    def test_every_command_explains_itself(self):
        listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", gatehouse("--help").stdout, re.MULTILINE)
        self.assertGreater(len(listed), 12)
        for command in listed:
            with self.subTest(command=command):
                done = gatehouse(*command.split(), "--help")
                self.assertEqual(done.returncode, OK)
                self.assertIn(f"Usage: gatehouse {command}", done.stdout)

    def test_the_version_is_printed(self):
        self.assertRegex(gatehouse("version").stdout, r"^gatehouse \d+\.\d+")

    def test_the_manual_page_is_one(self):
        done = gatehouse("help", "--man")
        self.assertEqual(done.returncode, OK)
        self.assertTrue(done.stdout.startswith(".TH GATEHOUSE 1"), done.stdout[:200])

    def test_the_completion_scripts_are_fit_for_their_shells(self):
        script = gatehouse("completion", "bash").stdout
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("trigger", script)
