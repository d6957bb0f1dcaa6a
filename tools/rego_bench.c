/*
 * Benchmark of the policy engine: the set B1 to B10 of docs/rego.md. Prints one line for each:
 * nanoseconds of processor time, fuel, arena bytes and heap allocations of one evaluation, best of
 * several rounds, and what parsing and compiling the policy cost.
 *
 *     rego_bench [part of a name]        the table
 *     rego_bench --loop NAME COUNT       only evaluations, for a profiler
 *     rego_bench --print NAME FOLDER     policy.rego, entry and input.json of one line, for other
 * engines
 */
#include "base/buffer.h"
#include "rego/rego.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, ROUND_MICROSECONDS = 40000, MEMORY = 1 << 30 };

/* ---- Heap allocations are counted by standing in front of malloc. ---- */

static size_t allocations;

void *__libc_malloc(size_t size);
void *malloc(size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

/* ---- Policies. ---- */

#define MEMBER "package spacelift\nallow { input.session.member }\n"

static const char by_name[] = MEMBER "roles[\"production\"][\"deployer-role-id\"] {\n"
                                     "  input.session.login == \"ci-cd-production\"\n}\n"
                                     "roles[\"infrastructure\"][\"provisioner-role-id\"] {\n"
                                     "  input.session.login == \"terraform-automation\"\n}\n";
static const char by_pattern[] =
    MEMBER "roles[\"production\"][\"deployer-role-id\"] { startswith(input.session.login, "
           "\"ci-cd-\") }\n"
           "roles[\"monitoring\"][\"reader-role-id\"] { endswith(input.session.login, "
           "\"-monitoring\") }\n";
static const char by_set[] =
    MEMBER "roles[\"production\"][\"limited\"] {\n"
           "  keys := {\"ci-cd-prod\", \"terraform-prod\", \"ci-cd-production\"}\n"
           "  keys[input.session.login]\n}\n"
           "roles[\"development\"][\"full\"] {\n"
           "  keys := {\"ci-cd-dev\", \"terraform-dev\", \"automation-dev\"}\n"
           "  keys[input.session.login]\n}\n";
static const char multi[] =
    MEMBER "roles[space][\"cross-env-role-id\"] {\n"
           "  keys := {\"backup-service\", \"ci-cd-production\"}\n  keys[input.session.login]\n"
           "  allowed := {\"development\", \"staging\", \"production\"}\n  allowed[space]\n}\n";
static const char window[] =
    MEMBER "roles[\"production\"][\"time-limited-role-id\"] {\n"
           "  input.session.login == \"ci-cd-production\"\n  is_deployment_window\n}\n"
           "is_deployment_window {\n  now := input.request.timestamp_ns\n"
           "  clock := time.clock([now, \"UTC\"])\n  weekday := time.weekday(now)\n"
           "  days := {\"Tuesday\", \"Thursday\"}\n  days[weekday]\n"
           "  clock[0] >= 2\n  clock[0] <= 4\n}\n";
static const char network[] =
    MEMBER "roles[\"production\"][\"secure-deployer-role-id\"] {\n"
           "  secure := {\"production-deploy\", \"ci-cd-production\"}\n"
           "  secure[input.session.login]\n  is_secure_network\n}\n"
           "is_secure_network {\n  cidrs := {\"10.0.0.0/8\", \"192.168.100.0/24\"}\n"
           "  cidrs[cidr]\n  net.cidr_contains(cidr, input.request.remote_ip)\n}\n";
static const char rbac[] =
    "package rbac\nimport rego.v1\ndefault allow := false\n"
    "allow if {\n  some grant in user_is_granted\n  input.action == grant.action\n"
    "  input.type == grant.type\n}\n"
    "allow if user_is_admin\n"
    "user_is_admin if \"admin\" in data.user_roles[input.user]\n"
    "user_is_granted contains grant if {\n  some role in data.user_roles[input.user]\n"
    "  some grant in data.role_grants[role]\n}\n";
static const char rbac_data[] =
    "{\"user_roles\":{\"alice\":[\"admin\"],\"bob\":[\"employee\",\"billing\"],"
    "\"eve\":[\"customer\"]},\"role_grants\":{\"customer\":[{\"action\":\"read\",\"type\":\"dog\"},"
    "{\"action\":\"read\",\"type\":\"cat\"},{\"action\":\"adopt\",\"type\":\"dog\"},"
    "{\"action\":\"adopt\",\"type\":\"cat\"}],\"employee\":[{\"action\":\"read\",\"type\":\"dog\"},"
    "{\"action\":\"read\",\"type\":\"cat\"},{\"action\":\"update\",\"type\":\"dog\"},"
    "{\"action\":\"update\",\"type\":\"cat\"}],\"billing\":[{\"action\":\"read\",\"type\":"
    "\"finance\"},{\"action\":\"update\",\"type\":\"finance\"}]}}";
static const char tags[] =
    "package spacelift\nimport rego.v1\n"
    "required := {\"Name\", \"env\", \"owner\"}\n"
    "deny contains sprintf(\"resource %q lacks tags: %s\", [resource.address, concat(\", \", "
    "missing)]) if {\n"
    "  some resource in input.terraform.resource_changes\n"
    "  tags := {tag | some tag, _ in resource.change.after.tags_all}\n"
    "  missing := required - tags\n  count(missing) > 0\n}\n";
static const char blast[] =
    "package spacelift\nimport rego.v1\n"
    "weights := {\"aws_instance\": {\"delete\": 10, \"update\": 2, \"create\": 1},"
    " \"aws_iam_role\": {\"delete\": 20, \"update\": 10, \"create\": 5}}\n"
    "radius := sum([weight | some resource in input.terraform.resource_changes\n"
    "  some action in resource.change.actions\n  weight := "
    "object.get(object.get(weights, resource.type, {}), action, 0)])\n"
    "warn contains \"too much at once\" if radius > 100000\n"
    "score := radius\n";
static const char push[] =
    "package spacelift\nimport rego.v1\n"
    "affected if {\n  some file in input.push.affected_files\n"
    "  startswith(file, \"modules/network/\")\n  endswith(file, \".tf\")\n}\n"
    "propose if affected\nignore if not affected\n";
static const char group_by[] =
    "package spacelift\nimport rego.v1\n"
    "by_type[type] := addresses if {\n  some resource in input.terraform.resource_changes\n"
    "  type := resource.type\n  addresses := {r.address | some r in "
    "input.terraform.resource_changes; r.type == type}\n}\n"
    "result := count(by_type)\n";
static const char patterns[] = "package spacelift\nimport rego.v1\n"
                               "result := count([1 | some file in input.push.affected_files\n"
                               "  regex.match(`^modules/[a-z]+/file-[0-9]*7\\.tf$`, file)\n"
                               "  glob.match(\"modules/*/*.tf\", [\"/\"], file)])\n";
static const char deep[] = "package spacelift\nimport rego.v1\n"
                           "result := count([1 | walk(input, [_, value]); value == \"create\"])\n";
static const char hostile_cross[] =
    "package spacelift\nimport rego.v1\nresult := count([1 | some a "
    "in numbers.range(1, 10000); some b in numbers.range(1, 10000); "
    "some c in numbers.range(1, 10000); a + b == c])\n";
static const char hostile_double[] =
    "package spacelift\nimport rego.v1\ns0 := \"xxxxxxxxxxxxxxxx\"\n"
    "f(x) := concat(\"\", [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x])\n"
    "result := count(f(f(f(f(f(f(f(f(s0)))))))))\n";
static const char hostile_range[] =
    "package spacelift\nimport rego.v1\nresult := count(numbers.range(1, 1000000000000))\n";

/* ---- Inputs. ---- */

static const char session[] =
    "{\"request\":{\"remote_ip\":\"10.20.30.40\",\"timestamp_ns\":1752028200000000000},"
    "\"session\":{\"creator_ip\":\"10.20.30.40\",\"login\":\"ci-cd-production\",\"member\":true,"
    "\"admin\":false,\"name\":\"CI/CD production "
    "deployer\",\"machine\":true,\"teams\":[\"platform\","
    "\"deployers\",\"sre-on-call\",\"release-managers\"],\"issuer\":\"https://token.example.com\","
    "\"subject\":\"repo:example/infrastructure:ref:refs/heads/main\",\"key\":"
    "{\"id\":\"01JZV1Z8W3X5Y7Q9R2T4V6B8N0\",\"name\":\"ci-cd-production\",\"created_at\":"
    "1751000000,"
    "\"scopes\":[\"runs:trigger\",\"stacks:read\",\"outputs:read\"]}},\"spaces\":[\"development\","
    "\"staging\",\"production\",\"infrastructure\",\"monitoring\"]}";
static const char rbac_input[] = "{\"user\":\"bob\",\"action\":\"update\",\"type\":\"finance\"}";

static void make_plan(struct buffer *out, int count)
{
    static const char *const types[] = {"aws_instance", "aws_iam_role", "aws_s3_bucket",
                                        "aws_security_group"};
    static const char *const actions[] = {"create", "update", "delete", "no-op"};
    buffer_add(out, TEXT("{\"terraform\":{\"resource_changes\":["));
    for (int i = 0; i < count; i++)
        buffer_add_format(
            out,
            "%s{\"address\":\"module.app%d.%s.item_%d\",\"type\":\"%s\",\"name\":\"item_%d\","
            "\"provider_name\":\"registry.terraform.io/hashicorp/aws\",\"mode\":\"managed\","
            "\"change\":{\"actions\":[\"%s\"],\"before\":null,\"after\":{\"ami\":\"ami-0%d\","
            "\"instance_type\":\"t3.medium\",\"monitoring\":%s,\"subnet_id\":\"subnet-%d\","
            "\"tags_all\":{\"Name\":\"item %d\",\"env\":\"production\"%s}}}}",
            i > 0 ? "," : "", i % 17, types[i % 4], i, types[i % 4], i, actions[i % 4], i * 7919,
            i % 2 ? "true" : "false", i % 12, i, i % 10 ? ",\"owner\":\"platform\"" : "");
    buffer_add(out, TEXT("]}}"));
}

static void make_push(struct buffer *out, int count)
{
    buffer_add(out, TEXT("{\"push\":{\"affected_files\":["));
    for (int i = 0; i < count; i++)
        buffer_add_format(out, "%s\"modules/%s/file-%d.%s\"", i > 0 ? "," : "",
                          i % 3 ? "compute" : "storage", i, i % 5 ? "tf" : "md");
    buffer_add(out, TEXT("]}}"));
}

static void make_deep(struct buffer *out, int depth)
{
    for (int i = 0; i < depth; i++)
        buffer_add_format(out, "{\"k%d\":[\"create\",1,{\"a\":null}],\"next\":", i);
    buffer_add(out, TEXT("null"));
    for (int i = 0; i < depth; i++)
        buffer_add_byte(out, '}');
}

static void make_name_rules(struct buffer *out, int count)
{
    buffer_add(out, TEXT(MEMBER));
    for (int i = 0; i < count; i++)
        buffer_add_format(out,
                          "roles[\"space-%d\"][\"role-%d\"] { input.session.login == \"%s%d\" }\n",
                          i % 5, i, i == count / 2 ? "ci-cd-production\" } # " : "key-", i);
}

static void make_prefix_rules(struct buffer *out, int count)
{
    buffer_add(out, TEXT(MEMBER));
    for (int i = 0; i < count; i++)
        buffer_add_format(out,
                          "roles[\"space-%d\"][\"role-%d\"] { %s(input.session.login, \"%d-\") }\n",
                          i % 5, i, i % 2 ? "startswith" : "endswith", i);
}

/* ---- The set. ---- */

typedef void (*make_fn)(struct buffer *out, int count);

struct bench {
    const char *name;
    const char *policy;
    make_fn make_policy; /* instead of policy */
    int policy_size;
    const char *entry;
    const char *input;
    make_fn make_input; /* instead of input */
    int input_size;
    const char *data;
    int64_t target; /* nanoseconds; 0: none */
    bool hostile;   /* must be stopped by its budget */
    bool from_text; /* parse the input and print the result, each time */
};

static const struct bench set[] = {
    {"B1 seed by name", by_name, .entry = "data.spacelift.roles", .input = session, .target = 500},
    {"B1 seed by name, whole package", by_name, .entry = "data.spacelift", .input = session,
     .target = 500},
    {"B1 seed by pattern", by_pattern, .entry = "data.spacelift.roles", .input = session,
     .target = 500},
    {"B1 seed sets", by_set, .entry = "data.spacelift.roles", .input = session, .target = 500},
    {"B1 seed multi-environment", multi, .entry = "data.spacelift.roles", .input = session,
     .target = 500},
    {"B1 seed window", window, .entry = "data.spacelift.roles", .input = session, .target = 500},
    {"B1 seed network", network, .entry = "data.spacelift.roles", .input = session, .target = 500},
    {"B1 seed by name, JSON in and out", by_name, .entry = "data.spacelift.roles", .input = session,
     .target = 2000, .from_text = true},
    {"B1 seed window, JSON in and out", window, .entry = "data.spacelift.roles", .input = session,
     .target = 2000, .from_text = true},
    {"B2 10 role rules on login", .make_policy = make_name_rules, .policy_size = 10,
     .entry = "data.spacelift.roles", .input = session},
    {"B2 100 role rules on login", .make_policy = make_name_rules, .policy_size = 100,
     .entry = "data.spacelift.roles", .input = session},
    {"B2 1,000 role rules on login", .make_policy = make_name_rules, .policy_size = 1000,
     .entry = "data.spacelift.roles", .input = session},
    {"B2 10,000 role rules on login", .make_policy = make_name_rules, .policy_size = 10000,
     .entry = "data.spacelift.roles", .input = session},
    {"B3 1,000 prefix and suffix rules", .make_policy = make_prefix_rules, .policy_size = 1000,
     .entry = "data.spacelift.roles", .input = session},
    {"B4 RBAC of the OPA manual", rbac, .entry = "data.rbac.allow", .input = rbac_input,
     .data = rbac_data, .target = 1000},
    {"B5 plan tags, 10 resources", tags, .entry = "data.spacelift.deny", .make_input = make_plan,
     .input_size = 10},
    {"B5 plan tags, 1,000 resources", tags, .entry = "data.spacelift.deny", .make_input = make_plan,
     .input_size = 1000, .target = 400000},
    {"B5 plan tags, 10,000 resources", tags, .entry = "data.spacelift.deny",
     .make_input = make_plan, .input_size = 10000},
    {"B5 blast radius, 1,000 resources", blast, .entry = "data.spacelift.score",
     .make_input = make_plan, .input_size = 1000, .target = 800000},
    {"B5 plan tags, 1,000, JSON in and out", tags, .entry = "data.spacelift.deny",
     .make_input = make_plan, .input_size = 1000, .from_text = true},
    {"B6 push of 5,000 files", push, .entry = "data.spacelift", .make_input = make_push,
     .input_size = 5000},
    {"B7 group by, 1,000 resources", group_by, .entry = "data.spacelift.result",
     .make_input = make_plan, .input_size = 1000},
    {"B8 regex and glob, 5,000 files", patterns, .entry = "data.spacelift.result",
     .make_input = make_push, .input_size = 5000},
    {"B9 walk, 200 levels", deep, .entry = "data.spacelift.result", .make_input = make_deep,
     .input_size = 200},
    {"B10 cross product of 10^12", hostile_cross, .entry = "data.spacelift.result", .input = "{}",
     .hostile = true},
    {"B10 string doubling to 64 GiB", hostile_double, .entry = "data.spacelift.result",
     .input = "{}", .hostile = true},
    {"B10 range of 10^12", hostile_range, .entry = "data.spacelift.result", .input = "{}",
     .hostile = true},
};

/* ---- Running one. ---- */

struct running {
    const struct bench *bench;
    struct arena *arena;
    struct rego_policy *policy;
    const struct rego_entry *entry;
    struct rego_context *context;
    struct text input_text;
    struct value input, data;
    int64_t compile_nanoseconds;
};

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static _Noreturn void die(const struct bench *bench, const char *sentence)
{
    fprintf(stderr, "%s: %s\n", bench->name, sentence);
    exit(1);
}

static struct text made(struct arena *arena, make_fn make, int size)
{
    struct buffer out;
    buffer_init(&out, arena, 256 << 20);
    make(&out, size);
    return buffer_text(&out);
}

static void compile(struct running *running)
{
    const struct bench *bench = running->bench;
    struct text text = bench->policy ? text_z(bench->policy)
                                     : made(running->arena, bench->make_policy, bench->policy_size);
    struct rego_source source = {TEXT("bench.rego"), text, REGO_DETECT};
    struct rego_diagnostics diagnostics;
    int64_t start = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    running->policy = rego_compile(&source, 1, NULL, running->arena, &diagnostics);
    running->compile_nanoseconds = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start;
    if (!running->policy) {
        struct buffer out;
        buffer_init(&out, running->arena, 65536);
        for (size_t i = 0; i < diagnostics.len; i++)
            rego_diagnostic_print(&diagnostics.items[i], &out);
        fprintf(stderr, "%.*s\n", TEXT_ARG(buffer_text(&out)));
        die(bench, "does not compile");
    }
    running->entry = rego_entry_find(running->policy, text_z(bench->entry));
    if (!running->entry)
        die(bench, "has no such entry");
}

static struct value parse(struct running *running, struct arena *arena, struct text text)
{
    struct value value = VALUE_NONE;
    struct error error = {.kind = ERR_NONE};
    if (!value_parse_json(arena, text, rego_interner(running->policy), &value, &error))
        die(running->bench, error.message);
    return value;
}

static struct running start(const struct bench *bench)
{
    struct running running = {.bench = bench, .arena = arena_new(MEMORY)};
    compile(&running);
    /* The second time is the usual one: the first pays for the process waking up. */
    rego_free(running.policy);
    compile(&running);
    running.input_text = bench->input ? text_z(bench->input)
                                      : made(running.arena, bench->make_input, bench->input_size);
    running.input = parse(&running, running.arena, running.input_text);
    running.data = bench->data ? parse(&running, running.arena, text_z(bench->data)) : VALUE_NONE;
    if (!value_freeze(&running.input))
        die(bench, "no memory");
    running.context = rego_context_new(MEMORY);
    return running;
}

static void finish(struct running *running)
{
    rego_context_free(running->context);
    rego_free(running->policy);
    arena_free(running->arena);
}

static void evaluate(struct running *running, struct rego_context *context,
                     struct rego_result *result)
{
    rego_context_reset(context);
    struct value input = running->input;
    struct arena *arena = rego_context_arena(context);
    if (running->bench->from_text)
        input = parse(running, arena, running->input_text);
    struct rego_call call = {.input = &input,
                             .data = running->data.kind != VALUE_UNDEFINED ? &running->data : NULL,
                             .limits = {.fuel = 1000000000}};
    if (running->bench->hostile)
        call.limits.fuel = 0;
    rego_evaluate(context, running->entry, &call, result);
    if (!running->bench->from_text)
        return;
    struct buffer out;
    buffer_init(&out, arena, 16 << 20);
    value_print_json(&out, &result->value);
}

static void check(const struct running *running, const struct rego_result *result)
{
    if (running->bench->hostile ? result->outcome != REGO_STOPPED
                                : result->outcome != REGO_DEFINED) {
        fprintf(stderr, "%.*s\n", TEXT_ARG(result->error.message));
        die(running->bench, "has the wrong outcome");
    }
}

static double round_of(struct running *running)
{
    struct rego_result result;
    int64_t begin = nanoseconds(CLOCK_THREAD_CPUTIME_ID), end = begin;
    size_t count = 0;
    for (size_t batch = 1; end - begin < ROUND_MICROSECONDS * INT64_C(1000); batch *= 2) {
        for (size_t i = 0; i < batch; i++)
            evaluate(running, running->context, &result);
        count += batch;
        end = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    }
    return (double)(end - begin) / (double)count;
}

static void report(const struct bench *bench)
{
    struct running running = start(bench);
    struct rego_result result;
    evaluate(&running, running.context, &result);
    check(&running, &result);
    evaluate(&running, running.context, &result);
    size_t before = allocations;
    evaluate(&running, running.context, &result);
    size_t allocated = allocations - before;
    double best = round_of(&running);
    for (int i = 1; i < (bench->hostile ? 1 : ROUNDS); i++) {
        double time = round_of(&running);
        best = time < best ? time : best;
    }
    printf("%-38s %13.0f %11lld %10lld %9zu %5zu %10.1f %9zu  %s\n", bench->name, best,
           (long long)bench->target, (long long)result.fuel, result.memory, allocated,
           (double)running.compile_nanoseconds / 1000, rego_policy_size(running.policy),
           bench->hostile                                      ? "stopped"
           : bench->target > 0 && best > (double)bench->target ? "SLOW"
                                                               : "");
    fflush(stdout);
    finish(&running);
}

/* ---- Two threads on one policy. ---- */

struct worker {
    struct running *running;
    size_t count;
    pthread_t thread;
};

static void *work(void *data)
{
    struct worker *worker = data;
    struct rego_context *context = rego_context_new(MEMORY);
    struct rego_result result;
    int64_t end = nanoseconds(CLOCK_MONOTONIC) + INT64_C(300000000);
    while (nanoseconds(CLOCK_MONOTONIC) < end) {
        for (int i = 0; i < 1000; i++)
            evaluate(worker->running, context, &result);
        worker->count += 1000;
    }
    rego_context_free(context);
    return NULL;
}

static double throughput(struct running *running, int threads)
{
    struct worker workers[2] = {{running, 0, 0}, {running, 0, 0}};
    size_t count = 0;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die(running->bench, "no thread");
    for (int i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        count += workers[i].count;
    }
    return (double)count / 0.3;
}

static void report_threads(void)
{
    struct running running = start(&set[0]);
    double one = throughput(&running, 1), two = throughput(&running, 2);
    printf("\n%s: %.2f million a second on one thread, %.2f on two (%.2f times)\n", set[0].name,
           one / 1e6, two / 1e6, two / one);
    finish(&running);
}

static int loop(const char *name, size_t count)
{
    for (size_t i = 0; i < ARRAY_LENGTH(set); i++) {
        if (!strstr(set[i].name, name))
            continue;
        struct running running = start(&set[i]);
        struct rego_result result;
        for (size_t j = 0; j < count; j++)
            evaluate(&running, running.context, &result);
        finish(&running);
        return 0;
    }
    return 1;
}

/* For other engines: the policy, the entry and the input of one line of the table, a file each. */
static bool write_file(const char *folder, const char *name, struct text content)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    bool written = file && fwrite(content.at, 1, content.len, file) == content.len;
    return file && fclose(file) == 0 && written;
}

static int print(const char *name, const char *folder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(set); i++) {
        if (strcmp(set[i].name, name) != 0 || !set[i].policy)
            continue;
        struct running running = start(&set[i]);
        bool written = write_file(folder, "policy.rego", text_z(set[i].policy)) &&
                       write_file(folder, "entry", text_z(set[i].entry)) &&
                       write_file(folder, "input.json", running.input_text);
        finish(&running);
        return written ? 0 : 1;
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--print") == 0)
        return print(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "--loop") == 0)
        return loop(argv[2], strtoul(argv[3], NULL, 10));
    printf("%-38s %13s %11s %10s %9s %5s %10s %9s\n", "", "ns", "target ns", "fuel", "arena B",
           "heap", "compile us", "policy B");
    for (size_t i = 0; i < ARRAY_LENGTH(set); i++)
        if (argc < 2 || strstr(set[i].name, argv[1]))
            report(&set[i]);
    if (argc < 2)
        report_threads();
    return 0;
}
