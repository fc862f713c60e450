#include <openssl/evp.h>
#include <string.h>

#include "authd/audit/audit_chain.h"

int
audit_chain_next(struct audit_head *head, const struct audit_record *rec)
{
	uint8_t text[AUDIT_HASH_LEN + AUDIT_RECORD_MAX];
	uint8_t hash[AUDIT_HASH_LEN];
	struct buf b;

	if (rec->node != head->node || head->seq == INT64_MAX ||
	    rec->seq != head->seq + 1)
		return (ERR_WRONG_STATE);
	buf_init(&b, text, sizeof(text));
	buf_put_raw(&b, head->hash, sizeof(head->hash));
	audit_record_put(&b, rec);
	if (b.is_broken)
		return (ERR_INVALID);
	if (EVP_Digest(text, b.len, hash, NULL, EVP_sha256(), NULL) != 1)
		return (ERR_NOMEM);
	memcpy(head->hash, hash, sizeof(head->hash));
	head->seq = rec->seq;
	return (0);
}

bool
audit_chain_equal(const struct audit_head *a, const struct audit_head *b)
{
	return (a->node == b->node && a->seq == b->seq &&
	    memcmp(a->hash, b->hash, sizeof(a->hash)) == 0);
}

size_t
audit_chain_seal_text(
    const struct audit_head *head, uint8_t out[AUDIT_SEAL_TEXT_MAX])
{
	static const char what[] = "sekisho audit head 1";
	struct buf b;

	buf_init(&b, out, AUDIT_SEAL_TEXT_MAX);
	buf_put_raw(&b, what, sizeof(what)); /* with its NUL */
	buf_put_u32(&b, (uint32_t)head->node);
	buf_put_i64(&b, head->seq);
	buf_put_raw(&b, head->hash, sizeof(head->hash));
	return (b.len);
}

bool
audit_chain_seal_ok(const uint8_t pub[AUDIT_PUB_LEN],
    const struct audit_head *head, const uint8_t seal[AUDIT_SEAL_LEN])
{
	uint8_t text[AUDIT_SEAL_TEXT_MAX];
	size_t n = audit_chain_seal_text(head, text);
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *ctx = NULL;
	bool is_ok = false;

	key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, pub, AUDIT_PUB_LEN);
	ctx = EVP_MD_CTX_new();
	if (key == NULL || ctx == NULL)
		goto out;
	if (EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1)
		goto out;
	is_ok = EVP_DigestVerify(ctx, seal, AUDIT_SEAL_LEN, text, n) == 1;
out:
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return (is_ok);
}
