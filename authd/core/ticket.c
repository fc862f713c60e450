#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/cert.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/ticket.h"
#include "authd/core/ticket_fit.h"

static const char *const purposes[] = {
	[TICKET_NONE] = "none",
	[TICKET_FIRST] = "first",
	[TICKET_PHONE] = "phone",
	[TICKET_PASSWORD] = "password",
	[TICKET_CERTIFICATE] = "certificate",
};

static const char *const states[] = {
	[TICKET_UNKNOWN] = "unknown",
	[TICKET_OPEN] = "open",
	[TICKET_USED] = "used",
	[TICKET_VOID] = "void",
	[TICKET_EXPIRED] = "expired",
};

const char *
ticket_purpose_text(enum ticket_purpose p)
{
	if (p <= TICKET_NONE || p > TICKET_CERTIFICATE)
		return (purposes[TICKET_NONE]);
	return (purposes[p]);
}

const char *
ticket_state_text(enum ticket_state s)
{
	if (s <= TICKET_UNKNOWN || s > TICKET_EXPIRED)
		return (states[TICKET_UNKNOWN]);
	return (states[s]);
}

int
ticket_purpose_get(const char *text, enum ticket_purpose *out)
{
	int i;

	*out = TICKET_NONE;
	for (i = TICKET_FIRST; i <= TICKET_CERTIFICATE; i++)
		if (text != NULL && strcmp(text, purposes[i]) == 0)
			*out = (enum ticket_purpose)i;
	return (*out == TICKET_NONE ? ERR_INVALID : 0);
}

int
ticket_secret_fold(
    const char *in, size_t n, char out[TICKET_SECRET_LEN + 1])
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	size_t i, at = 0;
	char ch;

	for (i = 0; i < n; i++) {
		ch = in[i];
		if (ch == '-' || ch == ' ')
			continue;
		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch - 'A' + 'a');
		if (ch == 'o')
			ch = '0';
		if (ch == 'i' || ch == 'l')
			ch = '1';
		if (at == TICKET_SECRET_LEN || ch == '\0' ||
		    strchr(letters, ch) == NULL)
			break;
		out[at++] = ch;
	}
	if (i == n && at == TICKET_SECRET_LEN) {
		out[at] = '\0';
		return (0);
	}
	mem_wipe(out, TICKET_SECRET_LEN + 1);
	return (ERR_INVALID);
}

int
ticket_secret_hash(const char *secret, uint8_t hash[SESSION_HASH_LEN])
{
	if (strlen(secret) != TICKET_SECRET_LEN)
		return (ERR_INVALID);
	if (EVP_Digest(secret, TICKET_SECRET_LEN, hash, NULL, EVP_sha256(),
		NULL) != 1)
		return (ERR_NOMEM);
	return (0);
}

/* --- found --- */

/* Why it does nothing now, though nobody ended it; NULL: it does. */
static int
judge(struct core *c, struct act *act, const struct ticket_view *v,
    const char **why)
{
	struct cert row;
	int r;

	r = ticket_fit_why(
	    c, act, v->ticket.purpose, &v->account, &v->office, why);
	if (r != 0 || *why != NULL ||
	    v->ticket.purpose != TICKET_CERTIFICATE)
		return (r);
	r = c->store->ops->cert_by_serial(c->store, v->ticket.serial, &row);
	if (r == 0 && row.revoked_ms != 0)
		*why = "revoked";
	return (r);
}

/* What a row is now, with its account and office. */
static int
view(struct core *c, struct act *act, const struct ticket *row,
    struct ticket_view *v)
{
	const struct store_ops *ops = c->store->ops;
	const char *why = NULL;
	int r;

	v->ticket = *row;
	v->state = row->state;
	v->expires_ms =
	    act->now.wall_ms + row->until_steady - act->now.steady_ms;
	if ((r = ops->account_by_id(
		 c->store, &row->office, &row->account, &v->account)) != 0 ||
	    (r = ops->office_by_id(c->store, &row->office, &v->office)) != 0)
		return (r);
	if (v->state == TICKET_OPEN && row->until_steady <= act->now.steady_ms)
		v->state = TICKET_EXPIRED;
	else if (v->state == TICKET_OPEN &&
	    (r = judge(c, act, v, &why)) == 0 && why != NULL)
		v->state = TICKET_VOID;
	if (v->state != TICKET_OPEN)
		v->why = why != NULL ? why : ticket_state_text(v->state);
	return (r);
}

