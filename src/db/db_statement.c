/*
 * Values, statement texts and the cache of prepared statements.
 */
#include "base/json.h"
#include "db/db_driver.h"

#include <stdlib.h>

enum { SQL_MAX = 1 << 20, SET_MAX = 64 << 20, CACHE_FIRST_SIZE = 64 };

struct db_value db_null(void)
{
    return (struct db_value){.kind = DB_NULL};
}

struct db_value db_int(int64_t value)
{
    return (struct db_value){.kind = DB_INT, .integer = value};
}

struct db_value db_bool(bool value)
{
    return (struct db_value){.kind = DB_BOOL, .boolean = value};
}

struct db_value db_real(double value)
{
    return (struct db_value){.kind = DB_REAL, .real = value};
}

struct db_value db_text(struct text value)
{
    return (struct db_value){.kind = DB_TEXT, .text = value.at ? value : TEXT("")};
}

struct db_value db_text_z(const char *value)
{
    return db_text(text_z(value));
}

struct db_value db_text_or_null(struct text value)
{
    return value.len > 0 ? db_text(value) : db_null();
}

struct db_value db_blob(struct text value)
{
    return (struct db_value){.kind = DB_BLOB, .text = value.at ? value : TEXT("")};
}

/* A set is a JSON array to the database. */
static struct json_writer *begin_set(struct json_printer *set, struct arena *arena)
{
    buffer_init(&set->buffer, arena, SET_MAX);
    json_writer_init(&set->writer, &set->buffer);
    json_begin_array(&set->writer);
    return &set->writer;
}

/* The set as a parameter, or NULL when the buffer failed. */
static struct db_value end_set(struct json_printer *set)
{
    json_end_array(&set->writer);
    return set->buffer.failed ? db_null() : db_text(buffer_text(&set->buffer));
}

struct db_value db_texts(struct arena *arena, const struct text *values, size_t count)
{
    struct json_printer set;
    struct json_writer *writer = begin_set(&set, arena);
    for (size_t i = 0; i < count; i++)
        json_string(writer, values[i]);
    return end_set(&set);
}

struct db_value db_ints(struct arena *arena, const int64_t *values, size_t count)
{
    struct json_printer set;
    struct json_writer *writer = begin_set(&set, arena);
    for (size_t i = 0; i < count; i++)
        json_int64(writer, values[i]);
    return end_set(&set);
}

static const struct db_macro *find_macro(const struct db_driver *driver, struct text name)
{
    for (size_t i = 0; i < driver->macro_count; i++)
        if (text_equal(driver->macros[i].name, name))
            return &driver->macros[i];
    return NULL;
}

/* The macro's text with $N replaced by the number that the use gave. */
static void add_macro(struct buffer *out, struct text text, struct text number)
{
    size_t at = text_find(text, TEXT("$N"), 0);
    buffer_add(out, text_slice(text, 0, at));
    if (at == text.len)
        return;
    buffer_add_byte(out, '$');
    buffer_add(out, number);
    buffer_add(out, text_slice(text, at + 2, text.len));
}

const char *db_expand(struct db_session *session, const char *sql, struct error *error)
{
    struct text rest = text_z(sql);
    struct buffer out;
    buffer_init(&out, session->arena, SQL_MAX);
    for (;;) {
        size_t at = text_find(rest, TEXT("${"), 0);
        buffer_add(&out, text_slice(rest, 0, at));
        if (at == rest.len)
            break;
        size_t end = text_find_byte(rest, '}', at);
        struct text use = text_slice(rest, at + 2, end), name = {0};
        (void)text_next_part(&use, ':', &name);
        const struct db_macro *macro = find_macro(session->db->driver, name);
        if (!macro) {
            db_log(session->db, "unknown macro ${%.*s} in SQL", TEXT_ARG(name));
            error_set(error, ERR_INTERNAL, "the server made a mistake");
            return NULL;
        }
        add_macro(&out, macro->text, use);
        rest = text_slice(rest, end + 1, rest.len);
    }
    buffer_add_byte(&out, '\0');
    if (!out.failed)
        return buffer_text(&out).at;
    error_set_no_memory(error);
    return NULL;
}

/* The entry of the statement, or the free one where it belongs. The table is never full. */
static struct db_cache_entry *cache_slot(const struct db_cache *cache,
                                         const struct db_statement *statement)
{
    size_t at = ((uintptr_t)statement >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    for (;; at++) {
        struct db_cache_entry *entry = &cache->entries[at & (cache->size - 1)];
        if (entry->statement == statement || !entry->statement)
            return entry;
    }
}

void *db_cache_find(const struct db_cache *cache, const struct db_statement *statement)
{
    return cache->size > 0 ? cache_slot(cache, statement)->prepared : NULL;
}

static bool cache_grow(struct db_cache *cache)
{
    struct db_cache larger = {.len = cache->len,
                              .size = cache->size > 0 ? cache->size * 2 : CACHE_FIRST_SIZE};
    larger.entries = calloc(larger.size, sizeof(*larger.entries));
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < cache->size; i++)
        if (cache->entries[i].statement)
            *cache_slot(&larger, cache->entries[i].statement) = cache->entries[i];
    free(cache->entries);
    *cache = larger;
    return true;
}

bool db_cache_add(struct db_cache *cache, const struct db_statement *statement, void *prepared)
{
    if (cache->len * 2 >= cache->size && !cache_grow(cache))
        return false;
    *cache_slot(cache, statement) = (struct db_cache_entry){statement, prepared};
    cache->len++;
    return true;
}

void db_cache_release(struct db_cache *cache, void (*free_prepared)(void *prepared))
{
    for (size_t i = 0; i < cache->size; i++)
        if (cache->entries[i].statement)
            free_prepared(cache->entries[i].prepared);
    free(cache->entries);
    *cache = (struct db_cache){0};
}
