#include <stdio.h>
#include <string.h>

#include "authd/web/console_words.h"

static const struct {
	const char *action;
	enum catalog_id text;
} actions[] = {
	{ "login.password", CATALOG_ACT_LOGIN_PASSWORD },
	{ "login.change", CATALOG_ACT_LOGIN_CHANGE },
	{ "verify", CATALOG_ACT_VERIFY },
	{ "session.open", CATALOG_ACT_SESSION_OPEN },
	{ "session.raise", CATALOG_ACT_SESSION_RAISE },
	{ "session.logout", CATALOG_ACT_SESSION_LOGOUT },
	{ "session.end", CATALOG_ACT_SESSION_END },
	{ "password.change", CATALOG_ACT_PASSWORD_CHANGE },
	{ "password.set", CATALOG_ACT_PASSWORD_SET },
	{ "password.check", CATALOG_ACT_PASSWORD_CHECK },
	{ "password.force_reset", CATALOG_ACT_PASSWORD_FORCE_RESET },
	{ "password.import", CATALOG_ACT_PASSWORD_IMPORT },
	{ "password.breached", CATALOG_ACT_PASSWORD_BREACHED },
	{ "phone.enroll", CATALOG_ACT_PHONE_ENROLL },
	{ "phone.draw", CATALOG_ACT_PHONE_DRAW },
	{ "phone.confirm", CATALOG_ACT_PHONE_CONFIRM },
	{ "phone.revoke", CATALOG_ACT_PHONE_REVOKE },
	{ "phone.resync", CATALOG_ACT_PHONE_RESYNC },
	{ "recovery.create", CATALOG_ACT_RECOVERY_CREATE },
	{ "recovery.kept", CATALOG_ACT_RECOVERY_KEPT },
	{ "account.add", CATALOG_ACT_ACCOUNT_ADD },
	{ "account.set", CATALOG_ACT_ACCOUNT_SET },
	{ "account.disable", CATALOG_ACT_ACCOUNT_DISABLE },
	{ "account.enable", CATALOG_ACT_ACCOUNT_ENABLE },
	{ "account.unlock", CATALOG_ACT_ACCOUNT_UNLOCK },
	{ "account.reset", CATALOG_ACT_ACCOUNT_RESET },
	{ "account.remove", CATALOG_ACT_ACCOUNT_REMOVE },
	{ "office.add", CATALOG_ACT_OFFICE_ADD },
	{ "office.set", CATALOG_ACT_OFFICE_SET },
	{ "office.disable", CATALOG_ACT_OFFICE_DISABLE },
	{ "office.enable", CATALOG_ACT_OFFICE_ENABLE },
	{ "terminal.set", CATALOG_ACT_TERMINAL_SET },
	{ "terminal.admit", CATALOG_ACT_TERMINAL_ADMIT },
	{ "terminal.drop", CATALOG_ACT_TERMINAL_DROP },
	{ "terminal.lost", CATALOG_ACT_TERMINAL_LOST },
	{ "cert.issue", CATALOG_ACT_CERT_ISSUE },
	{ "cert.renew", CATALOG_ACT_CERT_RENEW },
	{ "cert.revoke", CATALOG_ACT_CERT_REVOKE },
	{ "cert.use", CATALOG_ACT_CERT_USE },
	{ "cert.ending", CATALOG_ACT_CERT_ENDING },
	{ "ticket.create", CATALOG_ACT_TICKET_CREATE },
	{ "ticket.login", CATALOG_ACT_TICKET_LOGIN },
	{ "ticket.use", CATALOG_ACT_TICKET_USE },
	{ "ticket.void", CATALOG_ACT_TICKET_VOID },
	{ "ticket.expire", CATALOG_ACT_TICKET_EXPIRE },
	{ "app.add", CATALOG_ACT_APP_ADD },
	{ "app.set", CATALOG_ACT_APP_SET },
	{ "app.remove", CATALOG_ACT_APP_REMOVE },
	{ "impact.force", CATALOG_ACT_IMPACT_FORCE },
	{ "source.refused", CATALOG_ACT_SOURCE_REFUSED },
	{ "source.unlock", CATALOG_ACT_SOURCE_UNLOCK },
	{ "host.add", CATALOG_ACT_HOST_ADD },
	{ "host.set", CATALOG_ACT_HOST_SET },
	{ "clock.confirm", CATALOG_ACT_CLOCK_CONFIRM },
	{ "breakglass.used", CATALOG_ACT_BREAKGLASS_USED },
	{ "backup.create", CATALOG_ACT_BACKUP_CREATE },
	{ "audit.gap", CATALOG_ACT_AUDIT_GAP },
};

void
console_words_put_action(
    struct page *page, enum page_var var, const char *action)
{
	size_t i;

	page_put(page, var, NULL);
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].action, action) == 0)
			page_put_message(page, var, actions[i].text, NULL);
}

void
console_words_put_result(
    struct page *page, enum page_var var, const char *result)
{
	if (strcmp(result, "accept") == 0)
		page_put_message(page, var, CATALOG_CONSOLE_R_ACCEPT, NULL);
	else if (strcmp(result, "refuse") == 0)
		page_put_message(page, var, CATALOG_CONSOLE_R_REFUSE, NULL);
	else if (strcmp(result, "done") == 0)
		page_put_message(page, var, CATALOG_CONSOLE_R_DONE, NULL);
	else if (strcmp(result, "continue") == 0)
		page_put_message(page, var, CATALOG_CONSOLE_R_CONTINUE, NULL);
	else
		page_put(page, var, result);
}

void
console_words_put_factors(
    struct page *page, enum page_var var, unsigned factors)
{
	static const struct {
		unsigned factor;
		enum catalog_id text;
	} words[] = {
		{ SESSION_PASSWORD, CATALOG_CONSOLE_F_PASSWORD },
		{ SESSION_CODE, CATALOG_CONSOLE_F_CODE },
		{ SESSION_TERMINAL, CATALOG_CONSOLE_F_TERMINAL },
	};
	char text[200] = "";
	size_t i, n = 0;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((factors & words[i].factor) != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s", n == 0 ? "" : " + ",
			    catalog_text(page_language(page), words[i].text));
	page_put(page, var, text);
}

void
console_words_put_way(struct page *page, enum page_var var, enum way way)
{
	static const enum catalog_id words[WAYS] = {
		[WAY_LOGIN] = CATALOG_CONSOLE_W_LOGIN,
		[WAY_CLOSED] = CATALOG_CONSOLE_W_CLOSED,
		[WAY_LEVEL] = CATALOG_CONSOLE_W_LEVEL,
		[WAY_GROUP] = CATALOG_CONSOLE_W_GROUP,
		[WAY_OFFICE] = CATALOG_CONSOLE_W_OFFICE,
		[WAY_PHONE] = CATALOG_CONSOLE_W_PHONE,
		[WAY_TERMINAL] = CATALOG_CONSOLE_W_TERMINAL,
		[WAY_NETWORK] = CATALOG_CONSOLE_W_NETWORK,
		[WAY_IN] = CATALOG_CONSOLE_W_LOGIN,
	};

	page_put_message(page, var,
	    way >= WAY_IN ? CATALOG_CONSOLE_W_LOGIN : words[way], NULL);
}
