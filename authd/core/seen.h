/*
 * seen.h: what certificates were used for, kept in memory by those who only
 * read until the timer has it written down: one row and one record for many.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_seen.c
 */
#ifndef AUTHD_CORE_SEEN_H
#define AUTHD_CORE_SEEN_H

#include "authd/core/act.h"
#include "authd/store/rows.h"

#define SEEN_MAX        2048 /* different ones between two ticks */
#define SEEN_REASON_MAX 31

struct seen;

/* One use, or several that look alike. */
struct seen_use {
	uint8_t serial[CERT_SERIAL_LEN]; /* all zero: not one of ours */
	uint8_t fingerprint[CERT_FINGERPRINT_LEN];
	char reason[SEEN_REASON_MAX + 1]; /* of a refusal; "": accepted */
	char login[LOGIN_MAX + 1];        /* that was asked for; "" none */
	struct act act;                   /* the last time */
	int n;
};

/** seen_new(out): nothing seen yet. ERR_NOMEM. */
int seen_new(struct seen **out) CHECKED;
/** seen_free(s): NULL-safe. */
void seen_free(struct seen *s);

/**
 * seen_note(s, use):
 * Remember ${use}, of which n is not looked at: with the others of the same
 * serial, reason, login, actor and source. Beyond SEEN_MAX different ones it
 * is only counted.
 */
void seen_note(struct seen *s, const struct seen_use *use);

/**
 * seen_take(s, out):
 * Take one of them; it is kept until seen_stored(), and what was noted since
 * the first of those waits as long. Return: true, or false when there is none.
 */
bool seen_take(struct seen *s, struct seen_use *out);

/** seen_stored(s, is_stored): what was taken is in the store, or, false, it is
 * there to be taken again. */
void seen_stored(struct seen *s, bool is_stored);

/** seen_is_empty(s): nothing is noted that is not stored. */
bool seen_is_empty(struct seen *s);

/** seen_dropped(s): how many were only counted since the last call. */
int64_t seen_dropped(struct seen *s);

#endif /* AUTHD_CORE_SEEN_H */
