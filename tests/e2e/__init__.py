"""End-to-end scenarios: a real server, real repositories, real engines."""
