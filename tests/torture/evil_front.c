/*
 * evil_front.c: takes the front's place at the shipped keeper and sends it
 * valid, changed, stale and senseless messages; every answer is judged by
 * PROTOCOL, with the keeper's keys at hand.
 *
 *	evil_front [--seconds N] [--messages N] [--seed N] [--rss KIB] PROGRAM
 *
 * Ends after N seconds (10), or up to twelve times as many on a busy machine, as
 * long as some kind of answer was not met; or after N messages (10,000,000). --rss: how much the
 * keeper may grow, 0 for any. Prints figures. Exit: 0 all held, 1 not (it says
 * what, and the seed that shows it again), 2 could not try.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_mac.h"
#include "authd/keeper/keeper_state.h"
#include "tests/torture/evil_cert.h"
#include "tests/torture/evil_judge.h"
#include "tests/torture/evil_make.h"

#define ANSWER_MS 10000
#define LIVES     3  /* the keeper is ended and started between them */
#define LINES_MAX 25 /* of its log in a minute: 21, and its own */

struct options {
	const char *program;
	int64_t seconds;
	uint64_t messages, seed;
	long rss_kib;
};

static int
broken(const struct evil *e, const struct evil_sent *s, const char *why)
{
	size_t i;

	printf("BROKEN after %" PRIu64 " messages: %s\n", e->sent, why);
	if (s == NULL)
		return (-1);
	printf("the request, %zu bytes:", s->len);
	for (i = 0; i < s->len && i < 400; i++)
		printf("%s%02x", i % 32 == 0 ? "\n  " : "", s->at[i]);
	printf("\n");
	return (-1);
}

/* The oldest answer, which must come. */
static int
receive(struct evil *e)
{
	static uint8_t answer[KEEPER_PACKET_MAX + 64];
	struct evil_sent *s = &e->flight[e->first];
	const char *why;
	ssize_t n;

	do
		n = recv(e->child.fd, answer, sizeof(answer), MSG_TRUNC);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return (broken(e, s, "no answer"));
	if (n <= 0)
		return (broken(e, s, "the keeper has ended"));
	e->first = (e->first + 1) % EVIL_FLIGHT;
	e->flying--;
	if ((size_t)n > sizeof(answer))
		return (broken(e, s, "an answer of more than a packet"));
	why = evil_judge(e, s, answer, (size_t)n);
	return (why == NULL ? 0 : broken(e, s, why));
}

static int
drain(struct evil *e)
{
	while (e->flying > 0)
		if (receive(e) != 0)
			return (-1);
	return (0);
}

static int
send_one(struct evil *e)
{
	struct evil_sent *s;

	if (e->flying == EVIL_FLIGHT && receive(e) != 0)
		return (-1);
	s = &e->flight[(e->first + e->flying) % EVIL_FLIGHT];
	evil_make(e, s);
	evil_audit_apply(&e->audit, s->at, s->len, &s->expect);
	s->wall_ms = clock_wall_ms();
	s->boot_ms = clock_boot_ms();
	while (send(e->child.fd, s->at, s->len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    -1) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			return (broken(e, s, strerror(errno)));
		/* It cannot read more before we have read. */
		if (e->flying > 0 && receive(e) != 0)
			return (-1);
	}
	e->flying++;
	e->sent++;
	return (0);
}

static long
resident_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return (-1);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return (kib);
}

static struct keeper *
open_client(const struct evil *e)
{
	struct keeper *k = NULL;
	int fd = fcntl(e->child.fd, F_DUPFD_CLOEXEC, 0);

	if (fd == -1 || keeper_client_new(fd, ANSWER_MS, &k) != 0)
		return (NULL);
	return (k);
}

