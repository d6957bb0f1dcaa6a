"""Receives webhooks: keeps every delivery as it came, and refuses as many as a test asks it to."""

import threading
import time

from harness import patience

from .stand_in import Answer, StandIn


class WebhookReceiver(StandIn):
    def __init__(self):
        super().__init__()
        self._arrived = threading.Condition()
        self._refusals = []
        self.deliveries = []  # every Request, those that were refused too, in the order they came

    def refuse(self, times, status=500):
        """The next deliveries are answered with this status."""
        with self._arrived:
            self._refusals = [status] * times

    def answer(self, request):
        with self._arrived:
            self.deliveries.append(request)
            status = self._refusals.pop(0) if self._refusals else 204
            self._arrived.notify_all()
        return Answer(status=status)

    def wait_for(self, wanted, seconds=patience.SECONDS):
        """The first delivery for which wanted(request) holds, those that came before included."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for delivery in self.deliveries:
                    if wanted(delivery):
                        return delivery
                left = deadline - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    bodies = "\n".join(delivery.body.decode(errors="replace")[:300] for delivery in self.deliveries)
                    raise AssertionError(f"no such delivery within {seconds} s; there were {len(self.deliveries)}:\n{bodies}")
