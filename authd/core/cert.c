#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/cert.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/live.h"
#include "authd/core/office.h"

#define HOLDER_MAX 64 /* certificates of one holder looked at in a row */

void
cert_serial_put(
    const uint8_t serial[CERT_SERIAL_LEN], char out[CERT_SERIAL_TEXT + 1])
{
	size_t i;

	text_put_hex(serial, CERT_SERIAL_LEN, out);
	for (i = 0; out[i] != '\0'; i++)
		out[i] = (char)toupper((unsigned char)out[i]);
}

int
cert_serial_get(const char *text, uint8_t out[CERT_SERIAL_LEN])
{
	char full[CERT_SERIAL_TEXT + 1];
	size_t i, n = strlen(text), zeros;

	memset(out, 0, CERT_SERIAL_LEN);
	if (n == 0 || n > CERT_SERIAL_TEXT)
		return (ERR_INVALID);
	zeros = CERT_SERIAL_TEXT - n;
	memset(full, '0', zeros);
	for (i = 0; i <= n; i++)
		full[zeros + i] = (char)tolower((unsigned char)text[i]);
	return (text_get_hex(full, out, CERT_SERIAL_LEN));
}

const char *
cert_state_text(enum cert_state s)
{
	switch (s) {
	case CERT_LIVE:
		return ("live");
	case CERT_NOT_YET:
		return ("not_yet_valid");
	case CERT_EXPIRED:
		return ("expired");
	case CERT_REVOKED:
		return ("revoked");
	case CERT_STATE_NONE:
		break;
	}
	return ("none");
}

static const char *const reasons[] = {
	[CERT_NOT_REVOKED] = "",
	[CERT_UNSPECIFIED] = "unspecified",
	[CERT_LOST] = "lost",
	[CERT_SUPERSEDED] = "superseded",
	[CERT_LEFT] = "left",
};

const char *
cert_reason_text(enum cert_reason r)
{
	return (r < CERT_NOT_REVOKED || r > CERT_LEFT ? "" : reasons[r]);
}

int
cert_reason_get(const char *text, enum cert_reason *out)
{
	int i;

	*out = CERT_UNSPECIFIED;
	if (text == NULL)
		return (0);
	for (i = CERT_UNSPECIFIED; i <= CERT_LEFT; i++)
		if (strcmp(text, reasons[i]) == 0) {
			*out = (enum cert_reason)i;
			return (0);
		}
	return (ERR_INVALID);
}

static int
no_such(struct act *act)
{
	return (act_refuse(act, ERR_NOTFOUND, "no_such_certificate",
	    "There is no certificate with this serial number."));
}

int
cert_find(struct core *c, struct act *act, const char *serial, struct cert *out)
{
	uint8_t bytes[CERT_SERIAL_LEN];
	int r = ERR_NOTFOUND;

	if (serial != NULL && cert_serial_get(serial, bytes) == 0)
		r = c->store->ops->cert_by_serial(c->store, bytes, out);
	if (r == 0 && !act_sees(act, &out->office))
		r = ERR_NOTFOUND;
	return (r == ERR_NOTFOUND ? no_such(act) : r);
}

static enum cert_state
state_of(const struct cert *row, int64_t wall_ms)
{
	if (row->revoked_ms != 0)
		return (CERT_REVOKED);
	if (live_state(row, wall_ms) == NULL)
		return (CERT_LIVE);
	return (wall_ms > row->not_after_ms ? CERT_EXPIRED : CERT_NOT_YET);
}

void
cert_view_begin(
    const struct act *act, const struct cert *row, struct cert_view *out)
{
	memset(out, 0, sizeof(*out));
	out->cert = *row;
	out->state = state_of(row, act->now.wall_ms);
}

int
cert_view(struct core *c, const struct act *act, const struct cert *row,
    struct cert_view *out)
{
	const struct store_ops *ops = c->store->ops;
	struct office office;
	struct host host;
	int r;

	cert_view_begin(act, row, out);
	if (row->kind == CERT_HOST) {
		r = ops->host_by_id(c->store, &row->holder, &host);
		if (r == 0)
			memcpy(out->host, host.name, sizeof(out->host));
		return (r);
	}
	r = ops->terminal_get(c->store, &row->holder, &out->terminal);
	if (r == 0)
		r = ops->office_by_id(c->store, &row->office, &office);
	if (r == 0)
		memcpy(out->office, office.code, sizeof(out->office));
	return (r);
}

int
cert_show(
    struct core *c, struct act *act, const char *serial, struct cert_view *out)
{
	struct cert row;
	int r;

	if ((r = cert_find(c, act, serial, &row)) != 0)
		return (r);
	return (cert_view(c, act, &row, out));
}

struct listing {
	struct core *c;
	const struct act *act;
	cert_fn *fn;
	void *arg;
};

static int
on_cert(void *arg, const struct cert *row)
{
	struct listing *l = arg;
	struct cert_view v;
	int r;

	if ((r = cert_view(l->c, l->act, row, &v)) != 0)
		return (r);
	return (l->fn(l->arg, &v));
}

