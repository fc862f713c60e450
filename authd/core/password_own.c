#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/account.h"
#include "authd/core/journal.h"
#include "authd/core/password_own.h"

/* Of whoever is logged in: see password_own.h. */
#define BUCKET "c:own"

static int
note(struct core *c, const struct act *act, const struct password_own *q,
    const char *why)
{
	const struct journal_entry e = {
		.office = q->known.office,
		.account = q->known.account.login,
		.action = q->is_check ? "password.check" : "password.change",
		.result = why == NULL ? "accept" : "refuse",
		.reason = why,
	};

	return (journal_add(c->journal, act, &e));
}

int
password_own_start(struct core *c, struct act *act, struct password_own *q)
{
	struct lock lock;
	int r;

	q->result = PASSWORD_OWN_REFUSED;
	q->breach = c->breach;
	if ((r = password_load(c, act, q->login, &q->known)) != 0 ||
	    (r = lock_load(c, &q->known.account, COUNTER_PASSWORD, BUCKET,
		 &act->now, &lock)) != 0)
		return (r);
	if (lock.kind != LOCK_NONE)
		return (lock_decoy(c));
	q->has_slot = true;
	return (lock_fail(c, &q->known.account, &lock, &act->now));
}

int
password_own_hash(
    const struct policy *p, struct keeper *k, struct password_own *q)
{
	int r;

	r = password_verify(
	    p, k, q->has_slot ? &q->known : NULL, q->present, &q->verdict);
	q->is_hashed = r == 0;
	if (r != 0 || q->verdict != PASSHASH_RIGHT || q->is_check)
		return (r);
	r = password_judge(p, k, &q->known, q->fresh, &q->reasons);
	if (r == 0)
		r = password_judge_breach(q->breach, q->fresh, &q->reasons);
	if (r != 0 || !password_policy_accepts(q->reasons))
		return (r);
	return (password_hash(p, k, &q->known, q->fresh, q->hash));
}

int
password_own_give_back(struct core *c, struct act *act, struct password_own *q)
{
	if (!q->has_slot || (q->is_hashed && q->verdict != PASSHASH_RIGHT))
		return (lock_decoy(c));
	return (lock_give_back(
	    c, &q->known.account, COUNTER_PASSWORD, BUCKET, &act->now));
}

/* The right one: its place is free again. */
static int
give_back(struct core *c, struct act *act, struct password_own *q)
{
	struct lock lock;
	int r;

	r = lock_load(
	    c, &q->known.account, COUNTER_PASSWORD, BUCKET, &act->now, &lock);
	return (r != 0 ? r : lock_succeed(c, &lock));
}

/* Why the right present password changes nothing; NULL: it does. */
static int
find_obstacle(struct core *c, struct act *act, const struct password_own *q,
    const char **why)
{
	struct password_known now;
	struct account_view v;
	int r;

	*why = "changed_meanwhile";
	if ((r = password_load(c, act, q->login, &now)) == 0 &&
	    id_equal(&now.account.id, &q->known.account.id) &&
	    strcmp(now.row.hash, q->known.row.hash) == 0)
		*why = NULL;
	mem_wipe(&now, sizeof(now));
	if (r == 0 && *why == NULL &&
	    (r = account_show(c, act, q->login, &v)) == 0)
		*why =
		    account_obstacle(&v.account, &v.office, act->now.wall_ms);
	if (*why == NULL && !q->has_slot)
		*why = "locked";
	else if (*why == NULL && q->verdict != PASSHASH_RIGHT)
		*why = "wrong_password";
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
password_own_settle(struct core *c, struct act *act, struct password_own *q)
{
	const char *why;
	int r;

	q->result = PASSWORD_OWN_REFUSED;
	if ((r = find_obstacle(c, act, q, &why)) != 0)
		return (r);
	if (why != NULL) {
		if ((r = lock_decoy(c)) != 0)
			return (r);
		return (note(c, act, q, why));
	}
	if ((r = give_back(c, act, q)) != 0)
		return (r);
	if (q->is_check) {
		q->result = PASSWORD_OWN_DONE;
		return (note(c, act, q, NULL));
	}
	if (!password_policy_accepts(q->reasons)) {
		q->result = PASSWORD_OWN_UNMET;
		return (note(c, act, q, "policy"));
	}
	r = password_store(
	    c, act, &q->known, q->hash, false, "password.change");
	if (r == ERR_WRONG_STATE || r == ERR_NOTFOUND)
		return (note(c, act, q, "changed_meanwhile"));
	if (r == 0)
		q->result = PASSWORD_OWN_DONE;
	return (r);
}
