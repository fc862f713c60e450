/*
 * Goal of this target: an address that is taken has one reading: taken apart
 * and put together it is itself, it leads to the host it names, and what it says
 * after rd= leads nowhere else.
 * Links: authd/core/urlcheck.c authd/web/handover_url.c authd/render/escape.c
 * Links: authd/base/err.c authd/base/text.c
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "authd/core/urlcheck.h"
#include "authd/web/handover_url.h"
#include "tests/fuzz/fuzz.h"

#define OTHER "other.invalid" /* a host of nobody */

/* What no path may hold, looked for in the plain text and in its escapes. */
static void
check_path(const char *p, size_t n)
{
	size_t i;

	FUZZ_CHECK(n > 0 && p[0] == '/');
	for (i = 0; i < n; i++) {
		FUZZ_CHECK(p[i] > ' ' && p[i] < 0x7f);
		FUZZ_CHECK(strchr("\\#\"<>^`{|}?", p[i]) == NULL);
		if (i > 0 && p[i - 1] == '/')
			FUZZ_CHECK(p[i] != '/' && p[i] != ';');
		if (p[i] == '%') {
			FUZZ_CHECK(i + 2 < n);
			FUZZ_CHECK(memcmp(p + i, "%00", 3) != 0);
			FUZZ_CHECK(strncasecmp(p + i, "%2f", 3) != 0);
			FUZZ_CHECK(strncasecmp(p + i, "%2e", 3) != 0);
			FUZZ_CHECK(strncasecmp(p + i, "%5c", 3) != 0);
			FUZZ_CHECK(memcmp(p + i, "%25", 3) != 0);
		}
		if (p[i] != '.' || p[i - 1] != '/')
			continue;
		FUZZ_CHECK(i + 1 < n && p[i + 1] != '/' && p[i + 1] != ';');
		if (p[i + 1] == '.')
			FUZZ_CHECK(i + 2 < n && p[i + 2] != '/' &&
			    p[i + 2] != ';');
	}
}

static void
check_host(const char *host)
{
	char again[HOST_MAX + 1];

	FUZZ_CHECK(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:") ==
	    strlen(host));
	FUZZ_CHECK(urlcheck_host(host, strlen(host), again) == 0);
	FUZZ_CHECK(strcmp(host, again) == 0);
}

static void
check_url(const char *s, size_t n)
{
	char back[URLCHECK_MAX + 2 * HOST_MAX], out[HANDOVER_URL_MAX + 1];
	char rd[HANDOVER_RD_MAX + 1];
	struct urlcheck u, v;
	int len;

	if (urlcheck_url(s, n, &u) != 0) {
		FUZZ_CHECK(u.host[0] == '\0' && u.target == NULL);
		return;
	}
	check_host(u.host);
	check_path(u.target, u.path_len);
	len = snprintf(back, sizeof(back), "https://%s%.*s", u.host,
	    (int)u.target_len, u.target);
	FUZZ_CHECK(len > 0 && urlcheck_url(back, (size_t)len, &v) == 0);
	FUZZ_CHECK(strcmp(u.host, v.host) == 0 && u.path_len == v.path_len);
	handover_url_start(&u, false, out);
	len = snprintf(back, sizeof(back), "https://%s/.sekisho/start?rd=",
	    u.host);
	FUZZ_CHECK(strncmp(out, back, (size_t)len) == 0);
	FUZZ_CHECK(urlcheck_url(out, strlen(out), &v) == 0);
	/* of another host it leads nowhere */
	if (strcasecmp(u.host, OTHER) != 0) {
		FUZZ_CHECK(handover_url_rd(back, OTHER, rd) != 0);
		FUZZ_CHECK(strcmp(rd, "/") == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char text[URLCHECK_MAX + 64], host[HOST_MAX + 1],
	    rd[HANDOVER_RD_MAX + 1];
	const char *s = text;
	size_t path_len;

	if (n >= sizeof(text))
		return (0);
	memcpy(text, p, n);
	text[n] = '\0';
	if (urlcheck_host(s, n, host) == 0)
		check_host(host);
	if (urlcheck_target(s, n, &path_len) == 0)
		check_path(s, path_len);
	check_url(text, n);
	if (handover_url_rd(text, "pay.example.jp", rd) == 0) {
		FUZZ_CHECK(urlcheck_target(rd, strlen(rd), &path_len) == 0);
		check_path(rd, path_len);
		FUZZ_CHECK(text[0] == '/' ||
		    strncasecmp(text, "https://pay.example.jp", 22) == 0);
	} else
		FUZZ_CHECK(strcmp(rd, "/") == 0);
	return (0);
}
