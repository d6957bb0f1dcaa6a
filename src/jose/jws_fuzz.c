/* Any bytes as a token: parsing, claims and verification must end in an answer. */
#include "jose/jwt.h"

#include <stdlib.h>

static struct jose_key_set known;

static void make_keys(void)
{
    static const struct jose_key *keys[2];
    struct error error = {0};
    static struct arena *arena; /* kept, with the keys, to the end of the process */
    struct text secret = TEXT("0123456789abcdef0123456789abcdef");
    arena = arena_new(1 << 20);
    if (!arena || !jose_key_generate(arena, JOSE_ES256, &keys[0], &error) ||
        !jose_key_from_secret(arena, secret, TEXT("s"), &keys[1], &error))
        abort();
    known = (struct jose_key_set){keys, 2};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text token = {(const char *)data, size};
    struct jwt_expectation expectation = {.now = 1, .any_audience = true};
    struct error error = {0};
    struct jwt_claims claims;
    struct jws jws;
    if (known.len == 0)
        make_keys();
    struct arena *arena = arena_new(1 << 20);
    if (!arena)
        return 0;
    if (jws_parse(arena, token, &jws, &error) && jwt_parse_claims(arena, &jws, &claims, &error) &&
        jwt_check(&jws, &claims, &expectation, &error) && claims.expires_at <= 1)
        abort();
    error_clear(&error);
    if (jwt_verify(arena, &known, token, &expectation, &claims, &error) != !error_is_set(&error))
        abort();
    arena_free(arena);
    return 0;
}
