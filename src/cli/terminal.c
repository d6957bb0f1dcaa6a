/* Terminals: width, colours, and text that cannot play tricks on them. */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80 };

static int detect_width(FILE *out)
{
    struct winsize size;
    int64_t columns;
    const char *variable = getenv("COLUMNS");
    if (variable && text_to_int64(text_z(variable), &columns) && columns >= 20 && columns < 10000)
        return (int)columns;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return DEFAULT_WIDTH;
}

struct terminal terminal_detect(FILE *out)
{
    struct terminal terminal = {.is_tty = isatty(fileno(out)) == 1, .width = DEFAULT_WIDTH};
    const char *no_color = getenv("NO_COLOR"), *kind = getenv("TERM");
    if (!terminal.is_tty)
        return terminal;
    terminal.width = detect_width(out);
    terminal.has_color = (!no_color || !no_color[0]) && kind && strcmp(kind, "dumb") != 0;
    return terminal;
}

const char *terminal_start(const struct terminal *terminal, enum style style)
{
    static const char *const sequences[] = {
        [STYLE_PLAIN] = "",        [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
        [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WAITING] = "\033[33m",
    };
    return terminal->has_color ? sequences[style] : "";
}

const char *terminal_end(const struct terminal *terminal, enum style style)
{
    return terminal->has_color && style != STYLE_PLAIN ? "\033[0m" : "";
}

enum style terminal_state_style(struct text state)
{
    static const struct {
        const char *state;
        enum style style;
    } styles[] = {
        {"FINISHED", STYLE_GOOD},
        {"FAILED", STYLE_BAD},
        {"UNCONFIRMED", STYLE_WAITING},
        {"PENDING_REVIEW", STYLE_WAITING},
        {"DISCARDED", STYLE_DIM},
        {"CANCELED", STYLE_DIM},
        {"STOPPED", STYLE_BAD},
        {"SKIPPED", STYLE_DIM},
        {"NONE", STYLE_DIM},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
        if (text_equal_z(state, styles[i].state))
            return styles[i].style;
    }
    return STYLE_PLAIN;
}

/* Bytes of the control character at `index`; 0 for anything else. C1 controls are two bytes in
 * UTF-8: 0xC2, then 0x80 to 0x9F. */
static size_t control_length(struct text text, size_t index)
{
    unsigned char byte = (unsigned char)text.at[index];
    if (byte == 0xc2 && index + 1 < text.len && (unsigned char)text.at[index + 1] < 0xa0)
        return 2;
    return byte < 0x20 || byte == 0x7f;
}

void terminal_write(FILE *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t control = control_length(text, i);
        fputc(control > 0 ? '?' : text.at[i], out);
        i += control > 1;
    }
}

/* Bytes of the colour sequence at `index`: ESC [ digits and semicolons m. 0 for anything else. */
static size_t color_length(struct text text, size_t index)
{
    size_t i = index + 2;
    if (i >= text.len || text.at[index] != '\033' || text.at[index + 1] != '[')
        return 0;
    while (i < text.len && ((text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == ';'))
        i++;
    return i < text.len && text.at[i] == 'm' ? i + 1 - index : 0;
}

void terminal_write_log(FILE *out, const struct terminal *terminal, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t color = color_length(text, i), control = control_length(text, i);
        if (color > 0 && terminal->has_color)
            fwrite(text.at + i, 1, color, out);
        else if (color == 0 && (control == 0 || text.at[i] == '\n' || text.at[i] == '\t'))
            fputc(text.at[i], out);
        else if (color == 0 && text.at[i] != '\r')
            fputc('?', out);
        i += color > 0 ? color - 1 : control > 1;
    }
}
