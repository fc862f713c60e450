#include <stdio.h>
#include <time.h>

#include "authd/web/console_overview.h"
#include "authd/web/portal_time.h"

#define BACKUP_OLD_MS (3 * 24 * 3600 * 1000LL) /* it is made every day */
#define TOKYO_MS      (9 * 3600 * 1000LL)

int
console_overview_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_overview *q = call;

	return (console_take(in, act, &q->console));
}

int
console_overview_look(struct core *c, struct act *act, void *call)
{
	struct console_overview *q = call;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->office = form_get(&q->console.portal.form, "office");
	if (q->office != NULL && q->office[0] == '\0')
		q->office = NULL;
	return (overview_look(c, act, q->office, &q->now));
}

/* So many, or so many and more. */
static void
put_count(struct page *page, enum page_var var, int n, bool is_more)
{
	char text[16];

	snprintf(text, sizeof(text), "%d%s", n, is_more ? "+" : "");
	page_put(page, var, text);
}

/* A list, its number, and how many of it are not shown. */
static void
put_list(const struct act *act, struct page *page, enum page_var list,
    enum page_var count, enum page_var rest, const struct overview_list *l)
{
	const struct overview_row *row;
	int i;

	put_count(page, count, l->n, l->is_more);
	if (l->n > l->rows_n)
		put_count(page, rest, l->n - l->rows_n, l->is_more);
	for (i = 0; i < l->rows_n; i++) {
		row = &l->rows[i];
		page_row(page, list);
		page_put(page, PAGE_VAR_LOGIN, row->login);
		page_put(page, PAGE_VAR_NAME, row->name);
		if (act->person.is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, row->office);
		portal_time_put(page, PAGE_VAR_AT, row->at_ms);
		portal_time_put_date(page, PAGE_VAR_DAY, row->at_ms);
		page_row_end(page);
	}
}

/* The day as a form field of a date holds it. */
static void
put_today(struct page *page, int64_t ms)
{
	time_t at = (time_t)((ms + TOKYO_MS) / 1000);
	char text[16] = "";
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	page_put(page, PAGE_VAR_TODAY, text);
}

void
console_overview_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_overview *q = call;
	const struct overview *o;
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_OVERVIEW, &page, out) != 0)
		return;
	o = &q->now;
	put_list(act, page, PAGE_VAR_LOCKED_ROWS, PAGE_VAR_LOCKED,
	    PAGE_VAR_LOCKED_MORE, &o->locked);
	put_list(act, page, PAGE_VAR_UNENROLLED_ROWS, PAGE_VAR_UNENROLLED,
	    PAGE_VAR_UNENROLLED_MORE, &o->unenrolled);
	put_list(act, page, PAGE_VAR_DORMANT_ROWS, PAGE_VAR_DORMANT,
	    PAGE_VAR_DORMANT_MORE, &o->dormant);
	put_list(act, page, PAGE_VAR_ENDING_ROWS, PAGE_VAR_ENDING,
	    PAGE_VAR_ENDING_MORE, &o->ending);
	put_list(act, page, PAGE_VAR_UNUSED_ROWS, PAGE_VAR_UNUSED,
	    PAGE_VAR_UNUSED_MORE, &o->unused);
	put_count(page, PAGE_VAR_REFUSED, o->refused, o->refused_more);
	put_count(page, PAGE_VAR_TOTAL, o->accounts, o->is_partial);
	put_today(page, o->today_ms);
	page_put_flag(page, PAGE_VAR_CLOCK_OK, o->is_clock_ok);
	portal_time_put(page, PAGE_VAR_BACKUP, o->backup_ms);
	page_put_flag(page, PAGE_VAR_BACKUP_OLD,
	    act->now.wall_ms - o->backup_ms > BACKUP_OLD_MS);
	page_put_flag(page, PAGE_VAR_CALM,
	    o->locked.n + o->unenrolled.n + o->dormant.n + o->ending.n +
		    o->unused.n ==
		0);
	page_put(page, PAGE_VAR_OFFICE, q->office);
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_OVERVIEW, out);
}
