/* Keys as JSON Web Keys (RFC 7517, 7518 section 6, 8037 section 2). */
#include "base/encoding.h"
#include "jose/crypto.h"
#include "jose/key_private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

/* One parse of a JWK: what the steps share. */
struct jwk {
    struct arena *arena;
    const struct json *members;
    enum jose_key_kind kind;
    enum jose_algorithm algorithm;
    struct error *error;
};

static bool refuse_member(struct jwk *jwk, const char *name)
{
    return error_set(jwk->error, ERR_INVALID, "the member \"%s\" of the key is not acceptable",
                     name);
}

/* Decoded bytes of a required base64url member; wiped with the arena when private. */
static bool get_bytes(struct jwk *jwk, const char *name, bool is_secret, struct text *out)
{
    const struct json *member = json_get_z(jwk->members, name);
    if (!json_is(member, JSON_STRING) || member->text.len == 0 || member->text.len > KEY_MEMBER_MAX)
        return refuse_member(jwk, name);
    struct error cause = {0};
    if (!base64url_decode(jwk->arena, member->text, out, &cause))
        return cause.kind == ERR_NO_MEMORY ? error_set_no_memory(jwk->error)
                                           : refuse_member(jwk, name);
    if (is_secret && !crypto_wipe_later(jwk->arena, *out))
        return error_set_no_memory(jwk->error);
    return true;
}

/* A positive number without leading zeros (RFC 7518, 2: Base64urlUInt). */
static bool get_number(struct jwk *jwk, const char *name, bool is_secret, struct text *out)
{
    return get_bytes(jwk, name, is_secret, out) && (out->at[0] != 0 || refuse_member(jwk, name));
}

/* Exactly `size` bytes. */
static bool get_octets(struct jwk *jwk, const char *name, bool is_secret, size_t size,
                       struct text *out)
{
    return get_bytes(jwk, name, is_secret, out) && (out->len == size || refuse_member(jwk, name));
}

/* `use` and `key_ops`, where present, must allow what the key is imported for. */
static bool is_for_signatures(const struct json *members, enum jose_key_kind kind)
{
    const struct json *use = json_get_z(members, "use");
    if (use && !text_equal_z(json_text_or(use, TEXT("")), "sig"))
        return false;
    const struct json *operations = json_get_z(members, "key_ops");
    if (!operations)
        return true;
    if (!json_is(operations, JSON_ARRAY))
        return false;
    struct text wanted = kind == JOSE_KEY_PRIVATE ? TEXT("sign") : TEXT("verify");
    for (uint32_t i = 0; i < operations->len; i++) {
        if (text_equal(json_text_or(&operations->items[i], TEXT("")), wanted))
            return true;
    }
    return false;
}

/* The algorithm of a key that names none: by its curve, RS256 for RSA. */
static bool find_default_algorithm(const struct json *members, enum jose_algorithm *out)
{
    struct text type = json_get_text(members, "kty");
    struct text curve = json_get_text(members, "crv");
    for (int i = 0; i < JOSE_ALGORITHM_COUNT; i++) {
        const struct algorithm *facts = algorithm_get((enum jose_algorithm)i);
        if (text_equal_z(type, key_type_name(facts->type)) &&
            (!facts->curve || text_equal_z(curve, facts->curve))) {
            *out = (enum jose_algorithm)i;
            return true;
        }
    }
    return false;
}

/* The one algorithm of the key, from the key alone. */
static bool find_algorithm(const struct json *members, enum jose_algorithm *out)
{
    const struct json *name = json_get_z(members, "alg");
    if (!name)
        return find_default_algorithm(members, out);
    return json_is(name, JSON_STRING) && jose_algorithm_find(name->text, out);
}

bool jose_jwk_is_ours(const struct json *members, enum jose_key_kind kind)
{
    enum jose_algorithm algorithm;
    return is_for_signatures(members, kind) && find_algorithm(members, &algorithm);
}

/* Type and curve agree with the algorithm; checked before any number is read. */
static bool check_type(struct jwk *jwk)
{
    const struct algorithm *facts = algorithm_get(jwk->algorithm);
    if (!text_equal_z(json_get_text(jwk->members, "kty"), key_type_name(facts->type)))
        return refuse_member(jwk, "kty");
    if (facts->curve && !text_equal_z(json_get_text(jwk->members, "crv"), facts->curve))
        return refuse_member(jwk, "crv");
    if ((facts->type == KEY_TYPE_OCT) != (jwk->kind == JOSE_KEY_SECRET))
        return refuse_member(jwk, "kty");
    return true;
}

