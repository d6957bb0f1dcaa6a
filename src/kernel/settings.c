/* Settings from flags, environment and file, in this order. */
#include "kernel/settings.h"

#include <stdio.h>
#include <string.h>

static const struct setting table[] = {
#define SETTING(kind, name, fallback, argument, sentence)                                          \
    {#name, argument, fallback, sentence, SETTING_##kind},
#include "tables/settings.def"
#undef SETTING
};

/* Where each value goes. */
static const size_t offsets[] = {
#define SETTING(kind, name, fallback, argument, sentence) offsetof(struct settings, name),
#include "tables/settings.def"
#undef SETTING
};

const struct setting *settings_table(size_t *count)
{
    *count = ARRAY_LENGTH(table);
    return table;
}

/* Names are compared with '-' and '_' alike. */
static bool names_setting(struct text given, const char *name)
{
    if (given.len != strlen(name))
        return false;
    for (size_t i = 0; i < given.len; i++) {
        char byte = given.at[i] == '-' ? '_' : given.at[i];
        if (byte != name[i])
            return false;
    }
    return true;
}

bool duration_parse(struct text text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    int64_t scale = 1;
    for (size_t i = 0; text.len && i < ARRAY_LENGTH(units); i++) {
        if (text.at[text.len - 1] == units[i].unit) {
            scale = units[i].seconds;
            text.len--;
            break;
        }
    }
    int64_t number;
    return text_to_int64(text, &number) && number >= 0 &&
           !__builtin_mul_overflow(number, scale * 1000000, out);
}

static bool set_value(struct arena *arena, struct settings *settings, size_t index,
                      struct text value, const char *source, struct error *error)
{
    char *target = (char *)settings + offsets[index];
    bool good = true;
    switch (table[index].kind) {
    case SETTING_TEXT:
        *(struct text *)target = text_copy(arena, value);
        good = value.len == 0 || !arena_failed(arena);
        break;
    case SETTING_NUMBER:
        good = text_to_int64(value, (int64_t *)target) && *(int64_t *)target >= 0;
        break;
    case SETTING_DURATION: good = duration_parse(value, (int64_t *)target); break;
    case SETTING_SWITCH:
        *(bool *)target = text_equal(value, TEXT("yes"));
        good = *(bool *)target || text_equal(value, TEXT("no"));
        break;
    }
    if (good)
        return true;
    return error_set(error, ERR_INVALID, "%s from %s: \"%.*s\" is not %s", table[index].name,
                     source, TEXT_ARG(value),
                     table[index].kind == SETTING_NUMBER     ? "a number"
                     : table[index].kind == SETTING_DURATION ? "a time such as 90s, 15m, 10h or 7d"
                     : table[index].kind == SETTING_SWITCH   ? "yes or no"
                                                             : "usable");
}

/* The value after `name =` in the file; at == NULL when the file does not have it. */
static struct text file_value(struct text config, const char *name)
{
    struct text line;
    while (text_next_part(&config, '\n', &line)) {
        line = text_trim(line);
        size_t equals = text_find_byte(line, '=', 0);
        if (line.len && line.at[0] != '#' && equals < line.len &&
            names_setting(text_trim(text_slice(line, 0, equals)), name))
            return text_trim(text_slice(line, equals + 1, line.len));
    }
    return (struct text){NULL, 0};
}

static bool check_file_names(struct text config, struct error *error)
{
    struct text line;
    for (int number = 1; text_next_part(&config, '\n', &line); number++) {
        line = text_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        size_t equals = text_find_byte(line, '=', 0);
        if (equals == line.len)
            return error_set(error, ERR_INVALID,
                             "configuration file, line %d: expected name = value", number);
        struct text name = text_trim(text_slice(line, 0, equals));
        bool known = false;
        for (size_t i = 0; i < ARRAY_LENGTH(table); i++)
            known = known || names_setting(name, table[i].name);
        if (!known)
            return error_set(error, ERR_INVALID,
                             "configuration file, line %d: there is no setting \"%.*s\"", number,
                             TEXT_ARG(name));
    }
    return true;
}

static struct text environment_value(const char *(*environment)(const char *name), const char *name)
{
    char variable[64] = "GATEHOUSE_";
    size_t at = strlen(variable);
    for (size_t i = 0; name[i] && at < sizeof(variable) - 1; i++) {
        char byte = name[i];
        variable[at++] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
    }
    variable[at] = '\0';
    const char *value = environment ? environment(variable) : NULL;
    return value ? text_z(value) : (struct text){NULL, 0};
}

bool settings_read(struct arena *arena, const struct setting_value *flags, size_t flag_count,
                   struct text config, const char *(*environment)(const char *name),
                   struct settings *out, struct error *error)
{
    if (!check_file_names(config, error))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
        struct text value = {NULL, 0};
        const char *source = "the command line";
        for (size_t j = 0; j < flag_count; j++) {
            if (names_setting(flags[j].name, table[i].name))
                value = flags[j].value;
        }
        if (!value.at) {
            source = "the environment";
            value = environment_value(environment, table[i].name);
        }
        if (!value.at) {
            source = "the configuration file";
            value = file_value(config, table[i].name);
        }
        if (!value.at) {
            source = "the defaults";
            value = text_z(table[i].fallback);
        }
        if (!set_value(arena, out, i, value, source, error))
            return false;
    }
    return true;
}
