/*
 * From the options of a command to the members of an API input, one call each. What was not given
 * is left out, so that the server's default holds, or what there was stays.
 *
 * Called by commands that make or change something, with the input's object open.
 */
#ifndef CLI_OPTION_INPUT_H
#define CLI_OPTION_INPUT_H

#include "base/json.h"
#include "cli/command.h"

/* A text, by the option's value. */
void option_input_text(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer);
/* true, by a flag. */
void option_input_flag(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer);
/* A list, by an option that may be repeated; the empty one when it was not given. */
void option_input_list(const struct command_line *line, const char *option, const char *member,
                       struct json_writer *writer);

#endif