/* The end of every search: none is no error. */
static int
found(struct core *c, struct act *act, int r, const struct ticket *row,
    struct ticket_view *out)
{
	memset(out, 0, sizeof(*out));
	out->why = ticket_state_text(TICKET_UNKNOWN);
	if (r == 0) {
		out->why = NULL;
		r = view(c, act, row, out);
	}
	if (r == ERR_NOTFOUND) {
		memset(out, 0, sizeof(*out));
		out->why = ticket_state_text(TICKET_UNKNOWN);
		r = 0;
	}
	return (r);
}

int
ticket_look(struct core *c, struct act *act, const char *secret,
    struct ticket_view *out)
{
	uint8_t hash[SESSION_HASH_LEN];
	struct ticket row;
	int r;

	if ((r = ticket_secret_hash(secret, hash)) == 0)
		r = c->store->ops->ticket_find(c->store, hash, &row);
	else if (r == ERR_INVALID)
		r = ERR_NOTFOUND;
	return (found(c, act, r, &row, out));
}

int
ticket_held(struct core *c, struct act *act, const char *token,
    enum ticket_purpose purpose, struct ticket_view *out, bool *is_held)
{
	uint8_t hash[SESSION_HASH_LEN];
	struct ticket row;
	int r;

	*is_held = false;
	if ((r = token_hash(token, hash)) == 0)
		r = c->store->ops->ticket_held(c->store, hash, &row);
	else if (r == ERR_INVALID)
		r = ERR_NOTFOUND;
	if ((r = found(c, act, r, &row, out)) != 0)
		return (r);
	*is_held = out->state == TICKET_OPEN && purpose != TICKET_NONE &&
	    out->ticket.purpose == purpose &&
	    out->ticket.held_steady > act->now.steady_ms;
	return (0);
}

int
ticket_show(struct core *c, struct act *act, const char *id,
    struct ticket_view *out)
{
	struct ticket row;
	struct id key;
	int r = ERR_NOTFOUND;

	if (id_get_text(id, &key) == 0)
		r = c->store->ops->ticket_by_id(c->store, &key, &row);
	if ((r = found(c, act, r, &row, out)) != 0)
		return (r);
	if (out->state != TICKET_UNKNOWN &&
	    act_sees(act, &out->ticket.office))
		return (0);
	memset(out, 0, sizeof(*out));
	return (act_refuse(act, ERR_NOTFOUND, "no_such_ticket",
	    "There is no ticket with this id."));
}

/* --- ended --- */

static int
note(struct core *c, const struct act *act, const struct ticket_view *v,
    const char *action, const char *why)
{
	char detail[AUDIT_DETAIL_MAX + 1], id[ID_TEXT + 1];
	const struct journal_entry e = {
		.office = v->office.code,
		.account = v->account.login,
		.action = action,
		.result = "done",
		.reason = why,
		.detail = detail,
	};

	id_put_text(&v->ticket.id, id);
	snprintf(detail, sizeof(detail), "ticket=%s for=%s", id,
	    ticket_purpose_text(v->ticket.purpose));
	return (journal_add(c->journal, act, &e));
}

static int
over(struct act *act)
{
	return (act_refuse(act, ERR_WRONG_STATE, "ticket_over",
	    "The ticket is used, void or expired."));
}

int
ticket_use(struct core *c, struct act *act, const struct ticket_view *held)
{
	bool took;
	int r;

	if (held->state != TICKET_OPEN)
		return (over(act));
	r = c->store->ops->ticket_end(
	    c->store, &held->ticket, TICKET_USED, act->now.wall_ms, &took);
	if (r != 0)
		return (r);
	if (!took)
		return (over(act));
	return (note(c, act, held, "ticket.use", NULL));
}

