"""The resources of the provider that have to do with access, each with a configuration to create and one to update."""

from .life import Life

SECRET_KEY = Life(
    title="API key with a secret",
    address="spacelift_api_key.it",
    create="""
        resource "spacelift_api_key" "it" {
          name       = "pipeline"
          idp_groups = ["developers", "on-call"]
        }""",
    update="""
        resource "spacelift_api_key" "it" {
          name       = "pipeline of the platform"
          idp_groups = ["developers"]
        }""",
    created={
        "id": "<ulid>",
        "name": "pipeline",
        "type": "SECRET",
        "secret": "<re: ^gth_[0-9a-f]{72}$>",
        "idp_groups": ["<unordered>", "developers", "on-call"],
        "oidc": [],
    },
    updated={"name": "pipeline of the platform", "idp_groups": ["developers"], "secret": "<re: ^gth_[0-9a-f]{72}$>"},
    read='apiKey(id: "{id}") { id }',
    not_imported=("secret",),
)

OIDC_KEY = Life(
    title="API key that trusts an issuer",
    address="spacelift_api_key.it",
    create="""
        resource "spacelift_api_key" "it" {
          name       = "actions"
          idp_groups = ["deployers"]
          oidc {
            issuer             = "https://token.actions.githubusercontent.com"
            client_id          = "gatehouse.example.com"
            subject_expression = "^repo:acme/infrastructure:ref:refs/heads/main$"
          }
        }""",
    update="""
        resource "spacelift_api_key" "it" {
          name       = "actions"
          idp_groups = ["deployers"]
          oidc {
            issuer             = "https://token.actions.githubusercontent.com"
            client_id          = "gatehouse.example.com"
            subject_expression = "^repo:acme/infrastructure:ref:refs/heads/main$"
            claim_mappings     = { "teams" = "groups" }
          }
        }""",
    created={
        "type": "OIDC",
        "idp_groups": ["deployers"],
        "oidc": [
            {
                "issuer": "https://token.actions.githubusercontent.com",
                "client_id": "gatehouse.example.com",
                "subject_expression": "^repo:acme/infrastructure:ref:refs/heads/main$",
                "claim_mappings": "<any>",
            }
        ],
    },
    updated={"oidc": [{"claim_mappings": {"teams": "groups"}, "...": "..."}]},
    read='apiKey(id: "{id}") { id }',
    # A change of claim_mappings replaces the key: the provider marks the whole oidc block so.
    in_place=False,
    not_imported=("secret",),
)

ROLE = Life(
    title="role",
    address="spacelift_role.it",
    create="""
        resource "spacelift_role" "it" {
          name        = "Run Keeper"
          description = "Reads, and confirms runs"
          actions     = ["SPACE_READ", "RUN_CONFIRM"]
        }""",
    update="""
        resource "spacelift_role" "it" {
          name        = "Run Starter"
          description = "Reads, and starts runs"
          actions     = ["SPACE_READ", "RUN_TRIGGER", "RUN_CONFIRM"]
        }""",
    created={
        "id": "<ulid>",
        "slug": "run-keeper",
        "name": "Run Keeper",
        "description": "Reads, and confirms runs",
        "actions": ["<unordered>", "SPACE_READ", "RUN_CONFIRM"],
    },
    updated={"name": "Run Starter", "actions": ["<unordered>", "SPACE_READ", "RUN_CONFIRM", "RUN_TRIGGER"]},
    read='role(id: "{id}") { id }',
)

# What every attachment is about, before and after the update.
ROLES_AND_SPACES = """
    resource "spacelift_role" "first" {
      name    = "First"
      actions = ["SPACE_READ"]
    }
    resource "spacelift_role" "second" {
      name    = "Second"
      actions = ["SPACE_READ", "SPACE_WRITE"]
    }
    resource "spacelift_space" "first" {
      name            = "First"
      parent_space_id = "root"
    }
    resource "spacelift_space" "second" {
      name            = "Second"
      parent_space_id = "root"
    }
"""


def attachment(title, subject, attribute, value, field):
    """The life of a role attachment; subject: the resource it is for, if the configuration has one."""

    def configuration(which):
        return f"""{ROLES_AND_SPACES}{subject}
            resource "spacelift_role_attachment" "it" {{
              {attribute} = {value}
              role_id  = spacelift_role.{which}.id
              space_id = spacelift_space.{which}.id
            }}"""

    kind = {"api_key_id": "API", "idp_group_mapping_id": "IDP", "stack_id": "STACK", "user_id": "USER"}[attribute]
    common = {attribute: "<string>", "role_id": "<ulid>", "id": f"<re: ^{kind}/[0-9A-Z]{{26}}$>"}
    return Life(
        title=title,
        address="spacelift_role_attachment.it",
        create=configuration("first"),
        update=configuration("second"),
        created={**common, "space_id": "<re: ^first-[0-9A-Z]{26}$>"},
        updated={**common, "space_id": "<re: ^second-[0-9A-Z]{26}$>"},
        read=f'{field}(id: "{{id}}") {{ id }}',
        in_place=False,
    )


