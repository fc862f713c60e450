#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/base/timetext.h"
#include "authd/core/account.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/live.h"
#include "authd/core/office.h"
#include "authd/core/terminals.h"

static int
on_admitted(void *arg, const struct account *row)
{
	struct terminals_view *v = arg;

	if (v->admitted_n < TERMINALS_ADMITTED_MAX)
		memcpy(
		    v->admitted[v->admitted_n], row->login, sizeof(row->login));
	v->admitted_n++;
	return (0);
}

struct looking {
	struct terminals_view *view;
	int64_t now_ms;
};

/* Oldest first: the last live one stays, else the last of all. */
static int
on_cert(void *arg, const struct cert *row)
{
	struct looking *l = arg;
	struct terminals_view *v = l->view;
	bool is_live = live_state(row, l->now_ms) == NULL;

	if (!v->has_cert || is_live || v->state != CERT_LIVE) {
		v->cert = *row;
		v->state = is_live ? CERT_LIVE : CERT_STATE_NONE;
	}
	v->has_cert = true;
	if (row->first_seen_ms != 0 &&
	    (v->first_seen_ms == 0 || row->first_seen_ms < v->first_seen_ms))
		v->first_seen_ms = row->first_seen_ms;
	if (row->last_seen_ms > v->last_seen_ms) {
		v->last_seen_ms = row->last_seen_ms;
		memcpy(
		    v->last_source, row->last_source, sizeof(v->last_source));
	}
	return (0);
}

/* Fill a view around the terminal that is in it already. */
static int
complete(struct core *c, const struct act *act, struct terminals_view *v)
{
	const struct store_ops *ops = c->store->ops;
	const struct terminal *t = &v->terminal;
	struct looking l = { v, act->now.wall_ms };
	struct cert_view cv;
	struct office office;
	int r;

	if ((r = ops->office_by_id(c->store, &t->office, &office)) != 0 ||
	    (r = ops->terminal_admitted(
		 c->store, &t->office, &t->id, on_admitted, v)) != 0 ||
	    (r = ops->cert_list(c->store, &t->office, &t->id, NULL, INT32_MAX,
		 on_cert, &l)) != 0)
		return (r);
	memcpy(v->office, office.code, sizeof(v->office));
	if (v->has_cert && (r = cert_view(c, act, &v->cert, &cv)) == 0)
		v->state = cv.state;
	return (r);
}

int
terminals_show(
    struct core *c, struct act *act, const char *id, struct terminals_view *out)
{
	struct id key;
	int r = ERR_NOTFOUND;

	memset(out, 0, sizeof(*out));
	if (id != NULL && id_get_text(id, &key) == 0)
		r = c->store->ops->terminal_get(c->store, &key, &out->terminal);
	if (r == 0 && !act_sees(act, &out->terminal.office))
		r = ERR_NOTFOUND;
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_terminal",
		    "There is no terminal with this id."));
	return (r == 0 ? complete(c, act, out) : r);
}

struct listing {
	struct core *c;
	const struct act *act;
	terminals_fn *fn;
	void *arg;
};

static int
on_terminal(void *arg, const struct terminal *row)
{
	struct listing *l = arg;
	struct terminals_view v;
	int r;

	memset(&v, 0, sizeof(v));
	v.terminal = *row;
	if ((r = complete(l->c, l->act, &v)) != 0)
		return (r);
	return (l->fn(l->arg, &v));
}

int
terminals_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, terminals_fn *fn, void *arg)
{
	struct listing l = { c, act, fn, arg };
	struct id from = { { 0 } };
	const struct id *only;
	struct office row;
	int r;

	if (after != NULL && after[0] != '\0' && id_get_text(after, &from) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_terminal",
		    "The place to go on after is no terminal id."));
	if ((r = office_scope(c, act, office, &row, &only)) != 0)
		return (r);
	return (c->store->ops->terminal_list(
	    c->store, only, &from, limit, on_terminal, &l));
}

int
terminals_of(struct core *c, struct act *act, const struct account *a,
    int limit, terminals_fn *fn, void *arg)
{
	struct listing l = { c, act, fn, arg };

	return (c->store->ops->terminal_of_account(
	    c->store, &a->office, &a->id, limit, on_terminal, &l));
}

static int
note(struct core *c, const struct act *act, const struct terminals_view *v,
    const char *account, const char *action, const char *detail)
{
	const struct journal_entry e = {
		.office = v->office,
		.account = account,
		.device = &v->terminal.id,
		.action = action,
		.result = "done",
		.detail = detail,
	};

	return (journal_add(c->journal, act, &e));
}

