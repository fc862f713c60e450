/*
 * cli_faults.c: one call fails in one run of sekisho, at every way by which one
 * is come to (F5): it must say what went wrong, or have done all.
 *
 *	cli_faults PLACE DEPTH STATUS IN VERB...
 *
 * PLACE has bin/sekisho and bin/fault.so. DEPTH: how many frames make a way; 0:
 * all. STATUS: how the verb ends without a fault, each time it is run. IN is
 * standard input, or "". Each bad run is printed; the last line says how many points there were.
 * Exit: 0 when none was bad and hardly one not come to, 1, or 2 when it does not go without a fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/torture/fault_run.h"
#include "tests/torture/fault_sweep.h"

#define PATIENCE_MS 20000 /* more is a hang */
#define OUT_MAX     65536

struct one {
	int status; /* as wait has it; SIGKILL: it hung */
	char out[OUT_MAX], err[OUT_MAX];
};

struct sweep {
	const char *place, *in;
	int wanted;  /* exit status without a fault */
	char **argv; /* of the program, argv[0] too */
	struct fault_state *state;
	struct one whole, last; /* without a fault, with one */
	bool is_steady;         /* it says the same each time */
	int bad, deaths, missed;
};

static void
child(const struct sweep *s, const char *out, const char *err)
{
	char path[400], preload[400], state[400];

	snprintf(path, sizeof(path), "%s/bin/sekisho", s->place);
	snprintf(preload, sizeof(preload), "%s/bin/fault.so", s->place);
	snprintf(state, sizeof(state), "%s/bin/state", s->place);
	if (setenv("LD_PRELOAD", preload, 1) != 0 ||
	    setenv("FAULT_STATE", state, 1) != 0 ||
	    dup2(open(s->in[0] == '\0' ? "/dev/null" : s->in,
		     O_RDONLY | O_CLOEXEC),
		STDIN_FILENO) == -1 ||
	    dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
		STDOUT_FILENO) == -1 ||
	    dup2(open(err, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
		STDERR_FILENO) == -1)
		_exit(127);
	execv(path, s->argv);
	_exit(127);
}

static void
run_once(const struct sweep *s, struct one *o)
{
	struct pollfd p = { .events = POLLIN };
	char out[300], err[300];
	pid_t pid;

	snprintf(out, sizeof(out), "%s/out", s->place);
	snprintf(err, sizeof(err), "%s/err", s->place);
	if ((pid = fork()) == 0)
		child(s, out, err);
	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pid == -1 || p.fd == -1) {
		perror("fork");
		exit(2);
	}
	if (poll(&p, 1, PATIENCE_MS) != 1)
		(void)kill(pid, SIGKILL);
	close(p.fd);
	while (waitpid(pid, &o->status, 0) == -1 && errno == EINTR)
		;
	fault_run_read(out, o->out, sizeof(o->out));
	fault_sweep_drop(o->out);
	fault_run_read(err, o->err, sizeof(o->err));
}

/*
 * Without memory for a locale or for the marks of a column a table looks
 * otherwise, and all is in it.
 */
static bool
is_of_looks(const struct fault_state *state)
{
	int i;

	for (i = 0; i < state->frames_n; i++)
		if (strncmp(state->frames[i].file, "libsmartcols", 12) == 0 ||
		    strcmp(state->frames[i].symbol, "setlocale") == 0)
			return (true);
	return (false);
}

/* What is wrong with the last run; NULL: nothing. */
static const char *
judge(struct sweep *s, int kind)
{
	const struct one *o = &s->last;
	bool is_same;

	if (!WIFEXITED(o->status)) {
		if (WTERMSIG(o->status) == SIGKILL)
			return ("hangs");
		if (kind != FAULT_MALLOC || !fault_sweep_is_library(s->state))
			return ("killed by a signal");
		s->deaths++;
		return (NULL);
	}
	is_same = s->is_steady
	    ? strcmp(o->out, s->whole.out) == 0
	    : (o->out[0] == '\0') == (s->whole.out[0] == '\0');
	if (WEXITSTATUS(o->status) == s->wanted &&
	    (is_same || is_of_looks(s->state)))
		return (NULL);
	if (WEXITSTATUS(o->status) == 0)
		return ("is content, but says something else");
	if (WEXITSTATUS(o->status) > 5)
		return ("ends with a status that means nothing");
	/* what cannot be written is not there to be read; findings are listed
	 * among the others */
	if (kind != FAULT_WRITE && strstr(o->err, "sekisho") == NULL &&
	    strstr(o->out, "fail") == NULL &&
	    strstr(o->out, "\"ok\":false") == NULL)
		return ("fails without a word");
	return (NULL);
}

static void
complain(const struct sweep *s, const struct fault_call *point, const char *why)
{
	int i;

	printf("bad:");
	for (i = 1; s->argv[i] != NULL; i++)
		printf(" %s", s->argv[i]);
	printf(": %s; status %d\n%s%s", why, WEXITSTATUS(s->last.status),
	    s->last.out, s->last.err);
	fault_sweep_print(s->state, point);
}

static void
try_point(struct sweep *s, const struct fault_call *point)
{
	const char *why;

	fault_sweep_arm(s->state, point);
	run_once(s, &s->last);
	if (atomic_load(&s->state->has_fired) == 0)
		s->missed++;
	else if ((why = judge(s, point->kind)) != NULL) {
		s->bad++;
		complain(s, point, why);
	}
}

/* The ways of a run in which nothing fails; how many. */
static int
list_points(struct sweep *s, int depth, struct fault_call *out)
{
	int n;

	run_once(s, &s->last);
	fault_sweep_list(s->state, depth);
	run_once(s, &s->whole);
	n = fault_sweep_points(s->state, FAULT_CLI, out);
	s->is_steady = strcmp(s->last.out, s->whole.out) == 0;
	if (!WIFEXITED(s->whole.status) ||
	    WEXITSTATUS(s->whole.status) != s->wanted || n <= 0) {
		printf("without a fault: %s%s", s->whole.out, s->whole.err);
		exit(2);
	}
	return (n);
}

int
main(int argc, char **argv)
{
	static struct fault_call points[FAULT_SWEEP_MAX];
	static struct sweep s;
	char state[300];
	int i, n;

	if (argc < 6) {
		fprintf(stderr,
		    "usage: cli_faults PLACE DEPTH STATUS IN VERB...\n");
		return (2);
	}
	s.place = argv[1];
	s.wanted = atoi(argv[3]);
	s.in = argv[4];
	s.argv = argv + 4;
	s.argv[0] = (char *)(uintptr_t) "sekisho";
	snprintf(state, sizeof(state), "%s/bin/state", s.place);
	s.state = fault_sweep_map(state);
	n = list_points(&s, atoi(argv[2]), points);
	for (i = 0; i < n; i++)
		try_point(&s, &points[i]);
	printf("%d points, %d died in a library, %d not come to\n", n, s.deaths,
	    s.missed);
	return (s.bad > 0 || s.missed > n / 10);
}
