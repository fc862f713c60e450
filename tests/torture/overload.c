/*
 * overload.c: ten times more is asked than can be answered, beside thousands of
 * connections that never finish a request; an administrator's revocation must
 * still be answered within two seconds (F23).
 *
 *	overload SOCKET SECONDS SLOW USER FRONT-PID
 *
 * The load comes from USER, a member of verify_group: passwords at ten times
 * the rate that was measured before, right at the same time as codes over 64
 * connections and SLOW connections that send a byte a second. The administrator
 * is whoever starts this, and must be another user.
 * Exit: 0 as promised, 1 not, 2 could not test.
 */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <jansson.h>
#include <liboath/oath.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authd/api/client.h"

#define ANSWER_MS  2000 /* what is promised */
#define EACH_MS    500  /* between two revocations */
#define TIMES      10   /* the measured rate */
#define MEASURE_MS 3000
#define HASHERS    8  /* passwords at once while measuring */
#define CODES      64 /* connections that send codes without a pause */
#define PASSWORDS  4096
#define SLOW_MAX   16384
#define GIVE_UP_MS 15000
#define TEXT_MAX   1024

enum kind { FREE, SLOW, PASSWORD, CODE };

struct conn {
	enum kind kind;
	int fd;
	int sent;      /* of a slow one */
	int64_t begun; /* of its request */
	int64_t due;   /* of a slow one's next byte */
};

/* Told by the load to the one who judges. */
struct tally {
	atomic_long offered, passwords_ok, busy, turned_away, codes_ok,
	    given_up;
	atomic_long slow_now, slow_closed;
};

struct load {
	const char *socket;
	int ep, slow_n, codes_n;
	double rate; /* passwords a second */
	struct tally *tally;
	struct conn conns[SLOW_MAX + CODES + PASSWORDS];
	long name;
};

static const char head[] = "POST /v1/verify HTTP/1.1\r\nHost: sekisho\r\n"
			   "Content-Type: application/json\r\nX-Slow: ";

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void
die(const char *why)
{
	fprintf(stderr, "overload: %s: %s\n", why, strerror(errno));
	exit(2);
}

/* --- the load --- */

static void
hang_up(struct load *l, struct conn *c)
{
	if (c->fd != -1)
		close(c->fd);
	if (c->kind == SLOW)
		atomic_fetch_sub(&l->tally->slow_now, 1);
	c->fd = -1;
	c->kind = FREE;
}

static bool
reach(struct load *l, struct conn *c, enum kind kind)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", l->socket);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd == -1)
		return (false);
	if (connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    epoll_ctl(l->ep, EPOLL_CTL_ADD, c->fd, &ev) != 0) {
		close(c->fd);
		c->fd = -1;
		return (false);
	}
	c->kind = kind;
	c->sent = 0;
	c->begun = now_ms();
	if (kind == SLOW)
		atomic_fetch_add(&l->tally->slow_now, 1);
	return (true);
}

static void
put(struct load *l, struct conn *c, const char *path, const char *body)
{
	char text[TEXT_MAX];
	int n;

	n = snprintf(text, sizeof(text),
	    "POST %s HTTP/1.1\r\nHost: sekisho\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, strlen(body), body);
	c->begun = now_ms();
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		hang_up(l, c);
}

static void
ask_password(struct load *l, struct conn *c)
{
	char body[200];

	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"nobody-%ld\",\"password\":\"Kb7#wolfram-Teapot\","
	    "\"service\":\"flood\"}",
	    l->name++ % 100000);
	put(l, c, "/v1/login", body);
}

static void
ask_code(struct load *l, struct conn *c)
{
	char body[200];

	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"nobody-%ld\",\"code\":\"123456\","
	    "\"service\":\"flood\"}",
	    l->name++ % 100000);
	put(l, c, "/v1/verify", body);
}

static void
heard(struct load *l, struct conn *c)
{
	struct tally *t = l->tally;
	char text[4096];
	ssize_t n = recv(c->fd, text, sizeof(text) - 1, 0);
	enum kind kind = c->kind;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 || kind == SLOW) {
		if (kind == SLOW)
			atomic_fetch_add(&t->slow_closed, 1);
		else
			atomic_fetch_add(&t->turned_away, 1);
		hang_up(l, c);
		return;
	}
	text[n] = '\0';
	if (strncmp(text, "HTTP/1.1 200", 12) == 0)
		atomic_fetch_add(
		    kind == CODE ? &t->codes_ok : &t->passwords_ok, 1);
	else
		atomic_fetch_add(&t->busy, 1);
	if (kind == CODE && strstr(text, "Connection: close") == NULL)
		ask_code(l, c);
	else
		hang_up(l, c);
}