static bool refuse_private_members(struct jwk *jwk)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (json_get_z(jwk->members, names[i]))
            return error_set(jwk->error, ERR_INVALID,
                             "a public key must not carry the private member \"%s\"", names[i]);
    }
    return true;
}

/* Numbers on their way to OpenSSL, which wants them alive until the key is made. */
struct numbers {
    OSSL_PARAM_BLD *builder;
    BIGNUM *items[8];
    size_t len;
    uint8_t point[1 + 2 * EC_SCALAR_MAX]; /* EC: 4, x, y */
};

static bool push_number(struct numbers *numbers, const char *parameter, struct text bytes)
{
    BIGNUM *number = BN_secure_new();
    if (!number)
        return false;
    numbers->items[numbers->len++] = number;
    return BN_bin2bn((const unsigned char *)bytes.at, (int)bytes.len, number) &&
           OSSL_PARAM_BLD_push_BN(numbers->builder, parameter, number) == 1;
}

static void release_numbers(struct numbers *numbers)
{
    for (size_t i = 0; i < numbers->len; i++)
        BN_clear_free(numbers->items[i]);
    OSSL_PARAM_BLD_free(numbers->builder);
}

static EVP_PKEY *make_pkey(const struct numbers *numbers, const char *type, bool is_private)
{
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(numbers->builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (parameters && context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, selection, parameters) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return pkey;
}

static bool read_ec(struct jwk *jwk, struct numbers *numbers)
{
    const struct algorithm *facts = algorithm_get(jwk->algorithm);
    size_t size = facts->scalar_bytes;
    bool is_private = jwk->kind == JOSE_KEY_PRIVATE;
    struct text x, y, d = {NULL, 0};
    if (!get_octets(jwk, "x", false, size, &x) || !get_octets(jwk, "y", false, size, &y) ||
        (is_private && !get_octets(jwk, "d", true, size, &d)))
        return false;
    uint8_t *point = numbers->point;
    point[0] = 4; /* uncompressed */
    memcpy(point + 1, x.at, size);
    memcpy(point + 1 + size, y.at, size);
    if (OSSL_PARAM_BLD_push_utf8_string(numbers->builder, OSSL_PKEY_PARAM_GROUP_NAME, facts->group,
                                        0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(numbers->builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * size) != 1 ||
        (is_private && !push_number(numbers, OSSL_PKEY_PARAM_PRIV_KEY, d)))
        return error_set_no_memory(jwk->error);
    return true;
}

static bool read_rsa(struct jwk *jwk, struct numbers *numbers)
{
    static const struct {
        const char *name, *parameter;
    } members[] = {
        {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
        {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };
    static_assert(ARRAY_LENGTH(members) <= ARRAY_LENGTH(numbers->items), "room for each number");
    size_t count = jwk->kind == JOSE_KEY_PRIVATE ? ARRAY_LENGTH(members) : 2;
    for (size_t i = 0; i < count; i++) {
        struct text bytes;
        if (!get_number(jwk, members[i].name, i >= 2, &bytes))
            return false;
        if (!push_number(numbers, members[i].parameter, bytes))
            return error_set_no_memory(jwk->error);
    }
    return true;
}

/* OpenSSL derives the point from the private part, so that a foreign x would go unnoticed. */
static bool check_okp_point(struct jwk *jwk, const EVP_PKEY *pkey, struct text x)
{
    uint8_t point[32];
    size_t len = sizeof point;
    if (EVP_PKEY_get_raw_public_key(pkey, point, &len) != 1)
        return crypto_failed(jwk->error, "the key could not be read");
    return text_equal(x, (struct text){(const char *)point, len}) || refuse_member(jwk, "x");
}

static bool parse_okp(struct jwk *jwk, EVP_PKEY **out)
{
    struct text x, d;
    const char *type = algorithm_get(jwk->algorithm)->group;
    if (!get_octets(jwk, "x", false, 32, &x))
        return false;
    if (jwk->kind == JOSE_KEY_PUBLIC) {
        *out = EVP_PKEY_new_raw_public_key_ex(NULL, type, NULL, (const unsigned char *)x.at, x.len);
        return *out || crypto_failed(jwk->error, "the key could not be made");
    }
    if (!get_octets(jwk, "d", true, 32, &d))
        return false;
    *out = EVP_PKEY_new_raw_private_key_ex(NULL, type, NULL, (const unsigned char *)d.at, d.len);
    if (!*out)
        return crypto_failed(jwk->error, "the key could not be made");
    if (check_okp_point(jwk, *out, x))
        return true;
    EVP_PKEY_free(*out);
    return false;
}

static bool parse_numbers(struct jwk *jwk, EVP_PKEY **out)
{
    bool is_ec = algorithm_get(jwk->algorithm)->type == KEY_TYPE_EC;
    struct numbers numbers = {.builder = OSSL_PARAM_BLD_new()};
    bool done = numbers.builder ? (is_ec ? read_ec : read_rsa)(jwk, &numbers)
                                : error_set_no_memory(jwk->error);
    if (done) {
        *out = make_pkey(&numbers, is_ec ? "EC" : "RSA", jwk->kind == JOSE_KEY_PRIVATE);
        if (!*out) {
            crypto_forget_errors();
            done = error_set(jwk->error, ERR_INVALID,
                             "the numbers of the key do not form a valid key");
        }
    }
    release_numbers(&numbers);
    return done;
}

static bool parse_asymmetric(struct jwk *jwk, struct text id, const struct jose_key **out)
{
    bool is_private = jwk->kind == JOSE_KEY_PRIVATE;
    EVP_PKEY *pkey = NULL;
    if (!is_private && !refuse_private_members(jwk))
        return false;
    bool is_okp = algorithm_get(jwk->algorithm)->type == KEY_TYPE_OKP;
    if (!(is_okp ? parse_okp : parse_numbers)(jwk, &pkey))
        return false;
    return jose_key_adopt(jwk->arena, pkey, is_private, jwk->algorithm, id, out, jwk->error);
}

static bool get_id(struct jwk *jwk, struct text *out)
{
    const struct json *id = json_get_z(jwk->members, "kid");
    *out = json_text_or(id, TEXT(""));
    if (id && (!json_is(id, JSON_STRING) || out->len == 0 || out->len > JOSE_KEY_ID_MAX))
        return refuse_member(jwk, "kid");
    return true;
}

bool jose_key_parse_jwk(struct arena *arena, const struct json *members, enum jose_key_kind kind,
                        const struct jose_key **out, struct error *error)
{
    struct jwk jwk = {.arena = arena, .members = members, .kind = kind, .error = error};
    struct text id, secret;
    if (!json_is(members, JSON_OBJECT))
        return error_set(error, ERR_INVALID, "a key is a JSON object");
    if (!is_for_signatures(members, kind))
        return error_set(error, ERR_INVALID, "the key is not meant for signatures");
    if (!find_algorithm(members, &jwk.algorithm))
        return error_set(error, ERR_INVALID, "the algorithm of the key is not supported");
    if (!check_type(&jwk) || !get_id(&jwk, &id))
        return false;
    if (kind != JOSE_KEY_SECRET)
        return parse_asymmetric(&jwk, id, out);
    return get_bytes(&jwk, "k", true, &secret) &&
           jose_key_from_secret(arena, secret, id, out, error);
}

static void print_member(struct json_writer *writer, const char *name, const char *value)
{
    json_member_string(writer, name, text_z(value));
}

bool jose_key_print_jwk(const struct jose_key *key, struct json_writer *writer)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    if (facts->type == KEY_TYPE_OCT)
        return false;
    bool is_rsa = facts->type == KEY_TYPE_RSA;
    json_begin_object(writer);
    print_member(writer, "kty", key_type_name(facts->type));
    if (facts->curve)
        print_member(writer, "crv", facts->curve);
    json_member_string(writer, is_rsa ? "n" : "x", key->first);
    if (facts->type != KEY_TYPE_OKP)
        json_member_string(writer, is_rsa ? "e" : "y", key->second);
    print_member(writer, "alg", facts->name);
    print_member(writer, "use", "sig");
    json_member_string(writer, "kid", key->id);
    json_end_object(writer);
    return true;
}
