/*
 * base64.h: bytes as text in base64, with padding.
 * Room: base.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_base64.c
 */
#ifndef AUTHD_BASE_BASE64_H
#define AUTHD_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

/** BASE64_SIZE(n): characters of ${n} bytes, with a NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/** base64_put(p, n, out): write BASE64_SIZE(${n}) characters at ${out}.
 * Source: RFC 4648 section 4. */
void base64_put(const void *p, size_t n, char *out);

/**
 * base64_get(text, len, out, size, n):
 * Read all ${len} characters: no blank, no other alphabet, padded, nothing in
 * the bits that are left over. ${n} bytes are stored at ${out}.
 * Return: 0, or ERR_INVALID (also when they do not fit ${size}).
 */
int base64_get(
    const char *text, size_t len, uint8_t *out, size_t size, size_t *n) CHECKED;

#endif /* AUTHD_BASE_BASE64_H */
