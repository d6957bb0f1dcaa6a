/*
 * io.jwt.*: decoding and verifying. Policies have no clock: decode_verify takes the time as a
 * constraint, and a token with a lifetime that is verified without one is an error, not valid.
 */
#include "rego/builtins/jwt_key.h"
#include "rego/builtins/operand.h"
#include "rego/value/json_value.h"

#include <string.h>

enum { MAX_NESTING = 4 };

struct token {
    struct text signing_input;
    struct text parts[3]; /* decoded: header, payload, signature */
    struct value header, payload;
};

/* Decoding. */

static int digit_of(char byte)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *found = byte ? strchr(alphabet, byte) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

/* base64url without padding. *bad is where it stops being that. */
static bool decode_part(struct arena *arena, struct text source, struct text *out, size_t *bad)
{
    char *bytes = arena_alloc_raw(arena, source.len + 1);
    uint32_t bits = 0;
    size_t len = 0;
    for (size_t i = 0; bytes && i < source.len; i++) {
        int digit = digit_of(source.at[i]);
        *bad = i;
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 != 0)
            bytes[len++] = (char)(bits >> (6 - 2 * (i % 4)));
    }
    *bad = source.len;
    *out = (struct text){bytes, len};
    return bytes && source.len % 4 != 1;
}

static enum builtin_outcome split(struct builtin_call *call, struct text text, struct token *out)
{
    static const char *const names[] = {"header", "payload", "signature"};
    struct text sections[3] = {{0}}, rest = text;
    int count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '.';
    if (count == 1)
        return fail_builtin(call, "encoded JWT had no period separators");
    if (count != 3)
        return fail_builtin(call, "encoded JWT must have 3 sections, found %d", count);
    for (int i = 0; i < 3; i++) {
        size_t dot = text_find_byte(rest, '.', 0), bad;
        sections[i] = text_slice(rest, 0, dot);
        rest = text_slice(rest, dot + 1, rest.len);
        if (!decode_part(call->arena, sections[i], &out->parts[i], &bad))
            return fail_builtin(
                call, "JWT %s had invalid encoding: illegal base64 data at input byte %zu",
                names[i], bad);
    }
    out->signing_input = text_slice(text, 0, sections[0].len + 1 + sections[1].len);
    return BUILTIN_OK;
}

static bool parse_object(struct builtin_call *call, struct text json, struct value *out)
{
    struct error error = {0};
    return value_parse_json(call->arena, json, NULL, out, &error) && out->kind == VALUE_OBJECT;
}

static struct text header_text(const struct token *token, const char *name)
{
    const struct value *value = object_get_text(token->header.as.collection, text_z(name));
    return value && value->kind == VALUE_STRING ? value_text(value) : (struct text){"", 0};
}

static enum builtin_outcome decode(struct builtin_call *call, struct text text, struct token *out)
{
    if (!charge(call, 16 + text.len / 2))
        return BUILTIN_STOPPED;
    enum builtin_outcome outcome = split(call, text, out);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (!parse_object(call, out->parts[0], &out->header))
        return fail_builtin(call, "JWT header is no JSON object");
    if (object_get_text(out->header.as.collection, TEXT("enc")))
        return fail_builtin(call, "JWT is a JWE object, which is not supported");
    return BUILTIN_OK;
}

/* A token whose payload is a token, perhaps as a JSON string. False when it is none. */
static bool nested_token(struct builtin_call *call, const struct token *token, struct text *out)
{
    struct error error = {0};
    struct value inner;
    if (!text_equal_ignoring_case(header_text(token, "cty"), TEXT("JWT")))
        return false;
    *out = text_trim(token->parts[1]);
    if (text_starts_with(*out, TEXT("\"")) &&
        value_parse_json(call->arena, *out, NULL, &inner, &error) && inner.kind == VALUE_STRING)
        *out = value_text(&inner);
    return true;
}

static enum builtin_outcome parse_payload(struct builtin_call *call, struct token *token)
{
    return parse_object(call, token->parts[1], &token->payload)
               ? BUILTIN_OK
               : fail_builtin(call, "JWT payload is no JSON object");
}

static enum builtin_outcome give_three(struct builtin_call *call, struct value a, struct value b,
                                       struct value c, struct value *result)
{
    struct value *items = value_array_items(call->arena, 3);
    if (!items)
        return stop_memory(call);
    items[0] = a;
    items[1] = b;
    items[2] = c;
    return give_array(call, items, 3, result);
}

enum builtin_outcome builtin_jwt_decode(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    struct token token;
    struct text text;
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = decode(call, value_text(&operands[0]), &token);
    for (int i = 0; i < MAX_NESTING && outcome == BUILTIN_OK && nested_token(call, &token, &text);
         i++)
        outcome = decode(call, text, &token);
    if (outcome == BUILTIN_OK)
        outcome = parse_payload(call, &token);
    if (outcome != BUILTIN_OK)
        return outcome;
    struct buffer hex;
    text_buffer(call, &hex);
    for (size_t i = 0; i < token.parts[2].len; i++)
        buffer_add_format(&hex, "%02x", (unsigned)(unsigned char)token.parts[2].at[i]);
    return hex.failed ? stop_memory(call)
                      : give_three(call, token.header, token.payload,
                                   value_string(buffer_text(&hex)), result);
}

