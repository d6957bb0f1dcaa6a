/* gatehouse policy delete */
#include "cli/commands.h"
#include "cli/each_id.h"

static const char mutation[] =
    "mutation PolicyDelete($id: ID!) { policyDelete(id: $id) { id name type } }";

static bool is_login_policy(const struct json *policy)
{
    return text_equal(json_get_text(policy, "type"), TEXT("LOGIN"));
}

static int run(struct command_line *line)
{
    static const struct each_id each = {
        .mutation = mutation,
        .member = "policyDelete",
        .thing = "policy",
        .hint = "Deleted. Every session but yours has ended.",
        .deserves_hint = is_login_policy,
    };
    return each_id_run(line, &each);
}

const struct command policy_delete_command = {
    .name = "policy delete",
    .summary = "delete policies from the server",
    .usage = "ID...",
    .description = "Deleting a login policy ends every session but yours.",
    .min_operands = 1,
    .max_operands = -1,
    .is_client = true,
    .run = run,
};
