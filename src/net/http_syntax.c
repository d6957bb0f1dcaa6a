/* Byte classes, each spelled out once. */
#include "net/http_syntax.h"

#include <string.h>

enum { LONGEST_HOST = 260 };

static bool is_alphanumeric(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
}

static bool is_all(struct text text, const char *others)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_alphanumeric(text.at[i]) && (text.at[i] == '\0' || !strchr(others, text.at[i])))
            return false;
    return true;
}

bool http_is_token(struct text text)
{
    return text.len > 0 && is_all(text, "!#$%&'*+-.^_`|~");
}

bool http_is_field_value(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

bool http_is_host(struct text text)
{
    return text.len <= LONGEST_HOST && is_all(text, "-._~:[]");
}
