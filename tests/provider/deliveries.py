"""What the webhook that the provider set up has delivered: signed with its secret, with its own headers, before and after the update."""

import hashlib
import hmac

from .lives import AUDIT_WEBHOOK, WEBHOOK_SECRET


def _is_signed(delivery):
    digest = hmac.new(WEBHOOK_SECRET.encode(), delivery.body, hashlib.sha256).hexdigest()
    return delivery.headers.get("x-signature-256") == f"sha256={digest}"


def check(receiver, tally):
    """The update leaves the secret out, and so must not change it."""
    for path in ("/audit", "/moved"):
        name = f"{AUDIT_WEBHOOK.title}: deliveries to {path}"
        try:
            receiver.wait_for(lambda delivery: delivery.path == path and "action" in delivery.json())
        except AssertionError as problem:
            tally.add(name, [str(problem)])
            continue
        arrived = [delivery for delivery in receiver.deliveries if delivery.path == path]
        problems = [] if all(_is_signed(delivery) for delivery in arrived) else ["not signed with the secret"]
        if any(delivery.headers.get("x-tenant") != "acme" for delivery in arrived):
            problems.append("the header X-Tenant is not there")
        tally.add(name, problems)
