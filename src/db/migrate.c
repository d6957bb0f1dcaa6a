/*
 * Applying migrations. The table schema_version says which ones a database has; a migration and its
 * row are one unit of work.
 */
#include "db/migrate.h"

#include "db/db_driver.h"

#include <string.h>

struct migration_run {
    const struct migration_list *list;
    const struct migration *next; /* the one to apply; NULL while only looking */
    int64_t now_us;
    int found; /* highest version in the database */
};

static const char create_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version ${int} PRIMARY KEY, name ${text} NOT NULL,"
    " checksum ${text} NOT NULL, applied_at ${int} NOT NULL) ${table}";

static const struct db_statement list_versions = DB_STATEMENT(
    "list_versions", "SELECT version, name, checksum FROM schema_version ORDER BY version");

static const struct db_statement insert_version = DB_STATEMENT(
    "insert_version", "INSERT INTO schema_version (version, name, checksum, applied_at)"
                      " VALUES ($1, $2, $3, $4)");

/* Compares one row with the program's own list. */
static bool check_version(const struct migration_list *list, const struct db_rows *rows,
                          struct error *error)
{
    int64_t version = db_column_int64(rows, 0);
    if (version > (int64_t)list->count)
        return error_set(error, ERR_CONFLICT,
                         "the database has version %lld, this program knows %zu: it needs a newer "
                         "program",
                         (long long)version, list->count);
    const struct migration *known = &list->items[version > 0 ? version - 1 : 0];
    if (known->version == version && text_equal_z(db_column_peek(rows, 2), known->checksum))
        return true;
    return error_set(error, ERR_CONFLICT,
                     "migration %lld of the database (%.*s) is not the one this program has",
                     (long long)version, TEXT_ARG(db_column_peek(rows, 1)));
}

static bool read_versions(struct db_session *session, struct migration_run *run,
                          struct error *error)
{
    struct db_rows rows;
    if (!db_query(session, &list_versions, DB_NO_VALUES, &rows, error))
        return false;
    run->found = 0;
    while (db_next(&rows) && check_version(run->list, &rows, error))
        run->found = (int)db_column_int64(&rows, 0);
    return db_end(&rows);
}

static bool apply(struct db_session *session, const struct migration *migration, int64_t now_us,
                  struct error *error)
{
    bool sqlite = strcmp(db_driver_name(session->db), "sqlite") == 0;
    const char *own = sqlite ? migration->sqlite : migration->postgres;
    return db_script(session, migration->common, error) && db_script(session, own, error) &&
           db_execute(session, &insert_version,
                      DB_VALUES(db_int(migration->version), db_text_z(migration->name),
                                db_text_z(migration->checksum), db_int(now_us)),
                      NULL, error);
}

/* Another server may have been faster, so what is there is looked at again each time. */
static bool run_migration(struct db_session *session, void *data, struct error *error)
{
    struct migration_run *run = data;
    session->deadline = INT64_MAX; /* a large table takes what it takes */
    if (!db_script(session, create_table, error) || !read_versions(session, run, error))
        return false;
    if (!run->next || run->next->version <= run->found)
        return true;
    if (apply(session, run->next, run->now_us, error))
        return true;
    db_log(session->db, "migration %d (%s) failed", run->next->version, run->next->name);
    return false;
}

bool migrate(struct db *db, const struct migration_list *list, int64_t now_us, int *applied,
             struct error *error)
{
    struct migration_run run = {.list = list, .now_us = now_us};
    int count = 0;
    if (!db_run(db, DB_WRITE, run_migration, &run, error))
        return false;
    for (size_t i = (size_t)run.found; i < list->count; i++) {
        run.next = &list->items[i];
        if (!db_run(db, DB_WRITE, run_migration, &run, error))
            return false;
        count += run.found < run.next->version;
    }
    if (applied)
        *applied = count;
    return true;
}
