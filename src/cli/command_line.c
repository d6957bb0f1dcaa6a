/* Taking a command line apart. */
#include "cli/command.h"

#include "cli/suggest.h"

#include <string.h>

const struct option client_options[] = {
    {"server", 's', "URL", "the server (default: $GATEHOUSE_URL, else http://127.0.0.1:8088)",
     NULL},
    {"key-file", 'k', "FILE", "the API key to use, as `gatehouse key create` writes it", NULL},
    {"json", 'j', NULL, "print JSON, for programs", NULL},
};
const size_t client_option_count = ARRAY_LENGTH(client_options);
const struct option help_option = {"help", 'h', NULL, "show this help", NULL};

const struct option *command_option_at(const struct command *command, size_t index)
{
    if (index < command->option_count)
        return &command->options[index];
    index -= command->option_count;
    if (command->is_client && index < client_option_count)
        return &client_options[index];
    index -= command->is_client ? client_option_count : 0;
    return index == 0 ? &help_option : NULL;
}

static const struct option *find_long(const struct command *command, struct text name)
{
    const struct option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        if (text_equal_z(name, option->name))
            return option;
    }
    return NULL;
}

static const struct option *find_short(const struct command *command, char letter)
{
    const struct option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        if (option->letter && option->letter == letter)
            return option;
    }
    return NULL;
}

static bool refuse_unknown(const struct command *command, struct text name, struct error *error)
{
    const struct option *option;
    struct suggestion suggestion;
    suggestion_init(&suggestion, name);
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        suggestion_offer(&suggestion, option->name);
    const char *best = suggestion_best(&suggestion);
    return error_set(error, ERR_INVALID, "%s has no option --%.*s%s%s%s", command->name,
                     TEXT_ARG(name), best ? "; did you mean --" : "", best ? best : "",
                     best ? "?" : "");
}

static bool check_choice(const struct option *option, const char *value, struct error *error)
{
    char list[160] = "";
    size_t len = 0;
    if (!option->choices)
        return true;
    for (size_t i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], value) == 0)
            return true;
        int put =
            snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", option->choices[i]);
        len += put > 0 && (size_t)put < sizeof list - len ? (size_t)put : 0;
    }
    return error_set(error, ERR_INVALID, "--%s is one of %s, not \"%s\"", option->name, list,
                     value);
}

/* Where the parse stands. */
struct cursor {
    int count, next;
    char **arguments;
};

static bool add_value(struct command_line *line, const struct option *option, const char *value,
                      struct error *error)
{
    if (value && !check_choice(option, value, error))
        return false;
    line->values[line->value_count++] = (struct option_value){option, value};
    return true;
}

/* attached: what stood behind `=` or behind the letter; NULL for nothing. */
static bool take_option(struct command_line *line, struct cursor *cursor,
                        const struct option *option, const char *attached, struct error *error)
{
    if (!option->argument && attached)
        return error_set(error, ERR_INVALID, "--%s takes no value", option->name);
    if (option->argument && !attached) {
        if (cursor->next == cursor->count)
            return error_set(error, ERR_INVALID, "--%s needs a value: %s", option->name,
                             option->argument);
        attached = cursor->arguments[cursor->next++];
    }
    return add_value(line, option, attached, error);
}

static bool take_long(struct command_line *line, struct cursor *cursor, const char *argument,
                      struct error *error)
{
    struct text name = text_z(argument);
    size_t equals = text_find_byte(name, '=', 0);
    const char *attached = equals < name.len ? argument + equals + 1 : NULL;
    name = text_slice(name, 0, equals);
    const struct option *option = find_long(line->command, name);
    if (!option)
        return refuse_unknown(line->command, name, error);
    return take_option(line, cursor, option, attached, error);
}

/* `-j`, `-s URL`, `-sURL`. Letters are not bundled: few commands have two flags. */
static bool take_short(struct command_line *line, struct cursor *cursor, const char *argument,
                       struct error *error)
{
    const struct option *option = find_short(line->command, argument[0]);
    if (!option)
        return error_set(error, ERR_INVALID, "%s has no option -%c", line->command->name,
                         argument[0]);
    return take_option(line, cursor, option, argument[1] ? argument + 1 : NULL, error);
}

static bool check_operands(const struct command_line *line, struct error *error)
{
    const struct command *command = line->command;
    int count = line->operand_count;
    if (command_line_has(line, "help"))
        return true;
    if (count < command->min_operands)
        return error_set(error, ERR_INVALID, "%s needs %s", command->name, command->usage);
    if (command->max_operands >= 0 && count > command->max_operands)
        return error_set(error, ERR_INVALID, "%s does not know what to do with \"%s\"",
                         command->name, line->operands[command->max_operands]);
    return true;
}

bool command_line_parse(struct command_line *line, int count, char **arguments, struct error *error)
{
    struct cursor cursor = {.count = count, .arguments = arguments};
    bool options_ended = false, good = true;
    line->operands = ARENA_ARRAY(line->arena, const char *, (size_t)count + 1);
    line->values = ARENA_ARRAY(line->arena, struct option_value, (size_t)count + 1);
    if (!line->operands || !line->values)
        return error_set_no_memory(error);
    while (good && cursor.next < cursor.count) {
        const char *argument = arguments[cursor.next++];
        if (options_ended || argument[0] != '-' || argument[1] == 0)
            line->operands[line->operand_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            options_ended = true;
        else if (argument[1] == '-')
            good = take_long(line, &cursor, argument + 2, error);
        else
            good = take_short(line, &cursor, argument + 1, error);
    }
    return good && check_operands(line, error);
}

const char *command_line_value_at(const struct command_line *line, const char *name, size_t index)
{
    for (size_t i = 0; i < line->value_count; i++) {
        if (strcmp(line->values[i].option->name, name) == 0 && index-- == 0)
            return line->values[i].value;
    }
    return NULL;
}

const char *command_line_value(const struct command_line *line, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < line->value_count; i++) {
        if (strcmp(line->values[i].option->name, name) == 0)
            value = line->values[i].value;
    }
    return value;
}

bool command_line_has(const struct command_line *line, const char *name)
{
    for (size_t i = 0; i < line->value_count; i++) {
        if (strcmp(line->values[i].option->name, name) == 0)
            return true;
    }
    return false;
}

const char *command_line_operand(const struct command_line *line, int index)
{
    return index < line->operand_count ? line->operands[index] : NULL;
}
