/*
 * clock_storm.c: the time of day jumps both ways under load (F2, V2).
 *
 *	clock_storm SOCKET PAGE SECONDS STEPS [SEED]
 *
 * The daemon behind SOCKET was started with tests/torture/clock_shim.c over
 * PAGE, with failures_general 100 and lock_privileged 1m. STEPS random steps are
 * made in SECONDS while four threads submit codes of sixty-four phones: of now,
 * of steps around it, and those that were accepted before. Meanwhile:
 * - no code is accepted twice, whatever the clock was when it was and however
 *   often an administrator vouched for it (clock confirm);
 * - an account locked for a minute stays locked for a minute, no less, no more;
 * - logins that are under way go on; with 240 to 290 seconds also: until five
 *   minutes are over, and not longer.
 * Each of these is judged on this program's own clock, which does not move.
 *
 * Exit: 0 as promised, 1 broken promise, 2 could not test. The last line tells
 * what was done, in words of NAME=NUMBER.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/asker.h"

#define PHONES       64
#define WORKERS      4
#define LOGINS       4
#define STEP_MS      30000
#define LOCK_MS      60000
#define LOGIN_MS     300000
#define SLACK_MS     500 /* of a busy machine, where a clock is read twice */
#define KEPT_MAX     4096
#define GOOD_PASSWORD "Kb7#wolfram-Teapot"

struct phone {
	char login[32], secret[64];
	pthread_mutex_t mutex;
	int64_t accepted[KEPT_MAX]; /* steps */
	int n;
	int64_t highest;
};

struct storm {
	const char *socket;
	_Atomic int64_t *page;
	struct phone phones[PHONES];
	struct phone locked, last, logins[LOGINS];
	char transaction[LOGINS][64];
	int64_t locked_at; /* real milliseconds; 0: nobody is locked */
	int64_t begun_at[LOGINS]; /* the same */
	atomic_bool is_over;
	atomic_int asked, accepted, refused, twice;
	int steps, forward, back, confirms, brought_back, finished;
	int bad;
};

static int64_t
real_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* What the daemon takes for the time of day. */
static int64_t
shown_ms(const struct storm *s)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 +
	    atomic_load(s->page));
}

static void
die(const char *why)
{
	fprintf(stderr, "clock_storm: cannot test: %s\n", why);
	exit(2);
}

static void
broken(struct storm *s, const char *what, const char *login, int64_t number)
{
	if (s->bad++ < 20)
		fprintf(stderr, "clock_storm: %s: %s, %" PRId64 "\n", what,
		    login, number);
}

/* One question that must be answered with 200. The caller frees it. */
static json_t *
must(struct asker *a, const char *path, const char *body)
{
	json_t *j;

	if (asker_ask(a, path, body, &j) != 200 || j == NULL) {
		fprintf(stderr, "%s %s\n", path, body);
		die("an answer that is not 200");
	}
	return (j);
}

static void
must_login(struct asker *a, const char *path, const char *login)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"login\":\"%s\"}", login);
	json_decref(must(a, path, body));
}

static void
note_accepted(struct phone *p, int64_t step)
{
	if (p->n < KEPT_MAX)
		p->accepted[p->n++] = step;
	if (step > p->highest)
		p->highest = step;
}

static void
enrol(struct storm *s, struct asker *a, struct phone *p, const char *more)
{
	char code[ASKER_CODE_LEN + 1];
	int64_t step = shown_ms(s) / STEP_MS - 1;

	pthread_mutex_init(&p->mutex, NULL);
	if (!asker_add(a, "storm", p->login, more) ||
	    !asker_enrol(a, p->login, p->secret))
		die("enrol a phone");
	asker_code(p->secret, step, code);
	if (!asker_confirm(a, p->login, code))
		die("confirm a phone");
	note_accepted(p, step);
}

/* --- codes --- */

/* Could the code of ${step} be another's near ${now}? A chance in a million. */
static bool
is_chance(const struct phone *p, int64_t step, int64_t now)
{
	char one[ASKER_CODE_LEN + 1], other[ASKER_CODE_LEN + 1];
	int64_t k;

	asker_code(p->secret, step, one);
	for (k = now - 3; k <= now + 3; k++) {
		asker_code(p->secret, k, other);
		if (k != step && strcmp(one, other) == 0)
			return (true);
	}
	return (false);
}

