#include <stdio.h>
#include <string.h>

#include "authd/core/change.h"
#include "authd/core/journal.h"

/* What is about to be done, for the log. */
struct what {
	const char *change, *app, *office, *login;
};

/* ${why} NULL: nothing stands against it. */
static int
judge(struct core *c, struct act *act, const struct what *w, const char *why,
    bool is_forced)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.office = w->office,
		.account = w->login,
		.action = "impact.force",
		.result = "done",
		.reason = why,
		.detail = detail,
	};

	if (why == NULL)
		return (0);
	if (!is_forced)
		return (act_refuse(act, ERR_WRONG_STATE, why,
		    strcmp(why, "locks_out_self") == 0
			? "This would lock out the person who asks for it. Let "
			  "somebody else do it, or force it."
			: "No administrator who gets in now would get in then. "
			  "Let one be able to first, or force it."));
	snprintf(detail, sizeof(detail), "change=%s%s%s", w->change,
	    w->app == NULL ? "" : " app=", w->app == NULL ? "" : w->app);
	return (journal_add(c->journal, act, &e));
}

int
change_app_set(struct core *c, struct act *act, const struct app_input *in,
    bool is_forced, struct app *out)
{
	struct what w = { .change = "app.set" };
	const char *why;
	struct app before;
	int r;

	if ((r = app_find(c, act, in->host, &before)) != 0 ||
	    (r = app_set(c, act, in, out)) != 0 ||
	    (r = impact_app_refusal(c, act, &before, out, &why)) != 0)
		return (r);
	w.app = out->host;
	return (judge(c, act, &w, why, is_forced));
}

int
change_app_remove(struct core *c, struct act *act, const char *host,
    bool is_forced, struct app *out)
{
	struct what w = { .change = "app.remove" };
	const char *why;
	struct app before;
	int r;

	if ((r = app_find(c, act, host, &before)) != 0 ||
	    (r = impact_app_refusal(c, act, &before, NULL, &why)) != 0)
		return (r);
	/* That nobody gets in is what is asked for. */
	if (why != NULL && strcmp(why, "locks_out_self") != 0)
		why = NULL;
	w.app = before.host;
	if ((r = judge(c, act, &w, why, is_forced)) != 0)
		return (r);
	return (app_remove(c, act, host, out));
}

int
change_account_set(struct core *c, struct act *act,
    const struct account_input *in, bool is_forced, struct account_view *out)
{
	struct what w = { .change = "account.set" };
	const char *why;
	struct account before;
	int r;

	if ((r = account_find(c, act, in->login, &before)) != 0 ||
	    (r = account_set(c, act, in, out)) != 0 ||
	    (r = impact_account_refusal(
		 c, act, &before, &out->account, &why)) != 0)
		return (r);
	w.login = out->account.login;
	w.office = out->office.code;
	return (judge(c, act, &w, why, is_forced));
}
