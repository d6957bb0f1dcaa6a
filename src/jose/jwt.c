/* Claims: reading them, and comparing them with what the caller expects. */
#include "jose/jwt.h"

#include <math.h>
#include <string.h>

/* Year 9999: any later date is a mistake or an attempt at overflow. */
static const int64_t LATEST_DATE = 253402300799;

static bool refuse(struct error *error, const char *sentence)
{
    return error_set(error, ERR_UNAUTHENTICATED, "%s", sentence);
}

static bool refuse_claim(struct error *error, const char *name)
{
    return error_set(error, ERR_UNAUTHENTICATED, "the claim \"%s\" of the token is malformed",
                     name);
}

/* A NumericDate in whole seconds; fractions are cut. 0 when absent. */
static bool get_date(const struct json *claims, const char *name, int64_t *out)
{
    const struct json *value = json_get_z(claims, name);
    double seconds;
    *out = 0;
    if (!value)
        return true;
    if (json_is(value, JSON_NUMBER) && json_to_int64(value, out))
        return *out > 0 && *out <= LATEST_DATE;
    if (!json_is(value, JSON_NUMBER) || !json_to_double(value, &seconds) || !(seconds >= 1) ||
        seconds > (double)LATEST_DATE)
        return false;
    *out = (int64_t)seconds;
    return true;
}

/* A NUL byte would make one subject of two wherever C reads the text as a string. */
static bool get_string(const struct json *claims, const char *name, struct text *out)
{
    const struct json *value = json_get_z(claims, name);
    *out = json_text_or(value, TEXT(""));
    return (!value || json_is(value, JSON_STRING)) && text_find_byte(*out, '\0', 0) == out->len;
}

static bool get_audiences(struct arena *arena, const struct json *claims, struct text_list *out)
{
    const struct json *value = json_get_z(claims, "aud");
    *out = (struct text_list){NULL, 0};
    if (!value)
        return true;
    bool is_one = json_is(value, JSON_STRING);
    if (!is_one && !json_is(value, JSON_ARRAY))
        return false;
    size_t count = is_one ? 1 : value->len;
    const struct json *items = is_one ? value : value->items;
    struct text *texts = ARENA_ARRAY(arena, struct text, count);
    if (!texts)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!json_is(&items[i], JSON_STRING))
            return false;
        texts[i] = items[i].text;
    }
    *out = (struct text_list){texts, count};
    return true;
}

static bool read_claims(struct arena *arena, struct jwt_claims *out, struct error *error)
{
    const struct {
        const char *name;
        struct text *to;
    } strings[] = {{"iss", &out->issuer}, {"sub", &out->subject}, {"jti", &out->id}};
    const struct {
        const char *name;
        int64_t *to;
    } dates[] = {{"exp", &out->expires_at}, {"nbf", &out->not_before}, {"iat", &out->issued_at}};
    for (size_t i = 0; i < ARRAY_LENGTH(strings); i++) {
        if (!get_string(out->all, strings[i].name, strings[i].to))
            return refuse_claim(error, strings[i].name);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        if (!get_date(out->all, dates[i].name, dates[i].to))
            return refuse_claim(error, dates[i].name);
    }
    if (get_audiences(arena, out->all, &out->audiences))
        return true;
    return arena_failed(arena) ? error_set_no_memory(error) : refuse_claim(error, "aud");
}

bool jwt_parse_claims(struct arena *arena, const struct jws *jws, struct jwt_claims *out,
                      struct error *error)
{
    static const struct json_limits limits = {
        .max_bytes = JWS_MAX_BYTES,
        .max_depth = 32,
        .duplicates = JSON_DUPLICATES_REFUSED,
    };
    struct error cause = {0};
    *out = (struct jwt_claims){0};
    if (!json_parse(arena, jws->payload, &limits, &out->all, &cause) ||
        !json_is(out->all, JSON_OBJECT))
        return arena_failed(arena) ? error_set_no_memory(error)
                                   : refuse(error, "the claims of the token are malformed");
    return read_claims(arena, out, error);
}

/* RFC 7515, 4.1.9: "application/" may be left out; media types ignore letter case. */
static struct text short_type(struct text type)
{
    static const struct text prefix = TEXT_INIT("application/");
    if (type.len > prefix.len && text_equal_ignoring_case(text_slice(type, 0, prefix.len), prefix))
        return text_slice(type, prefix.len, type.len);
    return type;
}

