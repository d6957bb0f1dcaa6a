/* Making keys: generated, from a secret, or adopted from OpenSSL. */
#include "jose/key.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "jose/crypto.h"
#include "jose/key_private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <string.h>

static void release_key(void *data)
{
    struct jose_key *key = data;
    EVP_MD_CTX_free(key->signer);
    EVP_MD_CTX_free(key->verifier);
    EVP_PKEY_free(key->pkey);
}

/* An empty key whose OpenSSL objects, once set, go with the arena. */
static struct jose_key *new_key(struct arena *arena, enum jose_algorithm algorithm)
{
    struct jose_key *key = ARENA_NEW(arena, struct jose_key);
    if (!key)
        return NULL;
    key->algorithm = algorithm;
    return arena_defer(arena, release_key, key) ? key : NULL;
}

static const EVP_MD *digest_of(const struct crypto *crypto, int bits)
{
    switch (bits) {
    case 256: return crypto->sha256;
    case 384: return crypto->sha384;
    case 512: return crypto->sha512;
    default: return NULL;
    }
}

static bool set_padding(EVP_PKEY_CTX *context, const struct algorithm *facts)
{
    if (facts->type != KEY_TYPE_RSA)
        return true;
    if (!facts->pss)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

typedef int (*digest_init_fn)(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *);

static EVP_MD_CTX *new_template(const struct jose_key *key, digest_init_fn init,
                                const struct crypto *crypto)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    EVP_MD_CTX *template = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL;
    if (template &&
        init(template, &context, digest_of(crypto, facts->digest_bits), NULL, key->pkey) == 1 &&
        set_padding(context, facts))
        return template;
    EVP_MD_CTX_free(template);
    return NULL;
}

static bool make_templates(struct jose_key *key, bool is_private, struct error *error)
{
    const struct crypto *crypto = crypto_get(error);
    if (!crypto)
        return false;
    key->verifier = new_template(key, EVP_DigestVerifyInit, crypto);
    if (is_private)
        key->signer = new_template(key, EVP_DigestSignInit, crypto);
    if (!key->verifier || (is_private && !key->signer))
        return crypto_failed(error, "the key could not be prepared");
    return true;
}

/* A number of the key as base64url; `size` bytes with zeros in front, or as few as it takes for 0.
 */
static bool print_number(const EVP_PKEY *pkey, const char *parameter, size_t size,
                         struct arena *arena, struct text *out)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(pkey, parameter, &number) != 1)
        return false;
    uint8_t bytes[RSA_MODULUS_MAX / 8];
    size_t len = size > 0 ? size : (size_t)BN_num_bytes(number);
    bool done = len <= sizeof bytes && BN_bn2binpad(number, bytes, (int)len) == (int)len;
    BN_free(number);
    if (done)
        *out = base64url_encode(arena, (struct text){(const char *)bytes, len});
    return done;
}

static bool print_okp_point(const EVP_PKEY *pkey, struct arena *arena, struct text *out)
{
    uint8_t point[32];
    size_t len = sizeof point;
    if (EVP_PKEY_get_raw_public_key(pkey, point, &len) != 1)
        return false;
    *out = base64url_encode(arena, (struct text){(const char *)point, len});
    return true;
}

static bool print_public_members(struct jose_key *key, struct arena *arena, struct error *error)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    bool done = false;
    if (facts->type == KEY_TYPE_EC)
        done = print_number(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, facts->scalar_bytes, arena,
                            &key->first) &&
               print_number(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, facts->scalar_bytes, arena,
                            &key->second);
    else if (facts->type == KEY_TYPE_RSA)
        done = print_number(key->pkey, OSSL_PKEY_PARAM_RSA_N, 0, arena, &key->first) &&
               print_number(key->pkey, OSSL_PKEY_PARAM_RSA_E, 0, arena, &key->second);
    else
        done = print_okp_point(key->pkey, arena, &key->first);
    if (!done)
        return crypto_failed(error, "the public part of the key could not be read");
    return arena_failed(arena) ? error_set_no_memory(error) : true;
}

