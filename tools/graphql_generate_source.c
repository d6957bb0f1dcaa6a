/* The generated source: the type tables. */
#include "graphql_generate.h"

#include "graphql/types/schema.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const struct text no_member = {NULL, 0};

static void print_string(struct generator *generator, struct text text)
{
    fputc('"', generator->out);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == '"' || byte == '\\')
            fprintf(generator->out, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7F || byte == '?')
            fprintf(generator->out, "\\%03o", byte);
        else
            fputc(byte, generator->out);
    }
    fputc('"', generator->out);
}

static void print_text(struct generator *generator, const char *member, struct text text)
{
    if (!text.at)
        return;
    fprintf(generator->out, ".%s = TEXT_INIT(", member);
    print_string(generator, text);
    fprintf(generator->out, "), ");
}

static void print_type_pointer(struct generator *generator, const struct graphql_type *type)
{
    static const struct {
        const struct graphql_type *type;
        const char *name;
    } scalars[] = {{&graphql_int, "graphql_int"},
                   {&graphql_float, "graphql_float"},
                   {&graphql_string, "graphql_string"},
                   {&graphql_boolean, "graphql_boolean"},
                   {&graphql_id, "graphql_id"}};
    for (size_t i = 0; i < ARRAY_LENGTH(scalars); i++)
        if (scalars[i].type == type) {
            fprintf(generator->out, "&%s", scalars[i].name);
            return;
        }
    fprintf(generator->out, "&%s_type_%.*s", generator->prefix, TEXT_ARG(type->name));
}

static void print_ref(struct generator *generator, struct graphql_type_ref ref)
{
    fprintf(generator->out, ".type = {");
    print_type_pointer(generator, ref.type);
    fprintf(generator->out, ", UINT64_C(%" PRIu64 ")}, ", ref.wrappers);
}

static void print_value(struct generator *generator, const struct graphql_type *type,
                        const struct graphql_value *value, int nested);

/* Arrays inside a default become constants of their own, written before it; the number of the
 * first one is handed down. */
static int print_nested(struct generator *generator, const struct graphql_type *type,
                        const struct graphql_value *value)
{
    bool is_list = value->kind == GRAPHQL_VALUE_LIST;
    if ((!is_list && value->kind != GRAPHQL_VALUE_OBJECT) || value->len == 0)
        return -1;
    int nested[256];
    for (uint32_t i = 0; i < value->len && i < ARRAY_LENGTH(nested); i++) {
        const struct graphql_input *input =
            is_list ? NULL : graphql_type_input(type, value->fields[i].name);
        nested[i] = is_list ? print_nested(generator, type, &value->items[i])
                            : print_nested(generator, input->type.type, &value->fields[i].value);
    }
    int number = generator->defaults++;
    fprintf(generator->out, "static const struct graphql_value%s nested_%d[] = {\n",
            is_list ? "" : "_field", number);
    for (uint32_t i = 0; i < value->len && i < ARRAY_LENGTH(nested); i++) {
        fprintf(generator->out, "    ");
        if (is_list) {
            print_value(generator, type, &value->items[i], nested[i]);
        } else {
            const struct graphql_input *input = graphql_type_input(type, value->fields[i].name);
            fprintf(generator->out, "{");
            print_text(generator, "name", value->fields[i].name);
            fprintf(generator->out, ".value = ");
            print_value(generator, input->type.type, &value->fields[i].value, nested[i]);
            fprintf(generator->out, "}");
        }
        fprintf(generator->out, ",\n");
    }
    fprintf(generator->out, "};\n");
    return number;
}

