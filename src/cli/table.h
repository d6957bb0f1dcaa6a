/*
 * Rows and columns. On a terminal: a header, aligned columns, and free text cut with an ellipsis
 * when the lines would wrap; ids and times stay whole, for people copy them. In a pipe: no header,
 * cells as they are between tabs, for cut and awk.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/list.h"
#include "cli/terminal.h"

enum { TABLE_COLUMNS_MAX = 12 };

/* Before the header of a column that may be cut. */
#define TABLE_FREE_TEXT "~"

struct table {
    const char *const *headers; /* borrowed */
    size_t columns;
    struct list cells; /* of struct table_cell, row by row */
};

struct table_cell {
    struct text text; /* borrowed */
    enum style style;
};

/* headers: NULL-terminated. */
void table_init(struct table *table, struct arena *arena, const char *const *headers);
/* The next cell; rows fill from left to right. */
void table_add(struct table *table, struct text text, enum style style);
void table_print(const struct table *table, FILE *out, const struct terminal *terminal);

#endif
