/*
 * source.h: failures by where they came from: a source is a consumer and an
 * address it named. Counts them and the logins they were for, refuses a source
 * that guesses at many, and holds back its audit records when they are too
 * many. In memory only, of a fixed size; a restart forgets it.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_source.c
 *
 * The window moves in pieces of 10 s: a failure counts for at least 590 s and
 * never for more than 600.
 *
 * An address is claimed by the consumer, so an entry belongs to the two
 * together. When there is no room left, the consumer that has most entries
 * where one is needed loses its oldest: whoever floods the table pays for it.
 */
#ifndef AUTHD_CORE_SOURCE_H
#define AUTHD_CORE_SOURCE_H

#include "authd/core/act.h"

#define SOURCE_CONSUMER_MAX (BUCKET_MAX - 2) /* local:SERVICE */

#define SOURCE_MAX          8192 /* entries */
#define SOURCE_FAILURES_MAX 50   /* in SOURCE_WINDOW_MS */
#define SOURCE_LOGINS_MIN   10   /* for at least so many logins */
#define SOURCE_OFFICE_TIMES 10   /* as many from an office's own address */
#define SOURCE_WINDOW_MS    (10 * 60 * 1000)
#define SOURCE_BLOCK_MS     (10 * 60 * 1000)

#define SOURCE_NOTES_MAX 20 /* refusals recorded in SOURCE_NOTES_MS */
#define SOURCE_NOTES_MS  (60 * 1000)

struct sources;

/* Refusals of one source that were held back; count 0: none. */
struct source_held {
	char consumer[SOURCE_CONSUMER_MAX + 1];
	char address[AUDIT_SOURCE_MAX + 1]; /* source_address_name() */
	int64_t count;
	char actor[AUDIT_ACTOR_MAX + 1]; /* of the last of them */
	char request_id[REQUEST_ID_LEN + 1];
};

/* One entry, for people. */
struct source_view {
	char consumer[SOURCE_CONSUMER_MAX + 1];
	char address[AUDIT_SOURCE_MAX + 1];
	int failures; /* in the window */
	int logins;   /* for at least so many; SOURCE_LOGINS_MIN and more look
		       * alike */
	int64_t until_steady; /* refused until then; 0: it is not */
};

/** source_new(out): with a random key, so that nobody can choose places. */
int source_new(struct sources **out) CHECKED;
void source_free(struct sources *s);

/**
 * source_blocked(s, consumer, address, now, networks, out):
 * Is it refused at ${now}? ${networks}: the CIDRs of the office of the account
 * that is meant, "" when there is none: from its own addresses an office has
 * SOURCE_OFFICE_TIMES as many failures. "" as address is no source.
 * Return: 0, ERR_INVALID (longer than it may be), ERR_NOMEM.
 */
int source_blocked(struct sources *s, const char *consumer, const char *address,
    const struct moment *now, const char *networks, bool *out) CHECKED;

/**
 * source_failed(s, consumer, address, login, now, dropped):
 * Count one failure for ${login}. ${dropped}: what was held back of an entry
 * that had to make room. Return: as source_blocked(); ERR_BUSY when one
 * transaction changes more than can be undone.
 */
int source_failed(struct sources *s, const char *consumer, const char *address,
    const char *login, const struct moment *now,
    struct source_held *dropped) CHECKED;

/**
 * source_hold(s, consumer, act, is_held, out):
 * One refusal of act->source is to be recorded. ${is_held}: not this one, it
 * is counted instead. ${out}: what is to be recorded first, of a minute that
 * is over or of an entry that had to make room. Return: as source_failed().
 */
int source_hold(struct sources *s, const char *consumer, const struct act *act,
    bool *is_held, struct source_held *out) CHECKED;

/**
 * source_due(s, now, is_all, at, out):
 * The next entry from place ${at} (0 first) that held back refusals in a
 * minute that is over, or (${is_all}) at all; they count as recorded then.
 * Return: 0, ERR_NOTFOUND (no more), ERR_BUSY.
 */
int source_due(struct sources *s, const struct moment *now, bool is_all,
    size_t *at, struct source_held *out) CHECKED;

/**
 * source_clear(s, consumer, address, now):
 * Forget the failures of one source. ERR_NOTFOUND: it has none.
 */
int source_clear(struct sources *s, const char *consumer, const char *address,
    const struct moment *now) CHECKED;

/**
 * source_list(s, now, out, n):
 * The entries with failures or a block, the blocked first, then by failures.
 * Owns: ${out} is the caller's to free(). ERR_NOMEM.
 */
int source_list(struct sources *s, const struct moment *now,
    struct source_view **out, size_t *n) CHECKED;

/* The writer's hooks: what a job did is undone when it fails, what all jobs
 * did when their transaction does. */
void source_begin(struct sources *s);
void source_mark(struct sources *s);
void source_rewind(struct sources *s);
void source_ended(struct sources *s, int r);

#endif /* AUTHD_CORE_SOURCE_H */
