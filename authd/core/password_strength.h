/*
 * password_strength.h: how many bits of guessing a password costs.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_password_policy.c
 *
 * The estimate is libzxcvbn's over its own dictionaries and ours
 * (password_words.txt), which know capitals, leet, reversed words, dates,
 * keyboard paths and repeated pieces. It reads bytes, so a password with
 * kana is estimated as the romaji one would type, and one with kanji or
 * other signs twice: with them (our list has the common ones) and with each
 * counted as one letter; the smaller number counts.
 */
#ifndef AUTHD_CORE_PASSWORD_STRENGTH_H
#define AUTHD_CORE_PASSWORD_STRENGTH_H

#include <stddef.h>

#include "authd/base/err.h"

/**
 * password_strength_bits(normal, n, bits):
 * Estimate the ${n} bytes at ${normal} (from password_text_normal, with its
 * NUL) and store the bits, rounded down, in ${bits}.
 * Return: 0, or ERR_NOMEM with ${bits} 0.
 */
int password_strength_bits(const char *normal, size_t n, int *bits) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_STRENGTH_H */
