/*
 * way.h: would an account get in by a rule, with what it has?
 * Room: core.  Process: front.  Threads: any; it asks nobody.
 * Unit test: tests/unit/test_impact.c
 */
#ifndef AUTHD_CORE_WAY_H
#define AUTHD_CORE_WAY_H

#include <stdbool.h>

#include "authd/store/rows.h"

/* Whether somebody gets in, and if not, why. Zero does not. */
enum way {
	WAY_LOGIN = 0, /* cannot even log in */
	WAY_CLOSED,    /* nobody does */
	WAY_LEVEL,     /* the level is too low */
	WAY_GROUP,     /* in none of the groups */
	WAY_OFFICE,    /* of an office that is not named */
	WAY_PHONE,     /* neither a phone nor recovery codes */
	WAY_TERMINAL,  /* no terminal with a live certificate */
	WAY_NETWORK,   /* comes from elsewhere */
	WAY_IN,
	WAYS
};

/** way_word(way): login, level and so on; "" for WAY_IN. */
const char *way_word(enum way way);

/* What decides. */
struct way_rule {
	bool is_closed;        /* nobody gets in anywhere */
	const struct app *app; /* NULL: to log in is all that is wanted */
	bool takes_certs;      /* a terminal counts */
	bool takes_terminals;  /* another application is opened by one alone */
	bool keeps_used;       /* of its certificates those kept */
};

/**
 * way_find(rule, m, office, wall_ms, is_known):
 * The first thing that stands in the way of the account of ${m}, which is of
 * ${office}. Locks do not: they end by themselves. Somebody comes from where
 * the session used last did, else from the networks of the office; when that
 * is not known either (${is_known} is false), from where the rule says.
 */
enum way way_find(const struct way_rule *rule, const struct means *m,
    const struct office *office, int64_t wall_ms, bool *is_known);

#endif /* AUTHD_CORE_WAY_H */
