/*
 * child.c: stands in for sekisho-front and sekisho-keeper where the parent
 * itself is tested. Says on standard output what it was given, then behaves
 * as the words in the file beside it, named like it plus `.how`, say:
 *
 *	ready		write the byte to descriptor 7
 *	deaf		ignore SIGTERM and end-of-file
 *	exit N		end at once with status N
 *	die		end at once by SIGSEGV
 *
 * Otherwise it ends with 0 on SIGTERM or, when it is the keeper, when
 * descriptor 3 is closed at the other end.
 */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void
say_descriptors(const char *name)
{
	struct stat st;
	int fd;

	for (fd = 0; fd < 1024; fd++) {
		if (fstat(fd, &st) != 0)
			continue;
		printf("%s fd %d %s size %lld\n", name, fd,
		    S_ISSOCK(st.st_mode)       ? "socket"
			: S_ISFIFO(st.st_mode) ? "pipe"
			: S_ISDIR(st.st_mode)  ? "directory"
			: S_ISREG(st.st_mode)  ? "file"
					       : "other",
		    S_ISREG(st.st_mode) ? (long long)st.st_size : 0LL);
	}
}

static void
say_rights(const char *name)
{
	struct rlimit core, files;
	char cwd[PATH_MAX];
	sigset_t set;
	int death = 0, n = 0, i, blocked = 0;
	uid_t r, e, s;

	getresuid(&r, &e, &s);
	prctl(PR_GET_PDEATHSIG, &death);
	getrlimit(RLIMIT_CORE, &core);
	getrlimit(RLIMIT_NOFILE, &files);
	while (environ[n] != NULL)
		n++;
	sigprocmask(SIG_BLOCK, NULL, &set);
	for (i = 1; i < 32; i++)
		blocked += sigismember(&set, i) == 1;
	if (getcwd(cwd, sizeof(cwd)) == NULL)
		return;
	printf("%s uid %d %d %d gid %d groups %d\n", name, (int)r, (int)e,
	    (int)s, (int)getgid(), getgroups(0, NULL));
	printf("%s nnp %d death %d core %llu env %d leader %d cwd %s "
	       "umask %03o blocked %d\n",
	    name, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), death,
	    (unsigned long long)core.rlim_cur, n, getsid(0) == getpid(), cwd,
	    (unsigned)umask(077), blocked);
	printf("%s files %llu seals %d\n", name,
	    (unsigned long long)files.rlim_cur, fcntl(4, F_GET_SEALS));
}

static void
on_term(int sig)
{
	(void)sig;
	_exit(0);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX + 8], how[200] = "";
	struct pollfd pair = { .fd = 3, .events = POLLIN };
	const char *name = argv[0], *at;
	ssize_t n;
	FILE *f;

	if (argc != 1 || (n = readlink("/proc/self/exe", path, PATH_MAX)) < 0)
		return (3);
	say_descriptors(name);
	say_rights(name);
	fflush(stdout);
	memcpy(path + n, ".how", 5);
	if ((f = fopen(path, "r")) != NULL) {
		how[fread(how, 1, sizeof(how) - 1, f)] = '\0';
		fclose(f);
	}
	signal(SIGTERM, strstr(how, "deaf") != NULL ? SIG_IGN : on_term);
	if (strstr(how, "ready") != NULL && write(7, "r", 1) != 1)
		return (4);
	if (strstr(how, "die") != NULL) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if ((at = strstr(how, "exit ")) != NULL)
		return (atoi(at + 5));
	if (strcmp(name, "sekisho-front") == 0)
		pair.fd = -1;
	while (poll(&pair, 1, -1) != 1 || strstr(how, "deaf") != NULL)
		pair.fd = -1;
	return (0);
}