/* A byte of a head that never ends. */
static void
drip(struct load *l, struct conn *c, int64_t now)
{
	char byte = 'x';

	if (c->sent < (int)sizeof(head) - 1)
		byte = head[c->sent];
	c->sent++;
	c->due = now + 1000;
	if (send(c->fd, &byte, 1, MSG_NOSIGNAL) != 1 && errno != EAGAIN)
		hang_up(l, c);
}

/* Everything that is due now. */
static void
tick(struct load *l, int64_t begun, int64_t *asked)
{
	const int64_t now = now_ms();
	int64_t want = (int64_t)((double)(now - begun) * l->rate / 1000);
	struct conn *c;
	int i;

	for (i = 0; i < l->slow_n; i++) {
		c = &l->conns[i];
		if (c->kind == FREE && reach(l, c, SLOW))
			c->due = now + i % 1000;
		else if (c->kind == SLOW && c->due <= now)
			drip(l, c, now);
	}
	for (i = SLOW_MAX; i < SLOW_MAX + l->codes_n; i++) {
		c = &l->conns[i];
		if (c->kind == FREE && reach(l, c, CODE))
			ask_code(l, c);
	}
	for (i = SLOW_MAX + CODES; i < SLOW_MAX + CODES + PASSWORDS; i++) {
		c = &l->conns[i];
		if (c->kind != FREE && now - c->begun > GIVE_UP_MS) {
			atomic_fetch_add(&l->tally->given_up, 1);
			hang_up(l, c);
		}
		if (c->kind == FREE && *asked < want) {
			++*asked;
			atomic_fetch_add(&l->tally->offered, 1);
			if (reach(l, c, PASSWORD))
				ask_password(l, c);
			else
				atomic_fetch_add(&l->tally->turned_away, 1);
		}
	}
}

/* Until it is killed, or for ${ms}. */
static void
run_load(struct load *l, int64_t ms)
{
	struct epoll_event ev[256];
	int64_t begun = now_ms(), asked = 0, ticked = 0;
	size_t i;
	int k, n;

	for (i = 0; i < sizeof(l->conns) / sizeof(l->conns[0]); i++)
		l->conns[i] = (struct conn){ .kind = FREE, .fd = -1 };
	if ((l->ep = epoll_create1(EPOLL_CLOEXEC)) == -1)
		die("epoll");
	while (ms == 0 || now_ms() - begun < ms) {
		if (now_ms() - ticked >= 5) {
			tick(l, begun, &asked);
			ticked = now_ms();
		}
		n = epoll_wait(l->ep, ev, 256, 5);
		for (k = 0; k < n; k++)
			heard(l, ev[k].data.ptr);
	}
	for (i = 0; i < sizeof(l->conns) / sizeof(l->conns[0]); i++)
		if (l->conns[i].kind != FREE)
			hang_up(l, &l->conns[i]);
	close(l->ep);
}

static void
become(const char *user)
{
	struct passwd *pw = getpwnam(user);

	if (pw == NULL || initgroups(user, pw->pw_gid) != 0 ||
	    setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		die(user);
}

static pid_t
start_load(struct load *l, const char *user, int64_t ms)
{
	pid_t pid = fork();

	if (pid == -1)
		die("fork");
	if (pid != 0)
		return (pid);
	become(user);
	run_load(l, ms);
	_exit(0);
}

/* --- the administrator --- */

static json_t *
ask(const char *socket, const char *path, const char *body, int *status)
{
	char text[8192];
	struct client_answer a = { .body = text, .size = sizeof(text) };

	*status = -1;
	if (client_call(socket, path, body, GIVE_UP_MS, &a) != 0) {
		fprintf(stderr, "overload: %s: %s\n", path, a.why);
		return (NULL);
	}
	*status = a.status;
	return (json_loads(text, 0, NULL));
}

static void
need(const char *socket, const char *path, const char *body)
{
	int status;

	json_decref(ask(socket, path, body, &status));
	if (status != 200) {
		fprintf(
		    stderr, "overload: %s %s: status %d\n", path, body, status);
		exit(2);
	}
}

static void
add_phone(const char *socket, int n)
{
	char body[200], code[7] = "", *raw = NULL;
	const char *secret;
	size_t len = 0;
	int status;
	json_t *j;

	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"o-%d\",\"office\":\"demo\",\"name\":\"O\"}", n);
	need(socket, "/v1/account/add", body);
	(void)snprintf(body, sizeof(body), "{\"login\":\"o-%d\"}", n);
	j = ask(socket, "/v1/phone/enroll", body, &status);
	secret = json_string_value(json_object_get(j, "secret"));
	if (secret == NULL ||
	    oath_base32_decode(secret, strlen(secret), &raw, &len) != OATH_OK ||
	    oath_totp_generate(raw, len, time(NULL), 30, 0, 6, code) != OATH_OK)
		die("a code");
	free(raw);
	json_decref(j);
	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"o-%d\",\"code\":\"%s\"}", n, code);
	need(socket, "/v1/phone/confirm", body);
}

