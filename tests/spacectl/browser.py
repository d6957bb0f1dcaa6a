"""spacectl's login through a browser: the program listens, Chromium does what a person would, the token arrives."""

import re
import signal
import subprocess

from harness.server import ROOT

FOLDER = ROOT / "tests" / "browser"
DRIVE_SECONDS = 90
STOP_SECONDS = 10


def _address(program):
    """The address that spacectl wants opened; it says so before it waits."""
    for line in program.stdout:
        found = re.search(r"https?://\S+/cli_login\?\S+", line)
        if found:
            return found[0]
    raise AssertionError(f"spacectl ended with {program.wait()} and gave no address")


def _in_browser(client, name, *arguments):
    """What Chromium checked counts as checks of ours."""
    command = ["node", "cli_login.mjs", *arguments]
    done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, check=False, timeout=DRIVE_SECONDS)
    client.tally.add_foreign(name, done.stdout)


def _log_in(client, server, name, *way):
    """spacectl's process, ended or still waiting, after the browser has done its part."""
    login = ["profile", "login", name, "--method", "browser", "--endpoint", server.url, "--no-browser"]
    program = client.start(*login)
    try:
        _in_browser(client, f"profile login with a browser, {way[0]}", server.url, _address(program), *way)
        return program.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGTERM)
        program.wait(STOP_SECONDS)
        return None
    finally:
        program.stdout.close()


def check(client, server, provider):
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)
    key_id, secret = server.key()
    ended = _log_in(client, server, "browser", "key", key_id, secret)
    client.tally.add("profile login with a browser ends well", [] if ended == 0 else [f"spacectl ended with {ended}"])
    client.check("whoami after a login with a browser", ["whoami"], [key_id])
    client.check("stack list after a login with a browser", ["stack", "list"])
    ended = _log_in(client, server, "refused", "refuse", key_id, secret)
    client.tally.add("a refused login gives no token", [] if ended is None else [f"spacectl ended with {ended}"])
    ended = _log_in(client, server, "person", "provider", "alice")
    client.tally.add("profile login of a person ends well", [] if ended == 0 else [f"spacectl ended with {ended}"])
    client.check("whoami of a person", ["whoami"], ["alice"])
    client.check("profile select of the key again", ["profile", "select", "home"])
