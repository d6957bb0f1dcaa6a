/* The generated header: enums, structs, prototypes, typed gives. */
#include "graphql_generate.h"

#include "graphql/types/schema.h"

#include <string.h>

static const struct text no_member = {NULL, 0};

static void print_includes(struct generator *generator)
{
    struct map headers;
    map_init(&headers, generator->arena);
    for (uint32_t i = 0; i < generator->schema->type_count; i++) {
        const struct graphql_type *type = generator->schema->types[i];
        const char *directive = type->kind == GRAPHQL_ENUM ? "enum" : "struct";
        struct text header =
            generator_argument(generator, type->name, no_member, directive, "header");
        if (header.at && !map_find(&headers, header) && map_set(&headers, header, NULL))
            fprintf(generator->out, "#include \"%.*s\"\n", TEXT_ARG(header));
    }
    fprintf(generator->out, "\n");
}

static void print_comment(struct generator *generator, struct text description)
{
    if (description.len == 0)
        return;
    fprintf(generator->out, "/* ");
    for (size_t i = 0; i < description.len; i++) {
        bool closes =
            description.at[i] == '*' && i + 1 < description.len && description.at[i + 1] == '/';
        fputc(closes ? '+' : description.at[i], generator->out);
    }
    fprintf(generator->out, " */\n");
}

static void print_own_enum(struct generator *generator, const struct graphql_type *type)
{
    if (generator_argument(generator, type->name, no_member, "enum", "name").at)
        return;
    print_comment(generator, type->description);
    fprintf(generator->out, "%.*s {\n", TEXT_ARG(generator_enum(generator, type)));
    for (uint32_t i = 0; i < type->value_count; i++)
        fprintf(generator->out, "    %.*s,\n",
                TEXT_ARG(generator_enum_constant(generator, type, &type->values[i])));
    fprintf(generator->out, "};\n\n");
}

/* Constant to name and back. */
static void print_enum_conversion(struct generator *generator, const struct graphql_type *type)
{
    struct text c_type = generator_enum(generator, type);
    const char *prefix = generator->prefix;
    fprintf(generator->out,
            "/* at == NULL for a constant that the schema does not show. */\n"
            "static inline struct text %s_%.*s_name(%.*s value)\n{\n"
            "    const struct graphql_enum_value *found =\n"
            "        graphql_enum_by_value(&%s_type_%.*s, (int64_t)value);\n"
            "    return found ? found->name : (struct text){NULL, 0};\n}\n\n",
            prefix, TEXT_ARG(type->name), TEXT_ARG(c_type), prefix, TEXT_ARG(type->name));
    fprintf(generator->out,
            "MUST_CHECK static inline bool %s_%.*s_parse(struct text name, %.*s *out)\n{\n"
            "    const struct graphql_enum_value *found =\n"
            "        graphql_enum_by_name(&%s_type_%.*s, name);\n"
            "    if (found)\n"
            "        *out = (%.*s)found->value;\n"
            "    return found != NULL;\n}\n\n",
            prefix, TEXT_ARG(type->name), TEXT_ARG(c_type), prefix, TEXT_ARG(type->name),
            TEXT_ARG(c_type));
}

static void print_input_list(struct generator *generator, const struct graphql_type *type)
{
    if (type->kind == GRAPHQL_INPUT_OBJECT)
        fprintf(generator->out,
                "struct %s_%.*s;\nstruct %s_%.*s_list {\n    const struct %s_%.*s *items;\n"
                "    size_t len;\n};\n\n",
                generator->prefix, TEXT_ARG(type->name), generator->prefix, TEXT_ARG(type->name),
                generator->prefix, TEXT_ARG(type->name));
    else
        fprintf(generator->out,
                "struct %s_%.*s_list {\n    const %.*s *items;\n    size_t len;\n};\n\n",
                generator->prefix, TEXT_ARG(type->name), TEXT_ARG(generator_enum(generator, type)));
}

static void print_input_list_type(struct generator *generator, const struct graphql_type *type)
{
    if (type == &graphql_string || type == &graphql_id)
        fprintf(generator->out, "struct text_list");
    else if (type == &graphql_int)
        fprintf(generator->out, "struct graphql_ints");
    else if (type == &graphql_float)
        fprintf(generator->out, "struct graphql_doubles");
    else if (type == &graphql_boolean)
        fprintf(generator->out, "struct graphql_bools");
    else
        fprintf(generator->out, "struct %s_%.*s_list", generator->prefix, TEXT_ARG(type->name));
}

