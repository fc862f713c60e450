/*
 * front_calls.c: what somebody who has taken over the running front can do.
 *
 *	front_calls debug PID		attach, read and write its memory from
 *					outside, as any other process
 *	front_calls files PID PATH...	open, make, move and remove files from
 *					inside it
 *	front_calls call PID NAME	one forbidden call from inside it
 *
 * debug: one line for each way, `refused` or `done`; exit 0 when all were
 * refused. files: one line `PATH OPERATION RESULT` for each that was not
 * refused; a path `N:PATH` is taken from the front's descriptor N; exit 0 when
 * there was none. call: exit 0 when SIGSYS ended it. Exit 2: could not try.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/torture/inject.h"

#define ANY   UINT64_MAX
#define BELOW 16384 /* under the stack pointer: nobody's */

static const struct {
	const char *name;
	long number;
	uint64_t args[6];
} calls[] = {
	{ "execve", SYS_execve, { 0 } },
	{ "execveat", SYS_execveat, { ANY } },
	{ "fork", SYS_fork, { 0 } },
	{ "vfork", SYS_vfork, { 0 } },
	{ "socket", SYS_socket, { AF_UNIX, SOCK_STREAM } },
	{ "connect", SYS_connect, { ANY } },
	{ "bind", SYS_bind, { ANY } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
	{ "process_vm_readv", SYS_process_vm_readv, { 1 } },
	{ "pidfd_open", SYS_pidfd_open, { 1 } },
	{ "kill", SYS_kill, { 1, 0 } },
	{ "tgkill", SYS_tgkill, { 1, 1, 0 } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "unshare", SYS_unshare, { 0x10000000 } },
	{ "mount", SYS_mount, { 0 } },
	{ "bpf", SYS_bpf, { 0 } },
	{ "io_uring_setup", SYS_io_uring_setup, { 1 } },
	{ "userfaultfd", SYS_userfaultfd, { 0 } },
	{ "mmap-exec", SYS_mmap,
	    { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, ANY,
		0 } },
	{ "mprotect-exec", SYS_mprotect,
	    { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC } },
};

static int
said(const char *what, bool is_refused)
{
	printf("%s: %s\n", what, is_refused ? "refused" : "done");
	return (is_refused ? 0 : 1);
}

static int
debug(pid_t pid)
{
	static const char *const files[] = { "mem", "environ", "maps", "auxv",
		"fd/0", "exe", "cwd/", "root/", "syscall" };
	static uint8_t byte;
	struct iovec to = { &byte, 1 }, from = { &byte, 1 };
	char path[64], out[8];
	int done = 0, fd, flags;
	size_t i;

	done += said("attach", ptrace(PTRACE_ATTACH, pid, NULL, NULL) == -1);
	done += said("seize", ptrace(PTRACE_SEIZE, pid, NULL, NULL) == -1);
	done += said("process_vm_readv",
	    process_vm_readv(pid, &to, 1, &from, 1, 0) == -1 && errno == EPERM);
	done += said("process_vm_writev",
	    process_vm_writev(pid, &to, 1, &from, 1, 0) == -1 &&
		errno == EPERM);
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	done += said("pidfd_getfd",
	    fd == -1 || syscall(SYS_pidfd_getfd, fd, 3, 0) == -1);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		flags = strcmp(files[i], "mem") == 0 ? O_RDWR : O_RDONLY;
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, files[i]);
		fd = open(path, flags | O_CLOEXEC);
		/* some open and then refuse to be read */
		done += said(path,
		    fd == -1 ||
			(read(fd, out, sizeof(out)) == -1 && errno != EISDIR));
		if (fd != -1)
			close(fd);
	}
	return (done == 0 ? 0 : 1);
}

