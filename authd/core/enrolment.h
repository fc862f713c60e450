/*
 * enrolment.h: a person brings the own phone, on a page: a QR code that stays
 * the same while it is tried, the first code, and what comes of it.
 * Room: core.  Process: front.  Threads: the writer's.
 * Unit test: tests/unit/test_enrolment.c
 */
#ifndef AUTHD_CORE_ENROLMENT_H
#define AUTHD_CORE_ENROLMENT_H

#include "authd/core/enrol.h"
#include "authd/core/recovery.h"
#include "authd/core/session.h"

/* What a code came to. Zero refuses. */
enum enrolment_result {
	ENROLMENT_REFUSED = 0, /* not the code: the same QR code goes on */
	ENROLMENT_NONE,        /* none is waiting: from the beginning */
	ENROLMENT_OTHER,  /* it was made anew meanwhile: that one is waiting */
	ENROLMENT_AGAIN,  /* its time was over: a new one was made */
	ENROLMENT_BEFORE, /* this phone is in use already */
	ENROLMENT_DONE
};

/* Holds secrets: wipe after use. */
struct enrolment {
	/* in */
	const char *code;     /* as typed; borrowed */
	const char *device;   /* id of the phone whose QR code was seen */
	const char *replaces; /* id of the phone that ends then; NULL none */
	/* out */
	enum enrolment_result result;
	struct phone phone;          /* from ENROLMENT_OTHER on */
	bool has_replaced;           /* that phone is in use no more */
	struct recovery_codes codes; /* the first ones; n 0: there are some */
	char token[TOKEN_LEN + 1];   /* the session's new one; "" none */
};

/**
 * enrolment_label(typed, out):
 * A phone's name as a person typed it, without blanks at its ends.
 * Return: 0; ERR_INVALID with ${out} empty: it is none (text_is_name()).
 */
int enrolment_label(const char *typed, char out[NAME_MAX_BYTES + 1]) CHECKED;

/**
 * enrolment_confirm(c, act, login, who, q):
 * Confirm the waiting phone of ${login} and, for whom it is the first, make
 * recovery codes. With the live session ${who} (NULL: none) the phone it was
 * opened with may be replaced: the session goes on with the new one, under a
 * new token.
 * Return: 0; ERR_WRONG_STATE (last_administrator, account_disabled);
 * ERR_NOTFOUND.
 */
int enrolment_confirm(struct core *c, struct act *act, const char *login,
    const struct session_view *who, struct enrolment *q) CHECKED;

#endif /* AUTHD_CORE_ENROLMENT_H */