/* Verifying one signature. */

static bool charge_signature(struct builtin_call *call, const struct token *token)
{
    return charge(call, 20000 + token->signing_input.len / 8);
}

static enum builtin_outcome verify(struct builtin_call *call, const struct value *operands,
                                   const char *algorithm_name, struct value *result)
{
    const struct jwt_algorithm *algorithm = jwt_algorithm_find(text_z(algorithm_name));
    struct jwt_keys keys = {0};
    struct token token;
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = decode(call, value_text(&operands[0]), &token);
    if (outcome == BUILTIN_OK && algorithm->key_type == EVP_PKEY_HMAC)
        keys = (struct jwt_keys){.secret = value_text(&operands[1]), .is_secret = true};
    else if (outcome == BUILTIN_OK)
        outcome = jwt_keys_parse(call, value_text(&operands[1]), &keys);
    if (outcome != BUILTIN_OK)
        return outcome;
    bool charged = charge_signature(call, &token);
    bool valid = charged && jwt_keys_verify(&keys, algorithm, token.signing_input, token.parts[2]);
    jwt_keys_release(&keys);
    return charged ? give_bool(result, valid) : BUILTIN_STOPPED;
}

#define VERIFY(symbol, name)                                                                       \
    enum builtin_outcome builtin_jwt_verify_##symbol(                                              \
        struct builtin_call *call, const struct value *operands, struct value *result)             \
    {                                                                                              \
        return verify(call, operands, name, result);                                               \
    }

VERIFY(rs256, "RS256")
VERIFY(rs384, "RS384")
VERIFY(rs512, "RS512")
VERIFY(ps256, "PS256")
VERIFY(ps384, "PS384")
VERIFY(ps512, "PS512")
VERIFY(es256, "ES256")
VERIFY(es384, "ES384")
VERIFY(es512, "ES512")
VERIFY(eddsa, "EdDSA")
VERIFY(hs256, "HS256")
VERIFY(hs384, "HS384")
VERIFY(hs512, "HS512")

/* decode_verify: signature and claims against constraints. */

struct constraints {
    struct text algorithm, issuer, audience; /* NULL where not given */
    const struct value *time;                /* nanoseconds; NULL where not given */
    struct jwt_keys keys;
};

static enum builtin_outcome text_constraint(struct builtin_call *call, const struct value *object,
                                            const char *name, struct text *out)
{
    const struct value *value = object_get_text(object->as.collection, text_z(name));
    *out = (struct text){NULL, 0};
    if (!value)
        return BUILTIN_OK;
    if (value->kind != VALUE_STRING)
        return fail_builtin(call, "%s constraint: must be a string", name);
    *out = value->len ? value_text(value) : TEXT("");
    return BUILTIN_OK;
}

static enum builtin_outcome check_names(struct builtin_call *call, const struct collection *given)
{
    static const char *const known[] = {"cert", "secret", "alg", "iss", "aud", "time"};
    for (uint32_t i = 0; i < given->len; i++) {
        const struct value *name = collection_raw_key(given, i);
        bool found = false;
        for (size_t k = 0; k < ARRAY_LENGTH(known); k++)
            found |= name->kind == VALUE_STRING && text_equal_z(value_text(name), known[k]);
        if (!found)
            return fail_builtin(call, "unrecognized key in constraints");
    }
    return BUILTIN_OK;
}

static enum builtin_outcome read_key(struct builtin_call *call, const struct value *object,
                                     struct constraints *out)
{
    struct text certificate, secret;
    enum builtin_outcome outcome = text_constraint(call, object, "cert", &certificate);
    if (outcome == BUILTIN_OK)
        outcome = text_constraint(call, object, "secret", &secret);
    if (outcome != BUILTIN_OK)
        return outcome;
    if ((certificate.at != NULL) == (secret.at != NULL))
        return fail_builtin(call,
                            certificate.at ? "duplicate key constraints" : "no key constraint");
    if (certificate.at)
        return jwt_keys_parse(call, certificate, &out->keys);
    out->keys = (struct jwt_keys){.secret = secret, .is_secret = true};
    return BUILTIN_OK;
}

/* The keys are read last, so that nothing has to be released before. */
static enum builtin_outcome read_constraints(struct builtin_call *call, const struct value *object,
                                             struct constraints *out)
{
    *out = (struct constraints){.time = object_get_text(object->as.collection, TEXT("time"))};
    enum builtin_outcome outcome = check_names(call, object->as.collection);
    if (outcome == BUILTIN_OK)
        outcome = text_constraint(call, object, "alg", &out->algorithm);
    if (outcome == BUILTIN_OK)
        outcome = text_constraint(call, object, "iss", &out->issuer);
    if (outcome == BUILTIN_OK)
        outcome = text_constraint(call, object, "aud", &out->audience);
    if (outcome == BUILTIN_OK && out->time && out->time->kind != VALUE_NUMBER)
        outcome = fail_builtin(call, "time value must be a number");
    return outcome == BUILTIN_OK ? read_key(call, object, out) : outcome;
}

