/*
 * The commands, each from the file of its name. Only command_table.c includes this.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command serve_command;
extern const struct command worker_command;
extern const struct command access_explain_command;
extern const struct command access_grant_command;
extern const struct command access_list_command;
extern const struct command access_revoke_command;
extern const struct command key_create_command;
extern const struct command key_list_command;
extern const struct command key_show_command;
extern const struct command key_update_command;
extern const struct command key_reset_command;
extern const struct command key_test_token_command;
extern const struct command key_delete_command;
extern const struct command session_list_command;
extern const struct command session_end_command;
extern const struct command user_invite_command;
extern const struct command user_list_command;
extern const struct command user_set_password_command;
extern const struct command user_delete_command;
extern const struct command token_command;
extern const struct command audit_list_command;
extern const struct command audit_export_command;
extern const struct command audit_verify_command;
extern const struct command role_list_command;
extern const struct command role_bind_command;
extern const struct command space_create_command;
extern const struct command space_list_command;
extern const struct command stack_create_command;
extern const struct command stack_list_command;
extern const struct command run_trigger_command;
extern const struct command run_follow_command;
extern const struct command run_confirm_command;
extern const struct command run_discard_command;
extern const struct command run_cancel_command;
extern const struct command run_stop_command;
extern const struct command run_logs_command;
extern const struct command policy_check_command;
extern const struct command policy_create_command;
extern const struct command policy_delete_command;
extern const struct command policy_eval_command;
extern const struct command policy_explain_command;
extern const struct command policy_fmt_command;
extern const struct command policy_lint_command;
extern const struct command policy_list_command;
extern const struct command policy_rehearse_command;
extern const struct command policy_test_command;
extern const struct command policy_update_command;
extern const struct command completion_command;
extern const struct command help_command;
extern const struct command version_command;

#endif
