/* Coverage by lines: the tree says which lines count, the accounts which were evaluated. */
#include "rego/tools/coverage.h"

#include "rego/value/collection.h"
#include "rego/value/number.h"

enum { LINE_IDLE, LINE_COUNTS, LINE_COVERED };

static void mark(struct coverage_file *file, uint32_t line, uint8_t state)
{
    if (line > 0 && line <= file->line_count && file->lines[line - 1] < state)
        file->lines[line - 1] = state;
}

/* The lines of a body up to `last`. */
static void mark_body(struct coverage_file *file, const struct body *body, uint32_t last,
                      uint8_t state)
{
    for (uint32_t i = 0; body && i < body->len; i++) {
        const struct expression *expression = body->items[i];
        if (expression->at.line <= last)
            mark(file, expression->at.line, state);
        mark_body(file, expression->body, last, state);
    }
}

static void mark_rule(struct coverage_file *file, const struct rule *rule, uint32_t last,
                      uint8_t state)
{
    mark(file, rule->at.line, state);
    mark_body(file, rule->body, last, state);
}

bool coverage_init(struct coverage *coverage, struct arena *arena, struct module *const *modules,
                   size_t count)
{
    *coverage = (struct coverage){.arena = arena, .file_count = count};
    coverage->files = ARENA_ARRAY(arena, struct coverage_file, count);
    for (size_t i = 0; coverage->files && i < count; i++) {
        struct coverage_file *file = &coverage->files[i];
        struct text text = modules[i]->source->text;
        file->module = modules[i];
        file->line_count = 1;
        for (size_t k = 0; k < text.len; k++)
            file->line_count += text.at[k] == '\n';
        file->lines = ARENA_ARRAY(arena, uint8_t, file->line_count);
        for (uint32_t k = 0; file->lines && k < modules[i]->rule_count; k++) {
            for (const struct rule *rule = modules[i]->rules[k]; rule; rule = rule->otherwise)
                mark_rule(file, rule, UINT32_MAX, LINE_COUNTS);
        }
    }
    return !arena_failed(arena);
}

static const struct value *member(const struct value *object, const char *key)
{
    return object_get_text(object->as.collection, text_z(key));
}

static struct coverage_file *file_named(struct coverage *coverage, struct text name)
{
    for (size_t i = 0; i < coverage->file_count; i++) {
        if (text_equal(coverage->files[i].module->source->name, name))
            return &coverage->files[i];
    }
    return NULL;
}

/* Every rule that starts on the line; there may be several. */
static void add_step(struct coverage_file *file, uint32_t line, uint32_t last)
{
    const struct module *module = file->module;
    for (uint32_t i = 0; i < module->rule_count; i++) {
        for (const struct rule *rule = module->rules[i]; rule; rule = rule->otherwise) {
            if (rule->at.line == line)
                mark_rule(file, rule, last, LINE_COVERED);
        }
    }
}

void coverage_add(struct coverage *coverage, const struct value *account)
{
    for (uint32_t i = 0; account->kind == VALUE_ARRAY && i < account->len; i++) {
        const struct value *step = &account->as.items[i];
        const struct value *file = member(step, "file"), *line = member(step, "line");
        const struct value *failed = member(step, "failed");
        struct coverage_file *found = file ? file_named(coverage, value_text(file)) : NULL;
        if (found && line)
            add_step(found, (uint32_t)line->as.integer,
                     failed ? (uint32_t)member(failed, "line")->as.integer : UINT32_MAX);
    }
}

/* Reporting. */

static uint32_t count_lines(const struct coverage_file *file, uint8_t state)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->line_count; i++)
        count += file->lines[i] == state;
    return count;
}

static double percent(uint32_t covered, uint32_t missed)
{
    return covered + missed == 0 ? 100.0 : 100.0 * covered / (covered + missed);
}

double coverage_percent(const struct coverage *coverage)
{
    uint32_t covered = 0, missed = 0;
    for (size_t i = 0; i < coverage->file_count; i++) {
        covered += count_lines(&coverage->files[i], LINE_COVERED);
        missed += count_lines(&coverage->files[i], LINE_COUNTS);
    }
    return percent(covered, missed);
}

static bool put(struct collection *object, const char *key, struct value value)
{
    return object && object_put(object, value_string(text_z(key)), value);
}

static struct value row(struct arena *arena, uint32_t line)
{
    struct collection *object = object_new(arena, 1);
    return put(object, "row", VALUE_INT(line)) ? collection_value(object) : VALUE_OF_NULL;
}

/* Runs of lines in one state; lines that do not count do not part them. */
static bool put_ranges(struct arena *arena, struct collection *report, const char *key,
                       const struct coverage_file *file, uint8_t state)
{
    struct value_list list;
    value_list_init(&list, arena);
    for (uint32_t i = 0; i < file->line_count; i++) {
        if (file->lines[i] != state)
            continue;
        uint32_t last = i;
        for (uint32_t k = i + 1; k < file->line_count; k++) {
            if (file->lines[k] == state)
                last = k;
            else if (file->lines[k] != LINE_IDLE)
                break;
        }
        struct collection *range = object_new(arena, 2);
        if (!put(range, "start", row(arena, i + 1)) || !put(range, "end", row(arena, last + 1)) ||
            !value_list_add(&list, collection_value(range)))
            return false;
        i = last;
    }
    return list.len == 0 || put(report, key, value_list_array(&list));
}

/* One digit behind the point. */
static bool put_totals(struct arena *arena, struct collection *report, uint32_t covered,
                       uint32_t missed)
{
    struct value rounded;
    double tenths = (double)(int64_t)(percent(covered, missed) * 10 + 0.5) / 10;
    return (covered == 0 || put(report, "covered_lines", VALUE_INT(covered))) &&
           (missed == 0 || put(report, "not_covered_lines", VALUE_INT(missed))) &&
           number_from_double(arena, tenths, &rounded) && put(report, "coverage", rounded);
}

bool coverage_report(const struct coverage *coverage, struct value *out)
{
    struct arena *arena = coverage->arena;
    struct collection *report = object_new(arena, 0), *files = object_new(arena, 0);
    uint32_t covered = 0, missed = 0;
    if (!report || !files)
        return false;
    for (size_t i = 0; i < coverage->file_count; i++) {
        const struct coverage_file *file = &coverage->files[i];
        struct collection *one = object_new(arena, 0);
        uint32_t file_covered = count_lines(file, LINE_COVERED);
        uint32_t file_missed = count_lines(file, LINE_COUNTS);
        covered += file_covered;
        missed += file_missed;
        if (!one || !put_ranges(arena, one, "covered", file, LINE_COVERED) ||
            !put_ranges(arena, one, "not_covered", file, LINE_COUNTS) ||
            !put_totals(arena, one, file_covered, file_missed) ||
            !object_put(files, value_string(file->module->source->name), collection_value(one)))
            return false;
    }
    if (!put(report, "files", collection_value(files)) ||
        !put_totals(arena, report, covered, missed))
        return false;
    *out = collection_value(report);
    return true;
}
