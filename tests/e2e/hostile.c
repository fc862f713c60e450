/*
 * hostile: a daemon that answers everything but what it should.
 *
 *	hostile SOCKET MODE [N]
 *
 * Serves until it is killed, one connection after the other. The good answer is
 * an acceptance; all that is done to it must not be taken for one.
 *
 *	hang N		N bytes of it, then nothing more
 *	cut N		N bytes of it, then the end
 *	drip		a byte of it every 200 ms
 *	deaf		listens, accepts nobody; its backlog is full
 *	garbage head body	random bytes; a head or body without end
 *	status N	an acceptance with that status
 *	say		standard input, as it is
 *	early		an acceptance before the question is read
 *	good		the acceptance, so that the test's own tools are tested
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BODY "{\"result\":\"accept\",\"request_id\":\"0123456789abcdefghjkmnpqrs\"}"

static char answer[65536];
static size_t answer_n;

static void
put_answer(int status)
{
	answer_n = (size_t)snprintf(answer, sizeof(answer),
	    "HTTP/1.1 %d OK\r\nContent-Type: application/%s\r\n"
	    "Sekisho-Request-Id: 0123456789abcdefghjkmnpqrs\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    status, status == 200 ? "json" : "problem+json", strlen(BODY),
	    BODY);
}

static void
put(int fd, const char *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done)
		if ((done = send(fd, p, n, MSG_NOSIGNAL)) <= 0)
			return;
}

/* The whole question: head and the body it announces. */
static void
read_question(int fd)
{
	char in[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(in) - 1 &&
	    (n = recv(fd, in + len, sizeof(in) - 1 - len, 0)) > 0) {
		char *end, *length;

		len += (size_t)n;
		in[len] = '\0';
		end = strstr(in, "\r\n\r\n");
		length = strcasestr(in, "content-length:");
		if (end != NULL &&
		    (length == NULL ||
			in + len >= end + 4 + strtoul(length + 15, NULL, 10)))
			return;
	}
}

/* Until the other side goes. */
static void
wait_for_end(int fd)
{
	char c[256];

	while (recv(fd, c, sizeof(c), 0) > 0)
		;
}

static void
without_end(int fd, const char *first, const char *more)
{
	char line[1024];

	put(fd, first, strlen(first));
	memset(line, 'x', sizeof(line) - 2);
	memcpy(line, more, strlen(more));
	line[sizeof(line) - 2] = '\r';
	line[sizeof(line) - 1] = '\n';
	while (send(fd, line, sizeof(line), MSG_NOSIGNAL) > 0)
		;
}

static void
serve(int fd, const char *mode, size_t n)
{
	size_t i;

	if (strcmp(mode, "early") != 0)
		read_question(fd);
	if (strcmp(mode, "hang") == 0) {
		put(fd, answer, n < answer_n ? n : answer_n - 1);
		wait_for_end(fd);
	} else if (strcmp(mode, "cut") == 0)
		put(fd, answer, n < answer_n ? n : answer_n - 1);
	else if (strcmp(mode, "drip") == 0) {
		for (i = 0; i < answer_n; i++) {
			if (send(fd, answer + i, 1, MSG_NOSIGNAL) != 1)
				return;
			usleep(200000);
		}
	} else if (strcmp(mode, "garbage") == 0) {
		for (i = 0; i < 5000; i++)
			answer[i] = (char)rand();
		put(fd, answer, 5000);
	} else if (strcmp(mode, "head") == 0)
		without_end(fd, "HTTP/1.1 200 OK\r\n", "X: ");
	else if (strcmp(mode, "body") == 0)
		without_end(fd,
		    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		    "Content-Length: 999999999\r\n\r\n{\"result\":\"accept\"",
		    " ");
	else
		put(fd, answer, answer_n);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t n;
	int fd, client;

	if (argc < 3)
		return (2);
	n = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	put_answer(strcmp(argv[2], "status") == 0 ? (int)n : 200);
	if (strcmp(argv[2], "say") == 0)
		answer_n = fread(answer, 1, sizeof(answer), stdin);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0 ||
	    listen(fd, strcmp(argv[2], "deaf") == 0 ? 0 : 64) != 0) {
		perror(argv[1]);
		return (1);
	}
	if (strcmp(argv[2], "deaf") == 0) {
		client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		(void)!connect(client, (struct sockaddr *)&sun, sizeof(sun));
		for (;;)
			pause();
	}
	while ((client = accept(fd, NULL, NULL)) != -1) {
		serve(client, argv[2], n);
		close(client);
	}
	return (0);
}