static void print_value(struct generator *generator, const struct graphql_type *type,
                        const struct graphql_value *value, int nested)
{
    FILE *out = generator->out;
    switch (value->kind) {
    case GRAPHQL_VALUE_NULL: fprintf(out, "{.kind = GRAPHQL_VALUE_NULL}"); break;
    case GRAPHQL_VALUE_BOOLEAN:
        fprintf(out, "{.kind = GRAPHQL_VALUE_BOOLEAN, .boolean = %d}", value->boolean);
        break;
    case GRAPHQL_VALUE_INT:
        fprintf(out, "{.kind = GRAPHQL_VALUE_INT, .integer = %" PRId64 "}", value->integer);
        break;
    case GRAPHQL_VALUE_FLOAT:
        fprintf(out, "{.kind = GRAPHQL_VALUE_FLOAT, .number = %.17g}", value->number);
        break;
    case GRAPHQL_VALUE_STRING:
        fprintf(out, "{.kind = GRAPHQL_VALUE_STRING, ");
        print_text(generator, "text", value->text);
        fprintf(out, "}");
        break;
    case GRAPHQL_VALUE_ENUM:
        fprintf(out, "{.kind = GRAPHQL_VALUE_ENUM, .constant = &values_%.*s[%d]}",
                TEXT_ARG(type->name), (int)(value->constant - type->values));
        break;
    case GRAPHQL_VALUE_LIST:
    case GRAPHQL_VALUE_OBJECT:
        fprintf(out, "{.kind = GRAPHQL_VALUE_%s, .len = %u",
                value->kind == GRAPHQL_VALUE_LIST ? "LIST" : "OBJECT", value->len);
        if (nested >= 0)
            fprintf(out, ", .%s = nested_%d",
                    value->kind == GRAPHQL_VALUE_LIST ? "items" : "fields", nested);
        fprintf(out, "}");
        break;
    }
}

static int print_default(struct generator *generator, const struct graphql_input *input)
{
    if (!input->default_value)
        return -1;
    int nested = print_nested(generator, input->type.type, input->default_value);
    int number = generator->defaults++;
    fprintf(generator->out, "static const struct graphql_value default_%d = ", number);
    print_value(generator, input->type.type, input->default_value, nested);
    fprintf(generator->out, ";\n");
    return number;
}

static const char *list_form(const struct graphql_type *type)
{
    if (type == &graphql_string || type == &graphql_id)
        return "TEXTS";
    if (type == &graphql_int)
        return "INT64S";
    if (type == &graphql_float)
        return "DOUBLES";
    if (type == &graphql_boolean)
        return "BOOLS";
    return type->kind == GRAPHQL_ENUM ? "INT32S" : "STRUCTS";
}

static const char *input_form(const struct graphql_input *input)
{
    const struct graphql_type *type = input->type.type;
    if (type->kind == GRAPHQL_SCALAR && generator_is_own_type(type))
        return "VALUE";
    if (graphql_is_list(graphql_nullable(input->type.wrappers)))
        return list_form(type);
    if (type == &graphql_string || type == &graphql_id)
        return "TEXT";
    if (type == &graphql_int)
        return "INT64";
    if (type == &graphql_float)
        return "DOUBLE";
    if (type == &graphql_boolean)
        return "BOOL";
    return type->kind == GRAPHQL_ENUM ? "INT32" : "POINTER";
}

/* Lists of lists and null numbers in lists have no slot in a struct. */
static void check_input(struct generator *generator, struct text owner,
                        const struct graphql_input *input)
{
    uint64_t wrappers = graphql_nullable(input->type.wrappers);
    bool is_scalar =
        input->type.type->kind == GRAPHQL_SCALAR && generator_is_own_type(input->type.type);
    if (!graphql_is_list(wrappers) || is_scalar)
        return;
    uint64_t item = wrappers >> 2;
    bool is_text = input->type.type == &graphql_string || input->type.type == &graphql_id;
    if (graphql_is_list(graphql_nullable(item)))
        generator_complain(generator, owner, input->name, "is a list of lists");
    else if (!graphql_is_non_null(item) && !is_text)
        generator_complain(generator, owner, input->name, "is a list with null items");
}

