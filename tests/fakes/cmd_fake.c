/*
 * cmd_fake.c: verbs that do nothing, so that the table can be linked without
 * what it leads to. Each answers 99, which no verb does.
 */
#include "cli/cmd.h"

#define FAKE(name)                                                             \
	int name(struct args *a)                                               \
	{                                                                      \
		(void)a;                                                       \
		return (99);                                                   \
	}

FAKE(cmd_instance_init)
FAKE(cmd_instance_check)
FAKE(cmd_instance_show)
FAKE(cmd_instance_verify)
FAKE(cmd_instance_accept)
FAKE(cmd_status_run)
FAKE(cmd_doctor_run)
FAKE(cmd_verify_run)
FAKE(cmd_office_change)
FAKE(cmd_office_list)
FAKE(cmd_app_change)
FAKE(cmd_app_list)
FAKE(cmd_app_remove)
FAKE(cmd_session_list)
FAKE(cmd_session_end)
FAKE(cmd_account_change)
FAKE(cmd_account_list)
FAKE(cmd_account_remove)
FAKE(cmd_password_set)
FAKE(cmd_password_check)
FAKE(cmd_password_reset)
FAKE(cmd_password_import)
FAKE(cmd_enroll_run)
FAKE(cmd_phone_confirm)
FAKE(cmd_phone_list)
FAKE(cmd_phone_revoke)
FAKE(cmd_phone_resync)
FAKE(cmd_recovery_create)
FAKE(cmd_recovery_count)
FAKE(cmd_breakglass_create)
FAKE(cmd_breakglass_list)
FAKE(cmd_breakglass_void)
FAKE(cmd_pam_test)
FAKE(cmd_terminal_list)
FAKE(cmd_terminal_change)
FAKE(cmd_cert_issue)
FAKE(cmd_cert_renew)
FAKE(cmd_cert_sign)
FAKE(cmd_cert_list)
FAKE(cmd_cert_show)
FAKE(cmd_cert_ca)
FAKE(cmd_cert_crl)
FAKE(cmd_kit_run)
FAKE(cmd_proxy_check)
FAKE(cmd_clock_show)
FAKE(cmd_clock_confirm)
FAKE(cmd_source_list)
FAKE(cmd_source_unlock)
FAKE(cmd_audit_list)
FAKE(cmd_audit_show)
FAKE(cmd_audit_export)
FAKE(cmd_backup_create)
FAKE(cmd_backup_restore)
FAKE(cmd_backup_keygen)
