/* Engines: the real programs, where they are installed, on projects that need no network. */
#include "worker/vendor.h"

#include "worker/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct testing testing;
static struct job job;
static struct report report;
static struct masking masking;
static struct vendor_run run;

static int set_up(void **state)
{
    UNUSED(state);
    testing_open(&testing, sandbox_probe());
    masking_init(&masking, testing.arena);
    report_init(&report, testing.arena);
    job = (struct job){0};
    run = (struct vendor_run){
        .job = &job,
        .room = &testing.room,
        .masking = &masking,
        .project = testing.room.workspace.source,
        .plan_file = workspace_path(testing.arena, testing.room.workspace.run, TEXT("plan")),
        .report = &report,
        .error = &testing.error};
    return 0;
}

static int tear_down(void **state)
{
    UNUSED(state);
    testing_close(&testing);
    return 0;
}

static void must(bool done)
{
    if (!done)
        fail_msg("%s\n%.*s", testing.error.message, TEXT_ARG(buffer_text(&testing.log)));
}

static void use_config(const char *config)
{
    must(json_parse(testing.arena, text_z(config), NULL, &job.vendor_config, &testing.error));
}

static void project_file(const char *name, const char *content)
{
    struct text path = text_format(testing.arena, "source/%s", name);
    must(workspace_write(&testing.room.workspace, path, text_z(content), false, &testing.error));
}

static bool installed(const char *program)
{
    return process_find(testing.arena, program, getenv("PATH")) != NULL;
}

static struct text change_type(const char *address)
{
    const struct report_change *changes = LIST_ITEMS(&report.changes, struct report_change);
    for (size_t i = 0; i < report.changes.len; i++) {
        if (text_equal_z(changes[i].address, address))
            return changes[i].type;
    }
    return TEXT("none");
}

static const struct report_entity *entity(const char *address)
{
    static const struct report_entity none;
    const struct report_entity *entities = LIST_ITEMS(&report.entities, struct report_entity);
    for (size_t i = 0; i < report.entities.len; i++) {
        if (text_equal_z(entities[i].address, address))
            return &entities[i];
    }
    fail_msg("there is no entity %s", address);
    return &none;
}

/* --- terraform --- */

static const char terraform_project[] =
    "resource \"terraform_data\" \"one\" {\n  input = \"first\"\n}\n"
    "resource \"terraform_data\" \"two\" {\n  count = 2\n  input = \"hunter2\"\n}\n"
    "module \"inner\" {\n  source = \"./inner\"\n}\n"
    "output \"name\" {\n  value = terraform_data.one.output\n  description = \"Its name\"\n}\n"
    "output \"key\" {\n  value = \"s3cret\"\n  sensitive = true\n}\n";

static void begin_terraform(const struct vendor *vendor)
{
    if (!installed(vendor->program))
        skip();
    job.vendor = text_z(vendor->name);
    project_file("main.tf", terraform_project);
    project_file("inner/main.tf", "resource \"terraform_data\" \"deep\" {}\n");
}

static void plan_and_apply(const struct vendor *vendor)
{
    begin_terraform(vendor);
    assert_ptr_equal(vendor_find(text_z(vendor->name)), vendor);
    assert_true(masking_add(&masking, TEXT("hunter2")));
    must(vendor->init(&run));
    must(vendor->plan(&run));
    assert_true(report.has_changes);
    assert_int_equal(report.add, 4);
    assert_int_equal(report.change, 0);
    assert_int_equal(report.remove, 0);
    assert_int_equal(report.resources, 4);
    assert_true(text_equal(change_type("module.inner.terraform_data.deep"), TEXT("add")));
    assert_true(testing_log_has(&testing, "4 to add"));
    assert_int_equal(access(run.plan_file, R_OK), 0);

    report_init(&report, testing.arena);
    job.has_artifact = true;
    job.phase = JOB_APPLY;
    must(vendor->apply(&run));
    must(vendor->inventory(&run));
    assert_int_equal(report.resources, 4);
    assert_true(
        text_equal(entity("module.inner.terraform_data.deep")->module, TEXT("module.inner")));
    assert_true(text_equal(entity("terraform_data.two[1]")->type, TEXT("terraform_data")));
    assert_false(text_contains(entity("terraform_data.two[1]")->values, TEXT("hunter2")));
    assert_true(text_contains(entity("terraform_data.one")->values, TEXT("\"output\":\"first\"")));
    const struct report_output *outputs = LIST_ITEMS(&report.outputs, struct report_output);
    assert_int_equal(report.outputs.len, 2);
    assert_true(text_equal(outputs[0].name, TEXT("key")) && outputs[0].sensitive);
    assert_true(text_equal(outputs[0].value, TEXT("\"s3cret\"")));
    assert_true(text_equal(outputs[1].value, TEXT("\"first\"")) && !outputs[1].sensitive);
    assert_true(text_equal(outputs[1].description, TEXT("Its name")));
}

