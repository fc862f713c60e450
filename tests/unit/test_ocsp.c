/*
 * Goal of this test: OCSP says good, revoked, unknown, as OpenSSL's client asks
 * and checks it; a nonce comes back up to the limit; a prepared answer never
 * outlives a revocation (R70, V43).
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/base/file.c
 * Links: authd/core/logins.c
 * Links: authd/core/source_rule.c authd/core/recovery.c authd/core/account.c
 * Links: authd/core/account_input.c authd/core/act.c authd/core/checks.c
 * Links: authd/core/enrol.c authd/core/journal.c authd/core/lock.c
 * Links: authd/core/office.c authd/core/phone.c authd/core/steady.c
 * Links: authd/core/verify.c authd/store/rows.c authd/core/terminal.c
 * Links: authd/core/terminals.c authd/core/cert.c authd/core/cert_life.c
 * Links: authd/core/host.c authd/core/live.c authd/core/seen.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/audit/audit_record.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_verify.c
 * Links: authd/base/err.c authd/base/log.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/fold.c authd/base/id.c
 * Links: authd/base/timetext.c tests/fakes/core_world.c
 * Links: tests/fakes/clock_fake.c tests/fakes/keeper_fake.c
 * Links: tests/fakes/keeper_fake_cert.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_mem_terminal.c
 * Links: tests/fakes/store_mem_cert.c tests/fakes/cert_world.c
 * Links: tests/fakes/ca_rig.c authd/keeper/keeper_ca.c
 * Links: authd/keeper/keeper_quota.c authd/keeper/keeper_key_source.c
 * Links: authd/keeper/keeper_state.c certs/x509_der.c certs/x509_public.c
 * Links: certs/x509_weak.c certs/x509_request.c certs/x509_subject.c
 * Links: certs/x509_trust.c certs/x509_chain.c certs/x509_pem.c
 * Links: certs/x509_extend.c certs/x509_profile.c certs/x509_issue.c
 * Links: certs/x509_scalar.c certs/x509_root.c certs/x509_key.c
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c certs/x509_pkcs12.c
 * Links: authd/core/cert_issue.c authd/core/cert_text.c authd/core/crl.c
 * Links: authd/core/keyshare.c certs/x509_shared.c
 * Links: authd/core/ocsp.c certs/x509_crl.c certs/x509_ocsp.c
 * Links: certs/x509_ocsp_sign.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "authd/core/crl.h"
#include "authd/core/ocsp.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_fake_cert.h"

static struct cert_world cw;
static struct core_world *w = &cw.world;
static struct x509_trust *trust; /* of the keeper's own CA */

static int
setup(void **state)
{
	struct keeper_ca_info *ca = calloc(1, sizeof(*ca));

	(void)state;
	assert_non_null(ca);
	cert_world_start(&cw);
	assert_int_equal(keeper_client_cert_ca(w->core.keeper, ca), 0);
	assert_int_equal(x509_trust_new(ca->issuing, ca->issuing_len, ca->root,
			     ca->root_len, &trust),
	    0);
	w->core.trust = trust;
	free(ca);
	assert_int_equal(crl_new(-1, &w->core.crl), 0);
	assert_int_equal(ocsp_new(&w->core.ocsp), 0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	crl_free(w->core.crl);
	ocsp_free(w->core.ocsp);
	cert_world_stop(&cw);
	x509_trust_free(trust);
	return (0);
}

static struct ocsp_answer told; /* the last */

/* Ask about a serial; the state, or -1 when there is no signed answer. */
static int
ask(const uint8_t *serial, bool with_nonce, bool *nonce_back)
{
	BIGNUM *bn = BN_bin2bn(serial, CERT_SERIAL_LEN, NULL);
	ASN1_INTEGER *number = BN_to_ASN1_INTEGER(bn, NULL);
	OCSP_REQUEST *rq = OCSP_REQUEST_new();
	OCSP_CERTID *id, *mine;
	OCSP_RESPONSE *res;
	OCSP_BASICRESP *basic;
	ASN1_GENERALIZEDTIME *this_update, *next_update;
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *chain = sk_X509_new_null();
	uint8_t *der = NULL;
	const uint8_t *at;
	int len, state = -1, reason;

	id = OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(trust->issuing),
	    X509_get0_pubkey_bitstr(trust->issuing), number);
	mine = OCSP_CERTID_dup(id);
	assert_non_null(OCSP_request_add0_id(rq, id));
	if (with_nonce)
		assert_int_equal(OCSP_request_add1_nonce(rq, NULL, -1), 1);
	len = i2d_OCSP_REQUEST(rq, &der);
	(void)cert_world_now(&cw);
	assert_int_equal(ocsp_run(&w->core, &w->act, der, (size_t)len, &told), 0);
	at = told.der;
	res = d2i_OCSP_RESPONSE(NULL, &at, (long)told.len);
	assert_non_null(res);
	if (OCSP_response_status(res) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		basic = OCSP_response_get1_basic(res);
		assert_non_null(basic);
		X509_STORE_add_cert(store, trust->root);
		X509_VERIFY_PARAM_set_time(
		    X509_STORE_get0_param(store), w->act.now.wall_ms / 1000);
		sk_X509_push(chain, trust->issuing);
		/* R70: by the CA's delegate, with the purpose */
		assert_int_equal(OCSP_basic_verify(basic, chain, store, 0), 1);
		if (nonce_back != NULL)
			*nonce_back = OCSP_check_nonce(rq, basic) == 1;
		assert_int_equal(OCSP_resp_find_status(basic, mine, &state,
				     &reason, NULL, &this_update, &next_update),
		    1);
		OCSP_BASICRESP_free(basic);
	}
	OCSP_RESPONSE_free(res);
	OCSP_REQUEST_free(rq);
	OCSP_CERTID_free(mine);
	ASN1_INTEGER_free(number);
	BN_free(bn);
	OPENSSL_free(der);
	sk_X509_free(chain);
	X509_STORE_free(store);
	return (state);
}

