/*
 * terminal.h: may this certificate's terminal be used, and by whom. The only
 * one who is asked: by the API, the proxy's hook, the pages and logins.
 * Room: core.  Process: front.  Threads: any, with a core of its own.
 * Unit test: tests/unit/test_terminal.c
 */
#ifndef AUTHD_CORE_TERMINAL_H
#define AUTHD_CORE_TERMINAL_H

#include "authd/core/engine.h"

/* Zero refuses. */
enum terminal_verdict { TERMINAL_REFUSE = 0, TERMINAL_ACCEPT = 1 };

struct terminal_answer {
	enum terminal_verdict verdict;
	const char *reason; /* of a refusal: for the log, never told */
	struct cert cert;   /* kind CERT_NONE: not one of ours */
	struct terminal terminal;
	struct office office;
	char asked[LOGIN_MAX + 1]; /* folded; "" none, or no login */
	/* The account asked about, or the only one admitted; login "" when
	 * several are. */
	struct account account;
	bool is_only_one; /* exactly one account is admitted */
};

/**
 * terminal_check(c, act, der, len, login, out):
 * Is the certificate of ${len} bytes at ${der} alive, and does its terminal
 * admit ${login} (as typed), or anybody when NULL? Alive: ours by chain,
 * purpose and dates, this very one in our table and not revoked, the terminal
 * not lost, its office enabled. Admitted: of the same office, named by the
 * terminal or all are, and free to log in now.
 * Length 0 is an unreadable certificate, a refusal like any other.
 * Return: 0 with out->verdict set, else ERR_* with TERMINAL_REFUSE.
 */
int terminal_check(struct core *c, struct act *act, const uint8_t *der,
    size_t len, const char *login, struct terminal_answer *out) CHECKED;

/**
 * terminal_of(c, act, der, len, account, out):
 * The same for an account that is known, whether it may log in now or not:
 * whose terminal an attempt comes from (rule 6.2).
 */
int terminal_of(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const struct account *account, struct terminal_answer *out) CHECKED;

/**
 * terminal_seen(c, act, a):
 * Have the use, or the refusal, noted soon: by whom, from where, when. In
 * memory here; cert_life.h writes it.
 */
void terminal_seen(
    struct core *c, const struct act *act, const struct terminal_answer *a);

#endif /* AUTHD_CORE_TERMINAL_H */