static void print_input_type(struct generator *generator, const struct graphql_input *input)
{
    const struct graphql_type *type = input->type.type;
    if (type->kind == GRAPHQL_SCALAR && generator_is_own_type(type))
        fprintf(generator->out, "const struct graphql_value *");
    else if (graphql_is_list(graphql_nullable(input->type.wrappers)))
        print_input_list_type(generator, type);
    else if (type == &graphql_string || type == &graphql_id)
        fprintf(generator->out, "struct text");
    else if (type == &graphql_int)
        fprintf(generator->out, "int64_t");
    else if (type == &graphql_float)
        fprintf(generator->out, "double");
    else if (type == &graphql_boolean)
        fprintf(generator->out, "bool");
    else if (type->kind == GRAPHQL_ENUM)
        fprintf(generator->out, "%.*s", TEXT_ARG(generator_enum(generator, type)));
    else
        fprintf(generator->out, "const struct %s_%.*s *", generator->prefix, TEXT_ARG(type->name));
}

static void print_inputs(struct generator *generator, const struct graphql_input *inputs,
                         size_t count)
{
    bool nullable = false;
    for (size_t i = 0; i < count; i++) {
        struct text name = generator_input(generator->arena, inputs[i].name);
        fprintf(generator->out, "    ");
        print_input_type(generator, &inputs[i]);
        fprintf(generator->out, " %.*s;\n", TEXT_ARG(name));
        nullable |= !graphql_is_non_null(inputs[i].type.wrappers);
    }
    if (!nullable)
        return;
    fprintf(generator->out, "    struct {\n        enum graphql_given ");
    const char *separator = "";
    for (size_t i = 0; i < count; i++) {
        if (graphql_is_non_null(inputs[i].type.wrappers))
            continue;
        struct text name = generator_input(generator->arena, inputs[i].name);
        fprintf(generator->out, "%s%.*s", separator, TEXT_ARG(name));
        separator = ", ";
    }
    fprintf(generator->out, ";\n    } given;\n");
}

static void print_input_object(struct generator *generator, const struct graphql_type *type)
{
    print_comment(generator, type->description);
    fprintf(generator->out, "struct %s_%.*s {\n", generator->prefix, TEXT_ARG(type->name));
    print_inputs(generator, type->inputs, type->input_count);
    fprintf(generator->out, "};\n\n");
}

static void print_leaf_type(struct generator *generator, const struct graphql_type *type,
                            bool is_list)
{
    const char *star = is_list ? "const " : "";
    if (type == &graphql_int)
        fprintf(generator->out, "%sint64_t", star);
    else if (type == &graphql_float)
        fprintf(generator->out, "%sdouble", star);
    else if (type == &graphql_boolean)
        fprintf(generator->out, "%sbool", star);
    else if (type->kind == GRAPHQL_ENUM)
        fprintf(generator->out, "%s%.*s", star, TEXT_ARG(generator_enum(generator, type)));
    else
        fprintf(generator->out, is_list ? "struct text_list" : "struct text");
}

static bool is_textual(const struct graphql_type *type)
{
    return type->kind == GRAPHQL_SCALAR && type != &graphql_int && type != &graphql_float &&
           type != &graphql_boolean;
}

/* A member of a struct that the generator makes for an object type. */
static void print_own_member(struct generator *generator, const struct graphql_type *type,
                             const struct graphql_field *field)
{
    struct text name = generator_member(generator, type, field);
    const struct graphql_type *value = field->type.type;
    bool nullable = !graphql_is_non_null(field->type.wrappers);
    struct text object =
        graphql_type_is_leaf(value) ? no_member : generator_struct(generator, value);
    fprintf(generator->out, "    ");
    switch (generator_shape(generator, type, field)) {
    case SHAPE_LEAF:
        print_leaf_type(generator, value, false);
        fprintf(generator->out, " %.*s;\n", TEXT_ARG(name));
        if (nullable && !is_textual(value))
            fprintf(generator->out, "    bool has_%.*s;\n", TEXT_ARG(name));
        return;
    case SHAPE_LEAVES:
        print_leaf_type(generator, value, true);
        fprintf(generator->out, " %s%.*s;\n", is_textual(value) ? "" : "*", TEXT_ARG(name));
        if (!is_textual(value))
            fprintf(generator->out, "    size_t %.*s_count;\n", TEXT_ARG(name));
        return;
    case SHAPE_OBJECT:
        fprintf(generator->out, "const %.*s *%.*s;\n", TEXT_ARG(object), TEXT_ARG(name));
        return;
    case SHAPE_OBJECTS:
        fprintf(generator->out, "const %.*s *const *%.*s;\n    size_t %.*s_count;\n",
                TEXT_ARG(object), TEXT_ARG(name), TEXT_ARG(name));
        return;
    default: return;
    }
}

