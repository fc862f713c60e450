/*
 * exchange_rig.h: a request as a page's take() gets it, made of texts.
 */
#ifndef TESTS_FAKES_EXCHANGE_RIG_H
#define TESTS_FAKES_EXCHANGE_RIG_H

#include "authd/web/exchange.h"

#define EXCHANGE_RIG_HEADERS 8

struct exchange_rig {
	struct exchange_in in;
	struct gate_header headers[EXCHANGE_RIG_HEADERS];
};

/** exchange_rig_begin(r, method, path, query, body): borrows the texts. */
void exchange_rig_begin(struct exchange_rig *r, const char *method,
    const char *path, const char *query, const char *body);
void exchange_rig_header(
    struct exchange_rig *r, const char *name, const char *value);

/** exchange_rig_find(out, name): a field of an answer; NULL. */
const char *exchange_rig_find(const struct exchange_out *out, const char *name);

/** exchange_rig_cookie(out, name, value, size): what Set-Cookie sets ${name}
 * to; false when it is not set. */
bool exchange_rig_cookie(
    const struct exchange_out *out, const char *name, char *value, size_t size);

#endif /* TESTS_FAKES_EXCHANGE_RIG_H */
