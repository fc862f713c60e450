/*
 * keeper_calls.c: every system call that the shipped keeper is not allowed
 * ends it, with SIGSYS and without a core.
 *
 *	keeper_calls PROGRAM
 *
 * For each number up to LAST a keeper is started, stopped where it waits for
 * its front, and made to carry the call out. Prints a line `ok - ` or
 * `not ok - ` for each kind. Exit: 0 all as it should be, 1 not, 2 could not.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/proc_fds.h"
#include "tests/torture/inject.h"
#include "tests/torture/keeper_child.h"

#define LAST 480 /* beyond the newest that kernels know */
#define X32  0x40000000L
#define ANY  UINT64_MAX

/* All that it may do; written down a second time, so that a longer list in
 * sandbox.c fails here. */
static const long allowed[] = { SYS_poll, SYS_ppoll, SYS_clock_gettime,
	SYS_gettimeofday, SYS_getrandom, SYS_munmap, SYS_mremap, SYS_madvise,
	SYS_mlock, SYS_munlock, SYS_brk, SYS_futex, SYS_rt_sigprocmask,
	SYS_rt_sigreturn, SYS_getpid, SYS_gettid, SYS_restart_syscall, SYS_exit,
	SYS_exit_group };

/* Allowed with one argument as it is; here with every other. */
static const struct {
	const char *what;
	long number;
	uint64_t args[6];
} wrong[] = {
	{ "recvfrom(state)", SYS_recvfrom, { KEEPER_FD_STATE } },
	{ "recvmsg(0)", SYS_recvmsg, { 0 } },
	{ "sendto(stderr)", SYS_sendto, { STDERR_FILENO } },
	{ "sendmsg(-1)", SYS_sendmsg, { ANY } },
	{ "pwrite(stderr)", SYS_pwrite64, { STDERR_FILENO } },
	{ "fdatasync(stderr)", SYS_fdatasync, { STDERR_FILENO } },
	{ "write(state)", SYS_write, { KEEPER_FD_STATE } },
	{ "write(stdout)", SYS_write, { STDOUT_FILENO } },
	{ "write(2 in the low half)", SYS_write, { 0x100000002 } },
	{ "mmap(exec)", SYS_mmap,
	    { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, ANY,
		0 } },
	{ "mprotect(exec)", SYS_mprotect,
	    { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC } },
	{ "getpid of x32", X32 | SYS_getpid, { 0 } },
};

/* uretprobe and uprobe, the kernel's own entries: newer kernels ask no filter
 * about them, and refuse whoever was not sent there by a probe. */
static const long probes[] = { 335, 336 };

static int failed;

static void
verdict(bool is_good, const char *what)
{
	printf("%s - %s\n", is_good ? "ok" : "not ok", what);
	if (!is_good)
		failed = 1;
}

static bool
is_allowed(long number)
{
	size_t i;

	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i] == number)
			return (true);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (wrong[i].number == number)
			return (true);
	return (false);
}

/* One keeper, one call. */
static int
try(struct keeper_child *c, long number, const uint64_t args[6])
{
	struct inject in;
	int64_t result;
	int r;

	if (keeper_child_start(c, true) != 0 ||
	    inject_stop(&in, c->pid, true) != 0) {
		perror("start a keeper to be stopped");
		exit(2);
	}
	r = inject_call(&in, number, args, &result);
	if (r == INJECT_KILLED || r == INJECT_CORE)
		c->pid = 0; /* waited for */
	else
		kill(c->pid, SIGKILL);
	(void)keeper_child_wait(c);
	return (r);
}

