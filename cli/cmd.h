/*
 * cmd.h: what each verb does. Each function asks the daemon or the sibling
 * program, prints the outcome, and gives the exit code (cli/question.h).
 * Room: cli.  One file a noun: cmd_NOUN.c.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include <jansson.h>
#include <stdbool.h>

struct args; /* cli/args.h */

int cmd_instance_init(struct args *a);
int cmd_instance_check(struct args *a);
int cmd_instance_show(struct args *a);
int cmd_instance_verify(struct args *a);
int cmd_instance_accept(struct args *a);
/*
 * Run a mode of sekisho-authd and say its outcome as JSON: what it was about
 * as ${member}, and ok; with ${has_settings} the settings it printed.
 */
int cmd_instance_json(const char *argv[], const char *member, const char *value,
    bool has_settings);

/* The settings that --show printed, as an object; NULL: no memory. */
json_t *cmd_instance_settings(char *text);

/* The daemon that a file with these settings is for, unless --socket names one:
 * never another instance's. */
void cmd_instance_socket(
    const struct args *a, const json_t *settings, char *out, size_t size);

int cmd_impact_config(struct args *a);
/* Not the change of ${a}, but what it would do. */
int cmd_impact_ask(struct args *a);

int cmd_backup_create(struct args *a);
int cmd_backup_restore(struct args *a);
int cmd_backup_keygen(struct args *a);

int cmd_status_run(struct args *a);
int cmd_doctor_run(struct args *a);
int cmd_verify_run(struct args *a);

int cmd_office_change(struct args *a); /* add, set, show, disable, enable */
int cmd_office_list(struct args *a);

int cmd_account_change(struct args *a); /* and unlock */
int cmd_account_list(struct args *a);
int cmd_account_remove(struct args *a);

int cmd_password_set(struct args *a);
int cmd_password_check(struct args *a);
int cmd_password_reset(struct args *a);
int cmd_password_import(struct args *a);

int cmd_enroll_run(struct args *a);
int cmd_phone_confirm(struct args *a);
int cmd_phone_list(struct args *a);
int cmd_phone_revoke(struct args *a);
int cmd_phone_resync(struct args *a);
int cmd_ticket_create(struct args *a);
int cmd_ticket_list(struct args *a);
int cmd_ticket_void(struct args *a);
int cmd_recovery_create(struct args *a);
int cmd_recovery_count(struct args *a);

/** cmd_recovery_print(answer): the answer's recovery codes, if there are any. */
void cmd_recovery_print(const json_t *answer);

int cmd_breakglass_create(struct args *a);
int cmd_breakglass_list(struct args *a);
int cmd_breakglass_void(struct args *a);
int cmd_pam_test(struct args *a);
int cmd_terminal_list(struct args *a);
int cmd_terminal_change(struct args *a); /* show, set, lost */

int cmd_cert_issue(struct args *a);
int cmd_cert_renew(struct args *a);
int cmd_cert_sign(struct args *a);
int cmd_cert_list(struct args *a);
int cmd_cert_show(struct args *a); /* and revoke */
int cmd_cert_ca(struct args *a);
int cmd_cert_crl(struct args *a);
int cmd_kit_run(struct args *a);

int cmd_proxy_check(struct args *a);

int cmd_clock_show(struct args *a);
int cmd_clock_confirm(struct args *a);

int cmd_app_change(struct args *a); /* add, set, show */
int cmd_app_list(struct args *a);
int cmd_app_remove(struct args *a);

int cmd_session_list(struct args *a);
int cmd_session_end(struct args *a);

int cmd_source_list(struct args *a);
int cmd_source_unlock(struct args *a);

int cmd_audit_list(struct args *a);
int cmd_audit_show(struct args *a);
int cmd_audit_export(struct args *a);

#endif /* CLI_CMD_H */
