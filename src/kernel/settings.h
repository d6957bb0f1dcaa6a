/*
 * The settings of a server, from flags, environment, configuration file and defaults, read once at
 * start and never changed. tables/settings.def is the list; the struct, the flags, the help text
 * and the manual are made from it.
 */
#ifndef KERNEL_SETTINGS_H
#define KERNEL_SETTINGS_H

#include "base/error.h"

#define SETTING_TYPE_TEXT     struct text
#define SETTING_TYPE_NUMBER   int64_t
#define SETTING_TYPE_DURATION int64_t /* microseconds */
#define SETTING_TYPE_SWITCH   bool

struct settings {
#define SETTING(kind, name, flag, fallback, argument, sentence) SETTING_TYPE_##kind name;
#include "tables/settings.def"
#undef SETTING
};

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_DURATION, SETTING_SWITCH };

/* One row of the table, for flags and help. */
struct setting {
    const char *name;     /* as a flag: "tls-certificate" */
    const char *argument; /* "FILE" */
    const char *fallback;
    const char *sentence;
    enum setting_kind kind;
};

const struct setting *settings_table(size_t *count);

/* One given value, by the flag's name. */
struct setting_value {
    struct text name;
    struct text value;
};

/* config: content of the configuration file, empty for none. environment: looks a variable up, NULL
 * when unset. The error names the setting and where the value came from. All texts are copied.
 * Unknown names are refused, and a name that the file sets twice. */
MUST_CHECK bool settings_read(struct arena *arena, const struct setting_value *flags,
                              size_t flag_count, struct text config,
                              const char *(*environment)(const char *name), struct settings *out,
                              struct error *error);

/* "90s", "15m", "10h", "7d" or plain seconds, in microseconds. */
MUST_CHECK bool duration_parse(struct text text, int64_t *out);

#endif
