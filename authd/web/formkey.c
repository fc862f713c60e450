#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/web/cookie.h"
#include "authd/web/formkey.h"

#define SESSION_MAX 64 /* longer than any session's token */

int
formkey_take(
    const struct exchange_in *in, char secret[FORMKEY_LEN + 1], bool *is_new)
{
	*is_new =
	    cookie_get(in, FORMKEY_COOKIE, secret, FORMKEY_LEN + 1) != 0 ||
	    strlen(secret) != FORMKEY_LEN;
	return (*is_new ? id_new_token(secret) : 0);
}

int
formkey_token(
    const char *secret, const char *session, char out[FORMKEY_TOKEN_LEN + 1])
{
	char text[sizeof("sekisho form") + FORMKEY_LEN + 1 + SESSION_MAX + 1];
	uint8_t hash[FORMKEY_TOKEN_LEN / 2];
	int n, r = 0;

	out[0] = '\0';
	n = snprintf(text, sizeof(text), "sekisho form %s %s", secret, session);
	if (n < 0 || (size_t)n >= sizeof(text) ||
	    EVP_Digest(text, (size_t)n, hash, NULL, EVP_sha256(), NULL) != 1)
		r = log_fr(ERR_NOMEM, "token of a form");
	else
		text_put_hex(hash, sizeof(hash), out);
	mem_wipe(text, sizeof(text));
	mem_wipe(hash, sizeof(hash));
	return (r);
}

/* A browser that says where a form came from is believed. */
static bool
is_from_elsewhere(const struct exchange_in *in)
{
	static const char same[] = "same-origin", none[] = "none";
	const char *value;
	size_t n;

	switch (exchange_in_header(in, "Sec-Fetch-Site", &value, &n)) {
	case 0:
		return (false); /* an older one */
	case 1:
		/* none: the person sends it again, as on a restart */
		return (
		    !(n == sizeof(same) - 1 && memcmp(value, same, n) == 0) &&
		    !(n == sizeof(none) - 1 && memcmp(value, none, n) == 0));
	default:
		return (true);
	}
}

int
formkey_check(const struct exchange_in *in, const char *secret,
    const char *session, const char *token)
{
	char right[FORMKEY_TOKEN_LEN + 1];
	int r;

	if (token == NULL || strlen(token) != FORMKEY_TOKEN_LEN ||
	    is_from_elsewhere(in))
		return (ERR_DENIED);
	if ((r = formkey_token(secret, session, right)) != 0)
		return (r);
	r = mem_equal(token, right, FORMKEY_TOKEN_LEN) ? 0 : ERR_DENIED;
	mem_wipe(right, sizeof(right));
	return (r);
}
