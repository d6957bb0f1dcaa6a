-- The ground: who (keys, sessions), where (spaces), what may be done (roles, bindings), on what (stacks),
-- what happened (runs, audit). Times are microseconds since 1970, UTC.

CREATE TABLE setting (
    name ${text} PRIMARY KEY,
    value ${text} NOT NULL
) ${table};

CREATE TABLE signing_key (
    id ${text} PRIMARY KEY,          -- RFC 7638 thumbprint, the kid
    sealed_key ${bytes} NOT NULL,  -- PKCS#8, sealed
    created_at ${int} NOT NULL,
    signs_until ${int} NOT NULL,  -- after that another key signs
    verifies_until ${int} NOT NULL
) ${table};

CREATE TABLE space (
    id ${text} PRIMARY KEY,
    name ${text} NOT NULL,
    description ${text} NOT NULL DEFAULT '',
    parent_id ${text} REFERENCES space (id),
    inherit_entities ${bool} NOT NULL DEFAULT FALSE,
    labels ${text} NOT NULL DEFAULT '[]',
    created_at ${int} NOT NULL
) ${table};

CREATE TABLE role (
    id ${text} PRIMARY KEY,
    slug ${text} NOT NULL UNIQUE,
    name ${text} NOT NULL,
    description ${text} NOT NULL DEFAULT '',
    is_system ${bool} NOT NULL DEFAULT FALSE,
    actions ${text} NOT NULL,        -- JSON array of action names
    created_at ${int} NOT NULL
) ${table};

-- A grant: subject has role in space and in all that is below it.
CREATE TABLE role_binding (
    id ${text} PRIMARY KEY,
    subject_kind ${text} NOT NULL,   -- API_KEY, USER, GROUP, STACK
    subject_id ${text} NOT NULL,
    role_id ${text} NOT NULL REFERENCES role (id),
    space_id ${text} NOT NULL REFERENCES space (id),
    created_at ${int} NOT NULL,
    created_by ${text} NOT NULL
) ${table};
CREATE UNIQUE INDEX role_binding_subject ON role_binding (subject_kind, subject_id, role_id, space_id);

CREATE TABLE api_key (
    id ${text} PRIMARY KEY,
    kind ${text} NOT NULL,           -- SECRET, WORKER
    name ${text} NOT NULL,
    description ${text} NOT NULL DEFAULT '',
    secret_hash ${text} NOT NULL,    -- keyed hash, hexadecimal
    groups ${text} NOT NULL DEFAULT '[]',
    created_by ${text} NOT NULL,
    created_at ${int} NOT NULL,
    expires_at ${int},
    last_used_at ${int},
    last_used_from ${text},
    deleted_at ${int}
) ${table};

