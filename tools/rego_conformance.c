/*
 * Runs Open Policy Agent's own suite against src/rego:
 *
 *     rego_conformance FILE.jsonl --edition v0|v1 [--topic T] [--note N] [--expected-failures FILE]
 *
 * A line of FILE is one case. Prints passed and total for each topic, then what failed and why, and
 * ends with "N passed, N failed". The exit status is 0 when all failures are expected and
 * everything that is expected to fail does: so the list of expected failures can only shrink.
 *
 * A line of that list: edition, note and reason, with tabs between them; of several cases with one
 * note, the n-th is called "note #n".
 */
#include "base/map.h"
#include "rego/rego.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CASE_MEMORY = 256 << 20,
    MAX_TOPICS = 256,
    MAX_SOURCES = 64,
    NOW = 1700000000, /* what time.now_ns gives, in seconds */
};

struct options {
    const char *file, *topic, *note, *expected_failures;
    struct text edition;
};

struct topic {
    struct text name;
    unsigned passed, total;
};

struct suite {
    struct options options;
    struct arena *arena; /* of the whole run */
    struct topic topics[MAX_TOPICS];
    size_t topic_count;
    struct map notes; /* note to how often it was seen, as a counter */
    struct text expected;
    unsigned passed, failed, surprises;
};

/* One case: fields of its line, and what came out. */
struct run {
    struct arena *arena;
    struct rego_context *context;
    const struct collection *fields;
    struct rego_policy *policy;
    struct rego_result result;
    struct text failure;
};

/* Functions that the suite expects of its host. */

static enum builtin_outcome host_now(struct builtin_call *call, const struct value *operands,
                                     struct value *result)
{
    UNUSED(call);
    UNUSED(operands);
    *result = VALUE_INT((int64_t)NOW * 1000000000);
    return BUILTIN_OK;
}

static enum builtin_outcome host_sleep(struct builtin_call *call, const struct value *operands,
                                       struct value *result)
{
    UNUSED(call);
    UNUSED(operands);
    *result = VALUE_OF_NULL;
    return BUILTIN_OK;
}

static enum builtin_outcome host_runtime(struct builtin_call *call, const struct value *operands,
                                         struct value *result)
{
    UNUSED(operands);
    struct collection *none = object_new(call->arena, 0);
    if (none)
        *result = collection_value(none);
    return none ? BUILTIN_OK : BUILTIN_STOPPED;
}

/* For functions that the cases replace with `with`. */
static enum builtin_outcome host_absent(struct builtin_call *call, const struct value *operands,
                                        struct value *result)
{
    UNUSED(operands);
    UNUSED(result);
    call->message = TEXT("not available");
    return BUILTIN_ERROR;
}

static const struct builtin host_functions[] = {
    {.name = "test.sleep", .signature = "string -> null", .call = host_sleep, .arity = 1},
    {.name = "time.now_ns", .signature = "-> number", .call = host_now, .arity = 0},
    {.name = "http.send", .signature = "object -> object", .call = host_absent, .arity = 1},
    {.name = "opa.runtime", .signature = "-> object", .call = host_runtime, .arity = 0},
};

static const char *const allowed[] = {"time.now_ns", "http.send", "opa.runtime"};

/* The fields of a case. */

static const struct value *field(const struct run *run, const char *name)
{
    return object_get_text(run->fields, text_z(name));
}

static struct text text_field(const struct run *run, const char *name)
{
    const struct value *value = field(run, name);
    return value && value->kind == VALUE_STRING ? value_text(value) : (struct text){"", 0};
}

static bool flag(const struct run *run, const char *name)
{
    const struct value *value = field(run, name);
    return value && value->kind == VALUE_BOOLEAN && value->as.integer;
}

