/* Looking at an ID token, check by check. */
#include "identity/id_token.h"

#include "base/clock.h"
#include "base/list.h"
#include "identity/issuer.h"
#include "identity/whole_match.h"
#include "kernel/outside.h"

enum { GROUPS_MAX = 500, SHOWN_MAX_BYTES = 100 };

/* A token while it is looked at. */
struct examination {
    struct ctx *ctx;
    const struct oidc_trust *trust;
    struct jwt_expectation expectation;
    struct jws jws;
    struct jwt_claims claims;
    struct list checks; /* struct id_token_check */
    struct id_token_report *report;
};

static struct jwt_expectation expect(struct ctx *ctx, struct text issuer, struct text client_id)
{
    const struct settings *settings = ctx->account->settings;
    static const struct text needed[] = {TEXT_INIT("sub"), TEXT_INIT("iat")};
    return (struct jwt_expectation){.issuer = issuer,
                                    .audience = client_id,
                                    .required = {needed, ARRAY_LENGTH(needed)},
                                    .now = ctx->now / CLOCK_SECOND,
                                    .skew = settings->id_token_skew / CLOCK_SECOND,
                                    .max_age = settings->id_token_max_age / CLOCK_SECOND};
}

/* False with *key NULL and no error when the issuer has no such key. */
static bool verify_signature(struct ctx *ctx, struct text issuer, const struct jws *jws,
                             struct error *error)
{
    const struct jose_key *key;
    if (!issuer_find_key(ctx, issuer, jws, &key))
        return false;
    if (!key)
        return error_set(error, ERR_UNAUTHENTICATED, "the issuer has no such key");
    return jws_verify(jws, key, error);
}

bool id_token_verify(struct ctx *ctx, struct text issuer, struct text client_id, struct text token,
                     struct jwt_claims *out)
{
    struct jws jws;
    struct jwt_expectation expectation = expect(ctx, issuer, client_id);
    return jws_parse(ctx->arena, token, &jws, ctx->error) &&
           jwt_parse_claims(ctx->arena, &jws, out, ctx->error) &&
           verify_signature(ctx, issuer, &jws, ctx->error) &&
           jwt_check(&jws, out, &expectation, ctx->error);
}

static void note(struct examination *examination, const struct id_token_check *outcome)
{
    struct id_token_check *check = list_push(&examination->checks);
    if (!outcome->is_met)
        examination->report->is_accepted = false;
    if (check)
        *check = *outcome;
}

static void note_met(struct examination *examination, struct text name)
{
    note(examination, &(struct id_token_check){.name = name, .is_met = true, .reason = TEXT("")});
}

/* Refuses, whatever became of the reason. */
static void note_unmet(struct examination *examination, struct text name, struct text reason)
{
    note(examination, &(struct id_token_check){
                          .name = name, .reason = text_copy(examination->ctx->arena, reason)});
}

/* Nothing but the signature says that the rest is the issuer's word. False when looking failed. */
static bool examine_signature(struct examination *examination)
{
    struct ctx *ctx = examination->ctx;
    struct error reason = {0};
    if (verify_signature(ctx, examination->trust->issuer, &examination->jws, &reason)) {
        note_met(examination, TEXT("signature"));
        return true;
    }
    if (error_is_set(&reason)) {
        note_unmet(examination, TEXT("signature"), text_z(reason.message));
        return true;
    }
    if (ctx->error->kind != ERR_UNAVAILABLE || (ctx->outside && outside_is_wanted(ctx->outside)))
        return false;
    examination->report->is_unavailable = true;
    note_unmet(examination, TEXT("signature"), text_z(ctx->error->message));
    error_clear(ctx->error);
    return true;
}

static void examine_parts(struct examination *examination)
{
    static const struct text names[] = {[JWT_TYPE] = TEXT_INIT("type"),
                                        [JWT_ISSUER] = TEXT_INIT("issuer"),
                                        [JWT_AUDIENCE] = TEXT_INIT("audience"),
                                        [JWT_DATES] = TEXT_INIT("dates"),
                                        [JWT_REQUIRED] = TEXT_INIT("claims")};
    for (int part = 0; part < JWT_PART_COUNT; part++) {
        struct error reason = {0};
        if (jwt_check_part(&examination->jws, &examination->claims, &examination->expectation,
                           (enum jwt_part)part, &reason))
            note_met(examination, names[part]);
        else
            note_unmet(examination, names[part], text_z(reason.message));
    }
}

