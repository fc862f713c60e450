/*
 * impact.h: who would get in no more if a rule were changed, before it is.
 * Room: core.  Process: front.  Threads: any with a core; it only reads.
 * Unit test: tests/unit/test_impact.c
 *
 * An account is weighed by what it has now: a password, a phone or unused
 * recovery codes, a terminal with a live certificate; locks are not, they end
 * by themselves. Who could not log in before the change is not counted as
 * locked out by it.
 */
#ifndef AUTHD_CORE_IMPACT_H
#define AUTHD_CORE_IMPACT_H

#include "authd/core/account.h"
#include "authd/core/app.h"
#include "authd/core/way.h"

#define IMPACT_PEOPLE_MAX   50    /* told by name; the others are counted */
#define IMPACT_ACCOUNTS_MAX 20000 /* looked at, by login */
#define IMPACT_APPS_MAX     200   /* the same, by host */

struct impact_person {
	char login[LOGIN_MAX + 1];
	char name[NAME_MAX_BYTES + 1];
	char office[OFFICE_CODE_MAX + 1];
	char app[HOST_MAX + 1]; /* "": cannot log in at all */
	enum way why;
};

struct impact {
	int accounts;       /* looked at */
	int before, after;  /* of them get in; of one account: applications */
	int lost, gained;   /* the difference, in people; the same */
	int by[WAYS];         /* of those lost */
	int unplaced; /* get in if they come from a network that is named:
		       * nobody knows where from they do */
	bool is_partial; /* there are more accounts */
	bool asker_lost; /* the person who asks is among those lost */
	bool administrators_lost; /* some got in, and none does then */
	struct impact_person people[IMPACT_PEOPLE_MAX];
	int people_n;
};

/** impact_refusal(i): why core/change.h refuses it unless forced:
 * locks_out_self, locks_out_administrators; NULL: it does not. */
const char *impact_refusal(const struct impact *i);

/**
 * impact_app(c, act, before, after, out):
 * The rule ${before} of an application becomes ${after}; one of them may be
 * NULL: there is none, and nobody gets in.
 */
int impact_app(struct core *c, const struct act *act, const struct app *before,
    const struct app *after, struct impact *out) CHECKED;

/** impact_app_input(c, act, in, out): what app_set(), or where there is none of
 * this host app_add(), would do. Return: as these. */
int impact_app_input(struct core *c, struct act *act,
    const struct app_input *in, struct impact *out) CHECKED;

/** impact_account_input(c, act, in, out): what account_set() would do: to which
 * applications the person does not get any more. Return: as account_set(). */
int impact_account_input(struct core *c, struct act *act,
    const struct account_input *in, struct impact *out) CHECKED;

/** impact_office(c, act, code, out): what disabling the office would do. */
int impact_office(struct core *c, struct act *act, const char *code,
    struct impact *out) CHECKED;

/* What of sekisho.conf decides who gets in. */
struct impact_policy {
	bool takes_certs; /* a proxy may pass certificates on */
	bool has_portal;  /* there is a place to log in */
	int cert_unused_days;
};

/**
 * impact_app_refusal(c, act, before, after, why):
 * impact_refusal() of impact_app() into ${why}, without looking at everybody:
 * for the writer. impact_account_refusal(): of an account that becomes
 * ${after}.
 */
int impact_app_refusal(struct core *c, const struct act *act,
    const struct app *before, const struct app *after, const char **why) CHECKED;
int impact_account_refusal(struct core *c, const struct act *act,
    const struct account *before, const struct account *after,
    const char **why) CHECKED;

/** impact_policy_of(p, out): that part of the policy in force. */
void impact_policy_of(const struct policy *p, struct impact_policy *out);

/** impact_policy(c, act, next, out): the next start is with ${next}. */
int impact_policy(struct core *c, const struct act *act,
    const struct impact_policy *next, struct impact *out) CHECKED;

#endif /* AUTHD_CORE_IMPACT_H */
