#include <unistd.h>

#include "authd/base/log.h"
#include "authd/proc_users.h"

/*
 * A group that an unprivileged starter cannot give a socket to is no reason
 * not to start: then the proxy must run as that user.
 */
static int
find_proxy_group(struct conf *c)
{
	int r;

	if (c->proxy_group[0] == '\0')
		return (0);
	r = user_find_group(c->proxy_group, &c->settings.proxy_group);
	if (r != 0)
		return (log_fr(r, "group %s", c->proxy_group));
	if (geteuid() != 0 && !user_is_in_group(c->settings.proxy_group)) {
		log_warn("we are no member of proxy_group %s: only a proxy of "
			 "our own user reaches the sockets",
		    c->proxy_group);
		c->settings.proxy_group = SETTINGS_NO_GROUP;
	}
	return (0);
}

int
proc_users_find(struct conf *c, bool *must_drop, struct user *front,
    struct user *keeper)
{
	int r;

	*must_drop = geteuid() == 0;
	c->settings.starter = getuid();
	if (c->verify_group[0] != '\0') {
		r = user_find_group(c->verify_group, &c->settings.verify_group);
		if (r != 0)
			return (log_fr(r, "group %s", c->verify_group));
	}
	if ((r = find_proxy_group(c)) != 0)
		return (r);
	if (!*must_drop) {
		log_warn("not started by root: all processes run as user %d, "
			 "who can read the keys",
		    (int)getuid());
		return (0);
	}
	if ((r = user_find(c->front_user, front)) != 0)
		return (log_fr(r, "user %s", c->front_user));
	if ((r = user_find(c->keeper_user, keeper)) != 0)
		return (log_fr(r, "user %s", c->keeper_user));
	if (front->uid == keeper->uid) {
		log_error("front_user and keeper_user must differ");
		return (ERR_INVALID);
	}
	return (0);
}
