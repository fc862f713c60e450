#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/journal.h"
#include "authd/core/password.h"
#include "authd/core/rights.h"
#include "authd/core/terminals.h"
#include "authd/core/ticket_fit.h"
#include "authd/core/ticket_make.h"
#include "authd/core/ticket_prove.h"

#define HOUR_MS (3600 * INT64_C(1000))
#define TERMINALS_AT_ONCE 100

/* Why it was not made, for whoever wants it made. */
static const struct {
	const char *code, *detail;
} reasons[] = {
	{ "not_approved", "The account is not approved yet." },
	{ "disabled", "The account is disabled." },
	{ "office_disabled", "The office is disabled." },
	{ "left", "The account's last day is over." },
	{ "already_enrolled",
	    "The account is enrolled already: a ticket for a phone asks the "
	    "password, one for a password a code. When both are lost: account "
	    "reset, then a first ticket." },
	{ "enrol_by_passed",
	    "The last day to enrol is over: set another one first." },
	{ "no_password",
	    "The account has no password that could be asked: it needs a "
	    "first ticket, or account reset before." },
	{ "password_due",
	    "The password must be changed, so it proves nothing: when the "
	    "phone is lost as well, account reset, then a first ticket." },
	{ "not_enrolled",
	    "The account has neither phone nor recovery codes, so no code "
	    "could be asked: it needs a first ticket." },
};

static int
refuse(struct act *act, const char *why)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].code, why) == 0)
			return (act_refuse(act, ERR_WRONG_STATE, why,
			    reasons[i].detail));
	return (act_refuse(act, ERR_WRONG_STATE, why,
	    "The account can use no ticket now."));
}

static int
take(struct act *act, struct ticket_make *q)
{
	if (ticket_purpose_get(q->purpose, &q->kind) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_purpose",
		    "A ticket is for first, phone, password or certificate."));
	if (q->hours < 0 || q->hours > TICKET_MAKE_HOURS_MAX)
		return (act_refuse(act, ERR_INVALID, "bad_hours",
		    "A ticket is good for 1 to 720 hours."));
	if (q->hours == 0)
		q->hours = q->kind == TICKET_CERTIFICATE
		    ? TICKET_MAKE_HOURS_CERTIFICATE
		    : TICKET_MAKE_HOURS;
	if (q->label == NULL ? q->kind == TICKET_CERTIFICATE
			     : !text_is_name(q->label))
		return (act_refuse(act, ERR_INVALID, "bad_label",
		    "The label must be 1 to 200 bytes of UTF-8 without "
		    "control characters; a certificate's terminal needs one."));
	if (q->kind == TICKET_PASSWORD && q->label != NULL)
		return (act_refuse(act, ERR_INVALID, "bad_label",
		    "A label names a phone or a terminal."));
	if (q->kind != TICKET_CERTIFICATE && q->owner != NULL)
		return (act_refuse(act, ERR_INVALID, "bad_owner",
		    "Only a certificate's terminal has an owner."));
	return (0);
}

/* --- may it be made --- */

static int
count_active(void *arg, const struct phone *row)
{
	int *n = arg;

	(void)row;
	(*n)++;
	return (0);
}

static int
check_room(struct core *c, struct act *act, const struct account *a)
{
	int n = 0, r;

	r = c->store->ops->phone_list_active(
	    c->store, &a->office, &a->id, count_active, &n);
	if (r == 0 && n >= PHONES_MAX)
		return (act_refuse(act, ERR_LIMIT, "too_many_phones",
		    "The account has 5 phones; revoke one first."));
	return (r);
}

struct terminal_search {
	const char *login;
	bool is_there;
	int n;
	char last[ID_TEXT + 1];
};

static int
on_terminal(void *arg, const struct terminals_view *v)
{
	struct terminal_search *s = arg;
	bool admits = v->terminal.admits_all;
	int i;

	s->n++;
	id_put_text(&v->terminal.id, s->last);
	for (i = 0; i < v->admitted_n && i < TERMINALS_ADMITTED_MAX; i++)
		admits = admits || strcmp(v->admitted[i], s->login) == 0;
	s->is_there = s->is_there ||
	    (admits && v->terminal.lost_ms == 0 && v->has_cert &&
		v->state == CERT_LIVE);
	return (0);
}

