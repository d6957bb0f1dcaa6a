/*
 * Makes C from GraphQL SDL at build time: type tables, argument and input structs, enum
 * conversions, resolver prototypes, and typed functions to give results.
 *
 *     graphql_generate --prefix shop --output DIRECTORY FILE.graphql...
 *
 * writes DIRECTORY/shop_schema.h and DIRECTORY/shop_schema.c. How SDL is tied to C is said by
 * directives, which are not part of the schema that is served; docs/graphql.md explains each.
 */
#include "graphql_generate.h"

#include "base/buffer.h"
#include "base/error.h"
#include "graphql/language/parser.h"
#include "graphql/types/schema_build.h"
#include "graphql/validation/schema_check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_MAX = 16 << 20, ARENA_MAX = 512 << 20 };

/* The directives that bind SDL to C, in the order of their use. */
static const char *const binding_directives[] = {"public", "requires", "cost",    "list",
                                                 "struct", "member",   "time",    "self",
                                                 "enum",   "value",    "resolve", "absent"};

void generator_complain(struct generator *generator, struct text type, struct text member,
                        const char *what)
{
    fprintf(stderr, "graphql_generate: %.*s%s%.*s: %s\n", TEXT_ARG(type), member.at ? "." : "",
            TEXT_ARG(member), what);
    generator->errors++;
}

const struct ast_directive *generator_directive(const struct generator *generator, struct text type,
                                                struct text member, const char *name)
{
    struct text key =
        member.at ? text_format(generator->arena, "%.*s.%.*s", TEXT_ARG(type), TEXT_ARG(member))
                  : type;
    return ast_directive_find(map_get(&generator->directives, key), text_z(name));
}

struct text generator_argument(const struct generator *generator, struct text type,
                               struct text member, const char *directive, const char *argument)
{
    const struct ast_directive *found = generator_directive(generator, type, member, directive);
    const struct ast_argument *value =
        found ? ast_argument_find(found->arguments, text_z(argument)) : NULL;
    return value ? value->value->text : (struct text){NULL, 0};
}

