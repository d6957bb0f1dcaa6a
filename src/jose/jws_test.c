/* JWS: the vectors of the RFCs, and the known attacks on compact tokens. */
#include "jose/test_support.h"

#define RFC7515_PAYLOAD                                                                            \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"

/* One key in a set. */
static bool verify_with(struct arena *arena, const struct jose_key *key, struct text token,
                        struct jws *jws, struct error *error)
{
    struct jose_key_set set = {&key, 1};
    error_clear(error);
    return jws_parse(arena, token, jws, error) && jws_verify(jws, jws_find_key(jws, &set), error);
}

static void assert_refused(struct arena *arena, const struct jose_key *key, struct text token,
                           const char *part)
{
    struct error error = {0};
    struct jws jws;
    if (verify_with(arena, key, token, &jws, &error))
        fail_msg("accepted: %.*s", TEXT_ARG(token));
    assert_error(&error, ERR_UNAUTHENTICATED, part);
}

struct vector {
    const char *jwk;
    enum jose_key_kind kind;
    const char *token;
};

static void vectors_of_the_rfcs(void **state)
{
    static const struct vector vectors[] = {
        /* RFC 7515, A.1 */
        {"{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"
         "aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}",
         JOSE_KEY_SECRET,
         "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." RFC7515_PAYLOAD
         ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
        /* RFC 7515, A.3 */
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
         "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
         JOSE_KEY_PUBLIC,
         "eyJhbGciOiJFUzI1NiJ9." RFC7515_PAYLOAD
         ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-"
         "Kg6NU1Q"},
        /* RFC 8037, A.4 */
        {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
         "\"}",
         JOSE_KEY_PUBLIC,
         "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
         "09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(vectors); i++) {
        struct error error = {0};
        struct jws jws;
        const struct jose_key *key = parse_key(*state, vectors[i].jwk, vectors[i].kind);
        if (!verify_with(*state, key, text_z(vectors[i].token), &jws, &error))
            fail_msg("vector %zu: %s", i, error.message);
    }
}

/* RFC 8037, A.4: Ed25519 is deterministic. */
static void signs_as_the_rfc(void **state)
{
    const struct jose_key *key = parse_key(*state,
                                           "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
                                           "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
                                           "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
                                           JOSE_KEY_PRIVATE);
    struct text token =
        forge_token(*state, key, "{\"alg\":\"EdDSA\"}", "Example of Ed25519 signing");
    assert_text(token,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPO"
                "t7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

static void signs_and_verifies(void **state)
{
    struct error error = {0};
    struct jws jws;
    struct text token;
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    assert_true(jws_sign(*state, key, TEXT("JWT"), TEXT("{\"a\":1}"), &token, &error));
    assert_true(verify_with(*state, key, token, &jws, &error));
    assert_text(jws.payload, "{\"a\":1}");
    assert_text(jws.type, "JWT");
    assert_true(text_equal(jws.key_id, jose_key_id(key)));
    assert_refused(*state, new_key(*state, JOSE_ES256), token, "not known");
}

static void size_limits(void **state)
{
    struct error error = {0};
    struct text token;
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    char *bytes = arena_alloc(*state, JWS_MAX_BYTES + 1);
    memset(bytes, 'A', JWS_MAX_BYTES + 1);
    struct text large = {bytes, JWS_MAX_BYTES + 1};
    assert_refused(*state, key, large, "too long");
    large.len = JWS_MAX_BYTES;
    assert_refused(*state, key, large, "three parts");
    assert_false(jws_sign(*state, key, TEXT(""), large, &token, &error));
    assert_error(&error, ERR_TOO_LARGE, "16384 bytes");
    bytes[JWS_MAX_HEADER_BYTES + 1] = '.';
    bytes[JWS_MAX_HEADER_BYTES + 3] = '.';
    assert_refused(*state, key, large, "header");
}

static void malformed_tokens(void **state)
{
    static const struct {
        const char *token, *part;
    } cases[] = {
        {"", "three parts"},
        {"a", "three parts"},
        {"a.b", "three parts"},
        {"a.b.c.d", "three parts"},
        {"..", "header"},
        {"e30.e30.AA", "algorithm"}, /* {} */
        {"W10.e30.AA", "header"},    /* [] */
        {"eyJhbGciOiJFUzI1NiJ9..A", "base64url"},
        {"eyJhbGciOiJFUzI1NiJ9.e31.AA", "base64url"}, /* stray bits */
        {"eyJhbGciOiJFUzI1NiJ9.e30=.AA", "base64url"},
        {"eyJhbGciOiJFUzI1NiJ9.e30.A/", "base64url"},
        {"eyJhbGciOiJFUzI1NiJ9.e30.", "signature"},
        {"eyJhbGciOiJFUzI1NiJ9 .e30.AA", "header"},
        {"eyJhbGciOiJub25lIn0.e30.", "algorithm"}, /* none */
        {"{\"payload\":\"e30\",\"signature\":\"AA\"}", "three parts"},
    };
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_refused(*state, key, text_z(cases[i].token), cases[i].part);
}

static void forged_headers(void **state)
{
    static const struct {
        const char *header, *part;
    } cases[] = {
        {"{\"alg\":\"none\"}", "not accepted"},
        {"{\"alg\":\"None\"}", "not accepted"},
        {"{\"alg\":\"es256\"}", "not accepted"},
        {"{\"alg\":256}", "not accepted"},
        {"{\"kid\":\"k\"}", "not accepted"},
        {"{\"alg\":\"ES384\"}", "not known"},
        {"{\"alg\":\"ES256\",\"alg\":\"none\"}", "malformed"},
        {"{\"alg\":\"ES256\",\"kid\":7}", "malformed"},
        {"{\"alg\":\"ES256\",\"typ\":{}}", "malformed"},
        {"{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", "crit"},
        {"{\"alg\":\"ES256\",\"crit\":[]}", "crit"},
        {"{\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}", "crit"},
        {"{\"alg\":\"ES256\",\"kid\":\"../../etc/passwd\"}", "not known"},
        {"{\"alg\":\"ES256\",\"kid\":\"' OR 1=1\"}", "not known"},
        {"{\"alg\":\"ES256\"} ", NULL}, /* blanks around a header are fine */
    };
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct text token = forge_token(*state, key, cases[i].header, "{}");
        struct error error = {0};
        struct jws jws;
        if (cases[i].part)
            assert_refused(*state, key, token, cases[i].part);
        else
            assert_true(verify_with(*state, key, token, &jws, &error));
    }
}

/* The classic: a public key, known to all, used as the secret of an HMAC. */
static void algorithm_confusion(void **state)
{
    static const enum jose_algorithm algorithms[] = {JOSE_RS256, JOSE_ES256};
    for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++) {
        struct error error = {0};
        const struct jose_key *key = new_key(*state, algorithms[i]), *secret;
        struct text pem;
        assert_true(jose_key_print_public_pem(key, *state, &pem, &error));
        assert_true(jose_key_from_secret(*state, pem, TEXT(""), &secret, &error));
        struct text token = forge_token(*state, secret, "{\"alg\":\"HS256\"}", "{}");
        assert_refused(*state, key, token, "not known");
        struct text id = jose_key_id(key);
        token = forge_token(
            *state, secret,
            text_terminated(
                *state, text_format(*state, "{\"alg\":\"HS256\",\"kid\":\"%.*s\"}", TEXT_ARG(id))),
            "{}");
        assert_refused(*state, key, token, "not the one of its key");
    }
}

/* A key that the token brings along, or says where to get, is never used. */
static void injected_keys(void **state)
{
    const struct jose_key *key = new_key(*state, JOSE_ES256),
                          *foreign = new_key(*state, JOSE_ES256);
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, *state, 4096);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_member_string(&writer, "alg", TEXT("ES256"));
    json_key_z(&writer, "jwk");
    jose_key_print_jwk(foreign, &writer);
    json_end_object(&writer);
    char *header = text_terminated(*state, buffer_text(&buffer));
    assert_refused(*state, key, forge_token(*state, foreign, header, "{}"), "signature");
    struct text token =
        forge_token(*state, foreign,
                    "{\"alg\":\"ES256\",\"jku\":\"http://evil.example/keys\",\"x5u\":\"x\"}", "{}");
    assert_refused(*state, key, token, "signature");
}

