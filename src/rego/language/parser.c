/* The state of the parser, modules and imports. */
#include "rego/language/parser_internal.h"

#include <string.h>

void parser_advance(struct parser *parser)
{
    parser->last_line = parser->lexer.line;
    parser->last_end = (uint32_t)parser->lexer.offset;
    parser->token = lexer_next(&parser->lexer);
    if (parser->token.kind == TOKEN_ERROR)
        parser_fail(parser, parser->token.at, "%.*s", TEXT_ARG(parser->token.text));
    if (parser->lexer.tokens > parser->source->text.len * 64 + 10000) {
        parser_fail(parser, parser->token.at, "the text is too tangled to parse");
        parser->token.kind = TOKEN_END;
    }
}

struct parser_mark parser_mark(const struct parser *parser)
{
    return (struct parser_mark){parser->lexer, parser->token, parser->last_line, parser->last_end,
                                parser->bar_ends};
}

void parser_rewind(struct parser *parser, struct parser_mark mark)
{
    size_t tokens = parser->lexer.tokens;
    size_t comments_up_to = parser->lexer.comments_up_to;
    parser->lexer = mark.lexer;
    parser->lexer.tokens = tokens;
    parser->lexer.comments_up_to = comments_up_to;
    parser->token = mark.token;
    parser->last_line = mark.last_line;
    parser->last_end = mark.last_end;
    parser->bar_ends = mark.bar_ends;
    parser->failed = false;
}

void *parser_fail(struct parser *parser, struct place at, const char *format, ...)
{
    if (parser->failed)
        return NULL;
    parser->failed = true;
    if (parser->mistake.set && at.offset <= parser->mistake.at.offset)
        return NULL;
    va_list arguments;
    va_start(arguments, format);
    parser->mistake = (struct mistake){
        .set = true, .at = at, .message = text_format_list(parser->arena, format, arguments)};
    va_end(arguments);
    return NULL;
}

void *parser_hint(struct parser *parser, const char *hint)
{
    if (text_is_empty(parser->mistake.hint))
        parser->mistake.hint = text_z(hint);
    return NULL;
}

void *parser_unexpected(struct parser *parser, const char *wanted)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_NAME && parser_is_reserved(parser, token->text))
        return parser_fail(parser, token->at, "unexpected %.*s keyword: expected %s",
                           TEXT_ARG(token->text), wanted);
    if (token->kind == TOKEN_NAME || token->kind == TOKEN_NUMBER || token->kind == TOKEN_STRING)
        return parser_fail(
            parser, token->at, "unexpected %s %.*s: expected %s", token_name(token->kind),
            (int)(token->text.len < 40 ? token->text.len : 40), token->text.at, wanted);
    return parser_fail(parser, token->at, "unexpected %s: expected %s", token_name(token->kind),
                       wanted);
}

bool parser_enter(struct parser *parser)
{
    parser->depth++;
    if (parser->depth <= AST_MAX_DEPTH)
        return true;
    parser_fail(parser, parser->token.at, "nested too deeply: at most %d levels", AST_MAX_DEPTH);
    return false;
}

bool parser_take(struct parser *parser, enum token_kind kind)
{
    if (!parser_at(parser, kind))
        return false;
    parser_advance(parser);
    return true;
}

bool parser_expect(struct parser *parser, enum token_kind kind)
{
    if (parser_take(parser, kind))
        return !parser->failed;
    parser_unexpected(parser, token_name(kind));
    return false;
}

struct place parser_from(const struct parser *parser, struct place start)
{
    start.end = parser->last_end;
    return start;
}

struct word {
    const char *word;
    unsigned keyword; /* 0: in every dialect */
};

static const struct word words[] = {
    {"as", 0},
    {"contains", KEYWORD_CONTAINS},
    {"default", 0},
    {"else", 0},
    {"every", KEYWORD_EVERY},
    {"false", 0},
    {"if", KEYWORD_IF},
    {"import", 0},
    {"in", KEYWORD_IN},
    {"not", 0},
    {"null", 0},
    {"package", 0},
    {"some", 0},
    {"true", 0},
    {"with", 0},
};

bool parser_is_reserved(const struct parser *parser, struct text word)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (text_equal_z(word, words[i].word))
            return words[i].keyword == 0 || (parser->keywords & words[i].keyword);
    return false;
}

/* A keyword directly followed by a dot is a name: not.x, with.y. */
static bool starts_reference(const struct parser *parser)
{
    const struct text text = parser->lexer.text;
    size_t behind = parser->token.at.end;
    return behind < text.len && text.at[behind] == '.';
}

