/*
 * The audit trail: who did what to which object, from where, with which credential, and the
 * decision that let them. One chain of hashes per account: each entry's hash covers the entry and
 * the hash before it, so a removed or altered entry shows. An entry is written in the transaction
 * of what it records.
 *
 * Every noun that changes something calls audit_record in the unit that changes it: the two are
 * kept together or not at all. Nothing secret may be in an event; what is compared and not shown
 * goes through change_secret.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "access/decision.h"
#include "audit/change.h"
#include "kernel/ctx.h"

/* What happened; actor, credential, address, time, request, mutation, roles and claims come from
 * the unit. */
struct audit_event {
    const char *action;        /* "run.trigger": a thing and a verb */
    const char *resource_type; /* "RUN", as clients filter for it */
    struct text resource_id;
    const char *related_type; /* may be NULL */
    struct text related_id;
    const struct decision *decision; /* NULL when nothing had to be decided */
    const struct change *change;     /* NULL when nothing changed */
    struct text body;                /* JSON object of what else is to be said, without secrets */
};

MUST_CHECK bool audit_record(struct ctx *ctx, const struct audit_event *event);

struct audit_entry {
    int64_t sequence;
    struct text id;
    int64_t created_at;
    struct text actor;
    struct text credential; /* id of the key, worker or run that acted */
    struct text session_id;
    struct text action;
    struct text resource_type;
    struct text resource_id;
    struct text related_type;
    struct text related_id;
    struct text address;
    struct text request_id;
    struct text decision; /* JSON */
    struct text body;     /* JSON: "context", "before" and "after", what else was said */
    struct text hash;     /* hexadecimal SHA-256 */
};

/* The entry that audit_record would write for the event, without its place in the chain. */
MUST_CHECK bool audit_entry_make(struct ctx *ctx, const struct audit_event *event,
                                 struct audit_entry *out);
/* Sequence and hash of the newest entry; 0 and empty for an empty trail. */
MUST_CHECK bool audit_newest(struct ctx *ctx, int64_t *sequence, struct text *hash);

/* What a walk along the chain has found. */
struct audit_verdict {
    int64_t count;         /* entries that fit, from the first that is kept */
    int64_t broken_at;     /* sequence of the first that does not fit or is missing; 0: none */
    int64_t head_sequence; /* of the newest entry; 0 for an empty trail */
    struct text head;      /* its hash; noted elsewhere, it proves what stands before it */
    int64_t removed_up_to; /* sequence of the newest entry that retention removed; 0: none */
};

/* Walks all that is kept of the chain, in bounded memory. */
MUST_CHECK bool audit_verify(struct ctx *ctx, struct audit_verdict *out);

/* Removes the entries from before `time`, up to the first that is newer or `limit` of them; the
 * chain then begins with the first that is left. *removed: how many. */
MUST_CHECK bool audit_remove_before(struct ctx *ctx, int64_t time, int64_t limit, int64_t *removed);

#endif