static void
forbidden_calls(struct keeper_child *c)
{
	static const uint64_t args[6] = { ANY, 0, 0, 0, 0, 0 };
	int tried = 0, lived = 0, cores = 0, r;
	char what[96];
	long number;
	size_t i;

	for (number = 0; number <= LAST; number++) {
		if (is_allowed(number) || number == probes[0] ||
		    number == probes[1])
			continue;
		tried++;
		r = try(c, number, args);
		cores += r == INJECT_CORE;
		if (r == INJECT_KILLED || r == INJECT_CORE)
			continue;
		lived++;
		printf("# call %ld did not kill\n", number);
	}
	snprintf(what, sizeof(what),
	    "R19 %d forbidden calls, each kills the keeper", tried);
	verdict(lived == 0 && tried > 400, what);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r = try(c, wrong[i].number, wrong[i].args);
		cores += r == INJECT_CORE;
		snprintf(what, sizeof(what), "R19 so does %s", wrong[i].what);
		verdict(r == INJECT_KILLED || r == INJECT_CORE, what);
	}
	verdict(cores == 0, "F20 none of them left a core");
}

/* The method itself: what is allowed comes back. */
static void
allowed_calls(struct keeper_child *c)
{
	static const uint64_t no_args[6] = { 0 };
	struct inject in;
	int64_t result;
	int status;

	if (keeper_child_start(c, true) != 0 ||
	    inject_stop(&in, c->pid, true) != 0)
		exit(2);
	verdict(inject_call(&in, SYS_getpid, no_args, &result) == INJECT_BACK &&
		result == c->pid,
	    "what is allowed comes back");
	verdict(
	    inject_release(&in) == 0 && (status = keeper_child_wait(c)) == 0,
	    "and the keeper goes on to its end");
}

static bool
answers(const struct keeper_child *c)
{
	static const uint8_t ask[KEEPER_MSG_HEADER] = { 0, KEEPER_MSG_HELLO };
	uint8_t in[512];

	return (send(c->fd, ask, sizeof(ask), MSG_NOSIGNAL) == sizeof(ask) &&
	    recv(c->fd, in, sizeof(in), 0) > KEEPER_MSG_HEADER);
}

/* Does this machine write cores at all, with the limit that we have? */
static bool
has_cores(const struct keeper_child *c)
{
	char path[256], name[32];
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (chdir(c->dir) != 0)
			_exit(0);
		abort();
	}
	waitpid(pid, &status, 0);
	/* The usual names of one. */
	keeper_child_path(c, "core", path, sizeof(path));
	(void)unlink(path);
	snprintf(name, sizeof(name), "core.%d", (int)pid);
	keeper_child_path(c, name, path, sizeof(path));
	(void)unlink(path);
	return (WIFSIGNALED(status) && WCOREDUMP(status));
}

static void
no_core(struct keeper_child *c)
{
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE,
		SIGXCPU, SIGTRAP };
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
		SIGPIPE, SIGUSR1, SIGUSR2 };
	const struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
	bool is_good = true;
	int status;
	size_t i;

	/* Not ours to take down again: the keeper must do it. */
	if (setrlimit(RLIMIT_CORE, &most) != 0)
		printf("# the limit of cores cannot be raised\n");
	printf("# without the keeper's own care a core %s written here\n",
	    has_cores(c) ? "is" : "is not");
	for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		if (keeper_child_start(c, false) != 0)
			exit(2);
		kill(c->pid, deadly[i]);
		status = keeper_child_wait(c);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != deadly[i] ||
		    WCOREDUMP(status)) {
			printf("# signal %d: status %#x\n", deadly[i], status);
			is_good = false;
		}
	}
	verdict(is_good, "F20 abort, SIGSEGV and the like leave no core");
	if (keeper_child_start(c, false) != 0)
		exit(2);
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		kill(c->pid, ignored[i]);
	verdict(answers(c), "SIGQUIT, SIGTERM and the like are ignored");
	verdict(keeper_child_wait(c) == 0, "only end-of-file ends it: exit 0");
}

int
main(int argc, char **argv)
{
	struct keeper_child c;
	char program[PATH_MAX];

	log_open("keeper_calls", LOG_LEVEL_ERROR);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2 || realpath(argv[1], program) == NULL) {
		fprintf(stderr, "usage: keeper_calls PROGRAM\n");
		return (2);
	}
	if (keeper_child_new(&c, program) != 0)
		return (2);
	allowed_calls(&c);
	forbidden_calls(&c);
	no_core(&c);
	keeper_child_free(&c);
	return (failed);
}
