/* Claims: what RFC 8725 asks to check, each refused for its own reason. */
#include "jose/jwt.h"
#include "jose/test_support.h"

enum { NOW = 1800000000 };

struct claims_case {
    const char *claims; /* without braces, besides a good exp, iss and aud */
    const char *part;   /* of the sentence; NULL when the token is good */
};

static const struct jwt_expectation base_expectation = {
    .issuer = TEXT_INIT("https://issuer.example"),
    .audience = TEXT_INIT("https://gate.example"),
    .now = NOW,
    .skew = 30,
};

static bool verify(struct arena *arena, const struct jose_key *key, struct text token,
                   const struct jwt_expectation *expectation, struct jwt_claims *claims,
                   struct error *error)
{
    struct jose_key_set set = {&key, 1};
    error_clear(error);
    return jwt_verify(arena, &set, token, expectation, claims, error);
}

static void assert_case(struct arena *arena, const struct jose_key *key,
                        const struct jwt_expectation *expectation, const struct claims_case *test)
{
    struct error error = {0};
    struct jwt_claims claims;
    struct text token = forge_token(arena, key, "{\"alg\":\"EdDSA\"}", test->claims);
    bool good = verify(arena, key, token, expectation, &claims, &error);
    if (good != (test->part == NULL))
        fail_msg("%s: %s", test->claims, good ? "accepted" : error.message);
    if (!good)
        assert_error(&error, ERR_UNAUTHENTICATED, test->part);
}

#define GOOD                                                                                       \
    "\"iss\":\"https://issuer.example\",\"aud\":\"https://gate.example\",\"exp\":1800000060"
#define ISS "\"iss\":\"https://issuer.example\""
#define AUD "\"aud\":\"https://gate.example\""
#define EXP "\"exp\":1800000060"

static void claims_against_expectation(void **state)
{
    static const struct claims_case cases[] = {
        {"{" GOOD "}", NULL},
        {"{" AUD "," EXP "}", "issuer"},
        {"{\"iss\":\"https://issuer.example/\"," AUD "," EXP "}", "issuer"},
        {"{\"iss\":7," AUD "," EXP "}", "\"iss\""},
        {"{" ISS "," EXP "}", "audience"},
        {"{" ISS ",\"aud\":\"https://other.example\"," EXP "}", "audience"},
        {"{" ISS ",\"aud\":[\"https://other.example\",\"https://gate.example\"]," EXP "}", NULL},
        {"{" ISS ",\"aud\":[]," EXP "}", "audience"},
        {"{" ISS ",\"aud\":[\"https://gate.example\",7]," EXP "}", "\"aud\""},
        {"{" ISS ",\"aud\":{}," EXP "}", "\"aud\""},
        {"{" ISS "," AUD "}", "no expiry"},
        {"{" ISS "," AUD ",\"exp\":1799999971}", NULL}, /* within the skew */
        {"{" ISS "," AUD ",\"exp\":1799999970}", "expired"},
        {"{" ISS "," AUD ",\"exp\":\"1800000060\"}", "\"exp\""},
        {"{" ISS "," AUD ",\"exp\":1800000060.5}", NULL},
        {"{" ISS "," AUD ",\"exp\":1.80000006e9}", NULL},
        {"{" ISS "," AUD ",\"exp\":-1}", "\"exp\""},
        {"{" ISS "," AUD ",\"exp\":0}", "\"exp\""},
        {"{" ISS "," AUD ",\"exp\":99999999999999999999}", "\"exp\""},
        {"{" ISS "," AUD ",\"exp\":1e300}", "\"exp\""},
        {"{" ISS "," AUD ",\"exp\":null}", "\"exp\""},
        {"{" GOOD ",\"nbf\":1800000030}", NULL},
        {"{" GOOD ",\"nbf\":1800000031}", "not valid yet"},
        {"{" GOOD ",\"nbf\":true}", "\"nbf\""},
        {"{" GOOD ",\"iat\":1800000031}", "future"},
        {"{" GOOD ",\"sub\":[]}", "\"sub\""},
        {"{" GOOD ",\"sub\":\"42\\u0000x\"}", "\"sub\""},    /* reads as 42 where NUL ends */
        {"{" GOOD "," EXP "}", "malformed"},                 /* exp twice */
        {"{" GOOD ",\"x\":{\"a\":1,\"a\":2}}", "malformed"}, /* twice, further down */
        {"["
         "]",
         "malformed"},
        {"", "malformed"},
        {"{" GOOD "}{}", "malformed"},
    };
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_case(*state, key, &base_expectation, &cases[i]);
}

