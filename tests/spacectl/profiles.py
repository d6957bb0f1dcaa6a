"""Profiles and who one is: with a secret key, an ID token of a pipeline, a GitHub token, and raw queries."""

import json
import re

from standins.token_issuer import TokenIssuer

REFUSED = ["unauthorized"]
OIDC_KEY = """mutation ($input: ApiKeyInput!) { apiKeyCreate(input: $input) { id } }"""


def alone(client, server, **credentials):
    """Credentials from the environment alone: when they fail, spacectl would go on with its profile."""
    folder = str(client.scratch / "no-profiles")
    return {"SPACELIFT_CONFIG_DIR": folder, "SPACELIFT_API_KEY_ENDPOINT": server.url, **credentials}


def of_a_key(client, server):
    """Leaves the profile "home" of the administrator's key as the current one."""
    key_id, secret = server.key()
    credentials = {"SPACELIFT_API_KEY_ID": key_id, "SPACELIFT_API_KEY_SECRET": secret}
    client.check("no profile yet", ["profile", "current"], ["no account is currently selected"], 1)
    wrong = {**credentials, "SPACELIFT_API_KEY_SECRET": "wrong"}
    login = ["profile", "login", "--method", "api", "--endpoint", server.url]
    client.check("profile login with a wrong secret", [*login, "wrong"], ["credentials look invalid"], 1, **wrong)
    client.check("profile login", [*login, "home"], **credentials)
    client.check("profile login, another", [*login, "other"], **credentials)
    client.check("profile current", ["profile", "current"], ["^other$"])
    client.check("profile select", ["profile", "select", "home"])
    client.check("profile current after select", ["profile", "current"], ["^home$"])
    client.check("profile list", ["profile", "list"], [r"\*\s*\|\s*home", "other", re.escape(server.url)], absent=["wrong", secret])
    client.check_json("profile list as JSON", ["profile", "list", "-o", "json"], lambda all_: len(all_) == 2 and all_[0]["current"])
    client.check("profile logout", ["profile", "logout", "other"])
    client.check("profile list after logout", ["profile", "list"], ["home"], absent=["other"])


def token(client, server):
    key_id, secret = server.key()
    exported = client.check("profile export-token", ["profile", "export-token"], [r"^[\w-]+\.[\w-]+\.[\w-]+$"])
    client.check("a token instead of a profile", ["whoami"], [key_id], SPACELIFT_API_TOKEN=exported.strip())
    client.check("whoami", ["whoami"], [key_id, re.escape(server.url)], absent=[secret])
    wrong = alone(client, server, SPACELIFT_API_KEY_ID=key_id, SPACELIFT_API_KEY_SECRET="wrong")
    client.check("whoami with a wrong secret", ["whoami"], REFUSED, 1, **wrong)
    unknown = {**wrong, "SPACELIFT_API_KEY_ID": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    client.check("whoami with an unknown key", ["whoami"], REFUSED, 1, **unknown)
    client.check("version", ["version"])


def id_token(client, server):
    """As a job of GitHub Actions does it: the ID token in the place of the secret."""
    with TokenIssuer() as issuer:
        trust = {"issuer": issuer.url, "clientId": "gatehouse", "subjectExpression": "^repo:acme/infrastructure:ref:refs/heads/main$"}
        made = server.graphql(OIDC_KEY, {"input": {"name": "actions", "admin": False, "teams": [], "oidc": trust}})
        key_id = made["apiKeyCreate"]["id"]
        as_key = alone(client, server, SPACELIFT_API_KEY_ID=key_id)
        good = issuer.github("gatehouse")
        client.check("whoami with an ID token", ["whoami"], [key_id], **as_key, SPACELIFT_API_KEY_SECRET=good)
        client.check("stack list with an ID token", ["stack", "list"], **as_key, SPACELIFT_API_KEY_SECRET=good)
        branch = issuer.github("gatehouse", sub="repo:acme/infrastructure:ref:refs/heads/wild")
        client.check("an ID token of another branch", ["whoami"], REFUSED, 1, **as_key, SPACELIFT_API_KEY_SECRET=branch)
        old = issuer.github("gatehouse", exp=1_000_000_000)
        client.check("an ID token that expired", ["whoami"], REFUSED, 1, **as_key, SPACELIFT_API_KEY_SECRET=old)


def github_token(client, server, github):
    github.person("ghp_octocat", "octocat", {"acme": "member"}, ["acme/platform"])
    github.person("ghp_stranger", "stranger", {"elsewhere": "member"})

    def whoami(name, token, expect, status):
        client.check(name, ["whoami"], expect, status, **alone(client, server, SPACELIFT_API_GITHUB_TOKEN=token))

    whoami("whoami with a GitHub token", "ghp_octocat", ["octocat"], 0)
    # spacectl keeps the reason to itself here.
    refused = ["could not build the session"]
    whoami("a GitHub token of a stranger", "ghp_stranger", refused, 1)
    whoami("a bad GitHub token", "ghp_bad", refused, 1)
    login = ["profile", "login", "octocat", "--method", "github", "--endpoint", server.url]
    client.check("profile login with GitHub", login, SPACELIFT_API_GITHUB_TOKEN="ghp_octocat")
    client.check("profile select of the key", ["profile", "select", "home"])


def raw(client):
    client.check_json("api", ["api", "{ stacks { id } }"], lambda answer: isinstance(answer["data"]["stacks"], list))
    variables = json.dumps({"id": "root"})
    document = "query ($id: ID!) { space(id: $id) { id name } }"
    client.check_json("api with variables", ["api", "--variables", variables, document], lambda answer: answer["data"]["space"]["id"] == "root")
    client.check("api --raw", ["api", "--raw", "{ __typename }"], [r'^\{"data":\{"__typename":"Query"\}\}\s*$'])
    client.check("api with a wrong document", ["api", "{ nothing }"], ["nothing"], 1)
    client.check_json("api --schema", ["api", "--schema"], lambda answer: answer["data"]["__schema"]["queryType"]["name"] == "Query")


def settings(github, provider, secret_file):
    """What the server must be told for these checks."""
    secret_file.write_text(provider.client_secret)
    of_github = ["--github-api", github.url, "--github-organization", "acme"]
    of_provider = ["--login-issuer", provider.url, "--login-client-id", provider.client_id]
    return ["--outbound-allow", "127.0.0.0/8", *of_github, *of_provider, "--login-client-secret", str(secret_file)]


def check(client, server, github):
    token(client, server)
    id_token(client, server)
    github_token(client, server, github)
    raw(client)