static bool check_type(const struct jws *jws, struct text expected, struct error *error)
{
    struct text type = short_type(jws->type);
    if (text_is_empty(expected) && text_is_empty(type))
        return true;
    if (text_is_empty(expected))
        expected = TEXT("JWT");
    return text_equal_ignoring_case(type, short_type(expected)) ||
           refuse(error, "the token was made for another purpose (typ)");
}

static bool check_dates(const struct jwt_claims *claims, const struct jwt_expectation *expectation,
                        struct error *error)
{
    int64_t now = expectation->now, skew = expectation->skew;
    if (claims->expires_at == 0)
        return refuse(error, "the token has no expiry (exp)");
    if (now - skew >= claims->expires_at)
        return refuse(error, "the token has expired");
    if (claims->not_before > now + skew)
        return refuse(error, "the token is not valid yet");
    if (claims->issued_at > now + skew)
        return refuse(error, "the token was issued in the future");
    if (expectation->max_age > 0 && claims->issued_at == 0)
        return refuse(error, "the token does not say when it was issued (iat)");
    if (expectation->max_age > 0 && now - skew >= claims->issued_at + expectation->max_age)
        return refuse(error, "the token was issued too long ago");
    return true;
}

static bool check_audience(const struct jwt_claims *claims,
                           const struct jwt_expectation *expectation, struct error *error)
{
    if (expectation->any_audience)
        return true;
    bool found = text_is_empty(expectation->audience) && claims->audiences.len == 0;
    for (size_t i = 0; i < claims->audiences.len; i++) {
        if (expectation->audience.len > 0 &&
            text_equal(claims->audiences.items[i], expectation->audience))
            found = true;
    }
    if (!found || (expectation->only_audience && claims->audiences.len > 1))
        return refuse(error, "the token was issued for another audience");
    return true;
}

static bool check_required(const struct jwt_claims *claims, struct text_list required,
                           struct error *error)
{
    for (size_t i = 0; i < required.len; i++) {
        if (!json_get(claims->all, required.items[i]))
            return error_set(error, ERR_UNAUTHENTICATED, "the token lacks the claim \"%.*s\"",
                             TEXT_ARG(required.items[i]));
    }
    return true;
}

static bool check_issuer(const struct jwt_claims *claims, const struct jwt_expectation *expectation,
                         struct error *error)
{
    return expectation->issuer.len == 0 || text_equal(claims->issuer, expectation->issuer) ||
           refuse(error, "the token comes from another issuer");
}

bool jwt_check_part(const struct jws *jws, const struct jwt_claims *claims,
                    const struct jwt_expectation *expectation, enum jwt_part part,
                    struct error *error)
{
    switch (part) {
    case JWT_TYPE: return check_type(jws, expectation->type, error);
    case JWT_ISSUER: return check_issuer(claims, expectation, error);
    case JWT_AUDIENCE: return check_audience(claims, expectation, error);
    case JWT_DATES: return check_dates(claims, expectation, error);
    case JWT_REQUIRED: return check_required(claims, expectation->required, error);
    case JWT_PART_COUNT: break;
    }
    return refuse(error, "the token is malformed");
}

bool jwt_check(const struct jws *jws, const struct jwt_claims *claims,
               const struct jwt_expectation *expectation, struct error *error)
{
    int part = 0;
    while (part < JWT_PART_COUNT &&
           jwt_check_part(jws, claims, expectation, (enum jwt_part)part, error))
        part++;
    return part == JWT_PART_COUNT;
}

bool jwt_verify(struct arena *arena, const struct jose_key_set *keys, struct text token,
                const struct jwt_expectation *expectation, struct jwt_claims *out,
                struct error *error)
{
    struct jws jws;
    return jws_parse(arena, token, &jws, error) &&
           jws_verify(&jws, jws_find_key(&jws, keys), error) &&
           jwt_parse_claims(arena, &jws, out, error) && jwt_check(&jws, out, expectation, error);
}

bool jwt_sign(struct arena *arena, const struct jose_key *key, struct text type, struct text claims,
              struct text *out, struct error *error)
{
    return jws_sign(arena, key, text_is_empty(type) ? TEXT("JWT") : type, claims, out, error);
}

struct text jwt_text(const struct jwt_claims *claims, const char *name)
{
    return json_get_text(claims->all, name);
}
