/* Reading a policy that goes to the server. */
#include "cli/policy_upload.h"

#include "cli/policy_files.h"
#include "rego/language/parser.h"

#include <string.h>

static bool is_v1(const struct command_line *line, struct text body)
{
    const struct source source = {.name = TEXT("policy"), .text = body};
    const char *dialect = command_line_value(line, "dialect");
    return dialect ? strcmp(dialect, "v1") == 0 : parse_detect(line->arena, &source) == DIALECT_V1;
}

bool policy_upload_read(const struct command_line *line, const char *path,
                        struct policy_upload *out, struct error *error)
{
    if (!policy_read_file(line->arena, path, &out->body, error))
        return false;
    out->engine = is_v1(line, out->body) ? TEXT("REGO_V1") : TEXT("REGO_V0");
    return true;
}
