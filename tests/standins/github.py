"""GitHub's REST API as far as a login needs it: who a token belongs to, the organisations and teams of that person.

The shapes are those of the documented answers; people and their tokens are what a test adds with person().
"""

from dataclasses import dataclass, field

from .stand_in import Answer, StandIn

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass
class Person:
    login: str
    number: int
    name: str
    organizations: dict  # name → role: "member" or "admin"
    teams: list  # "organization/slug"
    scopes: tuple
    membership: str = "active"  # or "pending": invited, and not a member yet
    parents: dict = field(default_factory=dict)  # slug of a team → slug of the team it is in


def _problem(status, message, **headers):
    body = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    return Answer(body, status, {"X-GitHub-Media-Type": "github.v3; format=json", **headers})


class GitHub(StandIn):
    def __init__(self):
        super().__init__()
        self._people = {}  # token → Person
        self.page_size = 30  # what GitHub gives when nothing is asked for
        self.tokens_seen = []

    def person(self, token, login, organizations=None, teams=(), scopes=("read:org", "read:user"), **more):
        """Adds a person who has this token; organizations: name → "member" or "admin"."""
        made = Person(login, 1000 + len(self._people), login.title(), organizations or {}, list(teams), scopes, **more)
        self._people[token] = made
        return made

    def revoke(self, token):
        del self._people[token]

    def answer(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        self.tokens_seen.append(token)
        if "user-agent" not in request.headers:
            return _problem(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
        person = self._people.get(token) if scheme.lower() in ("bearer", "token") else None
        if person is None:
            return _problem(401, "Bad credentials" if token else "Requires authentication")
        return self._of_person(person, request)

    def _of_person(self, person, request):
        if request.path == "/user":
            return self._ok(person, self._user(person))
        if request.path == "/user/orgs":
            return self._listed(person, request, [self._organization(name) for name in person.organizations])
        if request.path == "/user/teams":
            return self._listed(person, request, [self._team(person, team) for team in person.teams])
        if request.path == "/user/memberships/orgs":
            return self._listed(person, request, [self._membership(person, name) for name in person.organizations])
        if request.path.startswith("/user/memberships/orgs/"):
            return self._one_membership(person, request.path.rsplit("/", 1)[1])
        return _problem(404, "Not Found")

    def _headers(self, person):
        return {
            "X-OAuth-Scopes": ", ".join(person.scopes),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "4987",
        }

    def _ok(self, person, body, **headers):
        return Answer(body, 200, {**self._headers(person), **headers})

    def _lacks_scope(self, person):
        return not {"read:org", "write:org", "admin:org", "repo"} & set(person.scopes)

    def _listed(self, person, request, items):
        """One page, with the Link header that names the next."""
        if self._lacks_scope(person):
            return _problem(403, "You need at least read:org scope or user scope to list your organizations.", **self._headers(person))
        page = int(request.query.get("page", ["1"])[0])
        size = min(int(request.query.get("per_page", [self.page_size])[0]), 100)
        shown = items[(page - 1) * size : page * size]
        if page * size >= len(items):
            return self._ok(person, shown)
        following = f"<{self.url}{request.path}?per_page={size}&page={page + 1}>"
        return self._ok(person, shown, Link=f'{following}; rel="next"')

    def _one_membership(self, person, name):
        if self._lacks_scope(person):
            return _problem(403, "You must have the read:org scope.", **self._headers(person))
        known = {organization.lower(): organization for organization in person.organizations}
        if name.lower() not in known:
            return _problem(404, "Not Found", **self._headers(person))
        return self._ok(person, self._membership(person, known[name.lower()]))

    def _user(self, person):
        return {
            "login": person.login,
            "id": person.number,
            "node_id": f"MDQ6VXNlcj{person.number}",
            "avatar_url": f"{self.url}/avatars/{person.number}",
            "gravatar_id": "",
            "url": f"{self.url}/users/{person.login}",
            "html_url": f"https://github.com/{person.login}",
            "type": "User",
            "user_view_type": "private",
            "site_admin": False,
            "name": person.name,
            "company": None,
            "blog": "",
            "location": None,
            "email": None,
            "hireable": None,
            "bio": None,
            "twitter_username": None,
            "notification_email": None,
            "public_repos": 2,
            "public_gists": 1,
            "followers": 20,
            "following": 0,
            "created_at": "2008-01-14T04:33:35Z",
            "updated_at": "2026-01-14T04:33:35Z",
            "two_factor_authentication": True,
        }

    def _organization(self, name):
        return {
            "login": name,
            "id": 1 + sum(name.encode()),
            "node_id": "MDEyOk9yZ2FuaXphdGlvbjE=",
            "url": f"{self.url}/orgs/{name}",
            "repos_url": f"{self.url}/orgs/{name}/repos",
            "members_url": f"{self.url}/orgs/{name}/members{{/member}}",
            "avatar_url": f"{self.url}/avatars/{name}",
            "description": None,
        }

    def _team(self, person, full_name):
        organization, slug = full_name.split("/")
        parent = person.parents.get(slug)
        return {
            "id": 1 + sum(full_name.encode()),
            "node_id": "MDQ6VGVhbTE=",
            "url": f"{self.url}/teams/{slug}",
            "name": slug.replace("-", " ").title(),
            "slug": slug,
            "description": "",
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "permission": "pull",
            "parent": {"slug": parent, "name": parent.replace("-", " ").title()} if parent else None,
            "members_count": 3,
            "repos_count": 10,
            "organization": {**self._organization(organization), "type": "Organization"},
        }

    def _membership(self, person, name):
        return {
            "url": f"{self.url}/orgs/{name}/memberships/{person.login}",
            "state": person.membership,
            "role": person.organizations[name],
            "organization_url": f"{self.url}/orgs/{name}",
            "organization": self._organization(name),
            "user": {"login": person.login, "id": person.number, "type": "User", "site_admin": False},
        }
