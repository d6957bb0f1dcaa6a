/*
 * A program without a terminal, a network or a clock: its output is kept in memory, its server
 * answers from a list, and waiting takes no time.
 */
#ifndef CLI_TEST_SUPPORT_H
#define CLI_TEST_SUPPORT_H

#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One question the server expects, and its answer. */
struct exchange {
    const char *expected; /* must stand in the body of the request; NULL for anything */
    unsigned status;      /* 0: no answer */
    const char *body;
};

struct fake {
    struct cli cli;
    char *out, *err; /* what was written; valid after fake_run */
    size_t out_size, err_size;
    const struct exchange *exchanges;
    size_t exchange_count, next;
    int waits_left; /* then the person interrupts */
    char last_token[256];
    int ended_sessions; /* by the newest run; the questions need not list it */
};

#define EXCHANGE_TOKEN                                                                             \
    {                                                                                              \
        "apiKeyUser", 200, "{\"data\":{\"apiKeyUser\":{\"jwt\":\"a.b.c\"}}}"                       \
    }

static inline bool fake_transport(void *data, const struct api_request *request,
                                  struct arena *arena, struct api_answer *out, struct error *error)
{
    struct fake *fake = data;
    if (text_contains(request->body, TEXT("mutation EndSession"))) {
        fake->ended_sessions += text_equal_z(request->token, "a.b.c");
        *out = (struct api_answer){200, TEXT("{\"data\":{\"logout\":null}}")};
        return true;
    }
    if (fake->next == fake->exchange_count)
        fail_msg("a question too many: %.*s", TEXT_ARG(request->body));
    const struct exchange *exchange = &fake->exchanges[fake->next++];
    if (exchange->expected && !text_contains(request->body, text_z(exchange->expected)))
        fail_msg("no \"%s\" in %.*s", exchange->expected, TEXT_ARG(request->body));
    snprintf(fake->last_token, sizeof fake->last_token, "%.*s", TEXT_ARG(request->token));
    if (exchange->status == 0)
        return error_set(error, ERR_UNAVAILABLE, "could not connect to the server");
    *out = (struct api_answer){exchange->status, text_copy(arena, text_z(exchange->body))};
    return true;
}

static inline bool fake_wait(void *data, unsigned milliseconds)
{
    struct fake *fake = data;
    assert_true(milliseconds <= 2000);
    return fake->waits_left-- > 0;
}

/* Runs `gatehouse` with these words and compares how it ended. */
static inline void fake_run(struct fake *fake, const struct exchange *exchanges,
                            size_t exchange_count, int expected_code, int count,
                            const char *const *words)
{
    char *copies[32] = {0};
    char program[] = "gatehouse";
    fake->exchanges = exchanges;
    fake->exchange_count = exchange_count;
    fake->next = 0;
    fake->ended_sessions = 0;
    fake->cli.out = open_memstream(&fake->out, &fake->out_size);
    fake->cli.err = open_memstream(&fake->err, &fake->err_size);
    fake->cli.transport = fake_transport;
    fake->cli.transport_data = fake;
    fake->cli.wait = fake_wait;
    copies[0] = program;
    for (int i = 0; i < count; i++)
        copies[i + 1] = strdup(words[i]);
    int code = cli_run(&fake->cli, count + 1, copies);
    for (int i = 0; i < count; i++)
        free(copies[i + 1]);
    fclose(fake->cli.out);
    fclose(fake->cli.err);
    if (code != expected_code)
        fail_msg("exit code %d, not %d; it said: %s%s", code, expected_code, fake->out, fake->err);
    if (fake->next != exchange_count)
        fail_msg("%zu of %zu questions were asked", fake->next, exchange_count);
}

/* FAKE_RUN(&fake, exchanges, code, "stack", "list") */
#define FAKE_RUN(fake, exchanges, code, ...)                                                       \
    do {                                                                                           \
        const char *const words[] = {__VA_ARGS__};                                                 \
        fake_run((fake), (exchanges), ARRAY_LENGTH(exchanges), (code), (int)ARRAY_LENGTH(words),   \
                 words);                                                                           \
    } while (0)
/* The same where no server is asked. */
#define FAKE_RUN_ALONE(fake, code, ...)                                                            \
    do {                                                                                           \
        const char *const words[] = {__VA_ARGS__};                                                 \
        fake_run((fake), NULL, 0, (code), (int)ARRAY_LENGTH(words), words);                        \
    } while (0)

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %s", part, text);
}

/* A folder of its own without keys, and no variables that would change what is tested. */
static inline int set_up_fake(void **state)
{
    static const char *const variables[] = {
        "GATEHOUSE_URL",        "GATEHOUSE_API_KEY_ID",       "GATEHOUSE_API_KEY_SECRET",
        "SPACELIFT_API_KEY_ID", "SPACELIFT_API_KEY_ENDPOINT", "SPACELIFT_API_KEY_SECRET",
    };
    struct fake *fake = calloc(1, sizeof *fake);
    char folder[] = "/tmp/gatehouse_cli_XXXXXX";
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
        unsetenv(variables[i]);
    setenv("GATEHOUSE_API_KEY_ID", "ID", 1);
    setenv("GATEHOUSE_API_KEY_SECRET", "SECRET", 1);
    *state = fake;
    return fake && mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int tear_down_fake(void **state)
{
    struct fake *fake = *state;
    char folder[256];
    bool left = getcwd(folder, sizeof folder) && chdir("/") == 0 && rmdir(folder) == 0;
    free(fake->out);
    free(fake->err);
    free(fake);
    return left ? 0 : -1;
}

/* What an earlier run of the same test wrote. */
static inline void fake_forget(struct fake *fake)
{
    free(fake->out);
    free(fake->err);
    fake->out = fake->err = NULL;
}

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, set_up_fake, tear_down_fake)

#endif
