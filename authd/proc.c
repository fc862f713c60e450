#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/notify.h"
#include "authd/proc.h"
#include "authd/proc_child.h"
#include "authd/proc_fds.h"
#include "authd/proc_open.h"

/*
 * How long a child may take that was asked to end, or whose other half has
 * gone. Two seconds are what a stop takes at most on a usual machine; a slow
 * disk has 64 MiB of log to fold in, and nobody is served by killing that. The
 * unit's TimeoutStopSec= comes later.
 */
#define STOP_MS	 7000
#define GRACE_MS 2000
/* Descriptors of the front beside its connections. */
#define FILES_EXTRA 256

struct child {
	const char *name;
	pid_t pid;      /* 0: not running */
	int64_t due_ms; /* when it is killed, on clock_boot_ms(); 0: never */
	int grace_ms;   /* how long that was from now */
	bool is_other;  /* runs as another user, uid */
	uid_t uid;
};

struct run {
	struct child front, keeper;
	int signals;
	bool is_ready, is_stopping, has_failed;
};

static int
start_keeper(struct run *run, const struct proc_open *o)
{
	struct proc_child c = {
		.name = run->keeper.name,
		.exe = o->keeper_exe,
		.fds_n = KEEPER_FD_FIRST_FREE - KEEPER_FD_SOCKET,
		.must_drop = o->must_drop,
		.user = o->keeper,
	};

	run->keeper.is_other = o->must_drop;
	run->keeper.uid = o->keeper.uid;
	c.fds[KEEPER_FD_SOCKET - 3] = o->pair[1];
	c.fds[KEEPER_FD_STATE - 3] = o->state;
	c.fds[KEEPER_FD_SEED_KEY - 3] = o->seed_key;
	c.fds[KEEPER_FD_AUDIT_KEY - 3] = o->audit_key;
	c.fds[KEEPER_FD_CA_KEY - 3] = o->ca_key;
	c.fds[KEEPER_FD_CA_CHAIN - 3] = o->ca_chain;
	c.fds[KEEPER_FD_SETTINGS - 3] = o->keeper_settings;
	return (proc_child_start(&c, &run->keeper.pid));
}

static int
start_front(struct run *run, const struct conf *conf, const struct proc_open *o)
{
	struct proc_child c = {
		.name = run->front.name,
		.exe = o->front_exe,
		.fds_n = FRONT_FD_FIRST_FREE - FRONT_FD_SOCKET,
		.must_drop = o->must_drop,
		.user = o->front,
		.files_max =
		    PROC_OPEN_SOCKETS * conf->settings.connections_max +
		    FILES_EXTRA,
	};

	run->front.is_other = o->must_drop;
	run->front.uid = o->front.uid;
	c.fds[FRONT_FD_SOCKET - 3] = o->pair[0];
	c.fds[FRONT_FD_SETTINGS - 3] = o->settings;
	c.fds[FRONT_FD_DATA - 3] = o->data;
	c.fds[FRONT_FD_AUTHD_SOCK - 3] = o->sockets[0].fd;
	c.fds[FRONT_FD_HOOK_SOCK - 3] = o->sockets[1].fd;
	c.fds[FRONT_FD_PORTAL_SOCK - 3] = o->sockets[2].fd;
	c.fds[FRONT_FD_HOSTS_SOCK - 3] = o->sockets[3].fd;
	c.fds[FRONT_FD_PKI_SOCK - 3] = o->sockets[4].fd;
	c.fds[FRONT_FD_READY - 3] = o->ready[1];
	c.fds[FRONT_FD_BREACH - 3] = o->breach;
	return (proc_child_start(&c, &run->front.pid));
}

static int
open_signals(struct run *run)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	/* A log that nobody reads any more must not end the service. */
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return (log_fr(ERR_SYS, "block signals"));
	run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signals == -1)
		return (log_fr(ERR_SYS, "signalfd"));
	return (0);
}

/*
 * As that user for the moment, which needs no right to signal everybody's
 * processes (CAP_KILL): the unit does not leave it to us. Nobody can use that
 * moment: our real user stays who it was.
 */
static void
signal_child(const struct child *c, int number)
{
	uid_t own = geteuid();

	if (c->is_other && seteuid(c->uid) != 0)
		log_fr(ERR_SYS, "become user %d", (int)c->uid);
	if (kill(c->pid, number) != 0 && errno != ESRCH)
		log_fr(ERR_SYS, "signal %s", c->name);
	if (geteuid() != own && seteuid(own) != 0)
		log_fr(ERR_SYS, "become user %d again", (int)own);
}

