#include <string.h>

#include "authd/base/fold.h"
#include "authd/core/account.h"
#include "authd/core/live.h"
#include "authd/core/terminal.h"

/* Alive, and its terminal in an office that works? Sets a->reason. */
static int
look(struct core *c, struct act *act, const uint8_t *der, size_t len,
    struct terminal_answer *a)
{
	int r;

	a->verdict = TERMINAL_REFUSE;
	r = live_look(c, act, der, len, CERT_TERMINAL, &a->cert, &a->reason);
	if (r != 0 || a->reason != NULL)
		return (r);
	a->reason = "no_terminal";
	r = c->store->ops->terminal_get(
	    c->store, &a->cert.holder, &a->terminal);
	if (r == 0)
		r = c->store->ops->office_by_id(
		    c->store, &a->terminal.office, &a->office);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	a->reason = NULL;
	if (a->terminal.lost_ms != 0)
		a->reason = "terminal_lost";
	else if (a->office.disabled_ms != 0)
		a->reason = "office_disabled";
	return (0);
}

struct admitted {
	const struct id *wanted; /* NULL: anybody */
	int64_t now_ms;
	const struct office *office;
	struct account one; /* the wanted one, or the first */
	bool is_found;
	int n, free_n; /* admitted; of them, those who may log in */
};

static int
on_admitted(void *arg, const struct account *row)
{
	struct admitted *d = arg;

	d->n++;
	if (account_obstacle(row, d->office, d->now_ms) == NULL)
		d->free_n++;
	if (d->wanted == NULL ? d->n == 1 : id_equal(d->wanted, &row->id)) {
		d->one = *row;
		d->is_found = true;
	}
	return (0);
}

/* Whom the terminal names, all of its office aside. */
static int
list_admitted(struct core *c, const struct act *act,
    const struct terminal_answer *a, const struct id *wanted,
    struct admitted *d)
{
	memset(d, 0, sizeof(*d));
	d->wanted = wanted;
	d->now_ms = act->now.wall_ms;
	d->office = &a->office;
	return (c->store->ops->terminal_admitted(
	    c->store, &a->office.id, &a->terminal.id, on_admitted, d));
}

/* Does the terminal admit this account? The account itself is not judged. */
static int
admits(struct core *c, const struct act *act, const struct account *account,
    struct terminal_answer *a)
{
	struct admitted d;
	int r;

	a->reason = "not_admitted";
	if (!id_equal(&account->office, &a->office.id))
		return (0);
	if ((r = list_admitted(c, act, a, &account->id, &d)) != 0)
		return (r);
	if (!d.is_found && !a->terminal.admits_all)
		return (0);
	a->account = *account;
	a->is_only_one = d.n == 1 && !a->terminal.admits_all;
	a->reason = NULL;
	return (0);
}

/* Anybody at all? The only one admitted is told by name. */
static int
admits_anybody(struct core *c, const struct act *act, struct terminal_answer *a)
{
	struct admitted d;
	int r;

	if (a->terminal.admits_all)
		return (0);
	if ((r = list_admitted(c, act, a, NULL, &d)) != 0)
		return (r);
	if (d.n == 0)
		a->reason = "admits_nobody";
	else if (d.free_n == 0)
		a->reason = d.n > 1
		    ? "disabled"
		    : account_obstacle(&d.one, &a->office, act->now.wall_ms);
	else if (d.n == 1) {
		a->account = d.one;
		a->is_only_one = true;
	}
	return (0);
}

int
terminal_of(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const struct account *account, struct terminal_answer *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	memcpy(out->asked, account->login, sizeof(out->asked));
	if ((r = look(c, act, der, len, out)) == 0 && out->reason == NULL)
		r = admits(c, act, account, out);
	if (r == 0 && out->reason == NULL)
		out->verdict = TERMINAL_ACCEPT;
	return (r);
}

static int
check_login(struct core *c, struct act *act, const char *login,
    struct terminal_answer *a)
{
	struct account account;
	int r;

	if ((r = fold_login(login, a->asked)) == ERR_NOMEM)
		return (r);
	r = r != 0 ? ERR_NOTFOUND
		   : c->store->ops->account_find(c->store, a->asked, &account);
	if (r == ERR_NOTFOUND) {
		a->reason = a->reason == NULL ? "unknown_login" : a->reason;
		return (0);
	}
	if (r != 0 || a->reason != NULL)
		return (r);
	if ((r = admits(c, act, &account, a)) == 0 && a->reason == NULL)
		a->reason =
		    account_obstacle(&account, &a->office, act->now.wall_ms);
	return (r);
}

int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = look(c, act, der, len, out)) != 0)
		return (r);
	if (login != NULL)
		r = check_login(c, act, login, out);
	else if (out->reason == NULL)
		r = admits_anybody(c, act, out);
	if (r != 0)
		return (r);
	if (out->reason == NULL)
		out->verdict = TERMINAL_ACCEPT;
	return (0);
}

void
terminal_seen(
    struct core *c, const struct act *act, const struct terminal_answer *a)
{
	live_seen(c, act, &a->cert, a->asked,
	    a->verdict == TERMINAL_ACCEPT ? NULL : a->reason);
}
