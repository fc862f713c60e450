#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/proc_child.h"

#define FIRST_FD 3
/* Above every fixed number, so that placing one cannot overwrite another. */
#define ABOVE 64

/* Put the descriptors in their places; the program goes behind them. */
static int
place_fds(const struct proc_child *c, int *exe)
{
	int high[PROC_CHILD_FDS_MAX], i, null, program;

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	program = fcntl(c->exe, F_DUPFD_CLOEXEC, ABOVE);
	if (null == -1 || program == -1)
		return (log_fr(ERR_SYS, "%s: descriptors", c->name));
	for (i = 0; i < c->fds_n; i++) {
		high[i] = fcntl(c->fds[i], F_DUPFD_CLOEXEC, ABOVE);
		if (high[i] == -1)
			return (log_fr(ERR_SYS, "%s: descriptor %d", c->name,
			    FIRST_FD + i));
	}
	if (dup2(null, STDIN_FILENO) == -1 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) == -1)
		return (log_fr(ERR_SYS, "%s: standard descriptors", c->name));
	for (i = 0; i < c->fds_n; i++) {
		if (dup2(high[i], FIRST_FD + i) == -1)
			return (log_fr(ERR_SYS, "%s: descriptor %d", c->name,
			    FIRST_FD + i));
	}
	*exe = FIRST_FD + c->fds_n;
	if (dup3(program, *exe, O_CLOEXEC) == -1 ||
	    close_range((unsigned)*exe + 1, ~0U, 0) != 0)
		return (log_fr(ERR_SYS, "%s: close the rest", c->name));
	return (0);
}

/*
 * Ordinary priority, which everybody begins with, may be taken again by who
 * gave it up: a hash that an idle thread cannot end (core/hashpool.h). Where the
 * parent may not allow it, such a hash waits for as long as it takes.
 */
static void
allow_ordinary(void)
{
	const struct rlimit ordinary = { 20, 20 }; /* 20 - nice */
	struct rlimit now;

	if (getrlimit(RLIMIT_NICE, &now) == 0 &&
	    now.rlim_cur < ordinary.rlim_cur)
		(void)setrlimit(RLIMIT_NICE, &ordinary);
}

static int
limit(const struct proc_child *c)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit files;

	allow_ordinary();
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    getrlimit(RLIMIT_NOFILE, &files) != 0)
		return (log_fr(ERR_SYS, "%s: limits", c->name));
	if (files.rlim_cur >= (rlim_t)c->files_max)
		return (0);
	files.rlim_cur = (rlim_t)c->files_max;
	if (files.rlim_max < files.rlim_cur)
		files.rlim_max = files.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		return (log_fr(
		    ERR_SYS, "%s: allow %d open files", c->name, c->files_max));
	return (0);
}

/* In the child; returns only when something failed. */
static void
become(const struct proc_child *c, pid_t parent)
{
	char *argv[] = { NULL, NULL }, *envp[] = { NULL };
	char name[32];
	sigset_t none;
	int exe = -1;

	snprintf(name, sizeof(name), "%s", c->name);
	argv[0] = name;
	if (setsid() == -1 || chdir("/") != 0) {
		log_fr(ERR_SYS, "%s: new session", c->name);
		return;
	}
	umask(077);
	if (limit(c) != 0 || place_fds(c, &exe) != 0)
		return;
	if (c->must_drop && user_drop(&c->user) != 0)
		return;
	/* Only now: a change of user clears it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		log_fr(ERR_SYS, "%s: prctl", c->name);
		return;
	}
	if (getppid() != parent)
		return;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fexecve(exe, argv, envp);
	log_fr(ERR_SYS, "execute %s", c->name);
}

int
proc_child_start(const struct proc_child *c, pid_t *pid)
{
	pid_t parent = getpid();

	*pid = fork();
	if (*pid == -1)
		return (log_fr(ERR_SYS, "fork for %s", c->name));
	if (*pid == 0) {
		become(c, parent);
		_exit(126);
	}
	return (0);
}