CREATE TABLE session (
    id ${text} PRIMARY KEY,
    api_key_id ${text} NOT NULL REFERENCES api_key (id),
    created_at ${int} NOT NULL,
    created_from ${text} NOT NULL,
    expires_at ${int} NOT NULL,
    revoked_at ${int}
) ${table};
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE stack (
    id ${text} PRIMARY KEY,
    name ${text} NOT NULL,
    description ${text},
    space_id ${text} NOT NULL REFERENCES space (id),
    provider ${text} NOT NULL,
    namespace ${text},
    repository ${text} NOT NULL,
    repository_url ${text},
    branch ${text} NOT NULL,
    project_root ${text},
    labels ${text} NOT NULL DEFAULT '[]',
    hooks ${text} NOT NULL DEFAULT '{}',
    additional_project_globs ${text} NOT NULL DEFAULT '[]',
    git_sparse_checkout_paths ${text} NOT NULL DEFAULT '[]',
    runner_image ${text},
    vendor ${text} NOT NULL,         -- TERRAFORM, OPEN_TOFU, ANSIBLE, CUSTOM
    vendor_config ${text} NOT NULL DEFAULT '{}',
    administrative ${bool} NOT NULL DEFAULT FALSE,
    autodeploy ${bool} NOT NULL DEFAULT FALSE,
    autoretry ${bool} NOT NULL DEFAULT FALSE,
    github_action_deploy ${bool} NOT NULL DEFAULT FALSE,
    local_preview_enabled ${bool} NOT NULL DEFAULT FALSE,
    enable_well_known_secret_masking ${bool} NOT NULL DEFAULT FALSE,
    enable_sensitive_output_upload ${bool} NOT NULL DEFAULT FALSE,
    protect_from_deletion ${bool} NOT NULL DEFAULT FALSE,
    manages_state_file ${bool} NOT NULL DEFAULT FALSE,
    is_disabled ${bool} NOT NULL DEFAULT FALSE,
    locked_by ${text},
    locked_at ${int},
    lock_note ${text},
    tracked_commit ${text},          -- JSON: hash, author, message, timestamp
    tracked_commit_pinned ${bool} NOT NULL DEFAULT FALSE,
    tracked_commit_set_by ${text},
    blocker_id ${text},              -- the run that nothing may overtake
    state ${text} NOT NULL DEFAULT 'NONE',
    state_set_at ${int},
    state_set_by ${text},
    last_apply_at ${int},
    entity_count ${int} NOT NULL DEFAULT 0,
    created_at ${int} NOT NULL,
    created_by ${text} NOT NULL,
    deleting ${bool} NOT NULL DEFAULT FALSE
) ${table};
CREATE INDEX stack_space ON stack (space_id);

CREATE TABLE stack_star (
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    actor ${text} NOT NULL,
    PRIMARY KEY (stack_id, actor)
) ${table};

CREATE TABLE stack_config (
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    id ${text} NOT NULL,             -- variable name, or path below the workspace root
    type ${text} NOT NULL,           -- ENVIRONMENT_VARIABLE, FILE_MOUNT
    sealed_value ${bytes} NOT NULL,
    checksum ${text} NOT NULL,
    write_only ${bool} NOT NULL,
    description ${text},
    created_at ${int} NOT NULL,
    PRIMARY KEY (stack_id, id)
) ${table};

CREATE TABLE stack_entity (
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    id ${text} NOT NULL,             -- the address
    parent ${text} NOT NULL DEFAULT '',
    name ${text} NOT NULL,
    type ${text} NOT NULL,
    vendor ${text} NOT NULL,
    data ${text} NOT NULL,           -- JSON, sensitive values removed
    created_by_run ${text},
    updated_by_run ${text},
    PRIMARY KEY (stack_id, id)
) ${table};

CREATE TABLE stack_output (
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    id ${text} NOT NULL,
    description ${text} NOT NULL DEFAULT '',
    sensitive ${bool} NOT NULL,
    value ${text},                   -- JSON; NULL when sensitive
    PRIMARY KEY (stack_id, id)
) ${table};

CREATE TABLE stack_state (
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    version ${int} NOT NULL,
    sealed_content ${bytes} NOT NULL,
    serial ${int} NOT NULL,
    lineage ${text} NOT NULL,
    run_id ${text},
    created_at ${int} NOT NULL,
    PRIMARY KEY (stack_id, version)
) ${table};

CREATE TABLE stack_state_lock (
    stack_id ${text} PRIMARY KEY REFERENCES stack (id) ON DELETE CASCADE,
    lock_id ${text} NOT NULL,
    info ${text} NOT NULL,           -- the JSON document of the engine that holds it
    run_id ${text} NOT NULL,
    created_at ${int} NOT NULL
) ${table};

