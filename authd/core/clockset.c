#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/timetext.h"
#include "authd/core/clockset.h"
#include "authd/core/journal.h"

#define STEP_MS (STEP_SECONDS * 1000LL)

/*
 * A step after the one a phone comes back to was accepted no earlier than so
 * many steps before now: its offset may have been as much below as it is above,
 * and the windows; two for the way of a record to the log.
 */
#define EARLIER_STEPS (2 * KEEPER_OFFSET_MAX + KEEPER_WINDOW_MAX + 2)

/* A phone to bring back, and where to. */
struct ahead {
	struct phone phone;
	char device[ID_TEXT + 1];
	int64_t to;
};

/* A step to burn, of the phone in that place. */
struct later {
	size_t phone;
	int64_t step;
};

struct rewind {
	int64_t now_step;
	struct ahead *phones;
	size_t phones_n, phones_room;
	struct later *steps;
	size_t steps_n, steps_room;
};

/* Room for one more; the memory stays the caller's when there is none. */
static int
grow(void **at, size_t n, size_t *room, size_t size)
{
	size_t want = *room == 0 ? 64 : 2 * *room;
	void *more;

	if (n < *room)
		return (0);
	if ((more = reallocarray(*at, want, size)) == NULL)
		return (log_fr(ERR_NOMEM, "phones to bring back"));
	*at = more;
	*room = want;
	return (0);
}

static int
take_phone(void *arg, const struct phone *row)
{
	struct rewind *w = arg;
	void *at = w->phones;
	struct ahead *a;
	int r;

	r = grow(&at, w->phones_n, &w->phones_room, sizeof(*w->phones));
	w->phones = at;
	if (r != 0)
		return (r);
	a = &w->phones[w->phones_n];
	a->phone = *row;
	a->to = w->now_step + row->offset;
	if (a->to < 0)
		a->to = 0;
	if (a->to >= row->last_step)
		return (0);
	id_put_text(&row->device, a->device);
	w->phones_n++;
	return (0);
}

static int
by_device(const void *a, const void *b)
{
	const struct ahead *one = a, *two = b;

	return (strcmp(one->device, two->device));
}

static int
burn_later(struct rewind *w, size_t phone, int64_t step)
{
	void *at = w->steps;
	int r;

	r = grow(&at, w->steps_n, &w->steps_room, sizeof(*w->steps));
	w->steps = at;
	if (r == 0)
		w->steps[w->steps_n++] = (struct later){ phone, step };
	return (r);
}

/* The step a record of an accepted code tells; -1 when it tells none. */
static int64_t
step_of(const struct audit_record *rec)
{
	const char *p, *at = NULL;
	int64_t step;
	char *end;

	/* The last one: a name of others' making may stand before it. */
	for (p = rec->detail; (p = strstr(p, "step=")) != NULL; p++)
		if (p == rec->detail || p[-1] == ' ')
			at = p + strlen("step=");
	if (at == NULL)
		return (-1);
	errno = 0;
	step = strtoll(at, &end, 10);
	return (errno != 0 || end == at || step < 0 ? -1 : step);
}

static int
take_record(void *arg, const struct audit_row *row)
{
	struct rewind *w = arg;
	const struct ahead *found;
	struct ahead key;
	int64_t step;

	if (strcmp(row->record.result, "accept") != 0 ||
	    strlen(row->record.device) != ID_TEXT)
		return (0);
	memcpy(key.device, row->record.device, sizeof(key.device));
	found = bsearch(
	    &key, w->phones, w->phones_n, sizeof(*w->phones), by_device);
	if (found == NULL || (step = step_of(&row->record)) <= found->to)
		return (0);
	return (burn_later(w, (size_t)(found - w->phones), step));
}

/*
 * The log tells every step accepted up to the last transaction. Of this one
 * only the phones tell: the codes of a transaction are judged at one moment, so
 * they lie within a window that ends at last_step.
 */
static int
find_steps(struct core *c, struct rewind *w)
{
	struct audit_head head;
	int64_t step;
	size_t i;
	int k, r;

	for (i = 0; i < w->phones_n; i++) {
		for (k = 0; k <= 2 * KEEPER_WINDOW_MAX; k++) {
			step = w->phones[i].phone.last_step - k;
			if (step > w->phones[i].to &&
			    (r = burn_later(w, i, step)) != 0)
				return (r);
		}
	}
	journal_head(c->journal, &head);
	return (c->store->ops->audit_read_since(c->store, head.node,
	    (w->now_step - EARLIER_STEPS) * STEP_MS, take_record, w));
}

static int
bring_back(struct core *c, struct rewind *w)
{
	const struct store_ops *ops = c->store->ops;
	const struct later *l;
	size_t i;
	int r;

	r = ops->phone_ahead(
	    c->store, w->now_step + c->policy->totp_window, take_phone, w);
	if (r != 0 || w->phones_n == 0)
		return (r);
	qsort(w->phones, w->phones_n, sizeof(*w->phones), by_device);
	if ((r = find_steps(c, w)) != 0)
		return (r);
	for (i = 0; i < w->steps_n && r == 0; i++) {
		l = &w->steps[i];
		r = ops->phone_burn(
		    c->store, &w->phones[l->phone].phone, l->step);
	}
	for (i = 0; i < w->phones_n && r == 0; i++)
		r = ops->phone_rewind(
		    c->store, &w->phones[i].phone, w->phones[i].to);
	return (r);
}

int
clockset_confirm(struct core *c, struct act *act, struct clockset *out)
{
	char detail[AUDIT_DETAIL_MAX + 1], from[TIMETEXT_MAX];
	const struct journal_entry e = {
		.action = "clock.confirm", .result = "done", .detail = detail
	};
	struct rewind w = { .now_step = 0 };
	struct keeper_clock set;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = keeper_client_clock_confirm(c->keeper, &set)) != 0)
		return (log_fr(r, "set the high-water mark"));
	out->wall_ms = set.wall_ms;
	out->high_water_ms = set.high_water_ms;
	w.now_step = set.wall_ms / STEP_MS;
	if ((r = bring_back(c, &w)) != 0)
		goto out;
	out->phones = (int64_t)w.phones_n;
	timetext_put(set.high_water_ms, from);
	snprintf(detail, sizeof(detail), "from=%s phones=%zu burned=%zu", from,
	    w.phones_n, w.steps_n);
	r = journal_add(c->journal, act, &e);
out:
	free(w.phones);
	free(w.steps);
	return (r);
}
