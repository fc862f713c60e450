#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/proc_fds.h"
#include "authd/sandbox.h"
#include "authd/sandbox_landlock.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the keeper, the C library, OpenSSL and liboath call after start. */
static const int keeper_calls[] = {
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* ... and the same on the one descriptor it is for. */
static const struct {
	int call;
	int fd;
} keeper_fd_calls[] = {
	{ SCMP_SYS(recvfrom), KEEPER_FD_SOCKET },
	{ SCMP_SYS(recvmsg), KEEPER_FD_SOCKET },
	{ SCMP_SYS(sendto), KEEPER_FD_SOCKET },
	{ SCMP_SYS(sendmsg), KEEPER_FD_SOCKET },
	{ SCMP_SYS(pwrite64), KEEPER_FD_STATE },
	{ SCMP_SYS(fdatasync), KEEPER_FD_STATE },
	{ SCMP_SYS(write), STDERR_FILENO },
};

/*
 * What no healthy front ever calls, after its start. execve and the like come
 * first: a taken front that cannot start another program has to make do with
 * what is linked into it.
 */
static const int front_kills[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	/* new ways to talk; accept(2) on what was handed over stays */
	SCMP_SYS(socket),
	SCMP_SYS(connect),
	SCMP_SYS(bind),
	/* other processes */
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(process_madvise),
	SCMP_SYS(process_mrelease),
	SCMP_SYS(kcmp),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo),
	SCMP_SYS(tkill),
	/* other users and rights */
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(capset),
	SCMP_SYS(personality),
	/* file systems and name spaces */
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(mknod),
	SCMP_SYS(mknodat),
	SCMP_SYS(quotactl),
	SCMP_SYS(quotactl_fd),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(acct),
	/* the kernel */
	SCMP_SYS(bpf),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(reboot),
	SCMP_SYS(syslog),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(keyctl),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(vhangup),
	/* the clock */
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex),
};

/*
 * Add rules until one fails; a call that this machine's architecture does not
 * have needs none.
 */
static int
add_rule(scmp_filter_ctx ctx, uint32_t action, int call, unsigned n,
    const struct scmp_arg_cmp *args)
{
	int r = seccomp_rule_add_array(ctx, action, call, n, args);

	if (r == 0 || r == -EDOM)
		return (0);
	errno = -r;
	return (log_fr(ERR_SYS, "seccomp rule for call %d", call));
}

/* mmap, mprotect: for memory that is, or is not, executable. */
static int
add_memory(scmp_filter_ctx ctx, uint32_t action, bool is_executable)
{
	const struct scmp_arg_cmp exec = SCMP_A2(
	    SCMP_CMP_MASKED_EQ, PROT_EXEC, is_executable ? PROT_EXEC : 0);
	int r;

	if ((r = add_rule(ctx, action, SCMP_SYS(mmap), 1, &exec)) != 0)
		return (r);
	return (add_rule(ctx, action, SCMP_SYS(mprotect), 1, &exec));
}

static int
load(scmp_filter_ctx ctx)
{
	int r;

	if ((r = seccomp_attr_set(
		 ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)) == 0)
		r = seccomp_load(ctx);
	if (r == 0)
		return (0);
	errno = -r;
	return (ERR_SYS);
}

int
sandbox_keeper(void)
{
	scmp_filter_ctx ctx;
	size_t i;
	int r = 0;

	if ((ctx = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		return (log_fr(ERR_NOMEM, "seccomp"));
	for (i = 0; i < COUNT(keeper_calls) && r == 0; i++)
		r = add_rule(ctx, SCMP_ACT_ALLOW, keeper_calls[i], 0, NULL);
	for (i = 0; i < COUNT(keeper_fd_calls) && r == 0; i++) {
		const struct scmp_arg_cmp fd =
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)keeper_fd_calls[i].fd);

		r = add_rule(
		    ctx, SCMP_ACT_ALLOW, keeper_fd_calls[i].call, 1, &fd);
	}
	if (r == 0)
		r = add_memory(ctx, SCMP_ACT_ALLOW, false);
	if (r == 0 && (r = load(ctx)) != 0)
		log_fr(r, "seccomp filter of the keeper");
	seccomp_release(ctx);
	return (r);
}

static int
add_front_rules(scmp_filter_ctx ctx)
{
	const uint32_t kill = SCMP_ACT_KILL_PROCESS;
	const struct scmp_arg_cmp other =
	    SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid());
	/* Typing into the terminal that the log goes to. */
	const struct scmp_arg_cmp type =
	    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI);
	const struct scmp_arg_cmp paste =
	    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCLINUX);
	size_t i;
	int r = 0;

	for (i = 0; i < COUNT(front_kills) && r == 0; i++)
		r = add_rule(ctx, kill, front_kills[i], 0, NULL);
	if (r == 0)
		r = add_memory(ctx, kill, true);
	/* Signals to itself are the C library's; to others, an attack. */
	if (r == 0)
		r = add_rule(ctx, kill, SCMP_SYS(kill), 1, &other);
	if (r == 0)
		r = add_rule(ctx, kill, SCMP_SYS(tgkill), 1, &other);
	if (r == 0)
		r = add_rule(ctx, kill, SCMP_SYS(ioctl), 1, &type);
	if (r == 0)
		r = add_rule(ctx, kill, SCMP_SYS(ioctl), 1, &paste);
	return (r);
}

int
sandbox_front(const struct sandbox_front_paths *paths)
{
	scmp_filter_ctx ctx;
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (log_fr(ERR_SYS, "no new privileges"));
	if ((r = sandbox_landlock_front(paths)) != 0)
		return (r);
	if ((ctx = seccomp_init(SCMP_ACT_ALLOW)) == NULL)
		return (log_fr(ERR_NOMEM, "seccomp"));
	if ((r = add_front_rules(ctx)) == 0 && (r = load(ctx)) != 0) {
		/* A kernel built without it: ENOSYS or EINVAL. */
		if (errno == ENOSYS || errno == EINVAL) {
			log_warn("no seccomp in this kernel: the front is not "
				 "filtered");
			r = 0;
		} else
			log_fr(r, "seccomp filter of the front");
	}
	seccomp_release(ctx);
	return (r);
}
