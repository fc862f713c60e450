/*
 * Goal of this test: the shipped filters hold: each forbidden call kills the
 * process that makes it, each needed one still works, and the front reaches no
 * file outside its data directory.
 * Links: authd/sandbox.c authd/sandbox_landlock.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/proc_fds.h"
#include "authd/sandbox.h"

#define GOOD   0   /* exit: as hoped */
#define BAD    1   /* exit: not so */
#define LIVED  2   /* exit: the forbidden call came back */
#define NO_BOX 3   /* exit: the sandbox could not be had */
#define KILLED 200 /* by SIGSYS */

static char dir[] = "/tmp/test_sandbox.XXXXXX";

typedef int in_box(long arg);

static int
keeper_box(void)
{
	int s[2], fd;

	/* Away from the low numbers, where this test's own may lie. */
	fd = fcntl(memfd_create("state", 0), F_DUPFD, 100);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == -1)
		return (-1);
	s[0] = fcntl(s[0], F_DUPFD, 100);
	s[1] = fcntl(s[1], F_DUPFD, 100);
	dup2(s[0], KEEPER_FD_SOCKET);
	dup2(fd, KEEPER_FD_STATE);
	dup2(s[1], 7);
	return (sandbox_keeper());
}

static int
front_box(void)
{
	static const char *const readable[] = { "/etc/hostname", "/no/such",
		NULL };
	const struct sandbox_front_paths paths = {
		.data_fd = -1, .data_path = dir, .readable = readable
	};

	return (sandbox_front(&paths));
}

/* Run f(arg) in a child behind a sandbox; how it ended. */
static int
run(int (*box)(void), in_box *f, long arg)
{
	struct rlimit none = { 0, 0 };
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		log_open("test", LOG_LEVEL_ERROR);
		if (box() != 0)
			syscall(SYS_exit_group, NO_BOX);
		syscall(SYS_exit_group, f(arg));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return (WTERMSIG(status) == SIGSYS ? KILLED : WTERMSIG(status));
	return (WEXITSTATUS(status));
}

static int
call(long number)
{
	syscall(number, -1L, 0L, 0L, 0L, 0L, 0L);
	return (LIVED);
}

static void
test_R19_keeper_forbidden_calls_kill(void **state)
{
	static const long calls[] = { SYS_read, SYS_open, SYS_openat,
		SYS_openat2, SYS_creat, SYS_socket, SYS_socketpair, SYS_connect,
		SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_execve,
		SYS_execveat, SYS_fork, SYS_vfork, SYS_clone, SYS_clone3,
		SYS_ptrace, SYS_kill, SYS_tgkill, SYS_tkill, SYS_dup, SYS_dup2,
		SYS_dup3, SYS_fcntl, SYS_ioctl, SYS_prctl, SYS_setuid,
		SYS_setgid, SYS_unlink, SYS_rename, SYS_chmod, SYS_mkdir,
		SYS_mount, SYS_bpf, SYS_io_uring_setup, SYS_process_vm_readv,
		SYS_memfd_create, SYS_pidfd_open, SYS_pidfd_getfd, SYS_sendfile,
		SYS_splice, SYS_vmsplice, SYS_pwritev, SYS_ftruncate,
		SYS_rt_sigaction, SYS_seccomp, SYS_getdents64, SYS_chdir };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (run(keeper_box, call, calls[i]) != KILLED)
			fail_msg("call %ld did not kill", calls[i]);
	/* a number that does not exist yet, and the other ABI's numbers */
	assert_int_equal(run(keeper_box, call, 9999), KILLED);
	assert_int_equal(
	    run(keeper_box, call, 0x40000000 | SYS_getpid), KILLED);
}

/* The right call on the wrong descriptor, or for executable memory. */
static int
keeper_wrong(long which)
{
	static char page[4096] __attribute__((aligned(4096)));

	switch (which) {
	case 0:
		syscall(SYS_write, KEEPER_FD_STATE, "x", 1);
		break;
	case 1:
		syscall(SYS_pwrite64, STDERR_FILENO, "x", 1, 0);
		break;
	case 2:
		syscall(SYS_sendto, 7, "x", 1, 0, NULL, 0);
		break;
	case 3:
		syscall(SYS_recvfrom, 7, page, 1, MSG_DONTWAIT, NULL, NULL);
		break;
	case 4:
		syscall(SYS_fdatasync, STDERR_FILENO);
		break;
	case 5:
		syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		break;
	default:
		syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
	}
	return (LIVED);
}

static void
test_keeper_arguments(void **state)
{
	long i;

	(void)state;
	for (i = 0; i <= 6; i++)
		if (run(keeper_box, keeper_wrong, i) != KILLED)
			fail_msg("case %ld did not kill", i);
}

static int
keeper_work(long arg)
{
	struct pollfd p = { .fd = KEEPER_FD_SOCKET, .events = POLLIN };
	struct timespec ts;
	uint8_t b[8];
	void *m;

	(void)arg;
	if (poll(&p, 1, 0) != 0 || send(KEEPER_FD_SOCKET, "x", 1, 0) != 1 ||
	    recv(KEEPER_FD_SOCKET, b, 1, MSG_DONTWAIT) != -1 ||
	    errno != EAGAIN || pwrite(KEEPER_FD_STATE, "x", 1, 0) != 1 ||
	    fdatasync(KEEPER_FD_STATE) != 0 ||
	    syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &ts) != 0 ||
	    syscall(SYS_getrandom, b, 8, 0) != 8 || getpid() <= 0)
		return (BAD);
	m = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED || munmap(m, 1 << 20) != 0)
		return (BAD);
	return (GOOD);
}

