"""Services of others as the tests need them, on this machine: issuers of ID tokens, GitHub's API, receivers of webhooks."""
