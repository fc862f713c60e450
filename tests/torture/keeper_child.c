#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/keeper/keeper_state.h"
#include "authd/proc_fds.h"
#include "authd/settings.h"
#include "tests/fakes/ca_rig.h"
#include "tests/torture/keeper_child.h"

#define ABOVE        64 /* over every fixed number */
#define START_MS     10000
#define PACKET_BYTES (256 * 1024) /* as the parent sets it */

static const char *const files[] = { "seed.key", "audit.key", "ca.key",
	"ca.pem", "settings", "keeper.state", "log" };

static int
complain(const char *what)
{
	perror(what);
	return (-1);
}

void
keeper_child_path(
    const struct keeper_child *c, const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", c->dir, name);
}

static int
open_file(const struct keeper_child *c, const char *name, int flags)
{
	char path[sizeof(c->dir) + 32];

	keeper_child_path(c, name, path, sizeof(path));
	return (open(path, flags | O_CLOEXEC, 0600));
}

static int
make_file(const struct keeper_child *c, const char *name, const void *p,
    size_t n)
{
	int fd = open_file(c, name, O_WRONLY | O_CREAT | O_EXCL);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		return (complain(name));
	close(fd);
	return (0);
}

static int
make_key(const struct keeper_child *c, const char *name,
    uint8_t key[KEEPER_KEYS_LEN])
{
	if (mem_random(key, KEEPER_KEYS_LEN) != 0)
		return (complain(name));
	return (make_file(c, name, key, KEEPER_KEYS_LEN));
}

/* A CA, and the settings that the parent would give. */
static int
make_ca(struct keeper_child *c)
{
	const struct settings_keeper settings = {
		.magic = SETTINGS_KEEPER,
		.size = sizeof(settings),
		.issue_rate = KEEPER_CHILD_RATE,
	};
	struct ca_rig rig;
	int r;

	if (ca_rig_make(&rig, clock_wall_ms()) != 0)
		return (complain("the CA"));
	memcpy(c->ca_key, rig.scalar, sizeof(c->ca_key));
	r = make_file(c, "ca.key", rig.scalar, sizeof(rig.scalar));
	if (r == 0)
		r = make_file(c, "ca.pem", rig.chain, rig.chain_len);
	if (r == 0)
		r = make_file(c, "settings", &settings, sizeof(settings));
	ca_rig_close(&rig);
	return (r);
}

int
keeper_child_new(struct keeper_child *c, const char *program)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	memset(c, 0, sizeof(*c));
	c->program = program;
	c->fd = -1;
	snprintf(c->dir, sizeof(c->dir), "%s/sekisho-keeper.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(c->dir) == NULL)
		return (complain(c->dir));
	if (make_key(c, "seed.key", c->seed_key) != 0 ||
	    make_key(c, "audit.key", c->audit_key) != 0 || make_ca(c) != 0)
		return (-1);
	fd = open_file(c, "keeper.state", O_RDWR | O_CREAT | O_EXCL);
	if (fd == -1 || keeper_state_create(fd, 1) != 0)
		return (complain("keeper.state"));
	close(fd);
	return (0);
}

/* In the child: descriptors as proc_fds.h has them, then the program. */
static void
become(const struct keeper_child *c, int sock, bool is_traced)
{
	char *argv[] = { (char[]){ "sekisho-keeper" }, NULL };
	char *envp[] = { NULL };
	int from[] = { open("/dev/null", O_RDONLY),
		open_file(c, "log", O_WRONLY | O_CREAT | O_APPEND), -1, sock,
		open_file(c, "keeper.state", O_RDWR),
		open_file(c, "seed.key", O_RDONLY),
		open_file(c, "audit.key", O_RDONLY),
		open_file(c, "ca.key", O_RDONLY),
		open_file(c, "ca.pem", O_RDONLY),
		open_file(c, "settings", O_RDONLY) };
	int i, high[KEEPER_FD_FIRST_FREE];

	from[2] = from[1];
	for (i = 0; i < KEEPER_FD_FIRST_FREE; i++)
		if ((high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE)) == -1)
			return;
	for (i = 0; i < KEEPER_FD_FIRST_FREE; i++)
		if (dup2(high[i], i) == -1)
			return;
	/* Where a core would be written. */
	if (chdir(c->dir) != 0)
		return;
	if (is_traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
		return;
	execve(c->program, argv, envp);
}

/* Ask HELLO and wait for the answer. */
static int
hello(const struct keeper_child *c)
{
	static const uint8_t ask[KEEPER_MSG_HEADER] = { 0, KEEPER_MSG_HELLO };
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	uint8_t in[512];

	if (send(c->fd, ask, sizeof(ask), MSG_NOSIGNAL) != sizeof(ask) ||
	    poll(&p, 1, START_MS) != 1 ||
	    recv(c->fd, in, sizeof(in), 0) <= KEEPER_MSG_HEADER ||
	    in[1] != KEEPER_MSG_HELLO + 1)
		return (-1);
	return (0);
}

int
keeper_child_start(struct keeper_child *c, bool is_traced)
{
	const int bytes = PACKET_BYTES;
	int pair[2], i, status;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return (complain("socketpair"));
	for (i = 0; i < 2; i++) {
		setsockopt(
		    pair[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
		setsockopt(
		    pair[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	}
	if ((c->pid = fork()) == -1)
		return (complain("fork"));
	if (c->pid == 0) {
		become(c, pair[1], is_traced);
		_exit(126);
	}
	close(pair[1]);
	c->fd = pair[0];
	/* A tracee stops at its exec. */
	if (is_traced &&
	    (waitpid(c->pid, &status, 0) != c->pid || !WIFSTOPPED(status) ||
		ptrace(PTRACE_CONT, c->pid, NULL, NULL) == -1))
		return (complain("trace the keeper"));
	if (hello(c) != 0) {
		fprintf(stderr, "%s does not answer\n", c->program);
		return (-1);
	}
	return (0);
}

int
keeper_child_wait(struct keeper_child *c)
{
	int status = -1;

	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	while (
	    c->pid > 0 && waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		;
	c->pid = 0;
	return (status);
}

void
keeper_child_free(struct keeper_child *c)
{
	char path[sizeof(c->dir) + 32];
	size_t i;

	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		(void)keeper_child_wait(c);
	}
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		keeper_child_path(c, files[i], path, sizeof(path));
		(void)unlink(path);
	}
	(void)rmdir(c->dir);
	mem_wipe(c, sizeof(*c));
}