ATTACHMENTS = [
    attachment(
        "role attachment of an API key",
        'resource "spacelift_api_key" "it" {\n name = "subject"\n}',
        "api_key_id",
        "spacelift_api_key.it.id",
        "apiKeyRoleBinding",
    ),
    attachment(
        "role attachment of a group",
        'resource "spacelift_idp_group_mapping" "it" {\n name = "subjects"\n}',
        "idp_group_mapping_id",
        "spacelift_idp_group_mapping.it.id",
        "userGroupRoleBinding",
    ),
    attachment("role attachment of a stack", "", "stack_id", "var.stack", "stackRoleBinding"),
    attachment(
        "role attachment of a user",
        'resource "spacelift_user" "it" {\n username = "subject"\n invitation_email = "subject@example.com"\n}',
        "user_id",
        "spacelift_user.it.id",
        "userRoleBinding",
    ),
]

# Rights of a group that come from attachments of system roles are no rules of its mapping: a plan must not want them away.
ATTACHED_SYSTEM_ROLE = Life(
    title="group with an attached system role",
    address="spacelift_idp_group_mapping.it",
    create="""
        data "spacelift_role" "admin" {
          slug = "space-admin"
        }
        resource "spacelift_idp_group_mapping" "it" {
          name = "administrators"
        }
        resource "spacelift_role_attachment" "it" {
          idp_group_mapping_id = spacelift_idp_group_mapping.it.id
          role_id              = data.spacelift_role.admin.id
          space_id             = "root"
        }""",
    update="""
        data "spacelift_role" "admin" {
          slug = "space-admin"
        }
        resource "spacelift_idp_group_mapping" "it" {
          name        = "administrators"
          description = "Those who may do anything"
        }
        resource "spacelift_role_attachment" "it" {
          idp_group_mapping_id = spacelift_idp_group_mapping.it.id
          role_id              = data.spacelift_role.admin.id
          space_id             = "root"
        }""",
    created={"name": "administrators"},
    updated={"description": "Those who may do anything"},
    read='managedUserGroup(id: "{id}") { id }',
)

GROUP_MAPPING = Life(
    title="group mapping with rules",
    address="spacelift_idp_group_mapping.it",
    create="""
        resource "spacelift_space" "it" {
          name = "Team"
        }
        resource "spacelift_idp_group_mapping" "it" {
          name        = "devops"
          description = "The devops group"
          policy {
            space_id = "root"
            role     = "READ"
          }
          policy {
            space_id = spacelift_space.it.id
            role     = "ADMIN"
          }
        }""",
    update="""
        resource "spacelift_space" "it" {
          name = "Team"
        }
        resource "spacelift_idp_group_mapping" "it" {
          name        = "devops"
          description = "The devops group, with less"
          policy {
            space_id = spacelift_space.it.id
            role     = "WRITE"
          }
        }""",
    created={
        "name": "devops",
        "description": "The devops group",
        "policy": [
            "<unordered>",
            {"space_id": "root", "role": "READ"},
            {"space_id": "<re: ^team-[0-9A-Z]{26}$>", "role": "ADMIN"},
        ],
    },
    updated={"description": "The devops group, with less", "policy": [{"space_id": "<string>", "role": "WRITE"}]},
    read='managedUserGroup(id: "{id}") { id }',
)

USER = Life(
    title="user with rules",
    address="spacelift_user.it",
    create="""
        resource "spacelift_user" "it" {
          username         = "ada"
          invitation_email = "ada@example.com"
          policy {
            space_id = "root"
            role     = "ADMIN"
          }
        }""",
    update="""
        resource "spacelift_space" "it" {
          name = "Team"
        }
        resource "spacelift_user" "it" {
          username         = "ada"
          invitation_email = "ada@example.com"
          policy {
            space_id = "root"
            role     = "READ"
          }
          policy {
            space_id = spacelift_space.it.id
            role     = "WRITE"
          }
        }""",
    created={
        "id": "<ulid>",
        "username": "ada",
        "invitation_email": "ada@example.com",
        "policy": [{"space_id": "root", "role": "ADMIN"}],
    },
    updated={"policy": ["<unordered>", {"space_id": "root", "role": "READ"}, {"space_id": "<string>", "role": "WRITE"}]},
    read='managedUser(id: "{id}") { id }',
    imports=False,  # the provider leaves the rules out of an import, so the next plan adds them; see PLAIN_USER
)

PLAIN_USER = Life(
    title="user without rules",
    address="spacelift_user.it",
    create='resource "spacelift_user" "it" {\n username = "grace"\n invitation_email = "grace@example.com"\n}',
    update='resource "spacelift_user" "it" {\n username = "grace"\n invitation_email = "grace@example.com"\n}',
    created={"username": "grace", "policy": []},
    updated={"username": "grace", "policy": []},
    read='managedUser(id: "{id}") { id }',
)