/* True when it was accepted; a second time is noted as broken. */
static bool
submit(struct storm *s, struct asker *a, struct phone *p, int64_t step)
{
	char code[ASKER_CODE_LEN + 1], body[256];
	bool is_accepted;
	int64_t now = shown_ms(s) / STEP_MS;
	json_t *j;
	int i;

	asker_code(p->secret, step, code);
	snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"code\":\"%s\",\"service\":\"storm\"}",
	    p->login, code);
	j = must(a, "/v1/verify", body);
	is_accepted = asker_is(j, "result", "accept");
	json_decref(j);
	atomic_fetch_add(&s->asked, 1);
	if (!is_accepted) {
		atomic_fetch_add(&s->refused, 1);
		return (false);
	}
	atomic_fetch_add(&s->accepted, 1);
	pthread_mutex_lock(&p->mutex);
	for (i = 0; i < p->n; i++)
		if (p->accepted[i] == step && !is_chance(p, step, now)) {
			fprintf(stderr, "accepted twice: %s, step %" PRId64 "\n",
			    p->login, step);
			atomic_fetch_add(&s->twice, 1);
		}
	note_accepted(p, step);
	pthread_mutex_unlock(&p->mutex);
	return (true);
}

static int64_t
choose_step(struct storm *s, struct phone *p, unsigned *seed)
{
	int64_t now = shown_ms(s) / STEP_MS, step;
	int dice = rand_r(seed) % 100;

	if (dice < 45)
		return (now + rand_r(seed) % 3 - 1);
	if (dice < 55)
		return (now + rand_r(seed) % 13 - 6);
	pthread_mutex_lock(&p->mutex);
	step = dice < 75 ? p->highest : p->accepted[rand_r(seed) % p->n];
	pthread_mutex_unlock(&p->mutex);
	return (step);
}

struct worker {
	struct storm *storm;
	unsigned seed;
};

static void *
work(void *arg)
{
	/* The keeper takes 300 checks a minute of each phone. */
	const struct timespec pause = { 0, 11 * 1000000 };
	struct worker *w = arg;
	struct asker a = { w->storm->socket, -1 };
	struct phone *p;

	while (!atomic_load(&w->storm->is_over)) {
		p = &w->storm->phones[rand_r(&w->seed) % PHONES];
		submit(w->storm, &a, p, choose_step(w->storm, p, &w->seed));
		nanosleep(&pause, NULL);
	}
	asker_hang_up(&a);
	return (NULL);
}

/* --- the clock --- */

static void
confirm_clock(struct storm *s, struct asker *a)
{
	json_t *j = must(a, "/v1/clock/confirm", "{}");

	s->confirms++;
	s->brought_back +=
	    (int)json_integer_value(json_object_get(j, "phones"));
	json_decref(j);
}

static void
shift_to(struct storm *s, int64_t shift)
{
	if (shift > atomic_load(s->page))
		s->forward++;
	else
		s->back++;
	atomic_store(s->page, shift);
	s->steps++;
}

/* Seconds, minutes, hours or days; back as often as forward. */
static void
make_step(struct storm *s, struct asker *a, unsigned *seed)
{
	static const int64_t scale[] = { 20, 200, 3600, 3 * 86400 };
	int64_t by = 1 + rand_r(seed) % scale[rand_r(seed) % 4];
	int64_t shift = atomic_load(s->page);
	bool is_back = rand_r(seed) % 2 == 0;

	/* within 20 days, so that it comes back to where it was */
	if (shift > 10LL * 86400 * 1000)
		is_back = true;
	if (shift < -10LL * 86400 * 1000)
		is_back = false;
	by = by * 1000 + rand_r(seed) % 1000;
	shift_to(s, shift + (is_back ? -by : by));
	if (rand_r(seed) % 3 != 0)
		confirm_clock(s, a);
}

/* A code that must be accepted now: of a step that never was, the clock
 * vouched for. */
static int64_t
fresh_step(struct storm *s, struct asker *a, struct phone *p)
{
	int64_t now = shown_ms(s), to = (p->highest + 2) * STEP_MS + 5000;

	shift_to(s, atomic_load(s->page) + to - now);
	confirm_clock(s, a);
	return (p->highest + 2);
}

/* --- locks --- */

static void
lock_out(struct storm *s, struct asker *a)
{
	int i;

	for (i = 0; i < 3; i++) { /* codes of last week */
		s->locked_at = real_ms();
		if (submit(s, a, &s->locked,
			shown_ms(s) / STEP_MS - 20160 - i))
			die("a wrong code was right");
	}
}