/* struct_name: of the generated struct, without "struct". */
static void print_inputs(struct generator *generator, struct text struct_name,
                         const struct graphql_input *inputs, size_t count)
{
    int numbers[256];
    if (count > ARRAY_LENGTH(numbers)) {
        generator_complain(generator, struct_name, no_member, "has too many arguments or fields");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        check_input(generator, struct_name, &inputs[i]);
        numbers[i] = print_default(generator, &inputs[i]);
    }
    fprintf(generator->out, "static const struct graphql_input inputs_%.*s[] = {\n",
            TEXT_ARG(struct_name));
    for (size_t i = 0; i < count; i++) {
        struct text member = generator_input(generator->arena, inputs[i].name);
        fprintf(generator->out, "    {");
        print_text(generator, "name", inputs[i].name);
        print_text(generator, "description", inputs[i].description);
        print_text(generator, "deprecation", inputs[i].deprecation);
        print_ref(generator, inputs[i].type);
        if (numbers[i] >= 0) {
            fprintf(generator->out, ".default_value = &default_%d, ", numbers[i]);
            print_text(generator, "default_text", inputs[i].default_text);
        }
        fprintf(generator->out, ".form = GRAPHQL_FORM_%s, .offset = offsetof(struct %.*s, %.*s), ",
                input_form(&inputs[i]), TEXT_ARG(struct_name), TEXT_ARG(member));
        if (graphql_is_non_null(inputs[i].type.wrappers))
            fprintf(generator->out, ".given_offset = UINT32_MAX},\n");
        else
            fprintf(generator->out, ".given_offset = offsetof(struct %.*s, given.%.*s)},\n",
                    TEXT_ARG(struct_name), TEXT_ARG(member));
    }
    fprintf(generator->out, "};\n\n");
}

static struct text args_name(const struct generator *generator, const struct graphql_type *type,
                             const struct graphql_field *field)
{
    return text_format(generator->arena, "%s_%.*s_%.*s_args", generator->prefix,
                       TEXT_ARG(type->name), TEXT_ARG(field->name));
}

static void print_field_parts(struct generator *generator, const struct graphql_type *type,
                              const struct graphql_field *field)
{
    if (field->argument_count == 0)
        return;
    struct text args = args_name(generator, type, field);
    if (type->kind == GRAPHQL_INTERFACE)
        fprintf(generator->out, "struct %.*s { char unused; };\n", TEXT_ARG(args));
    print_inputs(generator, args, field->arguments, field->argument_count);
    if (type->kind == GRAPHQL_OBJECT && generator_shape(generator, type, field) != SHAPE_ABSENT)
        fprintf(generator->out,
                "static bool call_%.*s(struct graphql_call *call)\n{\n"
                "    return %s_%.*s_%.*s(call, call->args);\n}\n\n",
                TEXT_ARG(args), generator->prefix, TEXT_ARG(type->name), TEXT_ARG(field->name));
}

static const char *allowed_forms(const struct graphql_type *type)
{
    if (type == &graphql_string)
        return "form == GRAPHQL_FORM_TEXT";
    if (type == &graphql_id)
        return "form == GRAPHQL_FORM_TEXT || form == GRAPHQL_FORM_INT32 || "
               "form == GRAPHQL_FORM_INT64";
    if (type == &graphql_int)
        return "form == GRAPHQL_FORM_INT32 || form == GRAPHQL_FORM_INT64";
    if (type == &graphql_boolean)
        return "form == GRAPHQL_FORM_BOOL";
    if (type == &graphql_float)
        return "form == GRAPHQL_FORM_DOUBLE || form == GRAPHQL_FORM_INT32 || "
               "form == GRAPHQL_FORM_INT64";
    if (type->kind == GRAPHQL_ENUM)
        return "form == GRAPHQL_FORM_INT32 || form == GRAPHQL_FORM_TEXT";
    return "form != GRAPHQL_FORM_NONE";
}

/* The condition with the form put in for the word `form`. */
static void print_assertion(struct generator *generator, const struct graphql_type *type,
                            const struct graphql_field *field, const char *condition,
                            struct text form)
{
    fprintf(generator->out, "static_assert(");
    for (const char *at = condition; *at; at++) {
        if (strncmp(at, "form ", 5) == 0) {
            fprintf(generator->out, "(int)%.*s", TEXT_ARG(form));
            at += 3;
        } else {
            fputc(*at, generator->out);
        }
    }
    fprintf(generator->out, ",\n    \"%.*s.%.*s: the member has no type that fits\");\n",
            TEXT_ARG(type->name), TEXT_ARG(field->name));
}

