#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/user.h"

#define USERADD "/usr/sbin/useradd"

int
user_find(const char *name, struct user *out)
{
	const struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(name)) == NULL) {
		if (errno == 0 || errno == ENOENT)
			return (ERR_NOTFOUND);
		return (log_fr(ERR_SYS, "look up user %s", name));
	}
	if (pw->pw_uid == 0)
		return (log_fr(ERR_INVALID, "user %s is root", name));
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	return (0);
}

int
user_find_group(const char *name, gid_t *gid)
{
	const struct group *gr;

	errno = 0;
	if ((gr = getgrnam(name)) == NULL) {
		if (errno == 0 || errno == ENOENT)
			return (ERR_NOTFOUND);
		return (log_fr(ERR_SYS, "look up group %s", name));
	}
	*gid = gr->gr_gid;
	return (0);
}

bool
user_is_in_group(gid_t gid)
{
	gid_t groups[NGROUPS_MAX];
	int i, n;

	if (gid == getegid())
		return (true);
	n = getgroups(NGROUPS_MAX, groups);
	for (i = 0; i < n; i++)
		if (groups[i] == gid)
			return (true);
	return (false);
}

/* Wait for a child of ours; its exit status, or -1 when it was killed. */
static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			return (-1);
	}
	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int
user_add(const char *name)
{
	char program[] = USERADD, system[] = "--system",
	     no_home[] = "--no-create-home", group[] = "--user-group",
	     shell[] = "--shell", nologin[] = "/usr/sbin/nologin", end[] = "--",
	     user[64];
	char *argv[] = { program, system, no_home, group, shell, nologin, end,
		user, NULL };
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *envp[] = { path, NULL };
	pid_t pid;
	int rc;

	if (snprintf(user, sizeof(user), "%s", name) >= (int)sizeof(user))
		return (ERR_INVALID);
	if ((errno = posix_spawn(&pid, USERADD, NULL, NULL, argv, envp)) != 0)
		return (log_fr(ERR_SYS, "run %s", USERADD));
	if ((rc = wait_for(pid)) != 0) {
		log_error("%s %s ended with status %d", USERADD, name, rc);
		return (ERR_SYS);
	}
	return (0);
}

int
user_drop(const struct user *u)
{
	if (setgroups(0, NULL) != 0 || setresgid(u->gid, u->gid, u->gid) != 0 ||
	    setresuid(u->uid, u->uid, u->uid) != 0)
		return (log_fr(ERR_SYS, "become user %d", (int)u->uid));
	/* It must not be possible to come back. */
	if (setuid(0) == 0 || setgid(0) == 0) {
		log_error("still root after becoming user %d", (int)u->uid);
		return (ERR_SYS);
	}
	return (0);
}

int
user_can_reach(const struct user *u, const char *path, bool *yes)
{
	pid_t pid;

	if ((pid = fork()) == -1)
		return (log_fr(ERR_SYS, "fork"));
	if (pid == 0) {
		if (user_drop(u) != 0)
			_exit(2);
		_exit(access(path, X_OK) == 0 ? 0 : 1);
	}
	switch (wait_for(pid)) {
	case 0:
		*yes = true;
		return (0);
	case 1:
		*yes = false;
		return (0);
	default:
		return (ERR_SYS);
	}
}
