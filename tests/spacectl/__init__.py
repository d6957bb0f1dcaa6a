"""The real spacectl, driven command by command against a server of ours."""
