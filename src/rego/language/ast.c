/* Making and copying terms; the names of operators. */
#include "rego/language/ast.h"

#include <string.h>

struct operator_names {
    const char *name;
    const char *sign;
};

static const struct operator_names operators[OPERATOR_COUNT] = {
    [OPERATOR_NONE] = {"", ""},
    [OPERATOR_ASSIGN] = {"assign", ":="},
    [OPERATOR_UNIFY] = {"eq", "="},
    [OPERATOR_EQUAL] = {"equal", "=="},
    [OPERATOR_NOT_EQUAL] = {"neq", "!="},
    [OPERATOR_LESS] = {"lt", "<"},
    [OPERATOR_LESS_EQUAL] = {"lte", "<="},
    [OPERATOR_GREATER] = {"gt", ">"},
    [OPERATOR_GREATER_EQUAL] = {"gte", ">="},
    [OPERATOR_PLUS] = {"plus", "+"},
    [OPERATOR_MINUS] = {"minus", "-"},
    [OPERATOR_MULTIPLY] = {"mul", "*"},
    [OPERATOR_DIVIDE] = {"div", "/"},
    [OPERATOR_REMAINDER] = {"rem", "%"},
    [OPERATOR_AND] = {"and", "&"},
    [OPERATOR_OR] = {"or", "|"},
    [OPERATOR_MEMBER] = {"internal.member_2", "in"},
    [OPERATOR_MEMBER_KEY] = {"internal.member_3", "in"},
};

static const char *operator_name(enum operator sign)
{
    return operators[sign].name;
}

const char *operator_sign(enum operator sign)
{
    return operators[sign].sign;
}

enum operator operator_find(struct text name)
{
    for (int i = OPERATOR_ASSIGN; i < OPERATOR_COUNT; i++)
        if (text_equal_z(name, operators[i].name))
            return (enum operator)i;
    return OPERATOR_NONE;
}

struct term *term_new(struct arena *arena, enum term_kind kind, struct place at)
{
    struct term *term = ARENA_NEW(arena, struct term);
    if (term) {
        term->kind = kind;
        term->at = at;
    }
    return term;
}

static struct term *with_text(struct term *term, struct text text)
{
    if (term)
        term->text = text;
    return term;
}

struct term *term_variable(struct arena *arena, struct text name, struct place at)
{
    return with_text(term_new(arena, TERM_VARIABLE, at), name);
}

struct term *term_string(struct arena *arena, struct text text, struct place at)
{
    return with_text(term_new(arena, TERM_STRING, at), text);
}

struct term *term_list(struct arena *arena, enum term_kind kind, struct term *const *items,
                       size_t len, struct place at)
{
    struct term *term = term_new(arena, kind, at);
    if (!term)
        return NULL;
    term->items = ARENA_ARRAY(arena, struct term *, len);
    if (!term->items)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        term->items[i] = items[i];
        if (items[i]->height >= term->height)
            term->height = (uint16_t)(items[i]->height + 1);
    }
    term->len = (uint32_t)len;
    return term;
}

struct term *term_operator(struct arena *arena, enum operator sign, struct term *const *operands,
                           size_t len, struct place at)
{
    struct term *items[4] = {term_variable(arena, text_z(operator_name(sign)), at)};
    assert(len < ARRAY_LENGTH(items));
    if (!items[0])
        return NULL;
    memcpy(items + 1, operands, len * sizeof(*operands));
    struct term *call = term_list(arena, TERM_CALL, items, len + 1, at);
    if (call) {
        call->sign = sign;
        call->infix = true;
    }
    return call;
}

bool term_is_ground_path(const struct term *term)
{
    if (term->kind != TERM_REFERENCE || term->items[0]->kind != TERM_VARIABLE)
        return false;
    for (uint32_t i = 1; i < term->len; i++)
        if (term->items[i]->kind != TERM_STRING)
            return false;
    return true;
}

static struct body *body_copy(struct arena *arena, const struct body *body);

static struct term **items_copy(struct arena *arena, struct term *const *items, uint32_t len)
{
    struct term **copy = ARENA_ARRAY(arena, struct term *, len);
    for (uint32_t i = 0; copy && i < len; i++)
        if (!(copy[i] = term_copy(arena, items[i])))
            return NULL;
    return copy;
}

static bool copy_optional(struct arena *arena, struct term **term)
{
    if (*term)
        *term = term_copy(arena, *term);
    return *term != NULL || !arena_failed(arena);
}

static struct expression *expression_copy(struct arena *arena, const struct expression *from)
{
    struct expression *copy = ARENA_NEW(arena, struct expression);
    if (!copy)
        return NULL;
    *copy = *from;
    copy->names = items_copy(arena, from->names, from->name_count);
    copy->withs = ARENA_ARRAY(arena, struct with, from->with_count);
    if (from->body)
        copy->body = body_copy(arena, from->body);
    if (!copy->names || !copy->withs || (from->body && !copy->body))
        return NULL;
    for (uint32_t i = 0; i < from->with_count; i++) {
        copy->withs[i] = (struct with){term_copy(arena, from->withs[i].target),
                                       term_copy(arena, from->withs[i].value), from->withs[i].at};
        if (!copy->withs[i].target || !copy->withs[i].value)
            return NULL;
    }
    bool ok = copy_optional(arena, &copy->term) && copy_optional(arena, &copy->key) &&
              copy_optional(arena, &copy->value) && copy_optional(arena, &copy->domain);
    return ok ? copy : NULL;
}

static struct body *body_copy(struct arena *arena, const struct body *body)
{
    struct body *copy = ARENA_NEW(arena, struct body);
    if (!copy)
        return NULL;
    *copy = *body;
    copy->items = ARENA_ARRAY(arena, struct expression *, body->len);
    for (uint32_t i = 0; copy->items && i < body->len; i++)
        if (!(copy->items[i] = expression_copy(arena, body->items[i])))
            return NULL;
    return copy->items ? copy : NULL;
}

static bool parts_copy(struct arena *arena, struct term *copy)
{
    const struct template_part *from = copy->parts;
    copy->parts = ARENA_ARRAY(arena, struct template_part, copy->len);
    for (uint32_t i = 0; copy->parts && i < copy->len; i++) {
        copy->parts[i] = from[i];
        if (from[i].expression &&
            !(copy->parts[i].expression = expression_copy(arena, from[i].expression)))
            return false;
    }
    return copy->parts != NULL;
}

struct term *term_copy(struct arena *arena, const struct term *term)
{
    struct term *copy = term_new(arena, term->kind, term->at);
    if (!copy)
        return NULL;
    *copy = *term;
    if (term->kind == TERM_TEMPLATE)
        return parts_copy(arena, copy) ? copy : NULL;
    if (term->items && !(copy->items = items_copy(arena, term->items, term->len)))
        return NULL;
    if (term->body && !(copy->body = body_copy(arena, term->body)))
        return NULL;
    return copy;
}
