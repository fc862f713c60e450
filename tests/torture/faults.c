/*
 * faults.c: one call fails, at every point of a scenario (F5).
 *
 *	faults PLACE... -- POINTS [DONE]
 *
 * PLACE: directories with bin/, one for each run at a time; see run_faults.sh.
 * POINTS: how many of the scenario's calls, spread evenly; 0: every one;
 * places:8: one for each way by which a call is come to, by the innermost eight
 * frames of its stack; places: by all of them;
 * front:malloc:736: that one.
 * DONE: a file of points that are done, which are left out and added to.
 *
 * Prints a line for each point that went wrong and a table of what there was.
 * Exit: 0 none did, 1 some did, 2 could not test.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <liboath/oath.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/torture/fault_run.h"
#include "tests/torture/fault_sweep.h"

#define PLACES_MAX 16
#define FEW        12
#define TRIES      2

struct point {
	int program, kind;
	int64_t number;
	uint64_t place; /* where that call was when they were listed; 0: any */
	int depth;
};

static const char *const programs[FAULT_PROGRAMS] = { "authd", "front",
	"keeper", "cli" };
static const char *const kinds[FAULT_KINDS] = { "malloc", "write", "pwrite",
	"sync", "rename", "getrandom", "send", "recv" };

/* What the system says when that fails; in turns where there are several. */
static int
error_of(const struct point *p)
{
	static const int disk[] = { EIO, ENOSPC };
	static const int peer[] = { ECONNRESET, ENOBUFS };

	switch (p->kind) {
	case FAULT_MALLOC:
		return (ENOMEM);
	case FAULT_WRITE:
	case FAULT_PWRITE:
		return (disk[p->number % 2]);
	case FAULT_RANDOM:
		return (ENOSYS);
	case FAULT_SEND:
		return (peer[p->number % 2]);
	case FAULT_RECV:
		return (ECONNRESET);
	default:
		return (EIO);
	}
}

static struct fault_state *
map_state(const char *place)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/bin/state", place);
	return (fault_sweep_map(path));
}

static void
print_bad(const struct point *p, const struct fault_run *r)
{
	int i;

	printf("bad %s %s %" PRId64 " errno %d: %s", programs[p->program],
	    kinds[p->kind], p->number, error_of(p), r->complaint);
	for (i = 0; i < r->state->frames_n; i++)
		printf("    %s+0x%" PRIx64 "\n", r->state->frames[i].file,
		    r->state->frames[i].offset);
	fflush(stdout);
}

/* A library of others that does not survive this. */
static void
print_death(const struct point *p, const struct fault_state *state)
{
	const char *file = "?";
	int i;

	for (i = 0; i < state->frames_n; i++)
		if (fault_run_is_foreign(&state->frames[i])) {
			file = state->frames[i].file;
			break;
		}
	printf("died in %s: %s %s %" PRId64 "\n", file, programs[p->program],
	    kinds[p->kind], p->number);
	fflush(stdout);
}

/* One point in this place: 0 well, 1 bad, 2 never came to it. */
static int
try_point(const char *place, struct fault_state *state, const struct point *p)
{
	struct fault_run r = { .place = place, .state = state };
	int result;

	memset(state, 0, offsetof(struct fault_state, list));
	state->program = p->program;
	state->kind = p->kind;
	state->error = error_of(p);
	state->number = p->number;
	state->depth = p->depth;
	fault_run_all(&r);
	if (r.complaints > 0)
		print_bad(p, &r);
	else if (r.library_deaths > 0)
		print_death(p, state);
	result = r.complaints > 0 ? 1 : atomic_load(&state->has_fired) ? 0 : 2;
	if (r.complaints == 0 || getenv("FAULT_KEEP") == NULL)
		fault_run_clear(&r);
	return (result);
}

/* The calls of a run in which nothing fails. */
static void
count(const char *place, struct fault_state *state, int depth)
{
	struct fault_run r = {
		.place = place, .state = state, .is_fault_free = true
	};
	int i, k;

	memset(state, 0, sizeof(*state));
	state->is_listing = depth >= 0;
	state->depth = depth;
	fault_run_all(&r);
	state->is_listing = 0;
	if (r.complaints > 0) {
		printf("without a fault: %s", r.complaint);
		exit(2);
	}
	fault_run_clear(&r);
	printf("%-8s", "calls");
	for (k = 0; k < FAULT_KINDS; k++)
		printf(" %9s", kinds[k]);
	for (i = 0; i < FAULT_PROGRAMS; i++) {
		printf("\n%-8s", programs[i]);
		for (k = 0; k < FAULT_KINDS; k++)
			printf(" %9" PRId64, atomic_load(&state->calls[i][k]));
	}
	printf("\n");
	fflush(stdout);
}

