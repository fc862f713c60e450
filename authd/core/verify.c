#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/account.h"
#include "authd/core/checks.h"
#include "authd/core/journal.h"
#include "authd/core/source_rule.h"
#include "authd/core/verify.h"

#define STEP_MS (STEP_SECONDS * 1000LL)

static int
collect_phone(void *arg, const struct phone *row)
{
	struct verify *v = arg;

	if (v->phones_n < PHONES_MAX)
		v->phones[v->phones_n++] = *row;
	return (0);
}

/* Read the account, its office and its phones. */
static int
look(struct core *c, struct verify *v)
{
	const struct store_ops *ops = c->store->ops;
	int r;

	v->seen = 0;
	v->is_known = false;
	v->phones_n = 0;
	/* asked of what is no login as well: it takes no less time */
	r = ops->account_find(c->store, v->login, &v->account);
	if (r == 0 && v->login[0] == '\0')
		r = ERR_NOTFOUND;
	if (r == 0)
		r = ops->office_by_id(c->store, &v->account.office, &v->office);
	if (r == 0)
		r = ops->phone_list_active(c->store, &v->account.office,
		    &v->account.id, collect_phone, v);
	if (r != 0 && r != ERR_NOTFOUND)
		return (r);
	v->is_known = r == 0;
	v->seen = c->generation;
	return (v->is_known ? 0 : account_decoy(c));
}

int
verify_prepare(struct core *c, struct act *act, struct verify *v)
{
	struct keeper_check *check;
	const struct phone *p;
	bool is_blocked;
	int n, r;

	v->verdict = VERDICT_REFUSE;
	v->checks_n = 0;
	if ((r = look(c, v)) != 0)
		return (r);
	r = source_rule_blocked(
	    c, act, v->consumer, v->is_known ? &v->account : NULL, &is_blocked);
	if (r != 0)
		return (r);
	n = is_blocked ? 0 : v->phones_n; /* then nothing is evaluated */
	/* Without a phone one decoy takes the same path to the keeper. */
	do {
		check = &v->checks[v->checks_n];
		memset(check, 0, sizeof(*check));
		if (v->checks_n < n) {
			p = &v->phones[v->checks_n];
			check->owner.office = p->office;
			check->owner.account = p->account;
			check->owner.device = p->device;
			check->sealed = p->sealed;
			check->offset = p->offset;
		}
		check->window = (uint8_t)c->policy->totp_window;
		memcpy(check->code, v->code, sizeof(check->code));
		if ((r = checks_add(c->checks, check)) != 0)
			return (r);
	} while (++v->checks_n < n);
	return (0);
}

/* Why this account may not be verified at all; NULL when it may. */
static int
find_obstacle(struct core *c, const struct verify *v, const struct lock *lock,
    int64_t wall_ms, const char **why)
{
	bool late = false;
	int r;

	*why = account_obstacle(&v->account, &v->office, wall_ms);
	if (*why != NULL)
		return (0);
	if (v->phones_n == 0 &&
	    (r = account_late(c, &v->account, wall_ms, &late)) != 0)
		return (r);
	/* Recovery codes are for the day there is no phone. */
	if (late)
		*why = "enrol_by_passed";
	else if (v->phones_n == 0 && v->recovery[0] == '\0')
		*why = "not_enrolled";
	else if (lock->kind != LOCK_NONE)
		*why = lock->kind == LOCK_TIMED ? "locked" : "locked_for_good";
	else if (v->is_locked)
		*why = "locked";
	return (0);
}

/* The judged check of this phone; NULL when it came after prepare. */
static const struct keeper_check *
find_check(const struct verify *v, const struct phone *p)
{
	const struct keeper_check *check;
	int i;

	for (i = 0; i < v->checks_n; i++) {
		check = &v->checks[i];
		if (id_equal(&check->owner.device, &p->device) &&
		    id_equal(&check->owner.account, &p->account) &&
		    id_equal(&check->owner.office, &p->office))
			return (check);
	}
	return (NULL);
}

