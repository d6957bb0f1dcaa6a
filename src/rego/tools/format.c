/* The formatter: a walk over the tree that prints it, and hands out the comments in between. */
#include "rego/tools/format.h"

#include <string.h>

struct printer {
    struct buffer *out;
    const struct module *module;
    struct text source;
    unsigned indent;
    uint32_t line;      /* of the source, up to which things are printed */
    bool line_is_empty; /* nothing but perhaps tabs was printed on this line */
    uint32_t comment;   /* the next one to print */
    uint32_t next;      /* where in the source the statement behind this one starts */
    size_t line_offset; /* line_at remembers where it was */
    uint32_t line_number;
};

static void print_term(struct printer *printer, const struct term *term);
static void print_body(struct printer *printer, const struct body *body);

static void add(struct printer *printer, struct text text)
{
    if (text.len == 0)
        return;
    for (unsigned i = 0; printer->line_is_empty && i < printer->indent; i++)
        buffer_add_byte(printer->out, '\t');
    printer->line_is_empty = false;
    buffer_add(printer->out, text);
}

static void add_z(struct printer *printer, const char *text)
{
    add(printer, text_z(text));
}

/* Lines. */

/* The line of a byte of the source; quick for offsets that rise. */
static uint32_t line_at(struct printer *printer, size_t offset)
{
    if (offset < printer->line_offset) {
        printer->line_offset = 0;
        printer->line_number = 1;
    }
    for (; printer->line_offset < offset && printer->line_offset < printer->source.len;
         printer->line_offset++)
        printer->line_number += printer->source.at[printer->line_offset] == '\n';
    return printer->line_number;
}

static uint32_t last_line(struct printer *printer, struct place at)
{
    return at.end > at.offset ? line_at(printer, at.end - 1) : at.line;
}

static void reach(struct printer *printer, uint32_t line)
{
    if (line > printer->line)
        printer->line = line;
}

static const struct comment *next_comment(const struct printer *printer)
{
    return printer->comment < printer->module->comment_count
               ? &printer->module->comments[printer->comment]
               : NULL;
}

static void add_comment(struct printer *printer, const struct comment *comment)
{
    struct text text = comment->text;
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t' ||
                            text.at[text.len - 1] == '\r'))
        text.len--;
    add_z(printer, "#");
    add(printer, text);
    printer->comment++;
    reach(printer, comment->at.line);
}

static void break_line(struct printer *printer)
{
    buffer_add_byte(printer->out, '\n');
    printer->line_is_empty = true;
}

/* Whether the next comment stood among what is printed: on its lines, and not behind a statement
 * that starts on the last of them. */
static bool comment_is_due(const struct printer *printer)
{
    const struct comment *comment = next_comment(printer);
    return comment && comment->at.line <= printer->line && comment->at.offset < printer->next;
}

/* Ends what is on the line, with the comment that stood behind it. */
static void end_text(struct printer *printer)
{
    if (comment_is_due(printer) && !printer->line_is_empty) {
        add_z(printer, " ");
        add_comment(printer, next_comment(printer));
    }
    if (!printer->line_is_empty)
        break_line(printer);
}

/* Comments further inside, of lines that were joined, get lines of their own. */
static void print_due_comments(struct printer *printer)
{
    while (comment_is_due(printer)) {
        add_comment(printer, next_comment(printer));
        break_line(printer);
    }
}

static void end_line(struct printer *printer)
{
    end_text(printer);
    print_due_comments(printer);
}

/* The end of a package, an import or a rule: an empty line follows it, so comments of its inside
 * stand behind one too, or formatting the result would move them there. */
static void end_statement(struct printer *printer)
{
    end_text(printer);
    if (comment_is_due(printer))
        break_line(printer);
    print_due_comments(printer);
}

/* One empty line where the source has some before `line`. */
static void keep_gap(struct printer *printer, uint32_t line)
{
    if (line > printer->line + 1 && printer->line > 0)
        break_line(printer);
}

/* Comments on lines of their own before `line`. */
static void print_comments(struct printer *printer, uint32_t line, bool first_of_block)
{
    const struct comment *comment;
    while ((comment = next_comment(printer)) && comment->at.line < line) {
        if (!first_of_block)
            keep_gap(printer, comment->at.line);
        first_of_block = false;
        add_comment(printer, comment);
        break_line(printer);
    }
}

static void start_line(struct printer *printer, uint32_t line, bool first_of_block)
{
    uint32_t before = printer->comment;
    print_comments(printer, line, first_of_block);
    if (!first_of_block || printer->comment > before)
        keep_gap(printer, line);
    reach(printer, line);
}

