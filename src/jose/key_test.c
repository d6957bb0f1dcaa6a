/* Keys: generation, PEM and DER, JWK, thumbprints, sets, and everything import refuses. */
#include "jose/test_support.h"

#define RFC7638_N                                                                                  \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"      \
    "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-"              \
    "65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"   \
    "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define P256_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define P256_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define P256_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define ED_X   "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_D   "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"

static void thumbprints_of_the_rfcs(void **state)
{
    const struct jose_key *key = parse_key(
        *state, "{\"kty\":\"RSA\",\"n\":\"" RFC7638_N "\",\"e\":\"AQAB\",\"alg\":\"RS256\"}",
        JOSE_KEY_PUBLIC);
    assert_text(jose_key_id(key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_int_equal(jose_key_algorithm(key), JOSE_RS256);
    key = parse_key(*state, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}",
                    JOSE_KEY_PUBLIC);
    assert_text(jose_key_id(key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

static struct text print_jwk(struct arena *arena, const struct jose_key *key)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, arena, 8192);
    json_writer_init(&writer, &buffer);
    jose_key_print_jwk(key, &writer);
    return buffer_text(&buffer);
}

/* A message signed by one is accepted by the other. */
static void assert_same_pair(const struct jose_key *signer, const struct jose_key *verifier)
{
    struct error error = {0};
    struct signature signature;
    assert_true(signature_make(signer, TEXT("message"), &signature, &error));
    struct text bytes = {(const char *)signature.bytes, signature.len};
    assert_true(signature_is_valid(verifier, TEXT("message"), bytes));
    assert_false(signature_is_valid(verifier, TEXT("massage"), bytes));
    signature.bytes[signature.len / 2] ^= 1;
    assert_false(signature_is_valid(verifier, TEXT("message"), bytes));
}

static void check_round_trips(struct arena *arena, enum jose_algorithm algorithm)
{
    struct error error = {0};
    const struct jose_key *key = new_key(arena, algorithm), *again, *public_half;
    struct text printed;
    assert_true(jose_key_can_sign(key));
    assert_same_pair(key, key);
    assert_true(jose_key_print_private_pem(key, arena, &printed, &error));
    assert_true(jose_key_parse_pem(arena, printed, algorithm, &again, &error));
    assert_same_pair(again, key);
    assert_true(jose_key_print_private_der(key, arena, &printed, &error));
    assert_true(jose_key_parse_der(arena, printed, algorithm, &again, &error));
    assert_same_pair(key, again);
    assert_true(text_equal(jose_key_id(key), jose_key_id(again)));
    assert_true(jose_key_print_public_pem(key, arena, &printed, &error));
    assert_true(jose_key_parse_pem(arena, printed, algorithm, &public_half, &error));
    assert_same_pair(key, public_half);
    assert_true(jose_key_print_public_der(key, arena, &printed, &error));
    assert_true(jose_key_parse_der(arena, printed, algorithm, &public_half, &error));
    assert_false(jose_key_can_sign(public_half));
    assert_false(jose_key_print_private_der(public_half, arena, &printed, &error));
    assert_error(&error, ERR_INVALID, "no private part");
    error_clear(&error);
    printed = print_jwk(arena, key);
    assert_false(text_contains(printed, TEXT("\"d\"")));
    public_half = parse_key(arena, text_terminated(arena, printed), JOSE_KEY_PUBLIC);
    assert_same_pair(key, public_half);
    assert_int_equal(jose_key_algorithm(public_half), algorithm);
}

static void round_trips(void **state)
{
    static const enum jose_algorithm algorithms[] = {JOSE_ES256, JOSE_ES384, JOSE_ES512,
                                                     JOSE_EDDSA, JOSE_RS256, JOSE_PS512};
    for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++)
        check_round_trips(*state, algorithms[i]);
}

static void private_jwks(void **state)
{
    const struct jose_key *key =
        parse_key(*state,
                  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\",\"y\":\"" P256_Y
                  "\",\"d\":\"" P256_D "\",\"key_ops\":[\"sign\"],\"kid\":\"mine\"}",
                  JOSE_KEY_PRIVATE);
    assert_true(jose_key_can_sign(key));
    assert_text(jose_key_id(key), "mine");
    assert_same_pair(key, key);
    key = parse_key(*state,
                    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\",\"d\":\"" ED_D "\"}",
                    JOSE_KEY_PRIVATE);
    assert_same_pair(key, key);
}

struct refusal {
    const char *jwk;
    enum jose_key_kind kind;
    const char *part; /* of the sentence */
};

static void assert_refused(struct arena *arena, const struct refusal *refusal)
{
    struct error error = {0};
    const struct jose_key *key;
    if (jose_key_parse_jwk(arena, parse_json(arena, refusal->jwk), refusal->kind, &key, &error))
        fail_msg("accepted: %s", refusal->jwk);
    assert_error(&error, ERR_INVALID, refusal->part);
}

#define EC_KEY(more) "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\"," more "}"
#define RSA_KEY(n)   "{\"kty\":\"RSA\",\"n\":\"" n "\",\"e\":\"AQAB\"}"

static void refused_jwks(void **state)
{
    static const struct refusal refusals[] = {
        {"[]", JOSE_KEY_PUBLIC, "object"},
        {"{}", JOSE_KEY_PUBLIC, "algorithm"},
        {EC_KEY("\"y\":\"" P256_X "\""), JOSE_KEY_PUBLIC, "valid key"}, /* off the curve */
        {EC_KEY("\"y\":\"" P256_Y "\",\"d\":\"" P256_D "\""), JOSE_KEY_PUBLIC, "private member"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"d\":\"" ED_D "\""), JOSE_KEY_PRIVATE, "valid key"},
        {EC_KEY("\"y\":\"" P256_Y "\""), JOSE_KEY_PRIVATE, "\"d\""},
        {EC_KEY("\"y\":\"" P256_Y "=\""), JOSE_KEY_PUBLIC, "\"y\""},
        {EC_KEY("\"y\":\"AA\""), JOSE_KEY_PUBLIC, "\"y\""},
        {EC_KEY("\"y\":7"), JOSE_KEY_PUBLIC, "\"y\""},
        {EC_KEY("\"y\":\"" P256_Y "\",\"alg\":\"ES384\""), JOSE_KEY_PUBLIC, "\"crv\""},
        {EC_KEY("\"y\":\"" P256_Y "\",\"alg\":\"RS256\""), JOSE_KEY_PUBLIC, "\"kty\""},
        {EC_KEY("\"y\":\"" P256_Y "\",\"alg\":\"none\""), JOSE_KEY_PUBLIC, "not supported"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"alg\":\"HS256\""), JOSE_KEY_PUBLIC, "\"kty\""},
        {EC_KEY("\"y\":\"" P256_Y "\",\"alg\":7"), JOSE_KEY_PUBLIC, "not supported"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"use\":\"enc\""), JOSE_KEY_PUBLIC, "signatures"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"key_ops\":[\"sign\"]"), JOSE_KEY_PUBLIC, "signatures"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"key_ops\":\"verify\""), JOSE_KEY_PUBLIC, "signatures"},
        {EC_KEY("\"y\":\"" P256_Y "\",\"kid\":\"\""), JOSE_KEY_PUBLIC, "\"kid\""},
        {RSA_KEY("AQAB"), JOSE_KEY_PUBLIC, "bits"},
        {RSA_KEY("AA" RFC7638_N), JOSE_KEY_PUBLIC, "\"n\""},
        {"{\"kty\":\"RSA\",\"n\":\"" RFC7638_N "\",\"e\":\"AQ\"}", JOSE_KEY_PUBLIC, "exponent"},
        {"{\"kty\":\"RSA\",\"n\":\"" RFC7638_N "\",\"e\":\"Ag\"}", JOSE_KEY_PUBLIC, "exponent"},
        {"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED_X "\"}", JOSE_KEY_PUBLIC, "supported"},
        {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" P256_X "\",\"d\":\"" ED_D "\"}",
         JOSE_KEY_PRIVATE, "\"x\""},
        {"{\"kty\":\"oct\",\"k\":\"" P256_X "\"}", JOSE_KEY_PUBLIC, "\"kty\""},
        {"{\"kty\":\"oct\",\"k\":\"AQAB\"}", JOSE_KEY_SECRET, "32 bytes"},
        {EC_KEY("\"y\":\"" P256_Y "\""), JOSE_KEY_SECRET, "\"kty\""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
        assert_refused(*state, &refusals[i]);
}

