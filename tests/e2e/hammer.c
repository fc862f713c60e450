/*
 * hammer.c: load for the end-to-end tests, over raw sockets of its own so that
 * the daemon is not judged by its own client.
 *
 *	hammer race SOCKET PREFIX ROUNDS [LAST]
 *	    Each round: a fresh account and phone, then 2 to 64 submitters send
 *	    its valid code at the same instant. Exactly one must be accepted.
 *	    LAST receives login and code of the last round.
 *	hammer load SOCKET PREFIX ACKS THREADS
 *	    Until SIGTERM: accounts, phones and verifications; every answer that
 *	    was received is noted in ACKS before the next request. Lost
 *	    connections are made again.
 *	hammer guess SOCKET PREFIX ROUNDS
 *	    Each round: a fresh account; 256 different wrong codes, 64 at a time;
 *	    the log must show 5 of them counted and the rest refused unseen.
 *	hammer check SOCKET ACKS
 *	    Everything noted in ACKS is there, and no accepted code is accepted
 *	    again.
 *
 * Exit: 0 as promised, 1 broken promise, 2 could not test.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <liboath/oath.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/asker.h"

#define SUBMITTERS_MAX 64

static void
die(const char *why)
{
	fprintf(stderr, "hammer: %s: %s\n", why, strerror(errno));
	exit(2);
}

/* Add and enrol one account; false when a connection was lost. */
static bool
add_account(struct asker *c, const char *login, char secret[64], FILE *acks)
{
	if (!asker_add(c, "hammer", login, ""))
		return (false);
	if (acks != NULL)
		fprintf(acks, "account %s\n", login);
	return (asker_enrol(c, login, secret));
}

/* The step of now. Not by time(): that may lag a tick behind the daemon. */
static int64_t
step_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (ts.tv_sec / 30);
}

/*
 * Confirm with the code of the step before now, so that now's is left; the
 * step is *step. Tried again when a step ended in between.
 */
static bool
confirm_early(struct asker *c, const char *login, const char *secret,
    int64_t *step, char code[ASKER_CODE_LEN + 1])
{
	int i;

	for (i = 0; i < 3; i++) {
		*step = step_now();
		asker_code(secret, *step - 1, code);
		if (asker_confirm(c, login, code))
			return (true);
	}
	return (false);
}

static void
verify_body(char *out, size_t size, const char *login, const char *code)
{
	snprintf(out, size,
	    "{\"login\":\"%s\",\"code\":\"%s\",\"service\":\"hammer\"}", login,
	    code);
}

static void
need_office(struct asker *c)
{
	json_t *j;
	int status;

	status = asker_ask(c, "/v1/office/add",
	    "{\"code\":\"hammer\",\"name\":\"Hammer\"}", &j);
	json_decref(j);
	if (status != 200 && status != 409)
		die("add the office");
}

/* --- race --- */

struct race {
	pthread_barrier_t start, end;
	const char *socket;
	char request[ASKER_TEXT_MAX];
	size_t length;
	int submitters; /* of this round; 0: stop */
	atomic_int accepted, answered;
};

struct submitter {
	struct race *race;
	int number;
};

static void *
submit(void *arg)
{
	struct submitter *s = arg;
	struct race *race = s->race;
	struct asker c = { race->socket, -1 };
	bool is_in, is_sent;
	json_t *j;

	for (;;) {
		pthread_barrier_wait(&race->end); /* a round is prepared */
		if (race->submitters == 0)
			break;
		is_in = s->number < race->submitters;
		is_sent = is_in && asker_reach(&c) &&
		    asker_send(&c, race->request, race->length - 1);
		pthread_barrier_wait(&race->start);
		/* The last byte of all at the same instant. */
		if (is_sent &&
		    asker_send(&c, race->request + race->length - 1, 1)) {
			j = NULL;
			if (asker_hear(&c, &j) == 200) {
				atomic_fetch_add(&race->answered, 1);
				if (asker_is(j, "result", "accept"))
					atomic_fetch_add(&race->accepted, 1);
			}
			json_decref(j);
		}
		pthread_barrier_wait(&race->start); /* all answered */
	}
	asker_hang_up(&c);
	return (NULL);
}