SPACE = Life(
    title="space",
    address="spacelift_space.it",
    create="""
        resource "spacelift_space" "parent" {
          name = "Products"
        }
        resource "spacelift_space" "it" {
          name            = "Development"
          parent_space_id = "root"
          description     = "What is being made"
          labels          = ["team:web", "cheap"]
        }""",
    update="""
        resource "spacelift_space" "parent" {
          name = "Products"
        }
        resource "spacelift_space" "it" {
          name             = "Making"
          parent_space_id  = spacelift_space.parent.id
          inherit_entities = true
          labels           = ["team:web"]
        }""",
    created={
        "id": "<re: ^development-[0-9A-Z]{26}$>",
        "name": "Development",
        "parent_space_id": "root",
        "description": "What is being made",
        "inherit_entities": False,
        "labels": ["<unordered>", "team:web", "cheap"],
    },
    updated={
        "name": "Making",
        "parent_space_id": "<re: ^products-[0-9A-Z]{26}$>",
        "inherit_entities": True,
        "labels": ["team:web"],
        "description": "<any>",
    },
    read='space(id: "{id}") { id }',
)

LOGIN_POLICY = Life(
    title="login policy",
    address="spacelift_policy.it",
    create="""
        resource "spacelift_policy" "it" {
          name        = "Who may come in"
          type        = "LOGIN"
          description = "Machines by name"
          labels      = ["access"]
          body        = <<-EOT
            package spacelift

            allow { input.session.login == "pipeline" }
          EOT
        }""",
    update="""
        resource "spacelift_policy" "it" {
          name        = "Who may come in"
          type        = "LOGIN"
          description = "Machines by name, in the newer language"
          labels      = ["access", "reviewed"]
          engine_type = "REGO_V1"
          body        = <<-EOT
            package spacelift

            allow if input.session.login == "pipeline"
          EOT
        }""",
    created={
        "id": "<re: ^who-may-come-in>",
        "type": "LOGIN",
        "space_id": "root",
        "engine_type": "REGO_V0",
        "description": "Machines by name",
        "labels": ["access"],
        "body": "<contains: allow {>",
    },
    updated={"engine_type": "REGO_V1", "labels": ["<unordered>", "access", "reviewed"], "body": "<contains: allow if>"},
    read='policy(id: "{id}") { id }',
)

PLAN_POLICY = Life(
    title="plan policy that moves",
    address="spacelift_policy.it",
    create="""
        resource "spacelift_space" "it" {
          name = "Guarded"
        }
        resource "spacelift_policy" "it" {
          name = "No weekend deploys"
          type = "PLAN"
          body = "package spacelift\\n\\nwarn[\\"never\\"] { false }\\n"
        }""",
    update="""
        resource "spacelift_space" "it" {
          name = "Guarded"
        }
        resource "spacelift_policy" "it" {
          name     = "No deploys on weekends"
          type     = "PLAN"
          space_id = spacelift_space.it.id
          body     = "package spacelift\\n\\nwarn[\\"never\\"] { false }\\n"
        }""",
    created={"type": "PLAN", "name": "No weekend deploys", "space_id": "<string>"},
    updated={"name": "No deploys on weekends", "space_id": "<re: ^guarded-[0-9A-Z]{26}$>"},
    read='policy(id: "{id}") { id }',
)

WEBHOOK_SECRET = "the-secret-of-this-webhook"
AUDIT_WEBHOOK = Life(
    title="audit trail webhook",
    address="spacelift_audit_trail_webhook.it",
    create="""
        resource "spacelift_audit_trail_webhook" "it" {
          endpoint          = "${var.receiver}/audit"
          enabled           = true
          include_runs      = false
          secret_wo         = "the-secret-of-this-webhook"
          secret_wo_version = 1
          custom_headers    = { "X-Tenant" = "acme" }
        }""",
    update="""
        resource "spacelift_audit_trail_webhook" "it" {
          endpoint          = "${var.receiver}/moved"
          enabled           = true
          include_runs      = true
          retry_on_failure  = true
          secret_wo         = "the-secret-of-this-webhook"
          secret_wo_version = 1
          custom_headers    = { "X-Tenant" = "acme" }
        }""",
    created={"endpoint": "<re: /audit$>", "enabled": True, "include_runs": False, "retry_on_failure": False},
    updated={"endpoint": "<re: /moved$>", "include_runs": True, "retry_on_failure": True},
    read="auditTrailWebhook { endpoint }",
    imports=False,  # the provider has no import for it
)

ALL = [
    SECRET_KEY,
    OIDC_KEY,
    ROLE,
    *ATTACHMENTS,
    ATTACHED_SYSTEM_ROLE,
    GROUP_MAPPING,
    USER,
    PLAIN_USER,
    SPACE,
    LOGIN_POLICY,
    PLAN_POLICY,
    AUDIT_WEBHOOK,
]
