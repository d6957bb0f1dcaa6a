"""Ends what hangs: a scenario that waits for ever fails as any other does, with the place where it waits and the servers' logs."""

import signal
import time

from .server import Server

LOG_BYTES = 5000


class Hung(AssertionError):
    """Raised in the main thread, wherever it waits."""


class TimeLimit:
    """Of a part of the tests: so long for all of it, and so long for each step, which begins with step()."""

    def __init__(self, step_seconds, seconds):
        self._step_seconds = step_seconds
        self._deadline = time.monotonic() + seconds
        signal.signal(signal.SIGALRM, self._raise)

    def step(self):
        left = self._deadline - time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, max(0.01, min(self._step_seconds, left)))

    def end(self):
        signal.setitimer(signal.ITIMER_REAL, 0)

    def is_over(self):
        return time.monotonic() >= self._deadline

    def _raise(self, *_):
        logs = [f"{server.url}:\n{server.log[-LOG_BYTES:]}" for server in Server.open_ones]
        raise Hung("\n".join(["it hangs; the servers' logs:", *logs]))
