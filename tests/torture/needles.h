/*
 * needles.h: does a text contain any eight bytes in a row of some secret?
 */
#ifndef TESTS_TORTURE_NEEDLES_H
#define TESTS_TORTURE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEEDLES_MAX  8192 /* windows, a power of two */
#define NEEDLES_SPAN 8

struct needles {
	uint64_t at[NEEDLES_MAX]; /* 0: free */
	size_t n;
};

/* Every window of a secret; its bytes and its lower-case hex. */
void needles_add(struct needles *s, const void *p, size_t n);

bool needles_find(const struct needles *s, const void *p, size_t n);

#endif /* TESTS_TORTURE_NEEDLES_H */
