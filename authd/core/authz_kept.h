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

struct authz_kept;

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

#endif /* AUTHD_CORE_AUTHZ_KEPT_H */
