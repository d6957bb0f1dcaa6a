/*
 * Role bindings: who (an API key, a user, a group, a stack) has which role in which space and
 * below it. Administrators of a space change the bindings in it and below. A binding of a stack
 * also needs the right to manage the stack, and a stack outside root may not be bound to root.
 *
 * A grant is a binding that ends by itself and has a reason: for emergencies. Who administers a
 * space only by such a grant makes bindings that end no later than it.
 */
#ifndef ROLE_BINDING_H
#define ROLE_BINDING_H

#include "access/grant.h"
#include "role/role.h"

struct role_binding {
    struct text id; /* ULID */
    enum subject_kind kind;
    struct text subject_id;
    struct text role_id;
    struct text space_id;
    struct text reason; /* at == NULL: none */
    int64_t expires_at; /* 0: never */
    bool is_rule;       /* see access_rule.h */
    int64_t created_at;
    struct text created_by; /* username */
};

struct role_binding_input {
    struct text subject_id;
    struct text role; /* id or slug */
    struct text space_id;
    struct text reason;
    int64_t expires_at;
    bool is_rule;
};

/* NOT_FOUND for a subject, role or space that does not exist, CONFLICT for a binding that is there
 * already. Several are made together or not at all: a list of struct role_binding. */
MUST_CHECK bool role_binding_create(struct ctx *ctx, enum subject_kind kind,
                                    const struct role_binding_input *input,
                                    struct role_binding **out);
MUST_CHECK bool role_binding_create_many(struct ctx *ctx, enum subject_kind kind,
                                         const struct role_binding_input *inputs, size_t count,
                                         struct list *out);
/* The same with an end, at most 30 days away, and a reason. */
MUST_CHECK bool role_binding_grant(struct ctx *ctx, enum subject_kind kind,
                                   const struct role_binding_input *input,
                                   struct role_binding **out);
/* Needs the rights that making either of them needs. */
MUST_CHECK bool role_binding_update(struct ctx *ctx, enum subject_kind kind, struct text id,
                                    const struct role_binding_input *input,
                                    struct role_binding **out);
/* *out is NULL when there is none of that kind. */
MUST_CHECK bool role_binding_delete(struct ctx *ctx, enum subject_kind kind, struct text id,
                                    struct role_binding **out);
/* From now on the binding is a rule. Needs the rights that making it needs. */
MUST_CHECK bool role_binding_make_rule(struct ctx *ctx, struct role_binding *binding);
/* Of whatever kind. */
MUST_CHECK bool role_binding_delete_any(struct ctx *ctx, struct text id, struct role_binding **out);
/* When the subject is deleted; whoever asks. */
MUST_CHECK bool role_binding_delete_of(struct ctx *ctx, enum subject_kind kind,
                                       struct text subject_id);
/* That a stack may go to the space: one that is bound to root may not leave it, else whoever starts
 * its runs there would have what root gave it. CONFLICT. */
MUST_CHECK bool role_binding_check_move(struct ctx *ctx, struct text stack_id,
                                        struct text space_id);
/* Those that have ended; each leaves an entry in the audit trail. For the server itself. */
MUST_CHECK bool role_binding_delete_expired(struct ctx *ctx);

/* NULL when there is none of that kind. Seen by who administers any space, and by its subject. */
MUST_CHECK bool role_binding_find(struct ctx *ctx, enum subject_kind kind, struct text id,
                                  struct role_binding **out);
/* Of many subjects, subject by subject; whoever asks: a list of struct role_binding. */
MUST_CHECK bool role_binding_list(struct ctx *ctx, enum subject_kind kind,
                                  const struct text *subject_ids, size_t count, struct list *out);
/* Grants that have not ended, by their end: a list of struct role_binding. */
MUST_CHECK bool role_binding_list_grants(struct ctx *ctx, struct list *out);

#endif
