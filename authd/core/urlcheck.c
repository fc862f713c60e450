#include <string.h>
#include <strings.h>

#include "authd/core/urlcheck.h"

#define LABEL_MAX    63
#define HOSTNAME_MAX 253

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

static bool
is_alnum(char c)
{
	return (
	    is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

static int
hex(char c)
{
	if (is_digit(c))
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

/* One label of ${n} bytes: letters, digits, and hyphens between them. */
static bool
is_label(const char *s, size_t n)
{
	size_t i;

	if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return (false);
	for (i = 0; i < n; i++)
		if (!is_alnum(s[i]) && s[i] != '-')
			return (false);
	return (true);
}

static bool
is_name(const char *s, size_t n)
{
	size_t at = 0, len;
	const char *dot;

	if (n == 0 || n > HOSTNAME_MAX)
		return (false);
	for (;;) {
		dot = memchr(s + at, '.', n - at);
		len = dot == NULL ? n - at : (size_t)(dot - s) - at;
		if (!is_label(s + at, len))
			return (false);
		if (dot == NULL)
			break;
		at += len + 1;
	}
	/* the last label: an address, or what somebody takes for one; 0x7f
	 * begins with a digit too */
	return (!is_digit(s[at]));
}

/* 1 to 65535 without a zero in front. */
static bool
is_port(const char *s, size_t n)
{
	long port = 0;
	size_t i;

	if (n == 0 || n > 5 || s[0] == '0')
		return (false);
	for (i = 0; i < n; i++) {
		if (!is_digit(s[i]))
			return (false);
		port = port * 10 + (s[i] - '0');
	}
	return (port <= 65535);
}

int
urlcheck_host(const char *in, size_t n, char out[HOST_MAX + 1])
{
	const char *colon = memchr(in, ':', n);
	size_t name = colon == NULL ? n : (size_t)(colon - in), i;

	out[0] = '\0';
	if (!is_name(in, name) ||
	    (colon != NULL && !is_port(colon + 1, n - name - 1)))
		return (ERR_INVALID);
	if (colon != NULL && n - name == 4 && memcmp(colon, ":443", 4) == 0)
		n = name;
	for (i = 0; i < n; i++)
		out[i] = in[i] >= 'A' && in[i] <= 'Z' ? in[i] + 32 : in[i];
	out[n] = '\0';
	return (0);
}

/* May the byte ${c} be written as an escape in a path? */
static bool
may_be_escaped(int c)
{
	if (c < 0x20 || c == 0x7f)
		return (false);
	if (c < 0x80 && is_alnum((char)c))
		return (false);
	return (strchr("/\\.%-_~", c) == NULL);
}

/* ${c} behind ${before}: the longer spelling that UTF-8 forbids of a shorter
 * character, by which a careless application reads / and dots (RFC 3629
 * section 10). */
static bool
is_overlong(int before, int c)
{
	return (c == 0xc0 || c == 0xc1 ||
	    (before == 0xe0 && c >= 0x80 && c < 0xa0) ||
	    (before == 0xf0 && c >= 0x80 && c < 0x90));
}

/* One segment: not . nor .., also not with parameters behind it. */
static bool
is_segment(const char *s, size_t n)
{
	const char *semicolon = memchr(s, ';', n);
	size_t len = semicolon == NULL ? n : (size_t)(semicolon - s);

	return (!(len == 1 && s[0] == '.') &&
	    !(len == 2 && s[0] == '.' && s[1] == '.') &&
	    !(len == 0 && semicolon != NULL));
}

static bool
is_path(const char *s, size_t n)
{
	size_t i, from = 1;
	int high, low, before = -1;

	if (n == 0 || s[0] != '/')
		return (false);
	for (i = 1; i < n; i++) {
		if (s[i] != '%')
			before = -1;
		if (s[i] == '/') {
			if (i == from || !is_segment(s + from, i - from))
				return (false);
			from = i + 1;
		} else if (s[i] == '%') {
			if (n - i < 3 || (high = hex(s[i + 1])) < 0 ||
			    (low = hex(s[i + 2])) < 0 ||
			    !may_be_escaped(high * 16 + low) ||
			    is_overlong(before, high * 16 + low))
				return (false);
			before = high * 16 + low;
			i += 2;
		} else if (!is_alnum(s[i]) &&
		    strchr("-._~!$&'()*+,;=:@", s[i]) == NULL)
			return (false);
	}
	return (is_segment(s + from, n - from));
}

int
urlcheck_target(const char *in, size_t n, size_t *path_len)
{
	const char *query = memchr(in, '?', n);
	size_t i;

	*path_len = 0;
	for (i = 0; i < n; i++)
		if (in[i] <= ' ' || in[i] >= 0x7f || in[i] == '#' ||
		    in[i] == '\\')
			return (ERR_INVALID);
	i = query == NULL ? n : (size_t)(query - in);
	if (!is_path(in, i))
		return (ERR_INVALID);
	*path_len = i;
	return (0);
}

int
urlcheck_url(const char *in, size_t n, struct urlcheck *out)
{
	static const char scheme[] = "https://";
	const size_t len = sizeof(scheme) - 1;
	const char *slash;
	int r;

	memset(out, 0, sizeof(*out));
	if (n <= len || n > URLCHECK_MAX || memcmp(in, scheme, len) != 0)
		return (ERR_INVALID);
	in += len;
	n -= len;
	slash = memchr(in, '/', n);
	r = urlcheck_host(
	    in, slash == NULL ? n : (size_t)(slash - in), out->host);
	if (r == 0 && slash == NULL) {
		out->target = "/";
		out->target_len = out->path_len = 1;
	} else if (r == 0) {
		out->target = slash;
		out->target_len = n - (size_t)(slash - in);
		r = urlcheck_target(
		    out->target, out->target_len, &out->path_len);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}

bool
urlcheck_under(const char *path, size_t n, const char *prefix)
{
	size_t len = strlen(prefix);

	return (n >= len && strncasecmp(path, prefix, len) == 0);
}
