#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/journal.h"
#include "authd/core/source_rule.h"
#include "authd/core/ticket_prove.h"

static int
note(struct core *c, const struct act *act, const struct ticket_prove *q,
    const char *why)
{
	char detail[AUDIT_DETAIL_MAX + 1], id[ID_TEXT + 1];
	const struct ticket *t = &q->view.ticket;
	bool is_known = q->view.state != TICKET_UNKNOWN;
	const struct journal_entry e = {
		.office = is_known ? q->view.office.code : NULL,
		.account = is_known ? q->view.account.login : NULL,
		.action = "ticket.login",
		.result = why == NULL ? "accept" : "refuse",
		.reason = why,
		.detail = is_known ? detail : NULL,
	};

	id_put_text(&t->id, id);
	snprintf(detail, sizeof(detail), "ticket=%s for=%s failures=%d", id,
	    ticket_purpose_text(t->purpose), t->failures);
	return (source_rule_note(c, act, TICKET_PROVE_CONSUMER, &e));
}

/* The ticket as it is in this transaction, and is it that person's? */
static int
look(struct core *c, struct act *act, struct ticket_prove *q)
{
	struct account a;
	int r;

	q->is_his = false;
	if ((r = ticket_look(c, act, q->secret, &q->view)) != 0)
		return (r);
	r = ERR_NOTFOUND;
	if (q->name[0] != '\0')
		r = c->store->ops->account_find(c->store, q->name, &a);
	q->is_his = r == 0 && q->view.state == TICKET_OPEN &&
	    id_equal(&a.office, &q->view.account.office) &&
	    id_equal(&a.id, &q->view.account.id);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
ticket_prove_prepare(struct core *c, struct act *act, struct ticket_prove *q)
{
	struct verify *v = &q->verify;
	int r;

	q->is_proven = q->has_verify = false;
	if ((r = look(c, act, q)) != 0 || q->view.state != TICKET_OPEN ||
	    q->view.ticket.purpose != TICKET_PASSWORD)
		return (r);
	memset(v, 0, sizeof(*v));
	memcpy(v->consumer, TICKET_PROVE_CONSUMER,
	    sizeof(TICKET_PROVE_CONSUMER));
	memcpy(v->code, q->code, sizeof(v->code));
	memcpy(v->recovery, q->recovery, sizeof(v->recovery));
	if (q->is_his)
		memcpy(v->login, q->view.account.login, sizeof(v->login));
	if ((r = verify_prepare(c, act, v)) == 0)
		q->has_verify = true;
	return (r);
}

/* A wrong one: the fifth is the last. */
static int
fail(struct core *c, const struct act *act, struct ticket_prove *q,
    const char *why)
{
	struct ticket *t = &q->view.ticket;
	int r;

	t->failures++;
	if ((r = c->store->ops->ticket_set(c->store, t)) != 0 ||
	    (r = note(c, act, q, why)) != 0)
		return (r);
	if (t->failures < TICKET_FAILURES_MAX)
		return (0);
	if ((r = ticket_end(
		 c, act, &q->view, TICKET_VOID, "wrong_logins")) == 0) {
		q->view.state = TICKET_VOID;
		q->view.why = ticket_state_text(TICKET_VOID);
	}
	return (r);
}

/* The right one: this browser holds it from now on, and no other. */
static int
succeed(struct core *c, const struct act *act, struct ticket_prove *q,
    unsigned proved, const struct id *device)
{
	struct ticket *t = &q->view.ticket;
	int r;

	if ((r = token_new(q->token, t->holder)) != 0)
		return (r);
	t->held_steady = act->now.steady_ms + TICKET_HOLD_MS;
	t->proved = proved;
	memset(&t->device, 0, sizeof(t->device));
	if (device != NULL)
		t->device = *device;
	if ((r = c->store->ops->ticket_set(c->store, t)) == 0)
		r = note(c, act, q, NULL);
	if (r == 0)
		q->is_proven = true;
	else
		mem_wipe(q->token, sizeof(q->token));
	return (r);
}

/* A wrong login, password or code counts for where it came from. */
static int
fail_source(struct core *c, const struct act *act, struct ticket_prove *q,
    const char *why)
{
	int r;

	r = source_rule_failed(c, act, TICKET_PROVE_CONSUMER,
	    q->is_his ? q->view.account.login : q->name);
	return (r != 0 ? r : fail(c, act, q, why));
}

static int
judge_code(struct core *c, struct act *act, struct ticket_prove *q)
{
	struct verify *v = &q->verify;
	int r;

	/* Of a ticket that came after prepare: nothing was judged. */
	if (!q->has_verify)
		return (note(c, act, q, "not_checked"));
	if ((r = verify_run(c, act, v)) != 0)
		return (r);
	if (v->verdict == VERDICT_ACCEPT && q->is_his)
		return (succeed(c, act, q, SESSION_CODE, &v->device));
	q->is_used_code = v->is_used_code;
	q->retry_after = v->retry_after;
	if (v->is_used_code)
		return (note(c, act, q, "code_used"));
	/* The clock, or where it came from: no fault of who types. */
	if (!v->is_guess)
		return (note(c, act, q, "not_checked"));
	return (fail(c, act, q, q->is_his ? "wrong_code" : "wrong_login"));
}

static int
take_slot(struct core *c, struct act *act, struct ticket_prove *q)
{
	struct lock lock;
	int r;

	q->has_slot = false;
	if (!q->is_his || q->is_blocked)
		return (lock_decoy(c));
	if ((r = password_load(c, act, q->view.account.login, &q->known)) !=
		0 ||
	    (r = lock_load(c, &q->view.account, COUNTER_PASSWORD,
		 TICKET_PROVE_BUCKET, &act->now, &lock)) != 0)
		return (r);
	if (lock.kind != LOCK_NONE)
		return (lock_decoy(c));
	q->has_slot = true;
	return (lock_fail(c, &q->view.account, &lock, &act->now));
}

int
ticket_prove_start(struct core *c, struct act *act, struct ticket_prove *q,
    bool *wants_hash)
{
	int r;

	*wants_hash = q->is_proven = false;
	if ((r = look(c, act, q)) != 0)
		return (r);
	if (q->view.state != TICKET_OPEN)
		return (note(c, act, q, q->view.why));
	if (q->view.ticket.purpose == TICKET_PASSWORD)
		return (judge_code(c, act, q));
	r = source_rule_blocked(c, act, TICKET_PROVE_CONSUMER,
	    q->is_his ? &q->view.account : NULL, &q->is_blocked);
	if (r != 0)
		return (r);
	if (q->view.ticket.purpose == TICKET_PHONE) {
		*wants_hash = true;
		return (take_slot(c, act, q));
	}
	if (q->is_blocked)
		return (note(c, act, q, "source_blocked"));
	if (!q->is_his)
		return (fail_source(c, act, q, "wrong_login"));
	return (succeed(c, act, q, 0, NULL));
}

int
ticket_prove_hash(
    const struct policy *p, struct keeper *k, struct ticket_prove *q)
{
	int r;

	r = password_verify(
	    p, k, q->has_slot ? &q->known : NULL, q->password, &q->verdict);
	q->is_hashed = r == 0;
	return (r);
}

int
ticket_prove_give_back(struct core *c, struct act *act, struct ticket_prove *q)
{
	if (!q->has_slot || (q->is_hashed && q->verdict != PASSHASH_RIGHT))
		return (lock_decoy(c));
	return (lock_give_back(c, &q->view.account, COUNTER_PASSWORD,
	    TICKET_PROVE_BUCKET, &act->now));
}

/* Is the password still the one that was looked at? */
static int
is_same(struct core *c, struct act *act, const struct ticket_prove *q,
    bool *same)
{
	struct password_known now;
	int r;

	*same = false;
	r = password_load(c, act, q->view.account.login, &now);
	if (r == 0)
		*same = id_equal(&now.account.id, &q->known.account.id) &&
		    strcmp(now.row.hash, q->known.row.hash) == 0;
	mem_wipe(&now, sizeof(now));
	return (r);
}

int
ticket_prove_settle(struct core *c, struct act *act, struct ticket_prove *q)
{
	bool same = false;
	struct lock lock;
	int r;

	q->is_proven = false;
	if ((r = look(c, act, q)) != 0)
		return (r);
	if (q->view.state != TICKET_OPEN)
		return (note(c, act, q, q->view.why));
	if (q->is_blocked)
		return (note(c, act, q, "source_blocked"));
	if (!q->is_his)
		return (fail_source(c, act, q, "wrong_login"));
	if (!q->has_slot)
		return (fail(c, act, q, "locked"));
	if (q->verdict != PASSHASH_RIGHT)
		return (fail_source(c, act, q, "wrong_password"));
	if ((r = is_same(c, act, q, &same)) != 0)
		return (r);
	if (!same)
		return (note(c, act, q, "changed_meanwhile"));
	if ((r = lock_load(c, &q->view.account, COUNTER_PASSWORD,
		 TICKET_PROVE_BUCKET, &act->now, &lock)) != 0 ||
	    (r = lock_succeed(c, &lock)) != 0)
		return (r);
	return (succeed(c, act, q, SESSION_PASSWORD, NULL));
}
