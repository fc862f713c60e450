#include <stdlib.h>
#include <string.h>

#include "tests/torture/needles.h"

static size_t
place(uint64_t w)
{
	return ((w * 0x9e3779b97f4a7c15) >> 51);
}

_Static_assert(NEEDLES_MAX == 1 << (64 - 51), "place() is for this size");

static void
add_windows(struct needles *s, const uint8_t *p, size_t n)
{
	uint64_t w;
	size_t i, at;

	for (i = 0; i + sizeof(w) <= n; i++) {
		memcpy(&w, p + i, sizeof(w));
		at = place(w);
		while (s->at[at] != 0 && s->at[at] != w)
			at = (at + 1) % NEEDLES_MAX;
		/* Half full at most: finding stays short. */
		if (w == 0 || (s->at[at] == 0 && ++s->n > NEEDLES_MAX / 2))
			abort();
		s->at[at] = w;
	}
}

void
needles_add(struct needles *s, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = p;
	uint8_t hex[256];
	size_t i;

	if (n > sizeof(hex) / 2)
		abort();
	for (i = 0; i < n; i++) {
		hex[2 * i] = (uint8_t)digits[from[i] >> 4];
		hex[2 * i + 1] = (uint8_t)digits[from[i] & 15];
	}
	add_windows(s, from, n);
	add_windows(s, hex, 2 * n);
}

bool
needles_find(const struct needles *s, const void *p, size_t n)
{
	const uint8_t *from = p;
	uint64_t w;
	size_t i, at;

	for (i = 0; i + sizeof(w) <= n; i++) {
		memcpy(&w, from + i, sizeof(w));
		for (at = place(w); s->at[at] != 0; at = (at + 1) % NEEDLES_MAX)
			if (s->at[at] == w)
				return (true);
	}
	return (false);
}
