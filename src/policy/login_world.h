/*
 * What login policies are asked about beside who comes in: the spaces and roles that there are, as
 * they stand in the input, and how a role that a policy names is found. Immutable; shared by
 * threads.
 */
#ifndef POLICY_LOGIN_WORLD_H
#define POLICY_LOGIN_WORLD_H

#include "base/map.h"
#include "kernel/ctx.h"
#include "rego/value/value.h"

struct login_world {
    struct value spaces; /* [{"id", "name", "labels"}]; frozen */
    struct value roles;  /* [{"id", "slug", "ulid", "name"}]; frozen */
    struct map space_ids;
    struct map roles_by_name; /* slug, and id as it is written -> struct known_role */
};

/* Everything lies in the unit's arena. */
MUST_CHECK bool login_world_read(struct ctx *ctx, struct login_world *out);
/* The id of the role with that slug or id (a ULID, in any case); empty when there is none. */
struct text login_world_role(const struct login_world *world, struct text name);
/* The slug of the role with that id, for people; the id itself when there is none. */
struct text login_world_role_slug(const struct login_world *world, struct text id);
bool login_world_has_space(const struct login_world *world, struct text id);

#endif
