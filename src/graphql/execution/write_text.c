/* Plain strings eight bytes at a time; the last word overlaps the one before it. */
#include "graphql/execution/write_text.h"

#include "base/json.h"

#include <string.h>

static const uint64_t every_byte = UINT64_C(0x0101010101010101);

/* Whether no byte of the word is a quote, a backslash, a control character or beyond ASCII. It may
 * say no for a word that is plain, never yes for one that is not. */
static bool is_plain(uint64_t word)
{
    uint64_t quote = word ^ (every_byte * '"');
    uint64_t slash = word ^ (every_byte * '\\');
    uint64_t special =
        word | (word - every_byte * 0x20) | (quote - every_byte) | (slash - every_byte);
    return (special & (every_byte * 0x80)) == 0;
}

static bool copy_word(char *to, const char *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof(word));
    memcpy(to, &word, sizeof(word));
    return is_plain(word);
}

static bool copy_four_to_seven(char *to, const char *from, size_t len)
{
    uint32_t first, last;
    memcpy(&first, from, sizeof(first));
    memcpy(&last, from + len - sizeof(last), sizeof(last));
    memcpy(to, &first, sizeof(first));
    memcpy(to + len - sizeof(last), &last, sizeof(last));
    return is_plain(first | (uint64_t)last << 32);
}

/* For one byte all three are the same; for two, two of them. */
static bool copy_up_to_three(char *to, const char *from, size_t len)
{
    if (len == 0)
        return true;
    unsigned char first = (unsigned char)from[0];
    unsigned char middle = (unsigned char)from[len / 2];
    unsigned char last = (unsigned char)from[len - 1];
    to[0] = (char)first;
    to[len / 2] = (char)middle;
    to[len - 1] = (char)last;
    uint64_t rest = (every_byte * ' ') << 24;
    return is_plain(rest | first | (uint64_t)middle << 8 | (uint64_t)last << 16);
}

/* False when the text is not plain; what was copied then does not matter. */
static bool copy_plain(char *to, const char *from, size_t len)
{
    if (len < 4)
        return copy_up_to_three(to, from, len);
    if (len < sizeof(uint64_t))
        return copy_four_to_seven(to, from, len);
    size_t last = len - sizeof(uint64_t);
    for (size_t at = 0; at < last; at += sizeof(uint64_t))
        if (!copy_word(to + at, from + at))
            return false;
    return copy_word(to + last, from + last);
}

void write_text(struct buffer *out, struct text text)
{
    size_t size = text.len + 2;
    char *at = out->size - out->len >= size ? out->at + out->len : buffer_reserve(out, size);
    if (!at)
        return;
    if (copy_plain(at + 1, text.at, text.len)) {
        at[0] = at[text.len + 1] = '"';
        out->len += size;
        return;
    }
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_string(&writer, text);
}

bool write_texts(struct buffer *out, struct text_list list)
{
    size_t start = out->len;
    buffer_add_byte(out, '[');
    for (size_t i = 0; i < list.len; i++) {
        if (!list.items[i].at) {
            buffer_truncate(out, start);
            return false;
        }
        if (i > 0)
            buffer_add_byte(out, ',');
        write_text(out, list.items[i]);
    }
    buffer_add_byte(out, ']');
    return true;
}
