#include <microhttpd.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/web/answer.h"
#include "authd/web/dispatch.h"
#include "authd/web/rest_status.h"
#include "authd/web/server_impl.h"

struct head {
	struct gate_header fields[GATE_HEADERS_MAX];
	size_t n; /* may be more than there is room for: then refused */
};

static enum MHD_Result
on_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	struct head *head = cls;

	(void)kind;
	if (head->n < GATE_HEADERS_MAX) {
		head->fields[head->n].name = name;
		head->fields[head->n].name_len = name_len;
		head->fields[head->n].value = value == NULL ? "" : value;
		head->fields[head->n].value_len = value == NULL ? 0 : value_len;
	}
	head->n++;
	return (MHD_YES);
}

static int
check_layout(const struct server *s, const struct request *rq,
    const struct gate_request *g)
{
	const union MHD_ConnectionInfo *info;
	struct gate_layout at = {
		.method = g->method,
		.target = rq->target_at,
		.target_len = rq->target_len,
		.version = g->version,
	};

	if (!s->is_layout_known)
		return (0);
	info = MHD_get_connection_info(
	    rq->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (info == NULL)
		return (ERR_INVALID);
	at.head_len = info->header_size;
	return (gate_layout_ok(&at, g) ? 0 : ERR_INVALID);
}

static void
read_head(const struct request *rq, struct head *head)
{
	head->n = 0;
	MHD_get_connection_values_n(
	    rq->connection, MHD_HEADER_KIND, on_field, head);
}

/* The route, or the answer that there is none for this. */
static enum MHD_Result
choose_route(const struct listener *ln, struct request *rq,
    const struct gate_request *g, size_t body_len)
{
	const struct route *route;
	struct gate_refusal no = { 0, NULL, NULL };
	const char *allow = NULL;

	if (rq->work.act.right == RIGHT_NONE)
		return (answer_problem(rq, 403, "not_permitted",
		    "This user has no right here.", NULL));
	route = route_find(ln->conf->first, ln->conf->first_n, g->method,
	    rq->target, &allow);
	if (route == NULL && allow == NULL)
		route = route_find(ln->conf->routes, ln->conf->routes_n,
		    g->method, rq->target, &allow);
	if (route == NULL && allow == NULL)
		return (answer_problem(
		    rq, 404, "no_route", "There is no such path.", NULL));
	if (route == NULL)
		return (answer_problem(rq, 405, "bad_method",
		    "The path does not answer this method.", allow));
	if (rq->work.act.right < route->right)
		return (answer_problem(rq, 403, "not_permitted",
		    "This user has no right to this.", NULL));
	if (route->members != NULL &&
	    gate_body(g, GATE_JSON, BODY_MAX, body_len, &no) != 0)
		return (
		    answer_problem(rq, no.status, no.code, no.detail, NULL));
	if (route->body_type != NULL &&
	    gate_body(g, route->body_type, route->body_max, body_len, &no) != 0)
		return (
		    answer_problem(rq, no.status, no.code, no.detail, NULL));
	if (route->take != NULL && route->body_type == NULL && body_len != 0)
		return (answer_problem(
		    rq, 413, "too_long", "No body is taken here.", NULL));
	rq->route = route;
	if (request_body_new(rq, body_len) != 0)
		return (answer_error(rq, ERR_NOMEM));
	/* An answer given now would cost the connection: on the next call. */
	return (MHD_YES);
}

/* The head is here: refuse now, or make room for the body. */
static enum MHD_Result
begin(const struct listener *ln, struct request *rq, const char *method,
    const char *version)
{
	struct gate_refusal no;
	struct gate_request g;
	struct head head;
	size_t body_len;

	read_head(rq, &head);
	memset(&g, 0, sizeof(g));
	g.method = method;
	g.form = ln->conf->form;
	g.target = rq->target;
	g.target_len = rq->target_len;
	g.version = version;
	g.headers = head.fields;
	g.headers_n = head.n;
	if (gate_check(&g, &body_len, &no) != 0)
		return (
		    answer_problem(rq, no.status, no.code, no.detail, NULL));
	if (check_layout(ln->server, rq, &g) != 0)
		return (answer_problem(rq, 400, "bad_request",
		    "A line of the head is malformed.", NULL));
	request_split(rq);
	return (choose_route(ln, rq, &g, body_len));
}

static enum MHD_Result
give_exchange(
    const struct request *rq, const struct act *act, void *call, int r)
{
	struct exchange_out out;
	enum MHD_Result done;

	if (r == 0 && answer_again(rq, &done))
		return (done);
	memset(&out, 0, sizeof(out));
	rq->route->give(act, call, r, &out);
	if (r != 0 && out.status >= 500)
		log_warn("request %s: %d: %s%s%s", rq->id, out.status,
		    err_text(r), act->problem.detail[0] != '\0' ? ": " : "",
		    act->problem.detail);
	done = answer_exchange(rq, &out);
	exchange_out_clear(&out);
	return (done);
}

static enum MHD_Result
give(struct request *rq, int r)
{
	enum MHD_Result done;
	json_t *o;

	if (rq->route->give != NULL)
		return (give_exchange(rq, &rq->work.act, rq->call, r));
	if (r == 0)
		r = rq->work.act.refused;
	if (r != 0)
		return (answer_error(rq, r));
	o = json_object();
	if (rq->route->render(&rq->work.act, rq->call, o) != 0)
		done = answer_problem(rq, 500, "internal",
		    "It was done, but there is no memory to tell.", NULL);
	else
		done = answer_json(rq, o);
	json_decref(o);
	return (done);
}

/* Called again: the writer answered, or the deadline came first. */
static enum MHD_Result
after_waiting(struct server *s, struct link *l, struct request *rq)
{
	struct act late;

	reaper_wait_end(s->reaper, &l->entry);
	if (!request_is_done(rq) && rq->route->give != NULL) {
		/* call and act are the writer's still */
		memset(&late, 0, sizeof(late));
		memcpy(late.request_id, rq->id, sizeof(rq->id));
		return (give_exchange(rq, &late, NULL, ERR_TIMEOUT));
	}
	if (!request_is_done(rq))
		return (answer_error(rq, ERR_TIMEOUT));
	if (rq->has_gap && rq->route->give != NULL)
		return (give(rq, ERR_WRONG_STATE));
	if (rq->has_gap)
		return (answer_problem(rq, 503, "gap",
		    "The audit log has a gap; nothing can be changed until "
		    "it is accepted.",
		    NULL));
	return (give(rq, rq->result));
}

/* The whole request is here. */
static enum MHD_Result
hand_on(
    struct server *s, struct link *l, struct request *rq, const char *method)
{
	struct rest_status *status;
	struct exchange_in in;
	struct head head;
	int r;

	if (rq->route->take != NULL || rq->route->head != NULL) {
		read_head(rq, &head);
		memset(&in, 0, sizeof(in));
		in.method = method;
		in.headers = head.fields;
		in.headers_n = head.n;
		in.conf = s->conf.exchange;
	}
	if (rq->route->take != NULL)
		r = request_take(rq, &in);
	else
		r = request_parse(rq);
	if (r == 0 && rq->route->head != NULL)
		r = rq->route->head(&in, &rq->work.act, rq->call);
	if (r != 0)
		return (give(rq, r));
	switch (rq->route->kind) {
	case ROUTE_STATUS:
		status = rq->call;
		status->version = s->conf.version;
		status->config = s->conf.config_path;
		return (give(rq, rq->route->ask(s->engine, rq->call)));
	case ROUTE_READ:
		return (give(rq, request_read(rq)));
	case ROUTE_WRITE:
		if ((r = request_write(rq)) != 0)
			return (give(rq, r));
		reaper_wait(s->reaper, &l->entry, request_expire, rq);
		return (MHD_YES);
	}
	return (MHD_NO);
}

enum MHD_Result
dispatch_run(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *body, size_t *body_len,
    void **context)
{
	struct listener *ln = cls;
	struct server *s = ln->server;
	struct link *l = server_link(c);
	struct request *rq = *context;

	(void)url; /* decoded; the raw target was kept */
	if (l == NULL || rq == NULL)
		return (MHD_NO);
	if (!rq->is_begun) {
		rq->is_begun = true;
		return (begin(ln, rq, method, version));
	}
	if (*body_len != 0) {
		if (request_body_add(rq, body, *body_len) != 0)
			return (MHD_NO);
		*body_len = 0;
		return (MHD_YES);
	}
	if (request_is_handed_over(rq))
		return (after_waiting(s, l, rq));
	return (hand_on(s, l, rq, method));
}
