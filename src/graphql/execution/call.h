/*
 * What a resolver sees. A resolver is called once for each level of the response with all parents
 * of that level, never once for each object, and gives one result for each parent:
 *
 *     bool shop_Customer_orders(struct graphql_call *call,
 *                               const struct shop_Customer_orders_args *args)
 *     {
 *         for (size_t i = 0; i < call->count; i++)
 *             shop_Customer_orders_give(call, i, orders[i], order_counts[i]);
 *         return true;
 *     }
 *
 * Prototype, argument struct and the typed `_give` and `_parent` functions are generated. A result
 * that is not given is null. What is given is borrowed until the response is written: take it from
 * call->arena or from something that lives longer. Returning false with call->error set fails the
 * field for every parent; graphql_fail fails it for one.
 */
#ifndef GRAPHQL_EXECUTION_CALL_H
#define GRAPHQL_EXECUTION_CALL_H

#include "base/arena.h"
#include "base/error.h"
#include "graphql/types/schema.h"

enum graphql_result_kind {
    GRAPHQL_RESULT_NULL,
    GRAPHQL_RESULT_MEMBER, /* read it from the parent's struct */
    GRAPHQL_RESULT_ERROR,
    GRAPHQL_RESULT_TEXT,
    GRAPHQL_RESULT_TEXTS,
    GRAPHQL_RESULT_BOOL,
    GRAPHQL_RESULT_INT, /* Int, ID, enum constants; time already in seconds */
    GRAPHQL_RESULT_DOUBLE,
    GRAPHQL_RESULT_RAW, /* text that is JSON already, for scalars of one's own */
    GRAPHQL_RESULT_OBJECT,
    GRAPHQL_RESULT_POINTERS, /* an array of pointers to objects; from here on: lists */
    GRAPHQL_RESULT_STRUCTS,  /* an array of objects */
    GRAPHQL_RESULT_INTS,     /* an array of int64_t */
    GRAPHQL_RESULT_INT32S,   /* an array of int32_t or enum */
    GRAPHQL_RESULT_LIST,     /* an array of results, for anything else */
};

struct graphql_result {
    uint8_t kind;
    uint32_t stride; /* STRUCTS */
    size_t len;      /* POINTERS, STRUCTS, INTS, LIST, TEXT, RAW, TEXTS */
    union {
        const char *text;
        const struct text *texts;
        bool boolean;
        int64_t integer;
        double number;
        const void *object;
        const void *const *pointers;
        const int64_t *integers;
        const struct graphql_result *items;
        const struct error *error;
    };
};

struct graphql_call {
    const struct graphql_field *field;
    size_t count;
    const void *const *parents;         /* `count` of them; the root value for root fields */
    const void *args;                   /* the generated struct; NULL without arguments */
    const struct graphql_value *values; /* the same as one coerced object */
    struct graphql_result *results;     /* `count` of them, all null at first */
    struct arena *arena;                /* of the request */
    const struct graphql_schema *schema;
    void *context; /* the caller's, as given to graphql_run */
    struct error *error;
    const struct graphql_plan_field *plan; /* for graphql_call_next_selected */
};

/* Fails the field for one parent; the response carries the sentence, the kind's code, the path. */
void graphql_fail(struct graphql_call *call, size_t index, enum error_kind kind, const char *format,
                  ...) PRINTF_LIKE(4, 5);

/* The fields that the query selects directly below the one being resolved, one a call: to leave out
 * work whose result nobody reads. *at begins at 0. NULL past the last; a field may come twice. */
const struct graphql_field *graphql_call_next_selected(const struct graphql_call *call,
                                                       uint32_t *at);

/* The untyped gives behind the generated ones. */
static inline void graphql_give_text(struct graphql_call *call, size_t index, struct text value)
{
    call->results[index] =
        (struct graphql_result){.kind = value.at ? GRAPHQL_RESULT_TEXT : GRAPHQL_RESULT_NULL,
                                .len = value.len,
                                .text = value.at};
}

static inline void graphql_give_texts(struct graphql_call *call, size_t index,
                                      struct text_list value)
{
    call->results[index] = (struct graphql_result){
        .kind = GRAPHQL_RESULT_TEXTS, .len = value.len, .texts = value.items};
}

static inline void graphql_give_bool(struct graphql_call *call, size_t index, bool value)
{
    call->results[index] = (struct graphql_result){.kind = GRAPHQL_RESULT_BOOL, .boolean = value};
}

static inline void graphql_give_int(struct graphql_call *call, size_t index, int64_t value)
{
    call->results[index] = (struct graphql_result){.kind = GRAPHQL_RESULT_INT, .integer = value};
}

static inline void graphql_give_double(struct graphql_call *call, size_t index, double value)
{
    call->results[index] = (struct graphql_result){.kind = GRAPHQL_RESULT_DOUBLE, .number = value};
}

static inline void graphql_give_raw(struct graphql_call *call, size_t index, struct text json)
{
    call->results[index] =
        (struct graphql_result){.kind = GRAPHQL_RESULT_RAW, .len = json.len, .text = json.at};
}

/* Microseconds as Unix seconds, which is how times are shown. */
static inline int64_t graphql_seconds(int64_t microseconds)
{
    return microseconds / 1000000 - (microseconds % 1000000 < 0);
}

/* NULL gives null. */
static inline void graphql_give_object(struct graphql_call *call, size_t index, const void *object)
{
    call->results[index] = (struct graphql_result){
        .kind = object ? GRAPHQL_RESULT_OBJECT : GRAPHQL_RESULT_NULL, .object = object};
}

/* A NULL item is a null in the list. */
static inline void graphql_give_pointers(struct graphql_call *call, size_t index,
                                         const void *const *items, size_t count)
{
    call->results[index] =
        (struct graphql_result){.kind = GRAPHQL_RESULT_POINTERS, .len = count, .pointers = items};
}

static inline void graphql_give_structs(struct graphql_call *call, size_t index, const void *items,
                                        size_t count, size_t stride)
{
    call->results[index] = (struct graphql_result){
        .kind = GRAPHQL_RESULT_STRUCTS, .len = count, .stride = (uint32_t)stride, .object = items};
}

static inline void graphql_give_ints(struct graphql_call *call, size_t index, const int64_t *items,
                                     size_t count)
{
    call->results[index] =
        (struct graphql_result){.kind = GRAPHQL_RESULT_INTS, .len = count, .integers = items};
}

static inline void graphql_give_list(struct graphql_call *call, size_t index,
                                     const struct graphql_result *items, size_t count)
{
    call->results[index] =
        (struct graphql_result){.kind = GRAPHQL_RESULT_LIST, .len = count, .items = items};
}

/* The resolver of fields that have nothing to show yet (@absent): null, or the empty list where
 * null is not allowed. */
bool graphql_give_absent(struct graphql_call *call);

#endif