/* The number of operations on one path that were not refused; -1: broken. */
static int
one_file(struct inject *in, const char *arg)
{
	const uint64_t here = (uint64_t)AT_FDCWD;
	const char *path = strchr(arg, ':');
	uint64_t at, to, dir = here;
	int done = 0;
	size_t i;

	if (path != NULL && arg[0] != '/')
		dir = strtoull(arg, NULL, 10);
	path = dir == here ? arg : path + 1;
	at = inject_put(in, BELOW, path, strlen(path) + 1);
	to = inject_put(in, BELOW / 2, "moved", sizeof("moved"));
	if (at == 0 || to == 0)
		return (-1);
	const struct {
		const char *name;
		long number;
		uint64_t args[6];
	} ops[] = {
		{ "read", SYS_openat, { dir, at, O_RDONLY } },
		{ "write", SYS_openat, { dir, at, O_WRONLY } },
		{ "both", SYS_openat, { dir, at, O_RDWR | O_APPEND } },
		{ "truncate", SYS_openat, { dir, at, O_WRONLY | O_TRUNC } },
		{ "make", SYS_openat, { dir, at, O_WRONLY | O_CREAT, 0600 } },
		{ "list", SYS_openat, { dir, at, O_RDONLY | O_DIRECTORY } },
		{ "tmpfile", SYS_openat, { dir, at, O_RDWR | O_TMPFILE } },
		{ "mkdir", SYS_mkdirat, { dir, at, 0700 } },
		{ "symlink", SYS_symlinkat, { at, dir, at } },
		{ "rename", SYS_renameat2, { dir, at, 5, to, 0 } },
		{ "link", SYS_linkat, { dir, at, 5, to, 0 } },
		{ "chmod", SYS_fchmodat, { dir, at, 0777 } },
		{ "chown", SYS_fchownat, { dir, at, 0, 0, 0 } },
		{ "unlink", SYS_unlinkat, { dir, at, 0 } },
		{ "rmdir", SYS_unlinkat, { dir, at, AT_REMOVEDIR } },
	};

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		int64_t result;

		if (inject_call(in, ops[i].number, ops[i].args, &result) !=
		    INJECT_BACK)
			return (-1);
		if (result < 0 && result > -4096)
			continue;
		printf("%s %s %lld\n", arg, ops[i].name, (long long)result);
		done++;
	}
	return (done);
}

static int
files(pid_t pid, char **paths)
{
	struct inject in;
	int done = 0, n;

	if (inject_stop(&in, pid, false) != 0) {
		perror("stop the front");
		return (2);
	}
	for (; *paths != NULL; paths++) {
		if ((n = one_file(&in, *paths)) == -1) {
			fprintf(stderr, "%s: cannot be tried\n", *paths);
			return (2);
		}
		done += n;
	}
	if (inject_release(&in) != 0)
		return (2);
	return (done == 0 ? 0 : 1);
}

static int
call(pid_t pid, const char *name)
{
	struct inject in;
	int64_t result;
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, name) != 0)
			continue;
		if (inject_stop(&in, pid, false) != 0) {
			perror("stop the front");
			return (2);
		}
		if (inject_call(&in, calls[i].number, calls[i].args, &result) ==
		    INJECT_KILLED)
			return (0);
		printf("%s returned %lld\n", name, (long long)result);
		return (1);
	}
	return (2);
}

int
main(int argc, char **argv)
{
	size_t i;
	pid_t pid;

	if (argc >= 3 && (pid = (pid_t)strtol(argv[2], NULL, 10)) > 0) {
		if (strcmp(argv[1], "debug") == 0 && argc == 3)
			return (debug(pid));
		if (strcmp(argv[1], "files") == 0 && argc > 3)
			return (files(pid, argv + 3));
		if (strcmp(argv[1], "call") == 0 && argc == 4)
			return (call(pid, argv[3]));
	}
	if (argc == 2 && strcmp(argv[1], "calls") == 0) {
		for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			puts(calls[i].name);
		return (0);
	}
	fprintf(stderr,
	    "usage: front_calls debug PID | files PID PATH... | "
	    "call PID NAME | calls\n");
	return (2);
}
