/* Options as members. */
#include "cli/option_input.h"

void option_input_text(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer)
{
    const char *value = command_line_value(line, option);
    if (value)
        json_member_string(writer, member, text_z(value));
}

void option_input_flag(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer)
{
    if (command_line_has(line, option))
        json_member_bool(writer, member, true);
}

void option_input_list(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer)
{
    const char *value;
    json_key_z(writer, member);
    json_begin_array(writer);
    for (size_t i = 0; (value = command_line_value_at(line, option, i)); i++)
        json_string_z(writer, value);
    json_end_array(writer);
}
