#include <string.h>

#include "authd/base/log.h"
#include "authd/store/store_sqlite_impl.h"

/*
 * Rows of the table from which on each commit folds twice as many phones as it
 * accepts codes, in the order of their rows: of a million one or two share a
 * page, of ten thousand a hundred. Fewer are left to phone_settle(), for a
 * quieter moment.
 */
#define FOLD_FROM 65536
#define FOLD_EACH 2
/* With more codes than this since the last time it is no quiet moment. */
#define QUIET_CODES 64
/* The table's rows lie close together: removed, so many cost as much. */
#define FORGET_EACH 8

static int
load(struct store_sqlite *s)
{
	struct accepted_row row;
	struct ask a;

	memset(&row, 0, sizeof(row));
	ask_open(&a, &s->d, ASK_ACCEPTED_LIST);
	while (ask_row(&a)) {
		row.seq = ask_get_int(&a, 1, INT64_MAX);
		ask_get_id(&a, &row.office);
		ask_get_id(&a, &row.account);
		ask_get_id(&a, &row.device);
		row.step = ask_get_int(&a, 0, INT64_MAX);
		row.at_ms = ask_get_int(&a, 0, INT64_MAX);
		if (a.r == 0)
			a.r = accepted_load(s->accepted, &row);
	}
	return (ask_close(&a));
}

/* Rises when others than this connection have changed the file. */
static int
get_version(struct store_sqlite *s, int64_t *version)
{
	struct ask a;

	*version = 0;
	ask_open(&a, &s->d, ASK_VERSION);
	if (ask_row(&a))
		*version = ask_get_int(&a, INT64_MIN, INT64_MAX);
	return (ask_close(&a));
}

int
store_sqlite_accepted_open(struct store_sqlite *s)
{
	int r;

	if ((r = accepted_new(&s->accepted)) != 0 ||
	    (r = get_version(s, &s->file_version)) != 0)
		return (r);
	return (load(s));
}

int
store_sqlite_accepted_begin(struct store_sqlite *s)
{
	int64_t version;
	int r;

	accepted_begin(s->accepted);
	if ((r = get_version(s, &version)) != 0)
		return (r);
	if (version == s->file_version)
		return (0);
	/* A process that was ended may have gone on for a moment, or an
	 * administrator has mended something: believe the file. */
	log_warn("store: changed by another program; read again");
	accepted_clear(s->accepted);
	if ((r = load(s)) == 0)
		s->file_version = version;
	return (r);
}

uint64_t
store_sqlite_accepted_seen(struct store_sqlite *s)
{
	if (s->accepted == NULL)
		return (0);
	if (s->d.is_writer)
		return (s->d.is_touched ? 0 : accepted_version(s->accepted));
	return (s->viewed != 0 ? s->viewed : accepted_version(s->accepted));
}

void
store_sqlite_accepted_show(struct store_sqlite *s, struct phone *row)
{
	int64_t step, at_ms;
	bool is_known;

	if (s->accepted == NULL)
		return;
	is_known = s->d.is_writer
	    ? accepted_latest(s->accepted, row, &step, &at_ms)
	    : accepted_find(s->accepted, row, &step, &at_ms);
	if (is_known && step > row->last_step) {
		row->last_step = step;
		row->last_used_ms = at_ms;
	}
}

/* What is kept here belongs to the transaction of the writer. */
static int
is_writing(struct store_sqlite *s)
{
	if (s->d.is_writer && sqlite3_get_autocommit(s->d.db) == 0)
		return (0);
	return (log_fr(ERR_WRONG_STATE, "store: change outside a transaction"));
}

static int
fold(struct store_sqlite *s, const struct accepted_row *row)
{
	struct ask a;

	ask_open(&a, &s->d, ASK_PHONE_FOLD);
	ask_put_id(&a, &row->office);
	ask_put_id(&a, &row->account);
	ask_put_id(&a, &row->device);
	ask_put_int(&a, row->step);
	ask_put_int(&a, row->at_ms);
	return (ask_run(&a, NULL)); /* of one that was removed: nothing */
}

static int
fold_row(void *s, const struct accepted_row *row)
{
	return (fold(s, row));
}

static int
forget(struct store_sqlite *s, int64_t seq)
{
	struct ask a;

	ask_open(&a, &s->d, ASK_ACCEPTED_FORGET);
	ask_put_int(&a, seq);
	return (ask_run(&a, NULL));
}

/* Of the round under way, or of the next, ${n} rows at most. */
static int
fold_some(struct store_sqlite *s, size_t n)
{
	struct accepted_row row;
	int64_t seq;
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0 && accepted_fold(s->accepted, &row); i++)
		r = fold(s, &row);
	if (r == 0 && i < n &&
	    (seq = accepted_forget(s->accepted, (n - i) * FORGET_EACH)) > 0)
		r = forget(s, seq);
	return (r);
}

