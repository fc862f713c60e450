/*
 * shape.h: what the API shows of an office, an account, a phone and an audit
 * record: the forms of API.md.
 * Room: web.  Process: front.  Threads: any.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_SHAPE_H
#define AUTHD_WEB_SHAPE_H

#include <jansson.h>

#include "authd/core/account.h"

/* Each adds its members to the object ${o}. Return: 0 or ERR_NOMEM. */

int shape_office(json_t *o, const struct office *row) CHECKED;

/** shape_account(o, row, status, office): what a list shows. ${office} is its
 * code; NULL leaves the member to be filled in later. */
int shape_account(json_t *o, const struct account *row,
    enum account_status status, const char *office) CHECKED;

/** shape_account_view(o, v): with lock and phones. */
int shape_account_view(json_t *o, const struct account_view *v) CHECKED;

int shape_account_state(json_t *o, const struct account_state *s) CHECKED;

int shape_phone(json_t *o, const struct phone *row) CHECKED;

int shape_record(json_t *o, const struct audit_row *row) CHECKED;

#endif /* AUTHD_WEB_SHAPE_H */