static void refused_pem_and_der(void **state)
{
    struct error error = {0};
    const struct jose_key *key = new_key(*state, JOSE_ES256), *again;
    struct text pem, der;
    assert_true(jose_key_print_private_pem(key, *state, &pem, &error));
    assert_false(jose_key_parse_pem(*state, pem, JOSE_ES384, &again, &error));
    assert_error(&error, ERR_INVALID, "curve");
    error_clear(&error);
    assert_false(jose_key_parse_pem(*state, pem, JOSE_RS256, &again, &error));
    assert_error(&error, ERR_INVALID, "type of the key");
    error_clear(&error);
    assert_false(jose_key_parse_pem(*state, TEXT("hello"), JOSE_ES256, &again, &error));
    assert_error(&error, ERR_INVALID, "no PEM");
    error_clear(&error);
    assert_false(jose_key_parse_pem(
        *state, TEXT("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), JOSE_ES256,
        &again, &error));
    assert_error(&error, ERR_INVALID, "BEGIN");
    error_clear(&error);
    assert_true(jose_key_print_private_der(key, *state, &der, &error));
    struct text longer = text_format(*state, "%.*s", 0, "");
    char *bytes = arena_alloc(*state, der.len + 1);
    memcpy(bytes, der.at, der.len);
    longer = (struct text){bytes, der.len + 1};
    assert_false(jose_key_parse_der(*state, longer, JOSE_ES256, &again, &error));
    assert_error(&error, ERR_INVALID, "PKCS#8");
    error_clear(&error);
    assert_false(
        jose_key_parse_der(*state, text_slice(der, 0, der.len - 1), JOSE_ES256, &again, &error));
}

#define ED_KEY(more)  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"" more "}"
#define OCT_KEY(more) "{\"kty\":\"oct\",\"k\":\"" P256_X "\"" more "}"

static bool parse_set(struct arena *arena, const char *source, enum jose_key_kind kind,
                      struct jose_key_set *set, struct error *error)
{
    error_clear(error);
    return jose_key_set_parse(arena, text_z(source), kind, set, error);
}

static void sets(void **state)
{
    struct error error = {0};
    struct jose_key_set set;
    assert_true(parse_set(
        *state,
        "{\"keys\":[" EC_KEY("\"y\":\"" P256_Y "\",\"kid\":\"one\"") "," ED_KEY(
            ",\"kid\":\"two\"") ","
                                "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"alg\":\"ES256K\"},"
                                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"use\":\"enc\"},"
                                "{\"kty\":\"new\"}]}",
        JOSE_KEY_PUBLIC, &set, &error));
    assert_int_equal(set.len, 2);
    assert_int_equal(jose_key_algorithm(jose_key_set_find(&set, TEXT("two"))), JOSE_EDDSA);
    assert_null(jose_key_set_find(&set, TEXT("three")));
}

static void refused_sets(void **state)
{
    static const struct refusal refusals[] = {
        {"{\"keys\":[]}", JOSE_KEY_PUBLIC, "no usable"},
        {"{\"keys\":{}}", JOSE_KEY_PUBLIC, "array"},
        {"[]", JOSE_KEY_PUBLIC, "array"},
        {"{\"keys\":[" ED_KEY("") "," OCT_KEY("") "]}", JOSE_KEY_PUBLIC, "either"},
        {"{\"keys\":[" OCT_KEY("") "," ED_KEY("") "]}", JOSE_KEY_SECRET, "either"},
        {"{\"keys\":[" ED_KEY(",\"kid\":\"a\"") "," EC_KEY("\"y\":\"" P256_Y
                                                           "\",\"kid\":\"a\"") "]"
                                                                               "}",
         JOSE_KEY_PUBLIC, "same id"},
        {"{\"keys\":[" EC_KEY("\"y\":\"" P256_X "\"") "]}", JOSE_KEY_PUBLIC, "valid key"},
        {"{\"keys\":[" ED_KEY(",\"d\":\"" ED_D "\"") "]}", JOSE_KEY_PUBLIC, "private member"},
    };
    struct error error = {0};
    struct jose_key_set set;
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        assert_false(parse_set(*state, refusals[i].jwk, refusals[i].kind, &set, &error));
        assert_error(&error, ERR_INVALID, refusals[i].part);
    }
    assert_false(parse_set(*state, "{\"keys\":[],\"keys\":[]}", JOSE_KEY_PUBLIC, &set, &error));
    assert_false(parse_set(*state, "{", JOSE_KEY_PUBLIC, &set, &error));
}