/* So long from now, then it is killed. */
static void
give_time(struct child *c, int ms)
{
	c->due_ms = clock_boot_ms() + ms;
	c->grace_ms = ms;
}

static void
stop(struct run *run)
{
	if (run->is_stopping)
		return;
	run->is_stopping = true;
	log_info("stopping");
	notify_send("STOPPING=1");
	if (run->front.pid != 0) {
		signal_child(&run->front, SIGTERM);
		give_time(&run->front, STOP_MS);
	}
}

/*
 * Judge how a child ended. Ending without having been asked is a failure
 * whatever its status; before it was ready the front may have no handler for
 * the signal that we sent it.
 */
static void
ended(struct run *run, struct child *child, struct child *other, int status)
{
	bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	child->pid = 0;
	if (run->is_stopping && !run->is_ready && child == &run->front &&
	    WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)
		is_good = true;
	if (!is_good || !run->is_stopping) {
		run->has_failed = true;
		if (WIFSIGNALED(status))
			log_error("%s was killed by signal %d (%s)",
			    child->name, WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
		else
			log_error("%s ended%s with exit status %d", child->name,
			    run->is_stopping ? "" : " unexpectedly",
			    WEXITSTATUS(status));
	}
	/* It sees end-of-file now; it has as long as a stop would give. */
	if (other->pid != 0 && other->due_ms == 0)
		give_time(other, GRACE_MS);
}

static void
reap(struct run *run)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == run->front.pid)
			ended(run, &run->front, &run->keeper, status);
		else if (pid == run->keeper.pid)
			ended(run, &run->keeper, &run->front, status);
	}
}

static void
take_signals(struct run *run)
{
	struct signalfd_siginfo si;

	while (read(run->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo != SIGCHLD)
			stop(run);
	}
	reap(run);
}

/* Returns how long to wait for the next deadline; -1 for ever. */
static int
kill_overdue(struct run *run)
{
	struct child *children[] = { &run->front, &run->keeper };
	int64_t now = clock_boot_ms(), wait = -1, left;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct child *c = children[i];

		if (c->pid == 0 || c->due_ms == 0)
			continue;
		left = c->due_ms - now;
		if (left <= 0) {
			log_error("%s did not end within %d ms: killed",
			    c->name, c->grace_ms);
			run->has_failed = true;
			signal_child(c, SIGKILL);
			/* Should the kill itself hang, it is sent again. */
			c->due_ms = now + GRACE_MS;
			left = GRACE_MS;
		}
		if (wait == -1 || left < wait)
			wait = left;
	}
	return ((int)wait);
}

static void
take_ready(struct run *run, int *fd)
{
	char byte;

	if (read(*fd, &byte, 1) == 1) {
		run->is_ready = true;
		log_info("ready");
		notify_send("READY=1\nSTATUS=ready");
	}
	/* One byte or end-of-file: either way there is no more to come. */
	close(*fd);
	*fd = -1;
}

static int
watch(struct run *run, struct proc_open *o)
{
	struct pollfd fds[2];
	int wait;

	while (run->front.pid != 0 || run->keeper.pid != 0) {
		wait = kill_overdue(run);
		fds[0] = (struct pollfd){ run->signals, POLLIN, 0 };
		fds[1] = (struct pollfd){ o->ready[0], POLLIN, 0 };
		if (poll(fds, 2, wait) == -1 && errno != EINTR) {
			run->has_failed = true;
			log_fr(ERR_SYS, "poll");
			run->front.due_ms = run->keeper.due_ms = 1;
			(void)kill_overdue(run);
			return (ERR_SYS);
		}
		/* Ready first: a child that became ready and died was both. */
		if (fds[1].revents != 0)
			take_ready(run, &o->ready[0]);
		if (fds[0].revents != 0)
			take_signals(run);
	}
	return (run->has_failed ? ERR_FATAL : 0);
}

int
proc_run(struct conf *c)
{
	struct run run = {
		.front = { .name = "sekisho-front" },
		.keeper = { .name = "sekisho-keeper" },
		.signals = -1,
	};
	struct proc_open o;
	int r;

	if ((r = proc_open_all(c, &o)) != 0 || (r = open_signals(&run)) != 0)
		goto out;
	if ((r = start_keeper(&run, &o)) != 0)
		goto out;
	if (start_front(&run, c, &o) != 0) {
		run.front.pid = 0;
		run.has_failed = true;
		give_time(&run.keeper, GRACE_MS);
	}
	proc_open_handed(&o);
	r = watch(&run, &o);
	if (r == 0)
		log_info("stopped");
out:
	proc_open_close(&o);
	if (run.signals != -1)
		close(run.signals);
	return (r);
}
