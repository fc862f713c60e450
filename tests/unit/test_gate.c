/*
 * Goal of this test: the gate lets pass what our own clients send and refuses
 * every ambiguous or malformed head of THREATS finding 5 and 2b rule 11.
 * Links: authd/web/gate.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/limits.h"
#include "authd/web/gate.h"

#define H(n, v)                                                                \
	{                                                                      \
		n, sizeof(n) - 1, v, sizeof(v) - 1                             \
	}

/* Check a head with the fields up to the first without a name. */
static int
status_of(const char *method, const char *target, const char *version,
    const struct gate_header *h, size_t *len)
{
	struct gate_request rq;
	struct gate_refusal no = { 0, "", "" };
	int r;

	memset(&rq, 0, sizeof(rq));
	rq.method = method;
	rq.target = target;
	rq.target_len = strlen(target);
	rq.version = version;
	rq.headers = h;
	while (h[rq.headers_n].name != NULL)
		rq.headers_n++;
	r = gate_check(&rq, len, &no);
	assert_true((r == 0) == (no.status == 0));
	assert_true((r == 0) == (no.code[0] == '\0'));
	if (r == 0 && strcmp(method, "POST") == 0)
		r = gate_body(&rq, GATE_JSON, BODY_MAX, *len, &no);
	assert_true((r == 0) == (no.status == 0));
	return (no.status);
}

static void
test_good(void **state)
{
	const struct gate_header post[] = { H("Host", "localhost"),
		H("Content-Type", "application/json"),
		H("Content-Length", "65536"),
		H("User-Agent", "x\ty\xe3\x81\x82"), { 0 } };
	const struct gate_header loose[] = { H("HOST", "[::1]:80 \t"),
		H("content-type", "Application/JSON ; charset=UTF-8 "),
		H("content-length", "0 "), H("expect", "100-Continue"), { 0 } };
	const struct gate_header get[] = { H("Host", ""), { 0 } };
	const struct gate_header none[] = { { 0 } };
	size_t len;

	(void)state;
	assert_int_equal(
	    status_of("POST", "/v1/verify", "HTTP/1.1", post, &len), 0);
	assert_int_equal(len, BODY_MAX);
	assert_int_equal(
	    status_of("POST", "/v1/verify", "HTTP/1.1", loose, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(
	    status_of("GET", "/v1/status", "HTTP/1.1", get, &len), 0);
	assert_int_equal(
	    status_of("GET", "/v1/status", "HTTP/1.0", none, &len), 0);
}

/* Each is added to a good head of POST and must be refused. */
static void
test_F14_fields(void **state)
{
	static const struct {
		struct gate_header h;
		int status;
	} bad[] = {
		{ H("Host", "b"), 400 },
		{ H("host", "localhost"), 400 },
		{ H("Content-Length", "2"), 400 },
		{ H("content-length", "3"), 400 },
		{ H("Content-Type", "application/json"), 400 },
		{ H("Transfer-Encoding", "chunked"), 400 },
		{ H("transfer-encoding", "identity"), 400 },
		{ H("Transfer-Encoding", ""), 400 },
		{ H("Transfer-Encoding ", "chunked"), 400 },
		{ H("Content-Length ", "5"), 400 },
		{ H("Content-Length\t", "5"), 400 },
		{ H("", "x"), 400 },
		{ H("X Y", "x"), 400 },
		{ H("X\x01", "x"), 400 },
		{ H("X\0Y", "x"), 400 },
		{ H("X\x80", "x"), 400 },
		{ H("X=Y", "x"), 400 },
		{ H("X(", "x"), 400 },
		{ H("X", "a\0b"), 400 },
		{ H("X", "a\rb"), 400 },
		{ H("X", "a\nb"), 400 },
		{ H("X", "a\x1b[31m"), 400 },
		{ H("X", "a\x7f"), 400 },
		{ H("Expect", "200-ok"), 417 },
		{ H("Content-Encoding", "gzip"), 415 },
		{ H("Content-Encoding", "identity"), 415 },
	};
	size_t i, len;
	int status;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct gate_header h[] = { H("Host", "a"),
			H("Content-Type", "application/json"),
			H("Content-Length", "2"), bad[i].h, { 0 } };

		status = status_of("POST", "/v1/verify", "HTTP/1.1", h, &len);
		if (status != bad[i].status)
			fail_msg("%zu %s: %d", i, bad[i].h.name, status);
	}
}

/* Each byte there is, as the only one of a name: RFC 9110 section 5.6.2. */
static void
test_F14_names(void **state)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	const struct gate_header none = { 0 };
	char name[1];
	size_t len;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		const struct gate_header h[] = { H("Host", "a"),
			{ name, 1, "x", 1 }, none };
		const bool is_good = (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c != 0 && strchr(others, c) != NULL);

		name[0] = (char)c;
		if ((status_of("GET", "/v1/status", "HTTP/1.1", h, &len) ==
			0) != is_good)
			fail_msg("%d", c);
	}
}

