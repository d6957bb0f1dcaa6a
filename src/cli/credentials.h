/*
 * The API key a command uses, and the server it goes to. The key comes from the first of:
 * --key-file; GATEHOUSE_API_KEY_ID and _SECRET; SPACELIFT_API_KEY_ID and _SECRET; data/admin.apikey
 * below the current folder, as a server started here leaves it. Never from the command line itself,
 * which others on the machine can read.
 */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "cli/command.h"

struct credentials {
    struct text id, secret;
};

/* UNAUTHENTICATED when there is no key anywhere; INVALID for a file that is no key file. */
MUST_CHECK bool credentials_find(const struct command_line *line, struct credentials *out,
                                 struct error *error);
/* The URL of the GraphQL endpoint: --server, else GATEHOUSE_URL, else SPACELIFT_API_KEY_ENDPOINT,
 * else the default. A trailing slash or /graphql makes no difference. */
MUST_CHECK bool server_url_find(const struct command_line *line, struct text *out,
                                struct error *error);

#endif
