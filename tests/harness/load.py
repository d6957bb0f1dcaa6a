"""Loads that build/tools/load puts on a server: what an answer costs the server, and how long it takes."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIGURES = re.compile(r"([\d.]+) answers/s  p50 ([\d.]+) us  p99 ([\d.]+) us .* CPU ([\d.]+) us")


@dataclass(order=True)
class Cost:
    """Of one load, for each answer; times are microseconds."""

    cpu: float
    rate: float
    p50: float
    p99: float


def post(path, body, content_type, headers=()):
    """The bytes of one request."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {content_type}", *headers]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode() + body


def post_graphql(document, headers=(), variables=None):
    body = {"query": document, **({"variables": variables} if variables else {})}
    return post("/graphql", json.dumps(body).encode(), "application/json", headers)


def run_load(port, process, requests, connections, seconds, repetitions, before=()):
    """The costs of the repetitions, the cheapest first. requests: bytes, sent in turn; before: words before the command."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(requests)
        file.flush()
        options = ["--seconds", str(seconds), "--connections", str(connections), "--pid", str(process)]
        command = [*before, "build/tools/load", f"127.0.0.1:{port}", file.name, *options]
        return sorted(run_once(command) for _ in range(repetitions))


def run_once(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the load failed: {done.stdout}{done.stderr}")
    rate, p50, p99, cpu = map(float, FIGURES.search(done.stdout).groups())
    return Cost(cpu, rate, p50, p99)