static void terraform_works(void **state)
{
    UNUSED(state);
    plan_and_apply(&vendor_terraform);
}

static void tofu_works(void **state)
{
    UNUSED(state);
    plan_and_apply(&vendor_tofu);
}

static void terraform_changes_are_named(void **state)
{
    UNUSED(state);
    begin_terraform(&vendor_terraform);
    must(vendor_terraform.init(&run));
    must(vendor_terraform.apply(&run));
    const struct text target = TEXT_INIT("terraform_data.one");
    job.targets = (struct text_list){&target, 1};
    job.replace = job.targets;
    must(vendor_terraform.plan(&run));
    assert_int_equal(report.changes.len, 1);
    job.targets.len = 0;
    job.replace.len = 0;
    project_file("main.tf",
                 "resource \"terraform_data\" \"one\" {\n  input = \"second\"\n}\n"
                 "resource \"terraform_data\" \"renamed\" {\n  count = 1\n  input = \"hunter2\"\n"
                 "  triggers_replace = \"now\"\n}\n"
                 "moved {\n  from = terraform_data.two\n  to = terraform_data.renamed\n}\n"
                 "module \"outer\" {\n  source = \"./inner\"\n}\n"
                 "moved {\n  from = module.inner\n  to = module.outer\n}\n");
    must(vendor_terraform.init(&run));
    report_init(&report, testing.arena);
    must(vendor_terraform.plan(&run));
    assert_true(text_equal(change_type("terraform_data.one"), TEXT("change")));
    assert_true(text_equal(change_type("terraform_data.renamed[0]"),
                           TEXT("replace_destroy_before_create")));
    assert_true(text_equal(change_type("terraform_data.renamed[1]"), TEXT("delete")));
    assert_true(text_equal(change_type("module.outer.terraform_data.deep"), TEXT("move")));
    assert_int_equal(report.add, 1);
    assert_int_equal(report.change, 1);
    assert_int_equal(report.remove, 2);

    job.type = TEXT("DESTROY");
    report_init(&report, testing.arena);
    must(vendor_terraform.plan(&run));
    assert_int_equal(report.remove, 4);
    assert_int_equal(report.resources, 0);
    must(vendor_terraform.destroy(&run));
    report_init(&report, testing.arena);
    must(vendor_terraform.inventory(&run));
    assert_int_equal(report.entities.len, 0);
    assert_true(report.has_inventory);
    job.type = TEXT("TRACKED");
    project_file("main.tf", "");
    must(vendor_terraform.plan(&run));
    assert_false(report.has_changes);
}

static void terraform_failures_are_told(void **state)
{
    UNUSED(state);
    begin_terraform(&vendor_terraform);
    must(vendor_terraform.init(&run));
    project_file("main.tf", "resource \"terraform_data\" {");
    assert_false(vendor_terraform.plan(&run));
    assert_int_equal(testing.error.kind, ERR_INVALID);
    assert_string_equal(testing.error.message, "terraform plan failed with exit status 1");
    assert_true(testing_log_has(&testing, "Missing name for resource"));
}

static void the_state_may_be_the_servers(void **state)
{
    UNUSED(state);
    begin_terraform(&vendor_terraform);
    job.state = (struct job_state){.address = TEXT("http://127.0.0.1:1/state"),
                                   .username = TEXT("run"),
                                   .password = TEXT("p4ssword")};
    /* Nobody listens there: that it is asked is what can be seen. */
    assert_false(vendor_terraform.init(&run) && vendor_terraform.plan(&run));
    assert_true(testing_log_has(&testing, "127.0.0.1:1/state"));
    assert_false(testing_log_has(&testing, "p4ssword"));
}

