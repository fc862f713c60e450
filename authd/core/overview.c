#include <stdio.h>
#include <string.h>

#include "authd/core/account.h"
#include "authd/core/auditlog.h"
#include "authd/core/backed.h"
#include "authd/core/office.h"
#include "authd/core/overview.h"

#define DAY_MS   (24 * 3600 * 1000LL)
#define TOKYO_MS (9 * 3600 * 1000LL) /* no summer time */

struct look {
	struct core *c;
	struct act *act;
	struct overview *out;
	struct overview_list *list; /* of the listing under way */
	bool is_unused;             /* it tells when they were issued */
	const struct id *only;      /* the office; NULL: all */
	struct office office;       /* of the row before */
	bool has_office;
};

static int
find_office(struct look *l, const struct id *id)
{
	int r;

	if (l->has_office && id_equal(&l->office.id, id))
		return (0);
	r = l->c->store->ops->office_by_id(l->c->store, id, &l->office);
	l->has_office = r == 0;
	return (r);
}

/* Count one more; where it is to be told, or NULL. */
static struct overview_row *
add(struct look *l, struct overview_list *list, int64_t at_ms)
{
	struct overview_row *row;

	list->n++;
	if (list->rows_n == OVERVIEW_SHOWN)
		return (NULL);
	row = &list->rows[list->rows_n++];
	memcpy(row->office, l->office.code, sizeof(row->office));
	row->at_ms = at_ms;
	return (row);
}

static void
add_account(struct look *l, struct overview_list *list,
    const struct account *a, int64_t at_ms)
{
	struct overview_row *row = add(l, list, at_ms);

	if (row == NULL)
		return;
	memcpy(row->login, a->login, sizeof(row->login));
	memcpy(row->name, a->name, sizeof(row->name));
}

static int
on_means(void *arg, const struct means *m)
{
	struct look *l = arg;
	const struct account *a = &m->account;
	int64_t now = l->act->now.wall_ms, used_ms = m->used_ms;
	int r;

	if (l->out->accounts++ == OVERVIEW_ACCOUNTS_MAX) {
		l->out->accounts--;
		l->out->is_partial = true;
		return (0);
	}
	if ((r = find_office(l, &a->office)) != 0)
		return (r);
	if (account_obstacle(a, &l->office, now) != NULL) {
		l->out->accounts--;
		return (0);
	}
	if (!m->was_enrolled && !m->has_terminal)
		add_account(l, &l->out->unenrolled, a, a->created_ms);
	else if ((used_ms > a->created_ms ? used_ms : a->created_ms) <
	    now - OVERVIEW_DORMANT_DAYS * DAY_MS)
		add_account(l, &l->out->dormant, a, used_ms);
	return (0);
}

static int
on_locked(void *arg, const struct counter *row)
{
	struct look *l = arg;
	const struct moment *now = &l->act->now;
	bool is_for_good = row->in_row >= IN_ROW_MAX;
	struct account a;
	int r;

	/* what strangers typed is counted for nobody */
	r = l->c->store->ops->account_by_id(
	    l->c->store, &row->office, &row->account, &a);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	if ((r = find_office(l, &row->office)) != 0)
		return (r);
	add_account(l, &l->out->locked, &a,
	    is_for_good
		? 0
		: now->wall_ms + row->locked_until_steady - now->steady_ms);
	return (0);
}

static int
on_cert(void *arg, const struct cert *row)
{
	struct look *l = arg;
	struct overview_row *told;
	struct terminal t;
	int r;

	if (row->kind != CERT_TERMINAL)
		return (0); /* a server's, of no office */
	if ((r = find_office(l, &row->office)) != 0)
		return (r);
	told = add(l, l->list, l->is_unused ? row->issued_ms : row->not_after_ms);
	if (told == NULL)
		return (0);
	if ((r = l->c->store->ops->terminal_get(
		 l->c->store, &row->holder, &t)) != 0)
		return (r);
	id_put_text(&t.id, told->terminal);
	memcpy(told->name, t.label, sizeof(told->name));
	return (0);
}

static int
look_at_certs(struct look *l)
{
	const struct store_ops *ops = l->c->store->ops;
	int64_t now = l->act->now.wall_ms;
	int64_t until = now + OVERVIEW_ENDING_DAYS * DAY_MS;
	int64_t before = now - OVERVIEW_UNUSED_DAYS * DAY_MS;
	int r;

	l->list = &l->out->ending;
	r = l->only != NULL ? ops->cert_ending_office(l->c->store, l->only, now,
				  until, OVERVIEW_COUNTED, on_cert, l)
			    : ops->cert_ending(l->c->store, now, until, 0,
				  OVERVIEW_COUNTED, on_cert, l);
	if (r != 0)
		return (r);
	l->list = &l->out->unused;
	l->is_unused = true;
	return (l->only != NULL ? ops->cert_unused_office(l->c->store, l->only,
				      before, OVERVIEW_COUNTED, on_cert, l)
				: ops->cert_unused(l->c->store, before,
				      OVERVIEW_COUNTED, on_cert, l));
}

static int
count_refusal(void *arg, const struct audit_row *row)
{
	struct overview *out = arg;

	(void)row;
	out->refused++;
	return (0);
}

static int
look_at_log(struct look *l, const char *office)
{
	struct auditlog_query q = { .office = office,
		.result = "refuse",
		.limit = AUDIT_LIST_MAX };
	struct overview *out = l->out;
	int64_t end;
	int r;

	out->today_ms = l->act->now.wall_ms -
	    (l->act->now.wall_ms + TOKYO_MS) % DAY_MS;
	if ((r = auditlog_seq_at(l->c, out->today_ms, &q.from)) != 0 ||
	    (r = auditlog_seq_at(l->c, INT64_MAX, &end)) != 0)
		return (r);
	if (end - q.from > OVERVIEW_RECORDS_MAX) {
		q.from = end - OVERVIEW_RECORDS_MAX;
		out->refused_more = true;
	}
	r = auditlog_list(l->c, l->act, &q, count_refusal, out);
	if (out->refused == AUDIT_LIST_MAX)
		out->refused_more = true;
	return (r);
}

int
overview_look(struct core *c, struct act *act, const char *office,
    struct overview *out)
{
	struct look l = { .c = c, .act = act, .out = out };
	struct keeper_hello hello;
	struct office row;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = office_scope(c, act, office, &row, &l.only)) != 0 ||
	    (r = c->store->ops->account_means(c->store, l.only, "",
		 OVERVIEW_ACCOUNTS_MAX + 1, act->now.wall_ms, 0, on_means,
		 &l)) != 0 ||
	    (r = c->store->ops->counter_locked(c->store, l.only,
		 act->now.steady_ms, IN_ROW_MAX, OVERVIEW_COUNTED, on_locked,
		 &l)) != 0 ||
	    (r = look_at_certs(&l)) != 0 ||
	    (r = look_at_log(&l, office)) != 0 ||
	    (r = backed_when(c, &out->backup_ms)) != 0 ||
	    (r = keeper_client_hello(c->keeper, &hello)) != 0)
		return (r);
	out->is_clock_ok = hello.wall_ms >= hello.high_water_ms - KEEPER_BACK_MS;
	out->locked.is_more = out->locked.n == OVERVIEW_COUNTED;
	out->ending.is_more = out->ending.n == OVERVIEW_COUNTED;
	out->unused.is_more = out->unused.n == OVERVIEW_COUNTED;
	return (0);
}
