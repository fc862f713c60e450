/*
 * session_seen.h: when each session was used last, kept in memory between the
 * writings to the store, so that a page costs no write.
 * Room: core.  Process: front.  Threads: note and find from any; take and
 * stored on the writer's.
 * Unit test: tests/unit/test_session_seen.c
 *
 * A use counts at once for whoever asks next. Its writing follows after
 * SESSION_SEEN_MS; a crash before it shortens an idle time, never lengthens it.
 * It is forgotten SESSION_SEEN_KEPT_MS after its writing, so that who reads the
 * store as it was before that (store_ops.view) finds it here.
 */
#ifndef AUTHD_CORE_SESSION_SEEN_H
#define AUTHD_CORE_SESSION_SEEN_H

#include "authd/core/moment.h"
#include "authd/store/rows.h"

#define SESSION_SEEN_MS      30000 /* from the first use to its writing */
#define SESSION_SEEN_KEPT_MS 5000  /* longer than any view */
#define SESSION_SEEN_PLACES  (1 << 16) /* 3/4 of them are used: 4 MiB */
#define SESSION_SEEN_BATCH   500   /* written in one transaction */

struct session_seen;

struct session_seen_row {
	struct id office, account, id;
	int64_t seen_ms, seen_steady;
};

int session_seen_new(struct session_seen **out) CHECKED;
void session_seen_free(struct session_seen *s);

/** session_seen_note(s, row, now): it is used at ${now}. Times only rise. When
 * there is no room the use is not noted: it then ends earlier, not later. */
void session_seen_note(struct session_seen *s, const struct session *row,
    const struct moment *now);

/**
 * session_seen_find(s, id):
 * When it was used last, on steady time; 0: not in memory, and then as the store
 * says, in a view that is not older than SESSION_SEEN_KEPT_MS.
 */
int64_t session_seen_find(struct session_seen *s, const struct id *id);

/**
 * session_seen_take(s, now, all, n):
 * Borrow at most SESSION_SEEN_BATCH uses that are due to be written (all of
 * them with ${all}), ${n} of them, until session_seen_stored().
 */
const struct session_seen_row *session_seen_take(
    struct session_seen *s, const struct moment *now, bool all, size_t *n);

/** session_seen_stored(s, is_stored): what was taken is in the store, or, false,
 * it is still to be written. */
void session_seen_stored(struct session_seen *s, bool is_stored);

/** session_seen_is_behind(s): more may be due than was taken; until
 * session_seen_stored(). */
bool session_seen_is_behind(const struct session_seen *s) CHECKED;

#endif /* AUTHD_CORE_SESSION_SEEN_H */