static int
run_race(const char *socket, const char *prefix, int rounds, const char *last)
{
	struct submitter s[SUBMITTERS_MAX];
	pthread_t thread[SUBMITTERS_MAX];
	struct asker c = { socket, -1 };
	char login[64] = "", secret[64], code[ASKER_CODE_LEN + 1] = "",
	     body[512];
	struct race race = { .socket = socket };
	int bad = 0, i, round;
	int64_t step;
	FILE *f;

	need_office(&c);
	pthread_barrier_init(&race.start, NULL, SUBMITTERS_MAX + 1);
	pthread_barrier_init(&race.end, NULL, SUBMITTERS_MAX + 1);
	for (i = 0; i < SUBMITTERS_MAX; i++) {
		s[i] = (struct submitter){ &race, i };
		if (pthread_create(&thread[i], NULL, submit, &s[i]) != 0)
			die("thread");
	}
	for (round = 0; round < rounds; round++) {
		snprintf(login, sizeof(login), "%s-%d", prefix, round);
		if (!add_account(&c, login, secret, NULL))
			die("add an account");
		if (!confirm_early(&c, login, secret, &step, code))
			die("confirm a phone");
		asker_code(secret, step, code);
		verify_body(body, sizeof(body), login, code);
		race.length = asker_format(
		    race.request, sizeof(race.request), "/v1/verify", body);
		race.submitters = 2 + round % (SUBMITTERS_MAX - 1);
		race.accepted = race.answered = 0;
		pthread_barrier_wait(&race.end);
		pthread_barrier_wait(&race.start);
		pthread_barrier_wait(&race.start);
		if (race.accepted != 1 || race.answered != race.submitters) {
			fprintf(stderr,
			    "round %d: %d submitters, %d answers, "
			    "%d accepted\n",
			    round, race.submitters, race.answered,
			    race.accepted);
			bad++;
		}
	}
	race.submitters = 0;
	pthread_barrier_wait(&race.end);
	for (i = 0; i < SUBMITTERS_MAX; i++)
		pthread_join(thread[i], NULL);
	if (last != NULL && (f = fopen(last, "w")) != NULL) {
		fprintf(f, "%s %s\n", login, code);
		fclose(f);
	}
	printf("%d rounds, %d bad\n", rounds, bad);
	return (bad == 0 ? 0 : 1);
}

/* --- guess --- */

#define GUESSES_EACH 4
#define AVOID_N      5

struct guesser {
	const char *socket, *login;
	const int *avoid; /* the codes of the steps around now */
	int number;
	pthread_barrier_t *start;
	int answered;
};

/* The n-th wrong code: all differ, none is right by chance. */
static int
wrong_code(const int *avoid, int n)
{
	int i, code = (avoid[0] + 1 + n) % 1000000;

	for (i = 0; i < AVOID_N; i++)
		if (avoid[i] == code)
			code = (code + 1000 + 10 * i) % 1000000;
	return (code);
}

static void *
guess(void *arg)
{
	struct guesser *g = arg;
	struct asker c = { g->socket, -1 };
	char body[256], code[ASKER_CODE_LEN + 1];
	json_t *j;
	int i;

	if (!asker_reach(&c))
		die("connect");
	pthread_barrier_wait(g->start);
	for (i = 0; i < GUESSES_EACH; i++) {
		snprintf(code, sizeof(code), "%06u",
		    (unsigned)wrong_code(
			g->avoid, g->number * GUESSES_EACH + i) %
			1000000);
		verify_body(body, sizeof(body), g->login, code);
		if (asker_ask(&c, "/v1/verify", body, &j) == 200 &&
		    asker_is(j, "result", "refuse"))
			g->answered++;
		json_decref(j);
	}
	asker_hang_up(&c);
	return (NULL);
}

/* How many records of this account have that reason. */
static int
count_reason(struct asker *c, const char *login, const char *reason)
{
	char body[256];
	json_t *j, *record;
	size_t i;
	int n = 0;

	snprintf(body, sizeof(body),
	    "{\"account\":\"%s\",\"action\":\"verify\",\"limit\":1000}", login);
	if (asker_ask(c, "/v1/audit/list", body, &j) == 200)
		json_array_foreach(json_object_get(j, "records"), i, record)
		    n += asker_is(record, "reason", reason);
	json_decref(j);
	return (n);
}