static void changed_tokens(void **state)
{
    struct error error = {0};
    struct text token;
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    assert_true(jws_sign(*state, key, TEXT(""), TEXT("{\"sub\":\"me\"}"), &token, &error));
    for (size_t i = 0; i < token.len; i++) {
        char *bytes = text_terminated(*state, token);
        struct jws jws;
        bytes[i] = bytes[i] == 'A' ? 'B' : 'A';
        assert_false(verify_with(*state, key, (struct text){bytes, token.len}, &jws, &error));
        assert_false(verify_with(*state, key, text_slice(token, 0, i), &jws, &error));
    }
}

/* The numbers of an EC signature: only 1 .. order - 1, only as many bytes as they take. */
static void signature_ranges(void **state)
{
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    const struct algorithm *facts = algorithm_get(JOSE_ES256);
    uint8_t bytes[65] = {0};
    struct text raw = {(const char *)bytes, 64};
    assert_false(signature_is_valid(key, TEXT("m"), raw)); /* 0, 0 */
    bytes[31] = bytes[63] = 1;
    assert_false(signature_is_valid(key, TEXT("m"), raw)); /* 1, 1 */
    memcpy(bytes, facts->order, 32);
    assert_false(signature_is_valid(key, TEXT("m"), raw)); /* order, 1 */
    struct error error = {0};
    struct signature signature;
    assert_true(signature_make(key, TEXT("m"), &signature, &error));
    assert_int_equal(signature.len, 64);
    memcpy(bytes, signature.bytes, 64);
    assert_true(signature_is_valid(key, TEXT("m"), raw));
    assert_false(signature_is_valid(key, TEXT("m"), (struct text){(const char *)bytes, 65}));
    assert_false(signature_is_valid(key, TEXT("m"), (struct text){(const char *)bytes, 63}));
}

