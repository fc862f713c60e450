/*
 * Links instead of authd/core/passhash.c and passhash_format.c: a hash that
 * costs nothing, so that a test may take thousands of logins. Salt, cost and
 * what is right are kept; foreign hashes there are none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/passhash.h"

int
passhash_init(void)
{
	return (0);
}

int
passhash_setting(int cost, char out[PASSHASH_MAX + 1])
{
	uint64_t salt;

	if (mem_random(&salt, sizeof(salt)) != 0)
		return (ERR_SYS);
	snprintf(out, PASSHASH_MAX + 1, "$y$%d$%016" PRIx64 "$", cost, salt);
	return (0);
}

/* FNV-1a over the setting and the text. */
int
passhash_run(const char *text, const char *setting, char out[PASSHASH_MAX + 1])
{
	const char *end = strrchr(setting, '$'), *at;
	uint64_t h = 14695981039346656037U;
	int n;

	out[0] = '\0';
	if (end == NULL || text[0] == '\0')
		return (ERR_INVALID);
	n = (int)(end - setting) + 1;
	for (at = setting; at <= end; at++)
		h = (h ^ (uint8_t)*at) * 1099511628211U;
	for (at = text; *at != '\0'; at++)
		h = (h ^ (uint8_t)*at) * 1099511628211U;
	snprintf(out, PASSHASH_MAX + 1, "%.*s%016" PRIx64, n, setting, h);
	return (0);
}

int
passhash_make(const char *text, int cost, char out[PASSHASH_MAX + 1])
{
	char setting[PASSHASH_MAX + 1];
	int r;

	if ((r = passhash_setting(cost, setting)) != 0)
		return (r);
	return (passhash_run(text, setting, out));
}

bool
passhash_equal(const char *a, const char *b)
{
	return (strcmp(a, b) == 0);
}

int
passhash_verify(
    const char *text, const char *stored, enum passhash_verdict *verdict)
{
	char hash[PASSHASH_MAX + 1];
	int r;

	*verdict = PASSHASH_WRONG;
	if ((r = passhash_run(text, stored, hash)) == 0 &&
	    strcmp(hash, stored) == 0)
		*verdict = PASSHASH_RIGHT;
	return (r);
}

bool
passhash_is_foreign(const char *stored)
{
	(void)stored;
	return (false);
}

bool
passhash_needs_rehash(const char *stored, int cost)
{
	return ((int)strtol(stored + 3, NULL, 10) != cost);
}
