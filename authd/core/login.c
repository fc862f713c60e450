#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/journal.h"
#include "authd/core/login.h"
#include "authd/core/source_rule.h"

static int
note(struct core *c, const struct act *act, const struct login *l,
    const char *action, const char *result, const char *reason)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.office = l->is_known ? l->known.office : NULL,
		.account = l->is_known ? l->known.account.login : l->name,
		.device = shown_is(&l->by) ? &l->by.terminal : NULL,
		.action = action,
		.result = result,
		.reason = reason,
		.detail = detail,
	};

	snprintf(detail, sizeof(detail), "consumer=%s", l->consumer);
	return (source_rule_note(c, act, l->consumer, &e));
}

/* Load the account that is meant; an unknown one is no error here. */
static int
load(struct core *c, struct act *act, const char *name, struct login *l)
{
	int r;

	/* asked of what is no login as well: it takes no less time */
	r = password_load(c, act, name, &l->known);
	l->is_known = r == 0;
	return (r == ERR_NOTFOUND ? 0 : r);
}

/* Open the next step for this account. */
static int
open_next(struct core *c, const struct act *act, struct login *l,
    enum logins_step step, enum login_result result)
{
	struct logins_entry e;
	int r;

	memset(&e, 0, sizeof(e));
	e.step = step;
	e.office = l->known.account.office;
	e.account = l->known.account.id;
	e.password_ms = l->known.row.changed_ms;
	e.by_recovery = l->used_recovery || l->entry.by_recovery;
	e.device = l->device;
	e.by = l->by;
	e.by_terminal = l->by_terminal;
	if (result == LOGIN_REFUSE)
		e.until_steady = l->entry.until_steady;
	if ((r = text_copy(e.login, sizeof(e.login), l->known.account.login)) !=
		0 ||
	    (r = text_copy(e.actor, sizeof(e.actor), act->actor)) != 0 ||
	    (r = text_copy(e.consumer, sizeof(e.consumer), l->consumer)) != 0 ||
	    (r = text_copy(e.source, sizeof(e.source), act->source)) != 0 ||
	    (r = logins_put(c->logins, &e, &act->now, l->next_token)) != 0)
		return (r);
	l->result = result;
	return (0);
}

/* Use the token up; the login goes on for the service and the source it began
 * with. */
static bool
take_entry(
    struct core *c, struct act *act, struct login *l, enum logins_step step)
{
	if (!logins_take(c->logins, l->token, step, act, &l->entry))
		return (false);
	memcpy(l->consumer, l->entry.consumer, sizeof(l->consumer));
	memcpy(act->source, l->entry.source, sizeof(act->source));
	return (true);
}

/*
 * Load the account of a token's entry as it is now. Not the same account, or
 * a password changed since: the login under way is over.
 */
static int
load_entry(struct core *c, struct act *act, struct login *l)
{
	int r;

	if (!l->has_entry)
		return (0);
	l->device = l->entry.device;
	l->by = l->entry.by;
	l->by_terminal = l->entry.by_terminal;
	if ((r = load(c, act, l->entry.login, l)) != 0)
		return (r);
	if (!l->is_known ||
	    !id_equal(&l->known.account.id, &l->entry.account) ||
	    l->known.row.changed_ms != l->entry.password_ms) {
		l->has_entry = false;
		return (0);
	}
	/* It may be revoked by now. */
	return (shown_again(c, act, &l->by, &l->known.account));
}

int
login_prepare(struct core *c, struct act *act, struct login *l)
{
	l->result = LOGIN_REFUSE;
	if (l->step != LOGIN_STEP_CODE)
		return (0);
	l->has_entry = take_entry(c, act, l, LOGINS_CODE);
	memset(&l->verify, 0, sizeof(l->verify));
	l->verify.has_first_factor = true;
	memcpy(l->verify.consumer, l->consumer, sizeof(l->consumer));
	memcpy(l->verify.code, l->code, sizeof(l->code));
	memcpy(l->verify.recovery, l->recovery, sizeof(l->recovery));
	if (l->has_entry)
		memcpy(l->verify.login, l->entry.login, sizeof(l->entry.login));
	return (verify_prepare(c, act, &l->verify));
}

