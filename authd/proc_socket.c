#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/proc_socket.h"

#define BACKLOG 1024
#define POLL_MS 10

/* Whether somebody takes connections there; ERR_BUSY also in doubt. */
static int
ask_for_listener(const struct sockaddr_un *at)
{
	int fd, r;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (log_fr(ERR_SYS, "socket"));
	r = connect(fd, (const struct sockaddr *)at, sizeof(*at));
	r = r == 0 || errno != ECONNREFUSED ? ERR_BUSY : 0;
	close(fd);
	return (r);
}

/*
 * A socket left behind by a dead daemon goes; a living one stays. The front of
 * a parent that was killed listens until the kernel has killed it too.
 */
static int
remove_stale(const char *path, const struct sockaddr_un *at)
{
	struct stat st;
	int r, waited_ms;

	if (lstat(path, &st) != 0)
		return (errno == ENOENT ? 0 : log_fr(ERR_SYS, "%s", path));
	if (!S_ISSOCK(st.st_mode)) {
		log_error("%s is in the way and is not a socket", path);
		return (ERR_EXISTS);
	}
	for (waited_ms = 0; (r = ask_for_listener(at)) == ERR_BUSY &&
	     waited_ms < PROC_SOCKET_WAIT_MS;
	     waited_ms += POLL_MS)
		usleep(POLL_MS * 1000);
	if (r == ERR_BUSY)
		log_error("another program is listening on %s", path);
	if (r != 0)
		return (r);
	if (unlink(path) != 0)
		return (log_fr(ERR_SYS, "remove %s", path));
	return (0);
}

/*
 * Make the socket with mode 0660 from its first moment. Root makes it as a
 * member of the group, which needs no right to give files away; anyone else
 * gives it to a group of his own.
 */
static int
bind_for_group(int fd, const struct sockaddr_un *at, gid_t group)
{
	bool is_root = geteuid() == 0,
	     has_group = group != PROC_SOCKET_NO_GROUP;
	gid_t own = getegid();
	struct stat st;
	mode_t saved;
	int r;

	if (has_group && is_root && setegid(group) != 0)
		return (log_fr(ERR_SYS, "become group %d", (int)group));
	saved = umask(0117);
	r = bind(fd, (const struct sockaddr *)at, sizeof(*at));
	umask(saved);
	if (r != 0 && errno == ENOENT)
		log_error("make %s: the directory of socket_dir is not there",
		    at->sun_path);
	else if (r != 0)
		log_fr(ERR_SYS, "make %s", at->sun_path);
	if (has_group && is_root && setegid(own) != 0)
		return (log_fr(ERR_SYS, "become group %d", (int)own));
	if (r != 0)
		return (ERR_SYS);
	if (has_group && (stat(at->sun_path, &st) != 0 || st.st_gid != group) &&
	    chown(at->sun_path, (uid_t)-1, group) != 0) {
		log_fr(
		    ERR_SYS, "give %s to group %d", at->sun_path, (int)group);
		(void)unlink(at->sun_path);
		return (ERR_SYS);
	}
	return (0);
}

int
proc_socket_open(const char *path, gid_t group, struct proc_socket *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int r;

	if (text_copy(at.sun_path, sizeof(at.sun_path), path) != 0) {
		log_error("the path %s is longer than %d bytes; set socket_dir",
		    path, PROC_SOCKET_PATH_MAX);
		return (ERR_LIMIT);
	}
	if ((r = remove_stale(path, &at)) != 0)
		return (r);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd == -1)
		return (log_fr(ERR_SYS, "socket"));
	if ((r = bind_for_group(s->fd, &at, group)) != 0)
		return (r);
	memcpy(s->path, at.sun_path, sizeof(s->path));
	if (listen(s->fd, BACKLOG) != 0)
		return (log_fr(ERR_SYS, "listen on %s", path));
	return (0);
}

void
proc_socket_remove(struct proc_socket *s)
{
	if (s->path[0] != '\0' && unlink(s->path) != 0 && errno != ENOENT)
		log_fr(ERR_SYS, "remove %s", s->path);
	s->path[0] = '\0';
}
