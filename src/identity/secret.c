/* Making and recognising secrets. */
#include "identity/secret.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/random.h"

enum { RANDOM_BYTES = 32, CHECK_BYTES = 4 };

static const struct text prefix = TEXT_INIT("gth_");

static struct text checksum(struct arena *arena, struct text body)
{
    struct digest digest;
    if (!digest_sha256(body, &digest))
        return TEXT("");
    return hex_encode(arena, text_slice(digest_text(&digest), 0, CHECK_BYTES));
}

struct text secret_new(struct arena *arena)
{
    uint8_t bytes[RANDOM_BYTES];
    random_bytes(bytes, sizeof(bytes));
    struct text digits = hex_encode(arena, (struct text){(const char *)bytes, sizeof(bytes)});
    struct text body = text_format(arena, "%.*s%.*s", TEXT_ARG(prefix), TEXT_ARG(digits));
    struct text check = checksum(arena, body);
    if (arena_failed(arena) || check.len == 0)
        return TEXT("");
    return text_format(arena, "%.*s%.*s", TEXT_ARG(body), TEXT_ARG(check));
}

bool secret_is_well_formed(struct text secret)
{
    if (secret.len != SECRET_LENGTH || !text_starts_with(secret, prefix))
        return false;
    struct digest digest;
    char check[2 * CHECK_BYTES + 1] = "";
    size_t body = secret.len - 2 * CHECK_BYTES;
    if (!digest_sha256(text_slice(secret, 0, body), &digest))
        return false;
    for (size_t i = 0; i < CHECK_BYTES; i++) {
        check[2 * i] = "0123456789abcdef"[digest.bytes[i] >> 4];
        check[2 * i + 1] = "0123456789abcdef"[digest.bytes[i] & 15];
    }
    return text_equal_z(text_slice(secret, body, secret.len), check);
}