/*
 * Whoever has a password of his own and a live terminal is in without a phone:
 * a slip that asks the login alone would replace both.
 */
static int
check_two(struct core *c, struct act *act, const struct account *a,
    const struct office *office)
{
	struct terminal_search s = { .login = a->login };
	const char *why;
	int r;

	r = ticket_fit_why(c, act, TICKET_PHONE, a, office, &why);
	if (r != 0 || why != NULL)
		return (r); /* there is no password that counts */
	do {
		s.n = 0;
		r = terminals_list(c, act, office->code, s.last,
		    TERMINALS_AT_ONCE, on_terminal, &s);
	} while (r == 0 && !s.is_there && s.n == TERMINALS_AT_ONCE);
	if (r == 0 && s.is_there)
		return (refuse(act, "already_enrolled"));
	return (r);
}

static int
look(struct core *c, struct act *act, struct ticket_make *q)
{
	struct account *a = &q->view.account;
	const char *why;
	int r;

	if (c->policy->portal_url[0] == '\0')
		return (act_refuse(act, ERR_WRONG_STATE, "no_portal_url",
		    "A ticket is a link to the portal: set portal_url in "
		    "sekisho.conf."));
	if ((r = account_find(c, act, q->login, a)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &a->office, &q->view.office)) != 0 ||
	    (r = ticket_fit_why(
		 c, act, q->kind, a, &q->view.office, &why)) != 0)
		return (r);
	if (why != NULL)
		return (refuse(act, why));
	if (q->kind == TICKET_PHONE)
		return (check_room(c, act, a));
	if (q->kind != TICKET_FIRST)
		return (0);
	/* it asks the login alone: whoever has it is that person */
	r = rights_reset(act, a);
	return (r == 0 ? check_two(c, act, a, &q->view.office) : r);
}

/* --- earlier ones --- */

struct earlier {
	const struct ticket_make *q;
	struct ticket row;
};

#define FOUND 1 /* ends the listing; no error is positive */

static int
on_ticket(void *arg, const struct ticket *row)
{
	struct earlier *e = arg;

	if (row->state != TICKET_OPEN || row->purpose != e->q->kind ||
	    (row->purpose == TICKET_CERTIFICATE &&
		strcmp(row->label, e->q->label) != 0))
		return (0);
	e->row = *row;
	return (FOUND);
}

/* One listing each, since a listing's callback must change nothing. */
static int
void_earlier(struct core *c, const struct act *act, struct ticket_make *q)
{
	static const struct id first;
	const struct account *a = &q->view.account;
	struct ticket_view v = q->view;
	struct earlier e = { .q = q };
	int r;

	for (;;) {
		r = c->store->ops->ticket_list(c->store, &a->office, &a->id,
		    &first, INT32_MAX, on_ticket, &e);
		if (r != FOUND)
			return (r);
		v.ticket = e.row;
		if ((r = ticket_end(c, act, &v, TICKET_VOID, "replaced")) != 0)
			return (r);
	}
}

/* --- made --- */

static int
note(struct core *c, const struct act *act, const struct ticket_make *q)
{
	char detail[AUDIT_DETAIL_MAX + 1], id[ID_TEXT + 1];
	const struct journal_entry e = {
		.office = q->view.office.code,
		.account = q->view.account.login,
		.action = "ticket.create",
		.result = "done",
		.detail = detail,
	};

	id_put_text(&q->view.ticket.id, id);
	snprintf(detail, sizeof(detail), "ticket=%s for=%s hours=%d", id,
	    ticket_purpose_text(q->kind), q->hours);
	return (journal_add(c->journal, act, &e));
}

static int
put_files(struct core *c, const struct ticket *t, const struct cert_issue *i)
{
	int r;

	r = c->store->ops->ticket_file_put(
	    c->store, t, TICKET_FILE_STANDARD, i->pkcs12, i->pkcs12_len);
	if (r == 0)
		r = c->store->ops->ticket_file_put(c->store, t,
		    TICKET_FILE_COMPATIBLE, i->compatible, i->compatible_len);
	return (r);
}

