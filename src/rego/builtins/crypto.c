/* crypto.*: digests and HMAC over OpenSSL, as lower-case hexadecimal. */
#include "rego/builtins/operand.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static enum builtin_outcome give_hex(struct builtin_call *call, const unsigned char *bytes,
                                     unsigned len, struct value *result)
{
    struct buffer out;
    text_buffer(call, &out);
    for (unsigned i = 0; i < len; i++)
        buffer_add_format(&out, "%02x", bytes[i]);
    return give_buffer(call, &out, result);
}

static enum builtin_outcome digest(struct builtin_call *call, const struct value *operands,
                                   const EVP_MD *algorithm, struct value *result)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!operand_is(call, operands, 0, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 32 + operands[0].len / 8))
        return BUILTIN_STOPPED;
    if (EVP_Digest(operands[0].as.bytes, operands[0].len, bytes, &len, algorithm, NULL) != 1)
        return fail_builtin(call, "the digest is not available");
    return give_hex(call, bytes, len, result);
}

static enum builtin_outcome mac(struct builtin_call *call, const struct value *operands,
                                const EVP_MD *algorithm, struct value *result)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge(call, 64 + ((uint64_t)operands[0].len + operands[1].len) / 8))
        return BUILTIN_STOPPED;
    const char *key = operands[1].len ? operands[1].as.bytes : "";
    if (operands[1].len > INT32_MAX ||
        !HMAC(algorithm, key, (int)operands[1].len, (const unsigned char *)operands[0].as.bytes,
              operands[0].len, bytes, &len))
        return fail_builtin(call, "the digest is not available");
    return give_hex(call, bytes, len, result);
}

enum builtin_outcome builtin_crypto_md5(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    return digest(call, operands, EVP_md5(), result);
}

enum builtin_outcome builtin_crypto_sha1(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return digest(call, operands, EVP_sha1(), result);
}

enum builtin_outcome builtin_crypto_sha256(struct builtin_call *call, const struct value *operands,
                                           struct value *result)
{
    return digest(call, operands, EVP_sha256(), result);
}

enum builtin_outcome builtin_hmac_md5(struct builtin_call *call, const struct value *operands,
                                      struct value *result)
{
    return mac(call, operands, EVP_md5(), result);
}

enum builtin_outcome builtin_hmac_sha1(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    return mac(call, operands, EVP_sha1(), result);
}

enum builtin_outcome builtin_hmac_sha256(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return mac(call, operands, EVP_sha256(), result);
}

enum builtin_outcome builtin_hmac_sha512(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    return mac(call, operands, EVP_sha512(), result);
}

enum builtin_outcome builtin_hmac_equal(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    if (!operand_is(call, operands, 0, VALUE_STRING) ||
        !operand_is(call, operands, 1, VALUE_STRING))
        return BUILTIN_TYPE_ERROR;
    if (!charge_bytes(call, operands[0].len))
        return BUILTIN_STOPPED;
    return give_bool(result, text_equal_secret(value_text(&operands[0]), value_text(&operands[1])));
}
