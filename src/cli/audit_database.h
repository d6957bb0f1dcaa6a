/*
 * The audit trail of a database that no server has open, or that several may: for the commands that
 * work without one. Nothing is written.
 */
#ifndef CLI_AUDIT_DATABASE_H
#define CLI_AUDIT_DATABASE_H

#include "cli/command.h"
#include "kernel/ctx.h"

/* As --database of these commands takes it. */
#define AUDIT_OPTION_DATABASE                                                                      \
    {                                                                                              \
        "database", 0, "URL", "read this database, and ask no server: a file or postgres://...",   \
            NULL                                                                                   \
    }

/* Runs `work` in one reading unit of work. UNAVAILABLE with advice when a server holds the file. */
MUST_CHECK bool audit_database_read(const struct command_line *line, const char *url,
                                    bool (*work)(struct ctx *ctx, void *data), void *data,
                                    struct error *error);

#endif
