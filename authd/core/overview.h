/*
 * overview.h: what an administrator wants to see of an office at a glance, and
 * an operator of all of them.
 * Room: core.  Process: front.  Threads: any with a core; it only reads.
 * Unit test: tests/unit/test_overview.c
 *
 * All of it is bounded: of a list so many are told, and so many are counted at
 * most.
 */
#ifndef AUTHD_CORE_OVERVIEW_H
#define AUTHD_CORE_OVERVIEW_H

#include "authd/core/engine.h"

#define OVERVIEW_SHOWN        10     /* of each list */
#define OVERVIEW_COUNTED      1000   /* locks and certificates */
#define OVERVIEW_ACCOUNTS_MAX 20000  /* looked at, by login */
#define OVERVIEW_RECORDS_MAX  100000 /* of the log, for the refusals of today */

#define OVERVIEW_ENDING_DAYS  30 /* certificates that end within */
#define OVERVIEW_UNUSED_DAYS  7  /* not used since they were issued, so long */
#define OVERVIEW_DORMANT_DAYS 90 /* accounts not used for so long */

struct overview_row {
	char office[OFFICE_CODE_MAX + 1];
	char login[LOGIN_MAX + 1];    /* of an account */
	char terminal[ID_TEXT + 1];   /* of a terminal */
	char name[NAME_MAX_BYTES + 1]; /* the person's, or the terminal's label */
	int64_t at_ms; /* locked until (0: until somebody unlocks), ends,
			* issued, last used, added */
};

struct overview_list {
	int n;        /* all of them */
	bool is_more; /* so many or more */
	struct overview_row rows[OVERVIEW_SHOWN];
	int rows_n;
};

struct overview {
	int accounts;    /* that may log in */
	bool is_partial; /* there are more accounts than were looked at */
	struct overview_list locked;     /* now */
	struct overview_list unenrolled; /* never had a phone, and no terminal */
	struct overview_list dormant;
	struct overview_list ending, unused; /* terminals, by certificate */
	int refused; /* records of refusals since midnight in Tokyo */
	bool refused_more;
	int64_t today_ms;
	bool is_clock_ok;
	int64_t backup_ms; /* when the last was made; 0: none is known */
};

/** overview_look(c, act, office, out): of a typed code, or NULL: of all that
 * who asks may see. ERR_NOTFOUND (no_such_office). */
int overview_look(struct core *c, struct act *act, const char *office,
    struct overview *out) CHECKED;

#endif /* AUTHD_CORE_OVERVIEW_H */
