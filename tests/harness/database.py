"""A fresh database for one server: a SQLite file in its data folder, or a database on a PostgreSQL server."""

import os
import subprocess
import uuid
from urllib.parse import urlsplit, urlunsplit

from . import patience

# The URL of a PostgreSQL server on which the tests may create databases; script/test starts one and sets it.
POSTGRES_VARIABLE = "GATEHOUSE_TEST_POSTGRES"


class Sqlite:
    """The default: the server keeps its file in its own data folder."""

    name = "sqlite"
    url = None

    def drop(self):
        pass


class Postgres:
    """A database of its own on the test server, dropped at the end."""

    name = "postgres"

    def __init__(self, server):
        self._server = server
        self._database = f"gatehouse_{uuid.uuid4().hex}"
        # The first template may be in use by the database server's own housekeeping, this one never is.
        self._run(f'CREATE DATABASE "{self._database}" TEMPLATE template0')
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{self._database}"))

    def _run(self, statement):
        command = ["psql", "--no-psqlrc", "--quiet", "--dbname", self._server, "--command", statement]
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience.SECONDS)
        if done.returncode:
            raise OSError(f"{statement}: {done.stderr.strip()}")

    def drop(self):
        self._run(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')


def fresh(kind=None):
    """kind: "sqlite" or "postgres"; without one, what GATEHOUSE_TEST_DATABASE says, else SQLite."""
    kind = kind or os.environ.get("GATEHOUSE_TEST_DATABASE", "sqlite")
    if kind == "sqlite":
        return Sqlite()
    return Postgres(os.environ[POSTGRES_VARIABLE])