static int
run_password(struct core *c, struct act *act, struct login *l)
{
	struct lock lock;
	int r;

	if ((r = load(c, act, l->name, l)) != 0)
		return (r);
	l->has_slot = false;
	/* Of nobody's account too: the same work. */
	if ((r = shown_look(c, act, &l->shown, &l->known.account, &l->by)) != 0)
		return (r);
	shown_bucket(&l->by, l->bucket);
	r = source_rule_blocked(c, act, l->consumer,
	    l->is_known ? &l->known.account : NULL, &l->is_blocked);
	if (r != 0)
		return (r);
	if (!l->is_known)
		return ((r = account_decoy_password(c)) != 0 ? r
							     : lock_decoy(c));
	r = lock_load(c, &l->known.account, COUNTER_PASSWORD, l->bucket,
	    &act->now, &lock);
	if (r != 0)
		return (r);
	if (l->is_blocked || lock.kind != LOCK_NONE)
		return (lock_decoy(c));
	l->has_slot = true;
	return (lock_fail(c, &l->known.account, &lock, &act->now));
}

/* Is either counter of logins locked by now? */
static int
is_locked(
    struct core *c, const struct act *act, const struct login *l, bool *locked)
{
	char bucket[BUCKET_MAX + 1];
	struct lock password, code;
	int r;

	*locked = true;
	shown_bucket(&l->by, bucket);
	if ((r = lock_load(c, &l->known.account, COUNTER_PASSWORD, bucket,
		 &act->now, &password)) != 0 ||
	    (r = lock_load(c, &l->known.account, COUNTER_CODE, bucket,
		 &act->now, &code)) != 0)
		return (r);
	*locked = password.kind != LOCK_NONE || code.kind != LOCK_NONE;
	return (0);
}

/* A person who mistypes need not begin again. Locked or not looks the same. */
static int
open_again(struct core *c, struct act *act, struct login *l)
{
	int r;

	if (!l->may_repeat || !l->has_entry)
		return (0);
	r = open_next(c, act, l, LOGINS_CODE, LOGIN_REFUSE);
	/* the failure stays counted where there is no room to go on */
	return (r == ERR_BUSY ? 0 : r);
}

/* Both factors were right: in, or a new password first. */
static int
go_in(struct core *c, const struct act *act, struct login *l)
{
	bool must = true;
	int r;

	if ((r = password_must_change(c, &l->known, &must)) != 0)
		return (r);
	if (must)
		return (open_next(
		    c, act, l, LOGINS_NEW_PASSWORD, LOGIN_CHANGE_PASSWORD));
	l->result = LOGIN_ACCEPT;
	return (0);
}

static int
run_code(struct core *c, struct act *act, struct login *l)
{
	bool locked = false;
	int r;

	if ((r = load_entry(c, act, l)) != 0)
		return (r);
	if (l->has_entry && (r = is_locked(c, act, l, &locked)) != 0)
		return (r);
	l->verify.is_locked = locked;
	if (!l->has_entry)
		l->verify.is_known = false; /* refused like an unknown one */
	l->verify.terminal = l->by.terminal;
	if ((r = verify_run(c, act, &l->verify)) != 0)
		return (r);
	l->is_used_code = l->verify.is_used_code;
	l->retry_after = l->verify.retry_after;
	l->used_recovery = l->verify.used_recovery;
	l->recovery_left = l->verify.recovery_left;
	l->device = l->verify.device;
	if (l->verify.verdict != VERDICT_ACCEPT)
		return (open_again(c, act, l));
	return (go_in(c, act, l));
}

int
login_run(struct core *c, struct act *act, struct login *l, bool *wants_hash)
{
	int r;

	l->result = LOGIN_REFUSE;
	l->breach = c->breach;
	*wants_hash = false;
	switch (l->step) {
	case LOGIN_STEP_PASSWORD:
		*wants_hash = true;
		return (run_password(c, act, l));
	case LOGIN_STEP_CODE:
		return (run_code(c, act, l));
	case LOGIN_STEP_NEW_PASSWORD:
		l->has_entry = take_entry(c, act, l, LOGINS_NEW_PASSWORD);
		if ((r = load_entry(c, act, l)) != 0)
			return (r);
		*wants_hash = l->has_entry;
		if (l->has_entry)
			return (0);
		return (note(
		    c, act, l, "login.change", "refuse", "no_transaction"));
	case LOGIN_STEP_NONE:
		break;
	}
	return (ERR_INVALID);
}

