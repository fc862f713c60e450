/*
 * ticket_fit.h: is a ticket of a purpose right for an account, now? Asked when
 * it is made, looked at, logged in to and held.
 * Room: core.  Process: front.  Threads: any with a core.
 * Unit test: tests/unit/test_ticket.c
 */
#ifndef AUTHD_CORE_TICKET_FIT_H
#define AUTHD_CORE_TICKET_FIT_H

#include "authd/core/account.h"

/**
 * ticket_fit_why(c, act, purpose, account, office, why):
 * Why a ticket of that purpose does nothing for the account now; NULL: it
 * does. disabled and others of account_obstacle(); already_enrolled,
 * enrol_by_passed, no_password, password_due, not_enrolled.
 */
int ticket_fit_why(struct core *c, struct act *act, enum ticket_purpose purpose,
    const struct account *account, const struct office *office,
    const char **why) CHECKED;

#endif /* AUTHD_CORE_TICKET_FIT_H */
