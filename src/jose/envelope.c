/* RSA-OAEP around AES-CBC. */
#include "jose/envelope.h"

#include "base/encoding.h"
#include "base/random.h"
#include "jose/algorithm.h"
#include "jose/crypto.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum { PEM_MAX = 4096, KEY_BYTES = 32, IV_BYTES = 16, PLAIN_MAX = 1 << 20 };

static bool is_public_label(const char *label)
{
    return strcmp(label, "RSA PUBLIC KEY") == 0 || strcmp(label, "PUBLIC KEY") == 0;
}

/* NULL for text that is no such block, and for keys that nothing should rest on. */
static EVP_PKEY *parse_key(struct text pem)
{
    char *label = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    EVP_PKEY *key = NULL;
    BIO *source = pem.len && pem.len <= PEM_MAX ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
    if (source && PEM_read_bio(source, &label, &header, &data, &len) == 1 &&
        is_public_label(label)) {
        const unsigned char *at = data;
        key = d2i_PUBKEY_ex(NULL, &at, len, NULL, NULL);
        bool fits = key && at == data + len && EVP_PKEY_is_a(key, "RSA") &&
                    EVP_PKEY_get_bits(key) >= RSA_MODULUS_MIN &&
                    EVP_PKEY_get_bits(key) <= RSA_MODULUS_MAX;
        if (!fits) {
            EVP_PKEY_free(key);
            key = NULL;
        }
    }
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_free(data);
    BIO_free(source);
    crypto_forget_errors();
    return key;
}

static bool refuse_key(struct error *error)
{
    return error_set(error, ERR_INVALID,
                     "the key must be an RSA public key in PEM with %d to %d bits", RSA_MODULUS_MIN,
                     RSA_MODULUS_MAX);
}

bool envelope_check_key(struct text public_key, struct error *error)
{
    EVP_PKEY *key = parse_key(public_key);
    EVP_PKEY_free(key);
    return key ? true : refuse_key(error);
}

static bool choose_padding(EVP_PKEY_CTX *context)
{
    return EVP_PKEY_encrypt_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md_name(context, "SHA512", NULL) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, "SHA512", NULL) == 1;
}

/* Empty on failure. */
static struct text wrap_key(struct arena *arena, EVP_PKEY *key, const unsigned char *secret)
{
    unsigned char wrapped[RSA_MODULUS_MAX / 8];
    size_t len = sizeof wrapped;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool done = context && choose_padding(context) &&
                EVP_PKEY_encrypt(context, wrapped, &len, secret, KEY_BYTES) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? base64url_encode(arena, (struct text){(const char *)wrapped, len}) : TEXT("");
}

static bool encrypt(EVP_CIPHER_CTX *context, const unsigned char *secret, const unsigned char *iv,
                    struct text plain, unsigned char *to, size_t *len)
{
    int body, tail;
    if (EVP_EncryptInit_ex2(context, EVP_aes_256_cbc(), secret, iv, NULL) != 1 ||
        EVP_EncryptUpdate(context, to, &body, (const unsigned char *)plain.at, (int)plain.len) !=
            1 ||
        EVP_EncryptFinal_ex(context, to + body, &tail) != 1)
        return false;
    *len = (size_t)body + (size_t)tail;
    return true;
}

/* Empty on failure. */
static struct text encrypt_content(struct arena *arena, const unsigned char *secret,
                                   struct text plain)
{
    size_t len = 0;
    unsigned char *bytes = arena_alloc(arena, IV_BYTES + plain.len + EVP_MAX_BLOCK_LENGTH);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (bytes)
        random_bytes(bytes, IV_BYTES);
    bool done = bytes && context && encrypt(context, secret, bytes, plain, bytes + IV_BYTES, &len);
    EVP_CIPHER_CTX_free(context);
    return done ? base64url_encode(arena, (struct text){(const char *)bytes, IV_BYTES + len})
                : TEXT("");
}

bool envelope_close(struct arena *arena, struct text public_key, struct text plain,
                    struct envelope *out, struct error *error)
{
    unsigned char secret[KEY_BYTES];
    EVP_PKEY *key = parse_key(public_key);
    if (!key)
        return refuse_key(error);
    random_bytes(secret, sizeof secret);
    out->key = wrap_key(arena, key, secret);
    out->content = plain.len <= PLAIN_MAX ? encrypt_content(arena, secret, plain) : TEXT("");
    crypto_wipe(secret, sizeof secret);
    EVP_PKEY_free(key);
    return (out->key.len && out->content.len) ||
           crypto_failed(error, "the envelope could not be closed");
}
