/*
 * rights.h: what a person may see and do in the console, and of whom: the one
 * place that decides it.
 * Room: core.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_rights.c
 *
 * act->person says for whom a page acts. Where nobody is set, root or the user
 * who started us asks (act->right), who may do everything. What is not in the
 * table of rights.c is refused. An object of another office does not exist for
 * a person: act_sees() is asked wherever one is found (account_find(),
 * office_find(), terminals_show() and so on), so that its ids behave like those
 * that nobody has.
 */
#ifndef AUTHD_CORE_RIGHTS_H
#define AUTHD_CORE_RIGHTS_H

#include "authd/core/account.h"

enum rights_doing {
	RIGHTS_NOTHING = 0, /* nobody may */
	RIGHTS_LOOK,        /* accounts, devices, sessions, tickets, apps */
	RIGHTS_LOG,         /* read the audit log */
	RIGHTS_EXPORT,      /* take it away */
	RIGHTS_UNLOCK,      /* of an account */
	RIGHTS_TICKET,      /* create and void them */
	RIGHTS_LOST,        /* revoke phones, lose terminals, end sessions */
	RIGHTS_ACCOUNT,     /* add, set, disable, enable, reset,
			     * remove */
	RIGHTS_RULES,       /* applications and other rules of all offices */
	RIGHTS_DOINGS
};

/** rights_may(act, what): may who asks do this at all? */
bool rights_may(const struct act *act, enum rights_doing what) CHECKED;

/** rights_enter(act): has the person a role that opens the console? */
bool rights_enter(const struct act *act) CHECKED;

/**
 * rights_give(act, before, after):
 * Roles and the class privileged are given and taken by root only, whoever
 * else may change accounts; so is a name on servers, which belong to no office,
 * but for an operator. ${before} is NULL for a new one.
 * Return: 0 or ERR_DENIED (root_only).
 * Source: DESIGN 6.10.
 */
int rights_give(struct act *act, const struct account *before,
    const struct account *after) CHECKED;

/** rights_change(act, a): an operator, who looks after all offices, is changed,
 * disabled and enabled by another one or by root only, not by the office. */
int rights_change(struct act *act, const struct account *a) CHECKED;

/** rights_raised(before, after): was somebody made administrator or operator, or
 * the account privileged? */
bool rights_raised(const struct account *before, const struct account *after);

/** rights_reset(act, a): so are both factors of an administrator or operator
 * taken away, or given by a first ticket, or the whole account taken. */
int rights_reset(struct act *act, const struct account *a) CHECKED;

#endif /* AUTHD_CORE_RIGHTS_H */
