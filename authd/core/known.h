/*
 * known.h: what a reader has read that is the same for many: applications,
 * offices, orders to end sessions and passwords. For a session that is not kept
 * (authz_kept.h) they are half of what has to be asked.
 * Room: core.  Process: front.  Threads: of one reader (struct core) at a time.
 * Unit test: tests/unit/test_known.c
 *
 * It counts as long as what is kept of acceptances does: under the number
 * (core.as_of) that was asked for before the reader's view began, which the
 * writer raises after each change and before it answers anybody. Who has no
 * place for it (core.known NULL: the writer) asks the store each time.
 */
#ifndef AUTHD_CORE_KNOWN_H
#define AUTHD_CORE_KNOWN_H

#include "authd/core/engine.h"

struct known;

int known_new(struct known **out) CHECKED;
void known_free(struct known *k);

/** known_app(c, host, out): as store_ops.app_find. */
int known_app(struct core *c, const char *host, struct app *out) CHECKED;

/** known_office(c, id, out): as store_ops.office_by_id. */
int known_office(
    struct core *c, const struct id *id, struct office *out) CHECKED;

/** known_order(c, key, at): the time stored under this name (store_ops.meta_get),
 * 0: none. */
int known_order(struct core *c, const char *key, int64_t *at) CHECKED;

#endif /* AUTHD_CORE_KNOWN_H */
