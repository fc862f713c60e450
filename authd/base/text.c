#include <string.h>

#include "authd/base/text.h"

int
text_copy(char *out, size_t size, const char *in)
{
	size_t n = strlen(in);

	if (n >= size) {
		out[0] = '\0';
		return (ERR_INVALID);
	}
	memcpy(out, in, n + 1);
	return (0);
}

/*
 * Decode one character; returns its length in bytes, or 0 when the bytes are
 * not well-formed.
 */
static size_t
decode(const uint8_t *s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len, i;

	if (n == 0)
		return (0);
	if (s[0] < 0x80) {
		*cp = s[0];
		return (1);
	}
	if ((s[0] & 0xe0) == 0xc0)
		len = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		len = 3;
	else if ((s[0] & 0xf8) == 0xf0)
		len = 4;
	else
		return (0);
	if (len > n)
		return (0);
	*cp = s[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return (0);
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[len] || *cp > 0x10ffff ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return (0);
	return (len);
}

bool
text_is_utf8(const void *s, size_t n)
{
	const uint8_t *at = s;
	uint32_t cp;
	size_t len;

	for (; n > 0; at += len, n -= len) {
		if ((len = decode(at, n, &cp)) == 0)
			return (false);
	}
	return (true);
}

/* Characters that could forge a line or turn a name around. */
static bool
is_unprintable(uint32_t cp)
{
	return (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x061c ||
	    cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff);
}

/* Are these eight plain ASCII, which most of what is asked about is? */
static bool
are_plain(const uint8_t *s)
{
	uint64_t v;

	memcpy(&v, s, sizeof(v));
	return ((v & 0x8080808080808080) == 0 && !text_may_control(s));
}

bool
text_is_clean(const void *s, size_t n)
{
	const uint8_t *at = s;
	uint32_t cp;
	size_t len;

	for (; n > 0; at += len, n -= len) {
		len = sizeof(uint64_t);
		if (n >= len && are_plain(at))
			continue;
		if ((len = decode(at, n, &cp)) == 0 || is_unprintable(cp))
			return (false);
	}
	return (true);
}

bool
text_is_name(const char *s)
{
	const uint8_t *at = (const uint8_t *)s;
	size_t n = strlen(s), len;
	bool has_mark = false;
	uint32_t cp;

	if (n == 0 || n > NAME_MAX_BYTES || !text_is_clean(s, n))
		return (false);
	for (; n > 0; at += len, n -= len) {
		if ((len = decode(at, n, &cp)) == 0)
			return (false);
		if (cp != ' ' && cp != 0x3000 && cp != 0xa0)
			has_mark = true;
	}
	return (has_mark);
}

int
text_fold_code(const char *in, char out[CODE_DIGITS + 1])
{
	const uint8_t *at = (const uint8_t *)in;
	size_t left = strlen(in), n = 0, len;
	uint32_t cp;

	/* A code and its blanks are short; more is not worth reading. */
	if (left > 64)
		goto bad;
	for (; left > 0; at += len, left -= len) {
		if ((len = decode(at, left, &cp)) == 0)
			goto bad;
		if (cp == ' ' || cp == 0x3000)
			continue;
		if (cp >= 0xff10 && cp <= 0xff19)
			cp = cp - 0xff10 + '0';
		if (cp < '0' || cp > '9' || n == CODE_DIGITS)
			goto bad;
		out[n++] = (char)cp;
	}
	if (n != CODE_DIGITS)
		goto bad;
	out[n] = '\0';
	return (0);
bad:
	out[0] = '\0';
	return (ERR_INVALID);
}

void
text_put_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	return (-1);
}

int
text_get_hex(const char *in, uint8_t *out, size_t n)
{
	size_t i;
	int high, low;

	if (strlen(in) != 2 * n)
		return (ERR_INVALID);
	for (i = 0; i < n; i++) {
		high = hex_value(in[2 * i]);
		low = hex_value(in[2 * i + 1]);
		if (high < 0 || low < 0)
			return (ERR_INVALID);
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (0);
}

int
text_put_base32(const uint8_t *p, size_t n, char *out, size_t size)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	size_t i, at = 0;

	if (size < (8 * n + 4) / 5 + 1)
		return (ERR_INVALID);
	for (i = 0; i < n; i++) {
		bits = bits << 8 | p[i];
		have += 8;
		while (have >= 5) {
			have -= 5;
			out[at++] = alphabet[bits >> have & 31];
		}
	}
	if (have > 0)
		out[at++] = alphabet[bits << (5 - have) & 31];
	out[at] = '\0';
	return (0);
}
