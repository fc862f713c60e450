#include <string.h>

#include "authd/base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_put(const void *p, size_t n, char *out)
{
	const uint8_t *b = p;
	uint32_t v;
	size_t i;

	for (; n > 0; b += 3, n -= n < 3 ? n : 3) {
		v = (uint32_t)b[0] << 16;
		v |= n > 1 ? (uint32_t)b[1] << 8 : 0;
		v |= n > 2 ? (uint32_t)b[2] : 0;
		for (i = 0; i < 4; i++)
			*out++ =
			    i > n ? '=' : alphabet[v >> (18 - 6 * i) & 0x3f];
	}
	*out = '\0';
}

/* The value of a character; -1 for one that has none. */
static int
value_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return (at == NULL ? -1 : (int)(at - alphabet));
}

int
base64_get(const char *text, size_t len, uint8_t *out, size_t size, size_t *n)
{
	size_t at, i, pad = 0, made = 0;
	uint32_t v;
	int x;

	*n = 0;
	if (len % 4 != 0)
		return (ERR_INVALID);
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	if (len / 4 * 3 - pad > size)
		return (ERR_INVALID);
	for (at = 0; at < len; at += 4) {
		for (v = 0, i = 0; i < 4; i++) {
			x = at + i >= len - pad ? 0 : value_of(text[at + i]);
			if (x == -1)
				return (ERR_INVALID);
			v = v << 6 | (uint32_t)x;
		}
		for (i = 0; i < 3 && made < len / 4 * 3 - pad; i++)
			out[made++] = (uint8_t)(v >> (16 - 8 * i));
		if (at + 4 == len && pad > 0 &&
		    (v & (pad == 2 ? 0xffffu : 0xffu)) != 0)
			return (ERR_INVALID);
	}
	*n = made;
	return (0);
}
