#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_mac.h"

int
keeper_mac_derive(
    const uint8_t seed_key[KEEPER_MAC_KEY_LEN], uint8_t out[KEEPER_MAC_KEY_LEN])
{
	char digest[] = "SHA256", info[] = "sekisho pepper 1";
	OSSL_PARAM params[4];
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int r = ERR_KEEPER;

	params[0] =
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
	    (void *)(uintptr_t)seed_key, KEEPER_MAC_KEY_LEN);
	params[2] = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_INFO, info, sizeof(info) - 1);
	params[3] = OSSL_PARAM_construct_end();
	if (ctx != NULL &&
	    EVP_KDF_derive(ctx, out, KEEPER_MAC_KEY_LEN, params) == 1)
		r = 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	if (r != 0)
		return (log_fr(r, "derive the pepper"));
	return (0);
}

int
keeper_mac_run(const uint8_t key[KEEPER_MAC_KEY_LEN],
    const struct keeper_mac_in *in, uint8_t out[KEEPER_MAC_LEN])
{
	uint8_t text[1 + 2 * ID_LEN + KEEPER_MAC_IN_MAX];
	size_t len = 0;
	struct buf b;
	int r = 0;

	memset(out, 0, KEEPER_MAC_LEN);
	if ((in->purpose != KEEPER_MAC_PASSWORD &&
		in->purpose != KEEPER_MAC_RECOVERY) ||
	    in->len == 0 || in->len > KEEPER_MAC_IN_MAX)
		return (ERR_PROTO);
	buf_init(&b, text, sizeof(text));
	buf_put_u8(&b, (uint8_t)in->purpose);
	buf_put_raw(&b, in->office.b, ID_LEN);
	buf_put_raw(&b, in->account.b, ID_LEN);
	buf_put_raw(&b, in->at, in->len);
	if (b.is_broken ||
	    EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key,
		KEEPER_MAC_KEY_LEN, text, b.len, out, KEEPER_MAC_LEN,
		&len) == NULL ||
	    len != KEEPER_MAC_LEN)
		r = log_fr(ERR_KEEPER, "keyed hash");
	mem_wipe(text, sizeof(text));
	if (r != 0)
		mem_wipe(out, KEEPER_MAC_LEN);
	return (r);
}
