#include <string.h>

#include "authd/store/rows.h"

#define ROLES_ALL                                                              \
	(ROLE_ADMINISTRATOR | ROLE_OFFICER | ROLE_HELPDESK | ROLE_AUDITOR)

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
	    (row->roles & ~ROLES_ALL) == 0);
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
rows_audit_ok(const struct audit_row *row)
{
	return (row->record.node >= 1 && row->record.seq >= 1);
}
