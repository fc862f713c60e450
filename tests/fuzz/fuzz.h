/*
 * fuzz.h: what every target shares. A target is an oracle: it looks at what
 * the real code made of the input and aborts when that breaks a promise of the
 * code's header. libFuzzer drives it (make fuzz), or replay.c (make test).
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/buf.h"

/** LLVMFuzzerTestOneInput(data, size): the one function of a target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** FUZZ_CHECK(cond): a promise; when it is broken the process aborts. */
#define FUZZ_CHECK(cond)                                                       \
	((cond) ? (void)0 : fuzz_broken(#cond, __FILE__, __LINE__))

void fuzz_broken(const char *what, const char *file, int line)
    __attribute__((noreturn));

/**
 * fuzz_text(p, n):
 * ${n} bytes and a NUL in memory of exactly that size, so that a sanitizer
 * sees every read beyond it. Owns: the caller, who frees it.
 */
char *fuzz_text(const void *p, size_t n);

/**
 * fuzz_take(r, n): borrow up to ${n} of the bytes left; the number in ${n}.
 */
const uint8_t *fuzz_take(struct buf_reader *r, size_t *n);

/**
 * fuzz_take_text(r, max):
 * As fuzz_text() for the next bytes up to a NUL, at most ${max}; the NUL is
 * passed over. "" when nothing is left.
 */
char *fuzz_take_text(struct buf_reader *r, size_t max);

/** fuzz_is_zero(p, n): true when all bytes are zero. */
bool fuzz_is_zero(const void *p, size_t n);

#endif /* TESTS_FUZZ_FUZZ_H */
