/*
 * ID tokens against a key's trust: forged in every way, and honest. The issuer is known already, so
 * nobody is asked.
 */
#include "identity/identity_test_support.h"

#include "identity/id_token.h"
#include "identity/issuer_cache.h"
#include "jose/test_support.h"

#define ISSUER  "https://issuer.example"
#define HEADER  "{\"alg\":\"ES256\",\"kid\":\"one\",\"typ\":\"JWT\"}"
#define SUBJECT "repo:acme/infrastructure:ref:refs/heads/main"
/* TEST_NOW is 1795341600 seconds. */
#define DATES "\"iat\":1795341590,\"nbf\":1795341580,\"exp\":1795341900"
#define WHO   "\"iss\":\"" ISSUER "\",\"aud\":\"gatehouse\",\"sub\":\"" SUBJECT "\""

static const char one_key[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"one\",\"alg\":\"ES256\","
                              "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                              "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
                              "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}";

/* The issuer's key, and what its set says of it. */
static const struct jose_key *know_issuer(struct kernel_test *test)
{
    struct arena *arena = arena_new(1 << 20);
    struct issuer *issuer = ARENA_NEW(arena, struct issuer);
    const struct jose_key *key = parse_key(test->arena, one_key, JOSE_KEY_PRIVATE);
    struct json_printer printer;
    struct jose_key_set set = {.keys = &key, .len = 1};
    jose_key_set_print(&set, json_print_begin(&printer, arena));
    *issuer = (struct issuer){.url = TEXT(ISSUER), .fetched_at = test->now};
    assert_true(jose_key_set_parse(arena, json_print_end(&printer), JOSE_KEY_PUBLIC, &issuer->keys,
                                   &test->error));
    assert_non_null(issuer_cache_add(test->account.issuers, test->arena, arena, issuer));
    return key;
}

static const struct oidc_trust plain_trust = {.issuer = TEXT_INIT(ISSUER),
                                              .client_id = TEXT_INIT("gatehouse"),
                                              .subject_expression =
                                                  TEXT_INIT("repo:acme/infrastructure:.*")};

static struct id_token_report examine(struct kernel_test *test, const struct oidc_trust *trust,
                                      struct text token)
{
    struct id_token_report report;
    assert_read(test, id_token_examine(ctx, trust, token, &report));
    return report;
}

/* The first check that fails says this; NULL: all are met. */
static void assert_report(struct kernel_test *test, const char *name,
                          const struct id_token_report *report, const char *reason)
{
    struct text said = id_token_reason(test->arena, report);
    bool fits = reason ? !report->is_accepted && text_contains(said, text_z(reason))
                       : report->is_accepted && said.len == 0;
    if (!fits)
        fail_msg("%s: \"%.*s\" instead of \"%s\"", name, TEXT_ARG(said), reason ? reason : "");
}

static void an_honest_token_is_accepted(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    struct text token = forge_token(test->arena, key, HEADER, "{" WHO "," DATES "}");
    struct id_token_report report = examine(test, &plain_trust, token);
    assert_report(test, "honest", &report, NULL);
    assert_false(report.has_groups);
    assert_text_is(report.claims,
                   "{\"iss\":\"" ISSUER "\",\"sub\":\"" SUBJECT
                   "\",\"aud\":\"gatehouse\",\"iat\":1795341590,\"exp\":1795341900}");
}

/* Claims of three texts, with good dates. */
#define CLAIMS(issuer, audience, subject)                                                          \
    "{\"iss\":\"" issuer "\",\"aud\":\"" audience "\",\"sub\":\"" subject "\"," DATES "}"
/* Good claims, with other dates or with more. */
#define WITH(more) "{" WHO "," more "}"

/* Signed by the issuer all the same. */
static const struct forgery {
    const char *name;
    const char *claims;
    const char *reason;
} wrong_claims[] = {
    {"another issuer", CLAIMS("https://other.example", "gatehouse", SUBJECT),
     "issuer: the token comes from another issuer"},
    {"issuer with a slash", CLAIMS(ISSUER "/", "gatehouse", SUBJECT), "issuer: "},
    {"no issuer", "{\"aud\":\"gatehouse\",\"sub\":\"" SUBJECT "\"," DATES "}", "issuer: "},
    {"another audience", CLAIMS(ISSUER, "other", SUBJECT),
     "audience: the token was issued for another audience"},
    {"no audience", "{\"iss\":\"" ISSUER "\",\"sub\":\"" SUBJECT "\"," DATES "}", "audience: "},
    {"audience that begins like ours",
     "{\"iss\":\"" ISSUER "\",\"aud\":[\"gatehouse2\"],\"sub\":\"" SUBJECT "\"," DATES "}",
     "audience: "},
    {"issued for another client",
     "{\"iss\":\"" ISSUER "\",\"aud\":[\"gatehouse\",\"b\"],\"azp\":\"b\",\"sub\":\"" SUBJECT
     "\"," DATES "}",
     "authorized party: "},
    {"expired", WITH("\"iat\":1795341000,\"exp\":1795341539"), "dates: the token has expired"},
    {"not yet valid", WITH("\"iat\":1795341590,\"nbf\":1795341700,\"exp\":1795341900"),
     "dates: the token is not valid yet"},
    {"issued in the future", WITH("\"iat\":1795341700,\"exp\":1795341900"),
     "dates: the token was issued in the future"},
    {"issued long ago", WITH("\"iat\":1795200000,\"exp\":1795341900"),
     "dates: the token was issued too long ago"},
    {"no expiry", WITH("\"iat\":1795341590"), "dates: the token has no expiry"},
    {"no time of issue", WITH("\"exp\":1795341900"), "dates: "},
    {"no subject", "{\"iss\":\"" ISSUER "\",\"aud\":\"gatehouse\"," DATES "}",
     "claims: the token lacks"},
    {"subject of another", CLAIMS(ISSUER, "gatehouse", "repo:evil/x:ref:main"),
     "subject: \"repo:evil/x:ref:main\" is not matched as a whole by repo:acme/"},
    {"subject around ours", CLAIMS(ISSUER, "gatehouse", "xrepo:acme/infrastructure:"), "subject: "},
    {"subject with a line behind it",
     CLAIMS(ISSUER, "gatehouse", "repo:acme/infrastructure:x\\nrepo:evil"), "subject: "},
    {"claim twice", WITH("\"sub\":\"" SUBJECT "\"," DATES),
     "form: the claims of the token are malformed"},
    {"dates as texts", WITH("\"iat\":\"1795341590\",\"exp\":\"1795341900\""), "form: "},
    {"claims that are no object", "[]", "form: "},
};

static void wrong_claims_are_refused(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    for (size_t i = 0; i < ARRAY_LENGTH(wrong_claims); i++) {
        const struct forgery *forgery = &wrong_claims[i];
        struct text token = forge_token(test->arena, key, HEADER, forgery->claims);
        struct id_token_report report = examine(test, &plain_trust, token);
        assert_report(test, forgery->name, &report, forgery->reason);
    }
}

/* A token with a header of one's own and a signature that is good for the key. */
static void assert_forged(struct kernel_test *test, const char *name, const struct jose_key *key,
                          const char *header, const char *reason)
{
    struct text token = forge_token(test->arena, key, header, "{" WHO "," DATES "}");
    struct id_token_report report = examine(test, &plain_trust, token);
    assert_report(test, name, &report, reason);
}

static void tokens_for_other_ends_are_refused(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    assert_forged(test, "access token", key,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"typ\":\"at+jwt\"}", "type: ");
    assert_forged(test, "logout token", key,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"typ\":\"logout+jwt\"}", "type: ");
}

static void foreign_keys_are_refused(void **state)
{
    struct kernel_test *test = *state;
    know_issuer(test);
    const struct jose_key *foreign = new_key(test->arena, JOSE_ES256);
    assert_forged(test, "foreign key", foreign, HEADER, "signature: ");
    assert_forged(test, "unknown kid", foreign, "{\"alg\":\"ES256\",\"kid\":\"two\"}",
                  "signature: the issuer has no such key");
    assert_forged(test, "kid as a path", foreign, "{\"alg\":\"ES256\",\"kid\":\"../../dev/null\"}",
                  "signature: ");
    assert_forged(test, "own key in the header", foreign,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"jwk\":{\"kty\":\"EC\"}}", "signature: ");
    assert_forged(test, "address of an own key set", foreign,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"jku\":\"https://evil.example/keys\"}",
                  "signature: ");
    assert_forged(test, "address of an own certificate", foreign,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"x5u\":\"https://evil.example/x\"}",
                  "signature: ");
    assert_forged(test, "critical extension", foreign,
                  "{\"alg\":\"ES256\",\"kid\":\"one\",\"crit\":[\"exp\"]}", "form: ");
}

static void other_algorithms_are_refused(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    const struct jose_key *secret;
    struct text pem;
    assert_true(jose_key_print_public_pem(key, test->arena, &pem, &test->error));
    assert_true(jose_key_from_secret(test->arena, pem, TEXT("one"), &secret, &test->error));
    /* The public key as a secret: what confuses checkers that believe the header. */
    assert_forged(test, "HS256 with the public key", secret, "{\"alg\":\"HS256\",\"kid\":\"one\"}",
                  "signature: ");
    assert_forged(test, "RS256", new_key(test->arena, JOSE_RS256),
                  "{\"alg\":\"RS256\",\"kid\":\"one\"}", "signature: ");
    struct text bare = text_format(
        test->arena, "%.*s.%.*s.",
        TEXT_ARG(base64url_encode(test->arena, TEXT("{\"alg\":\"none\",\"kid\":\"one\"}"))),
        TEXT_ARG(base64url_encode(test->arena, TEXT("{" WHO "," DATES "}"))));
    struct id_token_report report = examine(test, &plain_trust, bare);
    assert_report(test, "none", &report, "form: ");
}

static void a_token_that_was_cut_is_refused(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    struct text token = forge_token(test->arena, key, HEADER, "{" WHO "," DATES "}");
    for (size_t len = 0; len < token.len; len += 7) {
        struct id_token_report report = examine(test, &plain_trust, text_slice(token, 0, len));
        assert_false(report.is_accepted);
    }
}

static void a_subject_with_a_null_byte_is_refused(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    static const char *const subjects[] = {"evil\\u0000", "\\u0000", "evil\\u0000good"};
    for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++) {
        struct text payload = text_format(
            test->arena, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"gatehouse\"," DATES "}",
            "https://issuer.example", subjects[i]);
        struct text token =
            forge_token(test->arena, key, HEADER, text_terminated(test->arena, payload));
        struct id_token_report report = examine(test, &plain_trust, token);
        assert_report(test, subjects[i], &report, "form: ");
    }
}

