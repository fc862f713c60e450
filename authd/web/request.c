#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/web/request.h"

#define LOOK_AGAIN_MS 2

void
request_counts_stop(struct request_counts *c)
{
	atomic_store(&c->is_stopping, true);
}

/* Looks again and again: only a stop waits so, and nobody who is counted down
 * has to touch more than the number, after which ${c} may be gone. */
bool
request_counts_wait(struct request_counts *c, int ms, bool suspended_only)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };
	const int64_t until = clock_boot_ms() + ms;

	for (;;) {
		if (atomic_load(&c->suspended) == 0 &&
		    (suspended_only || atomic_load(&c->open) == 0))
			return (true);
		if (clock_boot_ms() >= until)
			return (false);
		(void)nanosleep(&pause, NULL);
	}
}

/* One more suspended; false, and nothing added, when none may be. */
static bool
count_suspended(struct request_counts *c)
{
	atomic_fetch_add(&c->suspended, 1);
	if (!atomic_load(&c->is_stopping))
		return (true);
	atomic_fetch_sub(&c->suspended, 1);
	return (false);
}

static void
body_free(struct request *rq)
{
	mem_wipe(rq->body, rq->body_size);
	free(rq->body);
	rq->body = NULL;
	rq->body_len = rq->body_size = 0;
}

static void
request_free(struct request *rq)
{
	if (rq == NULL)
		return;
	free(rq->call);
	free(rq);
}

/* As new, but with what ${rq} had of room for a call, which is zero. */
static void
renew(struct request *rq)
{
	void *call = rq->call;
	size_t size = rq->call_size;

	memset(rq, 0, sizeof(*rq));
	rq->call = call;
	rq->call_size = size;
}

void
request_stock_clear(struct request_stock *stock)
{
	request_free(stock->rest);
	stock->rest = NULL;
}

int
request_new(struct request_counts *counts, struct request_stock *stock,
    struct MHD_Connection *connection, const char *target, struct request **out)
{
	struct request *rq = stock->rest;
	int r;

	stock->rest = NULL;
	if (rq == NULL && (rq = calloc(1, sizeof(*rq))) == NULL)
		return (log_fr(ERR_NOMEM, "request"));
	renew(rq);
	rq->target = strndup(target, GATE_URL_MAX);
	if (rq->target == NULL) {
		request_free(rq);
		return (log_fr(ERR_NOMEM, "request"));
	}
	if ((r = id_next_request(&stock->ids, clock_wall_ms(), rq->id)) != 0) {
		free(rq->target);
		request_free(rq);
		return (r);
	}
	atomic_init(&rq->holders, 1);
	atomic_init(&rq->state, REQUEST_OPEN);
	rq->connection = connection;
	rq->counts = counts;
	rq->target_at = target;
	rq->target_len = strlen(target);
	atomic_fetch_add(&counts->open, 1);
	*out = rq;
	return (0);
}

/* Give a hold back; true: it was the last one, and ${rq} holds nothing now. */
static bool
let_go(struct request *rq)
{
	if (atomic_fetch_sub(&rq->holders, 1) != 1)
		return (false);
	if (rq->has_call) {
		if (rq->route->clear != NULL)
			rq->route->clear(rq->call);
		mem_wipe(rq->call, rq->route->size);
	}
	json_in_close(&rq->in);
	body_free(rq);
	/* a query may hold a ticket */
	if (rq->query != NULL)
		mem_wipe(
		    rq->target + (rq->query - rq->target), strlen(rq->query));
	free(rq->target);
	return (true);
}

static void
drop(struct request *rq)
{
	if (let_go(rq))
		request_free(rq);
}

void
request_close(struct request *rq, struct request_stock *stock)
{
	atomic_fetch_sub(&rq->counts->open, 1);
	if (!let_go(rq))
		return;
	request_free(stock->rest);
	stock->rest = rq;
}

/* Room for the route's call, all of it zero. */
static int
call_new(struct request *rq)
{
	if (rq->call_size < rq->route->size) {
		free(rq->call);
		rq->call_size = 0;
		if ((rq->call = calloc(1, rq->route->size)) == NULL)
			return (log_fr(ERR_NOMEM, "request"));
		rq->call_size = rq->route->size;
	}
	rq->has_call = true;
	return (0);
}

int
request_body_new(struct request *rq, size_t n)
{
	if ((rq->body = malloc(n == 0 ? 1 : n)) == NULL)
		return (log_fr(ERR_NOMEM, "body of a request"));
	rq->body_size = n;
	return (0);
}

int
request_body_add(struct request *rq, const void *p, size_t n)
{
	if (n > rq->body_size - rq->body_len)
		return (log_fr(ERR_PROTO, "body of a request"));
	memcpy(rq->body + rq->body_len, p, n);
	rq->body_len += n;
	return (0);
}

int
request_parse(struct request *rq)
{
	struct act *act = &rq->work.act;
	int r;

	if ((r = call_new(rq)) != 0)
		return (r);
	if (rq->route->members == NULL)
		return (0);
	r = json_in_open(&rq->in, rq->body, rq->body_len, rq->route->members);
	body_free(rq);
	if (r == 0)
		r = rq->route->parse(&rq->in, act, rq->call);
	if (r == 0)
		r = json_in_end(&rq->in);
	if (rq->in.r == ERR_INVALID)
		r = act_refuse(act, rq->in.r, rq->in.code, rq->in.detail);
	return (r);
}