struct outcome {
	const struct phone *phone; /* that matched; NULL none */
	int64_t step;
	const char *reason; /* NULL: accepted */
	bool is_counted;    /* as a failure */
};

/* Judge the phones' checks: accept one code once. */
static int
judge(
    struct core *c, const struct act *act, struct verify *v, struct outcome *o)
{
	const struct store_ops *ops = c->store->ops;
	const struct keeper_check *check;
	struct phone *p;
	int i, r, n_guessed = 0;
	bool took, is_back = false;

	o->reason = v->code[0] == '\0' ? "bad_code" : "wrong_code";
	for (i = 0; i < v->phones_n; i++) {
		p = &v->phones[i];
		if ((check = find_check(v, p)) == NULL)
			continue;
		if (check->verdict == KEEPER_NO_MATCH)
			n_guessed++;
		if (check->verdict == KEEPER_CLOCK)
			is_back = true;
		if (check->verdict == KEEPER_BAD_SEAL)
			log_error("a sealed seed does not open: request %s",
			    act->request_id);
		if (check->verdict != KEEPER_MATCH)
			continue;
		o->phone = p;
		o->step = check->step;
		r = ops->phone_accept(
		    c->store, p, check->step, act->now.wall_ms, &took);
		if (r != 0)
			return (r);
		if (took) {
			o->reason = NULL;
			return (0);
		}
		/* Its last step may be of this very transaction. */
		r = ops->phone_get(
		    c->store, &p->office, &p->account, &p->device, p);
		if (r != 0)
			return (r);
		if (check->step == p->last_step) {
			o->reason = "code_used";
			v->is_used_code = true;
			return (0);
		}
		n_guessed++;
	}
	/* A guess that no phone looked at teaches nothing and costs no try. */
	o->is_counted = n_guessed > 0;
	if (n_guessed == 0)
		o->reason = is_back ? "clock_behind" : "not_checked";
	return (0);
}

/* A recovery code in the code's place: used up, or a failure like a code. */
static int
judge_recovery(
    struct core *c, const struct act *act, struct verify *v, struct outcome *o)
{
	bool took;
	int r;

	o->reason = "wrong_recovery_code";
	o->is_counted = true;
	r = recovery_use(c, act, &v->account, v->recovery, &took);
	if (r != 0 || !took)
		return (r);
	o->reason = NULL;
	o->is_counted = false;
	v->used_recovery = true;
	return (recovery_count(c, &v->account, &v->recovery_left));
}

/*
 * Does it count for where it came from? Every refusal does, whoever is meant,
 * or one could find out there who exists. But not the code that was used, nor
 * codes while the clock is wrong, which are everybody's; a recovery code has
 * nothing to do with the clock.
 */
static bool
is_guess(const struct verify *v, const struct outcome *o, bool is_blocked)
{
	return (o->reason != NULL && !is_blocked && !v->is_used_code &&
	    (v->recovery[0] != '\0' ||
		v->checks[0].verdict != KEEPER_CLOCK));
}

/* Seconds until the phone shows a code later than its last one. */
static int
seconds_to_next(const struct phone *p, int64_t wall_ms)
{
	int64_t wait = (p->last_step + 1 - p->offset) * STEP_MS - wall_ms;

	if (wait < 1)
		return (1);
	wait = (wait + 999) / 1000;
	return (wait > 3600 ? 3600 : (int)wait);
}

static int
note(struct core *c, const struct act *act, const struct verify *v,
    const struct lock *lock, const struct outcome *o)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.office = v->is_known ? v->office.code : "",
		.account = v->is_known ? v->account.login : v->login,
		.device = o->phone == NULL ? NULL : &o->phone->device,
		.action = "verify",
		.result = o->reason == NULL ? "accept" : "refuse",
		.reason = o->reason,
		.detail = detail,
	};

	/* Step and counters after it: the hot columns can be rebuilt. */
	snprintf(detail, sizeof(detail),
	    "consumer=%s step=%" PRId64 " failures=%d in_row=%d%s", v->consumer,
	    o->step, lock->own.failures, lock->own.in_row,
	    v->used_recovery ? " recovery=1" : "");
	return (source_rule_note(c, act, v->consumer, &e));
}

