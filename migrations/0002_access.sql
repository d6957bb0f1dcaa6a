-- Who may come in and what they may do there: people, keys that trust an identity provider, sessions of any
-- actor, groups, grants with an end, policies and their samples; and the audit trail's webhook.

-- A key of the kind OIDC has no secret; its hash is empty. While a secret is being replaced, the one before it
-- stays valid for a while.
ALTER TABLE api_key ADD COLUMN secret_changed_at ${int};
ALTER TABLE api_key ADD COLUMN previous_secret_hash ${text};
ALTER TABLE api_key ADD COLUMN previous_secret_until ${int};
ALTER TABLE api_key ADD COLUMN oidc ${text};      -- JSON: issuer, client id, subject expression, mapping, conditions
ALTER TABLE api_key ADD COLUMN expiry_warned_at ${int};      -- the audit trail says that it expires soon
CREATE INDEX api_key_expiry ON api_key (expires_at) WHERE expires_at IS NOT NULL;

-- People. A user without a password comes in through the identity provider.
CREATE TABLE account_user (
    id ${text} PRIMARY KEY,
    username ${text} NOT NULL UNIQUE,
    email ${text},
    name ${text} NOT NULL DEFAULT '',
    password_hash ${text},           -- Argon2id, in the form of its reference implementation
    login_method ${text},            -- of the last login: PASSWORD, OIDC, GITHUB
    subject ${text},                 -- issuer and subject of the identity provider, once it was seen
    groups ${text} NOT NULL DEFAULT '[]',      -- JSON, as the provider last reported them
    is_owner ${bool} NOT NULL DEFAULT FALSE,   -- administers the account whatever policies say
    is_disabled ${bool} NOT NULL DEFAULT FALSE,
    invitation_hash ${text},         -- keyed hash of the invitation's secret; NULL once it was accepted
    invited_at ${int} NOT NULL,
    invited_by ${text} NOT NULL,
    invitation_expires_at ${int},
    accepted_at ${int},
    last_login_at ${int},
    last_login_from ${text}
) ${table};
CREATE UNIQUE INDEX account_user_subject ON account_user (subject);

-- A group that identity providers and keys report, known by name.
CREATE TABLE user_group (
    id ${text} PRIMARY KEY,
    name ${text} NOT NULL UNIQUE,
    description ${text} NOT NULL DEFAULT '',
    created_at ${int} NOT NULL,
    created_by ${text} NOT NULL
) ${table};

-- Bindings of the subject kind GROUP have the id of a user_group.
ALTER TABLE role_binding ADD COLUMN expires_at ${int};
ALTER TABLE role_binding ADD COLUMN reason ${text};
-- Made as a rule of a group or a user, the older way: those who manage rules see and replace these alone.
ALTER TABLE role_binding ADD COLUMN is_rule ${bool} NOT NULL DEFAULT FALSE;
-- A grant that ends may stand beside the same one that stays: under login policies only the former counts.
DROP INDEX role_binding_subject;
CREATE UNIQUE INDEX role_binding_subject
ON role_binding (subject_kind, subject_id, role_id, space_id, (expires_at IS NULL));
CREATE INDEX role_binding_role ON role_binding (role_id);
CREATE INDEX role_binding_space ON role_binding (space_id);
CREATE INDEX role_binding_expiry ON role_binding (expires_at) WHERE expires_at IS NOT NULL;

-- Sessions of any actor. Tokens of the older form end with this migration; they lived for hours.
DROP TABLE session;
CREATE TABLE session (
    id ${text} PRIMARY KEY,
    actor_kind ${text} NOT NULL,     -- API_KEY, USER, RUN
    actor_id ${text} NOT NULL,
    method ${text} NOT NULL,         -- SECRET, OIDC, GITHUB, PASSWORD, RUN
    groups ${text} NOT NULL DEFAULT '[]',      -- JSON: as reported at login
    claims ${text} NOT NULL DEFAULT '{}',      -- JSON: of the identity provider's token, as far as they counted
    verdict ${text} NOT NULL DEFAULT '{}',     -- JSON: what login policies gave; see policy/login_policy.h
    user_agent ${text},
    created_at ${int} NOT NULL,
    created_from ${text} NOT NULL,
    expires_at ${int} NOT NULL,
    revoked_at ${int},
    revoked_by ${text}
) ${table};
CREATE INDEX session_actor ON session (actor_id, actor_kind);
CREATE INDEX session_expiry ON session (expires_at);

