/* Where a key that was just made, or got a new secret, goes: to a new file, or to the output. */
#ifndef CLI_KEY_OUTPUT_H
#define CLI_KEY_OUTPUT_H

#include "cli/cli.h"

/* Runs a mutation that gives a key with its secret, and puts the key where --output says. The file
 * is opened before, so that no key is made in vain; the output is then the key's id. Warnings go to
 * the error stream. member: of the answer's data. Gives the exit code. */
int key_output_run(struct command_line *line, const char *mutation, const char *member,
                   const struct api_variable *variables, size_t count);

#endif