CREATE TABLE run (
    id ${text} PRIMARY KEY,
    stack_id ${text} NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
    type ${text} NOT NULL,
    state ${text} NOT NULL,
    state_version ${int} NOT NULL,
    title ${text},
    triggered_by ${text} NOT NULL,
    branch ${text} NOT NULL,
    commit_requested ${text},        -- NULL: the head of the branch when a worker prepares it
    commit_resolved ${text},         -- JSON: hash, author, message, timestamp
    command ${text},
    skip_initialization ${bool} NOT NULL DEFAULT FALSE,
    autodeploy ${bool} NOT NULL,
    drift_detection ${bool} NOT NULL DEFAULT FALSE,
    prioritized ${bool} NOT NULL DEFAULT FALSE,
    runtime_config ${text},          -- JSON, as runTrigger gave it
    metadata ${text} NOT NULL DEFAULT '[]',
    delta_added ${int},
    delta_changed ${int},
    delta_deleted ${int},
    delta_resources ${int},
    sealed_plan ${bytes},
    stop_requested ${bool} NOT NULL DEFAULT FALSE,
    lease_id ${text},
    lease_worker ${text},
    lease_expires_at ${int},
    attempts ${int} NOT NULL DEFAULT 0,
    state_password_hash ${text},     -- of the credential a leased run uses for its state
    ready_at ${int},
    created_at ${int} NOT NULL,
    updated_at ${int} NOT NULL
) ${table};
CREATE INDEX run_of_stack ON run (stack_id, id);
CREATE INDEX run_waiting ON run (state, ready_at);
CREATE UNIQUE INDEX run_lease ON run (lease_id);

CREATE TABLE run_history (
    run_id ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    version ${int} NOT NULL,
    state ${text} NOT NULL,
    note ${text},
    username ${text},
    created_at ${int} NOT NULL,
    PRIMARY KEY (run_id, version)
) ${table};

CREATE TABLE run_log (
    run_id ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    version ${int} NOT NULL,      -- of the history entry it belongs to
    start ${int} NOT NULL,        -- bytes before this piece
    content ${text} NOT NULL,
    length ${int} NOT NULL,       -- bytes of content
    created_at ${int} NOT NULL,
    PRIMARY KEY (run_id, version, start)
) ${table};

CREATE TABLE run_change (
    run_id ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    position ${int} NOT NULL,
    address ${text} NOT NULL,
    previous_address ${text},
    type ${text} NOT NULL,
    PRIMARY KEY (run_id, position)
) ${table};

CREATE TABLE run_comment (
    id ${text} PRIMARY KEY,
    run_id ${text} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    body ${text} NOT NULL,
    username ${text} NOT NULL,
    created_at ${int} NOT NULL
) ${table};
CREATE INDEX run_comment_of_run ON run_comment (run_id, id);

-- One chain: each entry's hash covers the hash of the one before it.
CREATE TABLE audit_entry (
    sequence ${int} PRIMARY KEY,
    id ${text} NOT NULL UNIQUE,
    created_at ${int} NOT NULL,
    actor ${text} NOT NULL,
    credential ${text},
    session_id ${text},
    action ${text} NOT NULL,
    resource_type ${text} NOT NULL,
    resource_id ${text},
    related_type ${text},
    related_id ${text},
    address ${text},
    request_id ${text},
    decision ${text} NOT NULL,       -- JSON
    body ${text} NOT NULL,           -- JSON: what changed, without secrets
    hash ${text} NOT NULL
) ${table};
CREATE TABLE audit_head (
    id ${int} PRIMARY KEY,
    sequence ${int} NOT NULL,
    hash ${text} NOT NULL
) ${table};
INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '');

INSERT INTO space (id, name, description, parent_id, inherit_entities, created_at)
VALUES ('root', 'root', 'The space above all others.', NULL, FALSE, 0);

INSERT INTO role (id, slug, name, description, is_system, actions, created_at) VALUES
('00000000000000000000000001', 'space-reader', 'Space Reader', 'Sees everything in the space.', TRUE, '["SPACE_READ"]', 0),
('00000000000000000000000002', 'space-writer', 'Space Writer', 'Triggers and confirms runs, changes configuration.', TRUE, '["SPACE_WRITE"]', 0),
('00000000000000000000000003', 'space-admin', 'Space Admin', 'May do everything in the space and below it.', TRUE, '["SPACE_ADMIN"]', 0),
('00000000000000000000000004', 'worker-pool-controller', 'Worker pool controller', 'Reads the space and manages its worker pools.', TRUE, '["SPACE_READ","WORKER_POOL_CREATE","WORKER_POOL_DELETE","WORKER_POOL_UPDATE"]', 0);
