/*
 * bench_hook.c: what the proxy's hook is measured against, and what it is
 * asked with.
 *
 *	bench_hook serve SOCKET		the least that an answer to a proxy costs
 *					with the same library: 204 to everything,
 *					in poll mode, on as many threads as the
 *					hook has by default; until SIGTERM
 *	bench_hook tokens N		N tokens of sessions as a browser has
 *					them, each with the hash that is stored,
 *					in hex: a line each
 */
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "authd/base/text.h"
#include "authd/core/token.h"

#define THREADS     2 /* hook_threads of sekisho.conf */
#define CONNECTIONS 1024

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench_hook: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Queued on the second call: on the first the connection would be closed. */
static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *body, size_t *body_len,
    void **context)
{
	static char begun;

	(void)url;
	(void)method;
	(void)version;
	(void)body;
	if (*context == NULL) {
		*context = &begun;
		return (MHD_YES);
	}
	*body_len = 0;
	return (MHD_queue_response(c, MHD_HTTP_NO_CONTENT, cls));
}

static int
listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* nginx's workers are other users */
	umask(0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    listen(fd, SOMAXCONN) != 0)
		die(path);
	return (fd);
}

static int
serve(const char *path)
{
	struct MHD_Response *res;
	struct MHD_Daemon *daemon;
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	res = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (res == NULL)
		die("answer");
	daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL,
	    on_request, res, MHD_OPTION_LISTEN_SOCKET, listen_at(path),
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)THREADS,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS,
	    MHD_OPTION_END);
	if (daemon == NULL)
		die("libmicrohttpd");
	sigwait(&set, &number);
	MHD_stop_daemon(daemon);
	MHD_destroy_response(res);
	return (0);
}

static int
print_tokens(long n)
{
	char token[TOKEN_LEN + 1], hex[2 * SESSION_HASH_LEN + 1];
	uint8_t hash[SESSION_HASH_LEN];

	for (; n > 0; n--) {
		if (token_new(token, hash) != 0)
			die("token");
		text_put_hex(hash, sizeof(hash), hex);
		printf("%s %s\n", token, hex);
	}
	return (fflush(stdout) == 0 ? 0 : 2);
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return (serve(argv[2]));
	if (argc == 3 && strcmp(argv[1], "tokens") == 0)
		return (print_tokens(strtol(argv[2], NULL, 10)));
	fprintf(stderr, "usage: bench_hook serve SOCKET | tokens N\n");
	return (2);
}
