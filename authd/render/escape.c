#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "authd/base/text.h"
#include "authd/render/escape.h"

#define MOST 6 /* &quot; */

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

size_t
escape_most(size_t n)
{
	return (n * MOST + 1); /* and "#" for an empty address */
}

static size_t
put(char *out, const char *text, size_t n)
{
	memcpy(out, text, n);
	return (n);
}

/* Bytes of the well-formed character at ${p}; 0: it is none. */
static size_t
character(const char *p, size_t n)
{
	const uint8_t c = (uint8_t)*p;
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return (len <= n && text_is_utf8(p, len) ? len : 0);
}

/* What may stand in no page: not clean, but for tab and line ends. */
static bool
is_control(const char *p, size_t len)
{
	return (*p != '\t' && *p != '\n' && *p != '\r' &&
	    !text_is_clean(p, len));
}

static const char *
entity_of(char c)
{
	switch (c) {
	case '&':
		return ("&amp;");
	case '<':
		return ("&lt;");
	case '>':
		return ("&gt;");
	case '"':
		return ("&quot;");
	case '\'':
		return ("&#39;");
	case '`':
		return ("&#96;");
	default:
		return (NULL);
	}
}

static size_t
put_html(const char *in, size_t n, char *out)
{
	size_t at = 0, len, i;
	const char *entity;

	for (i = 0; i < n; i += len == 0 ? 1 : len) {
		len = character(in + i, n - i);
		if (len == 0 || is_control(in + i, len))
			at +=
			    put(out + at, replacement, sizeof(replacement) - 1);
		else if (len == 1 && (entity = entity_of(in[i])) != NULL)
			at += put(out + at, entity, strlen(entity));
		else
			at += put(out + at, in + i, len);
	}
	return (at);
}

static bool
is_unreserved(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~');
}

static size_t
put_url_part(const char *in, size_t n, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t at = 0, i;

	for (i = 0; i < n; i++) {
		if (is_unreserved(in[i])) {
			out[at++] = in[i];
			continue;
		}
		out[at++] = '%';
		out[at++] = hex[(uint8_t)in[i] >> 4];
		out[at++] = hex[(uint8_t)in[i] & 15];
	}
	return (at);
}

/* Only what a page of ours may point to; a browser drops tabs and line ends
 * inside of an address, and takes \ for /. */
static bool
is_address(const char *in, size_t n)
{
	static const char *const schemes[] = { "https://", "otpauth://",
		"mailto:", "tel:" };
	size_t i, len;

	for (i = 0; i < n; i++)
		if ((uint8_t)in[i] <= ' ' || in[i] == '\\' || in[i] == 0x7f)
			return (false);
	if (n > 0 && in[0] == '/')
		return (n == 1 || in[1] != '/');
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		len = strlen(schemes[i]);
		if (n > len && strncasecmp(in, schemes[i], len) == 0)
			return (true);
	}
	return (false);
}

size_t
escape_put(enum escape_place place, const char *in, size_t n, char *out)
{
	switch (place) {
	case ESCAPE_URL_PART:
		return (put_url_part(in, n, out));
	case ESCAPE_URL:
		if (!is_address(in, n))
			return (put(out, "#", 1));
		break;
	case ESCAPE_TEXT:
	case ESCAPE_ATTRIBUTE:
		break;
	}
	return (put_html(in, n, out));
}
