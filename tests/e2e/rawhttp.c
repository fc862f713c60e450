/*
 * rawhttp: send raw bytes to a unix socket and tell what came back.
 *
 *	rawhttp [-d MS] [-h] [-t MS] SOCKET [FILE]
 *
 * Sends FILE (or standard input) as it is; with -d one byte every MS
 * milliseconds; with -h shuts its sending half down after that. Prints every
 * byte of the answer, then on standard error one line
 *	closed MS	the peer closed, milliseconds after the connect
 *	open MS		it had not after -t MS (default 10000)
 * Exit: 0 closed, 1 still open, 2 usage or cannot connect.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct raw {
	int fd;
	long start, limit, drip;
	const char *at;
	size_t left;
	int is_half; /* shut down after the last byte */
};

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void
die(const char *what)
{
	fprintf(stderr, "rawhttp: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* All of ${f}, which may hold any bytes. */
static char *
read_all(FILE *f, size_t *n)
{
	size_t size = 0, k;
	char *p = NULL;

	*n = 0;
	do {
		if (*n == size) {
			size = size == 0 ? 65536 : 2 * size;
			if ((p = realloc(p, size)) == NULL)
				die("input");
		}
		k = fread(p + *n, 1, size - *n, f);
		*n += k;
	} while (k > 0);
	if (ferror(f))
		die("input");
	return (p);
}

static int
connect_to(const char *path)
{
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(a.sun_path, path, strlen(path));
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die(path);
	return (fd);
}

/* Send what may be sent now. A peer that refused early is no error. */
static void
send_some(struct raw *r)
{
	size_t n = r->drip > 0 && r->left > 0 ? 1 : r->left;
	ssize_t k = 0;

	if (n > 0)
		k = send(r->fd, r->at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (k == -1 && errno != EAGAIN)
		r->left = 0;
	else if (k > 0) {
		r->at += k;
		r->left -= (size_t)k;
	}
	if (r->left == 0 && r->is_half) {
		shutdown(r->fd, SHUT_WR);
		r->is_half = 0;
	}
}

/* Print what came; 0 once the peer has closed. */
static int
receive_some(struct raw *r)
{
	char buf[65536];
	ssize_t k = recv(r->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (k > 0)
		fwrite(buf, 1, (size_t)k, stdout);
	return (k > 0 || (k == -1 && errno == EAGAIN));
}

static int
talk(struct raw *r)
{
	struct pollfd p = { .fd = r->fd };
	long next = r->start, wait, now;

	while ((now = now_ms()) < r->start + r->limit) {
		wait = r->start + r->limit - now;
		p.events = POLLIN;
		if (r->left > 0 && r->drip == 0)
			p.events |= POLLOUT;
		else if (r->left > 0) {
			if (now >= next) {
				send_some(r);
				next = now + r->drip;
			}
			wait = next - now;
		} else if (r->is_half)
			send_some(r);
		if (poll(&p, 1, (int)wait) == -1 && errno != EINTR)
			die("poll");
		if (p.revents & POLLOUT)
			send_some(r);
		if ((p.revents & (POLLIN | POLLHUP | POLLERR)) &&
		    !receive_some(r))
			return (0);
	}
	return (1);
}

int
main(int argc, char **argv)
{
	struct raw r = { .limit = 10000 };
	char *all;
	FILE *f = stdin;
	int c, is_open;

	while ((c = getopt(argc, argv, "d:ht:")) != -1) {
		if (c == 'd')
			r.drip = strtol(optarg, NULL, 10);
		else if (c == 'h')
			r.is_half = 1;
		else if (c == 't')
			r.limit = strtol(optarg, NULL, 10);
		else
			return (2);
	}
	argc -= optind;
	argv += optind;
	if (argc < 1 || argc > 2) {
		fprintf(stderr,
		    "usage: rawhttp [-d MS] [-h] [-t MS] SOCKET [FILE]\n");
		return (2);
	}
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && (f = fopen(argv[1], "rb")) == NULL)
		die(argv[1]);
	all = read_all(f, &r.left);
	r.at = all;
	r.fd = connect_to(argv[0]);
	r.start = now_ms();
	is_open = talk(&r);
	fflush(stdout);
	fprintf(stderr, "%s %ld\n", is_open ? "open" : "closed",
	    now_ms() - r.start);
	close(r.fd);
	free(all);
	return (is_open);
}
