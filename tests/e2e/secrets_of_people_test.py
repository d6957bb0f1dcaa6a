"""No secret of people leaves: passwords, invitations, sessions of browsers, tokens of GitHub, and what a login provider gave."""

import unittest
from urllib.parse import parse_qs, urlsplit

from harness.pages import Browser
from harness.secrecy import SecrecyTest, invented
from harness.server import gatehouse
from standins.github import GitHub
from standins.identity_provider import IdentityProvider
from standins.stand_in import Answer

INVITE = "mutation ($name: String!) { managedUserInvite(input: {username: $name, owner: true}) { id invitationUrl } }"
RESEND = "mutation ($id: ID!) { managedUserResendInvite(id: $id) { invitationUrl } }"
SET_PASSWORD = "mutation ($id: ID!, $password: String!) { managedUserPasswordSet(id: $id, password: $password) { id } }"
EVERYBODY = "{ managedUsers { id username invitationUrl } sessions { actorName userAgent current } }"
GITHUB_LOGIN = "mutation ($token: String!) { oauthUser(token: $token) { jwt } }"


class PeoplesSecretsTest(SecrecyTest):
    def keep_link(self, name, url):
        """The link without its host, for a browser of the test's own to open."""
        self.keep(name, parse_qs(urlsplit(url).query)["secret"][0])
        return urlsplit(url)._replace(scheme="", netloc="").geturl()

    def keep_cookies(self, name, browser):
        (jar,) = browser.cookies.values()
        self.keep_token(f"{name}: session", jar["gatehouse-session"])
        self.keep(f"{name}: the browser's own cookie", jar["gatehouse-browser"])
        return jar["gatehouse-session"]

    def set_by_command(self, name, password):
        environment = {"GATEHOUSE_URL": self.server.url}
        done = gatehouse("user", "set-password", name, folder=self.server.folder, environment=environment, text=f"{password}\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.answers.append(f"{done.stdout}{done.stderr}".encode())

    def make_invitations(self):
        jane = self.server.graphql(INVITE, {"name": "jane"})["managedUserInvite"]
        old = self.keep_link("invitation", jane["invitationUrl"])
        url = self.server.graphql(RESEND, {"id": jane["id"]})["managedUserResendInvite"]["invitationUrl"]
        link = self.keep_link("second invitation", url)
        browser = Browser(self.server.url)
        self.show(Browser(self.server.url).open(link.replace("gth_", self.keep("a guessed invitation", invented("guess")))))
        # Who has a link may see it: its form sends the secret back.
        page = browser.open(link)
        password, other = self.keep("password", invented("first")), self.keep("password that was mistyped", invented("other"))
        browser.submit(page, r"/invitation/\w+", password=password, again=other)
        page = self.show(browser.submit(page, r"/invitation/\w+", password=password, again=password))
        self.assertEqual(page.path, "/account")
        self.keep_cookies("invited", browser)
        for used in (old, link):
            self.assertGreaterEqual(Browser(self.server.url).open(used).status, 400)
        return jane["id"]

    def make_passwords(self, jane):
        changed = self.keep("password set by an administrator", invented("second"))
        self.ask(SET_PASSWORD, {"id": jane, "password": changed})
        self.ask(SET_PASSWORD, {"id": "nobody", "password": self.keep("password for nobody", invented("third"))})
        self.ask(SET_PASSWORD, {"id": jane, "password": self.keep("password that is too long", invented("long") * 40)})
        by_command = self.keep("password set on the command line", invented("fourth"))
        self.set_by_command("jane", by_command)
        return by_command

    def make_logins(self, password):
        browser = Browser(self.server.url)
        for name, typed in (("jane", "wrong password"), ("nobody", "password of an unknown name")):
            self.show(browser.log_in(name, self.keep(typed, invented("typed"))))
        # A page shows a name again to who typed it, and nothing else does to anybody.
        browser.log_in(self.keep("password in place of the name", invented("swapped")), "jane")
        page = self.show(browser.log_in("jane", password))
        self.assertEqual(page.path, "/account")
        session = self.keep_cookies("logged in", browser)
        self.ask(EVERYBODY, token=session)
        self.show(browser.submit(browser.open("/logout"), "/logout"))
        self.ask(EVERYBODY, token=session)
        self.show(browser.open("/account"))

    def make_key_logins(self):
        key, secret = self.server.key()
        browser = Browser(self.server.url)
        page = self.show(browser.open("/apikeytoken"))
        self.show(browser.submit(page, "/apikeytoken", key=key, secret=self.keep("wrong secret on the page", invented("gth"))))
        self.assertEqual(self.show(browser.submit(page, "/apikeytoken", key=key, secret=secret)).path, "/account")
        self.keep_cookies("logged in as a key", browser)

    def test_passwords_invitations_and_sessions(self):
        self.serve()
        jane = self.make_invitations()
        self.make_logins(self.make_passwords(jane))
        self.make_key_logins()
        self.ask(EVERYBODY)
        self.assert_nothing_found(least=21)

    def github_token(self, name):
        return self.keep(f"GitHub token: {name}", invented("gho"))

    def test_tokens_of_github(self):
        github = GitHub()
        self.addCleanup(github.close)
        self.serve("--github-api", github.url, "--github-organization", "acme")
        member, narrow = self.github_token("member"), self.github_token("narrow")
        github.person(member, "jane", {"acme": "admin"}, teams=["acme/on-call"])
        github.person(narrow, "narrow", {"acme": "member"}, scopes=("gist",))
        jwt = self.server.graphql(GITHUB_LOGIN, {"token": member}, token=None)["oauthUser"]["jwt"]
        self.ask(EVERYBODY, token=self.keep_token("session", jwt))
        for token in (narrow, self.github_token("unknown"), f"{self.github_token('odd')}\n"):
            self.assertIn("errors", self.ask(GITHUB_LOGIN, {"token": token}, token=None))
        # A service that says again what it was told must not bring it here.
        for status in (200, 401, 403, 500):
            github.replaced["/user"] = Answer({"message": f"Bad credentials: {member}", "login": [member]}, status)
            self.assertIn("errors", self.ask(GITHUB_LOGIN, {"token": member}, token=None))
        self.assertIn(member, github.tokens_seen)
        self.assert_nothing_found(least=9)


class ProvidersSecretsTest(SecrecyTest):
    def setUp(self):
        self.serve()
        self.provider = IdentityProvider([f"{self.server.url}/login/callback"])
        self.addCleanup(self.provider.close)
        self.provider.logs_in("alice")
        file = self.server.folder / "login-secret"
        named = ["--login-issuer", self.provider.url, "--login-client-id", self.provider.client_id]
        self.server.arguments += [*named, "--login-client-secret", str(file)]
        self.file = file

    def restart_with(self, secret):
        self.assertEqual(self.server.stop(), 0)
        self.file.write_text(f"{secret}\n")
        self.server.start()

    def log_in(self, name, browser):
        """Through the provider and back; all that goes with the browser is noted on the way."""
        page = self.show(browser.open("/login")) and browser.send("GET", "/login/provider")
        asked = parse_qs(urlsplit(page.location).query)
        for part in ("state", "nonce"):
            self.keep(f"{name}: {part}", asked[part][0])
        while not page.location.startswith(self.server.url):
            page = browser.send("GET", page.location)
        self.keep(f"{name}: code", parse_qs(urlsplit(page.location).query)["code"][0])
        back = page.location
        page = browser.send("GET", back)
        self.show(page)
        return page, back

    def test_what_a_provider_gave(self):
        browser = Browser(self.server.url)
        self.restart_with(self.keep("client secret that is wrong", invented("client")))
        page, _ = self.log_in("refused", browser)
        self.assertEqual(page.status, 403, page.text)
        self.restart_with(self.keep("client secret", self.provider.client_secret))
        page, back = self.log_in("accepted", browser)
        self.assertEqual(urlsplit(page.location).path, "/account")
        self.assertEqual(self.show(browser.open("/account")).status, 200)
        self.assertEqual(browser.send("GET", back).status, 400)
        jar = browser.cookies[urlsplit(self.server.url).netloc]
        self.keep_token("session", jar["gatehouse-session"])
        self.assert_nothing_found(least=13)


if __name__ == "__main__":
    unittest.main()
