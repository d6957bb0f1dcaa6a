/*
 * Rows into structs by a table that says for each column of a select list which member it fills. A
 * read names the columns it needs; the others are not even looked at, and their members stay as
 * they are. Called by *_store.c.
 *
 * One table serves every select list that is a beginning of the longest one. A column that is asked
 * for must be in the select list: a column past its end is no error that anybody would see.
 */
#ifndef DB_DB_ROW_H
#define DB_DB_ROW_H

#include "db/db.h"

enum db_member_kind {
    DB_MEMBER_TEXT,     /* struct text; NULL reads as the empty text */
    DB_MEMBER_OPTIONAL, /* struct text; at == NULL for NULL */
    DB_MEMBER_INT,      /* int64_t; NULL reads as 0 */
    DB_MEMBER_BOOL,
    DB_MEMBER_OWN, /* anything else: the caller reads it */
};

struct db_member {
    enum db_member_kind kind;
    size_t offset; /* in the struct */
    size_t size;   /* of the member */
};

/* A set of columns, by position. */
#define DB_COLUMN(position) (UINT64_C(1) << (position))
#define DB_ALL_COLUMNS      UINT64_MAX

/* Fills the members of `columns` from the current row, but for the caller's own. Texts are copied;
 * without memory the arena is failed. `columns` must have no bit past the table. */
void db_read_row(const struct db_rows *rows, const struct db_member *members, uint64_t columns,
                 struct arena *arena, void *out);
/* The columns that fill any byte of the member at `offset`. */
uint64_t db_columns_at(const struct db_member *members, size_t count, size_t offset);

#endif
