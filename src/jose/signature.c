/* Signing and verifying over the templates of a key. */
#include "jose/signature.h"

#include "base/digest.h"
#include "jose/crypto.h"
#include "jose/key_private.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <string.h>

enum { DER_SIGNATURE_MAX = 2 * EC_SCALAR_MAX + 16 };

/* In 1 .. order - 1. */
static bool is_scalar(const uint8_t *bytes, const struct algorithm *facts)
{
    static const uint8_t zeros[EC_SCALAR_MAX];
    return memcmp(bytes, zeros, facts->scalar_bytes) != 0 &&
           memcmp(bytes, facts->order, facts->scalar_bytes) < 0;
}

/* r and s side by side, to the DER that OpenSSL verifies. Length 0 when they are out of range. */
static size_t raw_to_der(const struct algorithm *facts, struct text raw, uint8_t *der)
{
    const uint8_t *r = (const uint8_t *)raw.at;
    size_t size = facts->scalar_bytes;
    if (raw.len != 2 * size || !is_scalar(r, facts) || !is_scalar(r + size, facts))
        return 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *first = BN_bin2bn(r, (int)size, NULL);
    BIGNUM *second = BN_bin2bn(r + size, (int)size, NULL);
    if (!pair || !first || !second || ECDSA_SIG_set0(pair, first, second) != 1) {
        BN_free(first);
        BN_free(second);
        ECDSA_SIG_free(pair);
        return 0;
    }
    int len = i2d_ECDSA_SIG(pair, NULL);
    if (len > 0 && len <= DER_SIGNATURE_MAX)
        len = i2d_ECDSA_SIG(pair, &der);
    else
        len = 0;
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool der_to_raw(const struct algorithm *facts, const uint8_t *der, size_t der_len,
                       struct signature *out)
{
    int size = (int)facts->scalar_bytes;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
    bool done = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out->bytes, size) == size &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out->bytes + size, size) == size;
    ECDSA_SIG_free(pair);
    out->len = 2 * facts->scalar_bytes;
    return done;
}

static bool mac_message(const struct jose_key *key, struct text message, struct signature *out)
{
    struct digest mac;
    if (!digest_hmac_sha256(key->secret, message, &mac))
        return false;
    memcpy(out->bytes, mac.bytes, sizeof mac.bytes);
    out->len = sizeof mac.bytes;
    return true;
}

/* A context of this call's own, copied from the key's template; NULL when OpenSSL fails. */
static EVP_MD_CTX *copy_template(const EVP_MD_CTX *template)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context && EVP_MD_CTX_copy_ex(context, template) == 1)
        return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

static bool sign_message(const struct jose_key *key, struct text message, struct signature *out)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    uint8_t der[DER_SIGNATURE_MAX];
    bool is_ec = facts->type == KEY_TYPE_EC;
    size_t len = is_ec ? sizeof der : sizeof out->bytes;
    EVP_MD_CTX *context = copy_template(key->signer);
    bool done = context && EVP_DigestSign(context, is_ec ? der : out->bytes, &len,
                                          (const unsigned char *)message.at, message.len) == 1;
    EVP_MD_CTX_free(context);
    out->len = len;
    return done && (!is_ec || der_to_raw(facts, der, len, out));
}

bool signature_make(const struct jose_key *key, struct text message, struct signature *out,
                    struct error *error)
{
    if (!jose_key_can_sign(key))
        return error_set(error, ERR_INVALID, "the key has no private part to sign with");
    bool done =
        key->secret.len > 0 ? mac_message(key, message, out) : sign_message(key, message, out);
    return done || crypto_failed(error, "the signature could not be made");
}

static bool verify_message(const struct jose_key *key, struct text message, struct text signature)
{
    const struct algorithm *facts = algorithm_get(key->algorithm);
    uint8_t der[DER_SIGNATURE_MAX];
    const unsigned char *at = (const unsigned char *)signature.at;
    size_t len = signature.len;
    if (facts->type == KEY_TYPE_EC) {
        len = raw_to_der(facts, signature, der);
        at = der;
    }
    if (len == 0)
        return false;
    EVP_MD_CTX *context = copy_template(key->verifier);
    bool valid = context && EVP_DigestVerify(context, at, len, (const unsigned char *)message.at,
                                             message.len) == 1;
    EVP_MD_CTX_free(context);
    return valid;
}

bool signature_is_valid(const struct jose_key *key, struct text message, struct text signature)
{
    if (key->secret.len > 0) {
        struct signature expected;
        return mac_message(key, message, &expected) && signature.len == expected.len &&
               CRYPTO_memcmp(signature.at, expected.bytes, expected.len) == 0;
    }
    bool valid = verify_message(key, message, signature);
    if (!valid)
        crypto_forget_errors();
    return valid;
}