/* Lists: on one line, or in the groups of lines that the source has. */

/* An item of a list: a term, or a key and its value. */
static void print_item(struct printer *printer, struct term *const *items, bool pairs)
{
    print_term(printer, items[0]);
    if (pairs) {
        add_z(printer, ": ");
        print_term(printer, items[1]);
    }
}

static void print_list(struct printer *printer, struct term *const *items, uint32_t len, bool pairs,
                       struct place at)
{
    uint32_t step = pairs ? 2 : 1;
    uint32_t open = len > 0 && items[0]->at.line < at.line ? items[0]->at.line : at.line;
    bool broken = len > 0 && items[0]->at.line > open;
    for (uint32_t i = step; i < len && !broken; i += step)
        broken = items[i]->at.line > last_line(printer, items[i - 1]->at);
    if (!broken) {
        for (uint32_t i = 0; i < len; i += step) {
            if (i > 0)
                add_z(printer, ", ");
            print_item(printer, items + i, pairs);
        }
        return;
    }
    /* A comment behind an item on the line of the bracket goes along with the item. */
    if (items[0]->at.line > open)
        end_line(printer);
    else
        break_line(printer);
    printer->indent++;
    for (uint32_t i = 0; i < len; i += step) {
        bool joined = i > 0 && items[i]->at.line == last_line(printer, items[i - 1]->at);
        if (joined) {
            add_z(printer, " ");
        } else {
            if (i > 0)
                end_line(printer);
            start_line(printer, items[i]->at.line, i == 0);
        }
        print_item(printer, items + i, pairs);
        add_z(printer, ",");
    }
    end_line(printer);
    print_comments(printer, last_line(printer, at), false);
    printer->indent--;
}

/* Terms. */

static void print_source(struct printer *printer, const struct term *term)
{
    add(printer, text_slice(printer->source, term->at.offset, term->at.end));
    reach(printer, last_line(printer, term->at));
}

static void print_part(struct printer *printer, const struct term *part)
{
    if (part->kind == TERM_STRING && part->dotted && text_is_name(part->text)) {
        add_z(printer, ".");
        add(printer, part->text);
        reach(printer, part->at.line);
        return;
    }
    add_z(printer, "[");
    print_term(printer, part);
    add_z(printer, "]");
}

static void print_reference(struct printer *printer, const struct term *term)
{
    print_term(printer, term->items[0]);
    for (uint32_t i = 1; i < term->len; i++)
        print_part(printer, term->items[i]);
}

static void print_infix(struct printer *printer, const struct term *call)
{
    /* key, value in collection */
    if (call->sign == OPERATOR_MEMBER_KEY) {
        print_term(printer, call->items[1]);
        add_z(printer, ", ");
        print_term(printer, call->items[2]);
    } else {
        print_term(printer, call->items[1]);
    }
    add_z(printer, " ");
    add_z(printer, operator_sign(call->sign));
    add_z(printer, " ");
    print_term(printer, call->items[call->len - 1]);
}

static void print_call(struct printer *printer, const struct term *call)
{
    if (call->infix) {
        print_infix(printer, call);
        return;
    }
    print_term(printer, call->items[0]);
    add_z(printer, "(");
    print_list(printer, call->items + 1, call->len - 1, false, call->at);
    add_z(printer, ")");
}

static void print_comprehension_body(struct printer *printer, const struct term *term)
{
    const struct body *body = term->body;
    add_z(printer, " |");
    bool broken = body->len > 0 && last_line(printer, term->at) > printer->line;
    if (!broken) {
        add_z(printer, " ");
        print_body(printer, body);
        return;
    }
    end_line(printer);
    printer->indent++;
    print_body(printer, body);
    end_line(printer);
    print_comments(printer, last_line(printer, term->at), false);
    printer->indent--;
}

static void print_comprehension(struct printer *printer, const struct term *term)
{
    bool array = term->kind == TERM_ARRAY_COMPREHENSION;
    add_z(printer, array ? "[" : "{");
    print_item(printer, term->items, term->kind == TERM_OBJECT_COMPREHENSION);
    print_comprehension_body(printer, term);
    add_z(printer, array ? "]" : "}");
}

static void print_collection(struct printer *printer, const struct term *term)
{
    bool array = term->kind == TERM_ARRAY;
    if (term->kind == TERM_SET && term->len == 0) {
        add_z(printer, "set()");
        return;
    }
    add_z(printer, array ? "[" : "{");
    print_list(printer, term->items, term->len, term->kind == TERM_OBJECT, term->at);
    add_z(printer, array ? "]" : "}");
}

