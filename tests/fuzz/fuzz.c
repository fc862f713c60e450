#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

char *
fuzz_text(const void *p, size_t n)
{
	char *text = malloc(n + 1);

	if (text == NULL)
		abort();
	if (n > 0)
		memcpy(text, p, n);
	text[n] = '\0';
	return (text);
}

const uint8_t *
fuzz_take(struct buf_reader *r, size_t *n)
{
	const uint8_t *p = r->at;

	if (*n > r->left)
		*n = r->left;
	r->at += *n;
	r->left -= *n;
	return (p);
}

char *
fuzz_take_text(struct buf_reader *r, size_t max)
{
	size_t n = r->left < max ? r->left : max;
	const uint8_t *nul = n == 0 ? NULL : memchr(r->at, '\0', n);
	char *text;

	if (nul != NULL)
		n = (size_t)(nul - r->at);
	text = fuzz_text(r->at, n);
	if (nul != NULL)
		n++;
	(void)fuzz_take(r, &n);
	return (text);
}

bool
fuzz_is_zero(const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n > 0 && *at == 0) {
		at++;
		n--;
	}
	return (n == 0);
}
