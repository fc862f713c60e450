/*
 * loader.c: HTTP over keep-alive connections of a unix socket, one request
 * under way on each; one thread, so that it takes as little as it can of the
 * machine it shares with what it measures.
 *
 *	loader verify SOCKET PEOPLE-KEY N FROM CONNECTIONS SECONDS [RATE]
 *	    Right codes of N accounts in a random order, from the FROMth on;
 *	    `used` says how many were asked for.
 *	loader login SOCKET PEOPLE-KEY N FROM CONNECTIONS SECONDS [RATE]
 *	    Password, then code, of the accounts from number FROM on; a login
 *	    that came through is one.
 *	loader hook SOCKET HOST TOKENS CONNECTIONS SECONDS RATE
 *	    What nginx asks the hook about a page of HOST, for the sessions of
 *	    the file TOKENS in turn.
 *	loader get SOCKET PATH CONNECTIONS SECONDS
 *	loader post SOCKET PATH BODY FROM CONNECTIONS SECONDS
 *	    The JSON text in the file BODY; 00000000 in it becomes a number, from
 *	    FROM on, that no other request has.
 *
 * With a RATE so many a second are due, whatever is answered, and each is timed
 * from when it was due: one that found no free connection has waited already.
 * A connection that the other side ends with its answer is made again.
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
#define TOKEN_LEN       43 /* authd/core/token.h */
#define PER_SECOND_MAX  80000 /* requests prepared */

struct ticket {
	char login[PEOPLE_LOGIN_LEN], code[PEOPLE_CODE_LEN];
};

struct conn {
	int fd;
	int64_t sent_ns; /* of a login: its password */
	bool has_passed; /* the password; the code is under way */
	bool is_free;    /* of a rate: nothing is under way */
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
	char *token_at; /* in request, of a hook; the tokens, each with its LF */
	char *tokens;
	size_t tokens_n;
	double rate; /* a second; 0: as fast as they are answered */
	size_t due;  /* how many were due so far */
	int64_t begun_ns;
	const char *socket;
	int epoll;
	struct conn *free[CONNECTIONS_MAX]; /* of a rate: nothing under way */
	int free_n;
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

static void
prepare_hook(struct load *l, const char *host, const char *file)
{
	static const char blank[TOKEN_LEN + 1] =
	    "0000000000000000000000000000000000000000000";
	FILE *f = fopen(file, "re");
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 1 ||
	    size % (TOKEN_LEN + 1) != 0 ||
	    (l->tokens = malloc((size_t)size)) == NULL)
		people_die(file);
	rewind(f);
	if (fread(l->tokens, 1, (size_t)size, f) != (size_t)size)
		people_die(file);
	fclose(f);
	l->tokens_n = (size_t)size / (TOKEN_LEN + 1);
	l->length = (size_t)snprintf(l->request, sizeof(l->request),
	    "GET /api/authz/auth-request HTTP/1.1\r\nHost: %s\r\n"
	    "X-Original-URL: https://%s/\r\nX-Original-Method: GET\r\n"
	    "X-Forwarded-For: 192.0.2.7\r\n"
	    "Cookie: __Host-sekisho-app=%s\r\n\r\n",
	    host, host, blank);
	l->token_at = strstr(l->request, blank);
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

static void
join(struct load *l, struct conn *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

	c->fd = reach(l->socket);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		people_die("epoll");
}

/* When the next is due, on tally_now()'s time. */
static int64_t
due_ns(const struct load *l)
{
	return (l->begun_ns + (int64_t)((double)l->due * 1e9 / l->rate));
}

/* The next request, unless it is over. */
static void
ask(struct load *l, struct conn *c)
{
	if (l->used == l->n || tally_is_over(&l->tally))
		return;
	c->is_free = l->rate > 0 && tally_now() < due_ns(l);
	if (c->is_free) {
		l->free[l->free_n++] = c;
		return;
	}
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
	if (l->token_at != NULL)
		memcpy(l->token_at,
		    l->tokens + l->used % l->tokens_n * (TOKEN_LEN + 1),
		    TOKEN_LEN);
	c->ticket = l->used++;
	c->have = 0;
	c->sent_ns = l->rate > 0 ? due_ns(l) : tally_now();
	l->due++;
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
	if (n <= 0 && c->is_free) {
		/* idle for too long: made again */
		close(c->fd);
		join(l, c);
		return;
	}
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
		(l->is_post && strstr(c->in, "\"serial\":") != NULL) ||
		(l->token_at != NULL && is_ok));
	l->open--;
	if (strcasestr(c->in, "\r\nConnection: close") != NULL) {
		close(c->fd);
		join(l, c);
	}
	ask(l, c);
}

