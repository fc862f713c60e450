/*
 * Goal of this target: a cookie is taken only when the field holds its name
 * once with a plain value, found again by a plain search; the proxy's address
 * is one that the system can read; a language is one we have.
 * Links: authd/web/cookie.c authd/web/proxied.c authd/web/exchange.c
 * Links: authd/core/act.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 * Links: tests/fakes/exchange_rig.c
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "authd/web/cookie.h"
#include "authd/web/proxied.h"
#include "tests/fakes/exchange_rig.h"
#include "tests/fuzz/fuzz.h"

#define NAME "__Host-a"

static void
check_cookie(const char *field)
{
	char out[32], pair[64];
	struct exchange_rig r;
	const char *at;
	int times = 0;

	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "Cookie", field);
	if (cookie_get(&r.in, NAME, out, sizeof(out)) != 0) {
		FUZZ_CHECK(out[0] == '\0');
		return;
	}
	FUZZ_CHECK(out[0] != '\0' && strpbrk(out, "; \t\"=,%\r\n") == NULL);
	snprintf(pair, sizeof(pair), NAME "=%s", out);
	FUZZ_CHECK(strstr(field, pair) != NULL);
	/* at the beginning of a pair it is named once */
	for (at = field; (at = strstr(at, NAME)) != NULL; at++) {
		const char *before = at, *after = at + strlen(NAME);

		while (before > field && strchr(" \t", before[-1]) != NULL)
			before--;
		if (before > field && before[-1] != ';')
			continue;
		after += strspn(after, " \t");
		if (at[strlen(NAME)] == '=' || *after == ';' || *after == '\0')
			times++;
	}
	FUZZ_CHECK(times == 1);
}

static void
check_source(const char *field)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *found = NULL;
	struct exchange_rig r;
	struct act act;

	memset(&act, 0, sizeof(act));
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "X-Forwarded-For", field);
	if (proxied_source(&r.in, &act) != 0) {
		FUZZ_CHECK(act.source[0] == '\0');
		return;
	}
	FUZZ_CHECK(getaddrinfo(act.source, NULL, &hints, &found) == 0);
	freeaddrinfo(found);
	FUZZ_CHECK(strspn(act.source, "0123456789abcdefABCDEF:.") ==
	    strlen(act.source));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_text(data, size);

	check_cookie(s);
	check_source(s);
	free(s);
	return (0);
}
