/*
 * User groups that the account knows: groups that identity providers and keys report, by name, so
 * that roles can be bound to them. A name is compared as it is, case and blanks included.
 */
#ifndef ROLE_GROUP_H
#define ROLE_GROUP_H

#include "role/access_rule.h"

struct user_group {
    struct text id; /* ULID */
    struct text name;
    struct text description;
    int64_t created_at;
    int64_t member_count;  /* users that are in it, as they were last seen */
    int64_t space_count;   /* spaces it has a role in */
    int64_t last_login_at; /* of any of those users; 0 for never */
};

struct user_group_input {
    struct text name; /* not read by an update */
    struct text description;
    const struct access_rule *rules;
    size_t rules_count;
    bool keeps_rules; /* they were not given */
};

/* Need admin on root. CONFLICT for a name that is taken. */
MUST_CHECK bool user_group_create(struct ctx *ctx, const struct user_group_input *input,
                                  struct user_group **out);
MUST_CHECK bool user_group_update(struct ctx *ctx, struct text id,
                                  const struct user_group_input *input, struct user_group **out);
/* With its bindings. *out is NULL when there is none. */
MUST_CHECK bool user_group_delete(struct ctx *ctx, struct text id, struct user_group **out);

/* NULL when absent, or for who administers no space. */
MUST_CHECK bool user_group_find(struct ctx *ctx, struct text id, struct user_group **out);
/* By name: a list of struct user_group. Empty for who administers no space. */
MUST_CHECK bool user_group_list(struct ctx *ctx, struct list *out);
/* By id, NULL for those that do not exist; whoever asks. */
MUST_CHECK bool user_group_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                                     const struct user_group **out);
/* Every name that was reported or mapped, once, sorted; empty for who administers no space. */
MUST_CHECK bool user_group_names(struct ctx *ctx, struct text_list *out);

#endif
