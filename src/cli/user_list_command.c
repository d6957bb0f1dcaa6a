/* gatehouse user list */
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_view.h"

static const char query[] = "query Users { managedUsers { id username name status isOwner groups "
                            "loginMethod lastLoginTime invitationEmail } }";

static void add_row(struct table *table, struct arena *arena, const struct json *user)
{
    table_add(table, format_text(json_get_z(user, "username")), STYLE_BOLD);
    table_add(table, format_text(json_get_z(user, "name")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(user, "status")), STYLE_PLAIN);
    table_add(table, format_yes(json_get_z(user, "isOwner")), STYLE_PLAIN);
    table_add(table, format_text(json_get_z(user, "loginMethod")), STYLE_PLAIN);
    table_add(table, format_time(arena, json_get_z(user, "lastLoginTime")), STYLE_PLAIN);
}

static int run(struct command_line *line)
{
    static const char *const headers[] = {"USER",  TABLE_FREE_TEXT "NAME", "STATUS", "OWNER",
                                          "LOGIN", "LAST LOGIN",           NULL};
    static const struct list_view view = {
        .query = query,
        .member = "managedUsers",
        .headers = headers,
        .add_row = add_row,
    };
    return list_view_run(line, &view);
}

const struct command user_list_command = {
    .name = "user list",
    .summary = "list the people who may log in",
    .usage = "",
    .description = "Times are in UTC.",
    .is_client = true,
    .run = run,
};
