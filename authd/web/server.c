#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/web/dispatch.h"
#include "authd/web/server_impl.h"

#define MEMORY_PATH    16384    /* of one connection: head, and body in parts */
#define MEMORY_URL     40960    /* with a long target, cookies, a certificate */
#define STOP_MS        500      /* what is under way may end */
#define STOP_ANSWER_MS 200      /* what was given up is told */
#define LIMIT_SLACK    16       /* a thread, so that our own cap is met first */
#define LAYOUT_VERSION "0.9.75" /* see gate_layout_ok() */
#define BRISK_NS       100000   /* the least that Linux takes */

struct link *
server_link(struct MHD_Connection *c)
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
	    "X-Content-Type-Options: nosniff\r\n"
	    "Content-Security-Policy: default-src 'none'\r\n"
	    "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
	    sizeof(body) - 1, body);
	/* the peer may have gone; then there is nobody to tell */
	if (send(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
		log_debug("a peer left before it was turned away");
	shutdown(fd, SHUT_RDWR);
}

static void
link_open(struct listener *ln, struct MHD_Connection *c, void **context)
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
	if (peer_get(fd, &ln->conf->rule, &l->peer) != 0 ||
	    !peer_crowd_enter(ln->crowd, l->peer.uid)) {
		log_debug("connection of user %u turned away",
		    (unsigned int)l->peer.uid);
		free(l);
		turn_away(fd);
		return;
	}
	snprintf(l->actor, sizeof(l->actor), "unix:%u",
	    (unsigned int)l->peer.uid);
	reaper_add(ln->server->reaper, &l->entry, fd);
	*context = l;
}

