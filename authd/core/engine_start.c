#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/engine_start.h"
#include "authd/core/journal.h"

struct follow {
	struct keeper *k;
	struct audit_head at;   /* where the keeper stands */
	struct audit_head last; /* the record before this one */
	struct audit_record *records;
	size_t n; /* records since the last seal */
};

/* Collect one transaction's records and lead the keeper over them. */
static int
follow_row(void *arg, const struct audit_row *row)
{
	struct follow *f = arg;
	int r;

	if (f->n == JOURNAL_MAX)
		return (ERR_WRONG_STATE);
	/* The stored hash too: the next transaction will build on it. */
	r = audit_chain_next(&f->last, &row->record);
	if (r != 0)
		return (r == ERR_NOMEM ? r : ERR_WRONG_STATE);
	if (memcmp(f->last.hash, row->hash, sizeof(row->hash)) != 0)
		return (ERR_WRONG_STATE);
	f->records[f->n++] = row->record;
	if (!row->has_seal)
		return (0);
	r = keeper_client_audit_follow(
	    f->k, &f->at, f->records, f->n, row->seal);
	if (r != 0)
		return (r);
	f->at = f->last;
	f->n = 0;
	return (0);
}

/* True in *has when the log has the record the keeper knows. */
static int
contains(struct store *st, const struct audit_head *known, bool *has)
{
	struct audit_row row;
	int r;

	*has = false;
	if (known->seq == 0) {
		*has = true;
		return (0);
	}
	r = st->ops->audit_get(st, known->node, known->seq, &row);
	if (r == ERR_NOTFOUND || r == ERR_CORRUPT)
		return (0);
	if (r == 0)
		*has = memcmp(row.hash, known->hash, sizeof(row.hash)) == 0;
	return (r);
}

/*
 * The library that hashes sets itself up at its first use, and what fails in
 * that fails for good: so it is used before anything is promised.
 */
static int
try_hash(int32_t node)
{
	struct audit_head head = { .node = node };
	const struct audit_record rec = { .node = node, .seq = 1 };

	return (audit_chain_next(&head, &rec));
}

int
engine_start_follow(struct store *st, struct keeper *k, int32_t node,
    bool *has_gap, struct audit_head *head)
{
	struct keeper_hello hello;
	struct follow f;
	bool has;
	int r;

	*has_gap = true;
	memset(&f, 0, sizeof(f));
	if ((r = try_hash(node)) != 0)
		return (log_fr(r, "hash a record"));
	if ((r = keeper_client_hello(k, &hello)) != 0)
		return (log_fr(r, "greet the keeper"));
	if ((r = st->ops->audit_head(st, node, head)) != 0 ||
	    (r = contains(st, &hello.confirmed, &has)) != 0)
		return (r);
	if (!has) {
		log_error("the audit log does not contain record %" PRId64
			  " that the keeper knows",
		    hello.confirmed.seq);
		return (0);
	}
	f.k = k;
	f.at = hello.confirmed;
	f.at.node = node;
	f.last = f.at;
	f.records = calloc(JOURNAL_MAX, sizeof(*f.records));
	if (f.records == NULL)
		return (ERR_NOMEM);
	r = st->ops->audit_read(
	    st, node, hello.confirmed.seq + 1, follow_row, &f);
	if (r == ERR_WRONG_STATE || r == ERR_CORRUPT || (r == 0 && f.n > 0)) {
		log_error("the audit log does not continue after record "
			  "%" PRId64,
		    f.at.seq);
		r = 0;
	} else if (r == 0)
		*has_gap = false;
	free(f.records);
	return (r);
}

struct gap_note {
	struct work work;
	struct audit_head gap;
	sem_t done;
	int result;
};

#define NOTED 1 /* ends the listing; no error is positive */

static int
is_noted(void *arg, const struct audit_row *row)
{
	return (strcmp(row->record.detail, arg) == 0 ? NOTED : 0);
}

static int
gap_run(struct core *c, struct work *w)
{
	const struct audit_filter filter = { .action = "audit.gap",
		.limit = 1000 };
	struct gap_note *g = w->arg;
	char detail[AUDIT_DETAIL_MAX + 1], hash[2 * AUDIT_HASH_LEN + 1];
	const struct journal_entry entry = {
		.action = "audit.gap",
		.result = "done",
		.reason = "accepted",
		.detail = detail,
	};
	int r;

	text_put_hex(g->gap.hash, sizeof(g->gap.hash), hash);
	snprintf(detail, sizeof(detail), "after_seq=%" PRId64 " after_hash=%s",
	    g->gap.seq, hash);
	/* The keeper tells of it at every start; it is noted at one. */
	r = c->store->ops->audit_list(c->store, &filter, is_noted, detail);
	if (r != 0)
		return (r == NOTED ? 0 : r);
	return (journal_add(c->journal, &w->act, &entry));
}

static void
gap_done(struct work *w, int r)
{
	struct gap_note *g = w->arg;

	g->result = r;
	sem_post(&g->done);
}

int
engine_start_note_gap(struct engine *e, struct keeper *k)
{
	struct keeper_hello hello;
	struct gap_note g;
	int r;

	if ((r = keeper_client_hello(k, &hello)) != 0)
		return (r);
	if (hello.gap.seq == 0)
		return (0);
	memset(&g, 0, sizeof(g));
	g.gap = hello.gap;
	g.work.run = gap_run;
	g.work.done = gap_done;
	g.work.lane = WRITER_URGENT;
	g.work.arg = &g;
	memcpy(g.work.act.actor, "system", 7);
	if (sem_init(&g.done, 0, 0) != 0)
		return (ERR_SYS);
	if ((r = engine_submit(e, &g.work)) == 0) {
		while (sem_wait(&g.done) != 0)
			;
		r = g.result;
	}
	sem_destroy(&g.done);
	return (r);
}