static void a_missing_engine_is_told(void **state)
{
    UNUSED(state);
    job.vendor = TEXT("terraform");
    must(environment_set_z(&testing.room.environment, "PATH", "/nowhere", &testing.error));
    assert_false(vendor_terraform.init(&run));
    assert_int_equal(testing.error.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(testing.error.message, "terraform is not installed on this worker"));
}

/* --- ansible --- */

static void ansible_checks_and_plays(void **state)
{
    UNUSED(state);
    if (!installed("ansible-playbook"))
        skip();
    struct stat status;
    const char *made = workspace_path(testing.arena, testing.room.workspace.run, TEXT("made"));
    struct text playbook = text_format(testing.arena,
                                       "- hosts: all\n  gather_facts: false\n  tasks:\n"
                                       "    - name: Make a file\n      ansible.builtin.copy:\n"
                                       "        content: hello\n        dest: %s\n"
                                       "    - name: Say so\n      ansible.builtin.debug:\n"
                                       "        msg: done\n",
                                       made);
    job.vendor = TEXT("ansible");
    use_config("{\"playbook\":\"play.yml\"}");
    project_file("play.yml", text_terminated(testing.arena, playbook));
    must(vendor_ansible.init(&run));
    must(vendor_ansible.plan(&run));
    assert_true(report.has_changes);
    assert_int_equal(report.change, 1);
    assert_true(text_equal(change_type("localhost: Make a file"), TEXT("change")));
    assert_int_equal(stat(made, &status), -1);

    report_init(&report, testing.arena);
    must(vendor_ansible.apply(&run));
    assert_int_equal(stat(made, &status), 0);
    assert_true(text_contains(entity("localhost")->values, TEXT("\"ok\":2,\"changed\":1")));

    report_init(&report, testing.arena);
    must(vendor_ansible.plan(&run));
    assert_false(report.has_changes);
    use_config("{\"playbook\":\"missing.yml\"}");
    assert_false(vendor_ansible.plan(&run));
    assert_int_equal(testing.error.kind, ERR_INVALID);
}

/* --- custom --- */

static void custom_commands_follow_their_exit_status(void **state)
{
    UNUSED(state);
    job.vendor = TEXT("custom");
    use_config("{\"commands\":{\"init\":\"echo ready > r\","
               "\"plan\":\"cat r; echo p > $GATEHOUSE_PLAN_FILE; exit 2\","
               "\"apply\":\"cat $GATEHOUSE_PLAN_FILE; "
               "echo '{\\\"url\\\":[1]}' > $GATEHOUSE_OUTPUTS_FILE\"}}");
    must(vendor_custom.init(&run));
    must(vendor_custom.plan(&run));
    assert_true(report.has_changes);
    must(vendor_custom.apply(&run));
    must(vendor_custom.inventory(&run));
    const struct report_output *outputs = LIST_ITEMS(&report.outputs, struct report_output);
    assert_int_equal(report.outputs.len, 1);
    assert_true(text_equal(outputs[0].name, TEXT("url")));
    assert_true(text_equal(outputs[0].value, TEXT("[1]")));
    assert_false(vendor_custom.destroy(&run));
    assert_non_null(strstr(testing.error.message, "no command for destroy"));
    error_clear(&testing.error);
    use_config("{\"commands\":{\"plan\":\"exit 0\"}}");
    must(vendor_custom.plan(&run));
    assert_false(report.has_changes);
    use_config("{\"commands\":{\"plan\":\"exit 1\"}}");
    assert_false(vendor_custom.plan(&run));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(terraform_works),
        CASE(tofu_works),
        CASE(terraform_changes_are_named),
        CASE(terraform_failures_are_told),
        CASE(the_state_may_be_the_servers),
        CASE(a_missing_engine_is_told),
        CASE(ansible_checks_and_plays),
        CASE(custom_commands_follow_their_exit_status),
    };
    return cmocka_run_group_tests_name("vendor", tests, NULL, NULL);
}