static bool is_signed(const struct token *token, const struct constraints *constraints)
{
    struct text name = header_text(token, "alg");
    const struct jwt_algorithm *algorithm = jwt_algorithm_find(name);
    if (!algorithm || object_get_text(token->header.as.collection, TEXT("crit")) ||
        (constraints->algorithm.at && !text_equal(constraints->algorithm, name)))
        return false;
    return jwt_keys_verify(&constraints->keys, algorithm, token->signing_input, token->parts[2]);
}

static bool issuer_fits(const struct value *claim, struct text wanted)
{
    return !wanted.at ||
           (claim && claim->kind == VALUE_STRING && text_equal(value_text(claim), wanted));
}

/* Whoever asks for no audience takes no token that names one. */
static bool audience_fits(const struct value *claim, struct text wanted)
{
    if (!wanted.at || !claim)
        return !wanted.at && !claim;
    if (claim->kind == VALUE_STRING)
        return text_equal(value_text(claim), wanted);
    for (uint32_t i = 0; claim->kind == VALUE_ARRAY && i < claim->len; i++) {
        const struct value *item = &claim->as.items[i];
        if (item->kind == VALUE_STRING && text_equal(value_text(item), wanted))
            return true;
    }
    return false;
}

/* Compares the time with a claim in seconds: negative, zero or positive. */
static enum builtin_outcome compare_time(struct builtin_call *call, const struct value *time,
                                         const struct value *claim, const char *name, int *order)
{
    struct value billion = VALUE_INT(1000000000), nanoseconds;
    if (claim->kind != VALUE_NUMBER)
        return fail_builtin(call, "%s value must be a number", name);
    if (!time)
        return fail_builtin(call, "the token has a lifetime: give the time as a constraint");
    enum number_outcome outcome = number_multiply(call->arena, claim, &billion, &nanoseconds);
    if (outcome != NUMBER_OK)
        return give_number(call, outcome);
    *order = number_compare(time, &nanoseconds);
    return BUILTIN_OK;
}

static enum builtin_outcome check_lifetime(struct builtin_call *call, const struct value *claims,
                                           const struct value *time, bool *alive)
{
    const struct value *expires = object_get_text(claims->as.collection, TEXT("exp"));
    const struct value *starts = object_get_text(claims->as.collection, TEXT("nbf"));
    enum builtin_outcome outcome = BUILTIN_OK;
    int order;
    if (expires && (outcome = compare_time(call, time, expires, "exp", &order)) == BUILTIN_OK)
        *alive = order < 0;
    if (outcome == BUILTIN_OK && starts &&
        (outcome = compare_time(call, time, starts, "nbf", &order)) == BUILTIN_OK)
        *alive &= order >= 0;
    return outcome;
}

/* *valid tells whether signature and claims hold; an error is something that cannot be judged. */
static enum builtin_outcome judge(struct builtin_call *call, struct text text,
                                  const struct constraints *constraints, struct token *token,
                                  bool *valid)
{
    enum builtin_outcome outcome = decode(call, text, token);
    *valid = outcome == BUILTIN_OK;
    for (int i = 0; *valid; i++) {
        if (!charge_signature(call, token))
            return BUILTIN_STOPPED;
        *valid = is_signed(token, constraints);
        if (!*valid || i == MAX_NESTING || !nested_token(call, token, &text))
            break;
        outcome = decode(call, text, token);
        *valid = outcome == BUILTIN_OK;
    }
    if (!*valid)
        return outcome;
    outcome = parse_payload(call, token);
    if (outcome != BUILTIN_OK)
        return outcome;
    const struct collection *claims = token->payload.as.collection;
    *valid = issuer_fits(object_get_text(claims, TEXT("iss")), constraints->issuer) &&
             audience_fits(object_get_text(claims, TEXT("aud")), constraints->audience);
    return *valid ? check_lifetime(call, &token->payload, constraints->time, valid) : BUILTIN_OK;
}

enum builtin_outcome builtin_jwt_decode_verify(struct builtin_call *call,
                                               const struct value *operands, struct value *result)
{
    struct constraints constraints;
    struct token token;
    bool valid;
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_OBJECT))
        return BUILTIN_TYPE_ERROR;
    enum builtin_outcome outcome = read_constraints(call, &operands[1], &constraints);
    if (outcome != BUILTIN_OK)
        return outcome;
    outcome = judge(call, value_text(&operands[0]), &constraints, &token, &valid);
    jwt_keys_release(&constraints.keys);
    if (outcome != BUILTIN_OK)
        return outcome;
    if (valid)
        return give_three(call, VALUE_BOOL(true), token.header, token.payload, result);
    struct collection *none = object_new(call->arena, 0);
    return none ? give_three(call, VALUE_BOOL(false), collection_value(none),
                             collection_value(none), result)
                : stop_memory(call);
}
