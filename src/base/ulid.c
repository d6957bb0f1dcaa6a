/* ULIDs: making, printing and parsing. */
#include "base/ulid.h"

#include "base/clock.h"
#include "base/random.h"

#include <pthread.h>
#include <string.h>

enum { RANDOM_BITS_HIGH = 16 }; /* of the 80 random bits, those in `high` */

static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ulid last;

static uint64_t milliseconds_of(struct ulid ulid)
{
    return ulid.high >> RANDOM_BITS_HIGH;
}

/* The random bits as one number, plus one; should they ever be used up, time moves on by one. */
static struct ulid successor(struct ulid ulid)
{
    ulid.low++;
    if (ulid.low == 0)
        ulid.high++;
    return ulid;
}

static struct ulid draw(uint64_t milliseconds)
{
    uint64_t drawn[2];
    random_bytes(drawn, sizeof(drawn));
    return (struct ulid){milliseconds << RANDOM_BITS_HIGH | (uint16_t)drawn[0], drawn[1]};
}

struct ulid ulid_next(void)
{
    uint64_t now = (uint64_t)(clock_wall() / CLOCK_MILLISECOND);
    pthread_mutex_lock(&last_lock);
    last = now > milliseconds_of(last) ? draw(now) : successor(last);
    struct ulid made = last;
    pthread_mutex_unlock(&last_lock);
    return made;
}

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ulid_print(struct ulid ulid, char out[ULID_LENGTH + 1])
{
    unsigned __int128 value = (unsigned __int128)ulid.high << 64 | ulid.low;
    for (int i = ULID_LENGTH - 1; i >= 0; i--) {
        out[i] = digits[value & 31];
        value >>= 5;
    }
    out[ULID_LENGTH] = '\0';
}

struct text ulid_make(struct arena *arena)
{
    char printed[ULID_LENGTH + 1];
    ulid_print(ulid_next(), printed);
    return text_copy(arena, (struct text){printed, ULID_LENGTH});
}

static int digit_value(char byte)
{
    if (byte >= 'a' && byte <= 'z')
        byte = (char)(byte - ('a' - 'A'));
    const char *found = byte ? strchr(digits, byte) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool ulid_parse(struct text text, struct ulid *out)
{
    /* 26 digits hold 130 bits: the first may not use its upper two. */
    if (text.len != ULID_LENGTH || text.at[0] < '0' || text.at[0] > '7')
        return false;
    unsigned __int128 value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_value(text.at[i]);
        if (digit < 0)
            return false;
        value = value << 5 | (unsigned)digit;
    }
    *out = (struct ulid){(uint64_t)(value >> 64), (uint64_t)value};
    return true;
}

bool ulid_is_valid(struct text text)
{
    struct ulid ulid;
    return ulid_parse(text, &ulid);
}

int64_t ulid_time(struct ulid ulid)
{
    return (int64_t)milliseconds_of(ulid) * CLOCK_MILLISECOND;
}

int ulid_compare(struct ulid a, struct ulid b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}