/* Enrol a phone as the honest front does, and see that its codes work. */
static int
enrol(struct evil *e, struct keeper *k, struct evil_phone *p)
{
	struct keeper_check c = { .window = 1 };
	struct keeper_seed s;
	int64_t step;

	if (mem_random(&p->owner, sizeof(p->owner)) != 0 ||
	    keeper_client_seed_new(k, &p->owner, &s) != 0)
		return (-1);
	memcpy(p->seed, s.seed, SEED_LEN);
	c.owner = p->owner;
	c.sealed = s.sealed;
	step = clock_wall_ms() / (STEP_SECONDS * 1000);
	evil_judge_code(p->seed, step, c.code);
	if (keeper_client_seed_confirm(k, &c, &p->confirmed) != 0 ||
	    c.verdict != KEEPER_MATCH)
		return (-1);
	c.sealed = p->confirmed;
	if (keeper_client_check(k, &c, 1) != 0 || c.verdict != KEEPER_MATCH ||
	    c.step != step)
		return (-1);
	evil_judge_code(p->seed, step + 7, c.code);
	if (keeper_client_check(k, &c, 1) != 0 || c.verdict == KEEPER_MATCH)
		return (-1);
	needles_add(&e->secrets, p->seed, SEED_LEN);
	return (0);
}

/* The phones that were there before the front was taken. */
static int
begin(struct evil *e)
{
	static uint8_t pub[AUDIT_PUB_LEN];
	struct keeper_hello h;
	struct keeper *k = open_client(e);
	int i, r = -1;

	if (k == NULL || keeper_client_hello(k, &h) != 0 ||
	    keeper_seed_open_box(e->child.seed_key, &e->box) != 0 ||
	    keeper_mac_derive(e->child.seed_key, e->pepper) != 0)
		goto out;
	needles_add(&e->secrets, e->child.seed_key, KEEPER_KEYS_LEN);
	needles_add(&e->secrets, e->child.audit_key, KEEPER_KEYS_LEN);
	needles_add(&e->secrets, e->pepper, KEEPER_KEYS_LEN);
	needles_add(&e->secrets, e->child.ca_key, KEEPER_KEYS_LEN);
	if (evil_cert_begin(e, k) != 0)
		goto out;
	memcpy(pub, h.audit_pub, sizeof(pub));
	e->audit.pub = pub;
	e->audit.confirmed = h.confirmed;
	for (i = 0; i < EVIL_VICTIMS; i++)
		if (enrol(e, k, &e->victims[i]) != 0)
			goto out;
	r = 0;
out:
	keeper_client_free(k);
	return (r);
}

/* After all that: a phone, its codes, the log, as if nothing had been. */
static int
still_right(struct evil *e)
{
	const struct evil_phone *last = &e->victims[EVIL_VICTIMS - 1];
	struct keeper_check c = { .owner = last->owner, .window = 1 };
	struct audit_record rec = { .node = 1 };
	struct keeper *k = open_client(e);
	struct keeper_hello h;
	uint8_t seal[AUDIT_SEAL_LEN];
	struct evil_phone fresh;
	struct audit_head after;
	int r = -1;

	if (k == NULL || enrol(e, k, &fresh) != 0)
		goto out;
	c.sealed = last->confirmed;
	evil_judge_code(
	    last->seed, clock_wall_ms() / (STEP_SECONDS * 1000), c.code);
	if (keeper_client_check(k, &c, 1) != 0 || c.verdict != KEEPER_MATCH)
		goto out;
	rec.seq = e->audit.confirmed.seq + 1;
	if (keeper_client_audit_seal(
		k, &e->audit.confirmed, &rec, 1, &after, seal) != 0 ||
	    !audit_chain_seal_ok(e->audit.pub, &after, seal) ||
	    keeper_client_audit_confirm(k, &after) != 0 ||
	    keeper_client_hello(k, &h) != 0 ||
	    !audit_chain_equal(&h.confirmed, &after))
		goto out;
	e->audit.confirmed = after;
	r = 0;
out:
	keeper_client_free(k);
	return (r == 0 ? 0 : broken(e, NULL, "it does not work any more"));
}