int
store_sqlite_accepted_commit(struct store_sqlite *s)
{
	const size_t added = accepted_added(s->accepted);

	int r;

	s->unsettled_codes += added;
	if (accepted_backlog(s->accepted) >= FOLD_FROM)
		s->is_folding = true;
	if (added == 0 || !s->is_folding)
		return (0);
	/* To the end of the round, and of what it makes useless. */
	r = fold_some(s, FOLD_EACH * added);
	s->is_folding = r != 0 || accepted_is_round(s->accepted);
	return (r);
}

int
store_sqlite_accepted_fold_all(struct store_sqlite *s)
{
	int r;

	if ((r = is_writing(s)) != 0 ||
	    (r = accepted_rows(s->accepted, fold_row, s)) != 0 ||
	    (r = forget(s, INT64_MAX)) != 0)
		return (r);
	/* Rows that were read before say less now. */
	s->d.is_touched = true;
	accepted_all_folded(s->accepted);
	return (0);
}

int
store_sqlite_accepted_settle(struct store *base, int limit, bool *is_left)
{
	struct store_sqlite *s = (struct store_sqlite *)base;
	int r;

	*is_left = false;
	if ((r = is_writing(s)) != 0)
		return (r);
	if (s->unsettled_codes > QUIET_CODES) {
		s->unsettled_codes = 0;
		return (0);
	}
	s->unsettled_codes = 0;
	r = fold_some(s, (size_t)limit);
	*is_left = r == 0 && accepted_is_left(s->accepted);
	return (r);
}

/* What stands in the phone's own row: 0 also of one that is not active. */
static int
read_last(struct store_sqlite *s, const struct phone *key, bool *is_active,
    int64_t *step)
{
	struct ask a;

	*is_active = false;
	*step = 0;
	ask_open(&a, &s->d, ASK_PHONE_LAST);
	ask_put_id(&a, &key->office);
	ask_put_id(&a, &key->account);
	ask_put_id(&a, &key->device);
	if (ask_row(&a)) {
		*is_active =
		    ask_get_int(&a, 0, INT32_MAX) == (int64_t)PHONE_ACTIVE;
		*step = ask_get_int(&a, 0, INT64_MAX);
	} else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	return (ask_close(&a));
}

/* A step accepted before the clock went back is never accepted again. */
static int
is_burned(
    struct store_sqlite *s, const struct phone *key, int64_t step, bool *is)
{
	struct ask a;

	*is = true;
	ask_open(&a, &s->d, ASK_BURNED_HAS);
	ask_put_id(&a, &key->office);
	ask_put_id(&a, &key->account);
	ask_put_id(&a, &key->device);
	ask_put_int(&a, step);
	*is = ask_row(&a);
	return (ask_close(&a));
}

int
store_sqlite_accepted_may(
    struct store_sqlite *s, const struct phone *phone, int64_t step, bool *may)
{
	int64_t last = phone->last_step, later, at_ms;
	bool is_active = phone->state == PHONE_ACTIVE, is = false;
	int r = 0;

	*may = false;
	if ((r = is_writing(s)) != 0)
		return (r);
	/* A row that was read lately tells what the file would. */
	if (phone->seen == 0 || phone->seen != store_sqlite_accepted_seen(s))
		r = read_last(s, phone, &is_active, &last);
	if (r != 0 || !is_active || step <= last)
		return (r);
	if (accepted_latest(s->accepted, phone, &later, &at_ms) &&
	    step <= later)
		return (0);
	if ((r = is_burned(s, phone, step, &is)) == 0)
		*may = !is;
	return (r);
}

int
store_sqlite_accepted_take(struct store *base, const struct phone *phone,
    int64_t step, int64_t now_ms, bool *took)
{
	struct store_sqlite *s = (struct store_sqlite *)base;
	struct accepted_row row = { .step = step, .at_ms = now_ms };
	struct ask a;
	bool may;
	int r;

	*took = false;
	if ((r = store_sqlite_accepted_may(s, phone, step, &may)) != 0 || !may)
		return (r);
	if ((r = accepted_room(s->accepted, &row.seq)) != 0)
		return (r);
	row.office = phone->office;
	row.account = phone->account;
	row.device = phone->device;
	ask_open(&a, &s->d, ASK_ACCEPTED_ADD);
	ask_put_id(&a, &row.office);
	ask_put_id(&a, &row.account);
	ask_put_id(&a, &row.device);
	ask_put_int(&a, row.seq);
	ask_put_int(&a, row.step);
	ask_put_int(&a, row.at_ms);
	if ((r = ask_run(&a, NULL)) != 0)
		return (r);
	accepted_add(s->accepted, &row);
	*took = true;
	return (0);
}
