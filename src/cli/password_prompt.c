/* The terminal's echo is off only while a line is read. */
#include "cli/password_prompt.h"

#include <termios.h>
#include <unistd.h>

/* Byte by byte: what stands behind the line is not ours. */
static bool read_line(struct arena *arena, int descriptor, struct text *out, struct error *error)
{
    char *line = arena_alloc(arena, PASSWORD_PROMPT_MAX_BYTES + 1);
    size_t len = 0;
    if (!line)
        return error_set_no_memory(error);
    while (len <= PASSWORD_PROMPT_MAX_BYTES && read(descriptor, line + len, 1) == 1 &&
           line[len] != '\n')
        len++;
    if (len > PASSWORD_PROMPT_MAX_BYTES)
        return error_set(error, ERR_INVALID, "a password may have %d bytes at most",
                         PASSWORD_PROMPT_MAX_BYTES);
    *out = (struct text){line, len};
    return len > 0 || error_set(error, ERR_INVALID, "there is no password");
}

static bool ask(struct arena *arena, int descriptor, FILE *prompts, const char *prompt,
                struct text *out, struct error *error)
{
    struct termios shown, hidden;
    if (tcgetattr(descriptor, &shown) != 0)
        return error_set(error, ERR_INVALID, "the terminal cannot hide what is typed");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    /* What was typed before it was hidden is dropped; what is typed at the prompt never is. */
    tcsetattr(descriptor, TCSAFLUSH, &hidden);
    fputs(prompt, prompts);
    fflush(prompts);
    bool read = read_line(arena, descriptor, out, error);
    tcsetattr(descriptor, TCSADRAIN, &shown);
    fputc('\n', prompts);
    return read;
}

bool password_prompt_read(struct arena *arena, int descriptor, FILE *prompts, struct text *out,
                          struct error *error)
{
    struct text again;
    if (!isatty(descriptor))
        return read_line(arena, descriptor, out, error);
    if (!ask(arena, descriptor, prompts, "New password: ", out, error) ||
        !ask(arena, descriptor, prompts, "The same again: ", &again, error))
        return false;
    return text_equal(*out, again) || error_set(error, ERR_INVALID, "the two passwords differ");
}