/* keeper.state holds what was confirmed, and a new keeper goes on from it. */
static int
end_life(struct evil *e, int life)
{
	struct keeper_state_data data;
	char path[256];
	int fd, status;

	if (drain(e) != 0)
		return (-1);
	/* An empty packet is an end-of-file too. */
	if (life % 2 == 0 && send(e->child.fd, "", 0, MSG_NOSIGNAL) == -1)
		return (broken(e, NULL, "send the empty packet"));
	status = keeper_child_wait(&e->child);
	if (status != 0) {
		printf("status %#x\n", (unsigned)status);
		return (broken(e, NULL, "it did not exit 0 at the end"));
	}
	keeper_child_path(&e->child, "keeper.state", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || keeper_state_read(fd, &data) != 0 ||
	    !audit_chain_equal(&data.confirmed, &e->audit.confirmed) ||
	    data.gap.seq != 0)
		return (broken(e, NULL, "keeper.state is not what it was"));
	close(fd);
	evil_audit_restart(&e->audit);
	memset(e->rates, 0, sizeof(e->rates));
	return (0);
}

/* What a run must have met, else it proved nothing; NULL: all of it. */
static const char *
find_missing(const struct evil *e)
{
	uint16_t type;
	int i;

	for (type = KEEPER_MSG_HELLO; type <= EVIL_LAST; type += 2)
		if (e->by_type[type] == e->refused[type] ||
		    e->refused[type] == 0)
			return (keeper_msg_name(type));
	if (e->cert.busy == 0)
		return ("the rate of certificates");
	for (i = 0; i <= KEEPER_EXPIRED; i++)
		if (e->verdicts[i] == 0)
			return ("a verdict");
	return (NULL);
}

/* Until end_ms; until late_ms at most if something was not met yet. */
static int
one_life(struct evil *e, const struct options *o, int64_t end_ms,
    int64_t late_ms)
{
	long first = -1, last;
	const struct timeval patience = { ANSWER_MS / 1000, 0 };
	int64_t begin_ms = clock_boot_ms(), now = begin_ms;
	uint64_t most = o->messages, sent = e->sent;

	if (setsockopt(e->child.fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) != 0)
		return (broken(e, NULL, "socket"));
	while ((now < end_ms || (now < late_ms && find_missing(e) != NULL)) &&
	    e->sent < most) {
		if (send_one(e) != 0)
			return (-1);
		if (e->sent % 256 != 0)
			continue;
		now = clock_boot_ms();
		/* Its buffers and tables are all touched by then. */
		if (first == -1 && now - begin_ms > (end_ms - begin_ms) / 4)
			first = resident_kib(e->child.pid);
	}
	if (drain(e) != 0 || still_right(e) != 0)
		return (-1);
	last = resident_kib(e->child.pid);
	printf("life of %" PRId64 " ms: %" PRIu64
	       " messages; memory %ld KiB, then %ld KiB\n",
	    clock_boot_ms() - begin_ms, e->sent - sent, first, last);
	if (o->rss_kib > 0 && first != -1 && last - first > o->rss_kib)
		return (broken(e, NULL, "its memory grows"));
	return (0);
}

/* No secret and no flood in what it has logged. */
static int
look_at_log(struct evil *e, const struct options *o)
{
	const uint64_t most = (uint64_t)(LINES_MAX * (LIVES + o->seconds / 60));
	static char text[1 << 20];
	char path[256];
	uint64_t lines = 0;
	ssize_t n, i;
	int fd;

	keeper_child_path(&e->child, "log", path, sizeof(path));
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    (n = read(fd, text, sizeof(text))) == -1)
		return (broken(e, NULL, "its log cannot be read"));
	close(fd);
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	printf("log: %" PRIu64 " lines, %zd bytes\n", lines, n);
	if (needles_find(&e->secrets, text, (size_t)n))
		return (broken(e, NULL, "a secret is in its log"));
	return (lines <= most ? 0 : broken(e, NULL, "its log is flooded"));
}

static int
run(struct evil *e, const struct options *o)
{
	int64_t begin_ms = clock_boot_ms();
	int life;

	for (life = 0; life < LIVES; life++) {
		if (life > 0 && keeper_child_start(&e->child, false) != 0)
			return (broken(e, NULL, "it does not start again"));
		if (one_life(e, o,
			begin_ms + o->seconds * 1000 * (life + 1) / LIVES,
			life + 1 < LIVES ? 0
					 : begin_ms + o->seconds * 12000) !=
			0 ||
		    end_life(e, life) != 0)
			return (-1);
	}
	return (look_at_log(e, o));
}

