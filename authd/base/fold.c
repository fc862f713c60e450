#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"

/* NFKC can make one character into 18; longer input cannot fold to a name. */
#define INPUT_MAX  512
#define FOLDED_MAX 4096

/*
 * Normalise, lower ASCII letters and drop blanks beside a hyphen. Letters
 * outside ASCII are left for the caller to refuse.
 */
static int
fold(const char *in, char *out, size_t size)
{
	uint8_t folded[FOLDED_MAX], *got;
	size_t len = strlen(in), n = sizeof(folded), i, k, at = 0;

	out[0] = '\0';
	if (len > INPUT_MAX || !text_is_utf8(in, len))
		return (ERR_INVALID);
	got = u8_normalize(UNINORM_NFKC, (const uint8_t *)in, len, folded, &n);
	if (got != folded) {
		free(got); /* too long for a name, or no memory: NULL */
		return (ERR_INVALID);
	}
	for (i = 0; i < n; i++) {
		uint8_t c = folded[i];

		if (c == ' ') {
			for (k = i; k < n && folded[k] == ' '; k++)
				;
			if ((k < n && folded[k] == '-') ||
			    (at > 0 && out[at - 1] == '-')) {
				i = k - 1;
				continue;
			}
		}
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (at + 1 >= size) {
			out[0] = '\0';
			return (ERR_INVALID);
		}
		out[at++] = (char)c;
	}
	out[at] = '\0';
	return (0);
}

static int
fold_within(
    const char *in, char *out, size_t size, size_t min, const char *allowed)
{
	int r;

	if ((r = fold(in, out, size)) != 0)
		return (r);
	if (strlen(out) < min || strspn(out, allowed) != strlen(out)) {
		out[0] = '\0';
		return (ERR_INVALID);
	}
	return (0);
}

int
fold_login(const char *in, char out[LOGIN_MAX + 1])
{
	return (fold_within(in, out, LOGIN_MAX + 1, LOGIN_MIN,
	    "abcdefghijklmnopqrstuvwxyz0123456789._-"));
}

int
fold_typed_login(const char *in, char out[LOGIN_MAX + 1])
{
	static const char wide[] = "\xe3\x80\x80"; /* U+3000 */
	char text[INPUT_MAX + 1];
	size_t n;

	while (*in == ' ' || strncmp(in, wide, 3) == 0)
		in += *in == ' ' ? 1 : 3;
	if ((n = strlen(in)) > INPUT_MAX) {
		out[0] = '\0';
		return (ERR_INVALID);
	}
	memcpy(text, in, n + 1);
	for (;;) {
		if (n > 0 && text[n - 1] == ' ')
			n--;
		else if (n >= 3 && memcmp(text + n - 3, wide, 3) == 0)
			n -= 3;
		else
			break;
		text[n] = '\0';
	}
	return (fold_login(text, out));
}

int
fold_office(const char *in, char out[OFFICE_CODE_MAX + 1])
{
	int r;

	r = fold_within(in, out, OFFICE_CODE_MAX + 1, 1,
	    "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (r == 0 && out[0] == '-') {
		out[0] = '\0';
		r = ERR_INVALID;
	}
	return (r);
}

int
fold_part(const char *in, char *out, size_t size)
{
	return (fold(in, out, size));
}
