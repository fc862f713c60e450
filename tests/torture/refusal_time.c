/*
 * refusal_time.c: can the time of a refusal tell why it was refused? (F12, R34)
 *
 *	refusal_time SOCKET verify|login SAMPLES MORE
 *
 * Refusals of five kinds are asked for in random order on one connection, each
 * SAMPLES times: unknown, known (a wrong code or password), locked, disabled,
 * not enrolled (the last three with the right password). For each two kinds the
 * best classifier by one threshold on time is judged by the area under its curve
 * (Mann-Whitney): 0.5 tells nothing, 1 everything. Two kinds above 0.55 are asked
 * for again, MORE times; above it again is a failure. So the chance of a false
 * alarm is small also with few samples, and a real difference is found twice.
 * Every answer must be the same but for its request id.
 *
 * The daemon runs with failures_general 100, password_cost 5.
 * Exit: 0 as promised, 1 broken promise, 2 could not test.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/asker.h"

#define KINDS 5
#define PEOPLE_MAX 48 /* the keeper takes 300 checks a minute of each phone */
#define AUC_MOST   0.55
#define GOOD       "Kb7#wolfram-Teapot"
#define OFFICE     "times"

enum kind { UNKNOWN, KNOWN, LOCKED, DISABLED, BARE };

static const char *const names[KINDS] = { "unknown", "known", "locked",
	"disabled", "bare" };

struct trial {
	struct asker asker;
	bool is_login; /* passwords, not codes */
	int people;    /* of each kind */
	char secret[KINDS][PEOPLE_MAX][64];
	char *answer; /* of all */
	int asked[KINDS];
	double *took[KINDS]; /* microseconds */
	int have[KINDS], room;
	unsigned seed;
};

static void
die(const char *why)
{
	fprintf(stderr, "refusal_time: cannot test: %s\n", why);
	exit(2);
}

static json_t *
must(struct trial *t, const char *path, const char *body)
{
	json_t *j;

	if (asker_ask(&t->asker, path, body, &j) != 200 || j == NULL)
		die(path);
	return (j);
}

static void
login_of(int kind, int person, char out[64])
{
	snprintf(out, 64, "%s%d", names[kind], person);
}

static void
about(struct trial *t, const char *path, const char *login, const char *more)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"login\":\"%s\"%s}", login, more);
	json_decref(must(t, path, body));
}

static void
enrol(struct trial *t, int kind, int person)
{
	char login[64], code[ASKER_CODE_LEN + 1];
	char *secret = t->secret[kind][person];
	int i;

	login_of(kind, person, login);
	if (!asker_enrol(&t->asker, login, secret))
		die("enrol a phone");
	for (i = 0; i < 2; i++) { /* again when a step ended in between */
		asker_code(secret, time(NULL) / 30, code);
		if (asker_confirm(&t->asker, login, code))
			return;
	}
	die("confirm a phone");
}

/* --- one sample --- */

/* A code of last week: another one each time, and wrong. */
static void
wrong_code(struct trial *t, int kind, int person, char code[16])
{
	int64_t step = time(NULL) / 30 - 20160 - t->asked[kind] / t->people % 300;

	if (t->secret[kind][person][0] == '\0')
		snprintf(code, 16, "%06d",
		    rand_r(&t->seed) % 1000000);
	else
		asker_code(t->secret[kind][person], step, code);
}

static size_t
make_request(struct trial *t, int kind, int person, char *out, size_t size)
{
	char body[512], login[64], code[16];

	login_of(kind, person, login);
	if (t->is_login) {
		snprintf(body, sizeof(body),
		    "{\"login\":\"%s\",\"password\":\"%s\","
		    "\"service\":\"times\"}",
		    login, kind <= KNOWN ? "wrong-Teapot#7Kb" : GOOD);
		return (asker_format(out, size, "/v1/login", body));
	}
	wrong_code(t, kind, person, code);
	snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"code\":\"%s\",\"service\":\"times\"}", login,
	    code);
	return (asker_format(out, size, "/v1/verify", body));
}

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3);
}

/* The same text for every refusal, once the request id is out. */
static void
compare(struct trial *t, json_t *j, int kind)
{
	char *text;

	if (!asker_is(j, "result", "refuse")) {
		fprintf(stderr, "refusal_time: %s is not refused\n",
		    names[kind]);
		exit(1);
	}
	json_object_del(j, "request_id");
	text = json_dumps(j, JSON_COMPACT);
	if (t->answer == NULL)
		t->answer = strdup(text);
	if (strcmp(text, t->answer) != 0) {
		fprintf(stderr, "refusal_time: %s: %s, not %s\n", names[kind],
		    text, t->answer);
		exit(1);
	}
	free(text);
}

static void
sample(struct trial *t, int kind)
{
	char text[ASKER_TEXT_MAX], login[64];
	int person = t->asked[kind]++ % t->people;
	double begun;
	json_t *j;
	size_t n;

	/* Tries must not run out: it would become the kind `locked'. */
	if (kind == KNOWN && t->asked[kind] / t->people % 40 == 39) {
		login_of(kind, person, login);
		about(t, "/v1/account/unlock", login, "");
	}
	n = make_request(t, kind, person, text, sizeof(text));
	if (!asker_reach(&t->asker))
		die("connect");
	begun = now_us();
	if (!asker_send(&t->asker, text, n) || asker_hear(&t->asker, &j) != 200)
		die("no answer");
	t->took[kind][t->have[kind]++] = now_us() - begun;
	compare(t, j, kind);
	json_decref(j);
}