bool parser_at_word(const struct parser *parser, const char *word)
{
    return parser->token.kind == TOKEN_NAME && text_equal_z(parser->token.text, word) &&
           parser_is_reserved(parser, parser->token.text) && !starts_reference(parser);
}

bool parser_take_word(struct parser *parser, const char *word)
{
    if (!parser_at_word(parser, word))
        return false;
    parser_advance(parser);
    return true;
}

static bool parse_package(struct parser *parser)
{
    if (!parser_at_word(parser, "package")) {
        parser_unexpected(parser, "package");
        parser_hint(parser, "a policy starts with its package, for example: package example");
        return false;
    }
    parser_advance(parser);
    struct place at = parser->token.at;
    struct term *path = parser_reference(parser, false);
    if (!path)
        return false;
    struct list items;
    list_init(&items, parser->arena, sizeof(struct term *));
    struct term **data = list_push(&items);
    if (data)
        *data = term_variable(parser->arena, TEXT("data"), at);
    uint32_t len = path->kind == TERM_REFERENCE ? path->len : 1;
    for (uint32_t i = 0; i < len; i++) {
        struct term *part = path->kind == TERM_REFERENCE ? path->items[i] : path;
        struct term **slot = list_push(&items);
        if (!slot)
            return false;
        if (part->kind != TERM_STRING && i > 0) {
            parser_fail(parser, part->at, "package name cannot contain variables or values");
            return false;
        }
        *slot = i == 0 ? term_string(parser->arena, part->text, part->at) : part;
    }
    parser->module->package =
        term_list(parser->arena, TERM_REFERENCE, items.items, items.len, parser_from(parser, at));
    return parser->module->package != NULL;
}

/* import future.keywords[.word] and import rego.v1 change what the rest of the text means. */
static bool import_switches(struct parser *parser, const struct term *path)
{
    const struct term *second =
        path->kind == TERM_REFERENCE && path->len > 1 ? path->items[1] : NULL;
    if (!second)
        return true;
    if (term_is_variable(path->items[0], "rego")) {
        if (path->len != 2 || !text_equal(second->text, TEXT("v1"))) {
            parser_fail(parser, path->at, "invalid import, must be `rego.v1`");
            return false;
        }
        parser->keywords = KEYWORDS_ALL;
        parser->strict = true;
        return true;
    }
    if (!term_is_variable(path->items[0], "future"))
        return true;
    if (!text_equal(second->text, TEXT("keywords")) || path->len > 3) {
        parser_fail(parser, path->at, "invalid import, must be `future.keywords`");
        return false;
    }
    if (path->len == 2) {
        parser->keywords = KEYWORDS_ALL;
        return true;
    }
    struct text word = path->items[2]->text;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (words[i].keyword == 0 || !text_equal_z(word, words[i].word))
            continue;
        parser->keywords |= words[i].keyword;
        if (words[i].keyword == KEYWORD_EVERY)
            parser->keywords |= KEYWORD_IN;
        return true;
    }
    parser_fail(parser, path->items[2]->at,
                "unexpected keyword, must be one of [contains every if in]");
    return false;
}

static bool check_import_path(struct parser *parser, const struct term *path)
{
    const struct term *head = path->kind == TERM_REFERENCE ? path->items[0] : path;
    bool known = head->kind == TERM_VARIABLE &&
                 (term_is_variable(head, "data") || term_is_variable(head, "input") ||
                  term_is_variable(head, "future") || term_is_variable(head, "rego"));
    if (!known) {
        parser_fail(parser, path->at,
                    "unexpected import path, must begin with one of: "
                    "{data, future, input, rego}");
        return false;
    }
    if (path->kind == TERM_REFERENCE && !term_is_ground_path(path)) {
        parser_fail(parser, path->at, "unexpected import path, must be constant");
        return false;
    }
    return true;
}

static bool parse_import(struct parser *parser, struct list *imports)
{
    struct place at = parser->token.at;
    parser_advance(parser);
    struct term *path = parser_reference(parser, false);
    if (!path || !check_import_path(parser, path) || !import_switches(parser, path))
        return false;
    struct import *import = list_push(imports);
    if (!import)
        return false;
    import->path = path;
    if (parser_take_word(parser, "as")) {
        if (!parser_at(parser, TOKEN_NAME)) {
            parser_unexpected(parser, "a name behind as");
            return false;
        }
        import->alias = parser->token.text;
        parser_advance(parser);
    }
    import->at = parser_from(parser, at);
    return true;
}

