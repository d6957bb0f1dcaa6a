/* Settings: where each value may come from, which wins, and what is refused. */
#include "kernel/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = arena_new(1 << 20);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const char *no_environment(const char *name)
{
    UNUSED(name);
    return NULL;
}

static const char *some_environment(const char *name)
{
    if (strcmp(name, "GATEHOUSE_LISTEN") == 0)
        return "from environment";
    if (strcmp(name, "GATEHOUSE_REQUEST_TIMEOUT") == 0)
        return "20s";
    if (strcmp(name, "GATEHOUSE_TLS_CERTIFICATE") == 0)
        return "environment.pem";
    return NULL;
}

static struct setting_value one_flag(const char *name, const char *value)
{
    return (struct setting_value){text_z(name), text_z(value)};
}

static void read_good(struct arena *arena, const struct setting_value *flags, size_t count,
                      const char *config, const char *(*environment)(const char *),
                      struct settings *out)
{
    struct error error = {0};
    if (!settings_read(arena, flags, count, text_z(config), environment, out, &error))
        fail_msg("%s", error.message);
}

static void assert_text(struct text actual, const char *expected)
{
    if (!text_equal_z(actual, expected))
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(actual), expected);
}

static void defaults_are_those_of_the_table(void **state)
{
    struct settings settings;
    read_good(*state, NULL, 0, "", no_environment, &settings);
    assert_text(settings.listen, "127.0.0.1:8088");
    assert_text(settings.data, "./data");
    assert_text(settings.database, "");
    assert_int_equal(settings.max_body, 4194304);
    assert_int_equal(settings.api_key_token_lifetime, INT64_C(36000000000));
    assert_int_equal(settings.signing_key_lifetime, INT64_C(7776000000000));
    read_good(*state, NULL, 0, "", NULL, &settings);
    assert_text(settings.account, "gatehouse");
}

static void flag_beats_environment_beats_file_beats_default(void **state)
{
    struct settings settings;
    const struct setting_value flag = one_flag("listen", "from flag");
    const char *config = "listen = from file\nrequest-timeout = 30s\nmax-body = 1000\n";
    read_good(*state, &flag, 1, config, some_environment, &settings);
    assert_text(settings.listen, "from flag");
    assert_int_equal(settings.request_timeout, INT64_C(20000000));
    assert_int_equal(settings.max_body, 1000);
    assert_int_equal(settings.answer_timeout, INT64_C(60000000));
    read_good(*state, NULL, 0, config, some_environment, &settings);
    assert_text(settings.listen, "from environment");
    read_good(*state, NULL, 0, config, no_environment, &settings);
    assert_text(settings.listen, "from file");
}

static void of_a_flag_given_twice_the_last_counts(void **state)
{
    struct settings settings;
    const struct setting_value flags[] = {one_flag("data", "a"), one_flag("data", "b")};
    read_good(*state, flags, 2, "", no_environment, &settings);
    assert_text(settings.data, "b");
}

static void an_empty_value_is_a_value(void **state)
{
    struct settings settings;
    const struct setting_value flag = one_flag("listen", "");
    read_good(*state, &flag, 1, "", some_environment, &settings);
    assert_text(settings.listen, "");
}

static void names_take_dashes_and_underscores(void **state)
{
    struct settings settings;
    const struct setting_value flags[] = {one_flag("tls-certificate", "a.pem"),
                                          one_flag("tls_key", "b.pem")};
    read_good(*state, flags, 2, "trusted_proxies = 10.0.0.0/8\nlog-level=debug", no_environment,
              &settings);
    assert_text(settings.tls_certificate, "a.pem");
    assert_text(settings.tls_key, "b.pem");
    assert_text(settings.trusted_proxies, "10.0.0.0/8");
    assert_text(settings.log_level, "debug");
    read_good(*state, NULL, 0, "", some_environment, &settings);
    assert_text(settings.tls_certificate, "environment.pem");
}

static void a_file_has_comments_blanks_and_values_with_equals_signs(void **state)
{
    struct settings settings;
    read_good(*state, NULL, 0,
              "# listen = commented\r\n"
              "\r\n"
              "   database   =   postgres://host/db?sslmode=require   \r\n"
              "account = name # with a number sign\n",
              no_environment, &settings);
    assert_text(settings.listen, "127.0.0.1:8088");
    assert_text(settings.database, "postgres://host/db?sslmode=require");
    assert_text(settings.account, "name # with a number sign");
}

