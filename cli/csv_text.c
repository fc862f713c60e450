#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "cli/csv_text.h"

/* A character of two bytes becomes three, half-width kana of one, too. */
#define GROWTH 3

static bool
is_ascii(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] >= 0x80)
			return (false);
	}
	return (true);
}

/*
 * Pairs of half-width kana may be well-formed UTF-8 as well: C3 A9 is e with
 * an accent there. Whether every byte beyond ASCII is such a kana.
 */
static bool
is_kana(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] >= 0x80 && (p[i] < 0xa1 || p[i] > 0xdf))
			return (false);
	}
	return (true);
}

static int
copy(const uint8_t *p, size_t n, char **text, size_t *size)
{
	char *out = malloc(n + 1);

	if (out == NULL)
		return (ERR_NOMEM);
	memcpy(out, p, n);
	out[n] = '\0';
	*text = out;
	*size = n;
	return (0);
}

static int
from_cp932(
    const uint8_t *p, size_t n, char **text, size_t *size, const char **why)
{
	/* iconv() takes what it only reads as if it would write */
	char *in = (char *)(uintptr_t)p, *out = NULL, *at;
	size_t left = n * GROWTH;
	iconv_t cd = iconv_open("UTF-8", "CP932");
	int r = ERR_INVALID;

	if (cd == (iconv_t)-1) {
		*why = "not UTF-8, and this system cannot convert CP932; "
		       "save it as CSV UTF-8";
		return (ERR_INVALID);
	}
	if ((at = out = malloc(left + 1)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if (iconv(cd, &in, &n, &at, &left) == (size_t)-1) {
		*why = "neither UTF-8 nor CP932 (Shift_JIS); "
		       "save it as CSV UTF-8";
		goto out;
	}
	*at = '\0';
	*size = (size_t)(at - out);
	*text = out;
	out = NULL;
	r = 0;
out:
	free(out);
	iconv_close(cd);
	return (r);
}

int
csv_text_new(const void *bytes, size_t n, char **text, size_t *size,
    const char **why)
{
	const uint8_t *p = bytes;
	bool has_mark = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;

	if (n >= 2 &&
	    (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
		*why = "UTF-16 (Unicode text); save it as CSV UTF-8";
		return (ERR_INVALID);
	}
	if (memchr(p, '\0', n) != NULL) {
		*why = "it holds a zero byte and is no text";
		return (ERR_INVALID);
	}
	if (has_mark) {
		p += 3;
		n -= 3;
	}
	if (text_is_utf8(p, n)) {
		if (has_mark || is_ascii(p, n) || !is_kana(p, n))
			return (copy(p, n, text, size));
		*why = "it could be UTF-8 or CP932 (Shift_JIS); "
		       "save it as CSV UTF-8";
		return (ERR_INVALID);
	}
	if (has_mark) {
		*why = "it begins as UTF-8 but is not; save it as CSV UTF-8";
		return (ERR_INVALID);
	}
	return (from_cp932(p, n, text, size, why));
}
