/* Arrays of texts, as columns and settings hold them: mostly short, plain and written by us. */
#include "base/json.h"
#include "base/json_scan.h"

static size_t count_commas(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == ',';
    return count;
}

/* One string without escapes and beyond ASCII; *at stands behind its closing quote then. */
static bool read_plain(const char **at, const char *end, struct text *out)
{
    bool high = false;
    if (*at == end || **at != '"')
        return false;
    const char *first = *at + 1;
    const char *last = json_scan_plain(first, end, &high);
    if (high || last == end || *last != '"')
        return false;
    *out = (struct text){first, (size_t)(last - first)};
    *at = last + 1;
    return true;
}

/* Strings and commas without blanks, as the writer puts them; false for anything else. `items` has
 * room for a string more than there are commas. */
static bool read_all_plain(struct text json, struct text *items, size_t *len)
{
    const char *at = json.at + 1, *end = json.at + json.len;
    if (json.at[0] != '[')
        return false;
    for (*len = 0;; at++) {
        if (!read_plain(&at, end, &items[(*len)++]) || at == end)
            return false;
        if (*at != ',')
            return *at == ']' && at + 1 == end;
    }
}

static struct text_list read_any(struct arena *arena, struct text json)
{
    struct error ignored = {0};
    const struct json *array;
    if (!json_parse(arena, json, NULL, &array, &ignored))
        return (struct text_list){NULL, 0};
    return json_to_texts(arena, array);
}

struct text_list json_texts_or_none(struct arena *arena, struct text json)
{
    size_t len;
    if (json.len <= 2)
        return (struct text_list){NULL, 0};
    struct text *items = ARENA_ARRAY(arena, struct text, count_commas(json) + 1);
    if (items && read_all_plain(json, items, &len))
        return (struct text_list){items, len};
    return read_any(arena, json);
}
