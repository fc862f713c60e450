#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/fold.h"
#include "authd/core/account_input.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/rights.h"

#define DAY_MS (24 * 3600 * 1000LL)

enum account_status
account_status(const struct account *a)
{
	if (a->disabled_ms != 0)
		return (ACCOUNT_DISABLED);
	return (a->approved_ms != 0 ? ACCOUNT_ACTIVE : ACCOUNT_PENDING);
}

int64_t
account_leaves_ms(const struct account *a)
{
	return (a->leaves_on_ms == 0 ? 0 : a->leaves_on_ms + DAY_MS);
}

const char *
account_obstacle(
    const struct account *a, const struct office *office, int64_t wall_ms)
{
	switch (account_status(a)) {
	case ACCOUNT_ACTIVE:
		break;
	case ACCOUNT_PENDING:
		return ("not_approved");
	case ACCOUNT_DISABLED:
	case ACCOUNT_NONE:
	default:
		return ("disabled");
	}
	if (office->disabled_ms != 0)
		return ("office_disabled");
	if (a->leaves_on_ms != 0 && wall_ms >= account_leaves_ms(a))
		return ("left");
	return (NULL);
}

static int
find_confirmed(void *arg, const struct phone *row)
{
	bool *ever = arg;

	*ever = *ever || row->confirmed_ms != 0;
	return (0);
}

int
account_enrolled(struct core *c, const struct account *a, bool *ever)
{
	*ever = false;
	return (c->store->ops->phone_list(
	    c->store, &a->office, &a->id, find_confirmed, ever));
}

int
account_late(
    struct core *c, const struct account *a, int64_t wall_ms, bool *late)
{
	bool ever = false;
	int r;

	*late = a->enrol_by_ms != 0 && wall_ms >= a->enrol_by_ms + DAY_MS;
	if (!*late)
		return (0);
	r = account_enrolled(c, a, &ever);
	*late = !ever; /* also when it cannot be told */
	return (r);
}

int
account_state(struct core *c, struct act *act, const char *login,
    struct account_state *out)
{
	struct account_view v;
	bool late;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = account_show(c, act, login, &v)) != 0 ||
	    (r = account_enrolled(c, &v.account, &out->is_enrolled)) != 0 ||
	    (r = account_late(c, &v.account, act->now.wall_ms, &late)) != 0)
		return (r);
	memcpy(out->login, v.account.login, sizeof(out->login));
	out->status = v.status;
	out->enrol_by_ms = v.account.enrol_by_ms;
	out->obstacle =
	    account_obstacle(&v.account, &v.office, act->now.wall_ms);
	if (out->obstacle == NULL && late)
		out->obstacle = "enrol_by_passed";
	return (0);
}

static int
note(struct core *c, const struct act *act, const struct office *office,
    const struct account *a, const char *action, const char *detail)
{
	const struct journal_entry e = {
		.office = office->code,
		.account = a->login,
		.action = action,
		.result = "done",
		.detail = detail,
	};

	return (journal_add(c->journal, act, &e));
}

/* What an auditor wants to know of rights, without personal data. */
static void
describe(const struct account *a, char *out, size_t size)
{
	snprintf(out, size, "class=%s level=%d roles=%u groups=%.400s",
	    a->class == CLASS_PRIVILEGED ? "privileged" : "general", a->level,
	    a->roles, a->groups);
}

struct collect {
	struct account_view *view;
	int64_t now_ms;
};

/* Keep pending and active phones; there are at most PHONES_MAX + 1. */
static int
collect_phone(void *arg, const struct phone *row)
{
	struct collect *to = arg;
	struct account_view *v = to->view;

	if (row->state != PHONE_ACTIVE &&
	    (row->state != PHONE_PENDING || row->expires_ms <= to->now_ms))
		return (0);
	if (v->phones_n <= PHONES_MAX)
		v->phones[v->phones_n++] = *row;
	return (0);
}

/* Fill a view around the account that is in it already. */
static int
complete(struct core *c, const struct act *act, struct account_view *v)
{
	struct account *a = &v->account;
	struct collect to = { v, act->now.wall_ms };
	int r;

	v->phones_n = 0;
	v->status = account_status(a);
	if ((r = c->store->ops->office_by_id(
		 c->store, &a->office, &v->office)) != 0 ||
	    (r = lock_summary(
		 c, a, &act->now, &v->lock, &v->locked_until_ms)) != 0)
		return (r);
	return (c->store->ops->phone_list(
	    c->store, &a->office, &a->id, collect_phone, &to));
}

int
account_find(
    struct core *c, struct act *act, const char *login, struct account *out)
{
	char folded[LOGIN_MAX + 1];
	int r;