static struct text form_of(const struct generator *generator, const struct graphql_type *type,
                           const struct graphql_field *field, enum member_shape shape)
{
    struct text parent = generator_struct(generator, type);
    struct text member = generator_member(generator, type, field);
    if (shape == SHAPE_LEAF || shape == SHAPE_LEAVES)
        return text_format(generator->arena, "GRAPHQL_%s_FORM(%.*s, %.*s)",
                           shape == SHAPE_LEAF ? "LEAF" : "LEAVES", TEXT_ARG(parent),
                           TEXT_ARG(member));
    struct text object = generator_struct(generator, field->type.type);
    const char *kind = "OBJECT";
    if (shape == SHAPE_OBJECTS)
        kind = "OBJECTS";
    else if (text_equal(object, TEXT("void")))
        kind = "POINTER";
    return text_format(generator->arena, "GRAPHQL_%s_FORM(%.*s, %.*s, %.*s)", kind,
                       TEXT_ARG(parent), TEXT_ARG(member), TEXT_ARG(object));
}

static void print_member_check(struct generator *generator, const struct graphql_type *type,
                               const struct graphql_field *field)
{
    enum member_shape shape = generator_shape(generator, type, field);
    if (shape == SHAPE_RESOLVER || shape == SHAPE_SELF || shape == SHAPE_ABSENT ||
        type->kind != GRAPHQL_OBJECT)
        return;
    uint64_t wrappers = graphql_nullable(field->type.wrappers);
    if (graphql_is_list(wrappers) && graphql_is_list(graphql_nullable(wrappers >> 2)))
        generator_complain(generator, type->name, field->name,
                           "is a list of lists, so it needs @resolve");
    const char *condition =
        shape == SHAPE_LEAF ? allowed_forms(field->type.type) : "form != GRAPHQL_FORM_NONE";
    print_assertion(generator, type, field, condition, form_of(generator, type, field, shape));
}

static void print_null(struct generator *generator, const struct graphql_type *type,
                       const struct graphql_field *field)
{
    if (graphql_is_non_null(field->type.wrappers))
        return;
    struct text parent = generator_struct(generator, type);
    struct text constant = generator_argument(generator, type->name, field->name, "member", "null");
    struct text flag = generator_argument(generator, type->name, field->name, "member", "has");
    bool is_text = field->type.type == &graphql_string || field->type.type == &graphql_id;
    if (!flag.at && generator_owns_struct(generator, type) && !is_text)
        flag = text_format(generator->arena, "has_%.*s",
                           TEXT_ARG(generator_member(generator, type, field)));
    if (!constant.at && generator_directive(generator, type->name, field->name, "time"))
        constant = TEXT("0");
    if (constant.at)
        fprintf(generator->out, ".null = GRAPHQL_NULL_CONSTANT, .null_value = (int64_t)(%.*s), ",
                TEXT_ARG(constant));
    else if (flag.at)
        fprintf(generator->out, ".null = GRAPHQL_NULL_FLAG, .null_at = offsetof(%.*s, %.*s), ",
                TEXT_ARG(parent), TEXT_ARG(flag));
}

static void print_plain_member(struct generator *generator, const struct graphql_type *type,
                               const struct graphql_field *field, enum member_shape shape)
{
    struct text parent = generator_struct(generator, type);
    struct text member = generator_member(generator, type, field);
    fprintf(generator->out, ".member = {.form = %.*s, .offset = offsetof(%.*s, %.*s), ",
            TEXT_ARG(form_of(generator, type, field, shape)), TEXT_ARG(parent), TEXT_ARG(member));
    if (generator_directive(generator, type->name, field->name, "time"))
        fprintf(generator->out, ".is_time = true, ");
    if (shape == SHAPE_LEAF)
        print_null(generator, type, field);
    bool is_textual = field->type.type->kind == GRAPHQL_SCALAR &&
                      field->type.type != &graphql_int && field->type.type != &graphql_float;
    bool has_count = shape == SHAPE_OBJECTS || (shape == SHAPE_LEAVES && !is_textual);
    if (has_count)
        fprintf(generator->out, ".count_offset = offsetof(%.*s, %.*s), ", TEXT_ARG(parent),
                TEXT_ARG(generator_count_member(generator, type, field)));
    if (shape == SHAPE_OBJECTS)
        fprintf(generator->out, ".stride = sizeof(*((%.*s *)0)->%.*s), ", TEXT_ARG(parent),
                TEXT_ARG(member));
    fprintf(generator->out, "}, ");
}

