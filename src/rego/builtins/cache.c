/* The cache of compiled patterns. */
#include "rego/builtins/cache.h"

#include "base/map.h"
#include "rego/builtins/glob.h"
#include "rego/builtins/operand.h"

/* Compiled at any one time, per evaluation and per policy: bounds the memory that RE2 takes. */
enum { MAX_LIVE = 64 };

struct pattern {
    struct regex *regex; /* NULL once it had to make room; compiled again when it is needed */
};

struct builtin_cache {
    struct arena *arena;
    struct map patterns; /* text to struct pattern */
    struct pattern *live[MAX_LIVE];
    size_t next; /* the slot to use, which holds the oldest */
};

static void release(void *data)
{
    struct builtin_cache *cache = data;
    for (size_t i = 0; i < MAX_LIVE; i++) {
        if (cache->live[i])
            regex_free(cache->live[i]->regex);
    }
}

struct builtin_cache *builtin_cache_new(struct arena *arena)
{
    struct builtin_cache *cache = ARENA_NEW(arena, struct builtin_cache);
    if (!cache)
        return NULL;
    cache->arena = arena;
    map_init(&cache->patterns, arena);
    return arena_defer(arena, release, cache) ? cache : NULL;
}

static const struct regex *look_up(const struct builtin_cache *cache, struct text text)
{
    const struct pattern *pattern = cache ? map_get(&cache->patterns, text) : NULL;
    return pattern ? pattern->regex : NULL;
}

static struct pattern *pattern_for(struct builtin_cache *cache, struct text text)
{
    struct pattern *pattern = map_get(&cache->patterns, text);
    if (pattern)
        return pattern;
    struct text copy = text_copy(cache->arena, text);
    pattern = ARENA_NEW(cache->arena, struct pattern);
    bool kept = pattern && (copy.at || text.len == 0) && map_set(&cache->patterns, copy, pattern);
    return kept ? pattern : NULL;
}

/* Takes the regex; the oldest makes room. A builtin uses one regex at a time, so nobody holds it.
 * False without memory: the regex is freed. */
static bool keep(struct builtin_cache *cache, struct text text, struct regex *regex)
{
    struct pattern *pattern = pattern_for(cache, text);
    if (!pattern) {
        regex_free(regex);
        return false;
    }
    struct pattern **slot = &cache->live[cache->next];
    cache->next = (cache->next + 1) % MAX_LIVE;
    if (*slot) {
        regex_free((*slot)->regex);
        (*slot)->regex = NULL;
    }
    pattern->regex = regex;
    *slot = pattern;
    return true;
}

static uint64_t compile_cost(struct text pattern)
{
    return 256 + pattern.len * (uint64_t)16;
}

static enum builtin_outcome compile(struct builtin_call *call, struct text pattern,
                                    const struct regex **out)
{
    char error[REGEX_ERROR_SIZE];
    if (!charge(call, compile_cost(pattern)))
        return BUILTIN_STOPPED;
    if (!call->compiled)
        call->compiled = builtin_cache_new(call->arena);
    if (!call->compiled)
        return stop_memory(call);
    struct regex *regex = regex_new(pattern, error);
    if (!regex)
        return fail_builtin(call, "%s", error);
    if (!keep(call->compiled, pattern, regex))
        return stop_memory(call);
    *out = regex;
    return charge(call, regex_size(regex)) ? BUILTIN_OK : BUILTIN_STOPPED;
}

enum builtin_outcome cached_regex(struct builtin_call *call, struct text pattern,
                                  const struct regex **out)
{
    *out = look_up(call->constants, pattern);
    if (!*out)
        *out = look_up(call->compiled, pattern);
    if (!*out)
        return compile(call, pattern, out);
    return charge_bytes(call, pattern.len) ? BUILTIN_OK : BUILTIN_STOPPED;
}

bool charge_match(struct builtin_call *call, const struct regex *regex, size_t len, bool groups)
{
    /* Without groups one automaton step a byte; with groups, a step for each instruction. */
    uint64_t size = regex_size(regex);
    return charge(call, 4 + len * (groups ? 4 + size : 4 + size / 32) / 64);
}

/* Which operand of a builtin is a regular expression; -1: none. */
static int pattern_operand(const struct builtin *builtin)
{
    struct text name = text_z(builtin->name);
    if (text_equal_z(name, "regex.replace"))
        return 1;
    bool takes_first = text_equal_z(name, "re_match") || text_equal_z(name, "regex.match") ||
                       text_equal_z(name, "regex.split") || text_equal_z(name, "regex.find_n") ||
                       text_equal_z(name, "regex.find_all_string_submatch_n");
    return takes_first ? 0 : -1;
}

/* The pattern to compile ahead; false when the builtin has none that is constant. */
static bool constant_pattern(struct arena *arena, const struct builtin *builtin,
                             const struct value *operands, struct text *pattern)
{
    int at = pattern_operand(builtin);
    if (at >= 0) {
        *pattern = value_text(&operands[at]);
        return operands[at].kind == VALUE_STRING;
    }
    if (!text_equal_z(text_z(builtin->name), "glob.match") || operands[0].kind != VALUE_STRING)
        return false;
    return glob_to_regex(arena, value_text(&operands[0]), &operands[1], pattern);
}

bool builtin_prepare(struct builtin_cache *cache, const struct builtin *builtin,
                     const struct value *operands, struct text *message)
{
    struct text pattern;
    char error[REGEX_ERROR_SIZE];
    if (cache->patterns.len >= MAX_LIVE ||
        !constant_pattern(cache->arena, builtin, operands, &pattern) ||
        map_get(&cache->patterns, pattern))
        return true;
    struct regex *regex = regex_new(pattern, error);
    if (!regex) {
        *message = text_copy(cache->arena, text_z(error));
        return false;
    }
    /* Without memory the compilation fails elsewhere; evaluation would compile again. */
    return keep(cache, pattern, regex) || arena_failed(cache->arena);
}
