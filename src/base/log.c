/* Log lines: composed on the stack, written with one call. */
#include "base/log.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/time_format.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_SIZE = 4096,
    TAIL_SIZE = 32, /* kept free for the mark of a cut line and its end */
    VALUE_SIZE = 1024,
    REQUEST_SIZE = 64,
};

static struct log_options configured = {.level = LOG_LEVEL_INFO, .fd = STDERR_FILENO};
static _Thread_local char request[REQUEST_SIZE];

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_ERROR] = "error",
};
static_assert(ARRAY_LENGTH(level_names) == LOG_LEVEL_COUNT, "every level has a name");

void log_configure(const struct log_options *options)
{
    configured = *options;
}

bool log_level_parse(struct text text, enum log_level *out)
{
    for (enum log_level level = 0; level < LOG_LEVEL_COUNT; level++) {
        if (text_equal_z(text, level_names[level])) {
            *out = level;
            return true;
        }
    }
    return false;
}

bool log_is_on(enum log_level level)
{
    return level >= configured.level;
}

/* The longest start of the text within the size that splits no character. */
static struct text cut(struct text text, size_t size)
{
    if (text.len <= size)
        return text;
    while (size > 0 && ((unsigned char)text.at[size] & 0xC0) == 0x80)
        size--;
    return text_slice(text, 0, size);
}

void log_set_request(struct text id)
{
    id = cut(id, REQUEST_SIZE - 1);
    if (id.len)
        memcpy(request, id.at, id.len);
    request[id.len] = '\0';
}

struct text log_request(void)
{
    return text_z(request);
}

/* A buffer that already has all it may ever have needs no arena. */
struct line {
    struct buffer out;
    struct json_writer json;
    enum log_format format;
    char bytes[LINE_SIZE];
};

/* logfmt leaves a value bare when it cannot be mistaken for anything else. */
static bool is_bare(struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.at[i];
        if (byte <= ' ' || byte > '~' || byte == '"' || byte == '=' || byte == '\\')
            return false;
    }
    return value.len > 0;
}

static void begin_field(struct line *line, const char *key)
{
    if (line->format == LOG_FORMAT_JSON) {
        json_key_z(&line->json, key);
        return;
    }
    if (line->out.len)
        buffer_add_byte(&line->out, ' ');
    buffer_add(&line->out, text_z(key));
    buffer_add_byte(&line->out, '=');
}

static void add_text(struct line *line, const char *key, struct text value)
{
    value = cut(value, VALUE_SIZE);
    begin_field(line, key);
    if (line->format == LOG_FORMAT_JSON) {
        json_string(&line->json, value);
    } else if (is_bare(value)) {
        buffer_add(&line->out, value);
    } else {
        struct json_writer quoted;
        json_writer_init(&quoted, &line->out);
        json_string(&quoted, value);
    }
}

static void add_literal(struct line *line, const char *key, const struct log_field *field)
{
    struct json_writer plain;
    begin_field(line, key);
    json_writer_init(&plain, &line->out);
    struct json_writer *writer = line->format == LOG_FORMAT_JSON ? &line->json : &plain;
    if (field->kind == LOG_FIELD_BOOL)
        json_bool(writer, field->number != 0);
    else
        json_int64(writer, field->number);
}

/* False, with the line as it was, when there is no more room. */
static bool add_field(struct line *line, const struct log_field *field)
{
    size_t before = line->out.len;
    struct json_writer writer = line->json;
    if (field->kind == LOG_FIELD_TEXT)
        add_text(line, field->key, field->text);
    else
        add_literal(line, field->key, field);
    if (!line->out.failed)
        return true;
    line->out.failed = false;
    buffer_truncate(&line->out, before);
    line->json = writer;
    return false;
}

static void begin_line(struct line *line, enum log_level level, const char *message)
{
    char now[TIME_TEXT_SIZE];
    time_print_to(clock_wall(), TIME_MILLISECONDS, now);
    line->format = configured.format;
    line->out = (struct buffer){.at = line->bytes, .size = LINE_SIZE - TAIL_SIZE};
    line->out.max = line->out.size;
    json_writer_init(&line->json, &line->out);
    if (line->format == LOG_FORMAT_JSON)
        json_begin_object(&line->json);
    add_text(line, "time", text_z(now));
    add_text(line, "level", text_z(level_names[level]));
    add_text(line, "message", text_z(message));
    if (request[0])
        add_text(line, "request", text_z(request));
}

static void end_line(struct line *line, bool complete)
{
    line->out.size = LINE_SIZE;
    line->out.max = LINE_SIZE;
    if (!complete)
        add_literal(line, "cut", &(struct log_field){.kind = LOG_FIELD_BOOL, .number = 1});
    if (line->format == LOG_FORMAT_JSON)
        json_end_object(&line->json);
    buffer_add_byte(&line->out, '\n');
}

static void write_all(int fd, struct text text)
{
    while (text.len > 0) {
        ssize_t written = write(fd, text.at, text.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text = text_slice(text, (size_t)written, text.len);
    }
}

void log_write(enum log_level level, const char *message, const struct log_field *fields)
{
    if (!log_is_on(level))
        return;
    int saved = errno;
    struct line line;
    bool complete = true;
    begin_line(&line, level, message);
    for (; fields && fields->key && complete; fields++)
        complete = add_field(&line, fields);
    end_line(&line, complete);
    write_all(configured.fd, buffer_text(&line.out));
    errno = saved;
}