static void values_are_copied(void **state)
{
    struct settings settings;
    char value[] = "folder";
    const struct setting_value flag = one_flag("data", value);
    read_good(*state, &flag, 1, "", no_environment, &settings);
    memset(value, 'x', sizeof(value) - 1);
    assert_text(settings.data, "folder");
}

static void assert_refused(struct arena *arena, const struct setting_value *flag,
                           const char *config, const char *part)
{
    struct settings settings;
    struct error error = {0};
    if (settings_read(arena, flag, flag != NULL, text_z(config), no_environment, &settings, &error))
        fail_msg("\"%s\" was taken", flag ? flag->value.at : config);
    assert_int_equal(error.kind, ERR_INVALID);
    if (!strstr(error.message, part))
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
}

static void bad_values_name_the_setting_and_the_source(void **state)
{
    static const struct {
        const char *name, *value, *part;
    } cases[] = {
        {"max-body", "many", "max-body from the command line: \"many\" is not a number"},
        {"max-body", "-1", "is not a number"},
        {"max-body", "1.5", "is not a number"},
        {"max-body", "", "is not a number"},
        {"max-body", "99999999999999999999", "is not a number"},
        {"lease", "30 s", "\"30 s\" is not a time such as 90s, 15m, 10h or 7d"},
        {"lease", "-3s", "is not a time"},
        {"lease", "s", "is not a time"},
        {"lease", "1w", "is not a time"},
        {"lease", "9223372036854775807d", "is not a time"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct setting_value flag = one_flag(cases[i].name, cases[i].value);
        assert_refused(*state, &flag, "", cases[i].part);
    }
    assert_refused(*state, NULL, "max-body = x", "max-body from the configuration file");
}

static void unknown_names_are_refused_with_their_place(void **state)
{
    assert_refused(*state, NULL, "listen = a\n\n# x\nlissten = b",
                   "configuration file, line 4: there is no setting \"lissten\"");
    assert_refused(*state, NULL, "listen", "configuration file, line 1: expected name = value");
    assert_refused(*state, NULL, "= x", "there is no setting \"\"");
    assert_refused(*state, NULL, "listen = a\nlisten = b",
                   "configuration file, line 2: \"listen\" was set before");
    const struct setting_value flag = one_flag("lissten", "b");
    assert_refused(*state, &flag, "", "there is no setting \"lissten\"");
}

static void durations_have_units(void **state)
{
    UNUSED(state);
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {{"0", 0}, {"90", 90}, {"90s", 90}, {"15m", 900}, {"10h", 36000}, {"7d", 604800}};
    int64_t parsed;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_true(duration_parse(text_z(cases[i].text), &parsed));
        assert_int_equal(parsed, cases[i].seconds * 1000000);
    }
    assert_false(duration_parse(TEXT(""), &parsed));
    assert_false(duration_parse(TEXT("10hh"), &parsed));
}

/* What help and the manual print is what a flag is called. */
static void the_table_has_every_setting_with_its_flag(void **state)
{
    UNUSED(state);
    size_t count;
    const struct setting *table = settings_table(&count);
    assert_true(count >= 38);
    for (size_t i = 0; i < count; i++) {
        assert_null(strchr(table[i].name, '_'));
        assert_true(*table[i].argument && *table[i].sentence);
    }
    assert_string_equal(table[5].name, "tls-certificate");
}

static void running_out_of_memory_is_an_error(void **state)
{
    UNUSED(state);
    struct arena *arena = arena_new(1 << 12);
    struct settings settings;
    struct error error = {0};
    arena_fail_after(arena, 0);
    assert_false(settings_read(arena, NULL, 0, TEXT(""), no_environment, &settings, &error));
    assert_int_equal(error.kind, ERR_NO_MEMORY);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(defaults_are_those_of_the_table),
        WITH_ARENA(flag_beats_environment_beats_file_beats_default),
        WITH_ARENA(of_a_flag_given_twice_the_last_counts),
        WITH_ARENA(an_empty_value_is_a_value),
        WITH_ARENA(names_take_dashes_and_underscores),
        WITH_ARENA(a_file_has_comments_blanks_and_values_with_equals_signs),
        WITH_ARENA(values_are_copied),
        WITH_ARENA(bad_values_name_the_setting_and_the_source),
        WITH_ARENA(unknown_names_are_refused_with_their_place),
        WITH_ARENA(durations_have_units),
        WITH_ARENA(the_table_has_every_setting_with_its_flag),
        WITH_ARENA(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
