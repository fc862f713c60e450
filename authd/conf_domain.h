/*
 * conf_domain.h: may one cookie be shared by all hosts below this name?
 * Process: parent and one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_conf.c
 */
#ifndef AUTHD_CONF_DOMAIN_H
#define AUTHD_CONF_DOMAIN_H

#include <stdbool.h>

#include "authd/base/err.h"

/**
 * conf_domain_is_own(name):
 * A name of two labels or more, in lower case and without a port, below which
 * hosts may be of one owner. Not one below which anybody may have a name, as
 * far as it can be seen: jp, co.jp, com.au, tokyo.jp, city.yokohama.jp.
 * A browser knows the whole list and refuses the rest itself.
 */
bool conf_domain_is_own(const char *name);

/** conf_domain_has(domain, portal_url): is the portal's host below it, or the
 * very name? Only then a browser takes the cookie from there. */
bool conf_domain_has(const char *domain, const char *portal_url);

#endif /* AUTHD_CONF_DOMAIN_H */
