#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_audit.h"

/*
 * The key is brought into OpenSSL for one operation only, so that between two
 * of them it is nowhere but in the locked memory. With its public half, which
 * takes OpenSSL longer to find than a signature.
 */
static EVP_PKEY *
load_key(const struct keeper_audit *a)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", NULL);
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM halves[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY,
		    (void *)(uintptr_t)a->key, KEEPER_AUDIT_KEY_LEN),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t)a->pub, AUDIT_PUB_LEN),
		OSSL_PARAM_construct_end(),
	};

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, halves) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	return (pkey);
}

int
keeper_audit_init(struct keeper_audit *a,
    const uint8_t key[KEEPER_AUDIT_KEY_LEN], const struct audit_head *confirmed)
{
	size_t n = sizeof(a->pub);
	EVP_PKEY *pkey;
	int r = 0;

	memset(a, 0, sizeof(*a));
	a->key = key;
	a->confirmed = *confirmed;
	pkey = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, key, KEEPER_AUDIT_KEY_LEN);
	if (pkey == NULL ||
	    EVP_PKEY_get_raw_public_key(pkey, a->pub, &n) != 1 ||
	    n != sizeof(a->pub))
		r = log_fr(ERR_KEEPER, "audit signing key");
	EVP_PKEY_free(pkey);
	return (r);
}

void
keeper_audit_begin(struct keeper_audit *a, const struct audit_head *before)
{
	a->is_open = true;
	a->parts = 0;
	a->before = *before;
	a->at = *before;
}

void
keeper_audit_drop(struct keeper_audit *a)
{
	a->is_open = false;
}

int
keeper_audit_add(struct keeper_audit *a, const struct audit_record *rec)
{
	int r = ERR_WRONG_STATE;

	if (a->is_open)
		r = audit_chain_next(&a->at, rec);
	if (r != 0)
		a->is_open = false;
	return (r);
}

static int
sign(const struct keeper_audit *a, const struct audit_head *head,
    uint8_t seal[AUDIT_SEAL_LEN])
{
	uint8_t text[AUDIT_SEAL_TEXT_MAX];
	size_t len = AUDIT_SEAL_LEN, n = audit_chain_seal_text(head, text);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = load_key(a);
	int r = ERR_KEEPER;

	if (ctx != NULL && pkey != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(ctx, seal, &len, text, n) == 1 &&
	    len == AUDIT_SEAL_LEN)
		r = 0;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	if (r != 0)
		return (log_fr(r, "sign the audit head"));
	return (0);
}

/* End the go; 0 when it may end in a seal. */
static int
finish(struct keeper_audit *a)
{
	bool was_open = a->is_open;

	a->is_open = false;
	if (!was_open)
		return (ERR_WRONG_STATE);
	return (a->at.seq == a->before.seq ? ERR_PROTO : 0);
}

int
keeper_audit_seal(struct keeper_audit *a, struct audit_head *after,
    uint8_t seal[AUDIT_SEAL_LEN])
{
	bool is_pending;
	int r;

	if ((r = finish(a)) != 0)
		return (r);
	is_pending =
	    a->has_pending && audit_chain_equal(&a->before, &a->pending);
	if (!is_pending && !audit_chain_equal(&a->before, &a->confirmed))
		return (ERR_WRONG_STATE);
	if ((r = sign(a, &a->at, seal)) != 0)
		return (r);
	if (is_pending)
		a->confirmed = a->pending;
	a->pending = a->at;
	a->has_pending = true;
	*after = a->at;
	return (0);
}

int
keeper_audit_follow(struct keeper_audit *a, const uint8_t seal[AUDIT_SEAL_LEN])
{
	int r;

	if ((r = finish(a)) != 0)
		return (r);
	if (!audit_chain_equal(&a->before, &a->confirmed) ||
	    !audit_chain_seal_ok(a->pub, &a->at, seal))
		return (ERR_WRONG_STATE);
	a->confirmed = a->at;
	a->has_pending = false;
	return (0);
}

int
keeper_audit_confirm(struct keeper_audit *a, const struct audit_head *head)
{
	if (a->has_pending && audit_chain_equal(head, &a->pending)) {
		a->confirmed = a->pending;
		a->has_pending = false;
		return (0);
	}
	return (audit_chain_equal(head, &a->confirmed) ? 0 : ERR_WRONG_STATE);
}
