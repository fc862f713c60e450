#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "authd/core/passhash.h"
#include "authd/core/passhash_format.h"

#define CRYPT64                                                                \
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define BASE64                                                                 \
	"+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* What libxcrypt's crypt_gensalt makes for yescrypt's cost 1 to 9. */
static const char *const yescrypt_costs[] = { "j75", "j85", "j7T", "j8T", "j9T",
	"jAT", "jBT", "jCT", "jDT" };

/* Step over ${word}: false when it is not there. */
static bool
skip(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*at, word, n) != 0)
		return (false);
	*at += n;
	return (true);
}

/* Step over ${min} to ${max} characters of ${set}. */
static bool
skip_set(const char **at, const char *set, size_t min, size_t max)
{
	size_t n = strspn(*at, set);

	if (n < min || n > max)
		return (false);
	*at += n;
	return (true);
}

/* A decimal without sign or leading zero, of at most 7 digits. */
static bool
get_number(const char **at, uint32_t min, uint32_t max, uint32_t *out)
{
	size_t n = strspn(*at, "0123456789"), i;
	uint32_t v = 0;

	if (n == 0 || n > 7 || **at == '0')
		return (false);
	for (i = 0; i < n; i++)
		v = v * 10 + (uint32_t)((*at)[i] - '0');
	*at += n;
	*out = v;
	return (v >= min && v <= max);
}

static enum passhash_format
read_yescrypt(const char *at, int cost)
{
	int i, found = 0;

	for (i = 1; i <= PASSHASH_COST_MAX && found == 0; i++)
		if (skip(&at, yescrypt_costs[i - 1]))
			found = i;
	if (found == 0 || (cost != 0 && found != cost) || !skip(&at, "$") ||
	    !skip_set(&at, CRYPT64, 8, 86))
		return (PASSHASH_FORMAT_NONE);
	if (*at == '\0')
		return (PASSHASH_FORMAT_SETTING);
	return (skip(&at, "$") && skip_set(&at, CRYPT64, 43, 43) && *at == '\0'
		? PASSHASH_FORMAT_YESCRYPT
		: PASSHASH_FORMAT_NONE);
}

static enum passhash_format
read_sha512(const char *at)
{
	uint32_t rounds;

	if (skip(&at, "rounds=") &&
	    !(get_number(&at, 5000, 700000, &rounds) && skip(&at, "$")))
		return (PASSHASH_FORMAT_NONE);
	return (skip_set(&at, CRYPT64, 8, 16) && skip(&at, "$") &&
		    skip_set(&at, CRYPT64, 86, 86) && *at == '\0'
		? PASSHASH_FORMAT_SHA512
		: PASSHASH_FORMAT_NONE);
}

static enum passhash_format
read_bcrypt(const char *at)
{
	uint32_t cost;

	return (get_number(&at, 10, 14, &cost) && skip(&at, "$") &&
		    skip_set(&at, CRYPT64, 53, 53) && *at == '\0'
		? PASSHASH_FORMAT_BCRYPT
		: PASSHASH_FORMAT_NONE);
}

static enum passhash_format
read_argon2id(const char *at)
{
	uint32_t kib, passes, lanes;

	if (!skip(&at, "v=19$m=") ||
	    !get_number(&at, 7 * 1024, 256 * 1024, &kib) || !skip(&at, ",t=") ||
	    !get_number(&at, 1, 16, &passes) || !skip(&at, ",p=") ||
	    !get_number(&at, 1, 16, &lanes) || !skip(&at, "$"))
		return (PASSHASH_FORMAT_NONE);
	if (kib * passes < 21 * 1024 || kib * passes > 1024 * 1024)
		return (PASSHASH_FORMAT_NONE);
	/* salt of 8 to 48 bytes, hash of 16 to 64 */
	return (skip_set(&at, BASE64, 11, 64) && skip(&at, "$") &&
		    skip_set(&at, BASE64, 22, 86) && *at == '\0'
		? PASSHASH_FORMAT_ARGON2ID
		: PASSHASH_FORMAT_NONE);
}

enum passhash_format
passhash_format_of(const char *text, int cost)
{
	const char *at = text;

	if (strnlen(text, PASSHASH_MAX + 1) > PASSHASH_MAX)
		return (PASSHASH_FORMAT_NONE);
	if (skip(&at, "$y$"))
		return (read_yescrypt(at, cost));
	if (skip(&at, "$6$"))
		return (read_sha512(at));
	if (skip(&at, "$2b$") || skip(&at, "$2y$"))
		return (read_bcrypt(at));
	if (skip(&at, "$argon2id$"))
		return (read_argon2id(at));
	return (PASSHASH_FORMAT_NONE);
}
