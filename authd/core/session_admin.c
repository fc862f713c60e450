#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/session_admin.h"
#include "authd/core/session_order.h"

static int
note(struct core *c, const struct act *act, const char *office,
    const char *login, const char *detail)
{
	const struct journal_entry e = {
		.office = office,
		.account = login,
		.action = "session.end",
		.result = "done",
		.detail = detail,
	};

	return (journal_add(c->journal, act, &e));
}

static int
end_one(struct core *c, struct act *act, const char *text, int *ended)
{
	struct session_pick pick = { .by = SESSION_BY_ID };
	char detail[AUDIT_DETAIL_MAX + 1];
	struct account a;
	struct office office;
	struct session row;
	int r = ERR_NOTFOUND;

	if (id_get_text(text, &pick.id) == 0)
		r = c->store->ops->session_by_id(c->store, &pick.id, &row);
	if (r == 0 && !act_sees(act, &row.office))
		r = ERR_NOTFOUND;
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_session",
		    "There is no session with this id."));
	if (r != 0)
		return (r);
	pick.office = row.office;
	pick.account = row.account;
	snprintf(detail, sizeof(detail), "session=%s", text);
	if ((r = c->store->ops->account_by_id(
		 c->store, &row.office, &row.account, &a)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &row.office, &office)) != 0 ||
	    (r = c->store->ops->session_end(c->store, &pick, ended)) != 0)
		return (r);
	return (note(c, act, office.code, a.login, detail));
}

static int
end_login(struct core *c, struct act *act, const char *login, int *ended)
{
	struct session_pick pick = { .by = SESSION_BY_ACCOUNT };
	char detail[AUDIT_DETAIL_MAX + 1];
	struct account a;
	struct office office;
	int r;

	if ((r = account_find(c, act, login, &a)) != 0)
		return (r);
	pick.office = a.office;
	pick.account = a.id;
	if ((r = c->store->ops->office_by_id(c->store, &a.office, &office)) !=
		0 ||
	    (r = c->store->ops->session_end(c->store, &pick, ended)) != 0)
		return (r);
	snprintf(detail, sizeof(detail), "ended=%d", *ended);
	return (note(c, act, office.code, a.login, detail));
}

int
session_admin_end(struct core *c, struct act *act,
    const struct session_target *target, int *ended)
{
	struct office office;
	int r;

	*ended = -1;
	if ((target->id != NULL) + (target->login != NULL) +
		(target->office != NULL) + target->is_all !=
	    1)
		return (act_refuse(act, ERR_INVALID, "bad_target",
		    "Say exactly one of a session, a login, an office, all."));
	if (target->id != NULL)
		return (end_one(c, act, target->id, ended));
	if (target->login != NULL)
		return (end_login(c, act, target->login, ended));
	if (target->is_all && act->person.is_set && !act->person.is_everywhere)
		return (act_refuse(act, ERR_DENIED, "root_only",
		    "These are also sessions of other offices."));
	if (target->is_all) {
		if ((r = session_order_end(c, act, NULL)) != 0)
			return (r);
		return (note(c, act, NULL, NULL, "all=1"));
	}
	if ((r = office_find(c, act, target->office, &office)) != 0 ||
	    (r = session_order_end(c, act, office.code)) != 0)
		return (r);
	return (note(c, act, office.code, NULL, "all=1"));
}

struct listing {
	struct core *c;
	const struct moment *now;
	session_admin_fn *fn;
	void *arg;
	int n;
	struct id last;
};

/* The application a session counts in, if any: of one that is shared what
 * stands for all of them (session_shared()). */
static int
find_app(struct core *c, const struct session *row, struct app *out)
{
	int r = c->store->ops->app_find(c->store, row->app, out);

	if (r != ERR_NOTFOUND || row->app[0] != '.' ||
	    strcmp(row->app + 1, c->policy->cookie_domain) != 0)
		return (r);
	memset(out, 0, sizeof(*out));
	return (text_copy(out->host, sizeof(out->host), row->app));
}

static int
list_row(void *arg, const struct session *row)
{
	struct listing *l = arg;
	struct session_view v;
	struct app app;
	int r = 0;

	l->n++;
	l->last = row->id;
	memset(&app, 0, sizeof(app));
	if (row->app[0] != '\0')
		r = find_app(l->c, row, &app);
	if (r == ERR_NOTFOUND)
		return (0); /* counts nowhere any more */
	if (r == 0)
		r = session_check(l->c, row,
		    row->app[0] != '\0' ? &app : NULL, l->now, &v);
	if (r == 0 && v.is_live)
		r = l->fn(l->arg, &v);
	return (r);
}

int
session_admin_list(struct core *c, struct act *act,
    const struct session_asked *in, session_admin_fn *fn, void *arg,
    char last[ID_TEXT + 1])
{
	struct listing l = { c, &act->now, fn, arg, 0, { { 0 } } };
	struct id after = { { 0 } };
	const struct id *only;
	struct account a;
	struct office office;
	int r = 0;

	last[0] = '\0';
	if (in->after != NULL && id_get_text(in->after, &after) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_session",
		    "The place to go on after is no session's id."));
	if (in->login != NULL && (r = account_find(c, act, in->login, &a)) == 0)
		r = c->store->ops->session_list(c->store, &a.office, &a.id,
		    &after, in->limit, list_row, &l);
	else if (in->login == NULL &&
	    (r = office_scope(c, act, in->office, &office, &only)) == 0)
		r = c->store->ops->session_list(
		    c->store, only, NULL, &after, in->limit, list_row, &l);
	if (r == 0 && l.n == in->limit)
		id_put_text(&l.last, last);
	return (r);
}