/*
 * Points in a fixed order; ${wanted} of them spread so that every kind of every
 * program gets a share, and the many calls to malloc not all of it.
 */
static size_t
choose(struct fault_state *state, int64_t wanted, struct point **out)
{
	int64_t all = 0, calls, share, n, i;
	int program, kind, groups = 0;
	struct point *p;
	size_t at = 0;

	for (program = 0; program < FAULT_PROGRAMS; program++)
		for (kind = 0; kind < FAULT_KINDS; kind++) {
			calls = atomic_load(&state->calls[program][kind]);
			all += calls;
			/* as many as four others */
			if (calls > 0)
				groups += kind == FAULT_MALLOC ? 4 : 1;
		}
	if ((p = calloc((size_t)all + 1, sizeof(*p))) == NULL)
		exit(2);
	share = wanted == 0 || wanted > all ? all : wanted / groups;
	for (program = 0; program < FAULT_PROGRAMS; program++)
		for (kind = 0; kind < FAULT_KINDS; kind++) {
			calls = atomic_load(&state->calls[program][kind]);
			n = kind == FAULT_MALLOC ? 4 * share : share;
			/* few are all taken: each is a place of its own */
			n = calls < n || calls <= FEW ? calls : n;
			for (i = 0; i < n; i++)
				p[at++] = (struct point){ program, kind,
					1 + i * calls / n, 0, 0 };
		}
	*out = p;
	return (at);
}

static int
compare_calls(const void *a, const void *b)
{
	const struct fault_call *x = a, *y = b;

	if (x->program != y->program)
		return (x->program < y->program ? -1 : 1);
	if (x->kind != y->kind)
		return (x->kind < y->kind ? -1 : 1);
	if (x->place != y->place)
		return (x->place < y->place ? -1 : 1);
	return (x->number < y->number ? -1 : x->number > y->number);
}

/* No order: a run that is ended has tried some of everything. */
static int
compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->place < y->place ? -1 : x->place > y->place);
}

/* Of each place the first call. */
static size_t
choose_places(struct fault_state *state, int depth, struct point **out)
{
	int64_t n = atomic_load(&state->calls_n), i;
	struct fault_call *call = state->list;
	struct point *p;
	size_t at = 0;

	if (n > FAULT_CALLS_MAX) {
		printf("%" PRId64 " calls are too many to list\n", n);
		exit(2);
	}
	if ((p = calloc((size_t)n + 1, sizeof(*p))) == NULL)
		exit(2);
	qsort(call, (size_t)n, sizeof(*call), compare_calls);
	for (i = 0; i < n; i++)
		if (i == 0 || call[i].program != call[i - 1].program ||
		    call[i].kind != call[i - 1].kind ||
		    call[i].place != call[i - 1].place)
			p[at++] = (struct point){ call[i].program, call[i].kind,
				call[i].number, call[i].place, depth };
	qsort(p, at, sizeof(*p), compare_points);
	*out = p;
	return (at);
}

/*
 * Every allocation while the configuration is read: it is in effect as it
 * stands, or it is not read. A default that was left out would be a rule
 * switched off.
 */
static int
try_conf(const char *place, struct fault_state *state)
{
	struct fault_run r = { .place = place, .state = state };
	struct point p = { FAULT_AUTHD, FAULT_MALLOC, 0, 0, 0 };
	char shown[FAULT_TEXT_MAX];
	int bad = 0, deaths = 0, rc;

	memset(state, 0, offsetof(struct fault_state, list));
	if (fault_run_show(&r, true) != 0 || r.complaints > 0)
		return (2);
	memcpy(shown, r.out, sizeof(shown));
	do {
		memset(state, 0, offsetof(struct fault_state, list));
		state->number = ++p.number;
		state->error = ENOMEM;
		r.complaints = 0;
		r.complaint[0] = '\0';
		rc = fault_run_show(&r, false);
		if (rc == 0 && strcmp(r.out, shown) != 0)
			fault_run_complain(&r, "another configuration");
		if (r.complaints > 0)
			print_bad(&p, &r);
		bad += r.complaints > 0;
		deaths += r.library_deaths;
		r.library_deaths = 0;
	} while (atomic_load(&state->has_fired) != 0);
	fault_run_clear(&r);
	printf("configuration: %" PRId64 " points, %d died in a library\n",
	    p.number - 1, deaths);
	fflush(stdout);
	return (bad > 0 || p.number < 100 ? 1 : 0);
}