/* Several audiences: the one it was issued for must be ours (OpenID Connect Core, 3.1.3.7). */
static void examine_party(struct examination *examination)
{
    struct text party = jwt_text(&examination->claims, "azp");
    if (examination->claims.audiences.len > 1 && party.len > 0 &&
        !text_equal(party, examination->trust->client_id))
        note_unmet(examination, TEXT("authorized party"),
                   TEXT("the token was issued for another client (azp)"));
}

static void examine_subject(struct examination *examination)
{
    struct arena *arena = examination->ctx->arena;
    struct text subject = examination->claims.subject;
    struct text expression = examination->trust->subject_expression;
    if (whole_match(arena, expression, subject)) {
        note_met(examination, TEXT("subject"));
        return;
    }
    note_unmet(examination, TEXT("subject"),
               text_format(arena, "\"%.*s\" is not matched as a whole by %.*s",
                           TEXT_ARG(text_cut(subject, SHOWN_MAX_BYTES)), TEXT_ARG(expression)));
}

/* Numbers and switches compare as they are written. */
static struct text text_of(const struct json *value)
{
    switch (value->kind) {
    case JSON_STRING:
    case JSON_NUMBER: return value->text;
    case JSON_TRUE: return TEXT("true");
    case JSON_FALSE: return TEXT("false");
    default: return (struct text){NULL, 0};
    }
}

static bool value_fulfils(struct arena *arena, const struct oidc_condition *condition,
                          const struct json *value)
{
    struct text text = text_of(value);
    if (!text.at)
        return false;
    if (condition->rule == OIDC_EXPRESSION)
        return whole_match(arena, condition->values.items[0], text);
    for (size_t i = 0; i < condition->values.len; i++) {
        if (text_equal(condition->values.items[i], text))
            return true;
    }
    return false;
}

static bool claim_fulfils(struct arena *arena, const struct oidc_condition *condition,
                          const struct json *value)
{
    if (!json_is(value, JSON_ARRAY))
        return value_fulfils(arena, condition, value);
    for (uint32_t i = 0; i < value->len; i++) {
        if (value_fulfils(arena, condition, &value->items[i]))
            return true;
    }
    return false;
}

static struct text describe_rule(struct arena *arena, const struct oidc_condition *condition)
{
    struct text joined =
        text_join(arena, TEXT(", "), condition->values.items, condition->values.len);
    switch (condition->rule) {
    case OIDC_EQUALS: return text_format(arena, "is not \"%.*s\"", TEXT_ARG(joined));
    case OIDC_ONE_OF: return text_format(arena, "is none of %.*s", TEXT_ARG(joined));
    case OIDC_EXPRESSION: break;
    }
    return text_format(arena, "is not matched as a whole by %.*s", TEXT_ARG(joined));
}

static struct text print_value(struct arena *arena, const struct json *value)
{
    struct json_printer printer;
    json_value(json_print_begin(&printer, arena), value);
    return text_cut(json_print_end(&printer), SHOWN_MAX_BYTES);
}

static void examine_condition(struct examination *examination,
                              const struct oidc_condition *condition)
{
    struct arena *arena = examination->ctx->arena;
    struct text name = text_format(arena, "claim %.*s", TEXT_ARG(condition->claim));
    const struct json *value = id_token_claim(&examination->claims, condition->claim);
    if (!value) {
        note_unmet(examination, name, TEXT("the token has no such claim"));
        return;
    }
    if (claim_fulfils(arena, condition, value)) {
        note_met(examination, name);
        return;
    }
    note_unmet(examination, name,
               text_format(arena, "%.*s %.*s", TEXT_ARG(print_value(arena, value)),
                           TEXT_ARG(describe_rule(arena, condition))));
}

const struct json *id_token_claim(const struct jwt_claims *claims, struct text name)
{
    const struct json *value = claims->all;
    struct text part;
    if (!text_starts_with(name, TEXT("/")))
        return json_get(value, name);
    struct text rest = text_slice(name, 1, name.len);
    while (value && text_next_part(&rest, '/', &part))
        value = json_get(value, part);
    return value;
}

struct text_list id_token_texts(struct arena *arena, const struct json *value)
{
    size_t count = 0;
    size_t given = json_is(value, JSON_ARRAY) ? value->len : 1;
    const struct json *items = json_is(value, JSON_ARRAY) ? value->items : value;
    struct text *texts = ARENA_ARRAY(arena, struct text, given);
    for (size_t i = 0; texts && value && i < given && count < GROUPS_MAX; i++) {
        if (json_is(&items[i], JSON_STRING) && items[i].text.len > 0)
            texts[count++] = items[i].text;
    }
    return (struct text_list){texts, count};
}

