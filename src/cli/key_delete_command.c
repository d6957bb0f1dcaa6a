/* gatehouse key delete */
#include "cli/commands.h"
#include "cli/each_id.h"

static const char mutation[] =
    "mutation ApiKeyDelete($id: ID!) { apiKeyDelete(id: $id) { id name } }";

static int run(struct command_line *line)
{
    static const struct each_id each = {
        .mutation = mutation,
        .member = "apiKeyDelete",
        .thing = "API key",
        .hint = "Deleted. Tokens made with the key stop working at once.",

    };
    return each_id_run(line, &each);
}

const struct command key_delete_command = {
    .name = "key delete",
    .summary = "delete API keys, and with them their tokens",
    .usage = "ID...",
    .description = "",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
