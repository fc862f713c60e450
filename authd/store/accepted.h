/*
 * accepted.h: which codes were accepted that their phones' rows do not show
 * yet. Each is a row of the table `accepted`, written in the transaction that
 * answers; this is that table once more, in memory, so that the writer knows a
 * phone's last step without reading it. The rows follow later, many together and
 * in their order (fold), which costs a fraction of a change at each acceptance.
 * Room: store.  Process: front.  Threads: one writes (the writer); who reads
 * the store asks accepted_version() and accepted_find(), nothing else.
 * Unit test: tests/unit/test_accepted.c
 */
#ifndef AUTHD_STORE_ACCEPTED_H
#define AUTHD_STORE_ACCEPTED_H

#include "authd/store/rows.h"

struct accepted;

struct accepted_row {
	struct id office, account, device;
	int64_t step;
	int64_t at_ms; /* wall time */
	int64_t seq;   /* in the table; 0 of what comes of memory */
};

/** accepted_new(out): with nothing in it, held once. */
int accepted_new(struct accepted **out) CHECKED;

/** accepted_hold(a): once more; each needs its accepted_drop(). */
void accepted_hold(struct accepted *a);
void accepted_drop(struct accepted *a);

/**
 * accepted_version(a):
 * Rises whenever a row of a phone that was read before may say less than what
 * is known: after a commit that touched (store_ops.is_touched), and when what
 * was folded is forgotten here. Never 0.
 */
uint64_t accepted_version(struct accepted *a);
void accepted_raise(struct accepted *a);

/**
 * accepted_find(a, phone, step, at_ms):
 * The latest committed step of that phone, if it is known here.
 */
bool accepted_find(struct accepted *a, const struct phone *phone, int64_t *step,
    int64_t *at_ms);

/*
 * The writer's transaction: begin, add, then perhaps committed. What was added is
 * found by accepted_latest() at once, by accepted_find() once it is committed. A
 * mark is what accepted_rewind() returns to.
 */
void accepted_begin(struct accepted *a);
void accepted_mark(struct accepted *a);
void accepted_rewind(struct accepted *a);

/**
 * accepted_latest(a, phone, step):
 * As accepted_find(), and of this transaction; not what accepted_all_folded()
 * says is in the row.
 */
bool accepted_latest(struct accepted *a, const struct phone *phone,
    int64_t *step, int64_t *at_ms);

/**
 * accepted_room(a, seq):
 * Make room for one more, whose number in the table is to be ${seq}. ERR_BUSY
 * when there are too many, ERR_NOMEM. accepted_add() is only asked after it.
 */
int accepted_room(struct accepted *a, int64_t *seq) CHECKED;
void accepted_add(struct accepted *a, const struct accepted_row *row);

/** accepted_added(a): how many were added in this transaction. */
size_t accepted_added(const struct accepted *a);
/** accepted_backlog(a): how many rows the table has, by their numbers. */
int64_t accepted_backlog(const struct accepted *a);

/**
 * accepted_fold(a, row):
 * The next one to bring into its phone's row, in the order of that table; false
 * when there is none at the moment. Begins a round when none is under way; in
 * one, a phone comes once. Taken back by accepted_rewind() and a failed commit.
 */
bool accepted_fold(struct accepted *a, struct accepted_row *row);

/**
 * accepted_forget(a, n):
 * Of the table the rows up to the number returned are of no more use; at most
 * ${n} more of them than the last time. 0: none. Taken back as accepted_fold().
 */
int64_t accepted_forget(struct accepted *a, size_t n);

/** accepted_is_round(a): is a round under way, or the table not rid of what the
 * last one made useless? */
bool accepted_is_round(const struct accepted *a);

/** accepted_is_left(a): is there anything to fold or to forget? */
bool accepted_is_left(struct accepted *a);

/** accepted_rows(a, fn, arg): every phone known here, also of this transaction;
 * stops at what is not 0 and returns it. */
int accepted_rows(struct accepted *a,
    int (*fn)(void *arg, const struct accepted_row *row), void *arg);

/** accepted_all_folded(a): in this transaction all were brought into their
 * rows, and the table emptied. */
void accepted_all_folded(struct accepted *a);

/** accepted_committed(a, is_touched): the transaction is; of any other nothing is
 * left when the next one begins. */
void accepted_committed(struct accepted *a, bool is_touched);

/**
 * accepted_load(a, row):
 * One row of the table, in the order of seq, outside of a transaction. ERR_NOMEM.
 * accepted_clear(a): nothing is known any more; before the first of them.
 */
int accepted_load(struct accepted *a, const struct accepted_row *row) CHECKED;
void accepted_clear(struct accepted *a);

#endif /* AUTHD_STORE_ACCEPTED_H */