static void
revoke(const struct cert *row)
{
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(
		w, cert_revoke_row(&w->core, &w->act, row, CERT_LOST, NULL)),
	    0);
	crl_changed(w->core.crl);
}

static void
test_R70_states(void **state)
{
	struct cert row = cert_world_live(&cw), other = cert_world_live(&cw);
	uint8_t never[CERT_SERIAL_LEN] = { 0x41, 2, 3 };
	bool back = false;

	(void)state;
	assert_int_equal(ask(row.serial, true, &back), V_OCSP_CERTSTATUS_GOOD);
	assert_true(back);
	assert_int_equal(ask(row.serial, false, NULL), V_OCSP_CERTSTATUS_GOOD);
	assert_int_equal(ask(never, true, &back), V_OCSP_CERTSTATUS_UNKNOWN);
	assert_int_equal(ask(never, false, NULL), V_OCSP_CERTSTATUS_UNKNOWN);
	/* revoked is seen at once, whatever was prepared: V43 */
	revoke(&row);
	assert_int_equal(
	    ask(row.serial, false, NULL), V_OCSP_CERTSTATUS_REVOKED);
	assert_int_equal(
	    ask(row.serial, true, &back), V_OCSP_CERTSTATUS_REVOKED);
	assert_true(back);
	assert_int_equal(
	    ask(other.serial, false, NULL), V_OCSP_CERTSTATUS_GOOD);
}

/* A stranger's serial, of which there is no end, takes nobody's place among what
 * is prepared, and is known from the moment of its issue. */
static void
test_strangers_are_not_prepared(void **state)
{
	struct cert row = cert_world_live(&cw);
	uint8_t never[CERT_SERIAL_LEN] = { 0x41, 2, 3 };
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    ask(never, false, NULL), V_OCSP_CERTSTATUS_UNKNOWN);
		assert_false(told.is_prepared);
		assert_int_equal(
		    ask(row.serial, false, NULL), V_OCSP_CERTSTATUS_GOOD);
		assert_int_equal(told.is_prepared, i > 0);
	}
	row = cert_world_live(&cw);
	memcpy(row.serial, never, sizeof(never));
	memset(row.fingerprint, 0x41, sizeof(row.fingerprint));
	core_world_begin(w);
	assert_int_equal(
	    w->core.store->ops->cert_add(w->core.store, &row), 0);
	assert_int_equal(core_world_commit(w), 0);
	assert_int_equal(ask(never, false, NULL), V_OCSP_CERTSTATUS_GOOD);
}

/* Beyond the limit the prepared answer, without the nonce; else try later. */
static void
test_limit(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct cert fresh = cert_world_live(&cw);
	bool back = false;
	int i;

	(void)state;
	assert_int_equal(ask(row.serial, false, NULL), V_OCSP_CERTSTATUS_GOOD);
	for (i = 1; i < OCSP_SIGNED_MAX; i++) {
		assert_int_equal(
		    ask(row.serial, true, &back), V_OCSP_CERTSTATUS_GOOD);
		assert_true(back);
	}
	assert_int_equal(ask(row.serial, true, &back), V_OCSP_CERTSTATUS_GOOD);
	assert_false(back);
	assert_int_equal(ask(fresh.serial, true, &back), -1);
	/* in the next second again */
	clock_fake_set(cert_world_now(&cw) + 1000, 3600000 + 1000);
	assert_int_equal(
	    ask(fresh.serial, true, &back), V_OCSP_CERTSTATUS_GOOD);
	assert_true(back);
}

static void
test_refused(void **state)
{
	static struct ocsp_answer a;
	const uint8_t nothing[] = { 0x30, 0x00 };

	(void)state;
	(void)cert_world_now(&cw);
	assert_int_equal(ocsp_run(&w->core, &w->act, nothing, 2, &a), 0);
	assert_false(a.is_good);
	assert_int_equal(a.len, 5);
	assert_int_equal(a.der[4], OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	assert_int_equal(ocsp_run(&w->core, &w->act, nothing, 0, &a), 0);
	assert_int_equal(a.der[4], OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	w->core.trust = NULL;
	assert_int_equal(
	    ocsp_run(&w->core, &w->act, nothing, 2, &a), ERR_WRONG_STATE);
	w->core.trust = trust;
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_R70_states),
		RUN(test_strangers_are_not_prepared),
		RUN(test_limit),
		RUN(test_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
