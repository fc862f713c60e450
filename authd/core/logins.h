/*
 * logins.h: logins that are under way: the password was right and a code, or a
 * new password, is awaited. Kept in memory only; a restart ends them.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_logins.c
 */
#ifndef AUTHD_CORE_LOGINS_H
#define AUTHD_CORE_LOGINS_H

#include "authd/core/act.h"
#include "authd/core/shown.h"
#include "authd/store/rows.h"

#define LOGINS_TOKEN_LEN 26 /* as a request id: 128 random bits */
#define LOGINS_LIFE_MS   (5 * 60 * 1000)
#define LOGINS_MAX       8192 /* under way at once */
#define LOGINS_EACH_MAX  8    /* of one account: the oldest ends */

enum logins_step { LOGINS_NONE = 0, LOGINS_CODE, LOGINS_NEW_PASSWORD };

/* One login under way. */
struct logins_entry {
	enum logins_step step;
	struct id office, account;
	char login[LOGIN_MAX + 1];
	char actor[AUDIT_ACTOR_MAX + 1]; /* the peer it is bound to */
	char consumer[BUCKET_MAX - 1];   /* and the service */
	char source[AUDIT_SOURCE_MAX + 1];
	int64_t password_ms; /* when the password was changed */
	bool by_recovery;    /* opened by a recovery code, not by a phone */
	struct id device;    /* the phone that opened it; else zero */
	struct shown_by by;  /* whose certificate came with the password */
	bool by_terminal;    /* opened by that, not by a phone */
	int64_t until_steady;
	uint64_t ends; /* by logins_end() before it was taken */
};

struct logins;

int logins_new(struct logins **out) CHECKED;
void logins_free(struct logins *l);

/**
 * logins_put(l, e, now, token):
 * Remember ${e} for LOGINS_LIFE_MS, or until e->until_steady when that is
 * sooner and not 0, under a new random token. Only a hash of it is kept. ERR_BUSY at LOGINS_MAX, ERR_SYS without random bytes.
 */
int logins_put(struct logins *l, const struct logins_entry *e,
    const struct moment *now, char token[LOGINS_TOKEN_LEN + 1]) CHECKED;

/**
 * logins_take(l, token, step, act, out):
 * Use a token up: each opens one step, once, for the peer it was made for. False, and ${out} zeroed, for anything else.
 */
bool logins_take(struct logins *l, const char *token, enum logins_step step,
    const struct act *act, struct logins_entry *out) CHECKED;

/**
 * logins_end(l, account, is_all), logins_is_over(l, e):
 * Those of this account are over, their tokens open nothing: all of them, or
 * only those that a recovery code opened. For one that was taken before and is
 * not at its end yet: was it meant too?
 */
void logins_end(struct logins *l, const struct id *account, bool is_all);
bool logins_is_over(const struct logins *l, const struct logins_entry *e);

#endif /* AUTHD_CORE_LOGINS_H */
