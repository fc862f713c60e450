/*
 * login_race.c: one code, eight logins that have each passed the password.
 *
 *	login_race SOCKET PREFIX ROUNDS
 *
 * Each round: a fresh account, then its code from all eight at the same
 * instant. Exactly one goes on (its password, which another chose, has to be
 * changed), the others are refused (F1).
 * Exit: 0 as promised, 1 broken promise, 2 could not test.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/torture/asker.h"

#define LOGINS   8 /* one account's at a time */
#define PASSWORD "Kb7#wolfram-Teapot"
#define STEP     30

struct racer {
	struct asker conn;
	pthread_barrier_t *start;
	char request[ASKER_TEXT_MAX];
	size_t length;
	atomic_int *went_on, *refused;
};

static void
die(const char *what)
{
	fprintf(stderr, "login_race: %s\n", what);
	exit(2);
}

static int64_t
step_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (ts.tv_sec / STEP);
}

/* All but the last byte before, that at the same instant. */
static void *
race(void *arg)
{
	struct racer *r = arg;
	json_t *j = NULL;

	if (!asker_reach(&r->conn) ||
	    !asker_send(&r->conn, r->request, r->length - 1))
		die("connect");
	pthread_barrier_wait(r->start);
	if (asker_send(&r->conn, r->request + r->length - 1, 1) &&
	    asker_hear(&r->conn, &j) == 200) {
		if (asker_is(j, "result", "change_password"))
			atomic_fetch_add(r->went_on, 1);
		else if (asker_is(j, "result", "refuse"))
			atomic_fetch_add(r->refused, 1);
	}
	json_decref(j);
	asker_hang_up(&r->conn);
	return (NULL);
}

/* An account with a phone and a password; ${code} is the one to race for. */
static void
prepare(struct asker *c, const char *login, char code[ASKER_CODE_LEN + 1])
{
	char secret[64], body[256];
	int64_t step = 0;
	json_t *j;
	int i;

	if (!asker_add(c, "demo", login, "") || !asker_enrol(c, login, secret))
		die("add an account");
	for (i = 0; i < 3; i++) {
		step = step_now();
		asker_code(secret, step - 1, code);
		if (asker_confirm(c, login, code))
			break;
	}
	if (i == 3)
		die("confirm a phone");
	asker_code(secret, step, code);
	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"password\":\"" PASSWORD "\"}", login);
	if (asker_ask(c, "/v1/password/set", body, &j) != 200)
		die("set a password");
	json_decref(j);
}

/* One login passes its password. */
static void
pass(struct asker *c, const char *login, const char *code, struct racer *r)
{
	char body[256];
	const char *tx;
	json_t *j;

	(void)snprintf(body, sizeof(body),
	    "{\"login\":\"%s\",\"password\":\"" PASSWORD
	    "\",\"service\":\"race\"}",
	    login);
	if (asker_ask(c, "/v1/login", body, &j) != 200 ||
	    (tx = json_string_value(json_object_get(j, "transaction"))) == NULL)
		die("a right password");
	(void)snprintf(body, sizeof(body),
	    "{\"transaction\":\"%s\",\"code\":\"%s\"}", tx, code);
	json_decref(j);
	r->length =
	    asker_format(r->request, sizeof(r->request), "/v1/login", body);
}

int
main(int argc, char **argv)
{
	static struct racer racers[LOGINS];
	char login[64], code[ASKER_CODE_LEN + 1];
	struct asker c = { .fd = -1 };
	pthread_t threads[LOGINS];
	atomic_int went_on, refused;
	pthread_barrier_t start;
	int bad = 0, i, round, rounds;

	if (argc != 4) {
		fprintf(stderr, "usage: login_race SOCKET PREFIX ROUNDS\n");
		return (2);
	}
	c.socket = argv[1];
	rounds = (int)strtol(argv[3], NULL, 10);
	pthread_barrier_init(&start, NULL, LOGINS);
	for (round = 0; round < rounds; round++) {
		(void)snprintf(login, sizeof(login), "%s-%d", argv[2], round);
		prepare(&c, login, code);
		went_on = refused = 0;
		for (i = 0; i < LOGINS; i++) {
			racers[i].conn = (struct asker){ argv[1], -1 };
			racers[i].start = &start;
			racers[i].went_on = &went_on;
			racers[i].refused = &refused;
			pass(&c, login, code, &racers[i]);
		}
		for (i = 0; i < LOGINS; i++)
			if (pthread_create(
				&threads[i], NULL, race, &racers[i]) != 0)
				die("thread");
		for (i = 0; i < LOGINS; i++)
			pthread_join(threads[i], NULL);
		if (went_on != 1 || refused != LOGINS - 1) {
			fprintf(stderr, "round %d: %d went on, %d refused\n",
			    round, went_on, refused);
			bad++;
		}
	}
	printf("%d rounds, %d bad\n", rounds, bad);
	return (bad == 0 && rounds > 0 ? 0 : 1);
}
