#include <string.h>

#include "authd/store/rows.h"

#define ROLES_ALL                                                              \
	(ROLE_ADMINISTRATOR | ROLE_OFFICER | ROLE_HELPDESK | ROLE_AUDITOR |    \
	    ROLE_OPERATOR)

bool
rows_office_ok(const struct office *row)
{
	return (!id_is_zero(&row->id) && row->code[0] != '\0');
}

bool
rows_account_ok(const struct account *row)
{
	return (!id_is_zero(&row->office) && !id_is_zero(&row->id) &&
	    row->login[0] != '\0' &&
	    (row->class == CLASS_GENERAL || row->class == CLASS_PRIVILEGED) &&
	    row->level >= 1 && row->level <= 5 &&
	    (row->roles & ~ROLES_ALL) == 0 && row->reset_ms >= 0);
}

bool
rows_phone_ok(const struct phone *row)
{
	return (!id_is_zero(&row->device) &&
	    (row->state == PHONE_PENDING || row->state == PHONE_ACTIVE ||
		row->state == PHONE_REVOKED) &&
	    row->sealed.len <= SEALED_MAX && row->last_step >= 0);
}

bool
rows_counter_ok(const struct counter *row)
{
	return ((row->kind == COUNTER_PASSWORD || row->kind == COUNTER_CODE) &&
	    row->failures >= 0 && row->in_row >= 0);
}

bool
rows_password_ok(const struct password *row)
{
	return (!id_is_zero(&row->office) && !id_is_zero(&row->account) &&
	    row->hash[0] != '\0' &&
	    memchr(row->hash, '\0', sizeof(row->hash)) != NULL &&
	    row->changed_ms >= 0 && row->checked_ms >= 0);
}

bool
rows_recovery_ok(const uint8_t (*macs)[RECOVERY_MAC_LEN], int n)
{
	static const uint8_t zero[RECOVERY_MAC_LEN];
	int i, j;

	if (n < 0 || n > RECOVERY_MAX)
		return (false);
	for (i = 0; i < n; i++) {
		if (memcmp(macs[i], zero, RECOVERY_MAC_LEN) == 0)
			return (false);
		for (j = 0; j < i; j++)
			if (memcmp(macs[i], macs[j], RECOVERY_MAC_LEN) == 0)
				return (false);
	}
	return (true);
}

bool
rows_session_ok(const struct session *row)
{
	static const uint8_t zero[SESSION_HASH_LEN];

	return (!id_is_zero(&row->office) && !id_is_zero(&row->account) &&
	    !id_is_zero(&row->id) &&
	    memcmp(row->token, zero, sizeof(zero)) != 0 && row->factors != 0 &&
	    (row->factors & ~SESSION_FACTORS) == 0 && row->password_ms >= 0 &&
	    row->login_steady > 0 && row->created_steady > 0 &&
	    row->seen_steady > 0 && row->until_steady > 0);
}

bool
rows_app_ok(const struct app *row)
{
	return (row->host[0] != '\0' && row->factors != 0 &&
	    (row->factors & ~SESSION_FACTORS) == 0 && row->level >= 1 &&
	    row->level <= 5 && row->idle_ms >= 0 && row->absolute_ms >= 0);
}

bool
rows_audit_ok(const struct audit_row *row)
{
	return (row->record.node >= 1 && row->record.seq >= 1);
}

bool
rows_terminal_ok(const struct terminal *row)
{
	return (!id_is_zero(&row->office) && !id_is_zero(&row->id) &&
	    row->label[0] != '\0' && row->lost_ms >= 0);
}

bool
rows_host_ok(const struct host *row)
{
	return (!id_is_zero(&row->id) && row->name[0] != '\0' &&
	    (row->rights & ~HOST_MAY_ALL) == 0);
}

bool
rows_cert_ok(const struct cert *row)
{
	static const uint8_t zero[CERT_FINGERPRINT_LEN];
	bool is_revoked = row->revoked_ms != 0;

	if (row->kind != CERT_TERMINAL && row->kind != CERT_HOST)
		return (false);
	/* Of an office or of none, never the other way about. */
	if (id_is_zero(&row->office) != (row->kind == CERT_HOST) ||
	    id_is_zero(&row->holder))
		return (false);
	if (is_revoked != (row->reason != CERT_NOT_REVOKED) ||
	    row->reason < CERT_NOT_REVOKED || row->reason > CERT_LEFT)
		return (false);
	return (memcmp(row->serial, zero, sizeof(row->serial)) != 0 &&
	    memcmp(row->fingerprint, zero, sizeof(zero)) != 0 &&
	    row->not_before_ms < row->not_after_ms && row->revoked_ms >= 0 &&
	    row->first_seen_ms <= row->last_seen_ms && row->told_days >= 0 &&
	    row->der_len > 0 && row->der_len <= CERT_DER_MAX);
}

bool
rows_ticket_ok(const struct ticket *row)
{
	static const uint8_t zero[SESSION_HASH_LEN];
	bool has_cert =
	    memcmp(row->serial, zero, sizeof(row->serial)) != 0;

	if (id_is_zero(&row->office) || id_is_zero(&row->account) ||
	    id_is_zero(&row->id) || row->purpose <= TICKET_NONE ||
	    row->purpose > TICKET_CERTIFICATE ||
	    row->state <= TICKET_UNKNOWN || row->state > TICKET_EXPIRED)
		return (false);
	return (memcmp(row->secret, zero, sizeof(zero)) != 0 &&
	    has_cert == (row->purpose == TICKET_CERTIFICATE) &&
	    row->failures >= 0 && row->created_ms >= 0 &&
	    row->until_steady > 0 && row->held_steady >= 0 &&
	    (row->state == TICKET_OPEN) == (row->ended_ms == 0) &&
	    row->ended_ms >= 0 && (row->proved & ~SESSION_FACTORS) == 0);
}
