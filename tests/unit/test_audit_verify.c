/*
 * Goal of this test: an untouched log is accepted, and whatever is done to one
 * record (changed in any field, removed, swapped, added, cut off, rewritten
 * with another key or the stolen one) is found and the right record is named.
 * Links: authd/audit/audit_verify.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_record.c authd/base/buf.c authd/base/text.c
 * Links: authd/base/err.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/audit/audit_verify.h"

#define RECORDS 24
#define BATCH   3 /* records of one transaction: 1-3, 4-6, ... */

struct stored {
	struct audit_record rec;
	uint8_t hash[AUDIT_HASH_LEN];
	uint8_t seal[AUDIT_SEAL_LEN];
	bool is_sealed;
};

struct log {
	struct stored at[RECORDS + 2];
	int n;
	uint8_t pub[AUDIT_PUB_LEN];
};

static void
seal_head(const uint8_t key[32], const struct audit_head *h, uint8_t *seal,
    uint8_t *pub)
{
	EVP_PKEY *pkey =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t text[AUDIT_SEAL_TEXT_MAX];
	size_t n = audit_chain_seal_text(h, text), len = AUDIT_SEAL_LEN;
	size_t publen = AUDIT_PUB_LEN;

	EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey);
	assert_int_equal(EVP_DigestSign(ctx, seal, &len, text, n), 1);
	if (pub != NULL)
		EVP_PKEY_get_raw_public_key(pkey, pub, &publen);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
}

/* Compute hashes and seals anew from record i on, as a forger with key would */
static void
reseal(struct log *l, int i, uint8_t key_byte, uint8_t *pub)
{
	struct audit_head h = { .node = 1 };
	uint8_t key[32] = { key_byte };

	if (i > 0) {
		h.seq = l->at[i - 1].rec.seq;
		memcpy(h.hash, l->at[i - 1].hash, AUDIT_HASH_LEN);
	}
	for (; i < l->n; i++) {
		assert_int_equal(audit_chain_next(&h, &l->at[i].rec), 0);
		memcpy(l->at[i].hash, h.hash, AUDIT_HASH_LEN);
		if (l->at[i].is_sealed)
			seal_head(key, &h, l->at[i].seal, pub);
	}
}

static struct log
make(void)
{
	struct audit_record *r;
	struct log l;
	int i;

	memset(&l, 0, sizeof(l));
	l.n = RECORDS;
	for (i = 0; i < l.n; i++) {
		r = &l.at[i].rec;
		r->node = 1;
		r->seq = i + 1;
		r->at_ms = 1795305600000 + i;
		snprintf(r->actor, sizeof(r->actor), "system");
		snprintf(r->source, sizeof(r->source), "local:cli");
		snprintf(r->office, sizeof(r->office), "a");
		snprintf(r->account, sizeof(r->account), "user-%d", i);
		snprintf(r->device, sizeof(r->device), "d-%d", i);
		snprintf(r->action, sizeof(r->action), "verify");
		snprintf(r->result, sizeof(r->result), "refuse");
		snprintf(r->reason, sizeof(r->reason), "wrong_code");
		snprintf(r->request_id, sizeof(r->request_id), "R%d", i);
		snprintf(r->detail, sizeof(r->detail), "step=%d", i);
		l.at[i].is_sealed = (i + 1) % BATCH == 0;
	}
	reseal(&l, 0, 1, l.pub);
	return (l);
}

static bool
verify(const struct log *l, const struct audit_head *known, int64_t *bad,
    char *why)
{
	struct audit_verify v;
	bool is_whole;
	int i;

	audit_verify_init(&v, l->pub, 1);
	if (known != NULL)
		audit_verify_known(&v, known);
	for (i = 0; i < l->n; i++)
		audit_verify_add(&v, &l->at[i].rec, l->at[i].hash,
		    l->at[i].is_sealed ? l->at[i].seal : NULL);
	is_whole = audit_verify_end(&v);
	assert_int_equal(v.records, l->n);
	*bad = v.first_bad;
	snprintf(why, AUDIT_WORD_MAX + 1, "%s", v.why);
	return (is_whole);
}

static void
expect(const struct log *l, int64_t bad, const char *why)
{
	char got_why[AUDIT_WORD_MAX + 1];
	int64_t got_bad;

	assert_false(verify(l, NULL, &got_bad, got_why));
	assert_int_equal(got_bad, bad);
	assert_string_equal(got_why, why);
}

static struct audit_head
head_of(const struct log *l, int i)
{
	struct audit_head h = { .node = 1, .seq = l->at[i].rec.seq };

	memcpy(h.hash, l->at[i].hash, AUDIT_HASH_LEN);
	return (h);
}

static void
remove_at(struct log *l, int i)
{
	memmove(&l->at[i], &l->at[i + 1],
	    (size_t)(l->n - i - 1) * sizeof(l->at[0]));
	l->n--;
}

static void
insert_at(struct log *l, int i, const struct stored *s)
{
	memmove(
	    &l->at[i + 1], &l->at[i], (size_t)(l->n - i) * sizeof(l->at[0]));
	l->at[i] = *s;
	l->n++;
}

static void
test_untouched(void **state)
{
	struct log l = make(), empty = { .n = 0 };
	struct audit_head known;
	char why[AUDIT_WORD_MAX + 1];
	int64_t bad;
	int i;

	(void)state;
	assert_true(verify(&l, NULL, &bad, why));
	assert_int_equal(bad, 0);
	assert_string_equal(why, "");
	for (i = 0; i < l.n; i++) {
		known = head_of(&l, i);
		assert_true(verify(&l, &known, &bad, why));
	}
	assert_true(verify(&empty, NULL, &bad, why));
}

