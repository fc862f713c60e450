#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/timetext.h"
#include "authd/render/cells.h"
#include "authd/web/console_audit.h"
#include "authd/web/console_words.h"
#include "authd/web/portal_time.h"
#include "authd/web/shape.h"

#define DAY_MS	 (24 * 3600 * INT64_C(1000))
#define TOKYO_MS (9 * 3600 * INT64_C(1000)) /* no summer time */
#define COLUMNS	 13

/* --- what is asked --- */

static const char *
field(const struct console_audit *q, const char *name)
{
	const char *value = form_get(&q->console.portal.form, name);

	return (value == NULL || value[0] == '\0' ? NULL : value);
}

/* The beginning of a day in Tokyo; 0 when none is given. */
static int
take_day(const struct console_audit *q, const char *name, int64_t *ms)
{
	const char *value = field(q, name);

	*ms = 0;
	if (value == NULL)
		return (0);
	return (timetext_get_date(value, ms));
}

static int
take_before(const struct console_audit *q, int64_t *before)
{
	const char *value = field(q, "before");
	char *end;

	*before = 0;
	if (value == NULL)
		return (0);
	if (strspn(value, "0123456789") == 0 || strlen(value) > 18)
		return (ERR_INVALID);
	*before = strtoll(value, &end, 10);
	return (*end == '\0' && *before > 0 ? 0 : ERR_INVALID);
}

int
console_audit_take(const struct exchange_in *in, struct act *act, void *call)
{
	struct console_audit *q = call;
	const char *format;
	int r;

	if ((r = console_take(in, act, &q->console)) != 0)
		return (r);
	q->query.office = field(q, "office");
	q->query.account = field(q, "account");
	q->query.device = field(q, "device");
	q->query.app = field(q, "app");
	q->query.action = field(q, "action");
	q->query.result = field(q, "result");
	q->query.request_id = field(q, "request_id");
	format = field(q, "format");
	q->is_csv = format != NULL && strcmp(format, "csv") == 0;
	if (take_day(q, "from", &q->from_ms) != 0 ||
	    take_day(q, "to", &q->to_ms) != 0 ||
	    take_before(q, &q->before) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_search",
		    "A day is written as 2026-04-01."));
	return (0);
}

/* --- what is found --- */

/* Which records are looked at: query.from up to below query.before. */
static int
find_ends(struct core *c, struct console_audit *q, int64_t *oldest)
{
	int64_t end;
	int r;

	*oldest = 1;
	if (q->from_ms != 0 &&
	    (r = auditlog_seq_at(c, q->from_ms, oldest)) != 0)
		return (r);
	r = auditlog_seq_at(
	    c, q->to_ms != 0 ? q->to_ms + DAY_MS : INT64_MAX, &end);
	if (r != 0)
		return (r);
	q->query.before =
	    q->before != 0 && q->before < end ? q->before : end;
	q->query.from = *oldest;
	return (0);
}

static int
on_row(void *arg, const struct audit_row *row)
{
	struct console_audit *q = arg;

	if (q->n == CONSOLE_AUDIT_ROWS) {
		q->next = q->rows[q->n - 1].seq;
		return (0);
	}
	q->rows[q->n++] = row->record;
	return (0);
}

int
console_audit_look(struct core *c, struct act *act, void *call)
{
	struct console_audit *q = call;
	int64_t oldest;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	q->rows = calloc(CONSOLE_AUDIT_ROWS, sizeof(*q->rows));
	if ((q->console.owned[0] = q->rows) == NULL)
		return (ERR_NOMEM);
	if ((r = find_ends(c, q, &oldest)) != 0)
		return (r);
	/* a request is found by itself, however long ago it was */
	if (q->query.request_id == NULL &&
	    q->query.before - oldest > CONSOLE_AUDIT_WINDOW)
		q->query.from = q->query.before - CONSOLE_AUDIT_WINDOW;
	q->query.limit = CONSOLE_AUDIT_ROWS + 1;
	if (q->query.before <= q->query.from)
		return (0); /* none of these days */
	if ((r = auditlog_list(c, act, &q->query, on_row, q)) != 0)
		return (r);
	q->is_stopped = q->next == 0 && q->query.from > oldest;
	if (q->is_stopped)
		q->next = q->query.from;
	return (0);
}

