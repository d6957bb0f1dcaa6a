/*
 * Help and the manual page, made from the table of commands.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void help_print_all(FILE *out);
/* The commands that start with this word. */
void help_print_group(FILE *out, struct text group);
void help_print_command(FILE *out, const struct command *command);
/* gatehouse(1) in roff. */
void help_print_man(FILE *out);

#endif