/* ${n} of each kind of the set, in random order. */
static void
collect(struct trial *t, const int *kinds, int kinds_n, int n)
{
	int order[KINDS], i, k, other, swap;

	memset(t->have, 0, sizeof(t->have));
	for (i = 0; i < n; i++) {
		for (k = 0; k < kinds_n; k++)
			order[k] = kinds[k];
		for (k = kinds_n - 1; k > 0; k--) {
			other = rand_r(&t->seed) % (k + 1);
			swap = order[k];
			order[k] = order[other];
			order[other] = swap;
		}
		for (k = 0; k < kinds_n; k++)
			sample(t, order[k]);
	}
}

/* --- judging --- */

struct ranked {
	double us;
	bool is_first;
};

static int
by_time(const void *a, const void *b)
{
	const struct ranked *one = a, *two = b;

	return ((one->us > two->us) - (one->us < two->us));
}

static double
median(const struct trial *t, int kind)
{
	struct ranked *all;
	double us;
	int i, n = t->have[kind];

	if ((all = calloc((size_t)n, sizeof(*all))) == NULL)
		die("no memory");
	for (i = 0; i < n; i++)
		all[i].us = t->took[kind][i];
	qsort(all, (size_t)n, sizeof(*all), by_time);
	us = all[n / 2].us;
	free(all);
	return (us);
}

/* The chance that one of ${a} takes longer than one of ${b}, or the reverse. */
static double
auc(const struct trial *t, int a, int b)
{
	int i, n = t->have[a], m = t->have[b];
	struct ranked *all;
	double ranks = 0, area;

	if ((all = calloc((size_t)(n + m), sizeof(*all))) == NULL)
		die("no memory");
	for (i = 0; i < n; i++)
		all[i] = (struct ranked){ t->took[a][i], true };
	for (i = 0; i < m; i++)
		all[n + i] = (struct ranked){ t->took[b][i], false };
	qsort(all, (size_t)(n + m), sizeof(*all), by_time);
	for (i = 0; i < n + m; i++)
		if (all[i].is_first)
			ranks += i + 1;
	free(all);
	area = (ranks - (double)n * (n + 1) / 2) / ((double)n * m);
	return (fmax(area, 1 - area));
}

static int
judge(struct trial *t, int n, int more)
{
	const int all[KINDS] = { UNKNOWN, KNOWN, LOCKED, DISABLED, BARE };
	double first[KINDS][KINDS], worst = 0, again;
	int a, b, bad = 0;

	collect(t, all, KINDS, n);
	for (a = 0; a < KINDS; a++)
		printf("%s=%.0f us ", names[a], median(t, a));
	for (a = 0; a < KINDS; a++)
		for (b = a + 1; b < KINDS; b++) {
			first[a][b] = auc(t, a, b);
			worst = fmax(worst, first[a][b]);
		}
	printf("(medians), worst auc=%.3f\n", worst);
	for (a = 0; a < KINDS; a++)
		for (b = a + 1; b < KINDS; b++) {
			if (first[a][b] <= AUC_MOST)
				continue;
			collect(t, (const int[]){ a, b }, 2, more);
			again = auc(t, a, b);
			printf("%s and %s: auc=%.3f, again=%.3f, medians %.0f "
			       "and %.0f us\n",
			    names[a], names[b], first[a][b], again,
			    median(t, a), median(t, b));
			bad += again > AUC_MOST;
		}
	return (bad);
}

static void
prepare(struct trial *t)
{
	char login[64];
	int kind, i, k;

	json_decref(must(t, "/v1/office/add",
	    "{\"code\":\"" OFFICE "\",\"name\":\"Times\"}"));
	for (kind = KNOWN; kind < KINDS; kind++)
		for (i = 0; i < t->people; i++) {
			login_of(kind, i, login);
			if (!asker_add(&t->asker, OFFICE, login,
				kind == LOCKED ? ",\"class\":\"privileged\""
					       : ""))
				die("add an account");
			if (kind != BARE)
				enrol(t, kind, i);
			if (t->is_login)
				about(t, "/v1/password/set", login,
				    ",\"password\":\"" GOOD "\"");
			if (kind == DISABLED)
				about(t, "/v1/account/disable", login, "");
			for (k = 0; kind == LOCKED && k < 3; k++)
				about(t, t->is_login ? "/v1/login" : "/v1/verify",
				    login,
				    t->is_login
					? ",\"password\":\"wrong\","
					  "\"service\":\"times\""
				    : k == 0 ? ",\"code\":\"000000\","
					       "\"service\":\"times\""
				    : k == 1 ? ",\"code\":\"111111\","
					       "\"service\":\"times\""
					     : ",\"code\":\"222222\","
					       "\"service\":\"times\"");
		}
}

int
main(int argc, char **argv)
{
	static struct trial t;
	int i, n, more, bad;

	if (argc != 5)
		die("SOCKET verify|login SAMPLES MORE");
	t.asker = (struct asker){ argv[1], -1 };
	t.is_login = strcmp(argv[2], "login") == 0;
	t.people = t.is_login ? 8 : PEOPLE_MAX;
	n = (int)strtol(argv[3], NULL, 10);
	more = (int)strtol(argv[4], NULL, 10);
	t.room = n > more ? n : more;
	t.seed = (unsigned)getpid();
	for (i = 0; i < KINDS; i++)
		t.took[i] = calloc((size_t)t.room, sizeof(double));
	if (t.room < 10 || t.took[KINDS - 1] == NULL)
		die("samples");
	prepare(&t);
	bad = judge(&t, n, more);
	asker_hang_up(&t.asker);
	for (i = 0; i < KINDS; i++)
		free(t.took[i]);
	free(t.answer);
	return (bad == 0 ? 0 : 1);
}
