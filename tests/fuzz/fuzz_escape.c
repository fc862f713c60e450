/*
 * Goal of this target: an escaped text has no character that means something
 * in a page, and read as a browser reads it is the text again, with U+FFFD for
 * what is no text. An address is one of ours or "#". A part of an address is
 * decoded to the very bytes.
 * Links: authd/render/escape.c authd/render/catalog.c authd/base/text.c
 */
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "authd/render/catalog.h"
#include "authd/render/escape.h"
#include "tests/fuzz/fuzz.h"

static const struct {
	const char *entity;
	char c;
} entities[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
	{ "&quot;", '"' }, { "&#39;", '\'' }, { "&#96;", '`' } };

/* Undo entities in place; any other & is none of ours. */
static size_t
unescape(char *s, size_t n)
{
	size_t i = 0, len = 0, k, e;

	while (i < n) {
		FUZZ_CHECK(strchr("<>\"'`", s[i]) == NULL || s[i] == '\0');
		if (s[i] != '&') {
			s[len++] = s[i++];
			continue;
		}
		for (k = 0; k < sizeof(entities) / sizeof(entities[0]); k++) {
			e = strlen(entities[k].entity);
			if (n - i >= e &&
			    memcmp(s + i, entities[k].entity, e) == 0)
				break;
		}
		FUZZ_CHECK(k < sizeof(entities) / sizeof(entities[0]));
		s[len++] = entities[k].c;
		i += strlen(entities[k].entity);
	}
	return (len);
}

/* U+061C, U+200E and F, U+2028 to 202E, U+2066 to 2069, U+FEFF: they end a line
 * or turn a text around. The bytes are well-formed. */
static bool
is_turning(const uint8_t *p)
{
	if (p[0] == 0xd8)
		return (p[1] == 0x9c);
	if (p[0] == 0xef)
		return (p[1] == 0xbb && p[2] == 0xbf);
	if (p[0] != 0xe2)
		return (false);
	return ((p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f)) ||
	    (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

static bool
is_clean(const uint8_t *p, size_t n)
{
	size_t i;

	if (u8_check(p, n) != NULL)
		return (false);
	for (i = 0; i < n; i++) {
		if (p[i] == 0x7f ||
		    (p[i] < 0x20 && p[i] != '\t' && p[i] != '\r' &&
			p[i] != '\n'))
			return (false);
		if (p[i] == 0xc2 && p[i + 1] < 0xa0)
			return (false);
		if (is_turning(p + i))
			return (false);
	}
	return (true);
}

static void
check_html(const uint8_t *data, size_t size, char *out)
{
	size_t n = escape_put(ESCAPE_TEXT, (const char *)data, size, out);

	FUZZ_CHECK(n <= escape_most(size));
	n = unescape(out, n);
	FUZZ_CHECK(u8_check((const uint8_t *)out, n) == NULL);
	FUZZ_CHECK(
	    (n == size && memcmp(out, data, n) == 0) == is_clean(data, size));
}

static void
check_url(const uint8_t *data, size_t size, char *out)
{
	size_t n = escape_put(ESCAPE_URL, (const char *)data, size, out);

	FUZZ_CHECK(n <= escape_most(size));
	if (n == 1 && out[0] == '#')
		return;
	n = unescape(out, n);
	FUZZ_CHECK(n > 0 && memchr(out, '\\', n) == NULL &&
	    memchr(out, '\t', n) == NULL && memchr(out, '\n', n) == NULL &&
	    memchr(out, '\r', n) == NULL && memchr(out, ' ', n) == NULL);
	if (out[0] == '/')
		FUZZ_CHECK(n == 1 || out[1] != '/');
	else
		FUZZ_CHECK((out[0] | 32) == 'h' || (out[0] | 32) == 'o' ||
		    (out[0] | 32) == 'm' || (out[0] | 32) == 't');
}

static int
digit(char c)
{
	return (c <= '9' ? c - '0' : c - 'A' + 10);
}

static void
check_part(const uint8_t *data, size_t size, char *out)
{
	size_t n = escape_put(ESCAPE_URL_PART, (const char *)data, size, out);
	size_t i, len = 0;

	FUZZ_CHECK(n <= escape_most(size));
	for (i = 0; i < n; i++) {
		if (out[i] == '%') {
			FUZZ_CHECK(i + 2 < n);
			FUZZ_CHECK((digit(out[i + 1]) << 4 |
				       digit(out[i + 2])) == data[len]);
			i += 2;
		} else {
			FUZZ_CHECK(strchr("?#&=/\"'<>+ :@", out[i]) == NULL);
			FUZZ_CHECK((uint8_t)out[i] == data[len]);
		}
		len++;
	}
	FUZZ_CHECK(len == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *in = malloc(size + 1);
	char *out = malloc(escape_most(size) + 1);
	enum catalog_language language;

	FUZZ_CHECK(in != NULL && out != NULL);
	memcpy(in, data, size);
	in[size] = 0;
	check_html(in, size, out);
	check_url(in, size, out);
	check_part(in, size, out);
	language = catalog_choose(NULL, (const char *)in, size);
	FUZZ_CHECK(language == CATALOG_JA || language == CATALOG_EN);
	free(in);
	free(out);
	return (0);
}