static void print_access(struct generator *generator, const struct graphql_type *type,
                         const struct graphql_field *field)
{
    bool is_public = generator_directive(generator, type->name, field->name, "public") != NULL;
    struct text action =
        generator_argument(generator, type->name, field->name, "requires", "action");
    if (generator_is_root(generator, type) && is_public == (action.at != NULL))
        generator_complain(generator, type->name, field->name,
                           "needs either @public or @requires(action:)");
    if (is_public)
        fprintf(generator->out, ".access = {GRAPHQL_ACCESS_PUBLIC, {NULL, 0}}, ");
    if (action.at) {
        fprintf(generator->out, ".access = {.kind = GRAPHQL_ACCESS_REQUIRES, ");
        print_text(generator, "action", action);
        fprintf(generator->out, "}, ");
    }
}

static void print_cost(struct generator *generator, const struct graphql_type *type,
                       const struct graphql_field *field)
{
    struct text weight = generator_argument(generator, type->name, field->name, "cost", "weight");
    struct text size = generator_argument(generator, type->name, field->name, "list", "size");
    struct text argument =
        generator_argument(generator, type->name, field->name, "list", "argument");
    enum member_shape shape =
        type->kind == GRAPHQL_OBJECT ? generator_shape(generator, type, field) : SHAPE_LEAF;
    bool is_free = shape == SHAPE_LEAF || shape == SHAPE_LEAVES;
    if (weight.at)
        fprintf(generator->out, ".cost = %.*s, ", TEXT_ARG(weight));
    else
        fprintf(generator->out, ".cost = %d, ", is_free ? 0 : 1);
    if (size.at)
        fprintf(generator->out, ".list_size = %.*s, ", TEXT_ARG(size));
    if (argument.at && !graphql_field_argument(field, argument))
        generator_complain(generator, type->name, field->name,
                           "@list names an argument that is not there");
    print_text(generator, "size_argument", argument);
}

static void print_field(struct generator *generator, const struct graphql_type *type,
                        const struct graphql_field *field)
{
    fprintf(generator->out, "    {");
    print_text(generator, "name", field->name);
    print_text(generator, "description", field->description);
    print_text(generator, "deprecation", field->deprecation);
    print_ref(generator, field->type);
    struct text args = args_name(generator, type, field);
    if (field->argument_count > 0)
        fprintf(generator->out,
                ".arguments = inputs_%.*s, .argument_count = %u, .args_size = sizeof(struct "
                "%.*s), ",
                TEXT_ARG(args), field->argument_count, TEXT_ARG(args));
    if (type->kind == GRAPHQL_OBJECT) {
        enum member_shape shape = generator_shape(generator, type, field);
        if (shape == SHAPE_ABSENT)
            fprintf(generator->out, ".resolve = graphql_give_absent, ");
        else if (shape == SHAPE_RESOLVER && field->argument_count > 0)
            fprintf(generator->out, ".resolve = call_%.*s, ", TEXT_ARG(args));
        else if (shape == SHAPE_RESOLVER)
            fprintf(generator->out, ".resolve = %s_%.*s_%.*s, ", generator->prefix,
                    TEXT_ARG(type->name), TEXT_ARG(field->name));
        else if (shape == SHAPE_SELF)
            fprintf(generator->out, ".member = {.form = GRAPHQL_FORM_SELF}, ");
        else
            print_plain_member(generator, type, field, shape);
        print_access(generator, type, field);
    }
    print_cost(generator, type, field);
    fprintf(generator->out, "},\n");
}

static void print_type_list(struct generator *generator, const char *what, struct text name,
                            const struct graphql_type *const *types, uint32_t count)
{
    if (count == 0)
        return;
    fprintf(generator->out, "static const struct graphql_type *const %s_%.*s[] = {", what,
            TEXT_ARG(name));
    for (uint32_t i = 0; i < count; i++) {
        print_type_pointer(generator, types[i]);
        fprintf(generator->out, ", ");
    }
    fprintf(generator->out, "};\n");
}

