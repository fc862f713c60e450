#include "authd/base/mem.h"
#include "authd/core/password.h"
#include "authd/core/recovery.h"
#include "authd/core/ticket_fit.h"

static int
find_active(void *arg, const struct phone *row)
{
	bool *is_there = arg;

	(void)row;
	*is_there = true;
	return (0);
}

/* The password is to be shown: there must be one that counts. */
static int
judge_password(struct core *c, struct act *act, const struct account *a,
    const char **why)
{
	struct password_known known;
	bool must = true;
	int r;

	r = password_load(c, act, a->login, &known);
	if (r == 0 && known.row.hash[0] == '\0')
		*why = "no_password";
	else if (r == 0 && (r = password_must_change(c, &known, &must)) == 0 &&
	    must)
		*why = "password_due";
	mem_wipe(&known, sizeof(known));
	return (r);
}

/* A code, or one on paper, is to be shown. */
static int
judge_code(struct core *c, const struct account *a, const char **why)
{
	bool is_there = false;
	int left, r;

	r = c->store->ops->phone_list_active(
	    c->store, &a->office, &a->id, find_active, &is_there);
	if (r == 0 && !is_there &&
	    (r = recovery_count(c, a, &left)) == 0 && left == 0)
		*why = "not_enrolled";
	return (r);
}

static int
judge_first(struct core *c, const struct act *act, const struct account *a,
    const char **why)
{
	bool ever, late;
	int r;

	if ((r = account_enrolled(c, a, &ever)) != 0 ||
	    (r = account_late(c, a, act->now.wall_ms, &late)) != 0)
		return (r);
	if (ever && a->reset_ms == 0)
		*why = "already_enrolled";
	else if (late)
		*why = "enrol_by_passed";
	return (0);
}

int
ticket_fit_why(struct core *c, struct act *act, enum ticket_purpose purpose,
    const struct account *account, const struct office *office,
    const char **why)
{
	bool late;
	int r;

	*why = account_obstacle(account, office, act->now.wall_ms);
	if (*why != NULL)
		return (0);
	switch (purpose) {
	case TICKET_FIRST:
		return (judge_first(c, act, account, why));
	case TICKET_PHONE:
		r = account_late(c, account, act->now.wall_ms, &late);
		if (r == 0 && late)
			*why = "enrol_by_passed";
		if (r != 0 || late)
			return (r);
		return (judge_password(c, act, account, why));
	case TICKET_PASSWORD:
		return (judge_code(c, account, why));
	case TICKET_CERTIFICATE:
		return (0);
	case TICKET_NONE:
		break;
	}
	*why = "no_purpose";
	return (0);
}
