/*
 * Goal of this target: a connection's bytes against the real server. It runs
 * no more requests than an independent reading of those bytes finds whole and
 * unambiguous, answers nothing but HTTP/1.1, and closes when we do.
 * Links: those of tests/unit/test_server.c tests/fuzz/strict.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "tests/fakes/web_peer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/strict.h"

#define INPUT_MAX   8192 /* fits the socket: the server may not read it all */
#define REQUEST_MIN 18   /* GET / HTTP/1.0 and an empty line */

static struct web web;

static void
end(void)
{
	web_close(&web);
}

/* Works run so far; one may end a moment after its answer was given. */
static int
runs(void)
{
	struct core_fake_counts n;
	int i;

	for (i = 0; i < 5000; i++) {
		core_fake_get(web.engine, &n);
		if (n.waiting == 0 && n.taken == 0)
			return (n.runs);
		usleep(1000);
	}
	fuzz_broken("the work ends", __FILE__, __LINE__);
}

/* How many whole requests follow each other from the first byte on. */
static int
count_strict(const char *p, size_t n)
{
	struct strict_head h;
	int count = 0;

	while (n >= REQUEST_MIN && strict_read(p, n, &h) &&
	    n - h.head_len >= h.body_len) {
		p += h.head_len + h.body_len;
		n -= h.head_len + h.body_len;
		count++;
	}
	return (count);
}

/* Read to the end; how many answers say 200. */
static int
read_all(int fd)
{
	static char all[1024 * 1024 + 1];
	const char *p;
	size_t len = 0;
	ssize_t n;
	int count = 0;

	while ((n = recv(fd, all + len, sizeof(all) - 1 - len, 0)) > 0)
		len += (size_t)n;
	FUZZ_CHECK(len < sizeof(all) - 1);
	all[len] = '\0';
	FUZZ_CHECK(len == 0 || strncmp(all, "HTTP/1.1 ", 9) == 0);
	FUZZ_CHECK(strlen(all) == len);
	for (p = all; (p = strstr(p, "HTTP/1.1 200 ")) != NULL; p++)
		count++;
	return (count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_ready;
	int before, fd, good, answered;

	if (!is_ready) {
		log_open("fuzz", LOG_LEVEL_ERROR);
		json_init();
		web_open(&web);
		web.conf.listeners[0].threads = 1;
		web_start(&web);
		atexit(end);
		is_ready = true;
	}
	if (size > INPUT_MAX)
		return (0);
	good = count_strict((const char *)data, size);
	before = runs();
	fd = web_connect(&web);
	web_send(fd, data, size);
	shutdown(fd, SHUT_WR);
	answered = read_all(fd);
	close(fd);
	FUZZ_CHECK(runs() - before <= good);
	FUZZ_CHECK(answered <= good);
	return (0);
}
