/*
 * evil_mutate.h: a message of which some bytes, a length or the end are not
 * what they were.
 */
#ifndef TESTS_TORTURE_EVIL_MUTATE_H
#define TESTS_TORTURE_EVIL_MUTATE_H

#include "tests/torture/evil.h"

void evil_mutate(struct evil *e, struct evil_sent *s);

#endif /* TESTS_TORTURE_EVIL_MUTATE_H */
