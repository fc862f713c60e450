#include <crypt.h>
#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/passhash.h"
#include "authd/core/passhash_format.h"

#define SALT_LEN 16

int
passhash_init(void)
{
	if (sodium_init() < 0) {
		log_error("libsodium does not start");
		return (ERR_SYS);
	}
	return (0);
}

int
passhash_setting(int cost, char out[PASSHASH_MAX + 1])
{
	char salt[SALT_LEN];
	char made[CRYPT_GENSALT_OUTPUT_SIZE];
	size_t n;
	int r;

	out[0] = '\0';
	if (cost < PASSHASH_COST_MIN || cost > PASSHASH_COST_MAX)
		return (ERR_INVALID);
	if ((r = mem_random(salt, sizeof(salt))) != 0)
		return (r);
	if (crypt_gensalt_rn("$y$", (unsigned long)cost, salt, sizeof(salt),
		made, sizeof(made)) == NULL)
		return (log_fr(ERR_SYS, "make a salt"));
	n = strlen(made);
	if (n > PASSHASH_MAX ||
	    passhash_format_of(made, cost) != PASSHASH_FORMAT_SETTING) {
		log_error("libcrypt makes settings of an unknown form");
		return (ERR_SYS);
	}
	memcpy(out, made, n + 1);
	return (0);
}

/* crypt(3) with its 32 KiB on the heap, wiped. */
static int
run_crypt(const char *text, const char *setting, char out[PASSHASH_MAX + 1])
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *got;
	int r = 0;

	out[0] = '\0';
	if (data == NULL)
		return (log_fr(ERR_NOMEM, "hash a password"));
	errno = 0;
	got = crypt_rn(text, setting, data, (int)sizeof(*data));
	if (got == NULL || got[0] == '*') {
		r = errno == ENOMEM ? ERR_NOMEM : ERR_SYS;
		r = log_fr(r, "hash a password");
	} else if (strlen(got) > PASSHASH_MAX) {
		r = ERR_INVALID;
	} else {
		memcpy(out, got, strlen(got) + 1);
	}
	mem_wipe(data, sizeof(*data));
	free(data);
	return (r);
}

static bool
is_text(const char *text)
{
	return (text[0] != '\0' &&
	    strnlen(text, CRYPT_MAX_PASSPHRASE_SIZE + 1) <=
		CRYPT_MAX_PASSPHRASE_SIZE);
}

int
passhash_run(const char *text, const char *setting, char out[PASSHASH_MAX + 1])
{
	enum passhash_format format = passhash_format_of(setting, 0);

	out[0] = '\0';
	if (!is_text(text) ||
	    (format != PASSHASH_FORMAT_SETTING &&
		format != PASSHASH_FORMAT_YESCRYPT))
		return (ERR_INVALID);
	return (run_crypt(text, setting, out));
}

int
passhash_make(const char *text, int cost, char out[PASSHASH_MAX + 1])
{
	char setting[PASSHASH_MAX + 1];
	int r;

	if ((r = passhash_setting(cost, setting)) != 0) {
		out[0] = '\0';
		return (r);
	}
	return (passhash_run(text, setting, out));
}

bool
passhash_equal(const char *a, const char *b)
{
	size_t n = strlen(a);

	return (n > 0 && n == strlen(b) && mem_equal(a, b, n));
}

/* libsodium says no for a wrong password and for no memory alike. */
static int
verify_argon2id(
    const char *text, const char *stored, enum passhash_verdict *verdict)
{
	errno = 0;
	if (crypto_pwhash_argon2id_str_verify(
		stored, text, (unsigned long long)strlen(text)) == 0) {
		*verdict = PASSHASH_RIGHT;
		return (0);
	}
	if (errno == ENOMEM)
		return (log_fr(ERR_NOMEM, "verify an argon2id hash"));
	return (0);
}

int
passhash_verify(
    const char *text, const char *stored, enum passhash_verdict *verdict)
{
	char got[PASSHASH_MAX + 1];
	int r;

	*verdict = PASSHASH_WRONG;
	if (!passhash_is_foreign(stored))
		return (ERR_INVALID);
	if (!is_text(text))
		return (0);
	if (passhash_format_of(stored, 0) == PASSHASH_FORMAT_ARGON2ID)
		return (verify_argon2id(text, stored, verdict));
	if ((r = run_crypt(text, stored, got)) != 0)
		return (r);
	if (passhash_equal(got, stored))
		*verdict = PASSHASH_RIGHT;
	mem_wipe(got, sizeof(got));
	return (0);
}

bool
passhash_is_foreign(const char *stored)
{
	switch (passhash_format_of(stored, 0)) {
	case PASSHASH_FORMAT_YESCRYPT:
	case PASSHASH_FORMAT_SHA512:
	case PASSHASH_FORMAT_BCRYPT:
	case PASSHASH_FORMAT_ARGON2ID:
		return (true);
	default:
		return (false);
	}
}

bool
passhash_needs_rehash(const char *stored, int cost)
{
	return (passhash_format_of(stored, cost) != PASSHASH_FORMAT_YESCRYPT);
}