/* Have what the decision rests on as it is in this transaction. */
static int
load(struct core *c, const struct act *act, struct verify *v, struct lock *lock)
{
	char bucket[BUCKET_MAX + 1];
	int r;

	/* What was read holds unless a job in between may have changed it. */
	if ((v->seen == 0 || v->seen != c->generation) && (r = look(c, v)) != 0)
		return (r);
	if (!v->is_known)
		return (0); /* removed by an earlier job */
	if (!id_is_zero(&v->terminal))
		id_put_text(&v->terminal, bucket);
	else
		snprintf(bucket, sizeof(bucket), "%s%s",
		    v->has_first_factor ? "" : "c:",
		    v->has_first_factor ? "" : v->consumer);
	return (
	    lock_load(c, &v->account, COUNTER_CODE, bucket, &act->now, lock));
}

int
verify_run(struct core *c, struct act *act, struct verify *v)
{
	struct outcome o = { .reason = "unknown_login" };
	struct lock lock;
	const char *obstacle, *tried;
	bool is_blocked, is_tried = false;
	int r;

	memset(&lock, 0, sizeof(lock));
	v->verdict = VERDICT_REFUSE;
	v->is_guess = v->is_used_code = false;
	v->retry_after = 0;
	v->used_recovery = false;
	memset(&v->device, 0, sizeof(v->device));
	if (v->is_known && (r = load(c, act, v, &lock)) != 0)
		return (r);
	r = source_rule_blocked(
	    c, act, v->consumer, v->is_known ? &v->account : NULL, &is_blocked);
	if (r != 0)
		return (r);
	if (is_blocked)
		o.reason = "source_blocked";
	else if (v->is_known) {
		r = find_obstacle(c, v, &lock, act->now.wall_ms, &obstacle);
		if (r != 0)
			return (r);
		if (obstacle != NULL)
			o.reason = obstacle;
		else if (v->recovery[0] != '\0') {
			is_tried = true;
			if ((r = judge_recovery(c, act, v, &o)) != 0)
				return (r);
		} else if ((r = judge(c, act, v, &o)) != 0)
			return (r);
	}
	if (v->recovery[0] != '\0' && !is_tried &&
	    (r = recovery_decoy(c, act, v->recovery)) != 0)
		return (r);
	tried = v->recovery[0] != '\0' ? v->recovery : v->code;
	if (!o.is_counted && o.reason != NULL)
		checks_decoy(c->checks, tried, act->now.wall_ms / STEP_MS);
	else if (o.is_counted && o.reason != NULL &&
	    checks_is_repeat(c->checks, &v->account.id, lock.own.bucket, tried,
		act->now.wall_ms / STEP_MS)) {
		o.reason = "wrong_code_again";
		o.is_counted = false;
	}
	v->is_guess = is_guess(v, &o, is_blocked);
	if (v->is_guess) {
		r = source_rule_failed(c, act, v->consumer,
		    v->is_known ? v->account.login : v->login);
		if (r != 0)
			return (r);
	}
	if (o.reason == NULL)
		r = lock_succeed(c, &lock);
	else if (o.is_counted)
		r = lock_fail(c, &v->account, &lock, &act->now);
	else
		r = lock_decoy(c);
	if (r != 0 || (r = note(c, act, v, &lock, &o)) != 0) {
		v->is_used_code = false;
		v->used_recovery = false;
		return (r);
	}
	if (v->is_used_code)
		v->retry_after = seconds_to_next(o.phone, act->now.wall_ms);
	if (o.reason == NULL && o.phone != NULL)
		v->device = o.phone->device;
	if (o.reason == NULL)
		v->verdict = VERDICT_ACCEPT;
	return (0);
}