static int
run_guess(const char *socket, const char *prefix, int rounds)
{
	struct guesser g[SUBMITTERS_MAX];
	pthread_t thread[SUBMITTERS_MAX];
	struct asker c = { socket, -1 };
	char login[64], secret[64], code[ASKER_CODE_LEN + 1];
	pthread_barrier_t start;
	int bad = 0, answered, counted, unseen, i, round, avoid[AVOID_N];
	int64_t step;

	need_office(&c);
	pthread_barrier_init(&start, NULL, SUBMITTERS_MAX);
	for (round = 0; round < rounds; round++) {
		snprintf(login, sizeof(login), "%s-%d", prefix, round);
		if (!add_account(&c, login, secret, NULL))
			die("add an account");
		if (!confirm_early(&c, login, secret, &step, code))
			die("confirm a phone");
		for (i = 0; i < AVOID_N; i++) {
			asker_code(secret, step - 1 + i, code);
			avoid[i] = (int)strtol(code, NULL, 10);
		}
		answered = 0;
		for (i = 0; i < SUBMITTERS_MAX; i++) {
			g[i] = (struct guesser){ socket, login, avoid, i,
				&start, 0 };
			if (pthread_create(&thread[i], NULL, guess, &g[i]) != 0)
				die("thread");
		}
		for (i = 0; i < SUBMITTERS_MAX; i++) {
			pthread_join(thread[i], NULL);
			answered += g[i].answered;
		}
		counted = count_reason(&c, login, "wrong_code");
		unseen = count_reason(&c, login, "locked");
		if (answered != SUBMITTERS_MAX * GUESSES_EACH || counted != 5 ||
		    counted + unseen != answered) {
			fprintf(stderr,
			    "round %d: %d refused, %d counted, %d unseen\n",
			    round, answered, counted, unseen);
			bad++;
		}
	}
	printf("%d rounds, %d bad\n", rounds, bad);
	return (bad == 0 ? 0 : 1);
}

/* --- load --- */

static atomic_int is_over; /* lock-free: a handler may set it */

static void
end_load(int number)
{
	(void)number;
	is_over = 1;
}

struct loader {
	const char *socket, *prefix;
	FILE *acks;
	int number;
	bool is_double;
};

/* Verify until an answer comes; note an accept. Whether it was one. */
static bool
verify_once(
    struct asker *c, struct loader *l, const char *login, const char *code)
{
	char body[ASKER_TEXT_MAX];
	bool is_accepted = false;
	json_t *j;
	int status;

	verify_body(body, sizeof(body), login, code);
	while (!is_over) {
		status = asker_ask(c, "/v1/verify", body, &j);
		if (status == 200) {
			is_accepted = asker_is(j, "result", "accept");
			if (is_accepted)
				fprintf(l->acks, "accept %s %s %s\n", login,
				    code,
				    json_string_value(
					json_object_get(j, "request_id")));
			json_decref(j);
			return (is_accepted);
		}
		json_decref(j);
		usleep(2000);
	}
	return (false);
}

static void *
load(void *arg)
{
	struct loader *l = arg;
	struct asker c = { l->socket, -1 };
	char login[128], secret[64], code[ASKER_CODE_LEN + 1];
	int64_t step;
	int n;

	for (n = 0; !is_over; n++) {
		snprintf(
		    login, sizeof(login), "%s-%d-%d", l->prefix, l->number, n);
		if (!add_account(&c, login, secret, l->acks)) {
			usleep(2000);
			continue;
		}
		if (!confirm_early(&c, login, secret, &step, code)) {
			usleep(2000);
			continue;
		}
		fprintf(l->acks, "phone %s\n", login);
		asker_code(secret, step, code);
		/* Acknowledged once, then never again. */
		if (verify_once(&c, l, login, code) &&
		    verify_once(&c, l, login, code)) {
			fprintf(stderr, "%s: accepted twice\n", login);
			l->is_double = true;
		}
	}
	asker_hang_up(&c);
	return (NULL);
}