/* Name an account of the terminal's office, or name it no more. */
static int
change_admitted(struct core *c, struct act *act, const char *login,
    bool is_admitted, const struct terminals_view *v)
{
	const struct terminal *t = &v->terminal;
	struct account a;
	int r;

	if ((r = account_find(c, act, login, &a)) != 0)
		return (r);
	r = is_admitted
	    ? c->store->ops->terminal_admit(c->store, &t->office, &t->id, &a.id)
	    : c->store->ops->terminal_drop(c->store, &t->office, &t->id, &a.id);
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_account",
		    "The terminal's office has no account with this login."));
	if (r != 0)
		return (r);
	return (note(c, act, v, a.login,
	    is_admitted ? "terminal.admit" : "terminal.drop", NULL));
}

static int
take_input(
    struct act *act, const struct terminals_input *in, struct terminal *t)
{
	if (in->admit_all)
		t->admits_all = true;
	else if (in->admit_listed)
		t->admits_all = false;
	if (in->owner != NULL && strcmp(in->owner, "company") != 0 &&
	    strcmp(in->owner, "private") != 0)
		return (act_refuse(act, ERR_INVALID, "bad_owner",
		    "The owner is company or private."));
	if (in->owner != NULL)
		t->is_private = strcmp(in->owner, "private") == 0;
	if (in->label == NULL)
		return (0);
	if (!text_is_name(in->label) ||
	    text_copy(t->label, sizeof(t->label), in->label) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_label",
		    "The label must be 1 to 200 bytes of UTF-8 without "
		    "control characters."));
	return (0);
}

int
terminals_set(struct core *c, struct act *act, const char *id,
    const struct terminals_input *in, struct terminals_view *out)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	struct terminal *t = &out->terminal;
	struct guard g;
	int r;

	if ((r = terminals_show(c, act, id, out)) != 0 ||
	    (r = guard_open_office(c, act, &t->office, &g)) != 0)
		return (r);
	if (t->lost_ms != 0)
		return (act_refuse(act, ERR_WRONG_STATE, "terminal_lost",
		    "This terminal is lost; a new one is needed."));
	if ((r = take_input(act, in, t)) != 0)
		return (r);
	r = c->store->ops->terminal_set(c->store, t);
	if (r == ERR_EXISTS)
		return (act_refuse(act, r, "label_taken",
		    "The office has a terminal of this label already."));
	if (r == 0 && in->admit != NULL)
		r = change_admitted(c, act, in->admit, true, out);
	if (r == 0 && in->drop != NULL)
		r = change_admitted(c, act, in->drop, false, out);
	if (r != 0 || (r = guard_close(c, act, &g)) != 0)
		return (r);
	snprintf(detail, sizeof(detail), "owner=%s admits=%s",
	    t->is_private ? "private" : "company",
	    t->admits_all ? "all" : "named");
	if ((r = note(c, act, out, NULL, "terminal.set", detail)) != 0)
		return (r);
	return (terminals_show(c, act, id, out));
}

/* For each whose own it was: they read of it in what was changed of theirs. */
static int
note_lost(struct core *c, const struct act *act,
    const struct terminals_view *v, const char *detail)
{
	int i, r = 0;

	if (v->admitted_n == 0)
		return (note(c, act, v, NULL, "terminal.lost", detail));
	for (i = 0; r == 0 && i < v->admitted_n && i < TERMINALS_ADMITTED_MAX;
	     i++)
		r = note(c, act, v, v->admitted[i], "terminal.lost", detail);
	return (r);
}

int
terminals_lost(
    struct core *c, struct act *act, const char *id, struct terminals_view *out)
{
	char detail[AUDIT_DETAIL_MAX + 1], seen[TIMETEXT_MAX] = "never";
	struct session_pick opened = { .by = SESSION_BY_TERMINAL };
	struct terminal *t = &out->terminal;
	struct guard g;
	int r;

	if ((r = terminals_show(c, act, id, out)) != 0 || t->lost_ms != 0 ||
	    (r = guard_open_office(c, act, &t->office, &g)) != 0)
		return (r);
	t->lost_ms = act->now.wall_ms;
	if (out->last_seen_ms != 0)
		timetext_put(out->last_seen_ms, seen);
	snprintf(detail, sizeof(detail), "last_seen=%s%s%s", seen,
	    out->last_source[0] == '\0' ? "" : " last_source=",
	    out->last_source);
	if ((r = c->store->ops->terminal_set(c->store, t)) != 0 ||
	    (r = note_lost(c, act, out, detail)) != 0 ||
	    (r = cert_revoke_holder(c, act, &t->office, &t->id, NULL, CERT_LOST,
		 "terminal.lost")) != 0 ||
	    (r = guard_close(c, act, &g)) != 0)
		return (r);
	/* also when no certificate of it was left to be revoked */
	opened.office = t->office;
	opened.device = t->id;
	if ((r = c->store->ops->session_end(c->store, &opened, NULL)) != 0)
		return (r);
	return (terminals_show(c, act, id, out));
}
