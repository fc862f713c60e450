#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/torture/inject.h"

#define STOPS_MAX 1000   /* until it is where it waits */
#define PATIENCE  100000 /* looks, 20 us apart: some calls never come back */

static int
wait_for(pid_t pid, int *status)
{
	const struct timespec nap = { 0, 20000 };
	pid_t got;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		got = waitpid(pid, status, __WALL | WNOHANG);
		if (got == pid)
			return (0);
		if (got == -1 && errno != EINTR)
			return (-1);
		nanosleep(&nap, NULL);
	}
	return (-1);
}

/* Stopped in a system call, so right behind its instruction? */
static bool
is_in_call(struct inject *in)
{
	return (ptrace(PTRACE_GETREGS, in->pid, NULL, &in->saved) == 0 &&
	    (int64_t)in->saved.orig_rax >= 0);
}

int
inject_stop(struct inject *in, pid_t pid, bool is_own)
{
	const struct timespec nap = { 0, 1000000 };
	int status, i;

	in->pid = pid;
	if (!is_own && ptrace(PTRACE_SEIZE, pid, NULL, NULL) == -1)
		return (-1);
	for (i = 0; i < STOPS_MAX; i++) {
		if ((is_own ? kill(pid, SIGSTOP)
			    : (int)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL)) ==
			-1 ||
		    wait_for(pid, &status) != 0 || !WIFSTOPPED(status))
			return (-1);
		if (is_in_call(in))
			return (0);
		/* It was on its way there. */
		if (ptrace(PTRACE_CONT, pid, NULL, NULL) == -1)
			return (-1);
		nanosleep(&nap, NULL);
	}
	fprintf(stderr, "process %d is never in a system call\n", (int)pid);
	return (-1);
}

int
inject_call(
    struct inject *in, long number, const uint64_t args[6], int64_t *result)
{
	struct user_regs_struct regs = in->saved;
	int status;

	*result = 0;
	regs.rip -= 2;
	regs.rax = (unsigned long)number;
	regs.orig_rax = (unsigned long)-1; /* no old call to be restarted */
	regs.rdi = args[0];
	regs.rsi = args[1];
	regs.rdx = args[2];
	regs.r10 = args[3];
	regs.r8 = args[4];
	regs.r9 = args[5];
	if (ptrace(PTRACE_SETREGS, in->pid, NULL, &regs) == -1 ||
	    ptrace(PTRACE_SINGLESTEP, in->pid, NULL, NULL) == -1 ||
	    wait_for(in->pid, &status) != 0)
		return (INJECT_LOST);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return (WCOREDUMP(status) ? INJECT_CORE : INJECT_KILLED);
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP ||
	    ptrace(PTRACE_GETREGS, in->pid, NULL, &regs) == -1)
		return (INJECT_LOST);
	*result = (int64_t)regs.rax;
	return (INJECT_BACK);
}

uint64_t
inject_put(struct inject *in, size_t below, const void *p, size_t n)
{
	uint64_t at = (in->saved.rsp - below) & ~7UL;
	const uint8_t *from = p;
	uint64_t word;
	size_t i, part;

	for (i = 0; i < n; i += sizeof(word)) {
		part = n - i < sizeof(word) ? n - i : sizeof(word);
		word = 0;
		memcpy(&word, from + i, part);
		if (ptrace(PTRACE_POKEDATA, in->pid, (void *)(at + i),
			(void *)word) == -1)
			return (0);
	}
	return (at);
}

int
inject_release(struct inject *in)
{
	if (ptrace(PTRACE_SETREGS, in->pid, NULL, &in->saved) == -1 ||
	    ptrace(PTRACE_DETACH, in->pid, NULL, NULL) == -1)
		return (-1);
	return (0);
}