struct writing {
	struct console_audit *q;
	FILE *out;
	int64_t last;
	int n; /* of this part */
};

static void
write_cells(FILE *out, const struct audit_record *rec)
{
	char at[TIMETEXT_MAX], seq[24];
	const char *const cells[COLUMNS] = { seq, at, rec->actor, rec->source,
		rec->office, rec->account, rec->device, rec->action,
		rec->result, rec->reason, rec->request_id, rec->detail, "" };

	timetext_put(rec->at_ms, at);
	snprintf(seq, sizeof(seq), "%lld", (long long)rec->seq);
	cells_put(out, cells, COLUMNS - 1);
}

static int
write_line(FILE *out, const struct audit_row *row)
{
	json_t *o = json_object();
	char *text = NULL;
	size_t n;

	if (shape_record(o, row) == 0)
		text = json_text(o, &n);
	json_decref(o);
	if (text == NULL)
		return (ERR_NOMEM);
	fputs(text, out);
	putc('\n', out);
	json_text_free(text);
	return (0);
}

static int
on_record(void *arg, const struct audit_row *row)
{
	struct writing *w = arg;

	w->last = row->record.seq;
	w->n++;
	w->q->records++;
	if (!w->q->is_csv)
		return (write_line(w->out, row));
	write_cells(w->out, &row->record);
	return (0);
}

static int
write_all(struct core *c, struct act *act, struct writing *w)
{
	static const char *const head[] = { "seq", "time", "actor", "source",
		"office", "account", "device", "action", "result", "reason",
		"request_id", "detail" };
	struct auditlog_query *query = &w->q->query;
	int r;

	if (w->q->is_csv) {
		fputs(CELLS_MARK, w->out);
		cells_put(w->out, head, COLUMNS - 1);
	}
	for (;;) {
		query->limit = CONSOLE_AUDIT_FILE - w->q->records;
		if (query->limit > AUDIT_LIST_MAX)
			query->limit = AUDIT_LIST_MAX;
		if (query->limit == 0 || query->before <= query->from)
			return (0);
		w->n = 0;
		r = auditlog_list(c, act, query, on_record, w);
		if (r != 0 || w->n < query->limit)
			return (r);
		query->before = w->last;
	}
}

int
console_audit_read(struct core *c, struct act *act, void *call)
{
	struct console_audit *q = call;
	struct writing w = { .q = q };
	int64_t oldest;
	int r;

	if ((r = console_enter(c, act, &q->console)) != 0 || !q->console.is_in)
		return (r);
	if ((r = find_ends(c, q, &oldest)) != 0)
		return (r);
	if ((w.out = open_memstream(&q->text, &q->len)) == NULL)
		return (ERR_NOMEM);
	r = write_all(c, act, &w);
	if (fclose(w.out) != 0 && r == 0)
		r = ERR_NOMEM;
	q->console.owned[1] = q->text;
	return (r);
}

/* --- what is shown --- */

static const char *const fields[] = { "account", "device", "app", "action",
	"result", "request_id", "office", "from", "to" };

/* The same search, with one field more. */
static void
put_address(const struct console_audit *q, struct page *page,
    enum page_var var, const char *path, const char *name, const char *value)
{
	char address[PORTAL_TO_MAX + 1], longer[PORTAL_TO_MAX + 1];
	const char *had;
	size_t i;

	console_address(address, sizeof(address), path, name, value);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if ((had = field(q, fields[i])) == NULL || address[0] == '\0')
			continue;
		console_address(
		    longer, sizeof(longer), address, fields[i], had);
		memcpy(address, longer, sizeof(address));
	}
	page_put(page, var, address);
}

static void
put_rows(const struct act *act, const struct console_audit *q,
    struct page *page)
{
	const struct audit_record *rec;
	int i;

