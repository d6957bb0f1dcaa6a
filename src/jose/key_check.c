/* What a key must be before it is used: of the algorithm's type and curve, on the curve, strong
 * enough, and not from a generator known to be broken. */
#include "jose/crypto.h"
#include "jose/key_private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

/*
 * ROCA (CVE-2017-15361): the faulty generator made primes of the form k*M + (65537^a mod M), M a
 * product of the first primes. So modulo each of these primes the modulus is a power of 65537,
 * which for a modulus from an honest generator happens once in about 2^150.
 */
static const uint16_t roca_primes[] = {
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

static bool is_power_of_65537(unsigned residue, unsigned prime)
{
    unsigned generator = 65537 % prime;
    unsigned power = 1;
    for (unsigned i = 0; i < prime; i++) {
        if (power == residue)
            return true;
        power = power * generator % prime;
    }
    return false;
}

static bool has_roca_fingerprint(const BIGNUM *modulus)
{
    for (size_t i = 0; i < ARRAY_LENGTH(roca_primes); i++) {
        BN_ULONG residue = BN_mod_word(modulus, roca_primes[i]);
        if (!is_power_of_65537((unsigned)residue, roca_primes[i]))
            return false;
    }
    return true;
}

static bool check_rsa_numbers(const BIGNUM *modulus, const BIGNUM *exponent, struct error *error)
{
    int bits = BN_num_bits(modulus);
    if (bits < RSA_MODULUS_MIN || bits > RSA_MODULUS_MAX)
        return error_set(error, ERR_INVALID, "an RSA key needs %d to %d bits, this one has %d",
                         RSA_MODULUS_MIN, RSA_MODULUS_MAX, bits);
    if (!BN_is_odd(modulus))
        return error_set(error, ERR_INVALID, "the RSA modulus is even");
    if (!BN_is_odd(exponent) || BN_is_one(exponent) || BN_num_bits(exponent) > 64)
        return error_set(error, ERR_INVALID,
                         "the RSA public exponent must be an odd number from 3 to 2^64");
    if (has_roca_fingerprint(modulus))
        return error_set(error, ERR_INVALID,
                         "the RSA key comes from a generator with the ROCA weakness");
    return true;
}

static bool check_rsa(const EVP_PKEY *pkey, struct error *error)
{
    BIGNUM *modulus = NULL, *exponent = NULL;
    bool good = false;
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1)
        good = check_rsa_numbers(modulus, exponent, error);
    else
        crypto_failed(error, "the RSA key could not be read");
    BN_free(modulus);
    BN_free(exponent);
    return good;
}

/* A key that spells its curve out is refused even if the numbers are those of a named one. */
static bool check_ec_group(const EVP_PKEY *pkey, const char *group, struct error *error)
{
    char name[32];
    size_t len = 0;
    int is_explicit = 0;
    if (EVP_PKEY_get_group_name(pkey, name, sizeof name, &len) != 1 ||
        !text_equal_z((struct text){name, len}, group)) {
        crypto_forget_errors();
        return error_set(error, ERR_INVALID, "the curve of the key does not fit its algorithm");
    }
    if (EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                               &is_explicit) != 1)
        crypto_forget_errors();
    if (is_explicit)
        return error_set(error, ERR_INVALID, "the key must name its curve");
    return true;
}

/* The point is on the curve, and a private part belongs to it. */
static bool check_numbers(EVP_PKEY *pkey, bool is_private, struct error *error)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool good = context && EVP_PKEY_public_check(context) == 1 &&
                (!is_private || EVP_PKEY_pairwise_check(context) == 1);
    EVP_PKEY_CTX_free(context);
    if (good)
        return true;
    crypto_forget_errors();
    return error_set(error, ERR_INVALID, "the numbers of the key do not form a valid key");
}

bool jose_key_check(EVP_PKEY *pkey, bool is_private, enum jose_algorithm algorithm,
                    struct error *error)
{
    const struct algorithm *facts = algorithm_get(algorithm);
    const char *type = facts->type == KEY_TYPE_EC ? "EC" : facts->group;
    if (!type || EVP_PKEY_is_a(pkey, type) != 1)
        return error_set(error, ERR_INVALID, "the type of the key does not fit %s", facts->name);
    switch (facts->type) {
    case KEY_TYPE_EC:
        return check_ec_group(pkey, facts->group, error) && check_numbers(pkey, is_private, error);
    case KEY_TYPE_RSA:
        /* OpenSSL's public check of RSA is a primality test of many milliseconds that says nothing
         * more about a key whose issuer is trusted already. */
        return check_rsa(pkey, error) && (!is_private || check_numbers(pkey, true, error));
    case KEY_TYPE_OKP: return !is_private || check_numbers(pkey, true, error);
    case KEY_TYPE_OCT: break;
    }
    return error_set(error, ERR_INVALID, "the key is no signature key");
}
