/* A policy on disk, as a command sends it to the server. */
#ifndef CLI_POLICY_UPLOAD_H
#define CLI_POLICY_UPLOAD_H

#include "cli/command.h"

struct policy_upload {
    struct text body;
    struct text engine; /* "REGO_V0" or "REGO_V1": of --dialect, else told by the text */
};

/* path: - for standard input. The command takes POLICY_OPTION_DIALECT. */
MUST_CHECK bool policy_upload_read(const struct command_line *line, const char *path,
                                   struct policy_upload *out, struct error *error);

#endif
