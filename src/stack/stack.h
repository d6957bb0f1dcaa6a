/*
 * A stack: a folder of a Git repository, an engine that runs there, and what it manages. The stack
 * noun owns the configuration, the lock and the visible state; runs belong to `run`, which reports
 * back through stack_progress and its neighbours.
 *
 * Whoever may not read a stack's space does not learn that it exists: find gives NULL.
 */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include "access/decision.h"
#include "base/list.h"
#include "stack/hooks.h"
#include "stack/vendor.h"

enum stack_state {
#define STACK_STATE(name) STACK_##name,
#include "tables/stack_states.def"
#undef STACK_STATE
    STACK_STATE_COUNT
};

enum vcs_provider {
#define VCS_PROVIDER(name) VCS_##name,
#include "tables/vcs_providers.def"
#undef VCS_PROVIDER
    VCS_PROVIDER_COUNT
};

const char *vcs_provider_name(enum vcs_provider provider);
MUST_CHECK bool vcs_provider_parse(struct text name, enum vcs_provider *out);

const char *stack_state_name(enum stack_state state);
MUST_CHECK bool stack_state_parse(struct text name, enum stack_state *out);

/* A commit, as a worker reported it. */
struct commit {
    struct text hash;
    struct text author_name;
    struct text message;
    int64_t timestamp; /* microseconds */
};
/* SHA-1 or SHA-256, in lower case. */
bool commit_hash_is_whole(struct text hash);
struct text commit_print(struct arena *arena, const struct commit *commit);
/* NULL when the text is empty. */
const struct commit *commit_parse(struct arena *arena, struct text json);

struct stack {
    struct text id; /* slug */
    struct text name;
    struct text description; /* at == NULL: none */
    struct text space;
    enum vcs_provider provider;
    struct text namespace; /* of the repository at its provider; at == NULL: none */
    struct text repository;
    struct text repository_url; /* at == NULL: none */
    struct text branch;
    struct text project_root; /* at == NULL: the root of the repository */
    struct text_list labels;
    struct hooks hooks;
    struct text_list additional_project_globs;
    struct text_list git_sparse_checkout_paths;
    struct text runner_image;
    struct vendor vendor;
    bool administrative;
    bool autodeploy;
    bool autoretry;
    bool github_action_deploy;
    bool local_preview_enabled;
    bool enable_well_known_secret_masking;
    bool enable_sensitive_output_upload;
    bool protect_from_deletion;
    bool manages_state_file;
    bool is_disabled;
    bool deleting;
    struct text locked_by; /* username; at == NULL: not locked */
    int64_t locked_at;
    struct text lock_note;
    const struct commit *tracked_commit; /* NULL before the first tracked run */
    bool tracked_commit_pinned;          /* set by hand: triggers without a commit use it */
    struct text tracked_commit_set_by;
    struct text blocker_id; /* the run that nothing may overtake; at == NULL: none */
    enum stack_state state;
    int64_t state_set_at;
    struct text state_set_by;
    int64_t last_apply_at;
    int64_t entity_count;
    int64_t created_at;
};

/* Stored beside a stack and kept by stack_progress: what runs did to it. */
MUST_CHECK bool stack_progress(struct ctx *ctx, const struct stack *stack);
/* Remembers the commit that a tracked run used, unless one is pinned. */
MUST_CHECK bool stack_follow_commit(struct ctx *ctx, struct stack *stack,
                                    const struct commit *commit);
/* Without asking whether the actor may see it: for `run`, which has decided. Must exist. */
MUST_CHECK bool stack_of_run(struct ctx *ctx, struct text id, struct stack **out);

struct stack_input {
    struct text name;
    struct text slug; /* empty: made from the name */
    struct text description;
    struct text space; /* empty: root, or unchanged */
    enum vcs_provider provider;
    struct text namespace;
    struct text repository;
    struct text repository_url;
    struct text branch;
    struct text project_root;
    struct text_list labels;
    struct hooks hooks;
    struct text_list additional_project_globs;
    struct text_list git_sparse_checkout_paths;
    struct text runner_image;
    struct vendor vendor;
    bool keeps_vendor; /* at an update: `vendor` was not given */
    bool administrative;
    bool autodeploy;
    bool autoretry;
    bool github_action_deploy;
    bool local_preview_enabled;
    bool enable_well_known_secret_masking;
    bool enable_sensitive_output_upload;
    bool protect_from_deletion;
    bool manages_state_file; /* at creation only */
};

MUST_CHECK bool stack_create(struct ctx *ctx, const struct stack_input *input, struct stack **out);
MUST_CHECK bool stack_update(struct ctx *ctx, struct text id, const struct stack_input *input,
                             struct stack **out);
/* CONFLICT while a run is under way or when it is protected. */
MUST_CHECK bool stack_delete(struct ctx *ctx, struct text id, struct stack **out);

/* NULL when absent or not visible. */
MUST_CHECK bool stack_find(struct ctx *ctx, struct text id, struct stack **out);
/* Must exist and be visible, else NOT_FOUND, and the actor must be allowed the action, else DENIED.
 */
MUST_CHECK bool stack_get(struct ctx *ctx, struct text id, enum action action, struct stack **out,
                          struct decision *decision);
/* The visible ones of these ids, in their order, NULL for the others. */
MUST_CHECK bool stack_find_many(struct ctx *ctx, const struct text *ids, size_t count,
                                const struct stack **out);

/* A set of columns: what a list reads. Everything else in its stacks is unset, and whoever looks at
 * it all the same takes the unset value for the stored one: ask for all that is looked at. */
#define STACK_ALL_COLUMNS UINT64_MAX
/* The columns behind the member of struct stack at this offset; none where nothing is stored. */
uint64_t stack_columns_at(size_t offset);
/* All visible stacks by name: a list of struct stack *, with these columns and id and name. */
MUST_CHECK bool stack_list(struct ctx *ctx, uint64_t columns, struct list *out);

MUST_CHECK bool stack_lock(struct ctx *ctx, struct text id, struct text note, struct stack **out);
MUST_CHECK bool stack_unlock(struct ctx *ctx, struct text id, struct stack **out);
MUST_CHECK bool stack_set_disabled(struct ctx *ctx, struct text id, bool disabled,
                                   struct stack **out);
/* Pins the commit that triggers and tasks use when they name none. */
MUST_CHECK bool stack_set_current_commit(struct ctx *ctx, struct text id, struct text hash,
                                         struct stack **out);
MUST_CHECK bool stack_set_star(struct ctx *ctx, struct text id, bool starred, struct stack **out);
/* Which of these stacks the actor has starred. */
MUST_CHECK bool stack_stars(struct ctx *ctx, const struct text *ids, size_t count, bool *out);

#endif
