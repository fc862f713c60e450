#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "authd/base/log.h"
#include "authd/web/peer.h"

#define GROUPS_FIRST 64

struct count {
	uid_t uid;
	int n;
};

struct peer_crowd {
	pthread_mutex_t lock;
	int max, peer_max;
	int all;
	struct count *counts; /* of users with a connection; max of them */
	int counts_n;
};

/* Supplementary groups as they were when the peer connected. */
static int
in_groups(int fd, gid_t group, bool *is_in)
{
	gid_t first[GROUPS_FIRST], *more = NULL, *groups = first;
	socklen_t len = sizeof(first);
	size_t i;
	int r = 0;

	*is_in = false;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, first, &len) != 0) {
		if (errno != ERANGE)
			return (log_fr(ERR_SYS, "groups of a peer"));
		/* len now says how much it takes */
		if ((more = malloc(len)) == NULL)
			return (log_fr(ERR_NOMEM, "groups of a peer"));
		groups = more;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, more, &len) != 0)
			r = log_fr(ERR_SYS, "groups of a peer");
	}
	for (i = 0; r == 0 && i < len / sizeof(gid_t); i++)
		if (groups[i] == group)
			*is_in = true;
	free(more);
	return (r);
}

int
peer_get(int fd, const struct peer_rule *rule, struct peer *out)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	bool is_in = false;
	int r;

	memset(out, 0, sizeof(*out));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0 ||
	    len != sizeof(who) || who.uid == (uid_t)-1)
		return (log_fr(ERR_SYS, "user of a peer"));
	if (who.uid == 0 || who.uid == rule->starter)
		out->right = RIGHT_ADMIN;
	else if (rule->group != PEER_NO_GROUP) {
		if (who.gid == rule->group)
			is_in = true;
		else if ((r = in_groups(fd, rule->group, &is_in)) != 0)
			return (r);
		if (is_in)
			out->right = rule->right;
	}
	out->uid = who.uid;
	return (0);
}

int
peer_crowd_new(int max, int peer_max, struct peer_crowd **out)
{
	struct peer_crowd *c;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    (c->counts = calloc((size_t)max, sizeof(*c->counts))) == NULL ||
	    pthread_mutex_init(&c->lock, NULL) != 0) {
		if (c != NULL)
			free(c->counts);
		free(c);
		return (log_fr(ERR_NOMEM, "table of peers"));
	}
	c->max = max;
	c->peer_max = peer_max;
	*out = c;
	return (0);
}

void
peer_crowd_free(struct peer_crowd *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c->counts);
	free(c);
}

static struct count *
find(struct peer_crowd *c, uid_t uid)
{
	int i;

	for (i = 0; i < c->counts_n; i++)
		if (c->counts[i].uid == uid)
			return (&c->counts[i]);
	return (NULL);
}

bool
peer_crowd_enter(struct peer_crowd *c, uid_t uid)
{
	struct count *own;
	bool is_in = false;

	pthread_mutex_lock(&c->lock);
	own = find(c, uid);
	if (c->all < c->max &&
	    (own == NULL || uid == 0 || own->n < c->peer_max)) {
		if (own == NULL) {
			own = &c->counts[c->counts_n++];
			own->uid = uid;
			own->n = 0;
		}
		own->n++;
		c->all++;
		is_in = true;
	}
	pthread_mutex_unlock(&c->lock);
	return (is_in);
}

void
peer_crowd_leave(struct peer_crowd *c, uid_t uid)
{
	struct count *own;

	pthread_mutex_lock(&c->lock);
	if ((own = find(c, uid)) != NULL && --own->n == 0)
		*own = c->counts[--c->counts_n];
	c->all--;
	pthread_mutex_unlock(&c->lock);
}
