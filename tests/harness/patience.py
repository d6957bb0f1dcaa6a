"""How long tests wait. A machine may be slow, stop for seconds or have other work, so nothing fails for being late: what
must happen is waited for until only what never happens is still missing."""

import time

SECONDS = 180
PAUSE_SECONDS = 0.05


def wait_until(found, what, seconds=SECONDS):
    """The first value of found() that is true. what: the sentence of the failure, or a function that tells it then."""
    deadline = time.monotonic() + seconds
    while True:
        # Asked once more after the deadline: the machine may have stood still since the last time.
        is_late = time.monotonic() >= deadline
        value = found()
        if value:
            return value
        if is_late:
            raise AssertionError(what() if callable(what) else f"not within {seconds} s: {what}")
        time.sleep(PAUSE_SECONDS)