static int
by_size(const void *a, const void *b)
{
	return (*(const int *)a - *(const int *)b);
}

/* Revoke until ${seconds} are over; how many were late or failed. */
static int
revoke_all(const char *socket, int n, struct tally *t)
{
	int *took = calloc((size_t)n, sizeof(*took)), bad = 0, i, status;
	int64_t begun;
	long slow = 0;
	char body[64];

	if (took == NULL)
		die("memory");
	for (i = 0; i < n; i++) {
		(void)snprintf(body, sizeof(body), "{\"login\":\"o-%d\"}", i);
		begun = now_ms();
		json_decref(ask(socket, "/v1/phone/revoke", body, &status));
		took[i] = (int)(now_ms() - begun);
		if (status != 200 || took[i] > ANSWER_MS) {
			printf("revocation %d: status %d after %d ms\n", i,
			    status, took[i]);
			bad++;
		}
		if (atomic_load(&t->slow_now) > slow)
			slow = atomic_load(&t->slow_now);
		if (took[i] < EACH_MS)
			usleep((useconds_t)(EACH_MS - took[i]) * 1000);
	}
	qsort(took, (size_t)n, sizeof(*took), by_size);
	printf("%d revocations: p50 %d ms, p99 %d ms, slowest %d ms; %d bad; "
	       "%ld slow connections at once\n",
	    n, took[n / 2], took[n * 99 / 100], took[n - 1], bad, slow);
	free(took);
	return (bad);
}

static void
print_memory(const char *pid)
{
	char path[64], line[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	if ((f = fopen(path, "re")) == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS", 5) == 0 ||
		    strncmp(line, "VmHWM", 5) == 0)
			printf("front %s", line);
	fclose(f);
}

int
main(int argc, char **argv)
{
	struct rlimit files;
	struct load *l;
	struct tally *t;
	int seconds, n, i, bad, status = 0;
	int64_t begun;
	pid_t pid;

	if (argc != 6 || oath_init() != OATH_OK) {
		fprintf(stderr,
		    "usage: overload SOCKET SECONDS SLOW USER FRONT-PID\n");
		return (2);
	}
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		die("files");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		die("files");
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	l = calloc(1, sizeof(*l));
	if (t == MAP_FAILED || l == NULL)
		die("memory");
	*l = (struct load){ .socket = argv[1], .tally = t };
	seconds = (int)strtol(argv[2], NULL, 10);
	n = seconds * 1000 / EACH_MS;
	need(argv[1], "/v1/office/add", "{\"code\":\"demo\",\"name\":\"D\"}");
	for (i = 0; i < n; i++)
		add_phone(argv[1], i);

	l->rate = 1000 * HASHERS; /* as many as fit */
	pid = start_load(l, argv[4], MEASURE_MS);
	(void)waitpid(pid, &status, 0);
	l->rate = (double)TIMES * (double)atomic_load(&t->passwords_ok) * 1000 /
	    MEASURE_MS;
	printf("%ld passwords judged in %d ms", atomic_load(&t->passwords_ok),
	    MEASURE_MS);
	if (status != 0)
		die("the load");
	/* On a machine busy with other things: it is a load all the same. */
	if (l->rate < TIMES)
		l->rate = TIMES;
	printf("; %.0f a second will be asked\n", l->rate);
	memset(t, 0, sizeof(*t));
	l->slow_n = (int)strtol(argv[3], NULL, 10);
	l->codes_n = CODES;
	pid = start_load(l, argv[4], 0);
	usleep(1000000);
	bad = revoke_all(argv[1], n, t);
	print_memory(argv[5]);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	printf("passwords: %ld asked, %ld judged, %ld told to wait, %ld turned "
	       "away or cut, %ld given up; codes: %ld judged; slow "
	       "connections ended: %ld\n",
	    atomic_load(&t->offered), atomic_load(&t->passwords_ok),
	    atomic_load(&t->busy), atomic_load(&t->turned_away),
	    atomic_load(&t->given_up), atomic_load(&t->codes_ok),
	    atomic_load(&t->slow_closed));
	begun = now_ms();
	need(argv[1], "/v1/account/disable", "{\"login\":\"o-0\"}");
	if (now_ms() - begun > ANSWER_MS) {
		printf("not back within %d ms\n", ANSWER_MS);
		bad++;
	}
	free(l);
	if (atomic_load(&t->offered) < seconds || bad > 0)
		return (1);
	return (0);
}