	/* What is no login is asked for as well, and costs the same time. */
	if (login == NULL || fold_login(login, folded) != 0)
		folded[0] = '\0';
	r = c->store->ops->account_find(c->store, folded, out);
	if (r == 0 && (folded[0] == '\0' || !act_sees(act, &out->office)))
		r = ERR_NOTFOUND;
	if (r == ERR_NOTFOUND) {
		memset(out, 0, sizeof(*out)); /* whoever looks nevertheless */
		return (act_refuse(act, r, "no_such_account",
		    "There is no account with this login."));
	}
	return (r);
}

static int
ignore_phone(void *arg, const struct phone *row)
{
	(void)arg;
	(void)row;
	return (0);
}

static int
ignore_counter(void *arg, const struct counter *row)
{
	(void)arg;
	(void)row;
	return (0);
}

int
account_decoy(struct core *c)
{
	static const struct id nobody;
	const struct store_ops *ops = c->store->ops;
	struct account account;
	struct office office;
	int r;

	r = ops->account_by_id(c->store, &nobody, &nobody, &account);
	if (r == 0 || r == ERR_NOTFOUND)
		r = ops->office_by_id(c->store, &nobody, &office);
	if (r == 0 || r == ERR_NOTFOUND)
		r = ops->phone_list_active(
		    c->store, &nobody, &nobody, ignore_phone, NULL);
	if (r == 0 || r == ERR_NOTFOUND)
		r = ops->counter_list(
		    c->store, &nobody, &nobody, ignore_counter, NULL);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
account_decoy_password(struct core *c)
{
	static const struct id nobody;
	struct password row;
	int r;

	if ((r = account_decoy(c)) != 0)
		return (r);
	r = c->store->ops->password_get(c->store, &nobody, &nobody, &row);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
account_decoy_login(struct core *c)
{
	static const struct id nobody;
	int left, r;

	/* once to read the account again, once to show it */
	if ((r = account_decoy_password(c)) != 0 ||
	    (r = account_decoy(c)) != 0)
		return (r);
	r = c->store->ops->recovery_count(c->store, &nobody, &nobody, &left);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
account_show(struct core *c, struct act *act, const char *login,
    struct account_view *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = account_find(c, act, login, &out->account)) != 0)
		return (r);
	return (complete(c, act, out));
}

int
account_add(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	struct office office;
	struct account a;
	int r;

	memset(&a, 0, sizeof(a));
	if (in->login == NULL || fold_login(in->login, a.login) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_login",
		    "A login is 2 to 64 of a-z 0-9 . _ -"));
	if (in->name == NULL)
		return (act_refuse(
		    act, ERR_INVALID, "bad_name", "An account needs a name."));
	a.class = CLASS_GENERAL;
	a.level = 1;
	if ((r = office_find(c, act, in->office, &office)) != 0 ||
	    (r = account_input_take(c->policy, act, in, &a)) != 0 ||
	    (r = rights_give(act, NULL, &a)) != 0 ||
	    /* root, admin: no office has these to give */
	    (act->person.is_set &&
		(r = account_input_forbidden(c->policy, act, a.login)) != 0) ||
	    (r = id_new(act->now.wall_ms, &a.id)) != 0)
		return (r);
	a.office = office.id;
	a.created_ms = act->now.wall_ms;
	a.approved_ms = act->now.wall_ms;
	r = c->store->ops->account_add(c->store, &a);
	if (r == ERR_EXISTS)
		return (act_refuse(act, r, "login_taken",
		    "This login or unix user belongs to an account already."));
	if (r != 0)
		return (r);
	describe(&a, detail, sizeof(detail));
	if ((r = note(c, act, &office, &a, "account.add", detail)) != 0)
		return (r);
	memset(out, 0, sizeof(*out));
	out->account = a;
	return (complete(c, act, out));
}

struct first {
	struct ticket row;
	bool is_found;
};

/* ERR_LIMIT ends the listing: at most one of a purpose is open. */
static int
on_ticket(void *arg, const struct ticket *row)
{
	struct first *f = arg;

	if (row->state != TICKET_OPEN || row->purpose != TICKET_FIRST)
		return (0);
	f->row = *row;
	f->is_found = true;
	return (ERR_LIMIT);
}

/* Whoever holds a first ticket becomes that person, by the login alone: one
 * that was made when this was less ends. */