static void print_bare_term(struct printer *printer, const struct term *term)
{
    switch (term->kind) {
    case TERM_NULL: add_z(printer, "null"); break;
    case TERM_FALSE: add_z(printer, "false"); break;
    case TERM_TRUE: add_z(printer, "true"); break;
    case TERM_VARIABLE:
    case TERM_NUMBER: add(printer, term->text); break;
    case TERM_STRING:
    case TERM_TEMPLATE: print_source(printer, term); break;
    case TERM_REFERENCE: print_reference(printer, term); break;
    case TERM_ARRAY:
    case TERM_SET:
    case TERM_OBJECT: print_collection(printer, term); break;
    case TERM_CALL: print_call(printer, term); break;
    default: print_comprehension(printer, term); break;
    }
}

static void print_term(struct printer *printer, const struct term *term)
{
    reach(printer, term->at.line);
    if (term->parenthesised)
        add_z(printer, "(");
    print_bare_term(printer, term);
    if (term->parenthesised)
        add_z(printer, ")");
    reach(printer, last_line(printer, term->at));
}

/* Expressions and bodies. */

static void print_withs(struct printer *printer, const struct expression *expression)
{
    unsigned indent = printer->indent;
    for (uint32_t i = 0; i < expression->with_count; i++) {
        const struct with *with = &expression->withs[i];
        if (with->at.line > printer->line) {
            end_line(printer);
            printer->indent = indent + 1;
        } else {
            add_z(printer, " ");
        }
        add_z(printer, "with ");
        print_term(printer, with->target);
        add_z(printer, " as ");
        print_term(printer, with->value);
    }
    printer->indent = indent;
}

static void print_block(struct printer *printer, const struct body *body)
{
    add_z(printer, "{");
    reach(printer, body->at.line);
    uint32_t behind = printer->next;
    if (body->len > 0)
        printer->next = body->items[0]->at.offset;
    end_line(printer);
    printer->indent++;
    for (uint32_t i = 0; i < body->len; i++) {
        struct body one = {.items = body->items + i, .len = 1};
        printer->next = i + 1 < body->len ? body->items[i + 1]->at.offset : behind;
        start_line(printer, body->items[i]->at.line, i == 0);
        print_body(printer, &one);
        end_line(printer);
    }
    print_comments(printer, last_line(printer, body->at), body->len == 0);
    printer->indent--;
    reach(printer, last_line(printer, body->at));
    add_z(printer, "}");
}

static void print_key_value(struct printer *printer, const struct expression *expression)
{
    if (expression->key) {
        print_term(printer, expression->key);
        add_z(printer, ", ");
    }
    print_term(printer, expression->value);
    add_z(printer, " in ");
    print_term(printer, expression->domain);
}

static void print_expression(struct printer *printer, const struct expression *expression)
{
    reach(printer, expression->at.line);
    if (expression->negated)
        add_z(printer, "not ");
    switch (expression->kind) {
    case EXPRESSION_TERM: print_term(printer, expression->term); break;
    case EXPRESSION_SOME:
        add_z(printer, "some ");
        for (uint32_t i = 0; i < expression->name_count; i++) {
            if (i > 0)
                add_z(printer, ", ");
            print_term(printer, expression->names[i]);
        }
        break;
    case EXPRESSION_SOME_IN:
        add_z(printer, "some ");
        print_key_value(printer, expression);
        break;
    case EXPRESSION_EVERY:
        add_z(printer, "every ");
        print_key_value(printer, expression);
        add_z(printer, " ");
        print_block(printer, expression->body);
        break;
    }
    print_withs(printer, expression);
}

/* On the lines where it is: behind a `|`, or one expression of a block. */
static void print_body(struct printer *printer, const struct body *body)
{
    bool broken = printer->line_is_empty;
    for (uint32_t i = 0; i < body->len; i++) {
        if (broken && i > 0)
            end_line(printer);
        else if (i > 0)
            add_z(printer, "; ");
        if (broken && body->len > 1)
            start_line(printer, body->items[i]->at.line, i == 0);
        print_expression(printer, body->items[i]);
    }
}

/* Rules. */

static bool starts_with_brace(const struct term *term)
{
    while (term->kind == TERM_CALL && term->infix)
        term = term->items[1];
    if (term->kind == TERM_REFERENCE)
        term = term->items[0];
    return !term->parenthesised &&
           (term->kind == TERM_OBJECT || term->kind == TERM_OBJECT_COMPREHENSION ||
            term->kind == TERM_SET_COMPREHENSION || (term->kind == TERM_SET && term->len > 0));
}

