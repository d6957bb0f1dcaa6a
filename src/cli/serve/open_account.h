/*
 * Opens the account that a server serves: data folder, keys, database, migrations, signing keys,
 * and, the first time, the bootstrap key with its file.
 */
#ifndef CLI_SERVE_OPEN_ACCOUNT_H
#define CLI_SERVE_OPEN_ACCOUNT_H

#include "base/error.h"
#include "kernel/account.h"

/* settings and url are borrowed. *key_file: path of the key file when the bootstrap key was made
 * just now, else NULL; *key: its content then. In the arena. */
MUST_CHECK bool account_open(struct arena *arena, const struct settings *settings, struct text url,
                             bool local_repositories, struct account *account,
                             const char **key_file, struct text *key, struct error *error);
/* Closes the database, after every unit has ended. */
void account_close(struct account *account);

#endif
