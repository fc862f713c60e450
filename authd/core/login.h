/*
 * login.h: log in with ID and password, then a code, then, when it is due, a
 * new password. Each step opens the next one once.
 * Room: core.  Process: front.
 * Threads: login_hash() on a hash worker, everything else on the writer's.
 * Unit test: tests/unit/test_login.c
 *
 * A wrong ID and a wrong password take the same way: a failure slot (or a row
 * that counts nothing), a hash, an audit record, one answer.
 */
#ifndef AUTHD_CORE_LOGIN_H
#define AUTHD_CORE_LOGIN_H

#include "authd/core/logins.h"
#include "authd/core/password.h"
#include "authd/core/verify.h"

enum login_step {
	LOGIN_STEP_NONE = 0,
	LOGIN_STEP_PASSWORD,
	LOGIN_STEP_CODE,
	LOGIN_STEP_NEW_PASSWORD
};

/* Zero refuses. */
enum login_result {
	LOGIN_REFUSE = 0,
	LOGIN_ACCEPT,
	LOGIN_CONTINUE,       /* a code is asked, with next_token */
	LOGIN_CHANGE_PASSWORD /* a new password is asked, with next_token */
};

/* One step. Holds secrets: wipe after use. */
struct login {
	/* in */
	enum login_step step;
	char name[LOGIN_MAX + 1]; /* folded; "" when it was none */
	/* as typed, or the new one; cut one byte past PASSWORD_TEXT_MAX */
	char password[PASSWORD_TEXT_MAX + 2];
	char token[LOGINS_TOKEN_LEN + 1]; /* of the later steps */
	char code[CODE_DIGITS + 1];       /* folded; "" when it was none */
	char recovery[RECOVERY_LEN + 1];  /* or a recovery code, folded */
	bool may_repeat; /* a refused code opens its step once more, no longer
			  * than the first would have been open */
	char consumer[BUCKET_MAX - 1];    /* local:SERVICE; the later
					    * steps keep the first one's, and
					    * its source */
	struct shown shown; /* the certificate beside the password */
	char app[HOST_MAX + 1]; /* whose rule it is; "" none: a code is asked */
	/* out */
	enum login_result result;
	char next_token[LOGINS_TOKEN_LEN + 1];
	bool is_used_code;
	bool used_recovery; /* accepted by a recovery code */
	int recovery_left;  /* how many are left then */
	struct id device;   /* accepted by this phone's code; else zero */
	struct shown_by by; /* the live certificate that came with it */
	bool by_terminal;   /* it was the second factor */
	int retry_after;
	uint32_t reasons; /* why the new password was not taken; else 0 */
	/* between */
	struct verify verify;
	struct logins_entry entry;
	struct password_known known;
	bool has_entry, is_known, has_slot, is_blocked, is_hashed;
	char bucket[BUCKET_MAX + 1]; /* where the slot was taken */
	enum passhash_verdict verdict;
	char hash[PASSHASH_MAX + 1]; /* of the new password */
	const struct breach *breach; /* borrowed of the engine */
	struct password_renewal renewal;
};

/** login_prepare(c, act, l): hand the code over to be judged. */
int login_prepare(struct core *c, struct act *act, struct login *l) CHECKED;

/**
 * login_run(c, act, l, wants_hash):
 * Password: take a failure slot, durable before anything is hashed; with none
 * left nothing is evaluated. Code: decide. ${wants_hash} says whether
 * login_hash() and login_settle() must follow.
 * Source: RFC 4226 section 7.3 (parallel guesses); 2b rule 3 of the threats.
 */
int login_run(
    struct core *c, struct act *act, struct login *l, bool *wants_hash) CHECKED;

/** login_hash(p, k, l): the slow part, without the store. */
int login_hash(
    const struct policy *p, struct keeper *k, struct login *l) CHECKED;

/** login_give_back(c, act, l): instead of login_settle(), or after it was undone:
 * the slot was none when nothing was hashed, or the right password. */
int login_give_back(struct core *c, struct act *act, struct login *l) CHECKED;

/** login_settle(c, act, l): give the slot back or leave it; go on. */
int login_settle(struct core *c, struct act *act, struct login *l) CHECKED;

#endif /* AUTHD_CORE_LOGIN_H */
