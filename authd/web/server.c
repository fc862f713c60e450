#include <fcntl.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/web/answer.h"
#include "authd/web/peer.h"
#include "authd/web/reaper.h"
#include "authd/web/request.h"
#include "authd/web/rest_status.h"
#include "authd/web/server.h"

#define MEMORY_LIMIT   16384    /* of one connection: head, and body in parts */
#define STOP_MS        500      /* what is under way may end */
#define STOP_ANSWER_MS 200      /* what was given up is told */
#define LIMIT_SLACK    16       /* a thread, so that our own cap is met first */
#define LAYOUT_VERSION "0.9.75" /* see gate_layout_ok() */

struct server {
	struct server_conf conf;
	struct engine *engine;
	struct MHD_Daemon *daemon;
	struct reaper *reaper;
	struct peer_crowd *crowd;
	struct request_counts counts;
	bool has_counts;
	bool is_layout_known;
};

/* One connection, from its accept to its close. */
struct link {
	struct reaper_entry entry;
	struct peer peer;
};

static struct link *
link_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info;

	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return (info == NULL ? NULL : info->socket_context);
}

/* Tell a peer that there is no room, and shut the door at once: a connection
 * that is waiting to be refused would itself take the room. */
static void
turn_away(int fd)
{
	static const char body[] =
	    "{\"type\":\"urn:sekisho:problem:busy\",\"title\":"
	    "\"Not available now\",\"status\":503,"
	    "\"detail\":\"There are too many connections.\","
	    "\"code\":\"busy\"}";
	char text[512];
	int n;

	n = snprintf(text, sizeof(text),
	    "HTTP/1.1 503 Service Unavailable\r\n"
	    "Content-Type: application/problem+json\r\n"
	    "Cache-Control: no-store\r\nRetry-After: 1\r\n"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
	    sizeof(body) - 1, body);
	/* the peer may have gone; then there is nobody to tell */
	if (send(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
		log_debug("a peer left before it was turned away");
	shutdown(fd, SHUT_RDWR);
}

static void
link_open(struct server *s, struct MHD_Connection *c, void **context)
{
	const union MHD_ConnectionInfo *info;
	struct link *l;
	int fd;

	*context = NULL;
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL)
		return;
	fd = info->connect_fd;
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		log_fr(ERR_NOMEM, "connection");
		turn_away(fd);
		return;
	}
	if (peer_get(fd, s->conf.starter, s->conf.verify_group, &l->peer) !=
		0 ||
	    !peer_crowd_enter(s->crowd, l->peer.uid)) {
		log_debug("connection of user %u turned away",
		    (unsigned int)l->peer.uid);
		free(l);
		turn_away(fd);
		return;
	}
	reaper_add(s->reaper, &l->entry, fd);
	*context = l;
}

/* Called before MHD closes the descriptor. */
static void
link_close(struct server *s, void **context)
{
	struct link *l = *context;

	if (l == NULL)
		return;
	reaper_remove(s->reaper, &l->entry);
	peer_crowd_leave(s->crowd, l->peer.uid);
	free(l);
	*context = NULL;
}

static void
on_connection(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		link_open(cls, c, context);
	else
		link_close(cls, context);
}

/* The request line is complete; ${target} is raw. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	struct server *s = cls;
	struct link *l = link_of(c);
	struct request *rq;

	if (l == NULL ||
	    request_new(&s->counts, c, target == NULL ? "" : target, &rq) != 0)
		return (NULL);
	reaper_arm(s->reaper, &l->entry);
	rq->engine = s->engine;
	rq->work.act.right = l->peer.right;
	snprintf(rq->work.act.actor, sizeof(rq->work.act.actor), "unix:%u",
	    (unsigned int)l->peer.uid);
	memcpy(rq->work.act.request_id, rq->id, sizeof(rq->id));
	return (rq);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_RequestTerminationCode how)
{
	struct server *s = cls;
	struct link *l = link_of(c);
	struct request *rq = *context;

	(void)how;
	*context = NULL;
	if (rq == NULL)
		return;
	if (l != NULL) {
		reaper_wait_end(s->reaper, &l->entry);
		reaper_arm(s->reaper, &l->entry);
	}
	request_close(rq);
}

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

/* The head is here: refuse now, or make room for the body. */
static enum MHD_Result
begin(struct server *s, struct request *rq, const char *method,
    const char *version)
{
	struct gate_refusal no;
	struct gate_request g;
	const char *allow;
	struct head head;
	size_t body_len;

	memset(&head, 0, sizeof(head));
	MHD_get_connection_values_n(
	    rq->connection, MHD_HEADER_KIND, on_field, &head);
	memset(&g, 0, sizeof(g));
	g.method = method;
	g.target = rq->target;
	g.target_len = rq->target_len;
	g.version = version;
	g.headers = head.fields;
	g.headers_n = head.n;
	if (gate_check(&g, &body_len, &no) != 0)
		return (
		    answer_problem(rq, no.status, no.code, no.detail, NULL));
	if (check_layout(s, rq, &g) != 0)
		return (answer_problem(rq, 400, "bad_request",
		    "A line of the head is malformed.", NULL));
	if (rq->work.act.right == RIGHT_NONE)
		return (answer_problem(rq, 403, "not_permitted",
		    "This user has no right here.", NULL));
	rq->route = route_find(method, rq->target, &allow);
	if (rq->route == NULL && allow == NULL)
		return (answer_problem(
		    rq, 404, "no_route", "There is no such path.", NULL));
	if (rq->route == NULL)
		return (answer_problem(rq, 405, "bad_method",
		    "The path does not answer this method.", allow));
	if (rq->work.act.right < rq->route->right)
		return (answer_problem(rq, 403, "not_permitted",
		    "This user has no right to this.", NULL));
	if (rq->route->members != NULL && gate_body(&g, body_len, &no) != 0)
		return (
		    answer_problem(rq, no.status, no.code, no.detail, NULL));
	if (request_body_new(rq, body_len) != 0)
		return (answer_error(rq, ERR_NOMEM));
	/* An answer given now would cost the connection: on the next call. */
	return (MHD_YES);
}

