/* Reading keys and checking signatures. */
#include "rego/builtins/jwt_key.h"

#include "rego/builtins/operand.h"
#include "rego/value/json_value.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum { MAX_FIELD = 2048 }; /* bytes of a number in a JWK */

const struct jwt_algorithm *jwt_algorithm_find(struct text name)
{
    static const struct jwt_algorithm algorithms[] = {
        {"RS256", EVP_PKEY_RSA, EVP_sha256, false},  {"RS384", EVP_PKEY_RSA, EVP_sha384, false},
        {"RS512", EVP_PKEY_RSA, EVP_sha512, false},  {"PS256", EVP_PKEY_RSA, EVP_sha256, true},
        {"PS384", EVP_PKEY_RSA, EVP_sha384, true},   {"PS512", EVP_PKEY_RSA, EVP_sha512, true},
        {"ES256", EVP_PKEY_EC, EVP_sha256, false},   {"ES384", EVP_PKEY_EC, EVP_sha384, false},
        {"ES512", EVP_PKEY_EC, EVP_sha512, false},   {"EdDSA", EVP_PKEY_ED25519, NULL, false},
        {"HS256", EVP_PKEY_HMAC, EVP_sha256, false}, {"HS384", EVP_PKEY_HMAC, EVP_sha384, false},
        {"HS512", EVP_PKEY_HMAC, EVP_sha512, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(algorithms); i++) {
        if (text_equal_z(name, algorithms[i].name))
            return &algorithms[i];
    }
    return NULL;
}

void jwt_keys_release(struct jwt_keys *keys)
{
    for (size_t i = 0; i < keys->len; i++)
        EVP_PKEY_free(keys->items[i]);
    keys->len = 0;
}

static void add_key(struct jwt_keys *keys, EVP_PKEY *key)
{
    if (key && keys->len < JWT_MAX_KEYS)
        keys->items[keys->len++] = key;
    else
        EVP_PKEY_free(key);
}

/* PEM. */

static EVP_PKEY *key_of_certificate(BIO *pem)
{
    X509 *certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL);
    EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;
    X509_free(certificate);
    return key;
}

/* One block, with nothing but blanks behind it. */
static enum builtin_outcome parse_pem(struct builtin_call *call, struct text text,
                                      struct jwt_keys *out)
{
    static const char begin[] = "-----BEGIN ";
    struct text label = text_slice(text, sizeof begin - 1, text.len);
    label = text_slice(label, 0, text_find(label, TEXT("-----"), 0));
    struct text end = text_format(call->arena, "-----END %.*s-----", TEXT_ARG(label));
    size_t at = text_find(text, end, 0);
    bool certificate = text_equal_z(label, "CERTIFICATE");
    if (at == text.len || (!certificate && !text_equal_z(label, "PUBLIC KEY")))
        return fail_builtin(call, "failed to extract a Key from the PEM certificate");
    if (text_trim(text_slice(text, at + end.len, text.len)).len > 0)
        return fail_builtin(call, "extra data after a PEM certificate block");
    BIO *pem = text.len <= INT32_MAX ? BIO_new_mem_buf(text.at, (int)text.len) : NULL;
    EVP_PKEY *key = NULL;
    if (pem && certificate)
        key = key_of_certificate(pem);
    else if (pem)
        key = PEM_read_bio_PUBKEY(pem, NULL, NULL, NULL);
    BIO_free(pem);
    if (!key)
        return fail_builtin(call, "failed to parse a PEM %s", certificate ? "certificate" : "key");
    add_key(out, key);
    return BUILTIN_OK;
}

/* JWK. */