/* Who was locked by wrong tries on an earlier one: this one has its own. */
static int
give_tries(struct core *c, const struct act *act, const struct ticket_make *q)
{
	struct lock lock;
	int r;

	if (q->kind != TICKET_PHONE && q->kind != TICKET_PASSWORD)
		return (0);
	r = lock_load(c, &q->view.account,
	    q->kind == TICKET_PHONE ? COUNTER_PASSWORD : COUNTER_CODE,
	    TICKET_PROVE_BUCKET, &act->now, &lock);
	return (r == 0 ? lock_renew(c, &lock) : r);
}

static int
make(struct core *c, struct act *act, struct ticket_make *q)
{
	struct ticket_view *v = &q->view;
	struct ticket *t = &v->ticket;
	char secret[TICKET_SECRET_LEN + 1];
	int r;

	memset(t, 0, sizeof(*t));
	t->office = v->account.office;
	t->account = v->account.id;
	t->purpose = q->kind;
	t->state = v->state = TICKET_OPEN;
	t->created_ms = act->now.wall_ms;
	t->until_steady = act->now.steady_ms + q->hours * HOUR_MS;
	v->expires_ms = act->now.wall_ms + q->hours * HOUR_MS;
	if (q->label != NULL &&
	    text_copy(t->label, sizeof(t->label), q->label) != 0)
		return (ERR_INVALID);
	if (q->issue != NULL)
		memcpy(t->serial, q->issue->cert.serial, sizeof(t->serial));
	if ((r = id_new(act->now.wall_ms, &t->id)) != 0 ||
	    (r = id_new_token(secret)) != 0 ||
	    (r = ticket_secret_hash(secret, t->secret)) != 0 ||
	    (r = c->store->ops->ticket_add(c->store, t)) != 0 ||
	    (r = give_tries(c, act, q)) != 0)
		goto out;
	if (q->issue != NULL && (r = put_files(c, t, q->issue)) != 0)
		goto out;
	if ((r = note(c, act, q)) == 0)
		(void)snprintf(q->link, sizeof(q->link), "%s" TICKET_PATH "%s",
		    c->policy->portal_url, secret);
out:
	mem_wipe(secret, sizeof(secret));
	return (r);
}

static int
start_certificate(struct core *c, struct act *act, struct ticket_make *q)
{
	if ((q->issue = calloc(1, sizeof(*q->issue))) == NULL)
		return (ERR_NOMEM);
	q->issue->login = q->login;
	q->issue->label = q->label;
	q->issue->owner = q->owner;
	q->issue->wants_both = true;
	return (cert_issue_start(c, act, q->issue));
}

int
ticket_make_start(struct core *c, struct act *act, struct ticket_make *q,
    bool *wants_make)
{
	int r;

	*wants_make = false;
	if ((r = take(act, q)) != 0 || (r = look(c, act, q)) != 0 ||
	    (r = void_earlier(c, act, q)) != 0)
		return (r);
	if (q->kind != TICKET_CERTIFICATE)
		return (make(c, act, q));
	if ((r = start_certificate(c, act, q)) == 0)
		*wants_make = true;
	return (r);
}

int
ticket_make_certificate(struct core *c, struct ticket_make *q)
{
	return (cert_issue_make(c, q->issue));
}

int
ticket_make_settle(struct core *c, struct act *act, struct ticket_make *q)
{
	int r;

	if ((r = look(c, act, q)) != 0 ||
	    (r = void_earlier(c, act, q)) != 0 ||
	    (r = cert_issue_settle(c, act, q->issue)) != 0 ||
	    (r = make(c, act, q)) != 0)
		return (r);
	memcpy(q->passphrase, q->issue->passphrase, sizeof(q->passphrase));
	return (0);
}

void
ticket_make_clear(struct ticket_make *q)
{
	if (q->issue != NULL)
		mem_wipe(q->issue, sizeof(*q->issue));
	free(q->issue);
	mem_wipe(q, sizeof(*q));
}