/* One expression that stands on the line of the head needs no braces behind `if`. */
static bool fits_head(struct printer *printer, const struct rule *rule)
{
    const struct body *body = rule->body;
    if (!rule->has_if || body->len != 1)
        return false;
    const struct expression *only = body->items[0];
    if (!rule->has_braces)
        return true;
    const struct comment *comment = next_comment(printer);
    uint32_t end = last_line(printer, body->at);
    return only->kind == EXPRESSION_TERM && only->with_count == 0 &&
           only->at.line == printer->line && end == only->at.line &&
           !(comment && comment->at.line < end) && !starts_with_brace(only->term);
}

static void print_rule_body(struct printer *printer, const struct rule *rule)
{
    if (!rule->body)
        return;
    add_z(printer, rule->has_if ? " if " : " ");
    if (fits_head(printer, rule))
        print_expression(printer, rule->body->items[0]);
    else
        print_block(printer, rule->body);
}

static void print_value(struct printer *printer, const struct rule *rule)
{
    if (!rule->value)
        return;
    add_z(printer, rule->assigned ? " := " : " = ");
    print_term(printer, rule->value);
}

/* A set's member stands behind `contains`, or in brackets or behind a dot where v0 has no such
 * word. */
static void print_member(struct printer *printer, const struct rule *rule)
{
    struct text between = text_slice(printer->source, rule->name->at.end, rule->key->at.offset);
    if (rule->module->strict || rule->has_if || text_contains(between, TEXT("contains"))) {
        add_z(printer, " contains ");
        print_term(printer, rule->key);
        return;
    }
    print_part(printer, rule->key);
}

static void print_head(struct printer *printer, const struct rule *rule)
{
    if (rule->is_default)
        add_z(printer, "default ");
    print_term(printer, rule->name);
    if (rule->argument_count > 0) {
        add_z(printer, "(");
        print_list(printer, rule->arguments, rule->argument_count, false, rule->name->at);
        add_z(printer, ")");
    }
    if (rule->kind == RULE_MEMBER)
        print_member(printer, rule);
    print_value(printer, rule);
}

static void print_rule(struct printer *printer, const struct rule *rule)
{
    print_head(printer, rule);
    print_rule_body(printer, rule);
    for (rule = rule->otherwise; rule; rule = rule->otherwise) {
        add_z(printer, " else");
        reach(printer, rule->at.line);
        print_value(printer, rule);
        print_rule_body(printer, rule);
    }
    end_statement(printer);
}

static void print_imports(struct printer *printer, const struct module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct import *import = &module->imports[i];
        start_line(printer, import->at.line, false);
        add_z(printer, "import ");
        print_term(printer, import->path);
        if (import->alias.len > 0) {
            add_z(printer, " as ");
            add(printer, import->alias);
        }
        reach(printer, last_line(printer, import->at));
        end_statement(printer);
    }
}

/* data.a.b, written as a.b */
static void print_package(struct printer *printer, const struct module *module)
{
    const struct term *package = module->package;
    add_z(printer, "package ");
    for (uint32_t i = 1; i < package->len; i++) {
        const struct term *part = package->items[i];
        bool plain = text_is_name(part->text);
        if (plain && i > 1)
            add_z(printer, ".");
        if (plain) {
            add(printer, part->text);
        } else {
            add_z(printer, "[");
            print_source(printer, part);
            add_z(printer, "]");
        }
    }
    reach(printer, last_line(printer, package->at));
    end_statement(printer);
}

void format_module(struct buffer *out, const struct module *module)
{
    struct printer printer = {
        .out = out,
        .module = module,
        .source = module->source->text,
        .next = UINT32_MAX,
        .line_is_empty = true,
        .line_number = 1,
    };
    start_line(&printer, module->package->at.line, true);
    print_package(&printer, module);
    if (module->import_count > 0) {
        break_line(&printer);
        printer.line = module->imports[0].at.line - 1;
        print_imports(&printer, module);
    }
    for (uint32_t i = 0; i < module->rule_count; i++) {
        const struct rule *rule = module->rules[i];
        break_line(&printer);
        printer.next = i + 1 < module->rule_count ? module->rules[i + 1]->at.offset : UINT32_MAX;
        start_line(&printer, rule->at.line, true);
        print_rule(&printer, rule);
    }
    const struct comment *rest = next_comment(&printer);
    if (rest) {
        keep_gap(&printer, rest->at.line);
        print_comments(&printer, UINT32_MAX, true);
    }
}