static void key_choice(void **state)
{
    const struct jose_key *keys[] = {new_key(*state, JOSE_ES256), new_key(*state, JOSE_ES256),
                                     new_key(*state, JOSE_EDDSA)};
    struct jose_key_set set = {keys, ARRAY_LENGTH(keys)};
    struct jws jws = {.algorithm = JOSE_ES256};
    assert_null(jws_find_key(&jws, &set)); /* two could be meant */
    jws.algorithm = JOSE_EDDSA;
    assert_ptr_equal(jws_find_key(&jws, &set), keys[2]);
    jws.algorithm = JOSE_RS256;
    assert_null(jws_find_key(&jws, &set));
    jws.key_id = jose_key_id(keys[1]);
    assert_ptr_equal(jws_find_key(&jws, &set), keys[1]);
}

static void without_memory(void **state)
{
    struct error error = {0};
    struct text token, made;
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    assert_true(jws_sign(*state, key, TEXT("JWT"), TEXT("{}"), &token, &error));
    bool parsed = false, signed_it = false;
    for (int64_t allocations = 0; allocations < 100 && !(parsed && signed_it); allocations++) {
        struct arena *arena = arena_new(1 << 20);
        struct jws jws;
        arena_fail_after(arena, allocations);
        error_clear(&error);
        parsed = jws_parse(arena, token, &jws, &error);
        assert_true(parsed || error.kind == ERR_NO_MEMORY);
        arena_reset(arena);
        arena_fail_after(arena, allocations);
        error_clear(&error);
        signed_it = jws_sign(arena, key, TEXT("JWT"), TEXT("{}"), &made, &error);
        assert_true(signed_it || error.kind == ERR_NO_MEMORY);
        arena_free(arena);
    }
    assert_true(parsed && signed_it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(vectors_of_the_rfcs), WITH_ARENA(signs_as_the_rfc),
        WITH_ARENA(signs_and_verifies),  WITH_ARENA(size_limits),
        WITH_ARENA(malformed_tokens),    WITH_ARENA(forged_headers),
        WITH_ARENA(algorithm_confusion), WITH_ARENA(injected_keys),
        WITH_ARENA(changed_tokens),      WITH_ARENA(signature_ranges),
        WITH_ARENA(key_choice),          WITH_ARENA(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