-- Each actor that exchanged a credential or logged in during a month, once.
CREATE TABLE actor_use (
    month ${text} NOT NULL,          -- 2027-01, UTC
    actor_kind ${text} NOT NULL,
    actor_id ${text} NOT NULL,
    name ${text} NOT NULL,           -- as it was then
    first_used_at ${int} NOT NULL,
    PRIMARY KEY (month, actor_kind, actor_id)
) ${keyed_table};

CREATE TABLE policy (
    id ${text} PRIMARY KEY,          -- slug
    name ${text} NOT NULL,
    description ${text} NOT NULL DEFAULT '',
    type ${text} NOT NULL,
    engine ${text} NOT NULL,         -- REGO_V0, REGO_V1
    body ${text} NOT NULL,
    space_id ${text} NOT NULL REFERENCES space (id),
    labels ${text} NOT NULL DEFAULT '[]',
    created_at ${int} NOT NULL,
    created_by ${text} NOT NULL,
    updated_at ${int} NOT NULL
) ${table};
CREATE INDEX policy_space ON policy (space_id);
CREATE INDEX policy_type ON policy (type);

-- An evaluation that was kept: because the policy asked for it, or for rehearsals.
CREATE TABLE policy_sample (
    id ${text} PRIMARY KEY,          -- ULID; clients call it the key
    policy_id ${text} NOT NULL REFERENCES policy (id) ON DELETE CASCADE,
    outcome ${text} NOT NULL,
    sealed_input ${bytes} NOT NULL,
    body ${text} NOT NULL,           -- the policy as it was
    result ${text} NOT NULL,         -- JSON
    created_at ${int} NOT NULL
) ${table};
CREATE INDEX policy_sample_of_policy ON policy_sample (policy_id, id);
CREATE INDEX policy_sample_age ON policy_sample (created_at);

-- A login as the login policies saw it, for rehearsals of other policies.
CREATE TABLE login_record (
    id ${text} PRIMARY KEY,
    actor_kind ${text} NOT NULL,
    actor_id ${text} NOT NULL,
    sealed_input ${bytes} NOT NULL,
    verdict ${text} NOT NULL,        -- JSON, as in session
    created_at ${int} NOT NULL
) ${table};
CREATE INDEX login_record_age ON login_record (created_at);

CREATE INDEX audit_entry_age ON audit_entry (created_at);
CREATE INDEX audit_entry_request ON audit_entry (request_id);
CREATE INDEX audit_entry_resource ON audit_entry (resource_type, resource_id);

-- Where the kept part of the chain begins: the newest entry that retention removed.
INSERT INTO audit_head (id, sequence, hash) VALUES (2, 0, '');

CREATE TABLE audit_webhook (
    id ${int} PRIMARY KEY,           -- 1: there is one
    enabled ${bool} NOT NULL,
    endpoint ${text} NOT NULL,
    include_runs ${bool} NOT NULL,
    retry_on_failure ${bool} NOT NULL,
    sealed_secret ${bytes} NOT NULL,
    sealed_headers ${bytes} NOT NULL,          -- JSON object
    cursor ${int} NOT NULL,          -- sequence of the newest entry that was delivered or passed over
    deliver_until ${int} NOT NULL DEFAULT 0,   -- the entry about its end, delivered last; 0: no end
    is_deleted ${bool} NOT NULL DEFAULT FALSE, -- for those who ask; stays until its end was delivered
    failures ${int} NOT NULL DEFAULT 0,        -- in a row
    last_error ${text},
    next_attempt_at ${int} NOT NULL DEFAULT 0,
    lease_until ${int} NOT NULL DEFAULT 0,     -- a server is at it
    updated_at ${int} NOT NULL
) ${table};
