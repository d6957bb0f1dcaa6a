/*
 * What the output is: a terminal with a width and perhaps colours, or a pipe. Decided once a call;
 * commands never ask the environment themselves.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/text.h"

#include <stdio.h>

struct terminal {
    bool is_tty;
    bool has_color; /* a terminal, not "dumb", and NO_COLOR is empty */
    int width;      /* columns */
};

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD, STYLE_WAITING };

struct terminal terminal_detect(FILE *out);
/* The escape sequence that starts a style; "" without colours. */
const char *terminal_start(const struct terminal *terminal, enum style style);
const char *terminal_end(const struct terminal *terminal, enum style style);
/* How the state of a run or stack is shown. */
enum style terminal_state_style(struct text state);

/* Writes text as a person may see it: control characters, with which a name could move the cursor
 * or change colours, become '?'. */
void terminal_write(FILE *out, struct text text);
/* The same for a log: line ends and tabs stay, and so do colours (SGR sequences) where the terminal
 * has them. */
void terminal_write_log(FILE *out, const struct terminal *terminal, struct text text);

#endif