	for (i = 0; i < q->n; i++) {
		rec = &q->rows[i];
		page_row(page, PAGE_VAR_ROWS);
		portal_time_put(page, PAGE_VAR_AT, rec->at_ms);
		console_words_put_action(page, PAGE_VAR_WHAT, rec->action);
		page_put(page, PAGE_VAR_ACTION, rec->action);
		console_words_put_result(page, PAGE_VAR_OUTCOME, rec->result);
		page_put_flag(
		    page, PAGE_VAR_BAD, strcmp(rec->result, "refuse") == 0);
		page_put(page, PAGE_VAR_REASON, rec->reason);
		page_put(page, PAGE_VAR_LOGIN, rec->account);
		if (strcmp(rec->actor, rec->account) != 0)
			page_put(page, PAGE_VAR_ACTOR, rec->actor);
		page_put(page, PAGE_VAR_SOURCE, rec->source);
		page_put(page, PAGE_VAR_DETAIL, rec->detail);
		page_put(page, PAGE_VAR_EVENT_ID, rec->request_id);
		if (act->person.is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, rec->office);
		page_row_end(page);
	}
}

/* What was asked stands in the form again. */
static void
put_form(const struct console_audit *q, struct page *page)
{
	const char *result = q->query.result == NULL ? "" : q->query.result;

	page_put(page, PAGE_VAR_OF_ACCOUNT, q->query.account);
	page_put(page, PAGE_VAR_OF_DEVICE, q->query.device);
	page_put(page, PAGE_VAR_OF_APP, q->query.app);
	page_put(page, PAGE_VAR_OF_ACTION, q->query.action);
	page_put(page, PAGE_VAR_OF_REQUEST, q->query.request_id);
	page_put(page, PAGE_VAR_OFFICE, q->query.office);
	page_put(page, PAGE_VAR_FROM, field(q, "from"));
	page_put(page, PAGE_VAR_UNTIL, field(q, "to"));
	page_put_flag(
	    page, PAGE_VAR_R_ACCEPT, strcmp(result, "accept") == 0);
	page_put_flag(
	    page, PAGE_VAR_R_REFUSE, strcmp(result, "refuse") == 0);
	page_put_flag(page, PAGE_VAR_R_DONE, strcmp(result, "done") == 0);
	page_put_flag(page, PAGE_VAR_MORE_ASKED,
	    q->query.device != NULL || q->query.app != NULL ||
		q->query.action != NULL);
}

void
console_audit_give(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_audit *q = call;
	char next[24];
	struct page *page;

	if (console_is_answered(act, call, r, out) ||
	    console_page(act, call, CATALOG_CONSOLE_AUDIT, &page, out) != 0)
		return;
	put_form(q, page);
	put_rows(act, q, page);
	if (q->next != 0) {
		snprintf(next, sizeof(next), "%lld", (long long)q->next);
		put_address(q, page, PAGE_VAR_NEXT, "/console/audit", "before",
		    next);
	}
	if (q->before != 0)
		put_address(
		    q, page, PAGE_VAR_NEWEST, "/console/audit", "q", "");
	page_put_flag(page, PAGE_VAR_STOPPED, q->is_stopped);
	if (rights_may(act, RIGHTS_EXPORT)) {
		put_address(q, page, PAGE_VAR_AS_CSV, "/console/audit/file",
		    "format", "csv");
		put_address(q, page, PAGE_VAR_AS_LINES, "/console/audit/file",
		    "format", "jsonl");
		page_put_int(page, PAGE_VAR_TOTAL, CONSOLE_AUDIT_FILE);
	}
	page_put_flag(
	    page, PAGE_VAR_EVERYWHERE, act->person.is_everywhere);
	console_give(&q->console, page, PAGE_CONSOLE_AUDIT, out);
}

void
console_audit_give_file(
    const struct act *act, void *call, int r, struct exchange_out *out)
{
	struct console_audit *q = call;
	char day[TIMETEXT_DATE_MAX], name[120];

	if (console_is_answered(act, call, r, out))
		return;
	timetext_put_date(act->now.wall_ms, day);
	snprintf(name, sizeof(name),
	    "attachment; filename=\"sekisho-audit-%s.%s\"", day,
	    q->is_csv ? "csv" : "jsonl");
	out->status = 200;
	exchange_out_header(out, "Content-Disposition", name);
	exchange_out_body(out,
	    q->is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
	    q->text, q->len);
}
