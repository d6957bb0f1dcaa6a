"""A place on the way of a run where it waits until the test opens it: what happens meanwhile depends on no clock."""

from harness.patience import wait_until

from .stand_in import Answer, StandIn


class Gate(StandIn):
    def __init__(self):
        super().__init__()
        self.shut()

    @property
    def command(self):
        """What a run executes to come by here."""
        return f"curl --silent --fail --output /dev/null {self.url}/"

    def answer(self, request):
        return Answer(status=204)

    def wait_for_arrival(self):
        """Returns once a run waits here, or has come through since the gate was last shut."""
        wait_until(lambda: self.asked, "a run comes to the gate")

    def open(self):
        self.release()

    def shut(self):
        self.asked.clear()
        self.hold()
