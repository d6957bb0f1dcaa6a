/*
 * What the list commands have in common: one query, whose answer has one array, is shown as a table
 * with a row for each element, or with --json as the array the server gave. A list command is a
 * `struct list_view` and a run function that calls list_view_run.
 */
#ifndef CLI_LIST_VIEW_H
#define CLI_LIST_VIEW_H

#include "base/json.h"
#include "cli/table.h"

struct command_line;

struct list_view {
    const char *query;          /* GraphQL without variables */
    const char *member;         /* of the answer's `data`: the array */
    const char *const *headers; /* NULL-terminated */
    /* One cell for each header; texts made for a cell lie in the arena. */
    void (*add_row)(struct table *table, struct arena *arena, const struct json *element);
};

/* Gives the exit code. */
int list_view_run(struct command_line *line, const struct list_view *view);

#endif
