#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/password_ticket.h"

static int
look(struct core *c, struct act *act, struct password_ticket *q)
{
	q->is_held = false;
	if (q->purpose != TICKET_FIRST && q->purpose != TICKET_PASSWORD)
		return (ERR_INVALID);
	return (
	    ticket_held(c, act, q->token, q->purpose, &q->view, &q->is_held));
}

int
password_ticket_start(
    struct core *c, struct act *act, struct password_ticket *q)
{
	int r;

	q->result = PASSWORD_TICKET_REFUSED;
	q->breach = c->breach;
	if ((r = look(c, act, q)) != 0 || !q->is_held)
		return (r);
	return (password_load(c, act, q->view.account.login, &q->known));
}

/* The present one, when this ticket brought it, is no earlier one. */
static void
forget_own(const struct password_ticket *q, struct password_known *judged)
{
	if (q->view.ticket.purpose == TICKET_FIRST &&
	    !judged->row.is_temporary &&
	    judged->row.changed_ms >= q->view.ticket.created_ms)
		mem_wipe(judged->row.hash, sizeof(judged->row.hash));
}

int
password_ticket_hash(
    const struct policy *p, struct keeper *k, struct password_ticket *q)
{
	struct password_known judged = q->known;
	int r;

	forget_own(q, &judged);
	r = password_judge(p, k, &judged, q->fresh, &q->reasons);
	mem_wipe(&judged, sizeof(judged));
	if (r == 0)
		r = password_judge_breach(q->breach, q->fresh, &q->reasons);
	if (r != 0 || !password_policy_accepts(q->reasons))
		return (r);
	return (password_hash(p, k, &q->known, q->fresh, q->hash));
}

/* From here on whoever holds it has shown a password: the one just set. */
static int
prove(struct core *c, struct password_ticket *q)
{
	q->view.ticket.proved |= SESSION_PASSWORD;
	return (c->store->ops->ticket_set(c->store, &q->view.ticket));
}

int
password_ticket_settle(
    struct core *c, struct act *act, struct password_ticket *q)
{
	int r;

	q->result = PASSWORD_TICKET_REFUSED;
	if ((r = look(c, act, q)) != 0 || !q->is_held)
		return (r);
	if (!id_equal(&q->view.account.id, &q->known.account.id))
		return (0);
	if (!password_policy_accepts(q->reasons)) {
		q->result = PASSWORD_TICKET_UNMET;
		return (0);
	}
	r = password_store(
	    c, act, &q->known, q->hash, false, "password.change");
	if (r == ERR_WRONG_STATE &&
	    strcmp(act->problem.code, "changed_meanwhile") == 0)
		return (0);
	if (r == 0)
		r = q->purpose == TICKET_FIRST ? prove(c, q)
					       : ticket_use(c, act, &q->view);
	if (r == 0)
		q->result = PASSWORD_TICKET_DONE;
	return (r);
}
