/* Questions to a JSON tree, and the conversion of its numbers. */
#include "base/json.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const struct json *json_get(const struct json *value, struct text key)
{
    if (!json_is(value, JSON_OBJECT))
        return NULL;
    for (uint32_t i = 0; i < value->len; i++) {
        const struct json_member *member = &value->members[i];
        if (text_equal(member->key, key))
            return &member->value;
    }
    return NULL;
}

const struct json *json_get_z(const struct json *value, const char *key)
{
    return json_get(value, text_z(key));
}

bool json_is(const struct json *value, enum json_kind kind)
{
    return value && value->kind == kind;
}

struct text json_text_or(const struct json *value, struct text otherwise)
{
    return json_is(value, JSON_STRING) ? value->text : otherwise;
}

struct text json_get_text(const struct json *object, const char *key)
{
    return json_text_or(json_get_z(object, key), TEXT(""));
}

struct text_list json_to_texts(struct arena *arena, const struct json *array)
{
    static const struct text_list none = {NULL, 0};
    if (!json_is(array, JSON_ARRAY))
        return none;
    struct text *items = ARENA_ARRAY(arena, struct text, array->len);
    if (!items)
        return none;
    for (uint32_t i = 0; i < array->len; i++)
        items[i] = json_text_or(&array->items[i], TEXT(""));
    return (struct text_list){items, array->len};
}

bool json_bool_or(const struct json *value, bool otherwise)
{
    if (json_is(value, JSON_TRUE))
        return true;
    return json_is(value, JSON_FALSE) ? false : otherwise;
}

/* A number as written: sign, digits with the point taken out, and where the point stands. */
struct decimal {
    bool negative;
    struct text whole;
    struct text fraction;
    int64_t exponent; /* held within +-EXPONENT_LIMIT, far past any int64 */
};

enum { EXPONENT_LIMIT = 1 << 30 };

static int64_t read_exponent(struct text digits)
{
    bool negative = digits.len && digits.at[0] == '-';
    int64_t exponent = 0;
    for (size_t i = 0; i < digits.len && exponent < EXPONENT_LIMIT; i++) {
        if (digits.at[i] >= '0' && digits.at[i] <= '9')
            exponent = exponent * 10 + (digits.at[i] - '0');
    }
    return negative ? -exponent : exponent;
}

static struct decimal split_number(struct text text)
{
    struct decimal decimal = {.negative = text.len && text.at[0] == '-'};
    size_t end = decimal.negative;
    while (end < text.len && text.at[end] != 'e' && text.at[end] != 'E')
        end++;
    struct text digits = text_slice(text, decimal.negative, end);
    size_t point = text_find_byte(digits, '.', 0);
    decimal.whole = text_slice(digits, 0, point);
    decimal.fraction = text_slice(digits, point + 1, digits.len);
    decimal.exponent = read_exponent(text_slice(text, end + 1, text.len));
    return decimal;
}

/* Appends the digits that stand left of the point, counted downwards so that INT64_MIN fits, and
 * accepts only zeros right of it. */
static bool add_digits(struct text digits, int64_t *left_of_point, int64_t *value)
{
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digits.at[i] - '0';
        if ((*left_of_point)-- > 0) {
            if (__builtin_mul_overflow(*value, 10, value) ||
                __builtin_sub_overflow(*value, digit, value))
                return false;
        } else if (digit != 0) {
            return false;
        }
    }
    return true;
}

bool json_to_int64(const struct json *value, int64_t *out)
{
    if (!json_is(value, JSON_NUMBER))
        return false;
    struct decimal decimal = split_number(value->text);
    int64_t left_of_point = (int64_t)decimal.whole.len + decimal.exponent;
    int64_t number = 0;
    if (!add_digits(decimal.whole, &left_of_point, &number) ||
        !add_digits(decimal.fraction, &left_of_point, &number))
        return false;
    for (; left_of_point > 0 && number != 0; left_of_point--) {
        if (__builtin_mul_overflow(number, 10, &number))
            return false;
    }
    if (!decimal.negative && number == INT64_MIN)
        return false;
    *out = decimal.negative ? number : -number;
    return true;
}

int64_t json_int64_or(const struct json *value, int64_t otherwise)
{
    int64_t number;
    return json_to_int64(value, &number) ? number : otherwise;
}

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", NULL);
}

/* strtod in the C locale, whatever the process has chosen. */
static bool parse_double(const char *terminated, double *out)
{
    pthread_once(&c_locale_once, make_c_locale);
    double number = c_locale ? strtod_l(terminated, NULL, c_locale) : strtod(terminated, NULL);
    if (!isfinite(number))
        return false;
    *out = number;
    return true;
}

bool json_to_double(const struct json *value, double *out)
{
    if (!json_is(value, JSON_NUMBER))
        return false;
    char small[64];
    size_t len = value->text.len;
    char *copy = len < sizeof(small) ? small : malloc(len + 1);
    if (!copy)
        return false;
    memcpy(copy, value->text.at, len);
    copy[len] = '\0';
    bool parsed = parse_double(copy, out);
    if (copy != small)
        free(copy);
    return parsed;
}