/* Each byte there is, at each place of values of every length, beside others that
 * are taken: RFC 9110 section 5.5. */
static void
test_F14_values(void **state)
{
	static const char beside[] = { 'x', '\t', '\x80', ' ', '~', '\xff' };
	char value[19];
	size_t len, at, n, k;
	int c;

	(void)state;
	for (k = 0; k < sizeof(beside); k++)
		for (n = 1; n <= sizeof(value); n++)
			for (at = 0; at < n; at++)
				for (c = 0; c < 256; c++) {
					const struct gate_header h[] = {
						H("Host", "a"),
						{ "X", 1, value, n }, { 0 }
					};
					const bool is_good = c == '\t' ||
					    (c >= ' ' && c != 0x7f);

					memset(value, beside[k], n);
					value[at] = (char)c;
					if ((status_of("GET", "/v1/status",
						 "HTTP/1.1", h, &len) == 0) !=
					    is_good)
						fail_msg("%d at %zu of %zu", c,
						    at, n);
				}
}

static void
test_F14_lengths(void **state)
{
	static const struct {
		const char *text;
		int status;
	} bad[] = { { "", 400 }, { " ", 400 }, { "+2", 400 }, { "-2", 400 },
		{ "0x2", 400 }, { "2,2", 400 }, { "2, 2", 400 }, { "2 2", 400 },
		{ "2a", 400 }, { "2.0", 400 }, { "1e1", 400 },
		{ "\xef\xbc\x92", 400 }, { "65537", 413 },
		{ "18446744073709551615", 413 },
		{ "18446744073709551616", 413 },
		{ "99999999999999999999999999", 413 } };
	size_t i, len;
	int status;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct gate_header h[] = { H("Host", "a"),
			H("Content-Type", "application/json"),
			{ "Content-Length", 14, bad[i].text,
			    strlen(bad[i].text) },
			{ 0 } };

		status = status_of("POST", "/v1/verify", "HTTP/1.1", h, &len);
		if (status != bad[i].status)
			fail_msg("\"%s\": %d", bad[i].text, status);
	}
}

static void
test_types(void **state)
{
	static const char *const bad[] = { "", "text/plain",
		"application/jsonx", "application/json+x",
		"application/json,application/json", "application/json;",
		"application/json; charset=shift_jis",
		"application/json; charset=utf-8; x=y", "json",
		"application/x-www-form-urlencoded" };
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct gate_header h[] = { H("Host", "a"),
			H("Content-Length", "2"),
			{ "Content-Type", 12, bad[i], strlen(bad[i]) }, { 0 } };

		if (status_of("POST", "/v1/verify", "HTTP/1.1", h, &len) != 415)
			fail_msg("\"%s\" passed", bad[i]);
	}
}

static void
test_hosts(void **state)
{
	static const char *const bad[] = { "a b", "a,b", "a/b", "a@b", "a\\b",
		"a%00", "\xe3\x81\x82" };
	const struct gate_header none[] = { { 0 } };
	size_t i, len;

	(void)state;
	assert_int_equal(
	    status_of("GET", "/v1/status", "HTTP/1.1", none, &len), 400);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct gate_header h[] = {
			{ "Host", 4, bad[i], strlen(bad[i]) }, { 0 }
		};

		if (status_of("GET", "/v1/status", "HTTP/1.1", h, &len) != 400)
			fail_msg("\"%s\" passed", bad[i]);
	}
}

static void
test_request_lines(void **state)
{
	static const char *const targets[] = { "", "*", "v1/status",
		"http://a/v1/status", "/v1/%73tatus", "/v1/status?x=1",
		"/v1/status?", "/v1/status#f", "/v1/st atus", "/v1/status\x01",
		"/v1/status\x7f", "/v1\\status", "/v1/status;x",
		"/\xe3\x81\x82" };
	static const char *const versions[] = { "", "HTTP/0.9", "HTTP/1.2",
		"HTTP/2", "HTTP/1.1 ", "http/1.1", "HTTP/01.1", "HTTP/1.10" };
	const struct gate_header h[] = { H("Host", "a"), { 0 } };
	const struct gate_header body[] = { H("Host", "a"),
		H("Content-Length", "1"), { 0 } };
	char *path = malloc(GATE_TARGET_MAX + 2);
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (status_of("GET", targets[i], "HTTP/1.1", h, &len) != 400)
			fail_msg("\"%s\" passed", targets[i]);
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (status_of("GET", "/v1/status", versions[i], h, &len) != 400)
			fail_msg("\"%s\" passed", versions[i]);
	assert_int_equal(status_of("G T", "/", "HTTP/1.1", h, &len), 400);
	assert_int_equal(status_of("", "/", "HTTP/1.1", h, &len), 400);
	assert_int_equal(status_of("GET", "/", "HTTP/1.1", body, &len), 400);
	assert_int_equal(status_of("HEAD", "/", "HTTP/1.1", body, &len), 400);
	assert_non_null(path);
	memset(path, '/', GATE_TARGET_MAX + 1);
	path[GATE_TARGET_MAX + 1] = '\0';
	assert_int_equal(status_of("GET", path, "HTTP/1.1", h, &len), 414);
	path[GATE_TARGET_MAX] = '\0';
	assert_int_equal(status_of("GET", path, "HTTP/1.1", h, &len), 0);
	free(path);
}

