"""The Spacelift Terraform provider, driven by the real terraform against a server of ours."""
