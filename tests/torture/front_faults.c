/*
 * front_faults.c: one call of malloc fails in sekisho-front while it answers one
 * question, at every way by which one is come to (F5): the answer is the right
 * one, or says that the service is not available, or does not come; and the
 * same question after it is answered as before.
 *
 *	front_faults STATE			make it, before the front starts
 *	front_faults STATE SOCKET STATUS QUESTION [FROM]
 *
 * STATE: the file that the front's fault.so counts in. QUESTION: a file with the
 * bytes to send. It must be answered with STATUS each time. Each bad answer is
 * printed; the last line says how many points there were.
 * Exit: 0 when none was bad and hardly one not come to, 1, 2 when it does not
 * go without a fault, 3 when the daemon ended by a library of others: then to
 * be started again, and gone on with FROM the number in the last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/fault_sweep.h"

#define QUESTION_MAX 65536
#define ANSWER_MAX   1048576
#define PATIENCE_S   4    /* more is a hang */
#define REST_US      3000 /* what goes on behind an answer */
#define TRIES        3    /* a thread may be busy with the last fault */

struct sweep {
	const char *socket;
	char question[QUESTION_MAX];
	size_t len;
	struct fault_state *state;
	int wanted;
	char whole[ANSWER_MAX], last[ANSWER_MAX]; /* bodies */
	bool is_steady; /* the same is said each time */
	int bad, none, missed;
};

static int
dial(const char *path)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) != 0 ||
	    connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		if (fd != -1)
			close(fd);
		return (-1);
	}
	return (fd);
}

/* Its status, the body in ${out}; 0: no answer, -1: a hang. */
static int
ask(const struct sweep *s, char *out)
{
	size_t have = 0;
	ssize_t n = 0;
	int fd, status = 0;
	char *body;

	out[0] = '\0';
	if ((fd = dial(s->socket)) == -1)
		return (0);
	if (send(fd, s->question, s->len, MSG_NOSIGNAL) == (ssize_t)s->len)
		while (have < ANSWER_MAX - 1 &&
		    (n = recv(fd, out + have, ANSWER_MAX - 1 - have, 0)) > 0)
			have += (size_t)n;
	if (n == -1 && errno == EAGAIN)
		status = -1;
	close(fd);
	out[have] = '\0';
	if (status == 0 && sscanf(out, "HTTP/1.1 %d ", &status) != 1)
		status = 0;
	body = strstr(out, "\r\n\r\n");
	memmove(out, body == NULL ? "" : body + 4,
	    body == NULL ? 1 : strlen(body + 4) + 1);
	fault_sweep_drop(out);
	return (status);
}

static bool
is_right(const struct sweep *s, int status)
{
	return (status == s->wanted &&
	    (!s->is_steady || strcmp(s->last, s->whole) == 0));
}

static bool
is_gone(const struct sweep *s)
{
	int fd = dial(s->socket);

	if (fd != -1)
		close(fd);
	return (fd == -1);
}

static void
complain(struct sweep *s, const struct fault_call *point, const char *why,
    int status)
{
	s->bad++;
	printf("bad: %s: %d %.2000s\n", why, status, s->last);
	fault_sweep_print(s->state, point);
	fflush(stdout);
}

/* False: there is nobody to ask any more. */
static bool
try_point(struct sweep *s, const struct fault_call *point)
{
	int i, status;

	fault_sweep_arm(s->state, point);
	status = ask(s, s->last);
	usleep(REST_US);
	if (atomic_load(&s->state->has_fired) == 0) {
		s->missed++;
		return (true);
	}
	if (status == 0 && is_gone(s)) {
		if (!fault_sweep_is_library(s->state))
			complain(s, point, "the daemon ends", 0);
		return (false);
	}
	/* libmicrohttpd forgets whom it has no memory to poll for */
	if (status == 0 || (status == -1 && fault_sweep_is_library(s->state)))
		s->none++;
	else if (status < 500 && !is_right(s, status))
		complain(
		    s, point, status == -1 ? "hangs" : "is answered", status);
	for (i = 0; i < TRIES; i++)
		if (is_right(s, status = ask(s, s->last)))
			return (true);
	complain(s, point, "is not well after it", status);
	return (!is_gone(s));
}

static int
keep_malloc(struct fault_call *points, int n)
{
	int i, kept = 0;

	for (i = 0; i < n; i++)
		if (points[i].kind == FAULT_MALLOC)
			points[kept++] = points[i];
	return (kept);
}

/* All points of the question, from the one of that number on. */
static int
sweep(struct sweep *s, int from, int *n)
{
	static struct fault_call points[FAULT_SWEEP_MAX];
	int i, status;

	s->none = s->missed = 0;
	(void)ask(s, s->last);
	(void)ask(s, s->last);
	usleep(REST_US);
	fault_sweep_list(s->state, 0);
	status = ask(s, s->whole);
	usleep(REST_US);
	*n = fault_sweep_points(s->state, FAULT_FRONT, points);
	*n = keep_malloc(points, *n);
	s->is_steady = strcmp(s->last, s->whole) == 0;
	if (status != s->wanted || *n <= 0) {
		printf("without a fault: %d %s\n", status, s->whole);
		return (2);
	}
	for (i = from; i < *n; i++)
		if (!try_point(s, &points[i])) {
			printf("%d\n", i + 1);
			return (s->bad > 0 ? 1 : 3);
		}
	return (0);
}

int
main(int argc, char **argv)
{
	static struct sweep s;
	int done, fd, from, i, n = 0;

	if (argc != 2 && argc != 5 && argc != 6) {
		fprintf(stderr,
		    "usage: front_faults STATE"
		    " [SOCKET STATUS QUESTION [FROM]]\n");
		return (2);
	}
	s.state = fault_sweep_map(argv[1]);
	if (argc == 2)
		return (0);
	s.socket = argv[2];
	s.wanted = atoi(argv[3]);
	if ((fd = open(argv[4], O_RDONLY | O_CLOEXEC)) == -1 ||
	    (s.len = (size_t)read(fd, s.question, sizeof(s.question))) == 0) {
		perror(argv[4]);
		return (2);
	}
	close(fd);
	for (i = 0; i < TRIES; i++) {
		from = i == 0 && argc == 6 ? atoi(argv[5]) : 0;
		if ((done = sweep(&s, from, &n)) != 0)
			return (done);
		/* else something else was at work while the calls were listed */
		if (s.bad > 0 || s.missed <= n / 4)
			break;
	}
	printf("%d points, %d without an answer, %d not come to%s\n", n, s.none,
	    s.missed, s.is_steady ? "" : ", bodies not compared");
	return (s.bad > 0 || s.missed > n / 4);
}
