/*
 * enquiry.h: what the module asks the daemon, and what it takes for an answer.
 * Room: pam_module.
 * Unit test: tests/unit/test_enquiry.c; the judging fuzzed: fuzz_enquiry.c
 */
#ifndef PAM_MODULE_ENQUIRY_H
#define PAM_MODULE_ENQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

#define ENQUIRY_TEXT_MAX  1024 /* a login or answer that is worth sending */
#define ENQUIRY_WORD_MAX  63   /* an address, terminal or name beside it */
#define ENQUIRY_TOKEN_MAX 64

/* Everything asked in one call of the module: one deadline for all of it. */
struct enquiry {
	const char *socket;
	int64_t left_ms; /* of the deadline */
	/* who logs in, and from where; what is none was made "" */
	char login[ENQUIRY_TEXT_MAX + 1];
	char service[SERVICE_MAX + 1];
	char source[ENQUIRY_WORD_MAX + 1];
	char tty[ENQUIRY_WORD_MAX + 1];
	char ruser[ENQUIRY_WORD_MAX + 1];
	bool has_answered; /* some question was, in whatever way */
	/* of the last question that failed */
	bool is_silent; /* nobody was there or said a word in time, to this
			 * question or one before it */
	char why[160];  /* for the log */
};

enum enquiry_result {
	ENQUIRY_REFUSE = 0,
	ENQUIRY_ACCEPT,
	ENQUIRY_CONTINUE,       /* the password was right: now the code */
	ENQUIRY_CHANGE_PASSWORD /* both were, but it must be another one */
};

struct enquiry_verdict {
	enum enquiry_result result;
	int retry_after;   /* seconds, when the code was used before; else 0 */
	int recovery_left; /* after a recovery code; else -1 */
	char transaction[ENQUIRY_TOKEN_MAX + 1];
	char request_id[REQUEST_ID_LEN + 1];
};

enum enquiry_status {
	ENQUIRY_UNKNOWN = 0,  /* no such account */
	ENQUIRY_DISABLED,     /* it or its office; or for a reason not known */
	ENQUIRY_EXPIRED,      /* the person left, or never enrolled by its day */
	ENQUIRY_NOT_APPROVED, /* pending */
	ENQUIRY_ACTIVE
};

struct enquiry_state {
	enum enquiry_status status;
	bool may_enrol;        /* active, never enrolled, before its day */
	bool needs_new_password;
};

/**
 * enquiry_init(e, socket, timeout_ms):
 * ${socket} is borrowed. enquiry_person() then says who logs in; NULL is "".
 * A login that is no UTF-8 or too long becomes "", which is refused like any
 * other wrong one; a name instead of an address is no source; what a service
 * may not hold becomes `_`.
 */
void enquiry_init(struct enquiry *e, const char *socket, int64_t timeout_ms);
void enquiry_person(struct enquiry *e, const char *login, const char *service,
    const char *rhost, const char *tty, const char *ruser);

/**
 * enquiry_verify(e, code, v), enquiry_password(e, password, v),
 * enquiry_code(e, code, v):
 * Ask /v1/verify, or the first or second step of /v1/login (the second with
 * v->transaction of the first). An answer that is no text of a fair length is
 * asked as "", so that it is refused as any wrong one.
 * Return: 0 with ${v} set; ERR_SYS, ERR_TIMEOUT, ERR_PROTO, ERR_DENIED (not
 *         our daemon, or no right), ERR_BUSY (503): v->result is a refusal.
 */
int enquiry_verify(
    struct enquiry *e, const char *code, struct enquiry_verdict *v) CHECKED;
int enquiry_password(
    struct enquiry *e, const char *password, struct enquiry_verdict *v) CHECKED;
int enquiry_code(
    struct enquiry *e, const char *code, struct enquiry_verdict *v) CHECKED;

/** enquiry_state(e, s): /v1/account/state; errors as above. */
int enquiry_state(struct enquiry *e, struct enquiry_state *s) CHECKED;

/**
 * enquiry_report(e, host, number, at, service, rhost, user):
 * Tell the daemon that break-glass code ${number} of ${host} was used.
 * Return: 0 only when it was written into the audit log.
 */
int enquiry_report(struct enquiry *e, const char *host, int number,
    const char *at, const char *service, const char *rhost,
    const char *user) CHECKED;

/**
 * enquiry_judge(body, n, v), enquiry_judge_state(body, n, s):
 * Read the body of a 200. What is not exactly an acceptance accepts nothing.
 * Return: 0 or ERR_PROTO.
 */
int enquiry_judge(
    const char *body, size_t n, struct enquiry_verdict *v) CHECKED;
int enquiry_judge_state(
    const char *body, size_t n, struct enquiry_state *s) CHECKED;

#endif /* PAM_MODULE_ENQUIRY_H */