static int
void_first(struct core *c, const struct act *act, const struct account_view *v)
{
	static const struct id from_the_first;
	char detail[AUDIT_DETAIL_MAX + 1], id[ID_TEXT + 1];
	struct first f = { .is_found = false };
	bool took = false;
	int r;

	r = c->store->ops->ticket_list(c->store, &v->account.office,
	    &v->account.id, &from_the_first, INT32_MAX, on_ticket, &f);
	if ((r != 0 && r != ERR_LIMIT) || !f.is_found)
		return (r);
	r = c->store->ops->ticket_end(
	    c->store, &f.row, TICKET_VOID, act->now.wall_ms, &took);
	if (r != 0 || !took)
		return (r);
	id_put_text(&f.row.id, id);
	snprintf(detail, sizeof(detail), "ticket=%s for=first by=account.set",
	    id);
	return (
	    note(c, act, &v->office, &v->account, "ticket.void", detail));
}

int
account_set(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	struct account before;
	struct guard g;
	int r;

	if ((r = account_show(c, act, in->login, out)) != 0 ||
	    (r = guard_open(c, act, &out->account, &g)) != 0)
		return (r);
	before = out->account;
	if (in->office != NULL)
		return (act_refuse(act, ERR_INVALID, "fixed",
		    "An account's office never changes."));
	if ((r = account_input_take(c->policy, act, in, &out->account)) != 0 ||
	    (r = rights_change(act, &before)) != 0 ||
	    (r = rights_give(act, &before, &out->account)) != 0)
		return (r);
	r = c->store->ops->account_set(c->store, &out->account);
	if (r == ERR_EXISTS)
		return (act_refuse(act, r, "login_taken",
		    "This unix user belongs to another account."));
	if (r != 0 || (r = guard_close(c, act, &g)) != 0)
		return (r);
	if (rights_raised(&before, &out->account) &&
	    (r = void_first(c, act, out)) != 0)
		return (r);
	describe(&out->account, detail, sizeof(detail));
	return (
	    note(c, act, &out->office, &out->account, "account.set", detail));
}

int
account_enable(struct core *c, struct act *act, const char *login,
    bool is_enabled, struct account_view *out)
{
	struct guard g;
	struct session_pick all = { .by = SESSION_BY_ACCOUNT };
	int r;

	if ((r = account_show(c, act, login, out)) != 0 ||
	    (r = rights_change(act, &out->account)) != 0 ||
	    (r = guard_open(c, act, &out->account, &g)) != 0)
		return (r);
	all.office = out->account.office;
	all.account = out->account.id;
	if (is_enabled)
		out->account.disabled_ms = 0;
	else if (out->account.disabled_ms == 0)
		out->account.disabled_ms = act->now.wall_ms;
	out->status = account_status(&out->account);
	if ((r = c->store->ops->account_set(c->store, &out->account)) != 0 ||
	    (r = guard_close(c, act, &g)) != 0)
		return (r);
	/* for good: being admitted again brings none of them back */
	if (!is_enabled &&
	    (r = c->store->ops->session_end(c->store, &all, NULL)) != 0)
		return (r);
	return (note(c, act, &out->office, &out->account,
	    is_enabled ? "account.enable" : "account.disable", NULL));
}

int
account_unlock(struct core *c, struct act *act, const char *login,
    struct account_view *out)
{
	struct account *a = &out->account;
	int r;

	if ((r = account_show(c, act, login, out)) != 0 ||
	    (r = c->store->ops->counter_clear(c->store, &a->office, &a->id)) !=
		0 ||
	    (r = note(c, act, &out->office, a, "account.unlock", NULL)) != 0)
		return (r);
	return (
	    lock_summary(c, a, &act->now, &out->lock, &out->locked_until_ms));
}

int
account_remove(
    struct core *c, struct act *act, const char *login, struct account *out)
{
	struct account_view v;
	struct guard g;
	int r;

	if ((r = account_show(c, act, login, &v)) != 0 ||
	    (r = guard_open(c, act, &v.account, &g)) != 0 ||
	    (r = c->store->ops->account_remove(
		 c->store, &v.account.office, &v.account.id)) != 0 ||
	    (r = guard_close(c, act, &g)) != 0 ||
	    /* last: who means himself is told that */
	    (r = rights_reset(act, &v.account)) != 0 ||
	    (r = note(c, act, &v.office, &v.account, "account.remove", NULL)) !=
		0)
		return (r);
	*out = v.account;
	return (0);
}

int
account_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, store_account_fn *fn, void *arg)
{
	char folded[LOGIN_MAX + 1] = "";
	const struct id *only;
	struct office row;
	int r;

	if (after != NULL && after[0] != '\0' && fold_login(after, folded) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_login",
		    "The place to go on after is no login."));
	if ((r = office_scope(c, act, office, &row, &only)) != 0)
		return (r);
	return (c->store->ops->account_list(
	    c->store, only, folded, limit, fn, arg));
}