static bool fail(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
static bool fail(struct run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    run->failure = text_format_list(run->arena, format, arguments);
    va_end(arguments);
    return false;
}

/* Compiling. */

static struct rego_policy *compile(struct run *run, enum rego_dialect dialect,
                                   const struct rego_source *sources, size_t count,
                                   struct text query)
{
    struct rego_diagnostics diagnostics = {0};
    struct rego_options options = {
        .functions = host_functions,
        .function_count = ARRAY_LENGTH(host_functions),
        .allowed = allowed,
        .allowed_count = ARRAY_LENGTH(allowed),
        .query = query,
    };
    struct rego_source sources_of[MAX_SOURCES];
    for (size_t i = 0; i < count; i++) {
        sources_of[i] = sources[i];
        sources_of[i].dialect = dialect;
    }
    struct rego_policy *policy =
        rego_compile(sources_of, count, &options, run->arena, &diagnostics);
    if (!policy && diagnostics.len > 0)
        fail(run, "does not compile: %s:%u: %.*s", rego_code_name(diagnostics.items[0].code),
             diagnostics.items[0].line, TEXT_ARG(diagnostics.items[0].message));
    else if (!policy)
        fail(run, "does not compile");
    return policy;
}

static bool compile_case(struct run *run, enum rego_dialect dialect)
{
    struct rego_source sources[MAX_SOURCES];
    const struct value *modules = field(run, "modules");
    size_t count = modules && modules->kind == VALUE_ARRAY ? modules->len : 0;
    if (count > MAX_SOURCES)
        return fail(run, "has too many modules");
    for (size_t i = 0; i < count; i++) {
        sources[i] = (struct rego_source){
            .name = text_format(run->arena, "test-%zu.rego", i),
            .text = value_text(&modules->as.items[i]),
        };
    }
    run->policy = compile(run, dialect, sources, count, text_field(run, "query"));
    return run->policy != NULL;
}

/* The value of a term of the language, by compiling it as a query. */
static bool evaluate_term(struct run *run, struct text term, struct value *out)
{
    struct text query = text_format(run->arena, "term = %.*s", TEXT_ARG(term));
    struct rego_policy *policy = compile(run, REGO_V1, NULL, 0, query);
    struct rego_context *context = rego_context_new(CASE_MEMORY);
    struct rego_result result;
    struct rego_call call = {0};
    bool done = false;
    if (policy && context) {
        rego_evaluate(context, rego_query(policy), &call, &result);
        const struct value *solution =
            result.outcome == REGO_DEFINED && result.value.len > 0
                ? object_get_text(result.value.as.items[0].as.collection, TEXT("term"))
                : NULL;
        done = solution && value_copy(run->arena, solution, out);
        if (!done)
            fail(run, "input_term has no value");
    }
    rego_context_free(context);
    rego_free(policy);
    return done;
}

/* Evaluating and comparing. */

static bool evaluate(struct run *run)
{
    struct value input = VALUE_NONE;
    const struct value *given = field(run, "input"), *data = field(run, "data");
    struct text term = text_field(run, "input_term");
    if (term.len > 0) {
        if (!evaluate_term(run, term, &input))
            return false;
        given = &input;
    }
    struct rego_call call = {
        .input = given,
        .data = data && data->kind == VALUE_OBJECT ? data : NULL,
        .limits = {.fuel = INT64_C(1000000000)},
        .strict_errors = flag(run, "strict_error"),
    };
    run->context = rego_context_new(CASE_MEMORY);
    if (!run->context)
        return fail(run, "no memory");
    rego_evaluate(run->context, rego_query(run->policy), &call, &run->result);
    return true;
}

static bool is_generated(const struct value *name)
{
    return name->kind == VALUE_STRING && text_starts_with(value_text(name), TEXT("__"));
}

/* Arrays inside of a binding may come in any order: made sets, then arrays again by JSON. */
static struct value any_order(struct arena *arena, const struct value *value)
{
    if (value->kind != VALUE_ARRAY)
        return *value;
    struct collection *set = set_new(arena, value->len);
    for (uint32_t i = 0; i < value->len; i++) {
        /* A counter keeps equal items apart. */
        for (int64_t copy = 0;; copy++) {
            struct value *items = value_array_items(arena, 2);
            items[0] = any_order(arena, &value->as.items[i]);
            items[1] = VALUE_INT(copy);
            struct value tagged = value_array(items, 2);
            if (collection_get(set, &tagged))
                continue;
            (void)!set_add(set, tagged);
            break;
        }
    }
    return collection_value(set);
}

/* Through JSON, as the suite compares: sets become arrays and keys become strings. */
static struct value normalized(struct run *run, const struct value *solutions)
{
    struct buffer text;
    struct value plain = VALUE_NONE;
    struct error error = {0};
    struct collection *set = set_new(run->arena, 0);
    buffer_init(&text, run->arena, CASE_MEMORY);
    value_print_json(&text, solutions);
    if (!value_parse_json(run->arena, buffer_text(&text), NULL, &plain, &error))
        return VALUE_NONE;
    for (uint32_t i = 0; i < plain.len; i++) {
        const struct collection *from = plain.as.items[i].as.collection;
        struct collection *binding = object_new(run->arena, 0);
        for (uint32_t k = 0; k < from->len; k++) {
            const struct value *item = collection_raw_item(from, k);
            if (is_generated(collection_raw_key(from, k)) && flag(run, "ignore_generated_vars"))
                continue;
            (void)!object_put(binding, *collection_raw_key(from, k),
                              flag(run, "sort_bindings") ? any_order(run->arena, item) : *item);
        }
        (void)!set_add(set, collection_value(binding));
    }
    return collection_value(set);
}

static const char *json_of(struct run *run, const struct value *value)
{
    struct buffer text;
    buffer_init(&text, run->arena, CASE_MEMORY);
    value_print_json(&text, value);
    return text_terminated(run->arena, text_slice(buffer_text(&text), 0, 400));
}

static bool check_error(struct run *run)
{
    struct text code = text_field(run, "want_error_code"), message = text_field(run, "want_error");
    const struct rego_error *error = &run->result.error;
    if (run->result.outcome != REGO_ERROR)
        return fail(run, "an error was expected (%.*s), not %s", TEXT_ARG(message),
                    run->result.outcome == REGO_DEFINED ? json_of(run, &run->result.value)
                                                        : "the end of the budget");
    struct text full = text_format(run->arena, "%.*s:%u: %.*s: %.*s", TEXT_ARG(error->file),
                                   error->line, TEXT_ARG(error->code), TEXT_ARG(error->message));
    if (code.len > 0 && !text_equal(code, error->code))
        return fail(run, "%.*s was expected, not %.*s", TEXT_ARG(code), TEXT_ARG(full));
    return text_contains(full, message) ||
           fail(run, "\"%.*s\" was expected in \"%.*s\"", TEXT_ARG(message), TEXT_ARG(full));
}

static bool check_result(struct run *run)
{
    const struct value *wanted = field(run, "want_result");
    struct value none = value_empty_array();
    if (run->result.outcome == REGO_ERROR || run->result.outcome == REGO_STOPPED)
        return fail(run, "%.*s: %.*s", TEXT_ARG(run->result.error.code),
                    TEXT_ARG(run->result.error.message));
    const struct value *got = run->result.outcome == REGO_DEFINED ? &run->result.value : &none;
    struct value a = normalized(run, got);
    struct value b = normalized(run, wanted && wanted->kind == VALUE_ARRAY ? wanted : &none);
    return value_compare(&a, &b) == 0 ||
           fail(run, "gives %s, not %s", json_of(run, got), wanted ? json_of(run, wanted) : "[]");
}

static bool run_case(struct run *run, enum rego_dialect dialect)
{
    bool wants_error =
        text_field(run, "want_error").len > 0 || text_field(run, "want_error_code").len > 0;
    bool passed = compile_case(run, dialect) && evaluate(run) &&
                  (wants_error ? check_error(run) : check_result(run));
    rego_context_free(run->context);
    rego_free(run->policy);
    return passed;
}

/* The suite. */

static struct topic *topic_of(struct suite *suite, struct text name)
{
    for (size_t i = 0; i < suite->topic_count; i++) {
        if (text_equal(suite->topics[i].name, name))
            return &suite->topics[i];
    }
    if (suite->topic_count == MAX_TOPICS)
        return NULL;
    struct topic *topic = &suite->topics[suite->topic_count++];
    topic->name = text_copy(suite->arena, name);
    return topic;
}

/* The note, with " #n" for all but its first case. */
static struct text unique_note(struct suite *suite, struct text note)
{
    int *seen = map_get(&suite->notes, note);
    if (!seen) {
        seen = ARENA_NEW(suite->arena, int);
        if (!map_set(&suite->notes, text_copy(suite->arena, note), seen))
            return note;
    }
    return ++*seen == 1 ? note : text_format(suite->arena, "%.*s #%d", TEXT_ARG(note), *seen);
}

static bool is_expected(const struct suite *suite, struct text note)
{
    struct text rest = suite->expected, line;
    while (text_next_part(&rest, '\n', &line)) {
        struct text edition, name;
        if (text_next_part(&line, '\t', &edition) && text_next_part(&line, '\t', &name) &&
            text_equal(edition, suite->options.edition) && text_equal(name, note))
            return true;
    }
    return false;
}

static void count(struct suite *suite, const struct run *run, struct text note, bool passed)
{
    struct topic *topic = topic_of(suite, text_field(run, "topic"));
    bool expected = is_expected(suite, note);
    if (topic) {
        topic->total++;
        topic->passed += passed;
    }
    suite->passed += passed;
    suite->failed += !passed;
    suite->surprises += passed == expected;
    if (!passed && !expected)
        printf("FAILED %.*s: %.*s\n", TEXT_ARG(note), TEXT_ARG(run->failure));
    else if (passed && expected)
        printf("PASSED but expected to fail: %.*s\n", TEXT_ARG(note));
}

static bool is_selected(const struct suite *suite, const struct run *run)
{
    const struct options *options = &suite->options;
    return (!options->topic || text_equal_z(text_field(run, "topic"), options->topic)) &&
           (!options->note || text_contains(text_field(run, "note"), text_z(options->note)));
}

static bool run_line(struct suite *suite, struct text line)
{
    struct run run = {.arena = arena_new((size_t)CASE_MEMORY * 2)};
    struct value fields;
    struct error error = {0};
    if (!run.arena || !value_parse_json(run.arena, line, NULL, &fields, &error) ||
        fields.kind != VALUE_OBJECT) {
        fprintf(stderr, "a line is no JSON object: %s\n", error.message);
        arena_free(run.arena);
        return false;
    }
    run.fields = fields.as.collection;
    struct text note = unique_note(suite, text_field(&run, "note"));
    if (is_selected(suite, &run)) {
        bool v0 = text_equal_z(suite->options.edition, "v0");
        count(suite, &run, note, run_case(&run, v0 ? REGO_V0 : REGO_V1));
    }
    arena_free(run.arena);
    return true;
}

static bool read_file(struct arena *arena, const char *path, struct text *out)
{
    FILE *file = fopen(path, "rb");
    struct buffer buffer;
    buffer_init(&buffer, arena, (size_t)1 << 28);
    if (!file) {
        perror(path);
        return false;
    }
    for (size_t len = 1; len > 0;) {
        char *at = buffer_reserve(&buffer, 1 << 16);
        len = at ? fread(at, 1, 1 << 16, file) : 0;
        buffer_advance(&buffer, len);
    }
    fclose(file);
    *out = buffer_text(&buffer);
    return !buffer.failed;
}

static int report(const struct suite *suite)
{
    for (size_t i = 0; i < suite->topic_count; i++) {
        const struct topic *topic = &suite->topics[i];
        printf("%-40.*s %4u/%u\n", TEXT_ARG(topic->name), topic->passed, topic->total);
    }
    printf("%u differ from what is expected\n", suite->surprises);
    printf("%u passed, %u failed\n", suite->passed, suite->failed);
    return suite->surprises == 0 ? 0 : 1;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"edition", required_argument, NULL, 'e'},
        {"topic", required_argument, NULL, 't'},
        {"note", required_argument, NULL, 'n'},
        {"expected-failures", required_argument, NULL, 'x'},
        {NULL, 0, NULL, 0},
    };
    *options = (struct options){.edition = TEXT("v1")};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'e': options->edition = text_z(optarg); break;
        case 't': options->topic = optarg; break;
        case 'n': options->note = optarg; break;
        case 'x': options->expected_failures = optarg; break;
        default: return false;
        }
    }
    options->file = optind + 1 == argc ? argv[optind] : NULL;
    return options->file != NULL;
}

int main(int argc, char **argv)
{
    struct suite suite = {.arena = arena_new((size_t)1 << 30)};
    struct text rest, line;
    if (!read_options(argc, argv, &suite.options)) {
        fprintf(stderr, "usage: rego_conformance FILE.jsonl --edition v0|v1 [--topic TOPIC] "
                        "[--note PART] [--expected-failures FILE]\n");
        return 2;
    }
    if (!suite.arena)
        return 2;
    map_init(&suite.notes, suite.arena);
    if (!read_file(suite.arena, suite.options.file, &rest) ||
        (suite.options.expected_failures &&
         !read_file(suite.arena, suite.options.expected_failures, &suite.expected)))
        return 2;
    while (text_next_part(&rest, '\n', &line)) {
        if (line.len > 0 && !run_line(&suite, line))
            return 2;
    }
    int status = report(&suite);
    arena_free(suite.arena);
    return status;
}
