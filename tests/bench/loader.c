/*
 * loader.c: HTTP over keep-alive connections of a unix socket, one request
 * under way on each; one thread, so that it takes as little as it can of the
 * machine it shares with what it measures.
 *
 *	loader verify SOCKET PEOPLE-KEY N FROM CONNECTIONS SECONDS
 *	    Right codes of N accounts in a random order, from the FROMth on;
 *	    `used` says how many were asked for.
 *	loader login SOCKET PEOPLE-KEY N FROM CONNECTIONS SECONDS
 *	    Password, then code, of the accounts from number FROM on; a login
 *	    that came through is one.
 *	loader get SOCKET PATH CONNECTIONS SECONDS
 *	loader post SOCKET PATH BODY FROM CONNECTIONS SECONDS
 *	    The JSON text in the file BODY; 00000000 in it becomes a number, from
 *	    FROM on, that no other request has.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench_people.h"
#include "tests/bench/bench_tally.h"

#define CONNECTIONS_MAX 1024
#define TEXT_MAX        8192
#define PER_SECOND_MAX  80000 /* requests prepared */

struct ticket {
	char login[PEOPLE_LOGIN_LEN], code[PEOPLE_CODE_LEN];
};

struct conn {
	int fd;
	int64_t sent_ns; /* of a login: its password */
	bool has_passed; /* the password; the code is under way */
	size_t ticket;
	size_t have;
	char in[TEXT_MAX];
};

struct load {
	char request[TEXT_MAX]; /* with the last ticket in it */
	size_t length;
	char *login_at, *code_at; /* in request; NULL: always the same */
	char *number_at;          /* the same, of a post */
	unsigned number;
	bool is_post;
	struct ticket *tickets;
	size_t n, used;
	bool is_login;
	struct tally tally;
	int open; /* requests under way */
};

static void
prepare_verify(
    struct load *l, const struct people *p, uint32_t from, double seconds)
{
	static const char body[] =
	    "{\"login\":\"u00000000\",\"code\":\"000000\","
	    "\"service\":\"sshd\"}";
	int64_t step = (int64_t)time(NULL) / 30;
	char login[PEOPLE_LOGIN_LEN + 1], code[PEOPLE_CODE_LEN + 1];
	uint32_t number;
	size_t i;

