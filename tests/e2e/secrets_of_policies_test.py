"""What a login policy was asked about is sealed: samples and records of logins show it to administrators, and the database to nobody."""

import unittest

from harness.secrecy import SecrecyTest, invented
from standins.github import GitHub

LOGIN = "mutation ($token: String!) { oauthUser(token: $token) { jwt } }"
MAKE_POLICY = "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { id } }"
RECORDS = "query ($id: ID!) { policy(id: $id) { evaluationRecords { key outcome } } }"
SAMPLE = "query ($id: ID!, $key: String!) { policy(id: $id) { evaluationSample(key: $key) { input } } }"
SIMULATE = "mutation ($body: String!, $input: String!) { policySimulate(body: $body, input: $input, type: LOGIN) }"
REHEARSE = "query ($body: String!, $id: ID!) { policyRehearse(body: $body, replaces: $id) { gainLogin changes { login } } }"
# It refuses jane: teams of a session that began would be in its row, where people look them up.
SAMPLING = 'package spacelift\n\nsample { true }\n\ndeny { input.session.login == "jane" }\n'


class PoliciesSecretsTest(SecrecyTest):
    def setUp(self):
        self.github = GitHub()
        self.addCleanup(self.github.close)
        self.serve("--github-api", self.github.url, "--github-organization", "acme")

    def make_policy(self):
        given = {"name": "Sampling", "body": SAMPLING, "type": "LOGIN", "space": "root"}
        policy = self.ask(MAKE_POLICY, {"input": given})["data"]["policyCreatev2"]["id"]
        self.ask("mutation { managementStrategySet(strategy: LOGIN_POLICIES) }")
        self.server.renew_token()
        return policy

    def come_and_be_refused(self):
        """Returns the team that the policy is told of, and nobody else."""
        token, slug = self.keep("GitHub token", invented("gho")), self.keep("slug of a team", invented("team"))
        self.github.person(token, "jane", {"acme": "member"}, teams=[f"acme/{slug}"])
        self.assertIn("errors", self.ask(LOGIN, {"token": token}, token=None))
        return self.keep("team in the input of a policy", slug.replace("-", " ").title())

    def assert_sampled(self, policy, team):
        (record,) = self.ask(RECORDS, {"id": policy})["data"]["policy"]["evaluationRecords"]
        self.assertEqual(record["outcome"], "deny")
        shown = self.server.graphql(SAMPLE, {"id": policy, "key": record["key"]})
        self.assertIn(team, shown["policy"]["evaluationSample"]["input"])

    def assert_recorded(self, policy, team):
        """A policy that lets in whoever is in the team lets the refused one in, so the record has it."""
        body = f'package spacelift\n\nallow {{ input.session.teams[_] == "{team}" }}\n'
        rehearsed = self.ask(REHEARSE, {"body": body, "id": policy})["data"]["policyRehearse"]
        self.assertEqual(rehearsed, {"gainLogin": 1, "changes": [{"login": "jane"}]})

    def test_samples_and_records_of_logins(self):
        policy = self.make_policy()
        team = self.come_and_be_refused()
        self.assert_sampled(policy, team)
        self.assert_recorded(policy, team)
        self.assert_nothing_found(least=7)

    def test_inputs_of_simulations(self):
        for name, form in (("input", '{"session": {"login": "%s"}}'), ("malformed input", '{"session": "%s", }')):
            given = form % self.keep(f"simulation: {name}", invented("simulated"))
            self.ask(SIMULATE, {"body": SAMPLING, "input": given})
        self.assert_nothing_found(least=6)


if __name__ == "__main__":
    unittest.main()