static void print_own_struct(struct generator *generator, const struct graphql_type *type)
{
    if (!generator_owns_struct(generator, type) || generator_is_root(generator, type) ||
        generator_is_absent(generator, type))
        return;
    print_comment(generator, type->description);
    fprintf(generator->out, "%.*s {\n", TEXT_ARG(generator_struct(generator, type)));
    bool empty = true;
    for (uint32_t i = 0; i < type->field_count; i++) {
        enum member_shape shape = generator_shape(generator, type, &type->fields[i]);
        if (shape == SHAPE_RESOLVER || shape == SHAPE_SELF || shape == SHAPE_ABSENT)
            continue;
        print_own_member(generator, type, &type->fields[i]);
        empty = false;
    }
    if (empty)
        fprintf(generator->out, "    char unused;\n");
    fprintf(generator->out, "};\n\n");
}

static void print_give_objects(struct generator *generator, const struct graphql_type *type,
                               const struct graphql_field *field)
{
    struct text object = generator_struct(generator, field->type.type);
    fprintf(generator->out,
            "static inline void %s_%.*s_%.*s_give(struct graphql_call *call, size_t index,\n"
            "    const %.*s *const *items, size_t count)\n{\n"
            "    graphql_give_pointers(call, index, (const void *const *)items, count);\n}\n\n",
            generator->prefix, TEXT_ARG(type->name), TEXT_ARG(field->name), TEXT_ARG(object));
    if (text_equal(object, TEXT("void")))
        return;
    fprintf(generator->out,
            "static inline void %s_%.*s_%.*s_give_array(struct graphql_call *call, size_t index,\n"
            "    const %.*s *items, size_t count)\n{\n"
            "    graphql_give_structs(call, index, items, count, sizeof(*items));\n}\n\n",
            generator->prefix, TEXT_ARG(type->name), TEXT_ARG(field->name), TEXT_ARG(object));
}

static void print_give_one(struct generator *generator, const struct graphql_type *type,
                           const struct graphql_field *field, const char *parameter,
                           const char *give)
{
    fprintf(generator->out,
            "static inline void %s_%.*s_%.*s_give(struct graphql_call *call, size_t index,\n"
            "    %s value)\n{\n    %s;\n}\n\n",
            generator->prefix, TEXT_ARG(type->name), TEXT_ARG(field->name), parameter, give);
}

static void print_give_leaf(struct generator *generator, const struct graphql_type *type,
                            const struct graphql_field *field)
{
    const struct graphql_type *value = field->type.type;
    if (value == &graphql_int && generator_directive(generator, type->name, field->name, "time"))
        print_give_one(generator, type, field, "int64_t",
                       "graphql_give_int(call, index, graphql_seconds(value))");
    else if (value == &graphql_int)
        print_give_one(generator, type, field, "int64_t", "graphql_give_int(call, index, value)");
    else if (value == &graphql_float)
        print_give_one(generator, type, field, "double", "graphql_give_double(call, index, value)");
    else if (value == &graphql_boolean)
        print_give_one(generator, type, field, "bool", "graphql_give_bool(call, index, value)");
    else if (value->kind == GRAPHQL_ENUM)
        print_give_one(generator, type, field,
                       text_terminated(generator->arena, generator_enum(generator, value)),
                       "graphql_give_int(call, index, (int64_t)value)");
    else
        print_give_one(generator, type, field, "struct text",
                       "graphql_give_text(call, index, value)");
}

static void print_give_object(struct generator *generator, const struct graphql_type *type,
                              const struct graphql_field *field)
{
    struct text parameter = text_format(generator->arena, "const %.*s *",
                                        TEXT_ARG(generator_struct(generator, field->type.type)));
    print_give_one(generator, type, field, text_terminated(generator->arena, parameter),
                   "graphql_give_object(call, index, value)");
}

static void print_give(struct generator *generator, const struct graphql_type *type,
                       const struct graphql_field *field)
{
    const struct graphql_type *value = field->type.type;
    uint64_t wrappers = graphql_nullable(field->type.wrappers);
    bool is_leaf = graphql_type_is_leaf(value);
    bool is_list = graphql_is_list(wrappers);
    bool is_deep = is_list && graphql_is_list(graphql_nullable(wrappers >> 2));
    if (!is_list) {
        if (is_leaf)
            print_give_leaf(generator, type, field);
        else
            print_give_object(generator, type, field);
    } else if (!is_leaf && !is_deep) {
        print_give_objects(generator, type, field);
    } else if (is_textual(value) && !is_deep) {
        print_give_one(generator, type, field, "struct text_list",
                       "graphql_give_texts(call, index, value)");
    }
}

static void print_args(struct generator *generator, const struct graphql_type *type,
                       const struct graphql_field *field)
{
    if (field->argument_count == 0)
        return;
    fprintf(generator->out, "struct %s_%.*s_%.*s_args {\n", generator->prefix, TEXT_ARG(type->name),
            TEXT_ARG(field->name));
    print_inputs(generator, field->arguments, field->argument_count);
    fprintf(generator->out, "};\n\n");
}

