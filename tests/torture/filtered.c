/*
 * filtered.c: run a program with none but the named system calls, as a unit's
 * SystemCallFilter= and SystemCallErrorNumber=EPERM would.
 *
 *	filtered PROGRAM [ARG...] <NAMES
 *
 * Names that this machine does not know are passed over, as systemd does.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int number, count = 0;
	char name[128];

	if (argc < 2 || ctx == NULL)
		return (125);
	while (scanf("%127s", name) == 1) {
		number = seccomp_syscall_resolve_name(name);
		if (number == __NR_SCMP_ERROR)
			continue;
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, number, 0) != 0) {
			fprintf(stderr, "%s: no rule\n", name);
			return (125);
		}
		count++;
	}
	if (count == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    seccomp_load(ctx) != 0) {
		perror("filter");
		return (125);
	}
	seccomp_release(ctx);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return (126);
}