static void
test_too_many_fields(void **state)
{
	struct gate_header h[GATE_HEADERS_MAX + 2];
	const struct gate_header x = H("X", "y"), host = H("Host", "a");
	size_t i, len;

	(void)state;
	memset(h, 0, sizeof(h));
	for (i = 0; i < GATE_HEADERS_MAX; i++)
		h[i] = i == 0 ? host : x;
	assert_int_equal(status_of("GET", "/", "HTTP/1.1", h, &len), 0);
	h[GATE_HEADERS_MAX] = x;
	assert_int_equal(status_of("GET", "/", "HTTP/1.1", h, &len), 431);
}

/*
 * Lay a head out as libmicrohttpd 0.9.75 does: it parses in place, puts NULs
 * over delimiters and line ends, and tells the length of all.
 */
static bool
layout(char *head, size_t n)
{
	struct gate_header h[4];
	struct gate_request rq;
	struct gate_layout at;
	char *p = head, *nl;

	memset(&rq, 0, sizeof(rq));
	memset(h, 0, sizeof(h));
	at.method = p;
	at.head_len = n;
	nl = memchr(p, '\n', n);
	assert_non_null(nl);
	*nl = '\0';
	if (nl[-1] == '\r')
		nl[-1] = '\0';
	p = strchr(p, ' ');
	*p++ = '\0';
	at.target = p;
	p = strrchr(p, ' ');
	*p++ = '\0';
	at.target_len = strlen(at.target);
	at.version = p;
	for (p = nl + 1; p < head + n && *p != '\r' && *p != '\n'; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(head + n - p));
		assert_non_null(nl);
		*nl = '\0';
		if (nl[-1] == '\r')
			nl[-1] = '\0';
		h[rq.headers_n].name = p;
		p = strchr(p, ':');
		assert_non_null(p);
		*p++ = '\0';
		h[rq.headers_n].name_len = strlen(h[rq.headers_n].name);
		p += strspn(p, " \t");
		h[rq.headers_n].value = p;
		h[rq.headers_n].value_len = strlen(p);
		rq.headers_n++;
	}
	/* the empty line: from its text's end to the head's */
	for (; p < head + n; p++)
		if (*p == '\r' || *p == '\n')
			*p = '\0';
	rq.headers = h;
	return (gate_layout_ok(&at, &rq));
}

static void
test_F14_layout(void **state)
{
	static const struct {
		const char *at;
		size_t n;
		bool ok;
	} heads[] = {
#define HEAD(s, ok) { s, sizeof(s) - 1, ok }
		HEAD("GET / HTTP/1.1\r\nHost: a\r\nX:\t b \r\n\r\n", true),
		HEAD("GET / HTTP/1.0\r\n\r\n", true),
		HEAD("GET / HTTP/1.1\r\nHost:a\r\nX:\r\nY:  \r\n\r\n", true),
		HEAD("GET / HTTP/1.1\nHost: a\r\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\r\n\n", false),
		HEAD("GET / HTTP/1.1\nHost: a\n\n", false),
		HEAD("GET / HTTP/1.0\n\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\r\nX: b\0\r\n\r\n", false),
		/* one byte too few and one too many do not make up */
		HEAD("GET / HTTP/1.1\nHost: a\0\r\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\0\nX: b\n\r\n", false),
		HEAD("GET / HTTP/1.1\r\nHost: a\0b\n\n", false),
		HEAD("GET / HTTP/1.0\0b\n\n", false),
	};
	char *copy;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		copy = malloc(heads[i].n); /* no byte more, for ASan */
		assert_non_null(copy);
		memcpy(copy, heads[i].at, heads[i].n);
		if (layout(copy, heads[i].n) != heads[i].ok)
			fail_msg("head %zu", i);
		free(copy);
	}
}

/* A folded line: the name is copied elsewhere with the rest glued to it. */
static void
test_F14_layout_folded(void **state)
{
	char head[] = "GET\0/\0HTTP/1.1\0\0Host\0 a\0\0 b\0\0\0";
	char glued[] = "Hostb";
	const struct gate_header h[] = { { glued, 5, head + 22, 1 } };
	const struct gate_request rq = { .headers = h, .headers_n = 1 };
	const struct gate_layout at = { head, head + 4, 1, head + 6,
		sizeof(head) - 1 };

	(void)state;
	assert_false(gate_layout_ok(&at, &rq));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_F14_fields),
		cmocka_unit_test(test_F14_names),
		cmocka_unit_test(test_F14_values),
		cmocka_unit_test(test_F14_lengths),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_request_lines),
		cmocka_unit_test(test_too_many_fields),
		cmocka_unit_test(test_F14_layout),
		cmocka_unit_test(test_F14_layout_folded),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
