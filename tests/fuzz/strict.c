#include <string.h>
#include <strings.h>

#include "authd/base/limits.h"
#include "tests/fuzz/strict.h"

static const char token[] = "!#$%&'*+-.^_`|~0123456789"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz";
static const char plain[] = "/-._~0123456789"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz";

/* How many of the bytes are in the set; a NUL never is. */
static size_t
span(const char *p, size_t n, const char *set)
{
	size_t i = 0;

	while (i < n && p[i] != '\0' && strchr(set, p[i]) != NULL)
		i++;
	return (i);
}

static bool
is_end_byte(char c)
{
	return (c == '\0' || c == '\r' || c == '\n');
}

/*
 * What libmicrohttpd takes for the end of a head and leaves no trace of: four of
 * these, of which the second or third may be a colon, since it takes a line that
 * begins with one for the empty line.
 */
static bool
is_head_end(const char *end)
{
	return (is_end_byte(end[0]) && (is_end_byte(end[1]) || end[1] == ':') &&
	    (is_end_byte(end[2]) || end[2] == ':') && is_end_byte(end[3]));
}

/* The next line without its end; false when there is no whole one. */
static bool
next_line(
    const char **p, size_t *n, const char **line, size_t *len, bool *is_last)
{
	const char *end;

	*line = *p;
	for (*len = 0; *len < *n && !is_end_byte((*line)[*len]); (*len)++)
		;
	end = *line + *len;
	if (*n - *len < 2)
		return (false);
	*is_last = *n - *len >= 4 && is_head_end(end);
	if (!*is_last && memcmp(end, "\r\n", 2) != 0 &&
	    memcmp(end, "\0\n", 2) != 0 && memcmp(end, "\0\r", 2) != 0)
		return (false);
	*p = end + (*is_last ? 4 : 2);
	*n -= (size_t)(*p - *line);
	return (true);
}

struct seen {
	bool is_1_1, is_get;
	int host, length, type, expect;
};

static bool
read_request_line(const char *l, size_t n, struct seen *s)
{
	size_t k = span(l, n, token);

	if (k == 0 || k == n || l[k] != ' ')
		return (false);
	s->is_get = (k == 3 && memcmp(l, "GET", 3) == 0) ||
	    (k == 4 && memcmp(l, "HEAD", 4) == 0);
	l += k + 1;
	n -= k + 1;
	k = span(l, n, plain);
	if (k == 0 || k == n || l[0] != '/' || l[k] != ' ')
		return (false);
	l += k + 1;
	n -= k + 1;
	s->is_1_1 = n == 8 && memcmp(l, "HTTP/1.1", 8) == 0;
	return (s->is_1_1 || (n == 8 && memcmp(l, "HTTP/1.0", 8) == 0));
}

static bool
is_name(const char *l, size_t n, const char *name)
{
	return (n == strlen(name) && strncasecmp(l, name, n) == 0);
}

static bool
read_length(const char *v, size_t n, size_t *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n; i++) {
		if (v[i] < '0' || v[i] > '9')
			return (false);
		if (*out <= BODY_MAX)
			*out = *out * 10 + (size_t)(v[i] - '0');
	}
	return (n > 0);
}

static bool
read_field(const char *l, size_t n, struct seen *s, struct strict_head *out)
{
	size_t k = span(l, n, token), i;
	const char *v = l + k + 1;

	if (k == 0 || k == n || l[k] != ':')
		return (false);
	n -= k + 1;
	for (; n > 0 && (*v == ' ' || *v == '\t'); n--)
		v++;
	while (n > 0 && (v[n - 1] == ' ' || v[n - 1] == '\t'))
		n--;
	for (i = 0; i < n; i++)
		if (((unsigned char)v[i] < 0x20 && v[i] != '\t') ||
		    v[i] == 0x7f)
			return (false);
	if (is_name(l, k, "Transfer-Encoding"))
		return (false);
	s->host += is_name(l, k, "Host");
	s->type += is_name(l, k, "Content-Type");
	if (is_name(l, k, "Expect"))
		return (++s->expect == 1 && is_name(v, n, "100-continue"));
	if (is_name(l, k, "Content-Length"))
		return (++s->length == 1 && read_length(v, n, &out->body_len));
	return (true);
}

/* Empty lines before a request. libmicrohttpd 0.9.75 takes a line that begins
 * with NUL for one, whatever follows, a CR that no LF follows as well, and shows
 * nobody what it passed over. */
static void
skip_empty_lines(const char **p, size_t *n)
{
	bool is_nul = false;

	for (; *n > 0 && (is_nul || is_end_byte(**p)); (*p)++, (*n)--)
		is_nul = **p != '\n' && (is_nul || **p != '\r');
}

bool
strict_read(const char *p, size_t n, struct strict_head *out)
{
	struct seen s = { 0 };
	const char *start = p, *line;
	bool is_last;
	size_t len;

	memset(out, 0, sizeof(*out));
	skip_empty_lines(&p, &n);
	if (!next_line(&p, &n, &line, &len, &is_last) ||
	    !read_request_line(line, len, &s))
		return (false);
	while (!is_last) {
		if (!next_line(&p, &n, &line, &len, &is_last))
			return (false);
		if (!read_field(line, len, &s, out))
			return (false);
	}
	out->head_len = (size_t)(p - start);
	if (s.host > 1 || (s.is_1_1 && s.host == 0) || s.type > 1)
		return (false);
	return (!s.is_get || out->body_len == 0);
}
