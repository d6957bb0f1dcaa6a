/* Fuzz target: escaped text has no byte that could end its place, is UTF-8, and reads back. */
#include "doors/login/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    struct text entity;
    char byte;
} entities[] = {
    {TEXT_INIT("&amp;"), '&'},  {TEXT_INIT("&lt;"), '<'},   {TEXT_INIT("&gt;"), '>'},
    {TEXT_INIT("&quot;"), '"'}, {TEXT_INIT("&#39;"), '\''},
};

/* The byte of the entity at the index, and how long it is; ends the program when there is none. */
static char read_entity(struct text html, size_t at, size_t *len)
{
    for (size_t i = 0; i < ARRAY_LENGTH(entities); i++) {
        if (text_starts_with(text_slice(html, at, html.len), entities[i].entity)) {
            *len = entities[i].entity.len;
            return entities[i].byte;
        }
    }
    abort();
}

/* Reads escaped text back, as a browser does. */
static void unescape(struct text html, struct buffer *out)
{
    for (size_t i = 0, len = 1; i < html.len; i += len) {
        char byte = html.at[i];
        len = 1;
        if (byte == '<' || byte == '>' || byte == '"' || byte == '\'')
            abort();
        buffer_add_byte(out, byte == '&' ? read_entity(html, i, &len) : byte);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(16 << 20);
    struct text source = {(const char *)data, size};
    struct buffer html, back, again;
    buffer_init(&html, arena, 1 << 20);
    buffer_init(&back, arena, 1 << 20);
    buffer_init(&again, arena, 1 << 20);
    html_text(&html, source);
    if (html.failed || !text_is_utf8(buffer_text(&html)))
        abort();
    unescape(buffer_text(&html), &back);
    /* Only what cannot be said was changed: the text read back says the same again. */
    html_text(&again, buffer_text(&back));
    if (!text_equal(buffer_text(&again), buffer_text(&html)))
        abort();
    bool clean = text_is_utf8(source);
    for (size_t i = 0; i < size; i++)
        clean = clean && data[i] >= 0x20 && data[i] != 0x7f && data[i] != 0xc2;
    if (clean && !text_equal(buffer_text(&back), source))
        abort();
    arena_free(arena);
    return 0;
}
