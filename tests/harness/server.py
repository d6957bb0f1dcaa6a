"""One real server on a free port with a data folder of its own, and the requests a client makes of it."""

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import database, patience

ROOT = Path(__file__).resolve().parents[2]

TOKEN_MUTATION = """mutation GetSpaceliftToken($id: ID!, $secret: String!) {
  apiKeyUser(id: $id, secret: $secret) {
    jwt
  }
}
"""


def program():
    """The binary under test: build/gatehouse, or what GATEHOUSE_PROGRAM names."""
    return os.environ.get("GATEHOUSE_PROGRAM", str(ROOT / "build" / "gatehouse"))


# One socket for each port that was given out. It does not listen, so a server may bind the port too.
_reserved = []


def free_port():
    """A port that is this process's until it ends: no other test has it, and no client, as it is below those that the
    kernel gives to them."""
    while True:
        port = random.randrange(12000, 32000)
        probe = socket.socket()
        try:
            # Refused where a server listens, or somebody has reserved it as this does.
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
            continue
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _reserved.append(probe)
        return port


def gatehouse(*arguments, folder=None, environment=None, text=None):
    """Runs one command of the program to its end; the result has returncode, stdout and stderr."""
    return subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(environment or {})},
        input=text or "",
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
    )


class ServerError(AssertionError):
    """The server did not do what a test needs before it can begin."""


class GraphQLError(AssertionError):
    """An answer with errors where data was expected; the errors are in .errors."""

    def __init__(self, errors):
        super().__init__(json.dumps(errors, indent=1))
        self.errors = errors


@dataclass
class Response:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


class Server:
    """Starts on start() or as a context; close() ends it and everything it left behind."""

    open_ones = []  # for whoever has to tell what they were doing

    def __init__(self, kind=None, arguments=(), environment=None, authority=None):
        """authority: file with the certificate that an HTTPS server is trusted by; without one it speaks HTTP."""
        self.database = database.fresh(kind)
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.authority = authority
        self.process = None
        self._token = None
        self.open_ones.append(self)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}"

    @property
    def log(self):
        path = self.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def command(self):
        command = [program(), "serve", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.data)]
        if self.database.url:
            command += ["--database", self.database.url]
        return command + self.arguments

    def start_process(self):
        """Starts the server and does not wait for it."""
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def start(self):
        """Returns once the server says it is ready."""
        self.start_process()
        patience.wait_until(self._is_ready, lambda: f"the server does not get ready:\n{self.log}")
        return self

    def _is_ready(self):
        if self.process.poll() is not None:
            raise ServerError(f"the server ended with {self.process.returncode}:\n{self.log}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/readyz").status == 200
        return False

    def stop(self):
        """Asks for a graceful stop and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience.SECONDS)
        except subprocess.TimeoutExpired:
            raise ServerError(f"the server did not stop within {patience.SECONDS} s:\n{self.log}") from None

    def kill(self):
        """kill -9, as a power cut would: nothing of the server gets to run any more."""
        self.process.kill()
        self.process.wait()

    def end_group(self):
        """Ends workers and engines that the server left behind: they share its process group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def close(self):
        if self.process:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.end_group()
        if self in self.open_ones:
            self.open_ones.remove(self)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.database.drop()

    def workers(self):
        """Process ids of the local workers: children of the server that run "gatehouse worker"."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                group = os.getpgid(int(entry.name))
            except (OSError, ProcessLookupError):
                continue
            if group == self.process.pid and b"worker" in arguments[1:2]:
                found.append(int(entry.name))
        return found

    def key(self):
        """(id, secret) of the bootstrap key, from the file in the data folder."""
        text = (self.data / "admin.apikey").read_text()
        found = dict(re.findall(r"^(api_key_\w+)\s*=\s*(\S+)$", text, re.MULTILINE))
        return found["api_key_id"], found["api_key_secret"]

    def token(self):
        """A token of the bootstrap key, exchanged once per start of the test."""
        if not self._token:
            key_id, secret = self.key()
            data = self.graphql(TOKEN_MUTATION, {"id": key_id, "secret": secret}, token=None)
            self._token = data["apiKeyUser"]["jwt"]
        return self._token

    def renew_token(self):
        """After what ends sessions, such as a change of a login policy: the next request exchanges the key again."""
        self._token = None

    def _connect(self, timeout):
        if not self.authority:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        trust = ssl.create_default_context(cafile=str(self.authority))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=trust)

    def request(self, method, path, body=None, headers=None, timeout=patience.SECONDS):
        """One request on a connection of its own. body: text or bytes."""
        connection = self._connect(timeout)
        try:
            if isinstance(body, str):
                body = body.encode()
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Response(answer.status, names, answer.read())
        finally:
            connection.close()

    def post_graphql(self, query, variables=None, token="", path="/graphql", headers=None):
        """The raw answer to a GraphQL document. token: "" for the bootstrap key's, None for none."""
        body = {"query": query}
        if variables is not None:
            body["variables"] = variables
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token == "":
            token = self.token()
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.request("POST", path, json.dumps(body), sent)

    def graphql(self, query, variables=None, token=""):
        """The data of an answer without errors."""
        answer = self.post_graphql(query, variables, token)
        if answer.status != 200:
            raise ServerError(f"status {answer.status}: {answer.body[:2000]!r}")
        value = answer.json()
        if value.get("errors"):
            raise GraphQLError(value["errors"])
        return value["data"]