static bool is_keyword(struct text name)
{
    static const char *const words[] = {
        "auto",   "bool",     "break",  "case",     "char",     "const",   "continue", "default",
        "do",     "double",   "else",   "enum",     "extern",   "false",   "float",    "for",
        "goto",   "if",       "inline", "int",      "long",     "return",  "short",    "signed",
        "sizeof", "static",   "struct", "switch",   "true",     "typedef", "union",    "unsigned",
        "void",   "volatile", "while",  "register", "restrict", "class",   "given"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (text_equal_z(name, words[i]))
            return true;
    return false;
}

static bool starts_word(struct text name, size_t at)
{
    if (at == 0 || !isupper((unsigned char)name.at[at]))
        return false;
    bool after_small = !isupper((unsigned char)name.at[at - 1]) && name.at[at - 1] != '_';
    bool before_small = at + 1 < name.len && islower((unsigned char)name.at[at + 1]);
    return after_small || (before_small && name.at[at - 1] != '_');
}

static struct text snake(struct arena *arena, struct text name, int (*convert)(int))
{
    struct buffer out;
    buffer_init(&out, arena, name.len * 2 + 2);
    for (size_t i = 0; i < name.len; i++) {
        if (starts_word(name, i))
            buffer_add_byte(&out, '_');
        buffer_add_byte(&out, (char)convert((unsigned char)name.at[i]));
    }
    if (is_keyword(buffer_text(&out)))
        buffer_add_byte(&out, '_');
    return buffer_text(&out);
}

struct text generator_snake(struct arena *arena, struct text name)
{
    return snake(arena, name, tolower);
}

struct text generator_input(struct arena *arena, struct text name)
{
    struct text member = generator_snake(arena, name);
    bool capital = name.len && name.at[0] >= 'A' && name.at[0] <= 'Z';
    return capital ? text_format(arena, "capital_%.*s", TEXT_ARG(member)) : member;
}

struct text generator_upper_snake(struct arena *arena, struct text name)
{
    return snake(arena, name, toupper);
}

static const struct text no_member = {NULL, 0};

struct text generator_enum(const struct generator *generator, const struct graphql_type *type)
{
    struct text name = generator_argument(generator, type->name, no_member, "enum", "name");
    if (name.at)
        return text_format(generator->arena, "enum %.*s", TEXT_ARG(name));
    return text_format(generator->arena, "enum %s_%.*s", generator->prefix, TEXT_ARG(type->name));
}

struct text generator_enum_constant(const struct generator *generator,
                                    const struct graphql_type *type,
                                    const struct graphql_enum_value *value)
{
    struct text name = generator_argument(generator, type->name, value->name, "value", "name");
    if (name.at)
        return name;
    struct text prefix = generator_argument(generator, type->name, no_member, "enum", "prefix");
    if (!prefix.at)
        prefix = text_format(
            generator->arena, "%.*s_%.*s_",
            TEXT_ARG(generator_upper_snake(generator->arena, text_z(generator->prefix))),
            TEXT_ARG(generator_upper_snake(generator->arena, type->name)));
    return text_format(generator->arena, "%.*s%.*s", TEXT_ARG(prefix),
                       TEXT_ARG(generator_upper_snake(generator->arena, value->name)));
}

bool generator_owns_struct(const struct generator *generator, const struct graphql_type *type)
{
    return type->kind == GRAPHQL_OBJECT &&
           !generator_argument(generator, type->name, no_member, "struct", "name").at;
}

struct text generator_struct(const struct generator *generator, const struct graphql_type *type)
{
    struct text name = generator_argument(generator, type->name, no_member, "struct", "name");
    if (name.at)
        return text_format(generator->arena, "struct %.*s", TEXT_ARG(name));
    if (graphql_type_is_abstract(type))
        return TEXT("void");
    return text_format(generator->arena, "struct %s_%.*s", generator->prefix, TEXT_ARG(type->name));
}

bool generator_is_absent(const struct generator *generator, const struct graphql_type *type)
{
    return generator_directive(generator, type->name, no_member, "absent") != NULL;
}

bool generator_is_root(const struct generator *generator, const struct graphql_type *type)
{
    return type == generator->schema->query || type == generator->schema->mutation ||
           type == generator->schema->subscription;
}

enum member_shape generator_shape(const struct generator *generator,
                                  const struct graphql_type *type,
                                  const struct graphql_field *field)
{
    if (generator_is_absent(generator, type) ||
        generator_directive(generator, type->name, field->name, "absent"))
        return SHAPE_ABSENT;
    bool is_resolved = generator_is_root(generator, type) || field->argument_count > 0 ||
                       generator_directive(generator, type->name, field->name, "resolve");
    if (is_resolved)
        return SHAPE_RESOLVER;
    if (generator_directive(generator, type->name, field->name, "self"))
        return SHAPE_SELF;
    uint64_t wrappers = graphql_nullable(field->type.wrappers);
    bool is_leaf = graphql_type_is_leaf(field->type.type);
    if (!graphql_is_list(wrappers))
        return is_leaf ? SHAPE_LEAF : SHAPE_OBJECT;
    return is_leaf ? SHAPE_LEAVES : SHAPE_OBJECTS;
}

struct text generator_member(const struct generator *generator, const struct graphql_type *type,
                             const struct graphql_field *field)
{
    struct text name = generator_argument(generator, type->name, field->name, "member", "name");
    return name.at ? name : generator_snake(generator->arena, field->name);
}

struct text generator_count_member(const struct generator *generator,
                                   const struct graphql_type *type,
                                   const struct graphql_field *field)
{
    struct text name = generator_argument(generator, type->name, field->name, "member", "count");
    if (name.at)
        return name;
    return text_format(generator->arena, "%.*s_count",
                       TEXT_ARG(generator_member(generator, type, field)));
}

bool generator_is_own_type(const struct graphql_type *type)
{
    return type != &graphql_int && type != &graphql_float && type != &graphql_string &&
           type != &graphql_boolean && type != &graphql_id;
}

static bool is_binding(struct text name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(binding_directives); i++)
        if (text_equal_z(name, binding_directives[i]))
            return true;
    return false;
}

/* A misspelt directive must not be silently without effect. */
static void check_directives(struct generator *generator, struct text type, struct text member,
                             const struct ast_directive *directives)
{
    for (; directives; directives = directives->next)
        if (!is_binding(directives->name) &&
            !graphql_schema_directive(generator->schema, directives->name))
            generator_complain(generator, type, member, "has a directive that is not known");
}

static bool remember(struct generator *generator, struct text type, struct text member,
                     struct ast_directive *directives)
{
    check_directives(generator, type, member, directives);
    if (!directives)
        return true;
    struct text key =
        member.at ? text_format(generator->arena, "%.*s.%.*s", TEXT_ARG(type), TEXT_ARG(member))
                  : type;
    return map_set(&generator->directives, key, directives);
}

