/*
 * leftover.c: run a test, and see that nothing of what it started outlives it.
 *
 *	leftover COMMAND ARG...
 *
 * Whatever a process below us leaves becomes our child (a subreaper), in
 * whatever session and with whatever environment it runs. What has not ended
 * within SECONDS after the command is named in a line `not ok`, and ended by
 * its process id. The exit status is the command's, 1 when something was left
 * after a good one. T_LEFTOVER in its environment is our process id.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 3

static volatile sig_atomic_t command;

static void
pass_on(int sig)
{
	int saved = errno;

	if (command > 0)
		(void)kill((pid_t)command, sig);
	errno = saved;
}

static void
pause_ms(long ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* The start of a file of /proc, or "" when it is gone. */
static void
read_proc(int pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, text, size - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	/* the arguments are separated by zeros */
	for (ssize_t i = 0; i + 1 < n; i++)
		if (text[i] == '\0' || text[i] == '\n')
			text[i] = ' ';
}

/* Its parent; state is how it is. */
static int
parent_of(int pid, char *state)
{
	char text[512];
	const char *after;
	int parent;

	read_proc(pid, "stat", text, sizeof(text));
	/* a name may hold brackets and blanks: what follows the last one */
	if ((after = strrchr(text, ')')) == NULL ||
	    sscanf(after, ") %c %d", state, &parent) != 2)
		return (-1);
	return (parent);
}

/* Name and end the children we have now; how many. */
static int
end_children(int *named)
{
	char text[160], state;
	struct dirent *e;
	DIR *proc;
	int n = 0, pid;

	if ((proc = opendir("/proc")) == NULL)
		return (-1);
	while ((e = readdir(proc)) != NULL) {
		if ((pid = atoi(e->d_name)) <= 0 ||
		    parent_of(pid, &state) != getpid() || state == 'Z')
			continue;
		if ((*named)++ == 0)
			puts("not ok - no process is left behind");
		read_proc(pid, "cmdline", text, sizeof(text));
		if (text[0] == '\0')
			read_proc(pid, "comm", text, sizeof(text));
		printf("# left: %d %s\n", pid, text);
		(void)kill(pid, SIGKILL);
		n++;
	}
	(void)closedir(proc);
	return (n);
}

/* Until no child is left, or that many milliseconds are over. */
static int
all_ended(int ms)
{
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid == -1 && errno == ECHILD)
			return (1);
		if (ms <= 0)
			return (0);
		pause_ms(10);
		ms -= 10;
	}
}

int
main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = pass_on };
	static const int passed[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set, old;
	char self[32];
	pid_t pid, got;
	int status, rc, named = 0;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		return (2);
	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	if (setenv("T_LEFTOVER", self, 1) != 0)
		return (2);
	/* one that comes before the command is known waits */
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		(void)sigaddset(&set, passed[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &old);
	if ((pid = fork()) == -1)
		return (2);
	if (pid == 0) {
		(void)sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	command = pid;
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		(void)sigaction(passed[i], &act, NULL);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);

	do
		got = waitpid(-1, &status, 0);
	while (got != pid && (got > 0 || errno == EINTR));
	command = 0;
	if (got != pid)
		return (2);
	rc = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

	if (!all_ended(SECONDS * 1000)) {
		/* what one of them leaves is ours in the next round */
		for (int round = 0; round < 100; round++) {
			if (end_children(&named) == -1 || all_ended(100))
				break;
		}
		if (rc == 0)
			rc = 1;
	}
	return (fflush(stdout) == 0 ? rc : 2);
}
