#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/phone.h"

#define RESYNC_BUCKET "c:resync"

int
phone_list(struct core *c, struct act *act, const char *login,
    store_phone_fn *fn, void *arg)
{
	struct account a;
	int r;

	if ((r = account_find(c, act, login, &a)) != 0)
		return (r);
	return (c->store->ops->phone_list(c->store, &a.office, &a.id, fn, arg));
}

int
phone_find(struct core *c, struct act *act, const char *device,
    struct phone *out, struct account *account)
{
	struct id id;
	int r = ERR_NOTFOUND;

	if (device != NULL && id_get_text(device, &id) == 0)
		r = c->store->ops->phone_by_device(c->store, &id, out);
	if (r == 0 && !act_sees(act, &out->office))
		r = ERR_NOTFOUND;
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_phone",
		    "There is no phone with this id."));
	if (r != 0)
		return (r);
	return (c->store->ops->account_by_id(
	    c->store, &out->office, &out->account, account));
}

/* The phone that is meant: by id, or the only one there is. */
static int
pick(struct core *c, struct act *act, const struct account_view *v,
    const char *device, struct phone *out)
{
	struct id id;
	int r = ERR_NOTFOUND;

	if (device == NULL) {
		if (v->phones_n == 1) {
			*out = v->phones[0];
			return (0);
		}
		if (v->phones_n > 1)
			return (
			    act_refuse(act, ERR_WRONG_STATE, "not_one_phone",
				"The account has several phones; say which."));
	} else if (id_get_text(device, &id) == 0)
		r = c->store->ops->phone_get(
		    c->store, &v->account.office, &v->account.id, &id, out);
	if (r == ERR_NOTFOUND)
		return (act_refuse(
		    act, r, "no_such_phone", "The account has no such phone."));
	return (r);
}

static int
note(struct core *c, const struct act *act, const struct account_view *v,
    const struct id *device, const char *action, const char *result,
    const char *reason, const char *detail)
{
	const struct journal_entry e = {
		.office = v->office.code,
		.account = v->account.login,
		.device = device,
		.action = action,
		.result = result,
		.reason = reason,
		.detail = detail,
	};

	return (journal_add(c->journal, act, &e));
}

int
phone_revoke(struct core *c, struct act *act, const char *login,
    const char *device, struct phone *out)
{
	struct session_pick opened = { .by = SESSION_BY_DEVICE };
	struct account_view v;
	struct guard g;
	int r;

	if ((r = account_show(c, act, login, &v)) != 0 ||
	    (r = pick(c, act, &v, device, out)) != 0 ||
	    (r = guard_open(c, act, &v.account, &g)) != 0)
		return (r);
	r = c->store->ops->phone_revoke(c->store, out, act->now.wall_ms);
	if (r == ERR_WRONG_STATE)
		return (act_refuse(
		    act, r, "revoked", "This phone was revoked before."));
	if (r != 0 || (r = guard_close(c, act, &g)) != 0)
		return (r);
	opened.office = out->office;
	opened.account = out->account;
	opened.device = out->device;
	if ((r = c->store->ops->session_end(c->store, &opened, NULL)) != 0)
		return (r);
	out->state = PHONE_REVOKED;
	out->sealed.len = 0;
	out->revoked_ms = act->now.wall_ms;
	return (
	    note(c, act, &v, &out->device, "phone.revoke", "done", NULL, NULL));
}

/* What came of the codes over all phones. */
struct tries {
	int asked, compared; /* phones; those the keeper looked at */
	bool took, is_clock_back;
};

static int
resync_one(struct core *c, const struct act *act, const struct phone *p,
    const char *code, const char *next_code, struct phone *out,
    struct tries *tries)
{
	struct keeper_check check;
	int32_t offset = 0;
	int r;

	memset(&check, 0, sizeof(check));
	check.owner.office = p->office;
	check.owner.account = p->account;
	check.owner.device = p->device;
	check.sealed = p->sealed;
	memcpy(check.code, code, sizeof(check.code));
	r = keeper_client_resync(c->keeper, &check, next_code, &offset);
	tries->asked++;
	if (check.verdict == KEEPER_NO_MATCH || check.verdict == KEEPER_MATCH)
		tries->compared++;
	if (check.verdict == KEEPER_CLOCK)
		tries->is_clock_back = true;
	if (r == 0 && check.verdict == KEEPER_MATCH) {
		r = c->store->ops->phone_resync(c->store, p, offset, check.step,
		    act->now.wall_ms, &tries->took);
		if (r == 0 && tries->took) {
			*out = *p;
			out->offset = offset;
			out->last_step = check.step;
		}
	}
	mem_wipe(&check, sizeof(check));
	return (r);
}

/* Ask every active phone until one takes the codes. */
static int
resync_any(struct core *c, const struct act *act, const struct account_view *v,
    const char *code, const char *next_code, struct phone *out,
    struct tries *tries)
{
	int i, r = 0;

	for (i = 0; i < v->phones_n && !tries->took && r == 0; i++)
		if (v->phones[i].state == PHONE_ACTIVE)
			r = resync_one(
			    c, act, &v->phones[i], code, next_code, out, tries);
	return (r);
}

static bool
has_active(const struct account_view *v)
{
	int i;

	for (i = 0; i < v->phones_n; i++)
		if (v->phones[i].state == PHONE_ACTIVE)
			return (true);
	return (false);
}

int
phone_resync(struct core *c, struct act *act, const char *login,
    const char *code, const char *next_code, enum verdict *verdict,
    struct phone *out)
{
	char one[CODE_DIGITS + 1], two[CODE_DIGITS + 1], detail[64] = "";
	const char *reason = "wrong_code", *obstacle;
	struct account_view v;
	struct lock lock;
	struct tries tries = { 0, 0, false, false };
	bool is_code;
	int r;

	*verdict = VERDICT_REFUSE;
	memset(out, 0, sizeof(*out));
	if ((r = account_show(c, act, login, &v)) != 0 ||
	    (r = lock_load(c, &v.account, COUNTER_CODE, RESYNC_BUCKET,
		 &act->now, &lock)) != 0)
		return (r);
	is_code = text_fold_code(code, one) == 0;
	is_code = text_fold_code(next_code, two) == 0 && is_code;
	obstacle = account_obstacle(&v.account, &v.office, act->now.wall_ms);
	if (obstacle != NULL)
		reason = obstacle;
	else if (lock.kind != LOCK_NONE)
		reason = "locked";
	else if (!has_active(&v))
		reason = "not_enrolled";
	else {
		if (is_code)
			r = resync_any(c, act, &v, one, two, out, &tries);
		if (r == 0 && tries.took) {
			r = lock_succeed(c, &lock);
			snprintf(detail, sizeof(detail), "offset=%d step=%lld",
			    (int)out->offset, (long long)out->last_step);
		} else if (tries.asked > 0 && tries.compared == 0)
			reason = tries.is_clock_back /* costs no try */
			    ? "clock_behind"
			    : "not_checked";
		else if (r == 0)
			r = lock_fail(c, &v.account, &lock, &act->now);
	}
	if (r == 0)
		r = note(c, act, &v, tries.took ? &out->device : NULL,
		    "phone.resync", tries.took ? "accept" : "refuse",
		    tries.took ? NULL : reason, detail);
	if (r == 0 && tries.took)
		*verdict = VERDICT_ACCEPT;
	mem_wipe(one, sizeof(one));
	mem_wipe(two, sizeof(two));
	return (r);
}
