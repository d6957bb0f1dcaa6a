/* Addresses and networks: reading, printing, comparing. */
#include "rego/builtins/ip.h"

#include "base/encoding.h"

#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool parse_v4(struct text text, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        size_t end = text_find_byte(text, '.', 0);
        struct text part = text_slice(text, 0, end);
        int64_t number;
        if ((i < 3) != (end < text.len) || part.len == 0 || part.len > 3 ||
            (part.len > 1 && part.at[0] == '0') || part.at[0] == '-' ||
            !text_to_int64(part, &number) || number > 255)
            return false;
        out[i] = (uint8_t)number;
        text = text_slice(text, end + 1, text.len);
    }
    return true;
}

/* One group of up to four hexadecimal digits. */
static bool take_group(struct text *text, uint8_t out[2])
{
    unsigned number = 0;
    size_t len = 0;
    while (len < text->len && len < 5 && hex_digit(text->at[len]) >= 0)
        number = number * 16 + (unsigned)hex_digit(text->at[len++]);
    if (len == 0 || len > 4)
        return false;
    out[0] = (uint8_t)(number >> 8);
    out[1] = (uint8_t)number;
    *text = text_slice(*text, len, text->len);
    return true;
}

static bool is_next_v4(struct text text)
{
    size_t colon = text_find_byte(text, ':', 0);
    return colon == text.len && text_find_byte(text, '.', 0) < text.len;
}

static bool parse_v6(struct text text, uint8_t out[16])
{
    int at = 0, gap = -1;
    memset(out, 0, 16);
    if (text_starts_with(text, TEXT("::"))) {
        gap = 0;
        text = text_slice(text, 2, text.len);
    }
    while (text.len > 0 && at < 16) {
        if (is_next_v4(text)) {
            if (at > 12 || !parse_v4(text, out + at))
                return false;
            at += 4;
            text.len = 0;
            break;
        }
        if (!take_group(&text, out + at))
            return false;
        at += 2;
        if (text.len == 0)
            break;
        if (text.at[0] != ':' || text.len == 1)
            return false;
        text = text_slice(text, 1, text.len);
        if (text.at[0] == ':') {
            if (gap >= 0)
                return false;
            gap = at;
            text = text_slice(text, 1, text.len);
        }
    }
    if (text.len > 0 || (gap < 0) != (at == 16))
        return false;
    if (gap >= 0) {
        memmove(out + 16 - (at - gap), out + gap, (size_t)(at - gap));
        memset(out + gap, 0, (size_t)(16 - at));
    }
    return true;
}

bool ip_parse(struct text text, struct ip *out)
{
    memcpy(out->bytes, mapped, sizeof mapped);
    out->v4 = true;
    if (text_find_byte(text, ':', 0) == text.len)
        return parse_v4(text, out->bytes + 12);
    if (!parse_v6(text, out->bytes))
        return false;
    out->v4 = memcmp(out->bytes, mapped, sizeof mapped) == 0;
    return true;
}

/* The longest run of two or more zero groups is written "::". */
static void find_gap(const uint8_t *bytes, int *from, int *to)
{
    *from = *to = -1;
    for (int start = 0; start < 16; start += 2) {
        int end = start;
        while (end < 16 && bytes[end] == 0 && bytes[end + 1] == 0)
            end += 2;
        if (end - start > *to - *from && end - start > 2) {
            *from = start;
            *to = end;
        }
    }
}

void ip_print(struct buffer *out, const struct ip *address)
{
    const uint8_t *bytes = address->bytes;
    if (address->v4) {
        buffer_add_format(out, "%d.%d.%d.%d", bytes[12], bytes[13], bytes[14], bytes[15]);
        return;
    }
    int from, to;
    find_gap(bytes, &from, &to);
    for (int i = 0; i < 16; i += 2) {
        if (i == from) {
            buffer_add(out, TEXT("::"));
            i = to;
            if (i >= 16)
                break;
        } else if (i > 0) {
            buffer_add_byte(out, ':');
        }
        buffer_add_format(out, "%x", bytes[i] << 8 | bytes[i + 1]);
    }
}

int ip_compare(const struct ip *a, const struct ip *b)
{
    if (a->v4 != b->v4)
        return a->v4 ? -1 : 1;
    return memcmp(a->bytes, b->bytes, 16);
}

bool ip_next(const struct ip *address, struct ip *out)
{
    *out = *address;
    for (int i = 15; i >= (address->v4 ? 12 : 0); i--) {
        if (++out->bytes[i] != 0)
            return true;
    }
    return false;
}

struct ip_network ip_network_around(const struct ip *address, int prefix)
{
    struct ip_network network = {.first = *address, .last = *address, .prefix = prefix};
    int fixed = prefix + (address->v4 ? 96 : 0);
    for (int bit = fixed; bit < 128; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> (bit % 8));
        network.first.bytes[bit / 8] &= (uint8_t)~mask;
        network.last.bytes[bit / 8] |= mask;
    }
    return network;
}

bool ip_network_parse(struct text text, struct ip_network *out)
{
    struct ip address;
    int64_t prefix;
    size_t slash = text_find_byte(text, '/', 0);
    struct text digits = text_slice(text, slash + 1, text.len);
    struct text host = text_slice(text, 0, slash);
    if (slash == text.len || digits.len == 0 || digits.len > 3 || digits.at[0] == '-' ||
        !text_to_int64(digits, &prefix) || !ip_parse(host, &address))
        return false;
    bool written_as_v6 = text_find_byte(host, ':', 0) < host.len;
    if (prefix > (written_as_v6 ? 128 : 32))
        return false;
    if (written_as_v6 && address.v4)
        prefix = prefix > 96 ? prefix - 96 : 0;
    *out = ip_network_around(&address, (int)prefix);
    return true;
}

bool ip_network_contains(const struct ip_network *network, const struct ip *address)
{
    return network->first.v4 == address->v4 &&
           memcmp(network->first.bytes, address->bytes, 16) <= 0 &&
           memcmp(address->bytes, network->last.bytes, 16) <= 0;
}

void ip_network_print(struct buffer *out, const struct ip_network *network)
{
    ip_print(out, &network->first);
    buffer_add_format(out, "/%d", network->prefix);
}
