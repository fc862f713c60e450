/*
 * mem.h: memory that holds or compares secrets, and random bytes.
 * Room: base.  Process: all.  Threads: any.
 * Unit test: tests/unit/test_mem.c
 */
#ifndef AUTHD_BASE_MEM_H
#define AUTHD_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

/**
 * mem_wipe(p, n):
 * Overwrite ${n} bytes at ${p} in a way the compiler keeps. NULL is allowed.
 */
void mem_wipe(void *p, size_t n);

/**
 * mem_equal(a, b, n):
 * Compare ${n} bytes in a time that depends on ${n} only.
 */
bool mem_equal(const void *a, const void *b, size_t n) CHECKED;

/**
 * mem_random(p, n):
 * Fill ${n} bytes at ${p} from getrandom(2). On failure ${p} is wiped.
 * Return: 0 or ERR_SYS; a caller must then give up what it was making.
 */
int mem_random(void *p, size_t n) CHECKED;

/**
 * mem_secret_new(n, p):
 * Map ${n} bytes (zeroed) for keys and store them in ${p}: locked into
 * memory, left out of cores, wiped in a forked child, between guard pages.
 * Return: 0, ERR_NOMEM or ERR_SYS (also when the memory cannot be locked).
 * Owns: the caller, who frees with mem_secret_free().
 */
int mem_secret_new(size_t n, void **p) CHECKED;

/**
 * mem_secret_free(p, n):
 * Wipe and unmap what mem_secret_new() gave for the same ${n}. NULL-safe.
 */
void mem_secret_free(void *p, size_t n);

#endif /* AUTHD_BASE_MEM_H */