static enum MHD_Result
give(struct request *rq, int r)
{
	enum MHD_Result done;
	json_t *o;

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
	reaper_wait_end(s->reaper, &l->entry);
	if (!request_is_done(rq))
		return (answer_error(rq, ERR_TIMEOUT));
	if (rq->has_gap)
		return (answer_problem(rq, 503, "gap",
		    "The audit log has a gap; nothing can be changed until "
		    "it is accepted.",
		    NULL));
	return (give(rq, rq->result));
}

/* The whole request is here. */
static enum MHD_Result
dispatch(struct server *s, struct link *l, struct request *rq)
{
	struct rest_status *status;
	int r;

	if ((r = request_parse(rq)) != 0)
		return (answer_error(rq, r));
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
			return (answer_error(rq, r));
		reaper_wait(s->reaper, &l->entry, request_expire, rq);
		return (MHD_YES);
	}
	return (MHD_NO);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *body, size_t *body_len,
    void **context)
{
	struct server *s = cls;
	struct link *l = link_of(c);
	struct request *rq = *context;

	(void)url; /* decoded; the raw target was kept */
	if (l == NULL || rq == NULL)
		return (MHD_NO);
	if (!rq->is_begun) {
		rq->is_begun = true;
		return (begin(s, rq, method, version));
	}
	if (*body_len != 0) {
		if (request_body_add(rq, body, *body_len) != 0)
			return (MHD_NO);
		*body_len = 0;
		return (MHD_YES);
	}
	if (request_is_handed_over(rq))
		return (after_waiting(s, l, rq));
	return (dispatch(s, l, rq));
}

__attribute__((format(printf, 2, 0))) static void
on_log(void *cls, const char *fmt, va_list ap)
{
	char line[512];
	int n;

	(void)cls;
	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n < 0)
		return;
	line[strcspn(line, "\n")] = '\0';
	/* what a peer can cause is not worth a line by default */
	if (strstr(line, "accept") != NULL || strstr(line, "limit") != NULL)
		log_warn("http: %s", line);
	else
		log_debug("http: %s", line);
}

static int
start(struct server *s)
{
	const struct server_conf *k = &s->conf;
	bool is_strict = strncmp(MHD_get_version(), "0.", 2) != 0;
	int flags = fcntl(k->listen_fd, F_GETFL);
	unsigned int limit;

	/* From 1.0 on the library itself refuses bare LF, folded lines and
	 * NUL at this level. Before, the level only adds an answer of its own
	 * to a missing Host, which it sends wrongly; the gate has a right one. */
	s->is_layout_known = strcmp(MHD_get_version(), LAYOUT_VERSION) == 0;
	if (!is_strict && !s->is_layout_known)
		log_warn("libmicrohttpd %s is not one we know: a head with "
			 "bare LF or folded lines may be taken",
		    MHD_get_version());
	/* two threads may see one connection: the loser must not block */
	if (flags == -1 ||
	    fcntl(k->listen_fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return (log_fr(ERR_SYS, "listening socket"));
	limit = (unsigned int)(k->connections_max + LIMIT_SLACK * k->threads);
	s->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD |
		MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
	    MHD_OPTION_LISTEN_SOCKET, k->listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
	    (unsigned int)k->threads, MHD_OPTION_CONNECTION_LIMIT, limit,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_LIMIT,
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
	    is_strict ? 1 : 0, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
	if (s->daemon == NULL)
		return (log_fr(ERR_SYS, "start libmicrohttpd"));
	return (0);
}

int
server_new(
    const struct server_conf *conf, struct engine *engine, struct server **out)
{
	struct server *s;
	int r;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (log_fr(ERR_NOMEM, "server"));
	s->conf = *conf;
	s->engine = engine;
	if ((r = request_counts_init(&s->counts)) != 0)
		goto out;
	s->has_counts = true;
	if ((r = peer_crowd_new(conf->connections_max,
		 conf->connections_peer_max, &s->crowd)) != 0 ||
	    (r = reaper_new(conf->request_timeout_ms, &s->reaper)) != 0 ||
	    (r = reaper_start(s->reaper)) != 0 || (r = start(s)) != 0)
		goto out;
	*out = s;
	return (0);
out:
	server_free(s);
	return (r);
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	if (s->daemon != NULL) {
		MHD_quiesce_daemon(s->daemon);
		close(s->conf.listen_fd);
		request_counts_wait(&s->counts, STOP_MS, false);
		request_counts_stop(&s->counts);
		reaper_expire_waiting(s->reaper);
		/* libmicrohttpd must not be stopped with one suspended */
		while (!request_counts_wait(&s->counts, STOP_ANSWER_MS, true))
			reaper_expire_waiting(s->reaper);
		request_counts_wait(&s->counts, STOP_ANSWER_MS, false);
		MHD_stop_daemon(s->daemon);
	}
	reaper_free(s->reaper);
	peer_crowd_free(s->crowd);
	if (s->has_counts)
		request_counts_clear(&s->counts);
	free(s);
}
