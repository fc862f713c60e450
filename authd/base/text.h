/*
 * text.h: checks and small conversions of text that came from outside.
 * Room: base.  Process: all (links nothing but libc).  Threads: any.
 * Unit test: tests/unit/test_text.c
 */
#ifndef AUTHD_BASE_TEXT_H
#define AUTHD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "authd/base/err.h"
#include "authd/base/limits.h"

/**
 * text_copy(out, size, in):
 * Copy ${in} and its NUL into ${out} of ${size} bytes.
 * Return: 0, or ERR_INVALID with ${out} empty when it does not fit.
 */
int text_copy(char *out, size_t size, const char *in) CHECKED;

/**
 * text_may_control(s):
 * May any of the eight bytes at ${s} be a control character of ASCII? False:
 * none is. Those from 0x80 on are none.
 */
static inline bool
text_may_control(const void *s)
{
	const uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
	uint64_t v, del;

	memcpy(&v, s, sizeof(v));
	del = v ^ 0x7f * ones;
	return (((((v - 0x20 * ones) & ~v) | ((del - ones) & ~del)) & high) != 0);
}

/**
 * text_is_utf8(s, n):
 * True when the ${n} bytes at ${s} are well-formed UTF-8 (no surrogates, no
 * overlong forms, nothing above U+10FFFF). Source: RFC 3629 section 4.
 */
bool text_is_utf8(const void *s, size_t n);

/**
 * text_is_clean(s, n):
 * True when the ${n} bytes at ${s} are UTF-8 of which nothing forges a line,
 * drives a terminal or turns a text around: no control characters, line or
 * paragraph separators, or characters that change the writing direction.
 */
bool text_is_clean(const void *s, size_t n);

/**
 * text_is_name(s):
 * True when ${s} may be shown to a person as a name or label: 1 to
 * NAME_MAX_BYTES bytes of UTF-8 that are clean, and not of blanks only.
 */
bool text_is_name(const char *s);

/**
 * text_fold_code(in, out):
 * Bring a typed one-time code into its one form: full-width digits become
 * ASCII, blanks (U+0020, U+3000) are dropped, and exactly CODE_DIGITS digits
 * must be left. Anything else, other scripts' digits and signs too, is not a
 * code.
 * Return: 0 or ERR_INVALID with ${out} empty.
 */
int text_fold_code(const char *in, char out[CODE_DIGITS + 1]) CHECKED;

/** text_put_hex(p, n, out): lower-case hex of ${n} bytes and a NUL. */
void text_put_hex(const uint8_t *p, size_t n, char *out);

/**
 * text_get_hex(in, out, n):
 * Read exactly ${n} bytes from 2 * ${n} lower-case hex digits.
 * Return: 0 or ERR_INVALID.
 */
int text_get_hex(const char *in, uint8_t *out, size_t n) CHECKED;

/**
 * text_put_base32(p, n, out, size):
 * Base32 without padding and a NUL; ${size} must be at least
 * (8 * n + 4) / 5 + 1, else ERR_INVALID. Source: RFC 4648 section 6.
 */
int text_put_base32(const uint8_t *p, size_t n, char *out, size_t size) CHECKED;

#endif /* AUTHD_BASE_TEXT_H */
