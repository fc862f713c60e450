#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "authd/api/client.h"
#include "authd/base/clock.h"
#include "authd/base/mem.h"

#define RETRY_MS 10 /* between tries while the listener's backlog is full */

/* One call under way. */
struct call {
	struct client_answer *a;
	int fd;
	int64_t end_ms; /* steady time of the deadline */
	bool is_sent;   /* the question went out whole */
	bool is_json;   /* application/json or application/problem+json */
	bool has_length;
	size_t length; /* of the body, as announced */
	size_t head_len;
	char head[CLIENT_HEAD_MAX];
};

static int
fail(struct call *c, int r, int error, const char *why)
{
	c->a->sys_errno = error;
	c->a->why = why;
	return (r);
}

static int
proto(struct call *c, const char *why)
{
	return (fail(c, ERR_PROTO, 0, why));
}

/* Milliseconds until the deadline, 0 when it has passed. */
static int
left_ms(const struct call *c)
{
	int64_t left = c->end_ms - clock_boot_ms();

	if (left <= 0)
		return (0);
	return (left > INT_MAX ? INT_MAX : (int)left);
}

/* Wait until the socket is ready for one of the events. */
static int
wait_for(struct call *c, short events, short *got)
{
	struct pollfd p = {.fd = c->fd, .events = events};
	int n;

	for (;;) {
		n = left_ms(c);
		if (n == 0)
			return (fail(c, ERR_TIMEOUT, 0, "the deadline passed"));
		n = poll(&p, 1, n);
		if (n > 0) {
			*got = p.revents;
			return (0);
		}
		if (n == -1 && errno != EINTR)
			return (fail(c, ERR_SYS, errno, "poll"));
	}
}

/*
 * Who called listen(2), by the kernel's word: the owner of the file at that
 * path may be another one by the time it is looked at.
 */
static int
judge_listener(struct call *c)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	    len == sizeof(who) && (who.uid == 0 || who.uid == geteuid()))
		return (0);
	c->a->has_begun = true;
	return (fail(c, ERR_DENIED, 0, "the socket is another user's"));
}

static int
open_socket(struct call *c, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	int pause;

	if (n == 0 || n >= sizeof(sun.sun_path))
		return (fail(c, ERR_SYS, ENAMETOOLONG, "cannot connect"));
	memcpy(sun.sun_path, path, n);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd == -1)
		return (fail(c, ERR_SYS, errno, "cannot make a socket"));
	while (connect(c->fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		if (errno == EISCONN)
			break;
		/*
		 * A unix socket never connects in the background: EAGAIN says
		 * that the backlog is full and poll() has nothing to wait for.
		 */
		if (errno != EAGAIN && errno != EINTR)
			return (fail(c, ERR_SYS, errno, "cannot connect"));
		pause = left_ms(c);
		if (pause == 0)
			return (fail(c, ERR_TIMEOUT, 0,
			    "the daemon takes no connection"));
		(void)poll(NULL, 0, pause < RETRY_MS ? pause : RETRY_MS);
	}
	return (c->a->is_strict ? judge_listener(c) : 0);
}

/*
 * Send n bytes. An answer that arrives before all is sent ends the sending:
 * the daemon refuses what it need not read.
 */
static int
send_all(struct call *c, const char *p, size_t n)
{
	ssize_t done;
	short got;
	int r;

	while (n > 0) {
		if ((r = wait_for(c, POLLIN | POLLOUT, &got)) != 0)
			return (r);
		if ((got & POLLIN) != 0)
			return (0);
		done = send(c->fd, p, n, MSG_NOSIGNAL);
		if (done == -1) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			/* What was answered before may still be read. */
			if (errno == EPIPE || errno == ECONNRESET)
				return (0);
			return (fail(c, ERR_SYS, errno, "send"));
		}
		p += done;
		n -= (size_t)done;
	}
	c->is_sent = true;
	return (0);
}

static int
send_question(struct call *c, const char *path, const char *json)
{
	char head[512];
	size_t len = json == NULL ? 0 : strlen(json);
	int n, r;

	if (json == NULL)
		n = snprintf(head, sizeof(head),
		    "GET %s HTTP/1.1\r\nHost: localhost\r\n"
		    "Accept: application/json\r\nConnection: close\r\n\r\n",
		    path);
	else
		n = snprintf(head, sizeof(head),
		    "POST %s HTTP/1.1\r\nHost: localhost\r\n"
		    "Accept: application/json\r\nConnection: close\r\n"
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    path, len);
	if (n < 0 || (size_t)n >= sizeof(head))
		return (proto(c, "path too long"));
	if ((r = send_all(c, head, (size_t)n)) != 0 || !c->is_sent || len == 0)
		return (r);
	c->is_sent = false;
	return (send_all(c, json, len));
}

