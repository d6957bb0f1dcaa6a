/*
 * The log of the process: one line an event, written at once to a file descriptor (standard error
 * unless configured), as logfmt or as JSON. An event has a fixed message in plain words and fields
 * that carry what varies:
 *
 *     log_info("run finished", LOG_TEXT("run", id), LOG_INT("changes", count));
 *
 * Values are escaped, so no value can forge a line or a field; long values and lines are cut.
 * Secrets are never passed here: who logs a value answers for it. Safe from any thread; a line that
 * cannot be written is lost, never waited for longer than the descriptor blocks.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/error.h"
#include "base/text.h"

enum log_level {
    LOG_LEVEL_DEBUG,   /* for who works on this program */
    LOG_LEVEL_INFO,    /* what happened */
    LOG_LEVEL_WARNING, /* someone should look when there is time */
    LOG_LEVEL_ERROR,   /* something that was promised did not happen */
    LOG_LEVEL_COUNT
};

enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

struct log_options {
    enum log_level level; /* the lowest that is written */
    enum log_format format;
    int fd;
};

/* At the start of the program, before there are threads. */
void log_configure(const struct log_options *options);
MUST_CHECK bool log_level_parse(struct text text, enum log_level *out);
bool log_is_on(enum log_level level);

/* Names the unit of work that this thread is about: written as "request" in each of its lines until
 * the empty text takes it away. Copied, cut at 63 bytes. */
void log_set_request(struct text id);
struct text log_request(void);

struct log_field {
    const char *key; /* NULL ends the list */
    enum { LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_BOOL } kind;
    struct text text;
    int64_t number;
};

#define LOG_TEXT(field_key, value)                                                                 \
    ((struct log_field){.key = (field_key), .kind = LOG_FIELD_TEXT, .text = (value)})
#define LOG_Z(field_key, value) LOG_TEXT(field_key, text_z(value))
#define LOG_INT(field_key, value)                                                                  \
    ((struct log_field){.key = (field_key), .kind = LOG_FIELD_INT, .number = (value)})
#define LOG_BOOL(field_key, value)                                                                 \
    ((struct log_field){.key = (field_key), .kind = LOG_FIELD_BOOL, .number = (value)})
/* Kind and sentence of an error, as two fields. */
#define LOG_ERROR(error) LOG_Z("code", error_code((error)->kind)), LOG_Z("error", (error)->message)

/* `fields` ends with a field without key; NULL for none. */
void log_write(enum log_level level, const char *message, const struct log_field *fields);

#define LOG_FIELDS(...)           ((const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){NULL}})
#define log_debug(message, ...)   log_write(LOG_LEVEL_DEBUG, (message), LOG_FIELDS(__VA_ARGS__))
#define log_info(message, ...)    log_write(LOG_LEVEL_INFO, (message), LOG_FIELDS(__VA_ARGS__))
#define log_warning(message, ...) log_write(LOG_LEVEL_WARNING, (message), LOG_FIELDS(__VA_ARGS__))
#define log_error(message, ...)   log_write(LOG_LEVEL_ERROR, (message), LOG_FIELDS(__VA_ARGS__))

#endif