static void
test_F19_changed_field(void **state)
{
	struct log l;
	int i, f;

	(void)state;
	for (i = 0; i < RECORDS; i++)
		for (f = 0; f < 11; f++) {
			struct audit_record *r;
			char *texts[10];

			l = make();
			r = &l.at[i].rec;
			char *all[10] = { r->actor, r->source, r->office,
				r->account, r->device, r->action, r->result,
				r->reason, r->request_id, r->detail };
			memcpy(texts, all, sizeof(texts));
			if (f < 10)
				texts[f][0] ^= 1;
			else
				r->at_ms++;
			expect(&l, i + 1, "hash");
		}
}

static void
test_changed_text_of_another_kind(void **state)
{
	struct log l = make();

	(void)state;
	snprintf(l.at[4].rec.detail, sizeof(l.at[4].rec.detail), "a\nb");
	expect(&l, 5, "record");
	l = make();
	l.at[4].rec.node = 2;
	expect(&l, 5, "node");
	l = make();
	l.at[4].hash[31] ^= 0x80;
	expect(&l, 5, "hash");
}

static void
test_hashes_made_fit(void **state)
{
	struct log l;
	int i, j;

	(void)state;
	/* Changed, and every hash after it computed anew, but no key. */
	for (i = 0; i < RECORDS; i++) {
		struct log old = l = make();

		l.at[i].rec.result[0] = 'a';
		reseal(&l, i, 1, NULL);
		for (j = 0; j < RECORDS; j++)
			memcpy(l.at[j].seal, old.at[j].seal, AUDIT_SEAL_LEN);
		expect(&l, i / BATCH * BATCH + 1, "seal");
	}
}

static void
test_resealed_with_another_key(void **state)
{
	struct log l = make();

	(void)state;
	l.at[7].rec.result[0] = 'a';
	reseal(&l, 7, 2, NULL);
	expect(&l, 7, "seal");
	l = make();
	reseal(&l, 0, 2, NULL);
	expect(&l, 1, "seal");
}

static void
test_removed(void **state)
{
	struct log l;
	int i;

	(void)state;
	for (i = 0; i < RECORDS - 1; i++) {
		l = make();
		remove_at(&l, i);
		expect(&l, i + 1, "sequence");
	}
	/* Removed, and all after it moved up one number. */
	for (i = 0; i < RECORDS - 1; i++) {
		int j;

		l = make();
		remove_at(&l, i);
		for (j = i; j < l.n; j++)
			l.at[j].rec.seq--;
		expect(&l, i + 1, "hash");
	}
}

static void
test_swapped(void **state)
{
	struct stored s;
	struct log l;
	int i;

	(void)state;
	for (i = 0; i < RECORDS - 1; i++) {
		l = make();
		s = l.at[i];
		l.at[i] = l.at[i + 1];
		l.at[i + 1] = s;
		expect(&l, i + 1, "sequence");
		/* with their numbers changed as well */
		l.at[i].rec.seq = i + 1;
		l.at[i + 1].rec.seq = i + 2;
		expect(&l, i + 1, "hash");
	}
}

static void
test_added(void **state)
{
	struct stored s;
	struct log l;
	int i;

	(void)state;
	for (i = 0; i < RECORDS; i++) {
		l = make();
		s = l.at[i];
		insert_at(&l, i + 1, &s);
		expect(&l, i + 1, "sequence");
	}
	/* One at the end, with its hash, without a seal. */
	l = make();
	s = l.at[RECORDS - 1];
	s.rec.seq = RECORDS + 1;
	s.is_sealed = false;
	insert_at(&l, RECORDS, &s);
	expect(&l, RECORDS + 1, "hash");
	reseal(&l, RECORDS, 1, NULL);
	expect(&l, RECORDS + 1, "unsealed");
	/* ... or with the seal of another. */
	l.at[RECORDS].is_sealed = true;
	expect(&l, RECORDS + 1, "seal");
}

static void
test_cut(void **state)
{
	char why[AUDIT_WORD_MAX + 1];
	struct log l = make();
	struct audit_head known = head_of(&l, RECORDS - 1);
	int64_t bad;

	(void)state;
	/* In the middle of a transaction: seen without any knowledge. */
	l.n = RECORDS - 1;
	expect(&l, RECORDS - BATCH + 1, "unsealed");
	/* At the end of one: seen by him who knows the head. */
	l.n = RECORDS - BATCH;
	assert_true(verify(&l, NULL, &bad, why));
	assert_false(verify(&l, &known, &bad, why));
	assert_int_equal(bad, RECORDS - BATCH + 1);
	assert_string_equal(why, "missing");
	l.n = 0;
	assert_false(verify(&l, &known, &bad, why));
	assert_int_equal(bad, 1);
}

static void
test_rewritten_with_the_stolen_key(void **state)
{
	char why[AUDIT_WORD_MAX + 1];
	struct log l = make();
	struct audit_head known = head_of(&l, 11);
	int64_t bad;

	(void)state;
	l.at[2].rec.result[0] = 'a';
	reseal(&l, 2, 1, NULL);
	assert_true(verify(&l, NULL, &bad, why));
	assert_false(verify(&l, &known, &bad, why));
	assert_int_equal(bad, 12);
	assert_string_equal(why, "rewritten");
	/* What is known of another node is not met. */
	l = make();
	known = head_of(&l, 11);
	known.node = 2;
	assert_false(verify(&l, &known, &bad, why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_F19_changed_field),
		cmocka_unit_test(test_changed_text_of_another_kind),
		cmocka_unit_test(test_hashes_made_fit),
		cmocka_unit_test(test_resealed_with_another_key),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_added),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_rewritten_with_the_stolen_key),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