static void print_fields(struct generator *generator, const struct graphql_type *type)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        print_field_parts(generator, type, &type->fields[i]);
        print_member_check(generator, type, &type->fields[i]);
    }
    fprintf(generator->out, "static const struct graphql_field fields_%.*s[] = {\n",
            TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->field_count; i++)
        print_field(generator, type, &type->fields[i]);
    fprintf(generator->out, "};\nstatic const uint16_t by_name_%.*s[] = {", TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->field_count; i++)
        fprintf(generator->out, "%u, ", type->fields_by_name[i]);
    fprintf(generator->out, "};\n");
    print_type_list(generator, "interfaces", type->name, type->interfaces, type->interface_count);
}

static void print_values(struct generator *generator, const struct graphql_type *type)
{
    fprintf(generator->out, "static const struct graphql_enum_value values_%.*s[] = {\n",
            TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->value_count; i++) {
        fprintf(generator->out, "    {");
        print_text(generator, "name", type->values[i].name);
        print_text(generator, "description", type->values[i].description);
        print_text(generator, "deprecation", type->values[i].deprecation);
        fprintf(generator->out, ".value = %.*s},\n",
                TEXT_ARG(generator_enum_constant(generator, type, &type->values[i])));
    }
    fprintf(generator->out, "};\nstatic const uint16_t positions_%.*s[] = {", TEXT_ARG(type->name));
    for (uint32_t i = 0; i < type->value_count; i++)
        fprintf(generator->out, "[%.*s] = %u, ",
                TEXT_ARG(generator_enum_constant(generator, type, &type->values[i])), i + 1);
    fprintf(generator->out, "};\n");
}

static void print_fields_head(struct generator *generator, const struct graphql_type *type)
{
    fprintf(generator->out,
            "    .fields = fields_%.*s, .fields_by_name = by_name_%.*s, .field_count = %u,\n",
            TEXT_ARG(type->name), TEXT_ARG(type->name), type->field_count);
    if (type->interface_count > 0)
        fprintf(generator->out, "    .interfaces = interfaces_%.*s, .interface_count = %u,\n",
                TEXT_ARG(type->name), type->interface_count);
}

static void print_possible_head(struct generator *generator, const struct graphql_type *type)
{
    if (type->possible_count > 0)
        fprintf(generator->out, "    .possible = possible_%.*s, .possible_count = %u,\n",
                TEXT_ARG(type->name), type->possible_count);
    struct text tag = generator_argument(generator, type->name, no_member, "struct", "tag");
    if (generator_is_absent(generator, type)) {
        fprintf(generator->out, "    .type_of = graphql_type_by_tag,\n");
        return;
    }
    if (!tag.at) {
        fprintf(generator->out, "    .type_of = %s_%.*s_type_of,\n", generator->prefix,
                TEXT_ARG(type->name));
        return;
    }
    struct text parent = generator_struct(generator, type);
    fprintf(generator->out,
            "    .type_of = graphql_type_by_tag, .tag_offset = offsetof(%.*s, %.*s),\n",
            TEXT_ARG(parent), TEXT_ARG(tag));
}

static void print_kind_parts(struct generator *generator, const struct graphql_type *type)
{
    struct text tag = generator_argument(generator, type->name, no_member, "struct", "tag");
    switch (type->kind) {
    case GRAPHQL_OBJECT:
        print_fields_head(generator, type);
        if (tag.at)
            fprintf(generator->out, "    .tag = %.*s,\n", TEXT_ARG(tag));
        else if (generator_is_absent(generator, type))
            fprintf(generator->out, "    .tag = INT32_MIN,\n");
        break;
    case GRAPHQL_INTERFACE:
        print_fields_head(generator, type);
        print_possible_head(generator, type);
        break;
    case GRAPHQL_UNION: print_possible_head(generator, type); break;
    case GRAPHQL_ENUM:
        fprintf(generator->out,
                "    .values = values_%.*s, .value_count = %u, .value_positions = positions_%.*s,\n"
                "    .value_limit = ARRAY_LENGTH(positions_%.*s),\n",
                TEXT_ARG(type->name), type->value_count, TEXT_ARG(type->name),
                TEXT_ARG(type->name));
        break;
    case GRAPHQL_INPUT_OBJECT:
        fprintf(generator->out,
                "    .is_one_of = %d, .inputs = inputs_%s_%.*s, .input_count = %u,\n"
                "    .input_size = sizeof(struct %s_%.*s),\n",
                type->is_one_of, generator->prefix, TEXT_ARG(type->name), type->input_count,
                generator->prefix, TEXT_ARG(type->name));
        break;
    case GRAPHQL_SCALAR: break;
    }
}

