/* Subjects of roles on the command line. */
#include "cli/subject.h"

#include "base/ulid.h"
#include "cli/user_reference.h"

const char *const subject_types[] = {"key", "user", "group", "stack", NULL};

enum subject_type subject_type(const struct command_line *line)
{
    const char *typed = command_line_value(line, "type");
    enum subject_type type = SUBJECT_STACK;
    while (type > SUBJECT_KEY && (!typed || !text_equal_z(text_z(typed), subject_types[type])))
        type--;
    return type;
}

bool subject_resolve(const struct command_line *line, struct api *api, struct text *id,
                     struct error *error)
{
    const char *typed = command_line_operand(line, 0);
    *id = text_z(typed);
    /* Who administers only some space may give roles to users, but not list them all. */
    if (subject_type(line) != SUBJECT_USER || ulid_is_valid(*id))
        return true;
    return user_reference_resolve(api, typed, id, error);
}
