/*
 * password_text.h: the one form in which a password is judged and hashed.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_password_policy.c
 */
#ifndef AUTHD_CORE_PASSWORD_TEXT_H
#define AUTHD_CORE_PASSWORD_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

/* Bytes of a password, as typed and after NFKC. */
#define PASSWORD_TEXT_MAX 1024

/**
 * password_text_normal(in, n, out, out_n):
 * Bring ${n} bytes of UTF-8 into NFKC, so that full-width letters, half-width
 * kana and composed or decomposed accents are one password; letters' case
 * stays. Setting and checking a password must both start here. ${out} gets
 * ${out_n} bytes and a NUL.
 * Return: 0; ERR_INVALID when it is no UTF-8 or has a NUL or another control
 * character in it; ERR_LIMIT when it is or becomes longer than
 * PASSWORD_TEXT_MAX; ERR_NOMEM. On failure ${out} is wiped.
 * Source: Unicode Standard Annex 15; NIST SP 800-63B-4 section 3.1.1.2.
 */
int password_text_normal(const char *in, size_t n,
    char out[PASSWORD_TEXT_MAX + 1], size_t *out_n) CHECKED;

/**
 * password_text_fold(in, n, out):
 * Write the characters of ${n} bytes of UTF-8 in lower case, katakana as
 * hiragana: the form in which texts are looked for in each other. ${out} must
 * hold ${n} characters.
 * Return: how many were written.
 */
size_t password_text_fold(const char *in, size_t n, uint32_t *out);

#endif /* AUTHD_CORE_PASSWORD_TEXT_H */
