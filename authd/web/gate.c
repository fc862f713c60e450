#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "authd/base/limits.h"
#include "authd/base/text.h"
#include "authd/web/gate.h"

#define DIGITS_MAX 18 /* fits 64 bits; far above any body we take */

static int
refuse(
    struct gate_refusal *no, int status, const char *code, const char *detail)
{
	no->status = status;
	no->code = code;
	no->detail = detail;
	return (ERR_INVALID);
}

static int
refuse_400(struct gate_refusal *no, const char *detail)
{
	return (refuse(no, 400, "bad_request", detail));
}

static bool
is_letter_or_digit(unsigned char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z'));
}

/* RFC 9110 section 5.6.2: letters, digits and !#$%&'*+-.^_`|~; a table, as each
 * character of each name is looked at. */
static const bool is_tchar[256] = {
	['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true,
	['\''] = true, ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true,
	['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true,
	['0'] = true, true, true, true, true, true, true, true, true, true,
	['A'] = true, true, true, true, true, true, true, true, true, true,
	true, true, true, true, true, true, true, true, true, true, true, true,
	true, true, true, true,
	['a'] = true, true, true, true, true, true, true, true, true, true,
	true, true, true, true, true, true, true, true, true, true, true, true,
	true, true, true, true
};

static bool
is_field_name(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_tchar[(unsigned char)s[i]])
			return (false);
	return (n > 0);
}

/* RFC 9110 section 5.5: a tab is the only control character allowed. */
static bool
is_field_value(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (n - i >= sizeof(uint64_t) && !text_may_control(s + i)) {
			i += sizeof(uint64_t);
			continue;
		}
		if (((unsigned char)s[i] < ' ' && s[i] != '\t') || s[i] == 0x7f)
			return (false);
		i++;
	}
	return (true);
}

/* A plain path. No route has anything to decode, and a query is no part of
 * any; `//`, `/./` and `/../` are plain and match no route. */
static bool
is_target(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_letter_or_digit((unsigned char)s[i]) &&
		    (s[i] == '\0' || strchr("/-._~", s[i]) == NULL))
			return (false);
	return (n > 0 && s[0] == '/');
}

static bool
is_hex(char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') ||
	    (c >= 'a' && c <= 'f'));
}

/* RFC 3986 sections 3.3 and 3.4: path, and a query after the first `?'.
 * Nothing is decoded; a fragment is no part of a request. */
static bool
is_url(const char *s, size_t n)
{
	bool is_query = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_letter_or_digit((unsigned char)s[i]))
			continue;
		if (s[i] == '%' && i + 2 < n && is_hex(s[i + 1]) &&
		    is_hex(s[i + 2]))
			continue;
		if (s[i] == '?' && !is_query) {
			is_query = true;
			continue;
		}
		if (s[i] == '\0' || s[i] == '%' ||
		    strchr(
			is_query ? "/?-._~!$&'()*+,;=:@" : "/-._~!$&'()*+,;=:@",
			s[i]) == NULL)
			return (false);
	}
	return (n > 0 && s[0] == '/');
}

static bool
is_host(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_letter_or_digit((unsigned char)s[i]) &&
		    (s[i] == '\0' || strchr(".-_:[]", s[i]) == NULL))
			return (false);
	return (true);
}

/* Cut blanks and tabs off the end; those before were never given to us. */
static size_t
trimmed(const struct gate_header *h)
{
	size_t n = h->value_len;

	while (n > 0 && (h->value[n - 1] == ' ' || h->value[n - 1] == '\t'))
		n--;
	return (n);
}

static bool
is_value(const struct gate_header *h, const char *text)
{
	size_t n = trimmed(h);

	return (n == strlen(text) && strncasecmp(h->value, text, n) == 0);
}

/* How many fields of that name there are; the last one in ${found}. */
static int
count(const struct gate_request *rq, const char *name,
    const struct gate_header **found)
{
	const size_t name_len = strlen(name);
	const struct gate_header *h;
	size_t i;
	int n = 0;

	*found = NULL;
	for (i = 0; i < rq->headers_n; i++) {
		h = &rq->headers[i];
		if (h->name_len == name_len &&
		    strncasecmp(h->name, name, name_len) == 0) {
			*found = h;
			n++;
		}
	}
	return (n);
}

static int
check_fields(const struct gate_request *rq, struct gate_refusal *no)
{
	const struct gate_header *h;
	size_t i;

	if (rq->headers_n > GATE_HEADERS_MAX)
		return (refuse(no, 431, "headers_too_long",
		    "There are too many header fields."));
	for (i = 0; i < rq->headers_n; i++) {
		h = &rq->headers[i];
		if (!is_field_name(h->name, h->name_len))
			return (refuse_400(
			    no, "A header field's name is malformed."));
		if (!is_field_value(h->value, h->value_len))
			return (refuse_400(
			    no, "A header field holds a control character."));
	}
	return (0);
}

static int
check_length(
    const struct gate_request *rq, size_t *body_len, struct gate_refusal *no)
{
	const struct gate_header *h;
	size_t i, n;

	*body_len = 0;
	if (count(rq, "Transfer-Encoding", &h) != 0)
		return (refuse_400(no, "A transfer coding is not taken here."));
	switch (count(rq, "Content-Length", &h)) {
	case 0:
		return (0);
	case 1:
		break;
	default:
		return (refuse_400(no, "There are two lengths."));
	}
	n = trimmed(h);
	for (i = 0; i < n; i++)
		if (h->value[i] < '0' || h->value[i] > '9')
			n = 0;
	if (n == 0)
		return (refuse_400(no, "The length is no plain number."));
	if (n > DIGITS_MAX)
		return (refuse(
		    no, 413, "too_long", "The body is longer than 64 KiB."));
	for (i = 0; i < n; i++)
		*body_len = *body_len * 10 + (size_t)(h->value[i] - '0');
	if (*body_len != 0 &&
	    (strcmp(rq->method, "GET") == 0 || strcmp(rq->method, "HEAD") == 0))
		return (refuse_400(no, "This method takes no body."));
	return (0);
}

