/* Argon2id, from libsodium: OpenSSL 3.0 has none. */
#include "jose/password_hash.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* Above what OWASP asks for (19 MiB, 2 passes), and about 50 ms on a small server. */
enum { PASSES = 3, MEMORY_BYTES = 32 << 20 };

static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "the library's texts fit exactly");

static bool library_works;
/* Of a password that nobody has, to be compared with where there is no other. */
static struct password_hash nobodys;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static bool hash(struct text password, struct password_hash *out)
{
    return password.len <= PASSWORD_MAX_BYTES &&
           crypto_pwhash_str_alg(out->text, password.at ? password.at : "", password.len, PASSES,
                                 MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void prepare(void)
{
    unsigned char random[32];
    if (sodium_init() < 0)
        return;
    randombytes_buf(random, sizeof random);
    library_works = hash((struct text){(const char *)random, sizeof random}, &nobodys);
}

bool password_hash(struct text password, struct password_hash *out, struct error *error)
{
    pthread_once(&prepared, prepare);
    if (password.len > PASSWORD_MAX_BYTES)
        return error_set(error, ERR_INVALID, "a password may have %d bytes at most",
                         PASSWORD_MAX_BYTES);
    return (library_works && hash(password, out)) || error_set_no_memory(error);
}

bool password_hash_matches(struct text password, struct text stored)
{
    char text[PASSWORD_HASH_SIZE] = "";
    pthread_once(&prepared, prepare);
    bool known = stored.len > 0 && stored.len < sizeof text;
    memcpy(text, known ? stored.at : nobodys.text, known ? stored.len : sizeof text);
    bool matches =
        library_works && password.len <= PASSWORD_MAX_BYTES &&
        crypto_pwhash_str_verify(text, password.at ? password.at : "", password.len) == 0;
    return matches && known;
}