	l->length = (size_t)snprintf(l->request, sizeof(l->request),
	    "POST /v1/verify HTTP/1.1\r\nHost: sekisho\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    sizeof(body) - 1, body);
	l->login_at = strstr(l->request, "u00000000");
	l->code_at = strstr(l->request, "\"000000\"") + 1;
	l->n = (size_t)((seconds + 1) * PER_SECOND_MAX);
	if (l->n > p->n)
		l->n = p->n;
	if ((l->tickets = malloc(l->n * sizeof(*l->tickets))) == NULL)
		people_die("tickets");
	for (i = 0; i < l->n; i++) {
		number = p->order[(from + i) % p->n];
		people_login(number, login);
		people_code(p, number, step, code);
		memcpy(l->tickets[i].login, login, PEOPLE_LOGIN_LEN);
		memcpy(l->tickets[i].code, code, PEOPLE_CODE_LEN);
	}
}

static void
prepare_login(struct load *l, const struct people *p, uint32_t from)
{
	char login[PEOPLE_LOGIN_LEN + 1], code[PEOPLE_CODE_LEN + 1];
	int64_t step = (int64_t)time(NULL) / 30;
	uint32_t i;

	l->is_login = true;
	l->n = p->n - from;
	if ((l->tickets = malloc(l->n * sizeof(*l->tickets))) == NULL)
		people_die("tickets");
	for (i = 0; i < l->n; i++) {
		people_login(from + i, login);
		people_code(p, from + i, step, code);
		memcpy(l->tickets[i].login, login, PEOPLE_LOGIN_LEN);
		memcpy(l->tickets[i].code, code, PEOPLE_CODE_LEN);
	}
}

static void
prepare_get(struct load *l, const char *path)
{
	l->length = (size_t)snprintf(l->request, sizeof(l->request),
	    "GET %s HTTP/1.1\r\nHost: sekisho\r\n\r\n", path);
	l->n = SIZE_MAX;
}

static void
prepare_post(struct load *l, const char *path, const char *file, unsigned from)
{
	char body[TEXT_MAX / 2];
	size_t n;
	FILE *f;

	if ((f = fopen(file, "re")) == NULL ||
	    (n = fread(body, 1, sizeof(body) - 1, f)) == 0)
		people_die(file);
	fclose(f);
	body[n] = '\0';
	l->length = (size_t)snprintf(l->request, sizeof(l->request),
	    "POST %s HTTP/1.1\r\nHost: sekisho\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, n, body);
	l->number_at = strstr(l->request, "00000000");
	l->number = from;
	l->is_post = true;
	l->n = SIZE_MAX;
}

static int
reach(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
		people_die(path);
	return (fd);
}

static void
post_login(struct load *l, const char *body)
{
	l->length = (size_t)snprintf(l->request, sizeof(l->request),
	    "POST /v1/login HTTP/1.1\r\nHost: sekisho\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    strlen(body), body);
}

/* A login's password; its code once that has passed. */
static void
put_login(struct load *l, struct conn *c, const char *transaction, size_t n)
{
	const struct ticket *t = &l->tickets[c->ticket];
	char body[512];

	c->has_passed = transaction != NULL;
	if (transaction == NULL)
		snprintf(body, sizeof(body),
		    "{\"login\":\"%.*s\",\"password\":\"" PEOPLE_PASSWORD
		    "\",\"service\":\"web\"}",
		    PEOPLE_LOGIN_LEN, t->login);
	else
		snprintf(body, sizeof(body),
		    "{\"transaction\":\"%.*s\",\"code\":\"%.*s\"}", (int)n,
		    transaction, PEOPLE_CODE_LEN, t->code);
	post_login(l, body);
}

/* The next request, unless it is over. */
static void
ask(struct load *l, struct conn *c)
{
	if (l->used == l->n || tally_is_over(&l->tally))
		return;
	if (l->login_at != NULL) {
		memcpy(
		    l->login_at, l->tickets[l->used].login, PEOPLE_LOGIN_LEN);
		memcpy(l->code_at, l->tickets[l->used].code, PEOPLE_CODE_LEN);
	}
	if (l->number_at != NULL) {
		char number[9];

		snprintf(number, sizeof(number), "%08u", l->number++ % 100000000);
		memcpy(l->number_at, number, 8);
	}
	c->ticket = l->used++;
	c->have = 0;
	c->sent_ns = tally_now();
	if (l->is_login)
		put_login(l, c, NULL, 0);
	if (send(c->fd, l->request, l->length, MSG_NOSIGNAL) !=
	    (ssize_t)l->length)
		people_die("send");
	l->open++;
}

/* Length of the answer in c->in; 0: not whole yet. */
static size_t
whole(struct conn *c)
{
	char *end, *length;
	size_t want;

	c->in[c->have] = '\0';
	if ((end = strstr(c->in, "\r\n\r\n")) == NULL)
		return (0);
	if ((length = strcasestr(c->in, "\r\nContent-Length:")) == NULL)
		people_die("an answer without a length");
	want = (size_t)(end + 4 - c->in) + strtoul(length + 17, NULL, 10);
	return (c->have >= want ? want : 0);
}

/* The password has passed: true when the code is under way. */
static bool
go_on(struct load *l, struct conn *c)
{
	static const char key[] = "\"transaction\":\"";
	char *at, *end;

	if (!l->is_login || c->has_passed || (at = strstr(c->in, key)) == NULL)
		return (false);
	at += sizeof(key) - 1;
	if ((end = strchr(at, '"')) == NULL)
		return (false);
	put_login(l, c, at, (size_t)(end - at));
	c->have = 0;
	if (send(c->fd, l->request, l->length, MSG_NOSIGNAL) !=
	    (ssize_t)l->length)
		people_die("send");
	return (true);
}

static void
hear(struct load *l, struct conn *c)
{
	bool is_ok;
	ssize_t n;

	n = recv(c->fd, c->in + c->have, sizeof(c->in) - 1 - c->have, 0);
	if (n <= 0)
		people_die("the connection was closed");
	c->have += (size_t)n;
	if (whole(c) == 0) {
		if (c->have == sizeof(c->in) - 1)
			people_die("an answer too long");
		return;
	}
	if (go_on(l, c))
		return;
	is_ok = strncmp(c->in, "HTTP/1.1 200 ", 13) == 0;
	tally_add(&l->tally, c->sent_ns, is_ok,
	    strstr(c->in, "\"result\":\"accept\"") != NULL ||
		(l->is_post && strstr(c->in, "\"serial\":") != NULL));
	l->open--;
	ask(l, c);
}

static int
run(struct load *l, const char *socket_path, int connections, double seconds)
{
	struct epoll_event event, events[64];
	struct conn *conns;
	int epoll, i, n;

	if (connections < 1 || connections > CONNECTIONS_MAX ||
	    (conns = calloc((size_t)connections, sizeof(*conns))) == NULL ||
	    (epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		people_die("connections");
	for (i = 0; i < connections; i++) {
		conns[i].fd = reach(socket_path);
		event = (struct epoll_event){ .events = EPOLLIN,
			.data.ptr = &conns[i] };
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, conns[i].fd, &event) != 0)
			people_die("epoll");
	}
	tally_begin(&l->tally, seconds);
	for (i = 0; i < connections; i++)
		ask(l, &conns[i]);
	while (l->open > 0) {
		n = epoll_wait(epoll, events, 64, 15000);
		if (n == 0)
			people_die("no answer for 15 s");
		for (i = 0; i < n; i++)
			hear(l, events[i].data.ptr);
	}
	tally_print(&l->tally, connections, l->used);
	for (i = 0; i < connections; i++)
		close(conns[i].fd);
	close(epoll);
	free(conns);
	free(l->tickets);
	return (0);
}

int
main(int argc, char **argv)
{
	struct load l = { .n = 0 };
	struct people p;
	double seconds;

	if (argc == 8 && strcmp(argv[1], "login") == 0) {
		people_open(&p, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		prepare_login(&l, &p, (uint32_t)strtoul(argv[5], NULL, 10));
		people_close(&p);
		return (run(&l, argv[2], (int)strtol(argv[6], NULL, 10),
		    strtod(argv[7], NULL)));
	}
	if (argc == 8 && strcmp(argv[1], "verify") == 0) {
		seconds = strtod(argv[7], NULL);
		people_open(&p, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		prepare_verify(
		    &l, &p, (uint32_t)strtoul(argv[5], NULL, 10), seconds);
		people_close(&p);
		return (
		    run(&l, argv[2], (int)strtol(argv[6], NULL, 10), seconds));
	}
	if (argc == 6 && strcmp(argv[1], "get") == 0) {
		prepare_get(&l, argv[3]);
		return (run(&l, argv[2], (int)strtol(argv[4], NULL, 10),
		    strtod(argv[5], NULL)));
	}
	if (argc == 8 && strcmp(argv[1], "post") == 0) {
		prepare_post(&l, argv[3], argv[4],
		    (unsigned)strtoul(argv[5], NULL, 10));
		return (run(&l, argv[2], (int)strtol(argv[6], NULL, 10),
		    strtod(argv[7], NULL)));
	}
	fprintf(stderr,
	    "usage: loader verify|login SOCKET PEOPLE-KEY N FROM "
	    "CONNECTIONS SECONDS\n"
	    "       loader get SOCKET PATH CONNECTIONS SECONDS\n"
	    "       loader post SOCKET PATH BODY FROM CONNECTIONS SECONDS\n");
	return (2);
}
