/* Every command, in the order of help. */
#include "cli/cli.h"
#include "cli/commands.h"

const struct command *const command_table[] = {
    &serve_command,         &worker_command,
    &key_create_command,    &key_list_command,
    &key_show_command,      &key_update_command,
    &key_reset_command,     &key_test_token_command,
    &key_delete_command,    &session_list_command,
    &session_end_command,   &user_invite_command,
    &user_list_command,     &user_set_password_command,
    &user_delete_command,   &token_command,
    &space_create_command,  &space_list_command,
    &role_list_command,     &access_explain_command,
    &access_grant_command,  &access_list_command,
    &access_revoke_command, &stack_create_command,
    &stack_list_command,    &run_trigger_command,
    &run_follow_command,    &run_confirm_command,
    &run_discard_command,   &run_cancel_command,
    &run_stop_command,      &run_logs_command,
    &audit_list_command,    &audit_export_command,
    &audit_verify_command,  &policy_check_command,
    &policy_eval_command,   &policy_explain_command,
    &policy_fmt_command,    &policy_lint_command,
    &policy_test_command,   &policy_list_command,
    &policy_create_command, &policy_update_command,
    &policy_delete_command, &policy_rehearse_command,
    &completion_command,    &help_command,
    &version_command,       NULL,
};
