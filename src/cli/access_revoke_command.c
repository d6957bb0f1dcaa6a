/* gatehouse access revoke */
#include "cli/commands.h"
#include "cli/each_id.h"

static const char mutation[] =
    "mutation AccessRevoke($id: ID!) { accessRevoke(id: $id) { id subject subjectType } }";

static int run(struct command_line *line)
{
    static const struct each_id each = {
        .mutation = mutation,
        .member = "accessRevoke",
        .thing = "grant",
        .hint = "Revoked. It counts from the next request on.",

    };
    return each_id_run(line, &each);
}

const struct command access_revoke_command = {
    .name = "access revoke",
    .summary = "end grants, or take away any other role binding",
    .usage = "ID...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
