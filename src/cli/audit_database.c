/* One database, one unit. */
#include "cli/audit_database.h"

#include "base/clock.h"
#include "db/db.h"

#include <string.h>
#include <unistd.h>

struct reading {
    const struct command_line *line;
    struct account account;
    bool (*work)(struct ctx *ctx, void *data);
    void *data;
};

static bool run(struct db_session *session, void *data, struct error *error)
{
    struct reading *reading = data;
    struct ctx ctx = {.arena = reading->line->arena,
                      .account = &reading->account,
                      .session = session,
                      .actor = &actor_system,
                      .error = error,
                      .now = clock_wall()};
    return reading->work(&ctx, reading->data);
}

/* Opening a file makes it, which would be a poor proof. */
static bool check_file(const char *url, struct error *error)
{
    static const char prefix[] = "sqlite:";
    const char *path = strncmp(url, prefix, strlen(prefix)) == 0 ? url + strlen(prefix) : url;
    return strstr(url, "://") || access(path, R_OK) == 0 ||
           error_set(error, ERR_NOT_FOUND, "there is no database at %s", path);
}

bool audit_database_read(const struct command_line *line, const char *url,
                         bool (*work)(struct ctx *ctx, void *data), void *data, struct error *error)
{
    enum { LONG = 3600 }; /* seconds: a trail may be large */
    struct reading reading = {.line = line, .work = work, .data = data};
    const struct db_options options = {.readers = 1, .timeout_us = LONG * CLOCK_SECOND};
    struct error cause = {0};
    if (!check_file(url, error))
        return false;
    if (!db_open(url, &options, &reading.account.db, &cause))
        return error_set(error, cause.kind,
                         "%s (while a server has a SQLite file open: leave out --database to ask "
                         "the server, or read a backup)",
                         cause.message);
    bool read = db_run(reading.account.db, DB_READ, run, &reading, error);
    db_close(reading.account.db);
    return read;
}