static void conditions_look_at_any_claim(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    static const struct text production[] = {TEXT_INIT("production")};
    static const struct text several[] = {TEXT_INIT("push"), TEXT_INIT("workflow_dispatch")};
    static const struct text heads[] = {TEXT_INIT("refs/heads/(main|release-.*)")};
    static const struct text yes[] = {TEXT_INIT("true")};
    static const struct text two[] = {TEXT_INIT("2")};
    static const struct oidc_condition conditions[] = {
        {TEXT_INIT("environment"), OIDC_EQUALS, {production, 1}},
        {TEXT_INIT("event_name"), OIDC_ONE_OF, {several, 2}},
        {TEXT_INIT("ref"), OIDC_EXPRESSION, {heads, 1}},
        {TEXT_INIT("ref_protected"), OIDC_EQUALS, {yes, 1}},
        {TEXT_INIT("run_attempt"), OIDC_EQUALS, {two, 1}},
        {TEXT_INIT("/kubernetes.io/namespace"), OIDC_EQUALS, {production, 1}},
        {TEXT_INIT("roles"), OIDC_EQUALS, {production, 1}},
    };
    struct oidc_trust trust = plain_trust;
    trust.conditions = conditions;
    trust.conditions_count = ARRAY_LENGTH(conditions);
#define REST                                                                                       \
    "\"event_name\":\"push\",\"ref\":\"refs/heads/main\",\"ref_protected\":true,"                  \
    "\"run_attempt\":2,\"kubernetes.io\":{\"namespace\":\"production\"},"                          \
    "\"roles\":[\"a\",\"production\"]," DATES "}"
    struct text good =
        forge_token(test->arena, key, HEADER, "{" WHO ",\"environment\":\"production\"," REST);
    struct id_token_report report = examine(test, &trust, good);
    assert_report(test, "all met", &report, NULL);
    struct text staging =
        forge_token(test->arena, key, HEADER, "{" WHO ",\"environment\":\"staging\"," REST);
    report = examine(test, &trust, staging);
    assert_report(test, "another value", &report,
                  "claim environment: \"staging\" is not \"production\"");
    struct text without = forge_token(test->arena, key, HEADER, "{" WHO "," REST);
    report = examine(test, &trust, without);
    assert_report(test, "absent", &report, "claim environment: the token has no such claim");
    struct text object =
        forge_token(test->arena, key, HEADER, "{" WHO ",\"environment\":{\"a\":1}," REST);
    report = examine(test, &trust, object);
    assert_report(test, "an object", &report, "claim environment: ");
}