int
cert_list(struct core *c, struct act *act, const char *office,
    const char *terminal, const char *after, int limit, cert_fn *fn, void *arg)
{
	const struct store_ops *ops = c->store->ops;
	struct listing l = { c, act, fn, arg };
	const struct id *only;
	struct cert from, *start = NULL;
	struct terminal t;
	struct office o;
	struct id id;
	int r;

	if (after != NULL && after[0] != '\0') {
		if ((r = cert_find(c, act, after, &from)) != 0)
			return (r);
		start = &from;
	}
	if (terminal != NULL) {
		r = id_get_text(terminal, &id) != 0
		    ? ERR_NOTFOUND
		    : ops->terminal_get(c->store, &id, &t);
		if (r == 0 && !act_sees(act, &t.office))
			r = ERR_NOTFOUND;
		if (r == ERR_NOTFOUND)
			return (act_refuse(act, r, "no_such_terminal",
			    "There is no terminal with this id."));
		if (r != 0)
			return (r);
		return (ops->cert_list(
		    c->store, &t.office, &t.id, start, limit, on_cert, &l));
	}
	if ((r = office_scope(c, act, office, &o, &only)) != 0)
		return (r);
	return (ops->cert_list(
	    c->store, only, NULL, start, limit, on_cert, &l));
}

/* Whose terminal it is: told when there is exactly one. */
struct owner {
	char login[LOGIN_MAX + 1];
	int n;
};

static int
on_owner(void *arg, const struct account *row)
{
	struct owner *o = arg;

	if (o->n++ == 0)
		memcpy(o->login, row->login, sizeof(o->login));
	else
		o->login[0] = '\0';
	return (0);
}

static int
note(struct core *c, const struct act *act, const struct cert_view *v,
    const char *reason, const char *by)
{
	char detail[AUDIT_DETAIL_MAX + 1], serial[CERT_SERIAL_TEXT + 1];
	struct owner owner = { "", 0 };
	const struct journal_entry e = {
		.office = v->office,
		.account = owner.login,
		.device = v->cert.kind == CERT_HOST ? NULL : &v->cert.holder,
		.action = "cert.revoke",
		.result = "done",
		.reason = reason,
		.detail = detail,
	};
	int r;

	if (v->cert.kind == CERT_TERMINAL && !v->terminal.admits_all &&
	    (r = c->store->ops->terminal_admitted(c->store,
		 &v->terminal.office, &v->terminal.id, on_owner, &owner)) != 0)
		return (r);
	cert_serial_put(v->cert.serial, serial);
	snprintf(detail, sizeof(detail), "serial=%s%s%s%s%s", serial,
	    v->host[0] == '\0' ? "" : " host=", v->host,
	    by == NULL ? "" : " by=", by == NULL ? "" : by);
	return (journal_add(c->journal, act, &e));
}

int
cert_revoke_row(struct core *c, const struct act *act, const struct cert *row,
    enum cert_reason reason, const char *by)
{
	const struct session_pick opened = { .by = SESSION_BY_TERMINAL,
		.office = row->office,
		.device = row->holder };
	struct cert_view v;
	int r;

	r = c->store->ops->cert_revoke(c->store, row, reason, act->now.wall_ms);
	if (r == ERR_WRONG_STATE)
		return (0);
	/* Logins at that terminal end, unless it goes on with a newer one. */
	if (r == 0 && row->kind == CERT_TERMINAL && reason != CERT_SUPERSEDED)
		r = c->store->ops->session_end(c->store, &opened, NULL);
	if (r != 0 || (r = cert_view(c, act, row, &v)) != 0)
		return (r);
	c->has_revoked = true;
	return (note(c, act, &v, cert_reason_text(reason), by));
}

int
cert_revoke(struct core *c, struct act *act, const char *serial,
    enum cert_reason reason, struct cert_view *out)
{
	struct guard g;
	int r;

	if ((r = cert_show(c, act, serial, out)) != 0)
		return (r);
	if (out->cert.revoked_ms != 0)
		return (act_refuse(act, ERR_WRONG_STATE, "revoked",
		    "This certificate was revoked before."));
	/* A server's is of no office, and nobody's way in. */
	if (out->cert.kind == CERT_TERMINAL)
		r = guard_open_office(c, act, &out->cert.office, &g);
	else
		memset(&g, 0, sizeof(g));
	if (r != 0 ||
	    (r = cert_revoke_row(c, act, &out->cert, reason, NULL)) != 0 ||
	    (r = guard_close(c, act, &g)) != 0)
		return (r);
	return (cert_show(c, act, serial, out));
}

/* Live ones of a holder, in the order of their issue. */
struct held {
	const struct cert *before; /* NULL: all */
	struct cert last;
	int n, live_n;
	struct {
		struct id office;
		uint8_t serial[CERT_SERIAL_LEN];
	} live[HOLDER_MAX];
};

static int
on_held(void *arg, const struct cert *row)
{
	struct held *h = arg;

	h->n++;
	h->last = *row;
	if (row->revoked_ms != 0 ||
	    (h->before != NULL &&
		(row->issued_ms > h->before->issued_ms ||
		    memcmp(row->serial, h->before->serial, CERT_SERIAL_LEN) ==
			0)))
		return (0);
	h->live[h->live_n].office = row->office;
	memcpy(h->live[h->live_n++].serial, row->serial, CERT_SERIAL_LEN);
	return (0);
}

int
cert_revoke_holder(struct core *c, const struct act *act,
    const struct id *office, const struct id *holder, const struct cert *before,
    enum cert_reason reason, const char *by)
{
	const struct store_ops *ops = c->store->ops;
	struct held h;
	struct cert row;
	int i, r = 0;

	memset(&h, 0, sizeof(h));
	h.before = before;
	do {
		h.live_n = h.n = 0;
		row = h.last;
		r = ops->cert_list(c->store, office, holder,
		    row.kind == CERT_NONE ? NULL : &row, HOLDER_MAX, on_held,
		    &h);
		for (i = 0; r == 0 && i < h.live_n; i++)
			if ((r = ops->cert_by_serial(
				 c->store, h.live[i].serial, &row)) == 0)
				r = cert_revoke_row(c, act, &row, reason, by);
	} while (r == 0 && h.n == HOLDER_MAX);
	return (r);
}
