#include <sodium.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/core/token.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 32 bytes are 42 letters and one whose last two bits are zero. */
static void
put(const uint8_t in[SESSION_HASH_LEN], char out[TOKEN_LEN + 1])
{
	uint32_t bits = 0;
	int have = 0;
	size_t i, at = 0;

	for (i = 0; i < SESSION_HASH_LEN; i++) {
		bits = bits << 8 | in[i];
		for (have += 8; have >= 6; have -= 6)
			out[at++] = letters[bits >> (have - 6) & 63];
	}
	out[at++] = letters[bits << (6 - have) & 63];
	out[at] = '\0';
}

static bool
is_letter(char c)
{
	return ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_');
}

bool
token_is(const char *text, size_t n)
{
	size_t i;

	if (n != TOKEN_LEN)
		return (false);
	for (i = 0; i < n; i++)
		if (!is_letter(text[i]))
			return (false);
	/* The last one says four bits: the others of its letters are zero. */
	return (
	    (strchr(letters, text[TOKEN_LEN - 1]) - letters) % 4 == 0);
}

int
token_hash(const char *text, uint8_t hash[SESSION_HASH_LEN])
{
	size_t n = strnlen(text, TOKEN_LEN + 1);

	if (!token_is(text, n))
		return (ERR_INVALID);
	/* libcrypto looks its SHA-256 up anew each time, which takes longer */
	(void)crypto_hash_sha256(hash, (const unsigned char *)text, n);
	return (0);
}

int
token_new(char out[TOKEN_LEN + 1], uint8_t hash[SESSION_HASH_LEN])
{
	uint8_t bytes[SESSION_HASH_LEN];
	int r;

	out[0] = '\0';
	if ((r = mem_random(bytes, sizeof(bytes))) != 0)
		return (r);
	put(bytes, out);
	if ((r = token_hash(out, hash)) != 0)
		mem_wipe(out, TOKEN_LEN + 1);
	mem_wipe(bytes, sizeof(bytes));
	return (r);
}

void
token_put_hash(const uint8_t hash[SESSION_HASH_LEN], char out[TOKEN_LEN + 1])
{
	put(hash, out);
}

int
token_get_hash(const char *text, uint8_t hash[SESSION_HASH_LEN])
{
	uint32_t bits = 0;
	int have = 0;
	size_t i, at = 0;

	if (!token_is(text, strnlen(text, TOKEN_LEN + 1)))
		return (ERR_INVALID);
	for (i = 0; i < TOKEN_LEN; i++) {
		bits = bits << 6 |
		    (uint32_t)(strchr(letters, text[i]) - letters);
		have += 6;
		if (have >= 8) {
			have -= 8;
			hash[at++] = (uint8_t)(bits >> have);
		}
	}
	return (0);
}