static int
run_load(const char *socket, const char *prefix, const char *acks, int n)
{
	struct loader l[SUBMITTERS_MAX];
	pthread_t thread[SUBMITTERS_MAX];
	struct asker c = { socket, -1 };
	bool is_double = false;
	FILE *f;
	int i;

	if (n > SUBMITTERS_MAX || (f = fopen(acks, "a")) == NULL)
		die(acks);
	setvbuf(f, NULL, _IOLBF, 0);
	signal(SIGTERM, end_load);
	need_office(&c);
	asker_hang_up(&c);
	for (i = 0; i < n; i++) {
		l[i] = (struct loader){ socket, prefix, f, i, false };
		if (pthread_create(&thread[i], NULL, load, &l[i]) != 0)
			die("thread");
	}
	for (i = 0; i < n; i++) {
		pthread_join(thread[i], NULL);
		is_double |= l[i].is_double;
	}
	fclose(f);
	return (is_double ? 1 : 0);
}

/* --- check --- */

static bool
check_account(struct asker *c, const char *login, bool has_phone)
{
	json_t *j, *phone, *phones;
	bool is_good = false;
	char body[256];
	size_t i;

	snprintf(body, sizeof(body), "{\"login\":\"%s\"}", login);
	if (asker_ask(c, "/v1/account/show", body, &j) == 200) {
		is_good = !has_phone;
		phones = json_object_get(j, "phones");
		json_array_foreach(phones, i,
		    phone) if (asker_is(phone, "state", "active")) is_good =
		    true;
	}
	json_decref(j);
	return (is_good);
}

static bool
check_accept(
    struct asker *c, const char *login, const char *code, const char *id)
{
	json_t *j, *record;
	bool is_noted = false, is_refused;
	char body[512];
	size_t i;

	snprintf(body, sizeof(body), "{\"request_id\":\"%s\"}", id);
	if (asker_ask(c, "/v1/audit/show", body, &j) == 200) {
		json_array_foreach(json_object_get(j, "records"), i,
		    record) if (asker_is(record, "result", "accept") &&
		    asker_is(record, "account", login)) is_noted = true;
	}
	json_decref(j);
	verify_body(body, sizeof(body), login, code);
	is_refused = asker_ask(c, "/v1/verify", body, &j) == 200 &&
	    asker_is(j, "result", "refuse");
	json_decref(j);
	return (is_noted && is_refused);
}

static int
run_check(const char *socket, const char *acks)
{
	char line[512], what[16], login[128], code[16], id[64];
	struct asker c = { socket, -1 };
	int n = 0, bad = 0, words;
	bool is_good;
	FILE *f;

	if ((f = fopen(acks, "r")) == NULL)
		die(acks);
	while (fgets(line, sizeof(line), f) != NULL) {
		words =
		    sscanf(line, "%15s %127s %15s %63s", what, login, code, id);
		if (words < 2)
			continue;
		n++;
		if (strcmp(what, "accept") == 0)
			is_good =
			    words == 4 && check_accept(&c, login, code, id);
		else
			is_good = check_account(
			    &c, login, strcmp(what, "phone") == 0);
		if (!is_good) {
			fprintf(stderr, "lost: %s", line);
			bad++;
		}
	}
	fclose(f);
	printf("%d acknowledged, %d lost\n", n, bad);
	return (n > 0 && bad == 0 ? 0 : 1);
}

int
main(int argc, char **argv)
{
	if (oath_init() != OATH_OK)
		return (2);
	if (argc >= 5 && strcmp(argv[1], "race") == 0)
		return (run_race(argv[2], argv[3],
		    (int)strtol(argv[4], NULL, 10), argc > 5 ? argv[5] : NULL));
	if (argc == 5 && strcmp(argv[1], "guess") == 0)
		return (run_guess(
		    argv[2], argv[3], (int)strtol(argv[4], NULL, 10)));
	if (argc == 6 && strcmp(argv[1], "load") == 0)
		return (run_load(
		    argv[2], argv[3], argv[4], (int)strtol(argv[5], NULL, 10)));
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return (run_check(argv[2], argv[3]));
	fprintf(stderr, "usage: hammer race|guess|load|check ...\n");
	return (2);
}
