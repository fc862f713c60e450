/*
 * Goal of this target: a daemon that answers anything. A call ends; what it
 * takes is, read once more in another way, one whole HTTP/1.1 answer of JSON
 * with exactly one length; of what it does not take nothing is left.
 * Links: authd/api/client.c authd/base/clock.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "authd/api/client.h"
#include "tests/fuzz/fuzz.h"

#define BODY_SIZE 512
#define ASK       "{\"a\":1}"

static char dir[] = "/tmp/sekisho-fuzz.XXXXXX";
static struct sockaddr_un at = { .sun_family = AF_UNIX };
static int listen_fd;
static sem_t done;
/* What the daemon says next; it looks there when somebody has connected. */
static const uint8_t *say;
static size_t say_n;

static void *
serve(void *arg)
{
	char asked[1024];
	size_t len;
	ssize_t n;
	int fd;

	while ((fd = accept(listen_fd, NULL, NULL)) != -1) {
		/* the whole question first: the answer is then to it */
		for (len = 0; len < sizeof(asked) &&
		     memmem(asked, len, ASK, strlen(ASK)) == NULL;
		     len += (size_t)n) {
			n = recv(fd, asked + len, sizeof(asked) - len, 0);
			if (n <= 0)
				break;
		}
		(void)!send(fd, say, say_n, MSG_NOSIGNAL);
		close(fd);
		sem_post(&done);
	}
	return (arg);
}

static void
end(void)
{
	unlink(at.sun_path);
	rmdir(dir);
}

static void
start(void)
{
	pthread_t t;

	FUZZ_CHECK(mkdtemp(dir) != NULL);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/s", dir);
	atexit(end);
	listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_CHECK(bind(listen_fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	FUZZ_CHECK(listen(listen_fd, 8) == 0 && sem_init(&done, 0, 0) == 0);
	FUZZ_CHECK(pthread_create(&t, NULL, serve, NULL) == 0);
}

/* One line without its CR LF, and how often it is a field of that name. */
static int
is_field(const char *line, const char *name)
{
	size_t n = strlen(name);

	return (strncasecmp(line, name, n) == 0 && line[n] == ':');
}

/* What was taken, read again: the head by lines, the body by its length. */
static void
check_taken(const struct client_answer *a)
{
	char *head = fuzz_text(say, say_n), *end_of_head, *line, *next;
	int lengths = 0, types = 0, codings = 0;

	FUZZ_CHECK(strncmp(head, "HTTP/1.1 ", 9) == 0);
	FUZZ_CHECK(strtol(head + 9, NULL, 10) == a->status);
	FUZZ_CHECK(a->status == 200 || (a->status >= 400 && a->status <= 599));
	end_of_head = strstr(head, "\r\n\r\n");
	FUZZ_CHECK(end_of_head != NULL);
	FUZZ_CHECK(say_n - (size_t)(end_of_head + 4 - head) == a->len);
	FUZZ_CHECK(memcmp(end_of_head + 4, a->body, a->len) == 0);
	end_of_head[0] = '\0';
	for (line = head; line != NULL; line = next) {
		if ((next = strstr(line, "\r\n")) != NULL) {
			*next = '\0';
			next += 2;
		}
		FUZZ_CHECK(strpbrk(line, "\r\n") == NULL);
		if (is_field(line, "content-length")) {
			lengths++;
			FUZZ_CHECK(strtoul(line + 15, NULL, 10) == a->len);
		}
		codings += is_field(line, "transfer-encoding") ||
		    is_field(line, "content-encoding");
		types += is_field(line, "content-type");
	}
	FUZZ_CHECK(lengths == 1 && codings == 0 && types >= 1);
	FUZZ_CHECK(strlen(a->body) == a->len && a->len < a->size);
	FUZZ_CHECK(strlen(a->request_id) == 0 ||
	    strlen(a->request_id) == REQUEST_ID_LEN);
	free(head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *body = malloc(BODY_SIZE);
	struct client_answer a = { .body = body, .size = BODY_SIZE };
	int r;

	if (at.sun_path[0] == '\0')
		start();
	memset(body, 'x', BODY_SIZE);
	say = data;
	say_n = size;
	r = client_call(at.sun_path, "/v1/verify", ASK, 10000, &a);
	while (sem_wait(&done) == -1)
		; /* a signal of the fuzzer's */
	if (r == 0) {
		FUZZ_CHECK(a.sys_errno == 0 && a.why[0] == '\0');
		check_taken(&a);
	} else {
		FUZZ_CHECK(r == ERR_PROTO || r == ERR_SYS);
		FUZZ_CHECK(a.why[0] != '\0' && a.status == 0 && a.len == 0);
		FUZZ_CHECK(fuzz_is_zero(body, BODY_SIZE));
	}
	free(body);
	return (0);
}
