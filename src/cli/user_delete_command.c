/* gatehouse user delete */
#include "cli/commands.h"
#include "cli/each_id.h"
#include "cli/user_reference.h"

static const char mutation[] =
    "mutation UserDelete($id: ID!) { managedUserDelete(id: $id) { id username } }";

static int run(struct command_line *line)
{
    static const struct each_id each = {
        .mutation = mutation,
        .member = "managedUserDelete",
        .thing = "user",
        .hint = "Deleted. All sessions of the user have ended.",
        .resolve = user_reference_resolve,
    };
    return each_id_run(line, &each);
}

const struct command user_delete_command = {
    .name = "user delete",
    .summary = "delete users, with their roles and sessions",
    .usage = "USER...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
