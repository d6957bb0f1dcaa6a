"""An OpenID issuer of the ID tokens that pipelines get: discovery, keys, and tokens shaped as GitHub's and GitLab's.

It can misbehave as a test asks: `delay`, `replaced`, `announced_issuer` and rotate() change what is served; the claims
given to github() and gitlab() win over their own, and a claim given as None is left out.
"""

import shutil
import tempfile
import time
import uuid
from pathlib import Path

from .signing_key import SigningKey
from .stand_in import Answer, StandIn

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks"
LIFETIME_SECONDS = 3600


class TokenIssuer(StandIn):
    def __init__(self):
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="gatehouse-issuer-"))
        self._made = 0
        self.announced_issuer = self.url
        self.key = self.new_key()
        self.served = [self.key]

    def close(self):
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_key(self, key_id=None):
        """A key that is not served: a token signed with it comes from a stranger."""
        self._made += 1
        return SigningKey(self._folder / f"{self._made}.pem", key_id or f"key-{self._made}")

    def rotate(self, keep_old=True):
        """A new key signs from now on; the old one is served beside it, or no more."""
        self.key = self.new_key()
        self.served = [*self.served, self.key] if keep_old else [self.key]

    def answer(self, request):
        if request.path == DISCOVERY:
            return Answer(self._discovery())
        if request.path == KEYS:
            return Answer({"keys": [key.jwk() for key in self.served]})
        return Answer({"message": "Not Found"}, 404)

    def _discovery(self):
        return {
            "issuer": self.announced_issuer,
            "jwks_uri": f"{self.url}{KEYS}",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
        }

    def discoveries(self):
        """How often the discovery document was fetched."""
        return self.asked[DISCOVERY]

    def key_fetches(self):
        return self.asked[KEYS]

    def token(self, claims, key=None, algorithm="RS256", **header):
        """A token of any claims, signed with the current key unless another is given."""
        kept = {name: value for name, value in claims.items() if value is not None}
        return (key or self.key).token(kept, algorithm, **header)

    def _times(self):
        now = int(time.time())
        return {"iat": now, "nbf": now - 5, "exp": now + LIFETIME_SECONDS}

    def github_claims(self, audience, repository="acme/infrastructure", ref="refs/heads/main", environment=None):
        """What a job of GitHub Actions gets; one that deploys to an environment has another subject."""
        owner = repository.split("/")[0]
        place = f"environment:{environment}" if environment else f"ref:{ref}"
        workflow = f"{repository}/.github/workflows/deploy.yml@{ref}"
        return {
            "jti": str(uuid.uuid4()),
            "iss": self.url,
            "aud": audience,
            "sub": f"repo:{repository}:{place}",
            "ref": ref,
            "ref_type": "branch",
            "ref_protected": "true",
            "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            "repository": repository,
            "repository_owner": owner,
            "repository_id": "74",
            "repository_owner_id": "65",
            "repository_visibility": "private",
            "actor": "octocat",
            "actor_id": "12",
            "event_name": "push",
            "base_ref": "",
            "head_ref": "",
            "environment": environment,
            "workflow": "deploy",
            "workflow_ref": workflow,
            "workflow_sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            "job_workflow_ref": workflow,
            "job_workflow_sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            "run_id": "30433642",
            "run_number": "10",
            "run_attempt": "1",
            "runner_environment": "github-hosted",
            **self._times(),
        }

    def gitlab_claims(self, audience, project="acme/infrastructure", ref="main"):
        """What a job of GitLab gets from id_tokens."""
        return {
            "jti": str(uuid.uuid4()),
            "iss": self.url,
            "aud": audience,
            "sub": f"project_path:{project}:ref_type:branch:ref:{ref}",
            "namespace_id": "72",
            "namespace_path": project.rsplit("/", 1)[0],
            "project_id": "20",
            "project_path": project,
            "user_id": "1",
            "user_login": "sample-user",
            "user_email": "sample-user@example.com",
            "user_access_level": "developer",
            "groups_direct": ["acme/platform", "acme/on-call"],
            "pipeline_id": "574",
            "pipeline_source": "push",
            "job_id": "302",
            "ref": ref,
            "ref_type": "branch",
            "ref_path": f"refs/heads/{ref}",
            "ref_protected": "true",
            "runner_id": 1,
            "runner_environment": "gitlab-hosted",
            "sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
            "project_visibility": "private",
            "ci_config_ref_uri": f"gitlab.example.com/{project}//.gitlab-ci.yml@refs/heads/{ref}",
            "ci_config_sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
            **self._times(),
        }

    def github(self, audience, **claims):
        return self.token({**self.github_claims(audience), **claims})

    def gitlab(self, audience, **claims):
        return self.token({**self.gitlab_claims(audience), **claims})