static void take_groups(struct examination *examination)
{
    struct arena *arena = examination->ctx->arena;
    for (size_t i = 0; i < examination->trust->mappings_count; i++) {
        const struct json *value =
            id_token_claim(&examination->claims, examination->trust->mappings[i].name);
        examination->report->has_groups = true;
        if (value)
            examination->report->groups = id_token_texts(arena, value);
    }
}

static void print_claim(struct examination *examination, struct json_writer *writer,
                        struct text name)
{
    const struct json *value = id_token_claim(&examination->claims, name);
    if (!value)
        return;
    json_key(writer, name);
    json_value(writer, value);
}

/* Which of the standard claims are always kept. */
static const struct text kept_claims[] = {TEXT_INIT("iss"), TEXT_INIT("sub"), TEXT_INIT("aud"),
                                          TEXT_INIT("jti"), TEXT_INIT("iat"), TEXT_INIT("exp")};

static bool is_printed(const struct oidc_trust *trust, size_t conditions, struct text name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kept_claims); i++) {
        if (text_equal(kept_claims[i], name))
            return true;
    }
    for (size_t i = 0; i < conditions; i++) {
        if (text_equal(trust->conditions[i].claim, name))
            return true;
    }
    return false;
}

static bool is_mapped_before(const struct oidc_trust *trust, size_t mappings, struct text name)
{
    for (size_t i = 0; i < mappings; i++) {
        if (text_equal(trust->mappings[i].name, name))
            return true;
    }
    return false;
}

static struct text print_claims(struct examination *examination)
{
    struct json_printer printer;
    const struct oidc_trust *trust = examination->trust;
    struct json_writer *writer = json_print_begin(&printer, examination->ctx->arena);
    json_begin_object(writer);
    for (size_t i = 0; i < ARRAY_LENGTH(kept_claims); i++)
        print_claim(examination, writer, kept_claims[i]);
    for (size_t i = 0; i < trust->conditions_count; i++) {
        if (!is_printed(trust, i, trust->conditions[i].claim))
            print_claim(examination, writer, trust->conditions[i].claim);
    }
    for (size_t i = 0; i < trust->mappings_count; i++) {
        struct text name = trust->mappings[i].name;
        if (!is_printed(trust, trust->conditions_count, name) && !is_mapped_before(trust, i, name))
            print_claim(examination, writer, name);
    }
    json_end_object(writer);
    return json_print_end(&printer);
}

/* False when the token cannot even be read; the report says why. */
static bool read_token(struct examination *examination, struct text token)
{
    struct error reason = {0};
    struct arena *arena = examination->ctx->arena;
    if (jws_parse(arena, token, &examination->jws, &reason) &&
        jwt_parse_claims(arena, &examination->jws, &examination->claims, &reason)) {
        note_met(examination, TEXT("form"));
        return true;
    }
    note_unmet(examination, TEXT("form"), text_z(reason.message));
    return false;
}

/* Everything is looked at, also when something before it was not met: whoever tries a token out
 * wants to hear all that is wrong with it at once. */
bool id_token_examine(struct ctx *ctx, const struct oidc_trust *trust, struct text token,
                      struct id_token_report *out)
{
    struct examination examination = {.ctx = ctx,
                                      .trust = trust,
                                      .expectation = expect(ctx, trust->issuer, trust->client_id),
                                      .report = out};
    *out = (struct id_token_report){.is_accepted = true, .claims = TEXT("{}")};
    list_init(&examination.checks, ctx->arena, sizeof(struct id_token_check));
    if (read_token(&examination, token)) {
        if (!examine_signature(&examination))
            return false;
        examine_parts(&examination);
        examine_party(&examination);
        examine_subject(&examination);
        for (size_t i = 0; i < trust->conditions_count; i++)
            examine_condition(&examination, &trust->conditions[i]);
        take_groups(&examination);
    }
    if (out->is_accepted)
        out->claims = print_claims(&examination);
    out->checks = examination.checks.items;
    out->checks_count = examination.checks.len;
    return !arena_failed(ctx->arena) || fail_no_memory(ctx);
}

struct text id_token_reason(struct arena *arena, const struct id_token_report *report)
{
    for (size_t i = 0; i < report->checks_count; i++) {
        const struct id_token_check *check = &report->checks[i];
        if (!check->is_met)
            return text_format(arena, "%.*s: %.*s", TEXT_ARG(check->name), TEXT_ARG(check->reason));
    }
    return TEXT("");
}
