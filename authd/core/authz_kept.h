/*
 * authz_kept.h: who was let into an application, kept in memory for the next
 * request of the same session, so that it costs no question to the store.
 * Room: core.  Process: front.  Threads: any; raise on the writer's.
 * Unit test: tests/unit/test_authz.c
 *
 * Kept is what was read of the store for an acceptance, never a refusal, under
 * the number (generation) that counted when the reading began. The writer raises
 * that number after each commit that could change a decision and before it
 * answers anybody (engine_work.c), and nothing of an earlier number is found
 * from then on. What depends on the time or on the request is no part of it: it
 * is judged each time (authz_recall()). A certificate is looked at afresh each
 * time, so applications that ask for one are never kept.
 */
#ifndef AUTHD_CORE_AUTHZ_KEPT_H
#define AUTHD_CORE_AUTHZ_KEPT_H

#include <stdatomic.h>

#include "authd/core/session.h"

#define AUTHZ_KEPT_MAX 32768 /* sessions; of more, some are asked again */
#define AUTHZ_MADE_MAX 8192  /* of them, with what was made: see below */

struct authz_kept;
typedef void authz_use(void *made, void *arg);
typedef void authz_unmake(void *made);

/* One acceptance. Shared by those that hold it; only the times of use change. */
struct authz_grant {
	atomic_int holders;
	uint64_t generation;
	uint8_t token[SESSION_HASH_LEN];
	struct id office, account, session, parent;
	struct id terminal; /* whose certificate was shown; zero: none */
	int level;
	int64_t last_steady; /* over then, whatever its use */
	int64_t idle_ms;
	int64_t code_steady;           /* 0: no code was proven */
	int64_t leaves_ms;             /* wall: over from then; 0: no date */
	_Atomic int64_t used_steady;   /* the last use */
	_Atomic int64_t noted_steady;  /* of it, told to session_seen.h */
	struct authz_kept *in; /* NULL: it was never kept */
	/* see authz_kept_make(); the lock of its shard is held for them */
	void *made;
	authz_unmake *unmake;
	int worth;
	const char *host, *networks, *paths; /* of the application */
	const char *login, *groups, *name, *email, *code; /* code: office's */
	char text[];
};

/**
 * authz_kept_grant(app, view, out):
 * What was read of a session that is let in. ERR_NOMEM.
 * Owns: the caller, until authz_kept_drop().
 */
int authz_kept_grant(const struct app *app, const struct session_view *view,
    struct authz_grant **out) CHECKED;

/** authz_kept_drop(g): give one hold back. NULL-safe. */
void authz_kept_drop(struct authz_grant *g);

int authz_kept_new(struct authz_kept **out) CHECKED;
void authz_kept_free(struct authz_kept *k);

/** authz_kept_generation(k): the number that counts now; to be asked before a
 * reading begins. */
uint64_t authz_kept_generation(struct authz_kept *k);

/** authz_kept_raise(k): nothing that was read before now is found any more. */
void authz_kept_raise(struct authz_kept *k);

/**
 * authz_kept_put(k, g, generation):
 * Keep ${g}, with a hold of its own, as read under ${generation}; nothing when
 * that does not count any more.
 */
void authz_kept_put(
    struct authz_kept *k, struct authz_grant *g, uint64_t generation);

/** authz_kept_find(k, token, host): what is kept of this token's hash on that
 * host, with a hold for the caller; NULL: nothing that counts. */
struct authz_grant *authz_kept_find(struct authz_kept *k,
    const uint8_t token[SESSION_HASH_LEN], const char *host) CHECKED;

/**
 * authz_kept_make(g, made, unmake):
 * Keep with ${g} what its holder has made of it and of nothing else, for who
 * finds it next; it ends by ${unmake}. Of AUTHZ_MADE_MAX at most: those that are
 * asked for most stay, so that many who come in turn do not drive out each other.
 * False: ${g} is not kept or counts no more, has one, or there is no room.
 */
bool authz_kept_make(
    struct authz_grant *g, void *made, authz_unmake *unmake) CHECKED;

/**
 * authz_kept_use(g, use, arg):
 * Have what was made of ${g} used; false: nothing is kept, ${use} is not called.
 * It is called with a lock held, and must be brief.
 */
bool authz_kept_use(struct authz_grant *g, authz_use *use, void *arg) CHECKED;

#endif /* AUTHD_CORE_AUTHZ_KEPT_H */
