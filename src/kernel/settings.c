/* Settings from flags, environment and file, in this order. */
#include "kernel/settings.h"

#include <pthread.h>
#include <string.h>

enum { NAME_SIZE = 40, VARIABLE_SIZE = 64 };

static struct setting table[] = {
#define SETTING(kind, name, flag, fallback, argument, sentence)                                    \
    {flag, argument, fallback, sentence, SETTING_##kind},
#include "tables/settings.def"
#undef SETTING
};

/* Where each value goes. */
static const size_t offsets[] = {
#define SETTING(kind, name, flag, fallback, argument, sentence) offsetof(struct settings, name),
#include "tables/settings.def"
#undef SETTING
};

/* The table is written with names of C; from the first use on it has those of flags. */
static void name_flags(void)
{
    static char names[ARRAY_LENGTH(table)][NAME_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
        for (size_t j = 0; table[i].name[j] && j < NAME_SIZE - 1; j++)
            names[i][j] = table[i].name[j] == '_' ? '-' : table[i].name[j];
        table[i].name = names[i];
    }
}

const struct setting *settings_table(size_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, name_flags);
    *count = ARRAY_LENGTH(table);
    return table;
}

/* Names are compared with '-' and '_' alike. */
static bool names_setting(struct text given, const char *name)
{
    if (given.len != strlen(name))
        return false;
    for (size_t i = 0; i < given.len; i++) {
        char byte = given.at[i] == '_' ? '-' : given.at[i];
        if (byte != name[i])
            return false;
    }
    return true;
}

/* The row with that name; the length of the table when there is none. */
static size_t find_setting(struct text name)
{
    size_t index = 0;
    while (index < ARRAY_LENGTH(table) && !names_setting(name, table[index].name))
        index++;
    return index;
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

static const char *expected_of(enum setting_kind kind)
{
    switch (kind) {
    case SETTING_NUMBER: return "a number";
    case SETTING_DURATION: return "a time such as 90s, 15m, 10h or 7d";
    case SETTING_SWITCH: return "yes or no";
    case SETTING_TEXT: break;
    }
    return "usable";
}

static bool set_value(struct arena *arena, struct settings *settings, size_t index,
                      struct text value, const char *source, struct error *error)
{
    char *target = (char *)settings + offsets[index];
    bool good = true;
    switch (table[index].kind) {
    case SETTING_TEXT: *(struct text *)target = text_copy(arena, value); break;
    case SETTING_NUMBER:
        good = text_to_int64(value, (int64_t *)target) && *(int64_t *)target >= 0;
        break;
    case SETTING_DURATION: good = duration_parse(value, (int64_t *)target); break;
    case SETTING_SWITCH:
        *(bool *)target = text_equal(value, TEXT("yes"));
        good = *(bool *)target || text_equal(value, TEXT("no"));
        break;
    }
    if (arena_failed(arena))
        return error_set_no_memory(error);
    return good ||
           error_set(error, ERR_INVALID, "%s from %s: \"%.*s\" is not %s", table[index].name,
                     source, TEXT_ARG(value), expected_of(table[index].kind));
}

/* The next line of the file that says something, cut at its first equals sign. False at the end and
 * for a line without one, which sets the error. */
static bool next_line(struct text *config, int *number, struct text *name, struct text *value,
                      struct error *error)
{
    struct text line;
    while (text_next_part(config, '\n', &line)) {
        ++*number;
        line = text_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        size_t equals = text_find_byte(line, '=', 0);
        *name = text_trim(text_slice(line, 0, equals));
        *value = text_trim(text_slice(line, equals + 1, line.len));
        return equals < line.len ||
               error_set(error, ERR_INVALID, "configuration file, line %d: expected name = value",
                         *number);
    }
    return false;
}

/* What the file says, by the rows of the table; at == NULL where it says nothing. */
static bool read_file(struct text config, struct text *values, struct error *error)
{
    struct text name, value;
    int number = 0;
    while (next_line(&config, &number, &name, &value, error)) {
        size_t index = find_setting(name);
        if (index == ARRAY_LENGTH(table))
            return error_set(error, ERR_INVALID,
                             "configuration file, line %d: there is no setting \"%.*s\"", number,
                             TEXT_ARG(name));
        if (values[index].at)
            return error_set(error, ERR_INVALID,
                             "configuration file, line %d: \"%.*s\" was set before", number,
                             TEXT_ARG(name));
        values[index] = value.at ? value : TEXT("");
    }
    return !error_is_set(error);
}

static bool read_flags(const struct setting_value *flags, size_t count, struct text *values,
                       struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        size_t index = find_setting(flags[i].name);
        if (index == ARRAY_LENGTH(table))
            return error_set(error, ERR_INVALID, "there is no setting \"%.*s\"",
                             TEXT_ARG(flags[i].name));
        values[index] = flags[i].value.at ? flags[i].value : TEXT("");
    }
    return true;
}

static struct text environment_value(const char *(*environment)(const char *name), const char *name)
{
    char variable[VARIABLE_SIZE] = "GATEHOUSE_";
    size_t at = strlen(variable);
    for (size_t i = 0; name[i] && at < sizeof(variable) - 1; i++) {
        char byte = name[i] == '-' ? '_' : name[i];
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
    struct text from_flags[ARRAY_LENGTH(table)] = {{0}};
    struct text from_file[ARRAY_LENGTH(table)] = {{0}};
    size_t count;
    const struct setting *rows = settings_table(&count);
    if (!read_flags(flags, flag_count, from_flags, error) || !read_file(config, from_file, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct {
            const char *source;
            struct text value;
        } places[] = {
            {"the command line", from_flags[i]},
            {"the environment", environment_value(environment, rows[i].name)},
            {"the configuration file", from_file[i]},
            {"the defaults", text_z(rows[i].fallback)},
        };
        size_t place = 0;
        while (!places[place].value.at)
            place++;
        if (!set_value(arena, out, i, places[place].value, places[place].source, error))
            return false;
    }
    return true;
}
