/* What login policies add to an exchange: processor time for one login, with a policy of the manual
 * and with many rules. Run by hand or by script/bench policy; prints a table. */
#include "base/clock.h"
#include "policy/login_round.h"
#include "policy/policy_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 200000, SPACES = 20, ARENA_BYTES = 64 << 20 };

static const char by_name[] =
    "package spacelift\n\nallow { input.session.member }\n\n"
    "roles[\"s1\"][\"deployer\"] {\n    input.session.login == \"ci\"\n}\n\n"
    "roles[\"s2\"][\"provisioner\"] {\n    input.session.login == "
    "\"terraform-automation\"\n}\n";
static const char by_loop[] =
    "package spacelift\n\nallow { input.session.member }\n\nroles[space][\"deployer\"] {\n"
    "    keys := {\"ci\", \"monitoring-agent\"}\n    keys[input.session.login]\n"
    "    allowed := {\"s1\", \"s2\", \"s3\"}\n    allowed[space]\n}\n";
static const char by_label[] =
    "package spacelift\n\nallow { input.session.member }\n\nspace_read[space.id] {\n"
    "    space := input.spaces[_]\n    space.labels[_] == \"live\"\n}\n";

static struct text many_rules(struct arena *arena, int count)
{
    struct buffer body;
    buffer_init(&body, arena, 1 << 20);
    buffer_add(&body, TEXT("package spacelift\nallow { input.session.member }\n"));
    for (int i = 0; i < count; i++)
        buffer_add_format(
            &body, "roles[\"s1\"][\"role-%d\"] { input.session.login == \"%s%d\" }\n", i,
            i == 7 ? "ci\" } roles[\"s1\"][\"x\"] { input.session.login == \"" : "k", i);
    return buffer_text(&body);
}

static bool make_world(struct arena *arena, struct login_world *world)
{
    struct buffer json;
    struct error error = {0};
    static struct known_role role = {.id = TEXT_INIT("01KANK5M80DEP0000000000000"),
                                     .slug = TEXT_INIT("deployer")};
    buffer_init(&json, arena, 1 << 20);
    map_init(&world->space_ids, arena);
    map_init(&world->roles_by_name, arena);
    for (int i = 0; i < SPACES; i++) {
        struct text id = text_format(arena, "s%d", i);
        buffer_add_format(&json, "%s{\"id\":\"s%d\",\"name\":\"s%d\",\"labels\":[\"live\"]}",
                          i ? "," : "[", i, i);
        if (!map_set(&world->space_ids, id, world))
            return false;
    }
    buffer_add_byte(&json, ']');
    return map_set(&world->roles_by_name, role.slug, &role) &&
           map_set(&world->roles_by_name, role.id, &role) &&
           value_parse_json(arena, buffer_text(&json), NULL, &world->spaces, &error) &&
           value_parse_json(arena, TEXT("[]"), NULL, &world->roles, &error) &&
           value_freeze(&world->spaces) && value_freeze(&world->roles);
}

static int64_t processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool measure(const char *name, struct text body, struct arena *arena,
                    const struct login_world *world, struct rego_context *context)
{
    struct login_policy policy = {.id = TEXT("bench")};
    struct error error = {0};
    const struct login_attempt attempt = {
        .login = TEXT("ci"), .name = TEXT("ci"), .member = true, .machine = true};
    const struct login_question question = {
        .attempt = &attempt, .remote_ip = TEXT("192.0.2.7"), .asked_at = clock_wall()};
    const struct login_policies policies = {&policy, 1};
    struct arena *scratch = arena_new(ARENA_BYTES);
    size_t grants = 0;
    int64_t begin = processor_time();
    if (!scratch ||
        !policy_compile(arena, POLICY_LOGIN, POLICY_ENGINE_REGO_V0, body, &policy.compiled, &error))
        return false;
    int64_t compiled = processor_time();
    for (int i = 0; i < ROUNDS; i++) {
        struct login_round round;
        arena_reset(scratch);
        if (!login_round_run(scratch, &policies, world, &question, context, &round) ||
            !login_merged_print(scratch, &round.merged).at)
            return false;
        grants = round.merged.grant_count;
    }
    int64_t done = processor_time();
    printf("%-36s %8" PRId64 " ns a login %10" PRId64 " us to compile %6zu grants\n", name,
           (done - compiled) / ROUNDS, (compiled - begin) / 1000, grants);
    arena_free(scratch);
    return true;
}

int main(void)
{
    struct arena *arena = arena_new((size_t)1 << 30);
    struct rego_context *context = rego_context_new(POLICY_LOGIN_MEMORY);
    struct login_world world = {0};
    bool done =
        arena && context && make_world(arena, &world) &&
        measure("manual: by name", text_z(by_name), arena, &world, context) &&
        measure("manual: one key in three spaces", text_z(by_loop), arena, &world, context) &&
        measure("labels of 20 spaces", text_z(by_label), arena, &world, context) &&
        measure("100 role rules", many_rules(arena, 100), arena, &world, context) &&
        measure("1,000 role rules", many_rules(arena, 1000), arena, &world, context);
    rego_context_free(context);
    arena_free(arena);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
