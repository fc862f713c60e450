/*
 * request.h: one request, from its request line to the end of its answer; it
 * owns all that belongs to it.
 * Room: web.  Process: front.
 * Threads: its connection's thread; the writer's while it waits (run, done);
 * the reaper's at its deadline. A count of holders keeps it until the last.
 * Unit test: tests/unit/test_request.c
 *
 * A request that changes something waits suspended. What ends the waiting, the
 * writer's answer or the deadline, is decided by one compare-and-swap, and
 * only the winner resumes the connection: exactly once, whatever comes when.
 */
#ifndef AUTHD_WEB_REQUEST_H
#define AUTHD_WEB_REQUEST_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "authd/api/json.h"
#include "authd/core/engine.h"
#include "authd/web/gate.h"
#include "authd/web/route.h"
#include "authd/web/secure.h"

enum request_state {
	REQUEST_OPEN = 0, /* not with the writer */
	REQUEST_WAITING,  /* suspended */
	REQUEST_DONE,     /* the writer answered: result is set */
	REQUEST_EXPIRED   /* the deadline came first */
};

/* How many requests are under way, so that a stop can wait for them. Zeroed at
 * first. */
struct request_counts {
	atomic_int open;         /* begun and not yet answered */
	atomic_int suspended;    /* of these, suspended */
	atomic_bool is_stopping; /* none may be suspended any more */
};

struct request {
	atomic_int holders;
	_Atomic(enum request_state) state;
	struct MHD_Connection *connection;
	struct request_counts *counts;
	char id[REQUEST_ID_LEN + 1];
	char *target;          /* raw; cut at GATE_URL_MAX */
	size_t target_len;     /* not cut */
	const char *target_at; /* where it was received */
	const char *query;     /* in target, once split; NULL: none */
	const struct secure_field
	    *always; /* fields of its answer; NULL: none */
	size_t always_n;
	bool is_begun; /* the head was seen */
	const struct route *route;
	void *call; /* the route's own, route->size bytes */
	size_t call_size; /* what there is room for */
	bool has_call;    /* call is in use */
	uint8_t *body;
	size_t body_len, body_size;
	struct json_in in; /* call borrows its texts */
	struct engine *engine;
	struct work work;
	int result;
	bool has_gap; /* the writer takes nothing: the log has a gap */
};

/* What the requests of one connection, one after the other, need again and
 * again. Zeroed at first. */
struct request_stock {
	struct id_stock ids;
	struct request *rest; /* the one before, empty; NULL: none */
};

/** request_stock_clear(stock): its connection is gone. */
void request_stock_clear(struct request_stock *stock);

/**
 * request_new(counts, stock, connection, target, out):
 * Begin with a fresh request id. ERR_NOMEM, ERR_SYS.
 * Owns: the caller, until request_close().
 */
int request_new(struct request_counts *counts, struct request_stock *stock,
    struct MHD_Connection *connection, const char *target,
    struct request **out) CHECKED;
/** request_close(rq, stock): its answer is out or its connection gone; gives
 * the hold of request_new() back. */
void request_close(struct request *rq, struct request_stock *stock);

/** request_body_new(rq, n): make room for ${n} bytes. ERR_NOMEM. */
int request_body_new(struct request *rq, size_t n) CHECKED;
/** request_body_add(rq, p, n): ERR_PROTO beyond what was announced. */
int request_body_add(struct request *rq, const void *p, size_t n) CHECKED;

/**
 * request_parse(rq):
 * Read the body by the route's rules into rq->call and wipe it. ERR_INVALID
 * with rq->work.act.problem, ERR_NOMEM.
 */
int request_parse(struct request *rq) CHECKED;

/**
 * request_take(rq, in):
 * The same for a route that is not JSON; of ${in}, which holds the head, path,
 * query and body are set here.
 */
int request_take(struct request *rq, struct exchange_in *in) CHECKED;

/** request_split(rq): cut the query off rq->target. */
void request_split(struct request *rq);

/** request_read(rq): run the route on this thread. Return: run's. */
int request_read(struct request *rq) CHECKED;

/**
 * request_write(rq):
 * Suspend the connection and hand the route's work to the writer. From the
 * access handler only. When 0, the handler is called again once the waiting
 * has ended: then request_is_done() tells how.
 * Return: 0, or ERR_BUSY when stopping: nothing was suspended.
 */
int request_write(struct request *rq) CHECKED;

/**
 * request_is_done(rq): true: the writer answered or refused, rq->result and
 * rq->has_gap are set. False: the deadline came first, or nothing was handed
 * over yet; rq->call must not be looked at.
 */
bool request_is_done(struct request *rq);

/** request_is_handed_over(rq): request_write() suspended it before. */
bool request_is_handed_over(struct request *rq);

/** request_expire(arg): the reaper's call for a waiting request. */
void request_expire(void *arg);

/** request_counts_stop(c): from now on nothing is suspended. */
void request_counts_stop(struct request_counts *c);
/** request_counts_wait(c, ms, suspended_only): true when there were none left
 * within ${ms}. */
bool request_counts_wait(struct request_counts *c, int ms, bool suspended_only);

#endif /* AUTHD_WEB_REQUEST_H */
