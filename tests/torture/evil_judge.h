/*
 * evil_judge.h: is this answer one that PROTOCOL allows to that request?
 */
#ifndef TESTS_TORTURE_EVIL_JUDGE_H
#define TESTS_TORTURE_EVIL_JUDGE_H

#include "tests/torture/evil.h"

/*
 * Judge the answer to s, which came by now; take what it tells into e.
 * Return: NULL, or what is wrong with it.
 */
const char *evil_judge(
    struct evil *e, const struct evil_sent *s, const uint8_t *answer, size_t n);

/* The code of a step. */
void evil_judge_code(
    const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1]);

#endif /* TESTS_TORTURE_EVIL_JUDGE_H */