static void
figures(const struct evil *e, int64_t ms)
{
	static const char *const verdicts[] = { "no match", "match", "too many",
		"bad seal", "expired", "clock set back" };
	unsigned i;

	printf("%" PRIu64 " messages in %" PRId64 " ms, %" PRIu64 " a second\n",
	    e->sent, ms, e->sent * 1000 / (uint64_t)(ms > 0 ? ms : 1));
	for (i = 0; i < EVIL_TYPES; i++)
		if (e->by_type[i] != 0)
			printf("  %-14s %9" PRIu64 " done %9" PRIu64
			       " refused\n",
			    i == 0 ? "no header" : keeper_msg_name((uint16_t)i),
			    e->by_type[i] - e->refused[i], e->refused[i]);
	for (i = 1; i < EVIL_ERRORS; i++)
		if (e->errors[i] != 0)
			printf("  error: %-24s %9" PRIu64 "\n",
			    err_text(-(int)i), e->errors[i]);
	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		printf("  verdict: %-22s %9" PRIu64 "\n", verdicts[i],
		    e->verdicts[i]);
	printf("  seals checked: %" PRIu64 ", log confirmed up to %" PRId64
	       "\n",
	    e->seals, e->audit.confirmed.seq);
	printf("  certificates: %" PRIu64 ", over the rate %" PRIu64
	       "; OCSP answers checked: %" PRIu64 "\n",
	    e->cert.issued, e->cert.busy, e->cert.answers);
}

static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = { { "seconds", 1, NULL, 's' },
		{ "messages", 1, NULL, 'm' }, { "seed", 1, NULL, 'r' },
		{ "rss", 1, NULL, 'k' }, { NULL, 0, NULL, 0 } };
	static char program[PATH_MAX];
	int c;

	o->seconds = 10;
	o->messages = 10000000;
	o->seed = (uint64_t)clock_wall_ms();
	o->rss_kib = 2048;
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's')
			o->seconds = strtoll(optarg, NULL, 10);
		else if (c == 'm')
			o->messages = strtoull(optarg, NULL, 10);
		else if (c == 'r')
			o->seed = strtoull(optarg, NULL, 10);
		else if (c == 'k')
			o->rss_kib = strtol(optarg, NULL, 10);
		else
			return (-1);
	}
	if (optind + 1 != argc || realpath(argv[optind], program) == NULL)
		return (-1);
	o->program = program;
	return (o->seconds < 1 ? -1 : 0);
}

int
main(int argc, char **argv)
{
	const char *missing;
	struct options o;
	struct evil *e;
	int64_t begin_ms;
	int r;

	log_open("evil_front", LOG_LEVEL_WARN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (read_options(argc, argv, &o) != 0) {
		fprintf(stderr,
		    "usage: evil_front [--seconds N] [--messages "
		    "N] [--seed N] [--rss KIB] PROGRAM\n");
		return (2);
	}
	if ((e = calloc(1, sizeof(*e))) == NULL)
		return (2);
	e->random = o.seed * 2 + 1;
	printf("seed %" PRIu64 "\n", o.seed);
	if (keeper_child_new(&e->child, o.program) != 0 ||
	    keeper_child_start(&e->child, false) != 0 || begin(e) != 0) {
		fprintf(stderr, "cannot begin\n");
		r = 2;
		goto out;
	}
	begin_ms = clock_boot_ms();
	r = run(e, &o);
	figures(e, clock_boot_ms() - begin_ms);
	if (r == 0 && (missing = find_missing(e)) != NULL) {
		fprintf(stderr, "never met: %s\n", missing);
		r = -1;
	}
	r = r == 0 ? 0 : 1;
out:
	keeper_child_free(&e->child);
	keeper_seed_close_box(e->box);
	evil_cert_end(e);
	free(e);
	return (r);
}