static void
test_keeper_needed_calls_work(void **state)
{
	(void)state;
	assert_int_equal(run(keeper_box, keeper_work, 0), GOOD);
}

static void
test_R19_front_forbidden_calls_kill(void **state)
{
	static const long calls[] = { SYS_execve, SYS_execveat, SYS_fork,
		SYS_vfork, SYS_socket, SYS_connect, SYS_bind, SYS_ptrace,
		SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_open,
		SYS_pidfd_getfd, SYS_kill, SYS_tkill, SYS_tgkill, SYS_setuid,
		SYS_setgid, SYS_setresuid, SYS_setresgid, SYS_setgroups,
		SYS_capset, SYS_mount, SYS_umount2, SYS_chroot, SYS_pivot_root,
		SYS_unshare, SYS_setns, SYS_open_by_handle_at, SYS_mknod,
		SYS_bpf, SYS_kexec_load, SYS_init_module, SYS_finit_module,
		SYS_reboot, SYS_perf_event_open, SYS_userfaultfd,
		SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
		SYS_keyctl, SYS_add_key, SYS_request_key, SYS_settimeofday,
		SYS_clock_settime, SYS_personality };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (run(front_box, call, calls[i]) != KILLED)
			fail_msg("call %ld did not kill", calls[i]);
	assert_int_equal(run(front_box, call, 0x40000000 | SYS_getpid), KILLED);
}

static int
front_wrong(long which)
{
	static char page[4096] __attribute__((aligned(4096)));

	switch (which) {
	case 0:
		syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		break;
	case 1:
		syscall(SYS_mprotect, page, 4096,
		    PROT_READ | PROT_WRITE | PROT_EXEC);
		break;
	case 2:
		syscall(SYS_kill, getppid(), 0);
		break;
	case 3:
		syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, "x");
		break;
	default:
		/* the kernel looks at the low half only */
		syscall(SYS_ioctl, STDERR_FILENO, 0x100000000 | TIOCSTI, "x");
	}
	return (LIVED);
}

static void
test_front_arguments(void **state)
{
	long i;

	(void)state;
	for (i = 0; i <= 4; i++)
		if (run(front_box, front_wrong, i) != KILLED)
			fail_msg("case %ld did not kill", i);
}

static void *
nothing(void *arg)
{
	return (arg);
}

/* What the front does all day: threads, files of its own, what it was given */
static int
front_work(long arg)
{
	char path[64], in[8];
	pthread_t t;
	int fd, s[2];

	(void)arg;
	if (pthread_create(&t, NULL, nothing, NULL) != 0 ||
	    pthread_join(t, NULL) != 0)
		return (BAD);
	snprintf(path, sizeof(path), "%s/data", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || write(fd, "x", 1) != 1 || fdatasync(fd) != 0 ||
	    ftruncate(fd, 0) != 0 || close(fd) != 0 || unlink(path) != 0)
		return (BAD);
	if ((fd = open("/dev/urandom", O_RDONLY)) == -1 ||
	    read(fd, in, 8) != 8 || close(fd) != 0)
		return (BAD);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0 ||
	    kill(getpid(), 0) != 0)
		return (BAD);
	return (GOOD);
}

/* Files that are nobody's business of the front. */
static int
front_files(long arg)
{
	(void)arg;
	if (open("/etc/passwd", O_RDONLY) != -1 || errno != EACCES)
		return (BAD);
	if (open("/", O_RDONLY | O_DIRECTORY) != -1 || errno != EACCES)
		return (BAD);
	if (open("/tmp/test_sandbox.outside", O_RDWR | O_CREAT, 0600) != -1 ||
	    errno != EACCES)
		return (BAD);
	if (open("/etc/hostname", O_RDWR) != -1 || errno != EACCES)
		return (BAD);
	if (unlink("/tmp/test_sandbox.outside") != -1)
		return (BAD);
	return (GOOD);
}

static bool
has_landlock(void)
{
	return (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 1);
}

static void
test_front_works_and_is_held(void **state)
{
	(void)state;
	assert_int_equal(run(front_box, front_work, 0), GOOD);
	if (!has_landlock()) {
		print_message("no Landlock in this kernel\n");
		skip();
	}
	assert_int_equal(run(front_box, front_files, 0), GOOD);
}

static int
setup(void **state)
{
	(void)state;
	return (mkdtemp(dir) == NULL ? -1 : 0);
}

static int
teardown(void **state)
{
	(void)state;
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R19_keeper_forbidden_calls_kill),
		cmocka_unit_test(test_keeper_arguments),
		cmocka_unit_test(test_keeper_needed_calls_work),
		cmocka_unit_test(test_R19_front_forbidden_calls_kill),
		cmocka_unit_test(test_front_arguments),
		cmocka_unit_test(test_front_works_and_is_held),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