static void print_type_parts(struct generator *generator, const struct graphql_type *type)
{
    if (type->kind == GRAPHQL_INPUT_OBJECT)
        print_inputs(
            generator,
            text_format(generator->arena, "%s_%.*s", generator->prefix, TEXT_ARG(type->name)),
            type->inputs, type->input_count);
    if (type->kind == GRAPHQL_OBJECT || type->kind == GRAPHQL_INTERFACE)
        print_fields(generator, type);
    if (graphql_type_is_abstract(type))
        print_type_list(generator, "possible", type->name, type->possible, type->possible_count);
}

static void print_type(struct generator *generator, const struct graphql_type *type)
{
    static const char *const kinds[] = {"SCALAR", "OBJECT", "INTERFACE",
                                        "UNION",  "ENUM",   "INPUT_OBJECT"};
    print_type_parts(generator, type);
    fprintf(generator->out,
            "const struct graphql_type %s_type_%.*s = {\n    .kind = GRAPHQL_%s,\n    ",
            generator->prefix, TEXT_ARG(type->name), kinds[type->kind]);
    print_text(generator, "name", type->name);
    print_text(generator, "description", type->description);
    print_text(generator, "specified_by", type->specified_by);
    fprintf(generator->out, "\n");
    print_kind_parts(generator, type);
    fprintf(generator->out, "};\n\n");
}

static void print_roots(struct generator *generator)
{
    const struct {
        const char *member;
        const struct graphql_type *type;
    } roots[] = {{"query", generator->schema->query},
                 {"mutation", generator->schema->mutation},
                 {"subscription", generator->schema->subscription}};
    for (size_t i = 0; i < ARRAY_LENGTH(roots); i++) {
        if (!roots[i].type)
            continue;
        fprintf(generator->out, "    .%s = ", roots[i].member);
        print_type_pointer(generator, roots[i].type);
        fprintf(generator->out, ",\n");
    }
}

static void print_schema(struct generator *generator)
{
    const struct graphql_schema *schema = generator->schema;
    if (!schema->query)
        generator_complain(generator, TEXT("schema"), no_member, "has no query type");
    print_type_list(generator, "schema", TEXT("types"), schema->types, schema->type_count);
    fprintf(generator->out,
            "static const struct graphql_directive *const schema_directives[] = {\n"
            "    &graphql_directive_include, &graphql_directive_skip,\n"
            "    &graphql_directive_deprecated, &graphql_directive_specified_by,\n"
            "    &graphql_directive_one_of};\n\n"
            "const struct graphql_schema %s_schema = {\n    ",
            generator->prefix);
    print_text(generator, "description", schema->description);
    fprintf(generator->out, "\n");
    print_roots(generator);
    fprintf(generator->out,
            "    .types = schema_types, .type_count = %u,\n"
            "    .directives = schema_directives, .directive_count = 5,\n};\n",
            schema->type_count);
}

void generate_source(struct generator *generator, const char *header)
{
    const struct graphql_schema *schema = generator->schema;
    fprintf(generator->out,
            "/* Made by graphql_generate from the schema files. */\n"
            "#include \"%s\"\n\n#include \"graphql/types/member.h\"\n\n",
            header);
    for (uint32_t i = 0; i < schema->type_count; i++)
        if (schema->types[i]->kind == GRAPHQL_ENUM)
            print_values(generator, schema->types[i]);
    for (uint32_t i = 0; i < schema->type_count; i++)
        if (generator_is_own_type(schema->types[i]))
            print_type(generator, schema->types[i]);
    print_schema(generator);
}
