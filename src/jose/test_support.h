/*
 * What the tests of this folder share: an arena per test, keys, and tokens put together by hand, so
 * that they can be wrong in one way at a time.
 */
#ifndef JOSE_TEST_SUPPORT_H
#define JOSE_TEST_SUPPORT_H

#include "base/encoding.h"
#include "jose/jws.h"
#include "jose/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline int set_up_arena(void **state)
{
    *state = arena_new(16 << 20);
    return *state ? 0 : -1;
}

static inline int tear_down_arena(void **state)
{
    arena_free(*state);
    return 0;
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up_arena, tear_down_arena)

static inline const struct json *parse_json(struct arena *arena, const char *source)
{
    struct error error = {0};
    const struct json *value;
    if (!json_parse(arena, text_z(source), NULL, &value, &error))
        fail_msg("%s", error.message);
    return value;
}

static inline const struct jose_key *new_key(struct arena *arena, enum jose_algorithm algorithm)
{
    struct error error = {0};
    const struct jose_key *key;
    if (!jose_key_generate(arena, algorithm, &key, &error))
        fail_msg("%s", error.message);
    return key;
}

static inline const struct jose_key *parse_key(struct arena *arena, const char *jwk,
                                               enum jose_key_kind kind)
{
    struct error error = {0};
    const struct jose_key *key;
    if (!jose_key_parse_jwk(arena, parse_json(arena, jwk), kind, &key, &error))
        fail_msg("%s", error.message);
    return key;
}

/* header and payload as they are, signed with the key. */
static inline struct text forge_token(struct arena *arena, const struct jose_key *key,
                                      const char *header, const char *payload)
{
    struct error error = {0};
    struct signature signature;
    struct text input =
        text_format(arena, "%.*s.%.*s", TEXT_ARG(base64url_encode(arena, text_z(header))),
                    TEXT_ARG(base64url_encode(arena, text_z(payload))));
    if (!signature_make(key, input, &signature, &error))
        fail_msg("%s", error.message);
    struct text bytes = {(const char *)signature.bytes, signature.len};
    return text_format(arena, "%.*s.%.*s", TEXT_ARG(input),
                       TEXT_ARG(base64url_encode(arena, bytes)));
}

static inline void assert_text(struct text actual, const char *expected)
{
    if (!text_equal_z(actual, expected))
        fail_msg("\"%.*s\" is not \"%s\"", TEXT_ARG(actual), expected);
}

/* A call failed with this kind, and the sentence has this in it. */
static inline void assert_error(const struct error *error, enum error_kind kind, const char *part)
{
    if (error->kind != kind || !text_contains(text_z(error->message), text_z(part)))
        fail_msg("error %s \"%s\" is not %s with \"%s\"", error_code(error->kind), error->message,
                 error_code(kind), part);
}

#endif