/* RFC 7638: the required members in lexical order, nothing else. */
static struct text thumbprint_input(const struct jose_key *key, struct arena *arena)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    switch (facts->type) {
    case KEY_TYPE_EC:
        return text_format(arena, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
                           facts->curve, TEXT_ARG(key->first), TEXT_ARG(key->second));
    case KEY_TYPE_OKP:
        return text_format(arena, "{\"crv\":\"%s\",\"kty\":\"OKP\",\"x\":\"%.*s\"}", facts->curve,
                           TEXT_ARG(key->first));
    case KEY_TYPE_RSA:
        return text_format(arena, "{\"e\":\"%.*s\",\"kty\":\"RSA\",\"n\":\"%.*s\"}",
                           TEXT_ARG(key->second), TEXT_ARG(key->first));
    case KEY_TYPE_OCT: break;
    }
    return (struct text){NULL, 0};
}

static bool name_key(struct jose_key *key, struct arena *arena, struct text id, struct error *error)
{
    if (id.len > JOSE_KEY_ID_MAX)
        return error_set(error, ERR_INVALID, "a key id may have %d bytes", JOSE_KEY_ID_MAX);
    if (!text_is_empty(id)) {
        key->id = text_copy(arena, id);
        return key->id.at ? true : error_set_no_memory(error);
    }
    struct digest digest;
    struct text input = thumbprint_input(key, arena);
    if (!input.at || !digest_sha256(input, &digest))
        return error_set_no_memory(error);
    key->id = base64url_encode(arena, digest_text(&digest));
    return key->id.at ? true : error_set_no_memory(error);
}

bool jose_key_adopt(struct arena *arena, EVP_PKEY *pkey, bool is_private,
                    enum jose_algorithm algorithm, struct text id, const struct jose_key **out,
                    struct error *error)
{
    if (!pkey)
        return crypto_failed(error, "the key could not be made");
    struct jose_key *key = new_key(arena, algorithm);
    if (!key) {
        EVP_PKEY_free(pkey);
        return error_set_no_memory(error);
    }
    key->pkey = pkey;
    if (!jose_key_check(pkey, is_private, algorithm, error) ||
        !make_templates(key, is_private, error) || !print_public_members(key, arena, error) ||
        !name_key(key, arena, id, error))
        return false;
    *out = key;
    return true;
}

bool jose_key_generate(struct arena *arena, enum jose_algorithm algorithm,
                       const struct jose_key **out, struct error *error)
{
    const struct algorithm *facts = algorithm_get(algorithm);
    EVP_PKEY *pkey = NULL;
    switch (facts->type) {
    case KEY_TYPE_EC: pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", facts->group); break;
    case KEY_TYPE_OKP: pkey = EVP_PKEY_Q_keygen(NULL, NULL, facts->group); break;
    case KEY_TYPE_RSA: pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_MODULUS_MIN); break;
    case KEY_TYPE_OCT:
        return error_set(error, ERR_INVALID, "a secret for %s is not generated here", facts->name);
    }
    return jose_key_adopt(arena, pkey, true, algorithm, (struct text){NULL, 0}, out, error);
}

bool jose_key_from_secret(struct arena *arena, struct text secret, struct text id,
                          const struct jose_key **out, struct error *error)
{
    if (secret.len < JOSE_SECRET_MIN)
        return error_set(error, ERR_INVALID, "an HS256 secret needs %d bytes, this one has %zu",
                         JOSE_SECRET_MIN, secret.len);
    if (id.len > JOSE_KEY_ID_MAX)
        return error_set(error, ERR_INVALID, "a key id may have %d bytes", JOSE_KEY_ID_MAX);
    struct jose_key *key = new_key(arena, JOSE_HS256);
    if (!key)
        return error_set_no_memory(error);
    key->id = text_copy(arena, id);
    key->secret = text_copy(arena, secret);
    if (arena_failed(arena) || !crypto_wipe_later(arena, key->secret))
        return error_set_no_memory(error);
    *out = key;
    return true;
}

struct text jose_key_id(const struct jose_key *key)
{
    return key->id;
}

enum jose_algorithm jose_key_algorithm(const struct jose_key *key)
{
    return key->algorithm;
}

bool jose_key_can_sign(const struct jose_key *key)
{
    return key->signer || key->secret.len > 0;
}