int
login_hash(const struct policy *p, struct keeper *k, struct login *l)
{
	int r;

	if (l->step == LOGIN_STEP_PASSWORD) {
		r = password_verify(p, k, l->has_slot ? &l->known : NULL,
		    l->password, &l->verdict);
		l->is_hashed = r == 0;
		if (r != 0 || l->verdict != PASSHASH_RIGHT)
			return (r);
		return (password_renew(
		    p, k, l->breach, &l->known, l->password, &l->renewal));
	}
	r = password_judge(p, k, &l->known, l->password, &l->reasons);
	if (r == 0)
		r = password_judge_breach(l->breach, l->password, &l->reasons);
	if (r != 0 || !password_policy_accepts(l->reasons))
		return (r);
	return (password_hash(p, k, &l->known, l->password, l->hash));
}

int
login_give_back(struct core *c, struct act *act, struct login *l)
{
	if (l->step != LOGIN_STEP_PASSWORD)
		return (0);
	if (!l->has_slot || (l->is_hashed && l->verdict != PASSHASH_RIGHT))
		return (lock_decoy(c));
	return (lock_give_back(c, &l->known.account, COUNTER_PASSWORD,
	    l->bucket, &act->now));
}

/* Does the application ask for password and terminal, and is this one? */
static int
judge_terminal(struct core *c, struct act *act, struct login *l)
{
	struct app app;
	int r;

	l->by_terminal = false;
	r = shown_again(c, act, &l->by, &l->known.account);
	if (r != 0 || !shown_is(&l->by) || l->app[0] == '\0')
		return (r);
	if ((r = c->store->ops->app_find(c->store, l->app, &app)) != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	l->by_terminal = app.factors == (SESSION_PASSWORD | SESSION_TERMINAL);
	return (0);
}

/* Why the right password does not open the next step; NULL: it does. */
static int
find_obstacle(struct core *c, struct act *act, const struct login *l,
    const struct password_known *before, const char **why)
{
	struct account_view v;
	int i, active = 0, left, r;
	bool late;

	*why = "unknown_login";
	if (!l->is_known)
		return (0);
	if ((r = account_show(c, act, l->known.account.login, &v)) != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	if ((r = recovery_count(c, &v.account, &left)) != 0 ||
	    (r = account_late(c, &v.account, act->now.wall_ms, &late)) != 0)
		return (r);
	for (i = 0; i < v.phones_n; i++)
		active += v.phones[i].state == PHONE_ACTIVE;
	*why = account_obstacle(&v.account, &v.office, act->now.wall_ms);
	if (!id_equal(&v.account.id, &before->account.id) ||
	    strcmp(l->known.row.hash, before->row.hash) != 0)
		*why = "changed_meanwhile";
	else if (!l->has_slot)
		*why = "locked";
	else if (l->verdict != PASSHASH_RIGHT)
		*why = "wrong_password";
	else if (*why == NULL && late)
		*why = "enrol_by_passed";
	else if (*why == NULL && active == 0 && left == 0 && !l->by_terminal)
		*why = "not_enrolled";
	return (0);
}

/* A guess counts for where it came from as well. */
static int
refuse_password(struct core *c, const struct act *act, const struct login *l,
    const char *why)
{
	int r = 0;

	/* Whoever is meant, or one could find out there who exists. */
	if (!l->is_blocked)
		r = source_rule_failed(c, act, l->consumer,
		    l->is_known ? l->known.account.login : l->name);
	if (r == 0)
		r = lock_decoy(c);
	if (r == 0)
		r = note(c, act, l, "login.password", "refuse", why);
	return (r);
}

static int
settle_password(struct core *c, struct act *act, struct login *l)
{
	struct password_known before = l->known;
	struct lock lock;
	const char *why;
	int r;

	if (l->is_known)
		r = load(c, act, before.account.login, l);
	else if ((r = load(c, act, l->name, l)) == 0 && !l->is_known)
		r = account_decoy_login(c);
	else
		l->is_known = false; /* added meanwhile: refused all the same */
	if (r != 0)
		goto out;
	if ((r = judge_terminal(c, act, l)) != 0 ||
	    (r = find_obstacle(c, act, l, &before, &why)) != 0)
		goto out;
	if (l->is_blocked)
		why = "source_blocked";
	if (why != NULL) {
		r = refuse_password(c, act, l, why);
		goto out;
	}
	if ((r = lock_load(c, &l->known.account, COUNTER_PASSWORD, l->bucket,
		 &act->now, &lock)) != 0 ||
	    (r = lock_succeed(c, &lock)) != 0 ||
	    (r = password_renewed(c, act, &l->known, &l->renewal)) != 0 ||
	    (r = note(c, act, l, "login.password",
		 l->by_terminal ? "accept" : "continue", NULL)) != 0)
		goto out;
	if (l->by_terminal)
		r = go_in(c, act, l);
	else
		r = open_next(c, act, l, LOGINS_CODE, LOGIN_CONTINUE);
out:
	mem_wipe(&before, sizeof(before));
	return (r);
}

struct phones_now {
	const struct id *opened; /* the phone whose code was accepted */
	bool is_there;           /* that one still is */
	int active;
};

static int
look_at_phone(void *arg, const struct phone *row)
{
	struct phones_now *n = arg;

	if (row->state != PHONE_ACTIVE)
		return (0);
	n->active++;
	n->is_there = n->is_there || id_equal(&row->device, n->opened);
	return (0);
}

/* What came in the way since the code was accepted; NULL: nothing. */
static int
find_obstacle_since(
    struct core *c, struct act *act, const struct login *l, const char **why)
{
	struct phones_now n = { &l->entry.device, false, 0 };
	struct account_view v;
	bool locked;
	int r;

	*why = "changed_meanwhile";
	r = account_show(c, act, l->entry.login, &v);
	if (r != 0 || !id_equal(&v.account.id, &l->entry.account) ||
	    logins_is_over(c->logins, &l->entry))
		return (r == ERR_NOTFOUND ? 0 : r);
	if ((r = is_locked(c, act, l, &locked)) != 0 ||
	    (r = c->store->ops->phone_list(c->store, &v.account.office,
		 &v.account.id, look_at_phone, &n)) != 0)
		return (r);
	*why = account_obstacle(&v.account, &v.office, act->now.wall_ms);
	if (*why == NULL && locked)
		*why = "locked";
	if (*why == NULL && l->entry.by_terminal && !shown_is(&l->by))
		*why = "terminal_gone";
	if (*why == NULL && !l->entry.by_recovery && !l->entry.by_terminal &&
	    !n.is_there)
		*why = n.active == 0 ? "not_enrolled" : "phone_revoked";
	return (0);
}

static int
settle_new(struct core *c, struct act *act, struct login *l)
{
	const char *why;
	int r;

	if ((r = shown_again(c, act, &l->by, &l->known.account)) != 0 ||
	    (r = find_obstacle_since(c, act, l, &why)) != 0)
		return (r);
	if (why != NULL)
		return (note(c, act, l, "login.change", "refuse", why));
	if (!password_policy_accepts(l->reasons)) {
		if ((r = note(c, act, l, "login.change", "refuse", "policy")) !=
		    0)
			return (r);
		return (open_next(
		    c, act, l, LOGINS_NEW_PASSWORD, LOGIN_CHANGE_PASSWORD));
	}
	r = password_store(
	    c, act, &l->known, l->hash, false, "password.change");
	if (r == ERR_WRONG_STATE || r == ERR_NOTFOUND)
		return (note(
		    c, act, l, "login.change", "refuse", "changed_meanwhile"));
	if (r == 0)
		r = note(c, act, l, "login.change", "accept", NULL);
	if (r == 0)
		l->result = LOGIN_ACCEPT;
	return (r);
}

int
login_settle(struct core *c, struct act *act, struct login *l)
{
	l->result = LOGIN_REFUSE;
	if (l->step == LOGIN_STEP_PASSWORD)
		return (settle_password(c, act, l));
	if (l->step == LOGIN_STEP_NEW_PASSWORD && l->has_entry)
		return (settle_new(c, act, l));
	return (ERR_INVALID);
}
