/* Reading the tree of a policy for names and lines. */
#include "policy/policy_outline.h"

#include "base/buffer.h"
#include "rego/language/parser.h"

enum { TWINS_MAX_BYTES = 8 << 20 };

static const struct term *first_of(const struct rule *rule)
{
    return rule->name->kind == TERM_REFERENCE ? rule->name->items[0] : rule->name;
}

static struct text name_of(const struct rule *rule)
{
    return first_of(rule)->text;
}

static bool is_asked_for(enum policy_type type, struct text name)
{
    size_t count;
    const struct policy_rule *rules = policy_rules(type, &count);
    for (size_t i = 0; i < count; i++) {
        if (text_equal_z(name, rules[i].name))
            return true;
    }
    return false;
}

/* A string that the head gives as it is; none when it is computed or not there. */
static struct text constant_of(const struct term *term)
{
    return term && term->kind == TERM_STRING ? term->text : (struct text){NULL, 0};
}

/* Part `index` of the name in the head, counted without the rule's own name; behind the last of
 * them stands the member of a set. */
static struct text head_part(const struct rule *rule, uint32_t index)
{
    uint32_t parts = rule->name->kind == TERM_REFERENCE ? rule->name->len - 1 : 0;
    if (index < parts)
        return constant_of(rule->name->items[index + 1]);
    return index == parts && rule->kind == RULE_MEMBER ? constant_of(rule->key)
                                                       : (struct text){NULL, 0};
}

static bool add_body(struct arena *arena, struct policy_outline *outline, const struct rule *rule,
                     const struct rule *head)
{
    struct policy_body *body = list_push(&outline->bodies);
    if (!body)
        return false;
    *body = (struct policy_body){
        .rule = name_of(rule),
        .line = (int32_t)rule->at.line,
        .space = head_part(rule, 0),
        .role = head_part(rule, 1),
        .alone = text_format(arena, "data.spacelift.gatehouse_body_%zu", outline->bodies.len - 1),
        .source = rule,
        .head = head,
    };
    return body->alone.at != NULL;
}

static bool add_bodies(struct arena *arena, enum policy_type type, struct policy_outline *outline)
{
    const struct rule *head = NULL;
    for (uint32_t i = 0; i < outline->module->rule_count; i++) {
        const struct rule *rule = outline->module->rules[i];
        if (!rule->chained)
            head = rule;
        bool wanted =
            !rule->is_default && rule->kind != RULE_FUNCTION && is_asked_for(type, name_of(rule));
        if (wanted && !add_body(arena, outline, rule, head))
            return false;
    }
    return true;
}

bool policy_outline_read(struct arena *arena, const struct source *source, enum dialect dialect,
                         enum policy_type type, struct diagnostics *diagnostics,
                         struct policy_outline *out)
{
    list_init(&out->bodies, arena, sizeof(struct policy_body));
    out->module = parse_module(arena, source, dialect, diagnostics);
    return out->module && add_bodies(arena, type, out);
}

/* Behind the last else branch. */
static uint32_t end_of(const struct rule *rule)
{
    while (rule->otherwise)
        rule = rule->otherwise;
    return rule->at.end;
}

struct text policy_outline_rule_at(const struct policy_outline *outline, uint32_t line)
{
    struct text found = {NULL, 0};
    for (uint32_t i = 0; outline->module && i < outline->module->rule_count; i++) {
        if (outline->module->rules[i]->at.line <= line)
            found = name_of(outline->module->rules[i]);
    }
    return found;
}

bool policy_outline_has(const struct policy_outline *outline, struct text name, bool with_default)
{
    for (uint32_t i = 0; i < outline->module->rule_count; i++) {
        const struct rule *rule = outline->module->rules[i];
        if (text_equal(name_of(rule), name) && (!with_default || rule->is_default))
            return true;
    }
    return false;
}

static void add_slice(struct buffer *out, struct text text, uint32_t from, uint32_t to)
{
    buffer_add(out, text_slice(text, from, to));
}

/* The text of the rule with another name in its head; a chained body gets the head before it. */
static void add_twin(struct buffer *out, const struct policy_outline *outline,
                     const struct policy_body *body)
{
    struct text text = outline->module->source->text;
    const struct rule *head = body->head;
    struct place name = first_of(head)->at;
    bool chained = body->source != head;
    add_slice(out, text, head->at.offset, name.offset);
    buffer_add(out, text_slice(body->alone, text_find(body->alone, TEXT("gatehouse"), 0),
                               body->alone.len));
    add_slice(out, text, name.offset + (uint32_t)first_of(head)->text.len,
              chained ? head->body->at.offset : end_of(head));
    if (chained)
        add_slice(out, text, body->source->at.offset, end_of(body->source));
    buffer_add_byte(out, '\n');
}

struct text policy_outline_twins(const struct policy_outline *outline, struct arena *arena)
{
    struct buffer out;
    struct text text = outline->module->source->text;
    buffer_init(&out, arena, TWINS_MAX_BYTES);
    buffer_add(&out, TEXT("package spacelift\n"));
    for (uint32_t i = 0; i < outline->module->import_count; i++) {
        add_slice(&out, text, outline->module->imports[i].at.offset,
                  outline->module->imports[i].at.end);
        buffer_add_byte(&out, '\n');
    }
    for (size_t i = 0; i < outline->bodies.len; i++)
        add_twin(&out, outline, list_at(&outline->bodies, i));
    return out.failed ? (struct text){NULL, 0} : buffer_text(&out);
}
