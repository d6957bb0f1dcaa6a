/* The migrations of this folder, as the program carries them. Made at build time; for migrate(). */
#ifndef MIGRATIONS_MIGRATIONS_H
#define MIGRATIONS_MIGRATIONS_H

#include "db/migrate.h"

extern const struct migration_list embedded_migrations;

#endif
