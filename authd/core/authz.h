/*
 * authz.h: may this request go through to that application? The one place
 * that says so.
 * Room: core.  Process: front.  Threads: any with a core; it only reads.
 * Unit test: tests/unit/test_authz.c
 */
#ifndef AUTHD_CORE_AUTHZ_H
#define AUTHD_CORE_AUTHZ_H

#include "authd/core/authz_kept.h"

/* Zero refuses. */
enum authz_verdict {
	AUTHZ_REFUSE = 0, /* logging in changes nothing */
	AUTHZ_LOGIN, /* not logged in here, or something has to be proven */
	AUTHZ_ACCEPT
};

/* What the proxy says of one request, checked. Borrowed. */
struct authz_in {
	const char *host; /* urlcheck.h */
	const char *path; /* not NUL-terminated */
	size_t path_len;
	const char *source; /* one address */
	const char *token;  /* of the cookie; "" none */
	const uint8_t *der; /* the client's certificate */
	size_t der_len;     /* 0: none that is believed */
};

struct authz {
	enum authz_verdict verdict;
	const char *why; /* of what is no acceptance: a word */
	struct authz_grant *grant; /* of an acceptance: who it is; to drop */
};

/**
 * authz_recall(c, act, in, out):
 * Accept from what is kept of an earlier acceptance (authz_kept.h), without the
 * store; false: authz_run() is to be asked. It accepts nothing that authz_run()
 * would not.
 */
bool authz_recall(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out) CHECKED;

/**
 * authz_run(c, act, in, out):
 * Decide. An accepted request counts as a use of its session.
 * Return: 0 with out->verdict set; ERR_* with AUTHZ_REFUSE.
 */
int authz_run(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out) CHECKED;

/**
 * authz_missing(app, row, path, n, now):
 * What the session ${row} has yet to prove, or to prove once more, for a path
 * of ${app}: SESSION_PASSWORD, SESSION_CODE or both; 0: nothing. Certificates
 * are looked at by authz_run() only, each time.
 */
unsigned authz_missing(const struct app *app, const struct session *row,
    const char *path, size_t n, const struct moment *now);

/** authz_obstacle(app, who, office): why this person, logged in or not, does not
 * get into ${app}, as a word; NULL: by level, group and office one does. */
const char *authz_obstacle(const struct app *app, const struct account *who,
    const struct office *office);

/** authz_has_word(list, word): is it one of these blank-separated ones? An
 * empty list has every word. */
bool authz_has_word(const char *list, const char *word) CHECKED;

#endif /* AUTHD_CORE_AUTHZ_H */