static void bounded_sets(void **state)
{
    struct buffer buffer;
    struct error error = {0};
    struct jose_key_set set;
    buffer_init(&buffer, *state, 65536);
    buffer_add(&buffer, TEXT("{\"keys\":["));
    for (int i = 0; i <= JOSE_KEY_SET_MAX; i++)
        buffer_add_format(&buffer, "%s" ED_KEY(",\"kid\":\"%d\""), i ? "," : "", i);
    buffer_add(&buffer, TEXT("]}"));
    assert_false(jose_key_set_parse(*state, buffer_text(&buffer), JOSE_KEY_PUBLIC, &set, &error));
    assert_error(&error, ERR_TOO_LARGE, "64 keys");
}

static void printed_sets_parse(void **state)
{
    struct error error = {0};
    struct buffer buffer;
    struct json_writer writer;
    const struct jose_key *secret;
    assert_true(jose_key_from_secret(*state, TEXT("0123456789abcdef0123456789abcdef"), TEXT("s"),
                                     &secret, &error));
    const struct jose_key *keys[] = {new_key(*state, JOSE_ES256), secret,
                                     new_key(*state, JOSE_EDDSA)};
    struct jose_key_set set = {keys, ARRAY_LENGTH(keys)}, again;
    buffer_init(&buffer, *state, 8192);
    json_writer_init(&writer, &buffer);
    jose_key_set_print(&set, &writer);
    assert_true(jose_key_set_parse(*state, buffer_text(&buffer), JOSE_KEY_PUBLIC, &again, &error));
    assert_int_equal(again.len, 2);
    assert_non_null(jose_key_set_find(&again, jose_key_id(keys[2])));
}

/* Without memory at any point: an error, no leak, no crash. */
static void without_memory(void **state)
{
    static const char jwk[] = EC_KEY("\"y\":\"" P256_Y "\"");
    const struct json *value = parse_json(*state, jwk);
    bool done = false;
    for (int64_t allocations = 0; !done && allocations < 100; allocations++) {
        struct arena *arena = arena_new(1 << 20);
        struct error error = {0};
        const struct jose_key *key;
        arena_fail_after(arena, allocations);
        done = jose_key_parse_jwk(arena, value, JOSE_KEY_PUBLIC, &key, &error);
        assert_true(done || error.kind == ERR_NO_MEMORY);
        arena_free(arena);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(thumbprints_of_the_rfcs),
        WITH_ARENA(round_trips),
        WITH_ARENA(private_jwks),
        WITH_ARENA(refused_jwks),
        WITH_ARENA(refused_pem_and_der),
        WITH_ARENA(sets),
        WITH_ARENA(refused_sets),
        WITH_ARENA(bounded_sets),
        WITH_ARENA(printed_sets_parse),
        WITH_ARENA(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