/* A member in base64url without padding. */
static bool read_field(const struct collection *jwk, const char *name, unsigned char *bytes,
                       size_t *len)
{
    const struct value *value = object_get_text(jwk, text_z(name));
    unsigned char padded[MAX_FIELD * 2];
    if (!value || value->kind != VALUE_STRING || value->len == 0 || value->len > MAX_FIELD)
        return false;
    size_t used = value->len;
    for (size_t i = 0; i < used; i++) {
        char byte = value->as.bytes[i];
        padded[i] = (unsigned char)(byte == '-' ? '+' : byte == '_' ? '/' : byte);
    }
    while (used % 4)
        padded[used++] = '=';
    int decoded = EVP_DecodeBlock(bytes, padded, (int)used);
    *len = decoded < 0 ? 0 : (size_t)decoded - (used - value->len);
    return decoded > 0 && *len > 0;
}

static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM *parameters)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!context || !parameters || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

static EVP_PKEY *rsa_key(const struct collection *jwk)
{
    unsigned char n[MAX_FIELD * 2], e[MAX_FIELD * 2];
    size_t n_len, e_len;
    if (!read_field(jwk, "n", n, &n_len) || !read_field(jwk, "e", e, &e_len))
        return NULL;
    BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL), *exponent = BN_bin2bn(e, (int)e_len, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (modulus && exponent && builder &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        key = from_parameters("RSA", OSSL_PARAM_BLD_to_param(builder));
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

/* Coordinates of exactly the curve's size, as one uncompressed point. */
static EVP_PKEY *ec_key(const struct collection *jwk)
{
    static const struct {
        const char *curve, *group;
        size_t size;
    } curves[] = {
        {"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}};
    unsigned char x[MAX_FIELD * 2], y[MAX_FIELD * 2], point[1 + 2 * 66];
    size_t x_len, y_len;
    const struct value *curve = object_get_text(jwk, TEXT("crv"));
    if (!curve || curve->kind != VALUE_STRING || !read_field(jwk, "x", x, &x_len) ||
        !read_field(jwk, "y", y, &y_len))
        return NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        size_t size = curves[i].size;
        if (!text_equal_z(value_text(curve), curves[i].curve) || x_len != size || y_len != size)
            continue;
        point[0] = POINT_CONVERSION_UNCOMPRESSED;
        memcpy(point + 1, x, size);
        memcpy(point + 1 + size, y, size);
        OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
        EVP_PKEY *key = NULL;
        if (builder &&
            OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curves[i].group,
                                            0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             1 + 2 * size) == 1)
            key = from_parameters("EC", OSSL_PARAM_BLD_to_param(builder));
        OSSL_PARAM_BLD_free(builder);
        return key;
    }
    return NULL;
}

static EVP_PKEY *ed25519_key(const struct collection *jwk)
{
    unsigned char x[MAX_FIELD * 2];
    size_t len;
    if (!read_field(jwk, "x", x, &len))
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, len);
}

static bool add_jwk(const struct value *jwk, struct jwt_keys *out)
{
    if (jwk->kind != VALUE_OBJECT)
        return false;
    const struct value *type = object_get_text(jwk->as.collection, TEXT("kty"));
    struct text name = type && type->kind == VALUE_STRING ? value_text(type) : TEXT("");
    EVP_PKEY *key = NULL;
    if (text_equal_z(name, "RSA"))
        key = rsa_key(jwk->as.collection);
    else if (text_equal_z(name, "EC"))
        key = ec_key(jwk->as.collection);
    else if (text_equal_z(name, "OKP"))
        key = ed25519_key(jwk->as.collection);
    add_key(out, key);
    return key != NULL;
}

static enum builtin_outcome parse_jwks(struct builtin_call *call, struct text text,
                                       struct jwt_keys *out)
{
    struct value jwk;
    struct error error = {0};
    bool fine = value_parse_json(call->arena, text, NULL, &jwk, &error) && jwk.kind == VALUE_OBJECT;
    const struct value *set = fine ? object_get_text(jwk.as.collection, TEXT("keys")) : NULL;
    if (fine && set) {
        fine = set->kind == VALUE_ARRAY;
        for (uint32_t i = 0; fine && i < set->len; i++)
            (void)add_jwk(&set->as.items[i], out);
    } else if (fine) {
        fine = add_jwk(&jwk, out);
    }
    return fine ? BUILTIN_OK : fail_builtin(call, "failed to parse a JWK key (set)");
}

enum builtin_outcome jwt_keys_parse(struct builtin_call *call, struct text text,
                                    struct jwt_keys *out)
{
    *out = (struct jwt_keys){0};
    if (!charge(call, 4096 + text.len / 2))
        return BUILTIN_STOPPED;
    enum builtin_outcome outcome = text_starts_with(text, TEXT("-----BEGIN "))
                                       ? parse_pem(call, text, out)
                                       : parse_jwks(call, text, out);
    if (outcome != BUILTIN_OK)
        jwt_keys_release(out);
    return outcome;
}

/* Verifying. */

/* r and s side by side, as JWS has them, to the DER that OpenSSL wants. 0 when the length is wrong.
 */
static size_t ecdsa_to_der(const EVP_PKEY *key, struct text raw, unsigned char *der, size_t size)
{
    size_t half = (size_t)(EVP_PKEY_get_bits(key) + 7) / 8;
    ECDSA_SIG *signature = raw.len == half * 2 ? ECDSA_SIG_new() : NULL;
    const unsigned char *bytes = (const unsigned char *)raw.at;
    BIGNUM *r = signature ? BN_bin2bn(bytes, (int)half, NULL) : NULL;
    BIGNUM *s = signature ? BN_bin2bn(bytes + half, (int)half, NULL) : NULL;
    int len = 0;
    if (r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
        len = i2d_ECDSA_SIG(signature, NULL);
        if (len > 0 && (size_t)len <= size)
            len = i2d_ECDSA_SIG(signature, &der);
        else
            len = 0;
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(signature);
    return len > 0 ? (size_t)len : 0;
}

static bool verify_with(EVP_PKEY *key, const struct jwt_algorithm *algorithm,
                        struct text signing_input, struct text signature)
{
    unsigned char der[256];
    const unsigned char *bytes = (const unsigned char *)signature.at;
    size_t len = signature.len;
    if (EVP_PKEY_get_base_id(key) != algorithm->key_type || len == 0)
        return false;
    if (algorithm->key_type == EVP_PKEY_EC) {
        len = ecdsa_to_der(key, signature, der, sizeof der);
        bytes = der;
        if (len == 0)
            return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters; /* owned by the context */
    const EVP_MD *digest = algorithm->digest ? algorithm->digest() : NULL;
    bool verified = context && EVP_DigestVerifyInit(context, &parameters, digest, NULL, key) == 1 &&
                    (!algorithm->pss ||
                     (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
                      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) == 1)) &&
                    EVP_DigestVerify(context, bytes, len, (const unsigned char *)signing_input.at,
                                     signing_input.len) == 1;
    EVP_MD_CTX_free(context);
    return verified;
}

static bool verify_mac(struct text secret, const struct jwt_algorithm *algorithm,
                       struct text signing_input, struct text signature)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return secret.len <= INT32_MAX &&
           HMAC(algorithm->digest(), secret.len ? secret.at : "", (int)secret.len,
                (const unsigned char *)signing_input.at, signing_input.len, bytes, &len) &&
           text_equal_secret((struct text){(const char *)bytes, len}, signature);
}

bool jwt_keys_verify(const struct jwt_keys *keys, const struct jwt_algorithm *algorithm,
                     struct text signing_input, struct text signature)
{
    if (keys->is_secret || algorithm->key_type == EVP_PKEY_HMAC)
        return keys->is_secret && algorithm->key_type == EVP_PKEY_HMAC &&
               verify_mac(keys->secret, algorithm, signing_input, signature);
    bool verified = false;
    for (size_t i = 0; i < keys->len && !verified; i++)
        verified = verify_with(keys->items[i], algorithm, signing_input, signature);
    return verified;
}