/* Nobody has fetched it, and nobody can any more. */
static int
revoke(struct core *c, const struct act *act, const struct ticket *t)
{
	struct cert row;
	int r;

	if (t->purpose != TICKET_CERTIFICATE)
		return (0);
	r = c->store->ops->cert_by_serial(c->store, t->serial, &row);
	if (r == 0)
		r = cert_revoke_row(
		    c, act, &row, CERT_SUPERSEDED, "not_fetched");
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
ticket_end(struct core *c, const struct act *act, const struct ticket_view *v,
    enum ticket_state state, const char *why)
{
	bool took;
	int r;

	if (state == TICKET_USED)
		return (ERR_INVALID);
	r = c->store->ops->ticket_end(
	    c->store, &v->ticket, state, act->now.wall_ms, &took);
	if (r != 0 || !took)
		return (r);
	if ((r = revoke(c, act, &v->ticket)) != 0)
		return (r);
	return (note(c, act, v,
	    state == TICKET_EXPIRED ? "ticket.expire" : "ticket.void", why));
}

int
ticket_void(struct core *c, struct act *act, const char *id,
    struct ticket_view *out)
{
	int r;

	if ((r = ticket_show(c, act, id, out)) != 0)
		return (r);
	if (out->ticket.state != TICKET_OPEN)
		return (over(act));
	if ((r = ticket_end(c, act, out, TICKET_VOID, NULL)) != 0)
		return (r);
	return (ticket_show(c, act, id, out));
}

/* --- listed --- */

struct listing {
	struct core *c;
	struct act *act;
	const struct ticket_asked *asked;
	ticket_fn *fn;
	void *arg;
	int n;
	struct id last;
};

static int
on_row(void *arg, const struct ticket *row)
{
	struct listing *l = arg;
	struct ticket_view v;
	int r;

	l->n++;
	l->last = row->id;
	if (!act_sees(l->act, &row->office))
		return (0);
	memset(&v, 0, sizeof(v));
	if ((r = view(l->c, l->act, row, &v)) != 0)
		return (r);
	if (!l->asked->is_all && v.state != TICKET_OPEN)
		return (0);
	return (l->fn(l->arg, &v));
}

/* Whose are listed: ${office} and ${account} are NULL for all. */
static int
find_scope(struct core *c, struct act *act, const struct ticket_asked *asked,
    struct id keys[2], const struct id **office, const struct id **account)
{
	struct account a;
	struct office o;
	int r;

	*office = *account = NULL;
	if (asked->login != NULL) {
		if ((r = account_find(c, act, asked->login, &a)) != 0)
			return (r);
		keys[0] = a.office;
		keys[1] = a.id;
		*office = &keys[0];
		*account = &keys[1];
	} else if (asked->office != NULL) {
		if ((r = office_find(c, act, asked->office, &o)) != 0)
			return (r);
		keys[0] = o.id;
		*office = &keys[0];
	}
	return (0);
}

int
ticket_list(struct core *c, struct act *act, const struct ticket_asked *asked,
    ticket_fn *fn, void *arg, char last[ID_TEXT + 1])
{
	struct listing l = { c, act, asked, fn, arg, 0, { { 0 } } };
	const struct id *office, *account;
	struct id after, keys[2];
	int r;

	memset(&after, 0, sizeof(after));
	last[0] = '\0';
	if (asked->after != NULL && asked->after[0] != '\0' &&
	    id_get_text(asked->after, &after) != 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_ticket",
		    "There is no ticket with this id."));
	if ((r = find_scope(c, act, asked, keys, &office, &account)) != 0 ||
	    (r = c->store->ops->ticket_list(c->store, office, account, &after,
		 asked->limit, on_row, &l)) != 0)
		return (r);
	if (l.n == asked->limit)
		id_put_text(&l.last, last);
	return (0);
}

/* --- from time to time --- */

struct round {
	int n;
	struct ticket rows[TICKET_ROUND];
};

static int
collect(void *arg, const struct ticket *row)
{
	struct round *round = arg;

	round->rows[round->n++] = *row;
	return (0);
}

int
ticket_tick(struct core *c, struct act *act)
{
	struct ticket_view v;
	struct round *round;
	int gone, i, r;

	if ((round = calloc(1, sizeof(*round))) == NULL)
		return (ERR_NOMEM);
	r = c->store->ops->ticket_due(
	    c->store, act->now.steady_ms, TICKET_ROUND, collect, round);
	for (i = 0; r == 0 && i < round->n; i++)
		if ((r = found(c, act, 0, &round->rows[i], &v)) == 0 &&
		    v.state != TICKET_UNKNOWN)
			r = ticket_end(c, act, &v, TICKET_EXPIRED, NULL);
	free(round);
	if (r != 0)
		return (r);
	return (c->store->ops->ticket_forget(c->store,
	    act->now.wall_ms - TICKET_KEEP_MS, TICKET_ROUND, &gone));
}
