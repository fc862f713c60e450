/*
 * evil_make.h: the messages of a front that was taken over, valid and not.
 */
#ifndef TESTS_TORTURE_EVIL_MAKE_H
#define TESTS_TORTURE_EVIL_MAKE_H

#include "tests/torture/evil.h"

/* The next message; fills len, at, must_refuse and must_fail of s. */
void evil_make(struct evil *e, struct evil_sent *s);

/* xorshift64*: a number below n. */
uint64_t evil_make_random(struct evil *e, uint64_t n);

/* n random bytes. */
void evil_make_fill(struct evil *e, void *p, size_t n);

#endif /* TESTS_TORTURE_EVIL_MAKE_H */