static bool remember_definition(struct generator *generator, const struct ast_definition *type)
{
    if (!type->is_extension && !remember(generator, type->name, no_member, type->directives))
        return false;
    for (const struct ast_field_definition *each = type->fields; each; each = each->next)
        if (!remember(generator, type->name, each->name, each->directives))
            return false;
    for (const struct ast_value_definition *each = type->values; each; each = each->next)
        if (!remember(generator, type->name, each->name, each->directives))
            return false;
    for (const struct ast_input_definition *each = type->inputs; each; each = each->next)
        if (!remember(generator, type->name, each->name, each->directives))
            return false;
    return true;
}

static bool read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char bytes[1 << 16];
    size_t got;
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buffer_add(out, (struct text){bytes, got});
    bool ok = !ferror(file) && !out->failed;
    fclose(file);
    buffer_add_byte(out, '\n');
    return ok;
}

static int lines_of(struct text text)
{
    int lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

/* All files are one document; an error's line is counted back to the file it is in. */
static void report(const struct error *error, char *const *files, int count, const int *first_lines)
{
    int file = 0;
    for (int i = 0; i < count; i++)
        if (error->line >= first_lines[i])
            file = i;
    fprintf(stderr, "%s:%d:%d: %s\n", count > 0 ? files[file] : "-",
            error->line - (count > 0 ? first_lines[file] : 0) + 1, error->column, error->message);
}

static bool check_schema(struct generator *generator)
{
    struct graphql_errors errors;
    graphql_errors_init(&errors, generator->arena, 0);
    bool ok = graphql_schema_check(generator->arena, generator->schema, &errors);
    for (size_t i = 0; i < errors.items.len; i++)
        fprintf(stderr, "graphql_generate: %.*s\n",
                TEXT_ARG(LIST_ITEMS(&errors.items, struct graphql_error)[i].message));
    return ok;
}

static bool load(struct generator *generator, char *const *files, int count)
{
    struct error error = {0};
    struct buffer source;
    struct ast_document *document;
    int *first_lines = ARENA_ARRAY(generator->arena, int, (size_t)count);
    buffer_init(&source, generator->arena, SOURCE_MAX);
    for (int i = 0; i < count && first_lines; i++) {
        first_lines[i] = lines_of(buffer_text(&source)) + 1;
        if (!read_file(files[i], &source)) {
            fprintf(stderr, "%s: cannot be read\n", files[i]);
            return false;
        }
    }
    if (graphql_parse(generator->arena, buffer_text(&source), NULL, &document, &error) &&
        graphql_schema_build(generator->arena, document, NULL, &generator->schema, &error)) {
        generator->document = document;
        return check_schema(generator);
    }
    report(&error, files, count, first_lines);
    return false;
}

static bool write_file(struct generator *generator, const char *directory, const char *suffix,
                       const char *header)
{
    struct text path =
        text_format(generator->arena, "%s/%s_schema%s", directory, generator->prefix, suffix);
    generator->out = fopen(text_terminated(generator->arena, path), "w");
    if (!generator->out) {
        fprintf(stderr, "%.*s: cannot be written\n", TEXT_ARG(path));
        return false;
    }
    if (header)
        generate_source(generator, header);
    else
        generate_header(generator);
    return fclose(generator->out) == 0;
}

static bool generate(struct generator *generator, const char *directory)
{
    map_init(&generator->directives, generator->arena);
    for (const struct ast_definition *each = generator->document->definitions; each;
         each = each->next)
        if (each->kind == AST_TYPE && !remember_definition(generator, each))
            return false;
    struct text header = text_format(generator->arena, "%s_schema.h", generator->prefix);
    return write_file(generator, directory, ".h", NULL) &&
           write_file(generator, directory, ".c", text_terminated(generator->arena, header)) &&
           generator->errors == 0;
}

int main(int count, char **arguments)
{
    struct generator generator = {.arena = arena_new(ARENA_MAX)};
    const char *directory = NULL;
    int at = 1;
    for (; at + 1 < count && text_starts_with(text_z(arguments[at]), TEXT("--")); at += 2) {
        if (strcmp(arguments[at], "--prefix") == 0)
            generator.prefix = arguments[at + 1];
        else if (strcmp(arguments[at], "--output") == 0)
            directory = arguments[at + 1];
    }
    if (!generator.arena || !generator.prefix || !directory || at >= count) {
        fprintf(stderr, "usage: graphql_generate --prefix NAME --output DIRECTORY FILE...\n");
        return 2;
    }
    bool ok = load(&generator, arguments + at, count - at) && generate(&generator, directory);
    arena_free(generator.arena);
    return ok ? 0 : 1;
}
