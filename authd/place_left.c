#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/place.h"
#include "authd/place_left.h"

/* Between making the directory and holding it. */
#define OLD_S 60

/* What is in a directory stands before it. */
static const struct {
	const char *name;
	bool is_dir;
} made[] = {
	{ "keys/seed.key", false },
	{ "keys/audit.key", false },
	{ "keys/ca.key", false },
	{ "keys", true },
	{ "root-ca/root-ca.key", false },
	{ "root-ca/root-ca.pem", false },
	{ "root-ca/root-ca.crl", false },
	{ "root-ca", true },
	{ PLACE_DB, false },
	{ PLACE_DB "-wal", false },
	{ PLACE_DB "-shm", false },
	{ PLACE_DB "-journal", false },
	{ "data", true },
	{ "keeper.state", false },
	{ "audit.pub", false },
	{ "ca.pem", false },
	{ "sekisho.conf", false },
};

int
place_left_hold(int fd)
{
	return (flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : ERR_SYS);
}

void
place_left_empty(int fd)
{
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		(void)unlinkat(
		    fd, made[i].name, made[i].is_dir ? AT_REMOVEDIR : 0);
}

static bool
is_ours(const char *name)
{
	const size_t fixed = strlen(PLACE_LEFT_NAME) - 6;

	return (strlen(name) == strlen(PLACE_LEFT_NAME) &&
	    strncmp(name, PLACE_LEFT_NAME, fixed) == 0 &&
	    strspn(name + fixed,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789") == 6);
}

/* Nobody else may have had a hand in it. */
static bool
is_old(int fd)
{
	struct stat st;

	return (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 022) == 0 &&
	    st.st_mtime + OLD_S < clock_wall_ms() / 1000);
}

static void
clear_one(int dir_fd, const char *dir, const char *name)
{
	int fd = openat(dir_fd, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1)
		return; /* none of ours */
	if (is_old(fd) && place_left_hold(fd) == 0) {
		place_left_empty(fd);
		if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0)
			log_warn("%s/%s was left by an init or a restore that "
				 "was cut off; removed",
			    dir, name);
		else
			log_warn("%s/%s was left by an init or a restore that "
				 "was cut off, and holds something else; "
				 "look at it and remove it",
			    dir, name);
	}
	close(fd);
}

void
place_left_clear(int dir_fd, const char *dir)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry;
	DIR *d;

	if (fd == -1)
		return;
	if ((d = fdopendir(fd)) == NULL) {
		close(fd);
		return;
	}
	while ((entry = readdir(d)) != NULL)
		if (is_ours(entry->d_name))
			clear_one(dir_fd, dir, entry->d_name);
	closedir(d);
}