/* Read at most n bytes, at least one; *got is 0 at the end of the stream. */
static int
read_some(struct call *c, char *p, size_t n, size_t *got)
{
	ssize_t done;
	short ready;
	int r;

	for (;;) {
		if ((r = wait_for(c, POLLIN, &ready)) != 0)
			return (r);
		done = recv(c->fd, p, n, 0);
		if (done >= 0) {
			c->a->has_begun = c->a->has_begun || done > 0;
			*got = (size_t)done;
			return (0);
		}
		if (errno != EINTR && errno != EAGAIN)
			return (fail(c, ERR_SYS, errno, "connection lost"));
	}
}

/* RFC 9110 section 5.6.2: what a field name is made of. */
static bool
is_token(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!((p[i] >= 'a' && p[i] <= 'z') ||
			(p[i] >= 'A' && p[i] <= 'Z') ||
			(p[i] >= '0' && p[i] <= '9') ||
			(p[i] != '\0' &&
			    strchr("!#$%&'*+-.^_`|~", p[i]) != NULL)))
			return (false);
	}
	return (n > 0);
}

static bool
is_named(const char *p, size_t n, const char *name)
{
	return (n == strlen(name) && strncasecmp(p, name, n) == 0);
}

static int
take_length(struct call *c, const char *v, size_t n)
{
	size_t i, sum = 0;

	if (c->has_length)
		return (proto(c, "two lengths"));
	/* Nine digits stay far below SIZE_MAX, and far above any answer. */
	if (n == 0 || n > 9)
		return (proto(c, "bad length"));
	for (i = 0; i < n; i++) {
		if (v[i] < '0' || v[i] > '9')
			return (proto(c, "bad length"));
		sum = sum * 10 + (size_t)(v[i] - '0');
	}
	if (sum >= c->a->size)
		return (proto(c, "answer too long"));
	c->length = sum;
	c->has_length = true;
	return (0);
}

static void
take_request_id(struct call *c, const char *v, size_t n)
{
	size_t i;

	if (n != REQUEST_ID_LEN)
		return;
	for (i = 0; i < n; i++) {
		if (!((v[i] >= '0' && v[i] <= '9') ||
			(v[i] >= 'a' && v[i] <= 'z')))
			return;
	}
	memcpy(c->a->request_id, v, n);
	c->a->request_id[n] = '\0';
}

static void
take_type(struct call *c, const char *v, size_t n)
{
	const char *semi = memchr(v, ';', n);

	if (semi != NULL)
		n = (size_t)(semi - v);
	while (n > 0 && v[n - 1] == ' ')
		n--;
	c->is_json = is_named(v, n, "application/json") ||
	    (c->a->status >= 400 && is_named(v, n, "application/problem+json"));
}

/* One field line without its CR LF. RFC 9112 section 5. */
static int
take_field(struct call *c, const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n), *v;
	size_t name_len, i;

	if (colon == NULL || !is_token(p, (size_t)(colon - p)))
		return (proto(c, "RFC 9112 section 5: bad field"));
	name_len = (size_t)(colon - p);
	v = colon + 1;
	n -= name_len + 1;
	for (; n > 0 && (*v == ' ' || *v == '\t'); v++)
		n--;
	while (n > 0 && (v[n - 1] == ' ' || v[n - 1] == '\t'))
		n--;
	for (i = 0; i < n; i++) {
		if (((unsigned char)v[i] < 0x20 && v[i] != '\t') ||
		    v[i] == 0x7f)
			return (proto(c, "control character in a field"));
	}
	if (is_named(p, name_len, "Content-Length"))
		return (take_length(c, v, n));
	if (is_named(p, name_len, "Transfer-Encoding") ||
	    is_named(p, name_len, "Content-Encoding"))
		return (proto(c, "coded answer"));
	if (is_named(p, name_len, "Content-Type"))
		take_type(c, v, n);
	else if (is_named(p, name_len, "Sekisho-Request-Id"))
		take_request_id(c, v, n);
	return (0);
}

