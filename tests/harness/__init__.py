"""What the cases and the end-to-end scenarios share: a real server to talk to, projects for it to run."""