int
gate_check(
    const struct gate_request *rq, size_t *body_len, struct gate_refusal *no)
{
	bool is_1_1 = strcmp(rq->version, "HTTP/1.1") == 0;
	const struct gate_header *h;
	int n, r;

	*body_len = 0;
	if (!is_1_1 && strcmp(rq->version, "HTTP/1.0") != 0)
		return (refuse_400(no, "This version of HTTP is not spoken."));
	if (!is_field_name(rq->method, strlen(rq->method)))
		return (refuse_400(no, "The method is malformed."));
	if (rq->target_len >
	    (rq->form == GATE_URL ? GATE_URL_MAX : GATE_TARGET_MAX))
		return (refuse(no, 414, "too_long", "The target is too long."));
	if (rq->form == GATE_URL) {
		if (!is_url(rq->target, rq->target_len))
			return (refuse_400(no, "The target is malformed."));
	} else if (!is_target(rq->target, rq->target_len))
		return (refuse_400(no, "The target is no plain path."));
	if ((r = check_fields(rq, no)) != 0)
		return (r);
	n = count(rq, "Host", &h);
	if (n > 1 || (n == 0 && is_1_1))
		return (refuse_400(no, "There must be one Host."));
	if (n == 1 && !is_host(h->value, trimmed(h)))
		return (refuse_400(no, "The Host is malformed."));
	if (count(rq, "Content-Type", &h) > 1)
		return (refuse_400(no, "There are two types."));
	n = count(rq, "Expect", &h);
	if (n > 1)
		return (refuse_400(no, "There are two expectations."));
	if (n == 1 && !is_value(h, "100-continue"))
		return (refuse(no, 417, "bad_expectation",
		    "Only 100-continue can be expected."));
	return (check_length(rq, body_len, no));
}

/* That very type, and no parameter but that it is UTF-8 (which neither JSON nor
 * a form needs). */
static bool
is_type(const struct gate_header *h, const char *type)
{
	static const char utf8[] = "charset=utf-8";
	const size_t type_n = strlen(type), utf8_n = sizeof(utf8) - 1;
	const char *p = h->value;
	size_t n = trimmed(h);

	if (n < type_n || strncasecmp(p, type, type_n) != 0)
		return (false);
	if (n == type_n)
		return (true);
	for (p += type_n, n -= type_n; n > 0 && *p == ' '; p++)
		n--;
	if (n == 0 || *p != ';')
		return (false);
	for (p++, n--; n > 0 && *p == ' '; p++)
		n--;
	return (n == utf8_n && strncasecmp(p, utf8, utf8_n) == 0);
}

int
gate_body(const struct gate_request *rq, const char *type, size_t max,
    size_t body_len, struct gate_refusal *no)
{
	const char *code =
	    strcmp(type, GATE_JSON) == 0 ? "not_json" : "bad_type";
	const struct gate_header *h;

	if (body_len > max)
		return (refuse(no, 413, "too_long",
		    max == BODY_MAX ? "The body is longer than 64 KiB."
				    : "The body is too long."));
	if (count(rq, "Content-Type", &h) != 1 || !is_type(h, type))
		return (refuse(no, 415, code,
		    strcmp(type, GATE_JSON) == 0
			? "The Content-Type is not application/json."
			: "The Content-Type is not what is asked for here."));
	if (count(rq, "Content-Encoding", &h) != 0)
		return (
		    refuse(no, 415, code, "A content coding is not taken."));
	return (0);
}

/* libmicrohttpd leaves NUL where it found CR and LF; a text that was cut at a
 * NUL of its own is followed by what was cut off. */
static bool
is_line_end(const char *p, uintptr_t end)
{
	return ((uintptr_t)p + 2 <= end && p[0] == '\0' && p[1] == '\0');
}

bool
gate_layout_ok(const struct gate_layout *at, const struct gate_request *rq)
{
	const uintptr_t start = (uintptr_t)at->method;
	const uintptr_t end = start + at->head_len;
	uintptr_t p = start + strlen(at->method) + 1;
	const struct gate_header *h;
	const char *c;
	size_t i;

	if ((uintptr_t)at->target != p)
		return (false);
	p += at->target_len + 1;
	if ((uintptr_t)at->version != p)
		return (false);
	p += strlen(at->version) + 2;
	if (!is_line_end(at->version + strlen(at->version), end))
		return (false);
	for (i = 0; i < rq->headers_n; i++) {
		h = &rq->headers[i];
		/* a value outside of the head must not be looked at */
		if ((uintptr_t)h->name != p ||
		    (uintptr_t)h->value < p + h->name_len + 1 ||
		    (uintptr_t)h->value + h->value_len > end)
			return (false);
		for (c = h->name + h->name_len + 1; c < h->value; c++)
			if (*c != ' ' && *c != '\t')
				return (false);
		if (!is_line_end(h->value + h->value_len, end))
			return (false);
		p = (uintptr_t)h->value + h->value_len + 2;
	}
	/* the empty line */
	return (p + 2 == end && is_line_end((const char *)p, end));
}
