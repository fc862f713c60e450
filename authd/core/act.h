/*
 * act.h: who asks for something, when, under which request id, and why it was
 * not done. One of these accompanies every call of the rules.
 * Room: core.  Process: front.
 */
#ifndef AUTHD_CORE_ACT_H
#define AUTHD_CORE_ACT_H

#include <stdbool.h>

#include "authd/audit/audit_record.h"
#include "authd/base/err.h"
#include "authd/base/id.h"
#include "authd/base/limits.h"
#include "authd/core/moment.h"

/* What a peer may do; zero may do nothing. Each includes the one before. */
enum right {
	RIGHT_NONE = 0,
	RIGHT_PROXY = 1,  /* hand people's requests on: proxy_group */
	RIGHT_VERIFY = 2, /* ask for verdicts: verify_group */
	RIGHT_ADMIN = 3   /* everything: root and the user who started us */
};

#define ACT_PLACE_MAX 140

/* Why the input was not taken: for the person, beside the ERR_* number. */
struct problem {
	char code[40];    /* stable word: login_taken, bad_name, ... */
	char detail[200]; /* one English sentence */
};

/* The person for whom a page of the console acts: core/rights.h says what he
 * may see and do. Zeroed: none. */
struct act_person {
	bool is_set;
	bool is_everywhere; /* sees every office, else ${office} alone */
	struct id office, account;
	unsigned roles; /* ROLE_* */
};

struct act {
	enum right right;
	struct act_person person;
	char actor[AUDIT_ACTOR_MAX + 1];   /* unix:UID */
	char source[AUDIT_SOURCE_MAX + 1]; /* "" for a local peer */
	char place[ACT_PLACE_MAX + 1];     /* tty=, ruser= as a consumer told */
	char reason[NAME_MAX_BYTES + 1];   /* why, as who asks says; "" none:
					    * in every record of this act */
	char request_id[REQUEST_ID_LEN + 1];
	struct moment now; /* set when the work runs */
	struct problem problem;
	int refused; /* the work did nothing but write down that it is refused:
		      * what is answered, with the problem; 0: it is not */
};

/**
 * act_refuse(a, r, code, detail):
 * Note the problem in ${a} and return ${r}. ${code} and ${detail} are literals
 * or short texts; a longer one is cut.
 */
int act_refuse(struct act *a, int r, const char *code, const char *detail);

/** act_sees(a, office): false: what belongs to this office does not exist for
 * who asks. Asked wherever an object is found. */
bool act_sees(const struct act *a, const struct id *office) CHECKED;

#endif /* AUTHD_CORE_ACT_H */