static void print_resolver(struct generator *generator, const struct graphql_type *type,
                           const struct graphql_field *field)
{
    const char *prefix = generator->prefix;
    print_args(generator, type, field);
    print_comment(generator, field->description);
    fprintf(generator->out, "MUST_CHECK bool %s_%.*s_%.*s(struct graphql_call *call", prefix,
            TEXT_ARG(type->name), TEXT_ARG(field->name));
    if (field->argument_count > 0)
        fprintf(generator->out, ",\n    const struct %s_%.*s_%.*s_args *args", prefix,
                TEXT_ARG(type->name), TEXT_ARG(field->name));
    fprintf(generator->out, ");\n");
    print_give(generator, type, field);
}

static void print_resolvers(struct generator *generator, const struct graphql_type *type)
{
    bool any = false;
    for (uint32_t i = 0; i < type->field_count; i++) {
        enum member_shape shape = generator_shape(generator, type, &type->fields[i]);
        if (shape == SHAPE_ABSENT)
            print_args(generator, type, &type->fields[i]);
        if (shape != SHAPE_RESOLVER)
            continue;
        any = true;
        print_resolver(generator, type, &type->fields[i]);
    }
    if (!any || generator_is_root(generator, type))
        return;
    fprintf(generator->out,
            "static inline const %.*s *%s_%.*s_parent(const struct graphql_call *call,\n"
            "    size_t index)\n{\n    return call->parents[index];\n}\n\n",
            TEXT_ARG(generator_struct(generator, type)), generator->prefix, TEXT_ARG(type->name));
}

static void for_each(struct generator *generator, enum graphql_type_kind kind,
                     void (*print)(struct generator *generator, const struct graphql_type *type))
{
    for (uint32_t i = 0; i < generator->schema->type_count; i++) {
        const struct graphql_type *type = generator->schema->types[i];
        if (type->kind == kind && generator_is_own_type(type))
            print(generator, type);
    }
}

static void print_type_extern(struct generator *generator, const struct graphql_type *type)
{
    fprintf(generator->out, "extern const struct graphql_type %s_type_%.*s;\n", generator->prefix,
            TEXT_ARG(type->name));
}

static void print_struct_declaration(struct generator *generator, const struct graphql_type *type)
{
    fprintf(generator->out, "%.*s;\n", TEXT_ARG(generator_struct(generator, type)));
}

static void print_type_of(struct generator *generator, const struct graphql_type *type)
{
    if (generator_argument(generator, type->name, no_member, "struct", "tag").at ||
        generator_is_absent(generator, type))
        return;
    fprintf(generator->out,
            "/* Which of its types an object has; NULL is an error of the field. */\n"
            "const struct graphql_type *%s_%.*s_type_of(const struct graphql_type *type,\n"
            "    const void *object);\n\n",
            generator->prefix, TEXT_ARG(type->name));
}

void generate_header(struct generator *generator)
{
    struct text guard = generator_upper_snake(generator->arena, text_z(generator->prefix));
    fprintf(generator->out,
            "/* Made by graphql_generate from the schema files. */\n"
            "#ifndef %.*s_SCHEMA_H\n#define %.*s_SCHEMA_H\n\n"
            "#include \"graphql/execution/call.h\"\n",
            TEXT_ARG(guard), TEXT_ARG(guard));
    print_includes(generator);
    fprintf(generator->out, "extern const struct graphql_schema %s_schema;\n", generator->prefix);
    for (int kind = GRAPHQL_SCALAR; kind <= GRAPHQL_INPUT_OBJECT; kind++)
        for_each(generator, (enum graphql_type_kind)kind, print_type_extern);
    fprintf(generator->out, "\n");
    for_each(generator, GRAPHQL_OBJECT, print_struct_declaration);
    fprintf(generator->out, "\n");
    for_each(generator, GRAPHQL_ENUM, print_own_enum);
    for_each(generator, GRAPHQL_ENUM, print_enum_conversion);
    for_each(generator, GRAPHQL_ENUM, print_input_list);
    for_each(generator, GRAPHQL_INPUT_OBJECT, print_input_list);
    for_each(generator, GRAPHQL_INPUT_OBJECT, print_input_object);
    for_each(generator, GRAPHQL_OBJECT, print_own_struct);
    for_each(generator, GRAPHQL_INTERFACE, print_type_of);
    for_each(generator, GRAPHQL_UNION, print_type_of);
    for_each(generator, GRAPHQL_OBJECT, print_resolvers);
    fprintf(generator->out, "#endif\n");
}
