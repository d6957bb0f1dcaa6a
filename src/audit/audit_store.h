/* Rows of the audit trail, and the two rows of audit_head that say where it begins and ends. For
 * the files of this room alone. */
#ifndef AUDIT_AUDIT_STORE_H
#define AUDIT_AUDIT_STORE_H

#include "audit/audit.h"
#include "base/list.h"

/* Slugs of the roles that the actor has been granted, each once. */
MUST_CHECK bool audit_roles_of_actor(struct ctx *ctx, struct text_list *out);
/* The two entries that the chain is held by: their rows in audit_head. */
enum audit_head { AUDIT_NEWEST = 1, AUDIT_REMOVED = 2 /* the newest that retention removed */ };

MUST_CHECK bool audit_head_get(struct ctx *ctx, enum audit_head which, int64_t *sequence,
                               struct text *hash);
MUST_CHECK bool audit_removed_set(struct ctx *ctx, int64_t sequence, struct text hash);
/* Moves *after up to just before the first entry that is not older than `time`; past all of them
 * when there is none. It never moves back. */
MUST_CHECK bool audit_entry_first_since(struct ctx *ctx, int64_t time, int64_t *after);
/* Of the entry with this sequence; empty when there is none. */
MUST_CHECK bool audit_entry_hash(struct ctx *ctx, int64_t sequence, struct text *hash);
/* The last of the entries after `from`, `limit` of them at most, before the first that is not older
 * than `time`. Sequence and hash stay as they are when there is none. */
MUST_CHECK bool audit_entry_last_before(struct ctx *ctx, int64_t from, int64_t time, int64_t limit,
                                        int64_t *sequence, struct text *hash);
MUST_CHECK bool audit_entry_delete_up_to(struct ctx *ctx, int64_t sequence);
MUST_CHECK bool audit_entry_insert(struct ctx *ctx, const struct audit_entry *entry);
/* The entries next to `from` in the chain, which is not among them: later or earlier ones. The
 * caller steps through the rows and ends them. */
MUST_CHECK bool audit_entry_open(struct ctx *ctx, int64_t from, bool ascending, int64_t limit,
                                 struct db_rows *rows);
void audit_entry_read(const struct db_rows *rows, struct arena *arena, struct audit_entry *entry);
/* The entries after `sequence`, oldest first, at most `limit`. */
MUST_CHECK bool audit_entry_list(struct ctx *ctx, int64_t after, int64_t limit, struct list *out);

#endif