static bool parse_statements(struct parser *parser, struct list *imports, struct list *rules)
{
    if (!parse_package(parser))
        return false;
    while (!parser->failed && !parser_at(parser, TOKEN_END)) {
        if (parser_take(parser, TOKEN_SEMICOLON))
            continue;
        bool ok = parser_at_word(parser, "import") ? parse_import(parser, imports)
                                                   : parser_rules(parser, rules);
        if (!ok)
            return false;
    }
    return !parser->failed;
}

static void parser_init(struct parser *parser, struct arena *arena, const struct source *source,
                        struct list *comments)
{
    *parser = (struct parser){.arena = arena, .source = source};
    lexer_init(&parser->lexer, source->text, comments);
}

static bool source_fits(struct parser *parser)
{
    if (parser->source->text.len > INT32_MAX)
        parser_fail(parser, (struct place){0}, "the policy is too long");
    else if (!text_is_utf8(parser->source->text))
        parser_fail(parser, (struct place){0}, "the policy is not valid UTF-8");
    else if (parser->source->text.len > 0 &&
             memchr(parser->source->text.at, 0, parser->source->text.len))
        parser_fail(parser, (struct place){0}, "the policy holds a NUL byte");
    return !parser->failed;
}

static void report(struct parser *parser, struct diagnostics *diagnostics)
{
    const struct mistake *mistake = &parser->mistake;
    if (!mistake->set) {
        diagnostic_add(diagnostics, REGO_PARSE_ERROR, parser->source, (struct place){0},
                       "no memory to parse the policy");
        return;
    }
    diagnostic_add(diagnostics, REGO_PARSE_ERROR, parser->source, mistake->at, "%.*s",
                   TEXT_ARG(mistake->message));
    if (!text_is_empty(mistake->hint))
        diagnostic_hint(diagnostics, "%.*s", TEXT_ARG(mistake->hint));
}

static bool parse_into(struct parser *parser, struct arena *arena, const struct source *source,
                       enum dialect dialect)
{
    struct list comments, imports, rules;
    list_init(&comments, arena, sizeof(struct comment));
    list_init(&imports, arena, sizeof(struct import));
    list_init(&rules, arena, sizeof(struct rule *));
    parser_init(parser, arena, source, &comments);
    parser->dialect = dialect;
    parser->strict = dialect == DIALECT_V1;
    parser->keywords = dialect == DIALECT_V1 ? KEYWORDS_ALL : 0;
    parser->module = ARENA_NEW(arena, struct module);
    if (!parser->module || !source_fits(parser))
        return false;
    parser_advance(parser);
    if (!parse_statements(parser, &imports, &rules) || arena_failed(arena))
        return false;
    *parser->module = (struct module){.source = source,
                                      .dialect = dialect,
                                      .strict = parser->strict,
                                      .package = parser->module->package,
                                      .imports = imports.items,
                                      .import_count = (uint32_t)imports.len,
                                      .rules = rules.items,
                                      .rule_count = (uint32_t)rules.len,
                                      .comments = comments.items,
                                      .comment_count = (uint32_t)comments.len};
    return true;
}

struct module *parse_module(struct arena *arena, const struct source *source, enum dialect dialect,
                            struct diagnostics *diagnostics)
{
    struct parser parser;
    if (parse_into(&parser, arena, source, dialect))
        return parser.module;
    report(&parser, diagnostics);
    return NULL;
}

struct body *parse_query(struct arena *arena, const struct source *source,
                         struct diagnostics *diagnostics)
{
    struct parser parser;
    parser_init(&parser, arena, source, NULL);
    parser.dialect = DIALECT_V1;
    parser.keywords = KEYWORDS_ALL;
    struct body *body = NULL;
    if (source_fits(&parser)) {
        parser_advance(&parser);
        body = parser_body(&parser, TOKEN_END);
    }
    if (body && !parser.failed && !arena_failed(arena))
        return body;
    report(&parser, diagnostics);
    return NULL;
}

enum dialect parse_detect(struct arena *arena, const struct source *source)
{
    struct parser v1, v0;
    if (parse_into(&v1, arena, source, DIALECT_V1))
        return DIALECT_V1;
    if (parse_into(&v0, arena, source, DIALECT_V0))
        return DIALECT_V0;
    return v0.mistake.at.offset > v1.mistake.at.offset ? DIALECT_V0 : DIALECT_V1;
}