/* Until the next is due, or for an answer. False: all is answered and over. */
static bool
is_going_on(const struct load *l, struct timespec *wait)
{
	int64_t left;

	*wait = (struct timespec){ .tv_sec = 15 };
	if (l->rate > 0 && l->free_n > 0 && l->used < l->n &&
	    !tally_is_over(&l->tally)) {
		left = due_ns(l) - tally_now();
		*wait = (struct timespec){ .tv_nsec =
			left < 0 ? 0 : left > 999999999 ? 999999999 : left };
		return (true);
	}
	return (l->open > 0);
}

static int
run(struct load *l, const char *socket_path, int connections, double seconds)
{
	struct epoll_event events[64];
	struct timespec wait;
	struct conn *conns;
	int i, n;

	l->socket = socket_path;
	if (connections < 1 || connections > CONNECTIONS_MAX ||
	    (conns = calloc((size_t)connections, sizeof(*conns))) == NULL ||
	    (l->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		people_die("connections");
	for (i = 0; i < connections; i++)
		join(l, &conns[i]);
	tally_begin(&l->tally, seconds);
	l->begun_ns = tally_now();
	for (i = 0; i < connections; i++)
		ask(l, &conns[i]);
	while (is_going_on(l, &wait)) {
		n = epoll_pwait2(l->epoll, events, 64, &wait, NULL);
		if (n == 0 && wait.tv_sec != 0)
			people_die("no answer for 15 s");
		for (i = 0; i < n; i++)
			hear(l, events[i].data.ptr);
		for (i = l->free_n; i > 0 && tally_now() >= due_ns(l); i--)
			ask(l, l->free[--l->free_n]);
	}
	tally_print(&l->tally, connections, l->used);
	for (i = 0; i < connections; i++)
		close(conns[i].fd);
	close(l->epoll);
	free(conns);
	free(l->tickets);
	free(l->tokens);
	return (0);
}

int
main(int argc, char **argv)
{
	struct load l = { .n = 0 };
	struct people p;
	double seconds;

	if (argc == 9)
		l.rate = strtod(argv[8], NULL);
	if ((argc == 8 || argc == 9) && strcmp(argv[1], "login") == 0) {
		people_open(&p, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		prepare_login(&l, &p, (uint32_t)strtoul(argv[5], NULL, 10));
		people_close(&p);
		return (run(&l, argv[2], (int)strtol(argv[6], NULL, 10),
		    strtod(argv[7], NULL)));
	}
	if ((argc == 8 || argc == 9) && strcmp(argv[1], "verify") == 0) {
		seconds = strtod(argv[7], NULL);
		people_open(&p, argv[3], (uint32_t)strtoul(argv[4], NULL, 10));
		prepare_verify(
		    &l, &p, (uint32_t)strtoul(argv[5], NULL, 10), seconds);
		people_close(&p);
		return (
		    run(&l, argv[2], (int)strtol(argv[6], NULL, 10), seconds));
	}
	if (argc == 8 && strcmp(argv[1], "hook") == 0) {
		prepare_hook(&l, argv[3], argv[4]);
		l.rate = strtod(argv[7], NULL);
		return (run(&l, argv[2], (int)strtol(argv[5], NULL, 10),
		    strtod(argv[6], NULL)));
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
	    "CONNECTIONS SECONDS [RATE]\n"
	    "       loader hook SOCKET HOST TOKENS CONNECTIONS SECONDS RATE\n"
	    "       loader get SOCKET PATH CONNECTIONS SECONDS\n"
	    "       loader post SOCKET PATH BODY FROM CONNECTIONS SECONDS\n");
	return (2);
}