static bool
is_done(const char *done, const struct point *p)
{
	char line[64], wanted[64];
	bool is_there = false;
	FILE *f;

	if (done == NULL || (f = fopen(done, "re")) == NULL)
		return (false);
	snprintf(wanted, sizeof(wanted), "%s %s %" PRId64 "\n",
	    programs[p->program], kinds[p->kind], p->number);
	while (!is_there && fgets(line, sizeof(line), f) != NULL)
		is_there = strcmp(line, wanted) == 0;
	fclose(f);
	return (is_there);
}

static void
note_done(const char *done, const struct point *p)
{
	char line[64];
	int fd, n;

	if (done == NULL)
		return;
	n = snprintf(line, sizeof(line), "%s %s %" PRId64 "\n",
	    programs[p->program], kinds[p->kind], p->number);
	fd = open(done, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd == -1 || write(fd, line, (size_t)n) != n)
		perror(done);
	if (fd != -1)
		close(fd);
}

/* The points of one place; its exit status: bit 0 bad, from bit 1 unreached. */
static int
work(const char *place, struct fault_state *state, const struct point *points,
    size_t n, size_t first, size_t every, const char *done)
{
	int bad = 0, result, tries;
	size_t i, missed = 0, elsewhere = 0;

	for (i = first; i < n; i += every) {
		if (is_done(done, &points[i]))
			continue;
		/* With threads the same number may be another place. */
		for (tries = 0; tries < TRIES; tries++) {
			result = try_point(place, state, &points[i]);
			if (result == 1 || points[i].place == 0 ||
			    points[i].place == state->place)
				break;
		}
		elsewhere += tries == TRIES;
		bad |= result == 1;
		missed += result == 2;
		if (result != 1)
			note_done(done, &points[i]);
	}
	printf("%s: %zu points the run did not come to\n", place, missed);
	if (n > first && points[first].place != 0)
		printf("%s: %zu came another way\n", place, elsewhere);
	/* Some calls come and go with the threads; not many. */
	if (missed * 5 > (n + every - 1) / every + 5)
		bad = 1;
	fflush(stdout);
	return (bad);
}

/* places or places:N; the depth, -1 for anything else. */
static int
parse_places(const char *text)
{
	char *end;
	long n;

	if (strcmp(text, "places") == 0)
		return (0);
	if (strncmp(text, "places:", 7) != 0)
		return (-1);
	n = strtol(text + 7, &end, 10);
	return (*end != '\0' || n < 1 || n > 1000 ? -1 : (int)n);
}

/* program:kind:number */
static bool
parse_point(const char *text, struct point *p)
{
	char program[16], kind[16];

	if (sscanf(text, "%15[^:]:%15[^:]:%" SCNd64, program, kind,
		&p->number) != 3)
		return (false);
	for (p->program = FAULT_PROGRAMS; p->program-- > 0;)
		if (strcmp(programs[p->program], program) == 0)
			break;
	for (p->kind = FAULT_KINDS; p->kind-- > 0;)
		if (strcmp(kinds[p->kind], kind) == 0)
			break;
	return (p->program >= 0 && p->kind >= 0);
}

int
main(int argc, char **argv)
{
	struct fault_state *states[PLACES_MAX];
	int places = 0, status, i, bad = 0;
	struct point *points, one = { 0 };
	const char *done, *wanted;
	char *end = NULL;
	int64_t number;
	int depth;
	size_t n;

	while (1 + places < argc && strcmp(argv[1 + places], "--") != 0)
		places++;
	if (places < 1 || places > PLACES_MAX || 2 + places >= argc ||
	    oath_init() != OATH_OK) {
		fprintf(stderr, "usage: faults PLACE... -- POINTS [DONE]\n");
		return (2);
	}
	done = 3 + places < argc ? argv[3 + places] : NULL;
	for (i = 0; i < places; i++)
		states[i] = map_state(argv[1 + i]);
	if (parse_point(argv[2 + places], &one)) {
		bad = try_point(argv[1], states[0], &one);
		return (bad == 2 ? 2 : bad);
	}
	wanted = argv[2 + places];
	depth = parse_places(wanted);
	number = strtol(wanted, &end, 10);
	/* another word would be 0, every point */
	if (depth == -1 && (end == wanted || *end != '\0' || number < 0)) {
		fprintf(stderr,
		    "faults: %s is neither how many points nor "
		    "places, places:N, front:malloc:736\n",
		    wanted);
		return (2);
	}
	count(argv[1], states[0], depth);
	n = depth >= 0 ? choose_places(states[0], depth, &points)
		       : choose(states[0], number, &points);
	bad = try_conf(argv[1], states[0]);
	printf("%zu points\n", n);
	fflush(stdout);
	for (i = 0; i < places; i++)
		if (fork() == 0)
			_exit(work(argv[1 + i], states[i], points, n, (size_t)i,
			    (size_t)places, done));
	while (wait(&status) > 0)
		bad |= !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	free(points);
	return (bad ? 1 : 0);
}