void
request_split(struct request *rq)
{
	char *mark = strchr(rq->target, '?');

	if (mark == NULL)
		return;
	*mark = '\0';
	rq->query = mark + 1;
}

int
request_take(struct request *rq, struct exchange_in *in)
{
	int r;

	if ((r = call_new(rq)) != 0)
		return (r);
	in->path = rq->target;
	in->query = rq->query;
	in->body = rq->body;
	in->body_len = rq->body_len;
	in->route = rq->route;
	r = rq->route->take(in, &rq->work.act, rq->call);
	body_free(rq);
	return (r);
}

static int
work_prepare(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	return (rq->route->prepare(c, &w->act, rq->call));
}

static bool
work_recall(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	return (rq->route->recall(c, &w->act, rq->call));
}

static int
work_run(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	if (rq->route->start != NULL)
		return (rq->route->start(c, w, rq->call));
	return (rq->route->run(c, &w->act, rq->call));
}

static int
work_hash(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	return (rq->route->hash(c, rq->call));
}

static void
work_hash_together(struct core *c, struct work **list, int n)
{
	void *calls[ENGINE_BRIEF_MAX];
	int i, results[ENGINE_BRIEF_MAX];
	struct request *rq = list[0]->arg;

	for (i = 0; i < n; i++)
		calls[i] = ((struct request *)list[i]->arg)->call;
	rq->route->hash_together(c, calls, results, n);
	for (i = 0; i < n; i++)
		list[i]->hash_result = results[i];
}

static int
work_settle(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	return (rq->route->settle(c, &w->act, rq->call));
}

static int
work_give_back(struct core *c, struct work *w)
{
	struct request *rq = w->arg;

	return (rq->route->give_back(c, &w->act, rq->call));
}

int
request_read(struct request *rq)
{
	rq->work.recall = rq->route->recall == NULL ? NULL : work_recall;
	rq->work.run = work_run;
	rq->work.arg = rq;
	rq->work.is_apart = rq->route->is_apart;
	return (engine_read(rq->engine, &rq->work));
}

/* End the waiting as ${how}; false when somebody else did. */
static bool
end_waiting(struct request *rq, enum request_state how)
{
	enum request_state was = REQUEST_WAITING;

	return (atomic_compare_exchange_strong(&rq->state, &was, how));
}

static void
resume(struct request *rq)
{
	struct request_counts *counts = rq->counts;

	MHD_resume_connection(rq->connection);
	/* rq may be closed by now; the server waits for this count */
	atomic_fetch_sub(&counts->suspended, 1);
}

static void
log_late(const struct request *rq, int r)
{
	const char *what = r == 0 ? "done" : err_text(r);

	if (r == 0 && rq->route->outcome != NULL)
		what = rq->route->outcome(rq->call);
	log_warn("request %s: %s was answered 503 at its deadline; "
		 "later it ended with: %s",
	    rq->id, rq->route->path, what);
}

/* On the writer's thread. Only the caller of it sets result. */
static void
work_done(struct work *w, int r)
{
	struct request *rq = w->arg;

	rq->result = r;
	if (end_waiting(rq, REQUEST_DONE))
		resume(rq);
	else
		log_late(rq, r);
	drop(rq);
}

int
request_write(struct request *rq)
{
	struct work *w = &rq->work;
	int r;

	w->prepare = rq->route->prepare == NULL ? NULL : work_prepare;
	w->run = work_run;
	w->hash = work_hash;
	w->hash_together =
	    rq->route->hash_together == NULL ? NULL : work_hash_together;
	w->settle = work_settle;
	w->give_back = rq->route->give_back == NULL ? NULL : work_give_back;
	w->done = work_done;
	w->lane = rq->route->lane;
	w->keeps_people = rq->route->keeps_people;
	w->reads_ahead = rq->route->reads_ahead;
	w->arg = rq;
	w->is_apart = rq->route->is_apart;
	if (rq->route->start_reads && (r = engine_read(rq->engine, w)) != 0)
		return (r);
	if (!count_suspended(rq->counts))
		return (ERR_BUSY);
	atomic_fetch_add(&rq->holders, 1);
	atomic_store(&rq->state, REQUEST_WAITING);
	/* first: the writer may be done before engine_submit() returns */
	MHD_suspend_connection(rq->connection);
	r = rq->route->start_reads ? engine_submit_hash(rq->engine, w)
				   : engine_submit(rq->engine, w);
	if (r == 0)
		return (0);
	rq->result = r == ERR_WRONG_STATE ? ERR_BUSY : r;
	rq->has_gap = r == ERR_WRONG_STATE;
	if (end_waiting(rq, REQUEST_DONE))
		resume(rq);
	drop(rq);
	return (0);
}

bool
request_is_done(struct request *rq)
{
	return (atomic_load(&rq->state) == REQUEST_DONE);
}

bool
request_is_handed_over(struct request *rq)
{
	return (atomic_load(&rq->state) != REQUEST_OPEN);
}

void
request_expire(void *arg)
{
	struct request *rq = arg;
	bool is_ours;

	/* Withdrawn, its done never comes: that hold is given back here. Its
	 * own hold keeps rq while the connection is suspended. */
	is_ours = engine_withdraw(rq->engine, &rq->work);
	if (end_waiting(rq, REQUEST_EXPIRED)) {
		log_warn("request %s: %s %s at its deadline", rq->id,
		    rq->route->path,
		    is_ours ? "was withdrawn" : "was given up");
		if (is_ours)
			drop(rq);
		resume(rq);
	} else if (is_ours)
		drop(rq);
}
