/*
 * peer.h: who is at the other end of a unix socket and what he may do.
 * Room: web.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_peer.c.
 */
#ifndef AUTHD_WEB_PEER_H
#define AUTHD_WEB_PEER_H

#include <sys/types.h>

#include "authd/core/act.h"

#define PEER_NO_GROUP ((gid_t)-1)

struct peer {
	uid_t uid;
	enum right right;
};

/* Who may do what on one listening socket. */
struct peer_rule {
	uid_t starter;    /* administrates, beside root */
	gid_t group;      /* PEER_NO_GROUP: nobody */
	enum right right; /* of its members */
};

/**
 * peer_get(fd, rule, out):
 * Ask the kernel once who connected. Root and the starter may administrate, a
 * member of the group, by primary or supplementary group at the time of
 * connecting, may do what the rule says, others nothing.
 * Return: 0, or ERR_SYS or ERR_NOMEM with ${out} zeroed: nothing allowed.
 */
int peer_get(
    int fd, const struct peer_rule *rule, struct peer *out) CHECKED;

struct peer_crowd;

/**
 * peer_crowd_new(max, peer_max, out):
 * Count connections: at most ${max} in all, and ${peer_max} of one user, from
 * which root is exempt.
 */
int peer_crowd_new(int max, int peer_max, struct peer_crowd **out) CHECKED;
void peer_crowd_free(struct peer_crowd *c);

/** peer_crowd_enter(c, uid): true when there is room; a leave must follow. */
bool peer_crowd_enter(struct peer_crowd *c, uid_t uid) CHECKED;
void peer_crowd_leave(struct peer_crowd *c, uid_t uid);

#endif /* AUTHD_WEB_PEER_H */
