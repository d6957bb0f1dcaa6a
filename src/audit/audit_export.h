/*
 * The audit trail as JSON lines: one entry a line, oldest first, with the hash of the entry before,
 * so that any run of lines can be checked without the database. Read page by page; nothing grows
 * with the trail.
 */
#ifndef AUDIT_AUDIT_EXPORT_H
#define AUDIT_AUDIT_EXPORT_H

#include "audit/chain.h"

enum { AUDIT_LINE_MAX_BYTES = 16 << 20 };

/* Which part is wanted, and how far it has been read. */
struct audit_export {
    int64_t after; /* sequence of the newest entry that was read, or is not wanted */
    int64_t since; /* microseconds; 0: from the first */
    int64_t until; /* entries from before; 0: to the last */
    bool is_over;
};

/* Appends the next lines, at most `limit`. Who may: those who administer root. */
MUST_CHECK bool audit_export_page(struct ctx *ctx, struct audit_export *part, int64_t limit,
                                  struct buffer *out);

/* A line back to an entry, borrowed from the line and the arena; *previous is the hash before. */
MUST_CHECK bool audit_line_parse(struct arena *arena, struct text line, struct audit_entry *out,
                                 struct text *previous, struct error *error);

#endif
