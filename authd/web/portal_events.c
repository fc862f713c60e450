#include <string.h>

#include "authd/web/portal_events.h"
#include "authd/web/portal_time.h"

/* The first that fits; NULL fits anything. */
static const struct {
	const char *action, *result, *reason;
	enum catalog_id what;
} words[] = {
	{ "session.open", NULL, NULL, CATALOG_EVENT_LOGIN },
	{ NULL, "refuse", "wrong_password", CATALOG_EVENT_WRONG_PASSWORD },
	{ NULL, "refuse", "wrong_code", CATALOG_EVENT_WRONG_CODE },
	{ NULL, "refuse", "wrong_code_again", CATALOG_EVENT_WRONG_CODE },
	{ NULL, "refuse", "bad_code", CATALOG_EVENT_WRONG_CODE },
	{ NULL, "refuse", "wrong_recovery_code", CATALOG_EVENT_WRONG_RECOVERY },
	{ NULL, "refuse", "code_used", CATALOG_EVENT_CODE_USED },
	{ NULL, "refuse", "locked", CATALOG_EVENT_LOCKED },
	{ NULL, "refuse", NULL, CATALOG_EVENT_REFUSED },
	{ "phone.confirm", NULL, NULL, CATALOG_EVENT_PHONE_CONFIRM },
	{ "phone.revoke", NULL, NULL, CATALOG_EVENT_PHONE_REVOKE },
	{ "phone.resync", NULL, NULL, CATALOG_EVENT_PHONE_RESYNC },
	{ "recovery.create", NULL, NULL, CATALOG_EVENT_RECOVERY },
	{ "password.change", NULL, NULL, CATALOG_EVENT_PASSWORD },
	{ "password.set", NULL, NULL, CATALOG_EVENT_PASSWORD_SET },
	{ "password.force_reset", NULL, NULL, CATALOG_EVENT_PASSWORD_ORDER },
	{ "account.reset", NULL, NULL, CATALOG_EVENT_RESET },
	{ "account.unlock", NULL, NULL, CATALOG_EVENT_UNLOCK },
	{ "account.disable", NULL, NULL, CATALOG_EVENT_DISABLE },
	{ "account.enable", NULL, NULL, CATALOG_EVENT_ENABLE },
	{ "terminal.admit", NULL, NULL, CATALOG_EVENT_TERMINAL_ADMIT },
	{ "terminal.drop", NULL, NULL, CATALOG_EVENT_TERMINAL_DROP },
	{ "terminal.lost", NULL, NULL, CATALOG_EVENT_TERMINAL_LOST },
	{ "cert.issue", NULL, NULL, CATALOG_EVENT_CERT_ISSUE },
	{ "cert.revoke", NULL, NULL, CATALOG_EVENT_CERT_REVOKE },
	{ "ticket.create", NULL, NULL, CATALOG_EVENT_TICKET },
	{ "ticket.use", NULL, NULL, CATALOG_EVENT_TICKET_USE },
	{ NULL, NULL, NULL, CATALOG_EVENT_ACCOUNT },
};

static bool
fits(const char *rule, const char *word)
{
	return (rule == NULL || strcmp(rule, word) == 0);
}

static enum catalog_id
word_of(const struct mine_event *e)
{
	size_t i = 0;

	while (!fits(words[i].action, e->action) ||
	    !fits(words[i].result, e->result) ||
	    !fits(words[i].reason, e->reason))
		i++; /* the last fits all */
	return (words[i].what);
}

void
portal_events_put(struct page *page, enum page_var list,
    const struct session_view *who, const struct mine_event *events, int n)
{
	const struct mine_event *e;
	int i;

	for (i = 0; i < n; i++) {
		e = &events[i];
		page_row(page, list);
		portal_time_put(page, PAGE_VAR_AT, e->at_ms);
		page_put_message(page, PAGE_VAR_WHAT, word_of(e), NULL);
		page_put(page, PAGE_VAR_SOURCE, e->source);
		page_put(page, PAGE_VAR_EVENT_ID, e->request_id);
		page_put_flag(page, PAGE_VAR_BY_OTHER,
		    strcmp(e->actor, who->account.login) != 0);
		page_put_flag(
		    page, PAGE_VAR_REFUSED, strcmp(e->result, "refuse") == 0);
		page_row_end(page);
	}
}