/* The end of the lock, less what the clock was moved: always the same. */
static void
check_lock(struct storm *s, struct asker *a, int64_t *end)
{
	int64_t until, now = real_ms();
	const char *text;
	struct tm tm;
	char body[64];
	json_t *j;
	int ms;

	if (now - s->locked_at > LOCK_MS - SLACK_MS)
		return;
	snprintf(body, sizeof(body), "{\"login\":\"%s\"}", s->locked.login);
	j = must(a, "/v1/account/show", body);
	text = json_string_value(json_object_get(j, "locked_until"));
	memset(&tm, 0, sizeof(tm));
	if (text == NULL ||
	    sscanf(text, "%d-%d-%dT%d:%d:%d.%dZ", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7) {
		broken(s, "a lock was cut", s->locked.login, now - s->locked_at);
		json_decref(j);
		return;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	until = (int64_t)timegm(&tm) * 1000 + ms - atomic_load(s->page);
	if (*end == 0)
		*end = until;
	if (until - *end > SLACK_MS || *end - until > SLACK_MS)
		broken(s, "the end of a lock moved", s->locked.login,
		    until - *end);
	json_decref(j);
}

/* Just before its end and just after it, with a code that is right. */
static void
check_lock_end(struct storm *s, struct asker *a)
{
	int64_t left = s->locked_at + LOCK_MS - 2000 - real_ms();

	if (left > 0)
		usleep((useconds_t)left * 1000);
	if (submit(s, a, &s->locked, fresh_step(s, a, &s->locked)))
		broken(s, "a lock was cut", s->locked.login,
		    real_ms() - s->locked_at);
	left = s->locked_at + LOCK_MS + SLACK_MS - real_ms();
	if (left > 0)
		usleep((useconds_t)left * 1000);
	if (!submit(s, a, &s->locked, fresh_step(s, a, &s->locked)))
		broken(s, "a lock was stretched", s->locked.login,
		    real_ms() - s->locked_at);
	s->locked_at = 0;
}

/* A storm that is longer than a lock sees the ends of several. */
static void
follow_lock(struct storm *s, struct asker *a, int64_t until, int64_t *end)
{
	if (s->locked_at == 0)
		return;
	if (real_ms() < s->locked_at + LOCK_MS - 3000) {
		check_lock(s, a, end);
		return;
	}
	check_lock_end(s, a);
	*end = 0;
	if (until - real_ms() > LOCK_MS)
		lock_out(s, a);
}

/* --- logins under way --- */

static void
begin_login(struct storm *s, struct asker *a, int i)
{
	const char *text;
	char body[256];
	json_t *j;

	snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"password\":\"%s\",\"service\":\"storm\"}",
	    s->logins[i].login, GOOD_PASSWORD);
	j = must(a, "/v1/login", body);
	text = json_string_value(json_object_get(j, "transaction"));
	if (!asker_is(j, "result", "continue") || text == NULL)
		broken(s, "a login does not begin", s->logins[i].login, 0);
	snprintf(s->transaction[i], sizeof(s->transaction[i]), "%s",
	    text == NULL ? "" : text);
	s->begun_at[i] = real_ms();
	json_decref(j);
}

/* Its code is right; does the login still know it? */
static bool
end_login(struct storm *s, struct asker *a, int i)
{
	char body[256], code[ASKER_CODE_LEN + 1];
	struct phone *p = &s->logins[i];
	int64_t step = fresh_step(s, a, p);
	bool is_taken;
	json_t *j;

	asker_code(p->secret, step, code);
	snprintf(body, sizeof(body),
	    "{\"transaction\":\"%s\",\"code\":\"%s\"}", s->transaction[i], code);
	j = must(a, "/v1/login", body);
	/* the password is another's choice: it must be changed next */
	is_taken = asker_is(j, "result", "change_password");
	json_decref(j);
	if (is_taken)
		note_accepted(p, step);
	return (is_taken);
}

static void
check_login(struct storm *s, struct asker *a, int i)
{
	if (!end_login(s, a, i))
		broken(s, "a login under way was cut", s->logins[i].login,
		    real_ms() - s->begun_at[i]);
	s->finished++;
	begin_login(s, a, i);
}

/* The last two are left until five minutes are over. */
static void
check_login_end(struct storm *s, struct asker *a)
{
	const int soon = LOGINS - 2, late = LOGINS - 1;
	int64_t left = s->begun_at[soon] + LOGIN_MS - 5000 - real_ms();

	if (left < 0)
		die("five minutes are over already: fewer STEPS, please");
	usleep((useconds_t)left * 1000);
	if (!end_login(s, a, soon))
		broken(s, "a login under way was cut", s->logins[soon].login,
		    real_ms() - s->begun_at[soon]);
	left = s->begun_at[late] + LOGIN_MS + SLACK_MS - real_ms();
	if (left > 0)
		usleep((useconds_t)left * 1000);
	if (end_login(s, a, late))
		broken(s, "a login under way was stretched",
		    s->logins[late].login, real_ms() - s->begun_at[late]);
	s->finished += 2;
}

static void
prepare(struct storm *s, struct asker *a)
{
	char body[256];
	int i;

	json_decref(must(
	    a, "/v1/office/add", "{\"code\":\"storm\",\"name\":\"Storm\"}"));
	snprintf(s->locked.login, sizeof(s->locked.login), "locked");
	enrol(s, a, &s->locked, ",\"class\":\"privileged\"");
	for (i = 0; i < LOGINS; i++) {
		snprintf(s->logins[i].login, sizeof(s->logins[i].login),
		    "login%d", i);
		enrol(s, a, &s->logins[i], "");
		snprintf(body, sizeof(body),
		    "{\"login\":\"%s\",\"password\":\"%s\"}",
		    s->logins[i].login, GOOD_PASSWORD);
		json_decref(must(a, "/v1/password/set", body));
	}
	for (i = 0; i < PHONES; i++) {
		snprintf(s->phones[i].login, sizeof(s->phones[i].login),
		    "phone%d", i);
		enrol(s, a, &s->phones[i], "");
	}
	lock_out(s, a);
	for (i = 0; i < LOGINS; i++)
		begin_login(s, a, i);
}

static void
blow(struct storm *s, struct asker *a, int64_t until, int steps, unsigned seed)
{
	int64_t begun = real_ms(), end = 0, due;
	int i, at = 0;

	for (i = 0; i < steps; i++) {
		make_step(s, a, &seed);
		follow_lock(s, a, until, &end);
		if (i % 20 == 10)
			check_login(s, a, i / 20 % (LOGINS - 2));
		/* Wrong codes are part of the load; nobody stays locked. */
		must_login(a, "/v1/account/unlock",
		    s->phones[at++ % PHONES].login);
		must_login(a, "/v1/account/unlock",
		    s->phones[at++ % PHONES].login);
		due = begun + (until - begun) * (i + 1) / steps - real_ms();
		if (due > 0)
			usleep((useconds_t)due * 1000);
	}
}

int
main(int argc, char **argv)
{
	static struct storm s;
	pthread_t thread[WORKERS];
	struct worker workers[WORKERS];
	struct asker a = { NULL, -1 };
	int64_t begun = real_ms(), seconds;
	unsigned seed;
	int fd, i;

	if (argc < 5)
		die("SOCKET PAGE SECONDS STEPS [SEED]");
	seconds = strtol(argv[3], NULL, 10);
	seed = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 10)
			: (unsigned)getpid();
	printf("seed=%u\n", seed);
	s.socket = a.socket = argv[1];
	fd = open(argv[2], O_RDWR | O_CLOEXEC);
	s.page = mmap(NULL, sizeof(*s.page), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (fd == -1 || s.page == MAP_FAILED)
		die(argv[2]);
	prepare(&s, &a);
	for (i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ &s, seed + 1 + (unsigned)i };
		if (pthread_create(&thread[i], NULL, work, &workers[i]) != 0)
			die("thread");
	}
	blow(&s, &a, begun + seconds * 1000, (int)strtol(argv[4], NULL, 10),
	    seed);
	if (s.locked_at != 0)
		check_lock_end(&s, &a);
	if (seconds >= LOGIN_MS / 1000 - 60)
		check_login_end(&s, &a);
	atomic_store(&s.is_over, true);
	for (i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	asker_hang_up(&a);
	printf("asked=%d accepted=%d refused=%d twice=%d steps=%d forward=%d "
	       "back=%d confirms=%d brought_back=%d logins=%d bad=%d\n",
	    s.asked, s.accepted, s.refused, s.twice, s.steps, s.forward, s.back,
	    s.confirms, s.brought_back, s.finished, s.bad);
	return (s.bad != 0 || s.twice != 0 ? 1 : 0);
}
