/*
 * reaper.h: one thread that owns every deadline of the network side, so that
 * no peer holds a connection, and no request waits, longer than allowed.
 * Room: web.  Process: front.  Threads: any; see each call.
 * Unit test: tests/unit/test_reaper.c
 *
 * A connection has ${timeout_ms} to send its request line, counted from its
 * start or from its previous answer, and as long again from there to its
 * answer. So an idle connection ends, a byte now and then does not help, and
 * a request that comes at the end of an idle time still has all of its own, but
 * for REAPER_GRAIN_MS: what was set so lately is not set again.
 */
#ifndef AUTHD_WEB_REAPER_H
#define AUTHD_WEB_REAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/base/err.h"

#define REAPER_GRAIN_MS 8

struct reaper;

/* One connection's deadline: a member of what owns it, zeroed before use. */
struct reaper_entry {
	struct reaper_entry *prev, *next;
	int fd;
	int64_t set_ms; /* when its own thread has last set the deadline; 0: it
			 * has another since */
	int64_t deadline_ms;       /* clock_boot_ms() */
	void (*expire)(void *arg); /* set while a request waits, else NULL */
	void *arg;
	bool is_listed; /* false when expired or removed */
};

/** reaper_new(timeout_ms, out): without its thread yet. */
int reaper_new(int timeout_ms, struct reaper **out) CHECKED;
/** reaper_start(r): start the thread. ERR_SYS. */
int reaper_start(struct reaper *r) CHECKED;
/** reaper_free(r): end the thread. NULL-safe. */
void reaper_free(struct reaper *r);

/** reaper_add(r, e, fd): a new connection; ${fd} is borrowed until
 * reaper_remove(), which must come before it is closed. */
void reaper_add(struct reaper *r, struct reaper_entry *e, int fd);
/** reaper_arm(r, e): the full time from now. On the connection's own thread, as
 * all that follow. */
void reaper_arm(struct reaper *r, struct reaper_entry *e);
/**
 * reaper_wait(r, e, expire, arg):
 * The connection waits for an answer of ours: at its deadline ${expire} is
 * called once, on the reaper's thread, instead of shutting the connection
 * down, and the connection gets the full time again to be told. ${expire} must
 * not call the reaper. When the deadline has passed already it is called soon.
 */
void reaper_wait(struct reaper *r, struct reaper_entry *e,
    void (*expire)(void *arg), void *arg);
/** reaper_wait_end(r, e): no longer; ${expire} is not running any more. */
void reaper_wait_end(struct reaper *r, struct reaper_entry *e);
/** reaper_rest(r, e): as reaper_wait_end(), and the full time from now. */
void reaper_rest(struct reaper *r, struct reaper_entry *e);
/** reaper_remove(r, e): forget it; its fd is not touched any more. */
void reaper_remove(struct reaper *r, struct reaper_entry *e);

/** reaper_expire_waiting(r): call every ${expire} now (the end is near). */
void reaper_expire_waiting(struct reaper *r);

/**
 * reaper_scan(r, now_ms):
 * End what is past its deadline. Return: milliseconds until there is something
 * to do again, -1 when there is no connection. The thread calls it; tests too.
 */
int64_t reaper_scan(struct reaper *r, int64_t now_ms);

#endif /* AUTHD_WEB_REAPER_H */
