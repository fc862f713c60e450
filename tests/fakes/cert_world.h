/*
 * cert_world.h: a core_world with a CA of its own, made by the real certs/:
 * certificates of every right and wrong kind, in the table or not.
 * What fails here ends the test.
 * Link with it: core_world's, ca_rig's, authd/core/host.c, live.c, seen.c.
 */
#ifndef TESTS_FAKES_CERT_WORLD_H
#define TESTS_FAKES_CERT_WORLD_H

#include "authd/core/cert.h"
#include "authd/core/seen.h"
#include "certs/x509_issue.h"
#include "tests/fakes/ca_rig.h"
#include "tests/fakes/core_world.h"

#define CERT_WORLD_DAY_MS (24 * WORLD_HOUR_MS)

struct cert_world {
	struct core_world world;
	struct ca_rig rig;
	struct x509_trust *trust;
	struct x509_profile *profile;
	struct office office;     /* tokyo */
	struct terminal terminal; /* "reception", admits nobody yet */
};

/** cert_world_start(w): office tokyo, accounts yamada, suzuki; office osaka,
 * account tanaka. */
void cert_world_start(struct cert_world *w);
void cert_world_stop(struct cert_world *w);

/** cert_world_admit(w, login): the terminal admits one more. */
void cert_world_admit(struct cert_world *w, const char *login);

/**
 * cert_world_make(w, subject, from_ms, to_ms, row):
 * Sign one, as the keeper would; it is in no table.
 */
void cert_world_make(struct cert_world *w, const struct x509_subject *subject,
    int64_t from_ms, int64_t to_ms, struct cert *row);

/** cert_world_subject(w): of the terminal. */
struct x509_subject cert_world_subject(const struct cert_world *w);

/** cert_world_add(w, row): put one into the table, as of the terminal. */
void cert_world_add(struct cert_world *w, struct cert *row);

/** cert_world_live(w): a year of the terminal's, from yesterday, in the table. */
struct cert cert_world_live(struct cert_world *w);

/** cert_world_host(w, name): a host and its live certificate. */
struct cert cert_world_host(struct cert_world *w, const char *name);

/** cert_world_now(w): the time of the world, in its act too. */
int64_t cert_world_now(struct cert_world *w);

#endif /* TESTS_FAKES_CERT_WORLD_H */
