#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "tests/fakes/web_peer.h"

#define PATIENCE_MS 10000

static void
address_of(const struct web *w, struct sockaddr_un *a)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "%s", w->path);
}

void
web_open(struct web *w)
{
	struct server_listener *ln;

	memset(w, 0, sizeof(*w));
	signal(SIGPIPE, SIG_IGN);
	snprintf(w->dir, sizeof(w->dir), "/tmp/sekisho-web-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	assert_int_equal(chmod(w->dir, 0755), 0);
	snprintf(w->path, sizeof(w->path), "%s/authd.sock", w->dir);
	w->conf.listeners_n = 1;
	ln = &w->conf.listeners[0];
	ln->routes = route_table(&ln->routes_n);
	ln->threads = 2;
	ln->connections_max = 256;
	ln->connections_peer_max = 256;
	ln->rule.starter = getuid();
	ln->rule.group = PEER_NO_GROUP;
	ln->rule.right = RIGHT_VERIFY;
	w->conf.request_timeout_ms = 5000;
	w->conf.config_path = "/etc/sekisho/sekisho.conf";
	w->conf.version = "1.2.3";
	w->engine = core_fake_new();
}

void
web_start(struct web *w)
{
	struct sockaddr_un a;

	address_of(w, &a);
	w->conf.listeners[0].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(w->conf.listeners[0].fd, -1);
	assert_int_equal(
	    bind(w->conf.listeners[0].fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(chmod(w->path, 0666), 0);
	assert_int_equal(listen(w->conf.listeners[0].fd, 256), 0);
	assert_int_equal(server_new(&w->conf, w->engine, &w->server), 0);
}

void
web_stop(struct web *w)
{
	server_free(w->server);
	w->server = NULL;
}

void
web_close(struct web *w)
{
	web_stop(w);
	core_fake_free(w->engine);
	unlink(w->path);
	rmdir(w->dir);
}

int
web_connect(const struct web *w)
{
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address_of(w, &a);
	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return (fd);
}

int
web_connect_as(const struct web *w, uid_t uid, gid_t gid, gid_t group)
{
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), st;
	gid_t groups[200]; /* more than a small list holds */
	pid_t pid;
	size_t i;

	for (i = 0; i < 199; i++)
		groups[i] = (gid_t)(60000 + i);
	groups[199] = group;

	/* the credentials are taken at connect(): a child does that */
	address_of(w, &a);
	assert_int_not_equal(fd, -1);
	if ((pid = fork()) == 0) {
		if (setgroups(group == (gid_t)-1 ? 0 : 200, groups) != 0 ||
		    setgid(gid) != 0 || setuid(uid) != 0)
			_exit(1);
		_exit(
		    connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &st, 0), pid);
	assert_int_equal(st, 0);
	return (fd);
}

void
web_send(int fd, const void *p, size_t n)
{
	const char *at = p;
	ssize_t k;

	for (; n > 0; at += k, n -= (size_t)k) {
		k = send(fd, at, n, MSG_NOSIGNAL);
		/* the server may refuse before it has read all */
		if (k == -1 && (errno == EPIPE || errno == ECONNRESET))
			return;
		assert_true(k > 0);
	}
}

void
web_send_text(int fd, const char *text)
{
	web_send(fd, text, strlen(text));
}

/* One byte, or false at the end. */
static bool
get_byte(int fd, char *c)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("no answer and no end");
	n = recv(fd, c, 1, 0);
	if (n == -1 && errno == ECONNRESET)
		return (false);
	assert_true(n >= 0);
	return (n == 1);
}

bool
web_get(int fd, struct web_answer *a)
{
	char text[32];
	size_t n = 0;
	char *end;
	long len;

	memset(a, 0, sizeof(*a));
	while (n < 4 || memcmp(a->head + n - 4, "\r\n\r\n", 4) != 0) {
		assert_true(n < sizeof(a->head) - 1);
		if (!get_byte(fd, a->head + n)) {
			assert_int_equal(n, 0);
			return (false);
		}
		n++;
	}
	assert_memory_equal(a->head, "HTTP/1.1 ", 9);
	a->status = atoi(a->head + 9);
	if (a->status == 100)
		return (true);
	assert_true(web_field(a, "Content-Length", text, sizeof(text)));
	len = strtol(text, &end, 10);
	assert_true(*end == '\0' && len >= 0 && len < (long)sizeof(a->body));
	for (a->body_len = 0; a->body_len < (size_t)len; a->body_len++)
		assert_true(get_byte(fd, a->body + a->body_len));
	a->json = json_loads(a->body, 0, NULL);
	return (true);
}

void
web_answer_clear(struct web_answer *a)
{
	json_decref(a->json);
	a->json = NULL;
}

bool
web_field(const struct web_answer *a, const char *name, char *out, size_t size)
{
	const char *p = a->head;
	size_t n = strlen(name);
	int len;

	while ((p = strstr(p, "\r\n")) != NULL) {
		p += 2;
		if (strncasecmp(p, name, n) != 0 || p[n] != ':')
			continue;
		p += n + 1;
		p += strspn(p, " ");
		len = (int)strcspn(p, "\r");
		snprintf(out, size, "%.*s", len, p);
		return (true);
	}
	return (false);
}

bool
web_is_closed(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	if (poll(&p, 1, ms) != 1)
		return (false);
	return (recv(fd, &c, 1, 0) <= 0);
}

void
web_post(int fd, const char *path, const char *json)
{
	char head[512];

	snprintf(head, sizeof(head),
	    "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    path, strlen(json));
	web_send_text(fd, head);
	web_send_text(fd, json);
}

void
web_ask(const struct web *w, const char *path, const char *json,
    struct web_answer *a)
{
	int fd = web_connect(w);

	web_post(fd, path, json);
	assert_true(web_get(fd, a));
	close(fd);
}

void
web_expect(
    const struct web *w, const char *path, const char *json, const char *want)
{
	struct web_answer a;
	char *text, *id;

	web_ask(w, path, json, &a);
	if (a.status != 200)
		fail_msg("%s %s: %s", path, json, a.body);
	text = strdup(a.body);
	assert_non_null(text);
	if ((id = strstr(text, "\"request_id\":\"")) != NULL &&
	    strstr(want, "\"request_id\":\"@\"") != NULL) {
		id += 14;
		*id = '@';
		memmove(id + 1, id + REQUEST_ID_LEN,
		    strlen(id + REQUEST_ID_LEN) + 1);
	}
	assert_string_equal(text, want);
	free(text);
	web_answer_clear(&a);
}

void
web_refuse(const struct web *w, const char *path, const char *json, int status,
    const char *code)
{
	struct web_answer a;

	web_ask(w, path, json, &a);
	if (a.status != status ||
	    strcmp(json_of_text(a.json, "code"), code) != 0)
		fail_msg("%s %.100s: %s", path, json, a.body);
	web_answer_clear(&a);
}

long
web_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}
