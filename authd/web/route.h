/*
 * route.h: every question that is answered: one line of a table each, one
 * table for each audience.
 * Room: web.  Process: front.  Threads: any; the table never changes.
 * Unit test: tests/unit/test_route.c (also holds API.md and openapi.yaml to it)
 */
#ifndef AUTHD_WEB_ROUTE_H
#define AUTHD_WEB_ROUTE_H

#include <jansson.h>

#include "authd/api/json.h"
#include "authd/core/rights.h"
#include "authd/web/exchange.h"

enum route_kind {
	ROUTE_READ = 1, /* run on the connection's thread, with a reader */
	ROUTE_WRITE,    /* run by the writer, the connection suspended */
	ROUTE_STATUS    /* asks the engine itself */
};

struct route {
	const char *method; /* GET answers HEAD too where take is set */
	const char *path;
	bool is_prefix; /* all paths that begin with it; take is set */
	enum right right; /* needed */
	enum route_kind kind;
	enum writer_lane lane;      /* of ROUTE_WRITE */
	size_t size;                /* of the call, zeroed before parse */
	const char *const *members; /* names its body may hold */
	/* The body into ${call}, which may borrow texts of ${in}: 0, or an
	 * error noted with json_in_fail() or act_refuse(). */
	int (*parse)(struct json_in *in, struct act *act, void *call);
	/* Optional, after parse: what the head says of who asks. */
	int (*head)(const struct exchange_in *in, struct act *act, void *call);
	/* Instead of members, parse and render, for what is not JSON: what was
	 * asked into ${call}, and the answer, also to an error ${r}. After the
	 * deadline ${call} is NULL and ${act} holds the request id only. A body
	 * must have the type ${body_type} (NULL: none may come). */
	int (*take)(const struct exchange_in *in, struct act *act, void *call);
	void (*give)(const struct act *act, void *call, int r,
	    struct exchange_out *out);
	/* Optional, of a 200 that is_same: have ${use} give what answer_exchange()
	 * made for an earlier call with the same answer, false: nothing is
	 * kept; and keep it for the next one, where it ends by ${drop}. */
	bool (*again)(void *call, void (*use)(void *answer, void *arg),
	    void *arg);
	bool (*keep)(void *call, void *answer, void (*drop)(void *answer));
	const char *body_type;
	size_t body_max;
	bool keeps_people; /* see struct work */
	bool reads_ahead;  /* the same */
	bool is_apart;     /* the same; of ROUTE_READ */
	/* Of pages of the console (console.h): what a person needs to be
	 * allowed, none is refused; whether a fresh code is asked before. */
	enum rights_doing need;
	bool is_final;
	/* Optional, on the writer before all runs of a transaction. */
	int (*prepare)(struct core *c, struct act *act, void *call);
	int (*run)(struct core *c, struct act *act, void *call);
	/* Optional, before run of ROUTE_READ: see struct work. */
	bool (*recall)(struct core *c, struct act *act, void *call);
	/* Instead of run, when slow work without the store follows it: see
	 * hash, settle and give_back of struct work. */
	int (*start)(struct core *c, struct work *w, void *call);
	int (*hash)(struct core *c, void *call);
	/* Of all routes that have it the same one. */
	void (*hash_together)(
	    struct core *c, void **calls, int *results, int n);
	bool start_reads; /* start changes nothing: with a reader, at once */
	int (*settle)(struct core *c, struct act *act, void *call);
	int (*give_back)(struct core *c, struct act *act, void *call);
	/* ROUTE_STATUS instead of run. */
	int (*ask)(struct engine *e, void *call);
	/* The answer into the object ${o}. */
	int (*render)(const struct act *act, void *call, json_t *o);
	/* Optional, for the log: what a decision was. */
	const char *(*outcome)(const void *call);
	/* Optional: free what the call owns; it is wiped by the caller. */
	void (*clear)(void *call);
};

/** route_table(n): borrow the routes of the API; their number in ${n}. */
const struct route *route_table(size_t *n);

/**
 * route_find(routes, n, method, path, allow):
 * The route of this very path, or of the prefix that comes first, and method,
 * or NULL: then ${allow} is a method the path does answer, NULL when there is
 * no such path. Paths are compared as received, nothing is decoded.
 */
const struct route *route_find(const struct route *routes, size_t n,
    const char *method, const char *path, const char **allow);

#endif /* AUTHD_WEB_ROUTE_H */