/* `HTTP/1.1 200 OK`: the reason may be empty, its blank may not. */
static int
take_status(struct call *c, const char *p, size_t n)
{
	size_t i;
	int status = 0;

	if (n < 13 || memcmp(p, "HTTP/1.1 ", 9) != 0 || p[12] != ' ')
		return (proto(c, "RFC 9112 section 4: bad status line"));
	for (i = 9; i < 12; i++) {
		if (p[i] < '0' || p[i] > '9')
			return (proto(c, "bad status"));
		status = status * 10 + (p[i] - '0');
	}
	for (i = 13; i < n; i++) {
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return (proto(c, "control character in the status"));
	}
	if (status != 200 && (status < 400 || status > 599))
		return (proto(c, "unexpected status"));
	c->a->status = status;
	return (0);
}

/* The head is complete: lines of c->head up to n, each ended by CR LF. */
static int
take_head(struct call *c, size_t n)
{
	const char *p = c->head, *end = c->head + n, *lf;
	bool is_first = true;
	size_t len;
	int r;

	for (; p < end; p = lf + 1, is_first = false) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL || lf == p || lf[-1] != '\r')
			return (proto(c, "RFC 9112 section 2.2: bare LF"));
		len = (size_t)(lf - p) - 1;
		r = is_first ? take_status(c, p, len) : take_field(c, p, len);
		if (r != 0)
			return (r);
	}
	if (!c->has_length)
		return (proto(c, "no length"));
	if (!c->is_json)
		return (proto(c, "not JSON"));
	if (c->a->status == 200 && !c->is_sent)
		return (proto(c, "answered before it was asked"));
	return (0);
}

/* Read up to the empty line; what came after it begins the body. */
static int
read_head(struct call *c)
{
	const char *end = NULL;
	size_t got, n;
	int r;

	while (end == NULL) {
		if (c->head_len == sizeof(c->head))
			return (proto(c, "head too long"));
		r = read_some(c, c->head + c->head_len,
		    sizeof(c->head) - c->head_len, &got);
		if (r != 0)
			return (r);
		if (got == 0)
			return (c->head_len == 0
				? fail(c, ERR_SYS, ECONNRESET, "no answer")
				: proto(c, "answer cut off"));
		c->head_len += got;
		/* Garbage is known from its first bytes: no need to wait. */
		n = c->head_len < 9 ? c->head_len : 9;
		if (memcmp(c->head, "HTTP/1.1 ", n) != 0)
			return (proto(c, "not HTTP/1.1"));
		end = memmem(c->head, c->head_len, "\r\n\r\n", 4);
	}
	n = (size_t)(end - c->head);
	if ((r = take_head(c, n + 2)) != 0)
		return (r);
	n += 4;
	if (c->head_len - n > c->length)
		return (proto(c, "more than the announced length"));
	memcpy(c->a->body, c->head + n, c->head_len - n);
	c->a->len = c->head_len - n;
	return (0);
}

static int
read_body(struct call *c)
{
	struct client_answer *a = c->a;
	size_t got;
	char more;
	int r;

	while (a->len < c->length) {
		r = read_some(c, a->body + a->len, c->length - a->len, &got);
		if (r != 0)
			return (r);
		if (got == 0)
			return (proto(c, "answer cut off"));
		a->len += got;
	}
	if (recv(c->fd, &more, 1, MSG_DONTWAIT) > 0)
		return (proto(c, "more than the announced length"));
	if (memchr(a->body, '\0', a->len) != NULL)
		return (proto(c, "NUL in the answer"));
	a->body[a->len] = '\0';
	return (0);
}

int
client_call(const char *socket, const char *path, const char *json,
    int64_t timeout_ms, struct client_answer *a)
{
	struct call c = {.a = a, .fd = -1};
	int r;

	a->len = 0;
	a->status = 0;
	a->sys_errno = 0;
	a->has_begun = false;
	a->why = "";
	a->request_id[0] = '\0';
	if (a->size == 0)
		return (proto(&c, "no memory for an answer"));
	a->body[0] = '\0';
	c.end_ms = clock_boot_ms() + timeout_ms;
	if ((r = open_socket(&c, socket)) == 0 &&
	    (r = send_question(&c, path, json)) == 0 &&
	    (r = read_head(&c)) == 0)
		r = read_body(&c);
	if (c.fd != -1)
		close(c.fd);
	/* The head's buffer may hold the beginning of a secret. */
	mem_wipe(c.head, sizeof(c.head));
	if (r != 0) {
		mem_wipe(a->body, a->size);
		a->len = 0;
		a->status = 0;
	}
	return (r);
}
