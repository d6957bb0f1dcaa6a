"""What every stand-in is: a small HTTP server in a thread of the test, which counts and remembers what it was asked."""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

STOP_SECONDS = 5


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body)


@dataclass
class Answer:
    body: object = b""  # bytes as they are; anything else as JSON
    status: int = 200
    headers: dict = field(default_factory=dict)

    def content(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self):
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        request = Request(self.command, address.path, parse_qs(address.query), headers, body)
        answer = self.server.stand_in.serve(request)
        content = answer.content()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the client went away, which is its right

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *_):
        pass


class StandIn:
    """Serves from its making until close(), or as a context. What it serves says answer() of the kinds below."""

    def __init__(self):
        self.asked = Counter()  # path → how often
        self.delay = 0.0  # seconds before each answer
        self.replaced = {}  # path → the Answer it gives instead of its own, until it is taken out
        self._may_answer = threading.Event()
        self._may_answer.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, request):
        self.asked[request.path] += 1
        time.sleep(self.delay)
        self._may_answer.wait()
        return self.replaced.get(request.path) or self.answer(request)

    def answer(self, request):
        raise NotImplementedError(request.path)

    def hold(self):
        """Whoever asks waits for its answer until release()."""
        self._may_answer.clear()

    def release(self):
        self._may_answer.set()

    def close(self):
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(STOP_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
