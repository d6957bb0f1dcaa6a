/* The PostgreSQL driver. */
#include "db/db_driver.h"

static bool postgres_open(struct db *db, const char *place, struct error *error)
{
    UNUSED(db);
    UNUSED(place);
    return error_set(error, ERR_UNAVAILABLE, "PostgreSQL is not supported by this build");
}

const struct db_driver db_postgres_driver = {.name = "postgres", .open = postgres_open};
