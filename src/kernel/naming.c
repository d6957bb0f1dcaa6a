/* Limits of names and descriptions. */
#include "kernel/naming.h"

bool naming_check_name(struct ctx *ctx, const char *thing, struct text name)
{
    if (name.len == 0)
        return fail(ctx, ERR_INVALID, "%s needs a name", thing);
    return name.len <= NAME_MAX_BYTES ||
           fail(ctx, ERR_INVALID, "the name of %s may have %d bytes at most", thing,
                NAME_MAX_BYTES);
}

bool naming_check_description(struct ctx *ctx, const char *thing, struct text description)
{
    return description.len <= DESCRIPTION_MAX_BYTES ||
           fail(ctx, ERR_INVALID, "the description of %s may have %d bytes at most", thing,
                DESCRIPTION_MAX_BYTES);
}