static void groups_come_from_the_claim_that_is_mapped(void **state)
{
    struct kernel_test *test = *state;
    const struct jose_key *key = know_issuer(test);
    static const struct oidc_mapping mapping = {TEXT_INIT("groups_direct"), TEXT_INIT("groups")};
    struct oidc_trust trust = plain_trust;
    trust.mappings = &mapping;
    trust.mappings_count = 1;
    struct text token =
        forge_token(test->arena, key, HEADER,
                    "{" WHO ",\"groups_direct\":[\"acme/platform\",7,\"b\"]," DATES "}");
    struct id_token_report report = examine(test, &trust, token);
    assert_true(report.has_groups);
    assert_int_equal(report.groups.len, 2);
    assert_text_is(report.groups.items[0], "acme/platform");
    assert_true(text_contains(report.claims, TEXT("\"groups_direct\":[")));
    /* A provider that says nothing gives none, and those of the key do not step in. */
    report = examine(test, &trust, forge_token(test->arena, key, HEADER, "{" WHO "," DATES "}"));
    assert_true(report.has_groups && report.groups.len == 0);
}

static void assert_warning(struct kernel_test *test, const char *expression, const char *part)
{
    struct oidc_trust trust = plain_trust;
    struct text_list warnings;
    trust.subject_expression = text_z(expression);
    assert_read(test, oidc_trust_warnings(ctx, &trust, &warnings));
    bool found = !part && warnings.len == 0;
    for (size_t i = 0; part && i < warnings.len; i++)
        found = found || text_contains(warnings.items[i], text_z(part));
    if (!found)
        fail_msg("%s: %zu warnings, none says \"%s\"", expression, warnings.len, part ? part : "-");
}