/* Called before MHD closes the descriptor. */
static void
link_close(struct listener *ln, void **context)
{
	struct link *l = *context;

	if (l == NULL)
		return;
	reaper_remove(ln->server->reaper, &l->entry);
	peer_crowd_leave(ln->crowd, l->peer.uid);
	request_stock_clear(&l->stock);
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
	const struct listener *ln = cls;
	struct server *s = ln->server;
	struct link *l = server_link(c);
	struct request *rq;

	if (l == NULL ||
	    request_new(&s->counts, &l->stock, c, target == NULL ? "" : target,
		&rq) != 0)
		return (NULL);
	reaper_arm(s->reaper, &l->entry);
	rq->engine = s->engine;
	rq->always = ln->conf->always;
	rq->always_n = ln->conf->always_n;
	rq->work.act.right = l->peer.right;
	memcpy(rq->work.act.actor, l->actor, sizeof(l->actor));
	memcpy(rq->work.act.request_id, rq->id, sizeof(rq->id));
	return (rq);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_RequestTerminationCode how)
{
	struct server *s = ((struct listener *)cls)->server;
	struct link *l = server_link(c);
	struct request *rq = *context;

	(void)how;
	*context = NULL;
	/* without a link there was no request */
	if (rq == NULL || l == NULL)
		return;
	reaper_rest(s->reaper, &l->entry);
	request_close(rq, &l->stock);
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

/* What sched_getattr(2) of every kernel fills; few C libraries have it. */
struct turn {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/*
 * How long this thread's turns on a processor are, of 0 the usual: threads that
 * it starts inherit it. Who takes short turns has them soon: then a question
 * of the hook, which takes 20 us, does not wait for the 3 ms of whoever else is
 * at work. It gets no larger share by that, and before Linux 6.12, which has
 * other ways to choose, it is ignored.
 */
static void
take_turns(uint64_t ns)
{
	struct turn turn;

	memset(&turn, 0, sizeof(turn));
	turn.size = sizeof(turn);
	if (syscall(SYS_sched_getattr, 0, &turn, sizeof(turn), 0) == 0) {
		turn.runtime = ns;
		if (syscall(SYS_sched_setattr, 0, &turn, 0) == 0)
			return;
	}
	log_info("threads take their usual turns: %s", strerror(errno));
}

static int
start_listener(struct server *s, const struct server_listener *k,
    struct listener *ln, bool is_strict)
{
	int flags = fcntl(k->fd, F_GETFL), r;
	unsigned int limit;
	size_t memory = k->form == GATE_URL ? MEMORY_URL : MEMORY_PATH;

	ln->server = s;
	ln->conf = k;
	r = peer_crowd_new(
	    k->connections_max, k->connections_peer_max, &ln->crowd);
	if (r != 0)
		return (r);
	/* two threads may see one connection: the loser must not block */
	if (flags == -1 || fcntl(k->fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return (log_fr(ERR_SYS, "listening socket"));
	limit = (unsigned int)(k->connections_max + LIMIT_SLACK * k->threads);
	if (k->is_brisk)
		take_turns(BRISK_NS);
	ln->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD |
		MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, dispatch_run, ln, MHD_OPTION_EXTERNAL_LOGGER, on_log,
	    s, MHD_OPTION_LISTEN_SOCKET, k->fd, MHD_OPTION_THREAD_POOL_SIZE,
	    (unsigned int)k->threads, MHD_OPTION_CONNECTION_LIMIT, limit,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    k->memory != 0 ? k->memory : memory,
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
	    is_strict ? 1 : 0, MHD_OPTION_URI_LOG_CALLBACK, on_target, ln,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, ln,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, ln, MHD_OPTION_END);
	if (k->is_brisk)
		take_turns(0);
	if (ln->daemon == NULL)
		return (log_fr(ERR_SYS, "start libmicrohttpd"));
	return (0);
}

static int
start(struct server *s)
{
	bool is_strict = strncmp(MHD_get_version(), "0.", 2) != 0;
	int i, r;

	/* From 1.0 on the library itself refuses bare LF, folded lines and
	 * NUL at this level. Before, the level only adds an answer of its own
	 * to a missing Host, which it sends wrongly; the gate has a right one. */
	s->is_layout_known = strcmp(MHD_get_version(), LAYOUT_VERSION) == 0;
	if (!is_strict && !s->is_layout_known)
		log_warn("libmicrohttpd %s is not one we know: a head with "
			 "bare LF or folded lines may be taken",
		    MHD_get_version());
	for (i = 0; i < s->conf.listeners_n; i++) {
		r = start_listener(
		    s, &s->conf.listeners[i], &s->listeners[i], is_strict);
		if (r != 0)
			return (r);
	}
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
	if ((r = reaper_new(conf->request_timeout_ms, &s->reaper)) != 0 ||
	    (r = reaper_start(s->reaper)) != 0 || (r = start(s)) != 0)
		goto out;
	*out = s;
	return (0);
out:
	server_free(s);
	return (r);
}

/* Let what is under way end, and tell the rest that it was given up. */
static void
drain(struct server *s)
{
	request_counts_wait(&s->counts, STOP_MS, false);
	request_counts_stop(&s->counts);
	reaper_expire_waiting(s->reaper);
	/* libmicrohttpd must not be stopped with one suspended */
	while (!request_counts_wait(&s->counts, STOP_ANSWER_MS, true))
		reaper_expire_waiting(s->reaper);
	request_counts_wait(&s->counts, STOP_ANSWER_MS, false);
}

void
server_free(struct server *s)
{
	struct listener *ln;
	int i;

	if (s == NULL)
		return;
	for (i = 0; i < s->conf.listeners_n; i++) {
		ln = &s->listeners[i];
		if (ln->daemon == NULL)
			continue;
		MHD_quiesce_daemon(ln->daemon);
		close(ln->conf->fd);
	}
	if (s->reaper != NULL)
		drain(s);
	for (i = 0; i < s->conf.listeners_n; i++) {
		if (s->listeners[i].daemon != NULL)
			MHD_stop_daemon(s->listeners[i].daemon);
		peer_crowd_free(s->listeners[i].crowd);
	}
	reaper_free(s->reaper);
	free(s);
}
