"""People coming in through the pages: passwords, their limits, sessions, policies, and a real OpenID provider."""

import base64
import json
import re
import select
import socket
import unittest
from urllib.parse import parse_qs, urlencode, urlsplit

from harness import patience

from harness.pages import Browser
from harness.server import TOKEN_MUTATION, Server
from standins.identity_provider import IdentityProvider

PASSWORD = "correct horse battery"
INVITE = "mutation ($input: ManagedUserInviteInput!) { managedUserInvite(input: $input) { id invitationUrl } }"
SET_PASSWORD = "mutation ($id: ID!, $password: String!) { managedUserPasswordSet(id: $id, password: $password) { id } }"
MAP_GROUP = "mutation ($input: ManagedUserGroupCreateInput!) { managedUserGroupCreate(input: $input) { id } }"


def invite(server, name, **more):
    return server.graphql(INVITE, {"input": {"username": name, **more}})["managedUserInvite"]


def make_user(server, name, **more):
    user = invite(server, name, **more)
    server.graphql(SET_PASSWORD, {"id": user["id"], "password": PASSWORD})
    return user["id"]


def session_of(browser):
    (jar,) = browser.cookies.values()
    return jar["gatehouse-session"]


class Passwords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        make_user(cls.server, "jane", owner=True)

    def setUp(self):
        self.browser = Browser(self.server.url)

    def test_a_login_is_a_session_that_the_way_out_ends(self):
        page = self.browser.log_in("jane", PASSWORD)
        self.assertEqual((page.path, page.status), ("/account", 200))
        self.assertIn("user::jane", page.text)
        self.assertIn("Firefox on Linux", page.text)
        token = session_of(self.browser)
        self.assertEqual(self.server.graphql("{ viewer { name } }", token=token), {"viewer": {"name": "jane"}})
        page = self.browser.submit(self.browser.open("/logout"), "/logout")
        self.assertEqual(page.path, "/login")
        self.assertEqual(self.server.post_graphql("{ stacks { id } }", token=token).status, 401)

    def test_a_session_is_ended_from_another(self):
        other = Browser(self.server.url)
        other.log_in("jane", PASSWORD)
        ended = session_of(other)
        page = self.browser.log_in("jane", PASSWORD)
        while any("/end" in form["action"] for form in page.forms):
            page = self.browser.submit(page, r"/account/sessions/\w+/end")
        self.assertEqual(self.server.post_graphql("{ stacks { id } }", token=ended).status, 401)
        self.assertEqual(other.open("/account").path, "/login")
        self.assertEqual(self.browser.open("/account").path, "/account")

    def change_password(self, **fields):
        page = self.browser.open(self.browser.open("/account").links["Change your password"])
        return self.browser.submit(page, "/account/password", **fields)

    def test_ones_own_password_is_changed_and_ends_the_other_sessions(self):
        make_user(self.server, "ada")
        new = "staple battery horse"
        other = Browser(self.server.url)
        other.log_in("ada", PASSWORD)
        elsewhere = session_of(other)
        self.browser.log_in("ada", PASSWORD)
        page = self.change_password(current=PASSWORD, password=new, again=new)
        self.assertIn("All your other sessions have ended", page.text)
        self.assertEqual(self.server.post_graphql("{ stacks { id } }", token=elsewhere).status, 401)
        self.assertEqual(self.browser.open("/account").status, 200)
        self.assertEqual(Browser(self.server.url).log_in("ada", PASSWORD).alert, "The name or the password is wrong.")
        self.assertEqual(Browser(self.server.url).log_in("ada", new).path, "/account")
        search = 'query { searchAuditTrailEntries(input: {first: 50}) { edges { node { action actor { username } body } } } }'
        edges = self.server.graphql(search)["searchAuditTrailEntries"]["edges"]
        (entry,) = (edge["node"] for edge in edges if edge["node"]["action"] == "user.change_password")
        self.assertEqual(entry["actor"]["username"], "user::ada")
        for kept in (self.server.log, json.dumps(edges)):
            self.assertNotIn(new, kept)

    def test_ones_own_password_stays_when_what_was_typed_is_wrong(self):
        make_user(self.server, "eve")
        new = "staple battery horse"
        self.browser.log_in("eve", PASSWORD)
        for fields, problem in (
            ({"current": "wrong horse battery", "password": new, "again": new}, "The current password is wrong."),
            ({"current": PASSWORD, "password": new, "again": new + "x"}, "The two passwords differ."),
            ({"current": PASSWORD, "password": "short", "again": "short"}, "A password needs at least 12 characters."),
            ({"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "The new password is the one you have."),
        ):
            page = self.change_password(**fields)
            self.assertEqual((page.status, page.alert), (403, problem))
        self.assertEqual(Browser(self.server.url).log_in("eve", PASSWORD).path, "/account")
        page = self.browser.open("/account/password")
        stolen = Browser(self.server.url)
        stolen.log_in("eve", PASSWORD)
        answer = stolen.submit(page, "/account/password", current=PASSWORD, password=new, again=new)
        self.assertIn("This form is out of date", answer.text)

    def test_only_who_has_a_password_changes_it(self):
        self.assertEqual(self.browser.open("/account/password").path, "/login")
        key, secret = self.server.key()
        self.browser.submit(self.browser.open("/apikeytoken"), "/apikeytoken", key=key, secret=secret)
        self.assertNotIn("Change your password", self.browser.open("/account").text)
        self.assertEqual(self.browser.open("/account/password").path, "/account")

    def test_nobody_ends_the_session_of_somebody_else(self):
        make_user(self.server, "joe")
        other = Browser(self.server.url)
        other.log_in("joe", PASSWORD)
        mine = self.browser.log_in("jane", PASSWORD)
        claims = session_of(self.browser).split(".")[1]
        session = json.loads(base64.urlsafe_b64decode(claims + "=="))["jti"]
        other.open(f"/account/sessions/{session}/end", other.open("/logout").form("/logout")["fields"])
        self.assertEqual(self.browser.open("/account").path, mine.path)

    def test_a_form_is_worth_nothing_in_another_browser(self):
        page = self.browser.open("/login")
        thief = Browser(self.server.url)
        thief.open("/login")
        answer = thief.submit(page, "/login", username="jane", password=PASSWORD)
        self.assertEqual(answer.status, 403)
        self.assertIn("This form is out of date", answer.text)

    def test_secrets_stay_out_of_the_log_and_the_trail(self):
        url = invite(self.server, "secretive")["invitationUrl"]
        secret = parse_qs(urlsplit(url).query)["secret"][0]
        page = self.browser.open(urlsplit(url)._replace(scheme="", netloc="").geturl())
        page = self.browser.submit(page, r"/invitation/\w+", password=PASSWORD, again=PASSWORD)
        self.assertEqual(page.path, "/account")
        Browser(self.server.url).log_in("secretive", "wrong-but-nearly-right")
        trail = self.server.graphql("{ searchAuditTrailEntries(input: {first: 50}) { edges { node { body } } } }")
        for kept in (self.server.log, json.dumps(trail)):
            for hidden in (secret, PASSWORD, "wrong-but-nearly-right", session_of(self.browser)):
                self.assertNotIn(hidden, kept)

    def test_under_https_cookies_are_for_this_host_alone(self):
        server = Server(arguments=["--url", "https://gatehouse.example.com"])
        self.addCleanup(server.close)
        server.start()
        answer = server.request("GET", "/login")
        self.assertRegex(answer.headers["set-cookie"], r"^__Host-gatehouse-browser=\w+; Path=/; .*; Secure$")


class Limits(unittest.TestCase):
    def test_whoever_guesses_too_often_waits(self):
        server = Server(arguments=["--attempts-per-address", "3"])
        self.addCleanup(server.close)
        server.start()
        make_user(server, "jane")
        browser = Browser(server.url)
        pages = [browser.log_in("jane", "wrong horse battery") for _ in range(5)]
        self.assertEqual(pages[0].alert, "The name or the password is wrong.")
        self.assertEqual(pages[-1].status, 429)
        self.assertRegex(pages[-1].alert, r"too many failed attempts\. Try again in \d+ seconds\.$")
        self.assertEqual(browser.log_in("jane", PASSWORD).status, 429)

    def test_whoever_guesses_at_the_password_in_an_open_session_waits(self):
        server = Server(arguments=["--attempts-per-address", "3"])
        self.addCleanup(server.close)
        server.start()
        make_user(server, "jane")
        browser = Browser(server.url)
        browser.log_in("jane", PASSWORD)
        fields = {"current": "wrong horse battery", "password": "staple battery horse", "again": "staple battery horse"}
        pages = [browser.submit(browser.open("/account/password"), "/account/password", **fields) for _ in range(4)]
        self.assertEqual([page.status for page in pages], [403, 403, 403, 429])
        right = fields | {"current": PASSWORD}
        self.assertEqual(browser.submit(browser.open("/account/password"), "/account/password", **right).status, 429)


class Guesses:
    """Forms with a wrong password, all of them sent before anybody waits for an answer."""

    def __init__(self, server, count):
        browser = Browser(server.url)
        fields = browser.open("/login").form("/login")["fields"] | {"username": "nobody", "password": PASSWORD}
        (jar,) = browser.cookies.values()
        cookie, body = "; ".join(f"{name}={value}" for name, value in jar.items()), urlencode(fields)
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
        form = f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()
        self._connections = [socket.create_connection(("127.0.0.1", server.port), patience.SECONDS) for _ in range(count)]
        for connection in self._connections:
            connection.sendall(form)

    def unanswered(self):
        """How many have no answer at this moment."""
        arrived = select.poll()
        for connection in self._connections:
            arrived.register(connection, select.POLLIN)
        return len(self._connections) - len(arrived.poll(0))

    def finish(self):
        """Waits for all answers, and returns the first line of each."""
        lines = [connection.recv(4096).split(b"\r\n")[0] for connection in self._connections]
        for connection in self._connections:
            connection.close()
        return lines


class Load(unittest.TestCase):
    GUESSES, PROOFS, ATTEMPTS = 20, 2, 30

    def test_guessing_holds_nobody_up(self):
        """Each guess costs a hash; were they made where requests or the database wait, an exchange would wait for all that
        were sent before it. It is answered while most of them are not; an attempt at whose end they all are proves nothing,
        as the machine may have stood still."""
        server = Server(arguments=["--attempts-per-address", "0", "--attempts-per-key", "0"])
        self.addCleanup(server.close)
        server.start()
        key, secret = server.key()
        unanswered = []
        while len(unanswered) < self.ATTEMPTS and sum(left > self.GUESSES / 2 for left in unanswered) < self.PROOFS:
            guesses = Guesses(server, self.GUESSES)
            server.graphql(TOKEN_MUTATION, {"id": key, "secret": secret}, token=None)
            unanswered.append(guesses.unanswered())
            self.assertEqual(set(guesses.finish()), {b"HTTP/1.1 403 Forbidden"})
        self.assertGreaterEqual(sum(left > self.GUESSES / 2 for left in unanswered), self.PROOFS, unanswered)


class Policies(unittest.TestCase):
    def test_a_policy_can_refuse_and_only_the_trail_says_why(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        make_user(server, "jane")
        server.graphql("mutation { managementStrategySet(strategy: LOGIN_POLICIES) }")
        body = 'package spacelift\n\ndeny { input.session.login == "jane" }\n'
        create = "mutation ($input: PolicyCreateInput!) { policyCreatev2(input: $input) { id } }"
        server.graphql(create, {"input": {"name": "Not Jane", "body": body, "type": "LOGIN", "space": "root"}})
        page = Browser(server.url).log_in("jane", PASSWORD)
        self.assertEqual(page.status, 403)
        self.assertTrue(page.alert.startswith("A login policy of this account does not let you in."))
        self.assertNotIn("not-jane", page.text)
        trail = server.graphql("{ searchAuditTrailEntries(input: {first: 50}) { edges { node { action body } } } }")
        reasons = [edge["node"]["body"] for edge in trail["searchAuditTrailEntries"]["edges"]]
        self.assertTrue(any("not-jane" in reason for reason in reasons), reasons)


class Provider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.provider = IdentityProvider([f"{cls.server.url}/login/callback"])
        cls.addClassCleanup(cls.provider.close)
        secret = cls.server.folder / "login-secret"
        secret.write_text(cls.provider.client_secret + "\n")
        cls.server.arguments += [
            *("--login-issuer", cls.provider.url, "--login-client-id", cls.provider.client_id),
            *("--login-client-secret", str(secret), "--login-name", "Example ID", "--outbound-allow", "127.0.0.1"),
        ]
        cls.server.start()

    def setUp(self):
        self.browser = Browser(self.server.url)

    def leave(self, path="/login/provider"):
        """The address at the provider that the server sends a browser to."""
        answer = self.browser.send("GET", path)
        self.assertEqual(answer.status, 303, answer.text)
        return answer.location

    def come_back(self, address):
        """The last redirect of the provider, not yet followed."""
        page = self.browser.send("GET", address)
        while not page.location.startswith(self.server.url):
            page = self.browser.send("GET", page.location)
        return page.location

    def test_what_the_provider_is_told(self):
        address = urlsplit(self.leave())
        asked = {name: value for name, (value,) in parse_qs(address.query).items()}
        self.assertEqual(asked["response_type"], "code")
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertEqual(asked["redirect_uri"], f"{self.server.url}/login/callback")
        for part in ("state", "nonce", "code_challenge"):
            self.assertRegex(asked[part], r"^[\w-]{43}$")
        again = parse_qs(urlsplit(self.leave()).query)
        self.assertNotEqual(again["state"], [asked["state"]])
        self.assertNotEqual(again["nonce"], [asked["nonce"]])

    def test_groups_of_the_provider_have_roles(self):
        rule = {"space": "root", "spaceAccessLevel": "WRITE"}
        self.server.graphql(MAP_GROUP, {"input": {"groupName": "platform", "description": "", "accessRules": [rule]}})
        self.provider.logs_in("alice")
        page = self.browser.open(self.come_back(self.leave()))
        self.assertEqual(page.path, "/account")
        self.assertIn("through the group platform", page.text)
        users = self.server.graphql("{ managedUsers { username loginMethod groups invitationEmail } }")["managedUsers"]
        alice = {"username": "alice", "loginMethod": "OIDC", "groups": ["platform", "on-call"]}
        self.assertIn({**alice, "invitationEmail": "alice@example.com"}, users)

    def test_a_code_works_once(self):
        self.provider.logs_in("bob")
        back = self.come_back(self.leave())
        self.assertEqual(self.browser.open(back).path, "/account")
        again = self.browser.open(back)
        self.assertEqual(again.status, 400)
        self.assertIn("This login is not known", again.text)

    def test_an_answer_in_another_browser_is_refused(self):
        self.provider.logs_in("bob")
        back = self.come_back(self.leave())
        victim = Browser(self.server.url)
        victim.send("GET", "/login/provider")
        answer = victim.open(back)
        self.assertEqual(answer.status, 400)
        self.assertNotIn("gatehouse-session", victim.cookies[urlsplit(self.server.url).netloc])

    def test_a_code_for_another_challenge_is_refused(self):
        self.provider.logs_in("bob")
        first = parse_qs(urlsplit(self.come_back(self.leave())).query)["code"][0]
        second = self.come_back(self.leave())
        answer = self.browser.open(re.sub(r"code=[^&]+", f"code={first}", second))
        self.assertEqual(answer.status, 403)
        self.assertIn("the identity provider refused the login: invalid_grant", answer.alert)

    def test_a_provider_that_is_gone_is_no_dead_end(self):
        server = Server(arguments=["--login-issuer", "http://127.0.0.1:1", "--login-client-id", "x", "--outbound-allow", "127.0.0.1"])
        self.addCleanup(server.close)
        server.start()
        page = Browser(server.url).open("/login/provider")
        self.assertEqual(page.status, 503)
        self.assertTrue(page.alert)
        self.assertIn("Go to the login page", page.links)

    def test_no_secret_is_in_the_log(self):
        self.provider.logs_in("carol")
        back = self.come_back(self.leave())
        self.browser.open(back)
        code = parse_qs(urlsplit(back).query)["code"][0]
        for secret in (self.provider.client_secret, code, session_of_host(self.browser, self.server)):
            self.assertNotIn(secret, self.server.log)


def session_of_host(browser, server):
    return browser.cookies[urlsplit(server.url).netloc]["gatehouse-session"]


if __name__ == "__main__":
    unittest.main()