static void loose_patterns_are_warned_of(void **state)
{
    struct kernel_test *test = *state;
    static const char *const cases[][2] = {
        {".*", "accepts any subject"},
        {"(?s).+", "accepts any subject"},
        {"[^#]*", "accepts any subject"},
        {"repo:.*:ref:refs/heads/.*", "repositories of any owner"},
        {"repo:[^:]+:.*", "repositories of any owner"},
        {"project_path:.*:ref_type:branch:ref:.*", "repositories of any owner"},
        {"repo:acme/.*:ref:refs/heads/main", "every repository of the owner"},
        {"repo:acme:.*", "names no repository"},
        {"repo:acme/site.example:ref:refs/heads/main", "stands for any character"},
        {"^repo:acme/x:ref:a$|.*", "outside of parentheses"},
        {"repo:acme/infrastructure:ref:refs/heads/main", NULL},
        {"repo:acme/infrastructure:ref:refs/heads/(main|release)", NULL},
        {"repo:acme/site\\.example:environment:production", NULL},
        {"repo:acme/infrastructure:ref:refs/heads/release-.*", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_warning(test, cases[i][0], cases[i][1]);
}

static void assert_untrusted(struct kernel_test *test, const struct oidc_trust *trust,
                             const char *part)
{
    assert_refused(test, ERR_INVALID, part, oidc_trust_check(ctx, trust));
}

static void what_cannot_be_trusted_is_refused(void **state)
{
    struct kernel_test *test = *state;
    struct oidc_trust trust = plain_trust;
    assert_read(test, oidc_trust_check(ctx, &trust));
    static const char *const urls[][2] = {
        {"", "an issuer is needed"},
        {"http://issuer.example", "begins with https://"},
        {"ftp://issuer.example", "begins with https://"},
        {"issuer.example", "begins with https://"},
        {"https://", "has a host"},
        {"https://user@issuer.example", "no user, query or fragment"},
        {"https://issuer.example?a=b", "no user, query or fragment"},
        {"https://issuer.example#a", "no user, query or fragment"},
        {"https://issuer .example", "has a host"},
        {"http://localhost.example", "begins with https://"},
        {"http://127.0.0.1.example", "begins with https://"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        trust.issuer = text_z(urls[i][0]);
        assert_untrusted(test, &trust, urls[i][1]);
    }
    trust.issuer = TEXT("http://127.0.0.1:8080");
    assert_read(test, oidc_trust_check(ctx, &trust));
    trust.issuer = TEXT("http://[::1]:8080/realms/a");
    assert_read(test, oidc_trust_check(ctx, &trust));
    trust = plain_trust;
    trust.client_id = TEXT("");
    assert_untrusted(test, &trust, "the client id");
    trust = plain_trust;
    trust.subject_expression = TEXT("repo:(");
    assert_untrusted(test, &trust, "the subject expression is no regular expression");
    /* Which the anchors around it would otherwise close. */
    trust.subject_expression = TEXT("a)|(b");
    assert_untrusted(test, &trust, "the subject expression is no regular expression");
    static const struct oidc_mapping mapping = {TEXT_INIT("roles"), TEXT_INIT("admin")};
    trust = plain_trust;
    trust.mappings = &mapping;
    trust.mappings_count = 1;
    assert_untrusted(test, &trust, "mapped to \"groups\" only");
    static const struct oidc_condition condition = {TEXT_INIT("ref"), OIDC_EQUALS, {NULL, 0}};
    trust = plain_trust;
    trust.conditions = &condition;
    trust.conditions_count = 1;
    assert_untrusted(test, &trust, "the condition on ref needs a value");
}

static void trust_survives_its_row(void **state)
{
    struct kernel_test *test = *state;
    static const struct text values[] = {TEXT_INIT("a"), TEXT_INIT("b")};
    static const struct oidc_condition condition = {TEXT_INIT("ref"), OIDC_ONE_OF, {values, 2}};
    static const struct oidc_mapping mapping = {TEXT_INIT("g"), TEXT_INIT("groups")};
    struct oidc_trust trust = plain_trust;
    const struct oidc_trust *read;
    trust.conditions = &condition;
    trust.conditions_count = 1;
    trust.mappings = &mapping;
    trust.mappings_count = 1;
    struct text printed = oidc_trust_print(test->arena, &trust);
    assert_read(test, oidc_trust_parse(ctx, printed, &read));
    assert_true(text_equal(printed, oidc_trust_print(test->arena, read)));
    assert_int_equal(read->conditions[0].rule, OIDC_ONE_OF);
    assert_refused(test, ERR_INTERNAL, "cannot be read", oidc_trust_parse(ctx, TEXT("{}"), &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ACCOUNT(an_honest_token_is_accepted),
        WITH_ACCOUNT(wrong_claims_are_refused),
        WITH_ACCOUNT(tokens_for_other_ends_are_refused),
        WITH_ACCOUNT(foreign_keys_are_refused),
        WITH_ACCOUNT(other_algorithms_are_refused),
        WITH_ACCOUNT(a_token_that_was_cut_is_refused),
        WITH_ACCOUNT(a_subject_with_a_null_byte_is_refused),
        WITH_ACCOUNT(conditions_look_at_any_claim),
        WITH_ACCOUNT(groups_come_from_the_claim_that_is_mapped),
        WITH_ACCOUNT(loose_patterns_are_warned_of),
        WITH_ACCOUNT(what_cannot_be_trusted_is_refused),
        WITH_ACCOUNT(trust_survives_its_row),
    };
    return cmocka_run_group_tests_name("id_token", tests, NULL, NULL);
}
