/*
 * password_shape.h: runs, keyboard walks and repeats inside a password.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_password_policy.c
 *
 * All take ${n} characters after NFKC, lower case, katakana as hiragana, so
 * that full-width and mixed-case spellings are the same. A shape is
 * PASSWORD_SHAPE_LEN characters long; longer ones contain one.
 */
#ifndef AUTHD_CORE_PASSWORD_SHAPE_H
#define AUTHD_CORE_PASSWORD_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_SHAPE_LEN 4

/**
 * password_shape_has_run(c, n):
 * True for four letters or digits in alphabetical order, up or down (1234,
 * dcba), and for four kana in the order of the syllabary, of its columns'
 * heads or of the iroha.
 */
bool password_shape_has_run(const uint32_t *c, size_t n);

/**
 * password_shape_has_walk(c, n):
 * True for four neighbouring keys in a straight line on a JIS or US keyboard,
 * shifted or not, either way: along a row (qwer, :lkj), down or up a column
 * (1qaz, zse4). Digits in their order alone are a run, not a walk.
 */
bool password_shape_has_walk(const uint32_t *c, size_t n);

/**
 * password_shape_has_repeat(c, n):
 * True for the same character four times in a row. A repeated longer piece
 * (abab) is left to the estimate of strength, which counts it once.
 */
bool password_shape_has_repeat(const uint32_t *c, size_t n);

#endif /* AUTHD_CORE_PASSWORD_SHAPE_H */
