/* Keys as PEM and DER: PKCS#8 for private keys, SubjectPublicKeyInfo for public ones. */
#include "jose/crypto.h"
#include "jose/key_private.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

static const char private_label[] = "PRIVATE KEY";
static const char public_label[] = "PUBLIC KEY";

enum { KEY_FILE_MAX = 65536 };

/* NULL unless all of der is one unencrypted PKCS#8 key. */
static EVP_PKEY *parse_private(struct text der)
{
    const unsigned char *at = (const unsigned char *)der.at;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    bool whole = info && at == (const unsigned char *)der.at + der.len;
    EVP_PKEY *pkey = whole ? EVP_PKCS82PKEY_ex(info, NULL, NULL) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}

static EVP_PKEY *parse_public(struct text der)
{
    const unsigned char *at = (const unsigned char *)der.at;
    EVP_PKEY *pkey = d2i_PUBKEY_ex(NULL, &at, (long)der.len, NULL, NULL);
    if (pkey && at != (const unsigned char *)der.at + der.len) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

bool jose_key_parse_der(struct arena *arena, struct text der, enum jose_algorithm algorithm,
                        const struct jose_key **out, struct error *error)
{
    if (der.len > KEY_FILE_MAX)
        return error_set(error, ERR_TOO_LARGE, "a key may have %d bytes", KEY_FILE_MAX);
    EVP_PKEY *pkey = parse_private(der);
    bool is_private = pkey != NULL;
    if (!pkey)
        pkey = parse_public(der);
    crypto_forget_errors();
    if (!pkey)
        return error_set(error, ERR_INVALID,
                         "the key is neither PKCS#8 nor a SubjectPublicKeyInfo");
    return jose_key_adopt(arena, pkey, is_private, algorithm, (struct text){NULL, 0}, out, error);
}

struct pem_block {
    char *label, *header;
    unsigned char *data;
    long len;
};

static void release_block(struct pem_block *block)
{
    if (block->data)
        crypto_wipe(block->data, (size_t)block->len);
    OPENSSL_free(block->label);
    OPENSSL_free(block->header);
    OPENSSL_free(block->data);
}

static bool parse_block(struct arena *arena, const struct pem_block *block,
                        enum jose_algorithm algorithm, const struct jose_key **out,
                        struct error *error)
{
    struct text der = {(const char *)block->data, (size_t)block->len};
    if (block->header && block->header[0])
        return error_set(error, ERR_INVALID, "encrypted keys are not supported");
    bool is_private = strcmp(block->label, private_label) == 0;
    if (!is_private && strcmp(block->label, public_label) != 0)
        return error_set(error, ERR_INVALID, "a PEM key starts with BEGIN %s or BEGIN %s",
                         private_label, public_label);
    EVP_PKEY *pkey = is_private ? parse_private(der) : parse_public(der);
    crypto_forget_errors();
    if (!pkey)
        return error_set(error, ERR_INVALID, "the PEM block holds no key");
    return jose_key_adopt(arena, pkey, is_private, algorithm, (struct text){NULL, 0}, out, error);
}

bool jose_key_parse_pem(struct arena *arena, struct text pem, enum jose_algorithm algorithm,
                        const struct jose_key **out, struct error *error)
{
    if (pem.len > KEY_FILE_MAX)
        return error_set(error, ERR_TOO_LARGE, "a key may have %d bytes", KEY_FILE_MAX);
    struct pem_block block = {0};
    BIO *source = BIO_new_mem_buf(pem.at, (int)pem.len);
    bool found =
        source && PEM_read_bio(source, &block.label, &block.header, &block.data, &block.len) == 1;
    BIO_free(source);
    crypto_forget_errors();
    if (!found)
        return error_set(error, ERR_INVALID, "the text is no PEM key");
    bool done = parse_block(arena, &block, algorithm, out, error);
    release_block(&block);
    return done;
}

/* Copies what a BIO collected into the arena, wiped with it when secret. */
static bool take_bytes(BIO *bio, bool is_secret, struct arena *arena, struct text *out,
                       struct error *error)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);
    if (len <= 0)
        return crypto_failed(error, "the key could not be printed");
    char *copy =
        is_secret ? crypto_alloc_wiped(arena, (size_t)len) : arena_alloc(arena, (size_t)len);
    if (copy) {
        memcpy(copy, bytes, (size_t)len);
        *out = (struct text){copy, (size_t)len};
    }
    return copy ? true : error_set_no_memory(error);
}

typedef int (*print_key_fn)(BIO *bio, const EVP_PKEY *pkey);

static int print_private_pem(BIO *bio, const EVP_PKEY *pkey)
{
    return PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
}

static int print_private_der(BIO *bio, const EVP_PKEY *pkey)
{
    return i2d_PKCS8PrivateKey_bio(bio, pkey, NULL, NULL, 0, NULL, NULL);
}

static int print_public_pem(BIO *bio, const EVP_PKEY *pkey)
{
    return PEM_write_bio_PUBKEY(bio, pkey);
}

static int print_public_der(BIO *bio, const EVP_PKEY *pkey)
{
    return i2d_PUBKEY_bio(bio, pkey);
}

static bool print_key(const struct jose_key *key, bool is_secret, print_key_fn print,
                      struct arena *arena, struct text *out, struct error *error)
{
    if (!key->pkey || (is_secret && !key->signer))
        return error_set(error, ERR_INVALID, "the key has no %s part",
                         is_secret ? "private" : "public");
    BIO *bio = BIO_new(is_secret ? BIO_s_secmem() : BIO_s_mem());
    bool done = bio && print(bio, key->pkey) == 1 ? take_bytes(bio, is_secret, arena, out, error)
                                                  : crypto_failed(error, "the key could not be "
                                                                         "printed");
    BIO_free(bio);
    return done;
}

bool jose_key_print_private_pem(const struct jose_key *key, struct arena *arena, struct text *out,
                                struct error *error)
{
    return print_key(key, true, print_private_pem, arena, out, error);
}

bool jose_key_print_private_der(const struct jose_key *key, struct arena *arena, struct text *out,
                                struct error *error)
{
    return print_key(key, true, print_private_der, arena, out, error);
}

bool jose_key_print_public_pem(const struct jose_key *key, struct arena *arena, struct text *out,
                               struct error *error)
{
    return print_key(key, false, print_public_pem, arena, out, error);
}

bool jose_key_print_public_der(const struct jose_key *key, struct arena *arena, struct text *out,
                               struct error *error)
{
    return print_key(key, false, print_public_der, arena, out, error);
}