static void optional_expectations(void **state)
{
    static const struct text required[] = {TEXT_INIT("sub"), TEXT_INIT("jti")};
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    struct jwt_expectation strict = base_expectation;
    strict.only_audience = true;
    assert_case(*state, key, &strict, &(struct claims_case){"{" GOOD "}", NULL});
    assert_case(*state, key, &strict,
                &(struct claims_case){"{" ISS ",\"aud\":[\"https://gate.example\",\"b\"]," EXP "}",
                                      "audience"});
    strict = base_expectation;
    strict.required = (struct text_list){required, 2};
    assert_case(*state, key, &strict,
                &(struct claims_case){"{" GOOD ",\"sub\":\"me\"}", "\"jti\""});
    assert_case(*state, key, &strict,
                &(struct claims_case){"{" GOOD ",\"sub\":\"me\",\"jti\":\"1\"}", NULL});
    strict = base_expectation;
    strict.max_age = 300;
    assert_case(*state, key, &strict, &(struct claims_case){"{" GOOD "}", "when it was issued"});
    assert_case(*state, key, &strict, &(struct claims_case){"{" GOOD ",\"iat\":1799999671}", NULL});
    assert_case(*state, key, &strict,
                &(struct claims_case){"{" GOOD ",\"iat\":1799999670}", "too long ago"});
}

/* A caller who names no audience gets no token that was meant for somebody. */
static void audience_not_named(void **state)
{
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    struct jwt_expectation none = base_expectation;
    none.audience = (struct text){NULL, 0};
    assert_case(*state, key, &none, &(struct claims_case){"{" GOOD "}", "audience"});
    assert_case(*state, key, &none, &(struct claims_case){"{" ISS "," EXP "}", NULL});
    none.any_audience = true;
    assert_case(*state, key, &none, &(struct claims_case){"{" GOOD "}", NULL});
}

static void types(void **state)
{
    static const struct {
        const char *header, *expected;
        bool good;
    } cases[] = {
        {"{\"alg\":\"EdDSA\"}", "", true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", "", true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"application/jwt\"}", "", true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", "", false},
        {"{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}", "at+jwt", true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"application/AT+JWT\"}", "at+jwt", true},
        {"{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", "at+jwt", false},
        {"{\"alg\":\"EdDSA\"}", "at+jwt", false},
    };
    const struct jose_key *key = new_key(*state, JOSE_EDDSA);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = {0};
        struct jwt_claims claims;
        struct jwt_expectation expectation = base_expectation;
        expectation.type = text_z(cases[i].expected);
        struct text token = forge_token(*state, key, cases[i].header, "{" GOOD "}");
        assert_int_equal(verify(*state, key, token, &expectation, &claims, &error), cases[i].good);
        if (!cases[i].good)
            assert_error(&error, ERR_UNAUTHENTICATED, "purpose");
    }
}

/* A bad signature is refused before the claims are read. */
static void signature_before_claims(void **state)
{
    struct error error = {0};
    struct jwt_claims claims;
    const struct jose_key *key = new_key(*state, JOSE_EDDSA), *other = new_key(*state, JOSE_EDDSA);
    struct text token = forge_token(*state, other, "{\"alg\":\"EdDSA\"}", "not even JSON");
    assert_false(verify(*state, key, token, &base_expectation, &claims, &error));
    assert_error(&error, ERR_UNAUTHENTICATED, "signature");
}

static void claims_read(void **state)
{
    struct error error = {0};
    struct jwt_claims claims;
    struct text token;
    const struct jose_key *key = new_key(*state, JOSE_ES256);
    struct text payload = TEXT("{" GOOD ",\"sub\":\"key/1\",\"jti\":\"j\",\"iat\":1800000000,"
                               "\"nbf\":1799999999,\"groups\":[\"a\"],\"name\":\"n\\u0041\"}");
    assert_true(jwt_sign(*state, key, TEXT(""), payload, &token, &error));
    assert_true(verify(*state, key, token, &base_expectation, &claims, &error));
    assert_text(claims.issuer, "https://issuer.example");
    assert_text(claims.subject, "key/1");
    assert_text(claims.id, "j");
    assert_int_equal(claims.audiences.len, 1);
    assert_text(claims.audiences.items[0], "https://gate.example");
    assert_int_equal(claims.expires_at, NOW + 60);
    assert_int_equal(claims.issued_at, NOW);
    assert_int_equal(claims.not_before, NOW - 1);
    assert_text(jwt_text(&claims, "name"), "nA");
    assert_text(jwt_text(&claims, "groups"), "");
    assert_text(jwt_text(&claims, "absent"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(claims_against_expectation), WITH_ARENA(optional_expectations),
        WITH_ARENA(audience_not_named),         WITH_ARENA(types),
        WITH_ARENA(signature_before_claims),    WITH_ARENA(claims_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
