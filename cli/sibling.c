#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/log.h"
#include "cli/question.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define PROGRAM  "sekisho-authd"
#define PATH_LEN 4096

static void
try_run(const char *path, const char *argv[])
{
	argv[0] = path;
	/* execv() changes no string; its type predates const. */
	execv(path, (char *const *)(uintptr_t)argv);
}

int
sibling_run(const char *argv[])
{
	static const char *const places[] = { "/usr/sbin/" PROGRAM,
		"/usr/lib/sekisho/" PROGRAM };
	static const char *const beside[] = { PROGRAM, "../sbin/" PROGRAM };
	char path[PATH_LEN + sizeof("../sbin/" PROGRAM)], *slash;
	ssize_t n;
	size_t i;

	fflush(stdout);
	n = readlink("/proc/self/exe", path, PATH_LEN - 1);
	if (n > 0) {
		path[n] = '\0';
		slash = strrchr(path, '/');
		for (i = 0; slash != NULL && i < 2; i++) {
			memcpy(slash + 1, beside[i], strlen(beside[i]) + 1);
			try_run(path, argv);
		}
	}
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		try_run(places[i], argv);
	show_error("cannot run %s: %s", PROGRAM, strerror(errno));
	return (
	    errno == EACCES ? QUESTION_NOT_PERMITTED : QUESTION_UNAVAILABLE);
}

/* Everything up to the end of the stream as a text; NULL: not all is there. */
static char *
read_all(int fd)
{
	char *text = NULL, chunk[4096];
	size_t size;
	bool is_whole;
	ssize_t n;
	FILE *f;

	if ((f = open_memstream(&text, &size)) == NULL)
		return (NULL);
	do {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			fwrite(chunk, 1, (size_t)n, f);
	} while (n > 0 || (n == -1 && errno == EINTR));
	is_whole = n == 0 && !ferror(f);
	if (fclose(f) != 0 || !is_whole) {
		free(text);
		return (NULL);
	}
	return (text);
}

/*
 * What is typed to end both programs is the other one's to obey: it may have
 * made the terminal quiet, and the shell comes back when this one ends.
 */
static void
hold_keys(sigset_t *before)
{
	sigset_t keys;

	(void)sigemptyset(&keys);
	(void)sigaddset(&keys, SIGINT);
	(void)sigaddset(&keys, SIGQUIT);
	(void)sigprocmask(SIG_BLOCK, &keys, before);
}

int
sibling_read(const char *argv[], int *code, char **text)
{
	int fd[2], status;
	sigset_t before;
	pid_t pid;

	fflush(stdout);
	if (pipe2(fd, O_CLOEXEC) != 0)
		return (log_fr(ERR_SYS, "pipe"));
	hold_keys(&before);
	pid = fork();
	if (pid == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		dup2(fd[1], STDOUT_FILENO);
		_exit(sibling_run(argv));
	}
	close(fd[1]);
	*text = pid == -1 ? NULL : read_all(fd[0]);
	close(fd[0]);
	while (pid != -1 && waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			pid = -1;
	}
	/* one that was typed meanwhile ends this program here */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid == -1) {
		free(*text);
		return (log_fr(ERR_SYS, "run %s", PROGRAM));
	}
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : QUESTION_UNAVAILABLE;
	if (*text == NULL)
		return (log_fr(ERR_NOMEM, "what %s says", PROGRAM));
	return (0);
}

static int
put(char *out, size_t size, const char *dir, size_t dir_len, const char *file)
{
	int n = snprintf(out, size, "%.*s%s", (int)dir_len, dir, file);

	if (n >= 0 && (size_t)n < size)
		return (QUESTION_DONE);
	show_error("path too long: %s", dir);
	return (QUESTION_USAGE);
}

/* Ask the daemon; true when it told its configuration file. */
static bool
ask_config(const struct args *a, char *out, size_t size)
{
	struct question_reply reply;
	const char *path;
	bool is_told = false;

	question_try(question_socket(a), "/v1/status", NULL, &reply);
	if (reply.exit == QUESTION_DONE) {
		path = json_of_text(reply.answer, "config");
		is_told = path[0] == '/' &&
		    put(out, size, path, strlen(path), "") == QUESTION_DONE;
	}
	question_reply_clear(&reply);
	return (is_told);
}

int
sibling_config(const struct args *a, char *out, size_t size)
{
	const char *config = args_get(a, "config"), *dir = args_get(a, "dir");
	const char *socket = question_socket(a), *slash;

	if (config != NULL && dir != NULL) {
		show_error("either --config or --dir");
		return (QUESTION_USAGE);
	}
	if (config != NULL)
		return (put(out, size, config, strlen(config), ""));
	if (dir != NULL)
		return (put(out, size, dir, strlen(dir), "/sekisho.conf"));
	if (ask_config(a, out, size))
		return (QUESTION_DONE);
	if (strcmp(socket, QUESTION_SOCKET) == 0)
		return (
		    put(out, size, SIBLING_CONFIG, strlen(SIBLING_CONFIG), ""));
	slash = strrchr(socket, '/');
	if (put(out, size, slash == NULL ? "." : socket,
		slash == NULL ? 1 : (size_t)(slash - socket),
		"/sekisho.conf") != QUESTION_DONE)
		return (QUESTION_USAGE);
	if (access(out, F_OK) == 0)
		return (QUESTION_DONE);
	show_error("nothing answers at %s; give --config or --dir", socket);
	return (QUESTION_UNAVAILABLE);
}
