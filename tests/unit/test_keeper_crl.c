/*
 * Goal of this test: revocation lists and OCSP answers through the real
 * keeper's loop: what was sent is on them, they are the CA's and its
 * delegate's, and a number of a list never comes twice nor falls (R68, R70).
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_client_cert.c
 * Links: authd/keeper/keeper_msg.c authd/keeper/keeper_cert_msg.c
 * Links: authd/keeper/keeper_loop.c authd/keeper/keeper_cert_answer.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_seed.c
 * Links: authd/keeper/keeper_mac.c authd/keeper/keeper_rate.c
 * Links: authd/keeper/keeper_audit.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_extend.c certs/x509_profile.c
 * Links: certs/x509_url.c certs/x509_issue.c certs/x509_scalar.c
 * Links: certs/x509_root.c certs/x509_key.c certs/x509_pem.c
 * Links: certs/x509_crl.c certs/x509_ocsp.c certs/x509_ocsp_sign.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/id.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_rig.c tests/fakes/ca_rig.c
 * Links: tests/fakes/keeper_ca_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_client_cert.h"
#include "authd/keeper/keeper_ocsp.h"
#include "certs/x509_ocsp.h"
#include "tests/fakes/ca_rig.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_rig.h"

#define T0  1795305600000LL
#define DAY 86400000LL

static struct keeper_rig rig;
static struct ca_rig ca;
static struct keeper_ca *opened;
static struct keeper *k;

static void
start(int state_fd)
{
	assert_int_equal(keeper_rig_open(&rig, state_fd), 0);
	assert_int_equal(
	    keeper_ca_rig_open(&ca, &rig.state, 10, &opened), 0);
	rig.loop->ca = opened;
	assert_int_equal(keeper_rig_run(&rig), 0);
	assert_int_equal(keeper_client_new(rig.front_fd, 60000, &k), 0);
}

static int
stop(void)
{
	int fd = rig.state_fd;

	keeper_client_free(k);
	keeper_rig_join(&rig);
	keeper_rig_close(&rig);
	keeper_ca_free(opened);
	assert_int_equal(rig.result, 0);
	return (fd);
}

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	clock_fake_set(T0, 3600000);
	assert_int_equal(ca_rig_make(&ca, T0), 0);
	start(-1);
	return (0);
}

static int
end(void **state)
{
	(void)state;
	close(stop());
	ca_rig_close(&ca);
	return (0);
}

/* n entries in order, with every reason there is. */
static struct keeper_crl_entry *
make_entries(size_t n)
{
	static const uint8_t reasons[] = { 0, 1, 3, 4, 5 };
	struct keeper_crl_entry *e = calloc(n, sizeof(*e));
	size_t i;

	assert_non_null(e);
	for (i = 0; i < n; i++) {
		e[i].serial[0] = 0x41;
		e[i].serial[12] = (uint8_t)(i >> 24);
		e[i].serial[13] = (uint8_t)(i >> 16);
		e[i].serial[14] = (uint8_t)(i >> 8);
		e[i].serial[15] = (uint8_t)i;
		e[i].reason = reasons[i % sizeof(reasons)];
		e[i].revoked_ms = T0 - (int64_t)i * 1000;
	}
	return (e);
}

/* The list as OpenSSL reads it; its signature holds. */
static X509_CRL *
read_list(const struct keeper_crl *list)
{
	const uint8_t *p = list->der;
	AUTHORITY_KEYID *aki;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)list->len);

	assert_non_null(crl);
	assert_true(p == list->der + list->len);
	assert_int_equal(
	    X509_CRL_verify(crl, X509_get0_pubkey(ca.root.issuing)), 1);
	assert_int_equal(X509_CRL_get_version(crl), X509_CRL_VERSION_2);
	/* 5.2.1: by which key, for a CA of the same name */
	aki = X509_CRL_get_ext_d2i(
	    crl, NID_authority_key_identifier, NULL, NULL);
	assert_non_null(aki);
	assert_int_equal(
	    ASN1_OCTET_STRING_cmp(
		aki->keyid, X509_get0_subject_key_id(ca.root.issuing)),
	    0);
	AUTHORITY_KEYID_free(aki);
	return (crl);
}

static int64_t
number_of(X509_CRL *crl)
{
	ASN1_INTEGER *number;
	int critical = -1;
	int64_t n;

	number =
	    X509_CRL_get_ext_d2i(crl, NID_crl_number, &critical, NULL);
	assert_non_null(number);
	assert_int_equal(critical, 0);
	assert_int_equal(ASN1_INTEGER_get_int64(&n, number), 1);
	ASN1_INTEGER_free(number);
	return (n);
}

static void
sign_list(size_t n, int64_t number, int want)
{
	struct keeper_crl_entry *entries = make_entries(n + 1);
	const struct keeper_crl_ask ask = { .number = number,
		.life_ms = 7 * DAY,
		.entries = entries,
		.n = n };
	struct keeper_crl list;
	X509_REVOKED *one;
	X509_CRL *crl;
	ASN1_ENUMERATED *reason;
	size_t i;

	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), want);
	if (want != 0) {
		assert_null(list.der);
		free(entries);
		return;
	}
	crl = read_list(&list);
	assert_int_equal(number_of(crl), number);
	assert_int_equal(list.next_ms - list.this_ms, 7 * DAY);
	/* R68: without any, the field is left out. */
	assert_int_equal(X509_CRL_get_REVOKED(crl) == NULL, n == 0);
	assert_int_equal(
	    n == 0 ? 0 : sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), n);
	for (i = 0; i < n && i < 10; i++) {
		one = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(crl), (int)i);
		assert_memory_equal(ASN1_STRING_get0_data(
					X509_REVOKED_get0_serialNumber(one)),
		    entries[i].serial, 16);
		reason = X509_REVOKED_get_ext_d2i(
		    one, NID_crl_reason, NULL, NULL);
		/* never 0, which is said by silence */
		assert_int_equal(reason == NULL, entries[i].reason == 0);
		assert_int_equal(
		    reason == NULL ? 0 : ASN1_ENUMERATED_get(reason),
		    entries[i].reason);
		ASN1_ENUMERATED_free(reason);
	}
	X509_CRL_free(crl);
	free(list.der);
	free(entries);
}

static void
test_R68_lists(void **state)
{
	(void)state;
	sign_list(0, 1, 0);
	sign_list(1, 2, 0);
	sign_list(5, 3, 0);
	/* one part, two, more than an answer holds */
	sign_list(KEEPER_CERT_CRL_PART, 4, 0);
	sign_list(KEEPER_CERT_CRL_PART + 1, 5, 0);
	sign_list(3 * KEEPER_CERT_CRL_PART, 6, 0);
}

static void
test_R68_number(void **state)
{
	struct keeper_ca_info info;
	int fd;

	(void)state;
	sign_list(1, 0, ERR_INVALID);
	sign_list(1, -1, ERR_INVALID);
	sign_list(1, 100, 0);
	sign_list(1, 100, ERR_INVALID);
	sign_list(1, 99, ERR_INVALID);
	/* not beyond the time, or nobody could go on from there */
	sign_list(1, T0 + 1, ERR_INVALID);
	sign_list(1, INT64_MAX, ERR_INVALID);
	sign_list(1, 101, 0);
	fd = stop();
	start(fd);
	sign_list(1, 101, ERR_INVALID);
	assert_int_equal(keeper_client_cert_ca(k, &info), 0);
	assert_int_equal(info.crl_number, 101);
	sign_list(1, T0, 0);
	/* from there on by one */
	sign_list(1, T0 + 1, 0);
	sign_list(1, T0 + 3, ERR_INVALID);
	sign_list(1, T0 + 2, 0);
	/* A clock that was set back takes nothing back. */
	clock_fake_set(T0 - DAY / 48, 3600000);
	sign_list(1, T0 + 2, ERR_INVALID);
	sign_list(1, T0 + 3, 0);
}

static void
test_entries_not_taken(void **state)
{
	struct keeper_crl_entry *e = make_entries(3);
	struct keeper_crl_ask ask = { 1, DAY, e, 3 };
	struct keeper_crl list;

	(void)state;
	e[1].serial[15] = 0; /* the same twice */
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	e[1].serial[15] = 3; /* out of order */
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	e[1].serial[15] = 1;
	e[1].reason = 6; /* a hold */
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	e[1].reason = 1;
	e[0].serial[0] = 0;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	e[0].serial[0] = 0x41;
	e[2].revoked_ms = -1;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	e[2].revoked_ms = 0;
	ask.life_ms = 59999;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	ask.life_ms = 32 * DAY;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	/* nor is anything reckoned with such a one */
	ask.life_ms = INT64_MAX;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	ask.life_ms = INT64_MIN;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), ERR_INVALID);
	ask.life_ms = DAY;
	assert_int_equal(keeper_client_cert_crl(k, &ask, &list), 0);
	free(list.der);
	free(e);
}

/* Ask with openssl's own request and read with its own eyes. */
static OCSP_BASICRESP *
ask_ocsp(const EVP_MD *md, const struct keeper_ocsp_state *s, bool has_nonce,
    struct keeper_ocsp *out, OCSP_CERTID **id, OCSP_REQUEST **req)
{
	struct keeper_ocsp_ask ask = { .n = 1, .life_ms = DAY };
	struct x509_ocsp_request read;
	enum x509_ocsp_error error;
	OCSP_RESPONSE *answer;
	OCSP_BASICRESP *basic;
	struct x509_trust *t;
	ASN1_INTEGER *serial;
	uint8_t *der = NULL;
	const uint8_t *p;
	BIGNUM *n;
	int len;

	assert_int_equal(x509_trust_read(ca.chain, ca.chain_len, &t), 0);
	n = BN_bin2bn(s->serial, (int)s->serial_len, NULL);
	serial = BN_to_ASN1_INTEGER(n, NULL);
	*id = OCSP_cert_id_new(md, X509_get_subject_name(ca.root.issuing),
	    X509_get0_pubkey_bitstr(ca.root.issuing), serial);
	*req = OCSP_REQUEST_new();
	assert_non_null(OCSP_request_add0_id(*req, OCSP_CERTID_dup(*id)));
	if (has_nonce)
		assert_int_equal(OCSP_request_add1_nonce(*req, NULL, 32), 1);
	len = i2d_OCSP_REQUEST(*req, &der);
	assert_int_equal(
	    x509_ocsp_read(t, der, (size_t)len, &read, &error), 0);
	assert_int_equal(read.n, 1);
	assert_int_equal(read.nonce_len, has_nonce ? 32 : 0);
	assert_int_equal(read.ones[0].serial_len, s->serial_len);
	ask.states[0] = *s;
	ask.states[0].hash = (uint8_t)read.ones[0].hash;
	ask.nonce_len = read.nonce_len;
	memcpy(ask.nonce, read.nonce, read.nonce_len);
	assert_int_equal(keeper_client_cert_ocsp(k, &ask, out), 0);
	p = out->der;
	answer = d2i_OCSP_RESPONSE(NULL, &p, (long)out->len);
	assert_non_null(answer);
	assert_int_equal(OCSP_response_status(answer), 0);
	assert_non_null(basic = OCSP_response_get1_basic(answer));
	OCSP_RESPONSE_free(answer);
	OPENSSL_free(der);
	ASN1_INTEGER_free(serial);
	BN_free(n);
	x509_trust_free(t);
	return (basic);
}

/* By the chain to the root, as a client does, at the time of the test. */
static void
verify_answer(OCSP_BASICRESP *basic, int64_t at_ms)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *more = sk_X509_new_null();

	X509_STORE_add_cert(store, ca.root.root);
	sk_X509_push(more, ca.root.issuing);
	X509_VERIFY_PARAM_set_time(
	    X509_STORE_get0_param(store), (time_t)(at_ms / 1000));
	X509_VERIFY_PARAM_set_flags(
	    X509_STORE_get0_param(store), X509_V_FLAG_X509_STRICT);
	assert_int_equal(OCSP_basic_verify(basic, more, store, 0), 1);
	sk_X509_free(more);
	X509_STORE_free(store);
}

static void
test_R70_states(void **state)
{
	static const int want[] = { V_OCSP_CERTSTATUS_UNKNOWN,
		V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED };
	const EVP_MD *mds[] = { EVP_sha1(), EVP_sha256(), EVP_sha384(),
		EVP_sha512() };
	struct keeper_ocsp_state s;
	struct keeper_ocsp out;
	OCSP_BASICRESP *basic;
	OCSP_CERTID *id;
	OCSP_REQUEST *req;
	int i, got, reason;

	(void)state;
	for (i = 0; i < 12; i++) {
		memset(&s, 0, sizeof(s));
		s.serial_len = 16;
		memset(s.serial, 0x42, 16);
		s.status = (enum keeper_ocsp_status)(i % 3);
		if (s.status == KEEPER_OCSP_REVOKED) {
			s.reason = 1;
			s.revoked_ms = T0 - DAY;
		}
		basic = ask_ocsp(mds[i / 3], &s, i % 2 == 0, &out, &id, &req);
		verify_answer(basic, T0);
		reason = -1;
		assert_int_equal(OCSP_resp_find_status(basic, id, &got,
				     &reason, NULL, NULL, NULL),
		    1);
		assert_int_equal(got, want[i % 3]);
		assert_int_equal(reason, got == V_OCSP_CERTSTATUS_REVOKED
			? 1
			: -1);
		/* 1: there and equal; 2: absent in both */
		assert_int_equal(
		    OCSP_check_nonce(req, basic), i % 2 == 0 ? 1 : 2);
		assert_int_equal(out.next_ms - out.this_ms, DAY);
		OCSP_BASICRESP_free(basic);
		OCSP_CERTID_free(id);
		OCSP_REQUEST_free(req);
	}
}

/* F21: what cannot be written is named so, not "out of memory". */
static void
test_F21_state_not_taken(void **state)
{
	static const int64_t times[] = { 253402300800000, 0x0008000000000001,
		INT64_MAX };
	struct keeper_ocsp_ask ask = { .n = 1, .life_ms = DAY };
	struct keeper_ocsp out;
	size_t i;

	(void)state;
	ask.states[0].hash = X509_OCSP_SHA1;
	ask.states[0].serial_len = 1;
	ask.states[0].status = KEEPER_OCSP_REVOKED;
	ask.states[0].revoked_ms = 253402300799000; /* the end of 9999 */
	assert_int_equal(keeper_client_cert_ocsp(k, &ask, &out), 0);
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		ask.states[0].revoked_ms = times[i];
		assert_int_equal(
		    keeper_client_cert_ocsp(k, &ask, &out), ERR_INVALID);
	}
}

static const uint8_t *
signer_of(OCSP_BASICRESP *basic)
{
	X509 *x = sk_X509_value(OCSP_resp_get0_certs(basic), 0);

	return (ASN1_STRING_get0_data(X509_get0_serialNumber(x)));
}

static void
test_delegate_is_renewed(void **state)
{
	struct keeper_ocsp_state s = { .serial_len = 1, .serial = { 5 } };
	OCSP_BASICRESP *one, *two;
	struct keeper_ocsp out;
	OCSP_CERTID *id;
	OCSP_REQUEST *req;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		one = ask_ocsp(EVP_sha1(), &s, false, &out, &id, &req);
		OCSP_CERTID_free(id);
		OCSP_REQUEST_free(req);
		clock_fake_pass(KEEPER_OCSP_RENEW_MS - 1000);
		two = ask_ocsp(EVP_sha1(), &s, false, &out, &id, &req);
		OCSP_CERTID_free(id);
		OCSP_REQUEST_free(req);
		assert_memory_equal(signer_of(one), signer_of(two), 16);
		OCSP_BASICRESP_free(two);
		clock_fake_pass(1000);
		two = ask_ocsp(EVP_sha1(), &s, false, &out, &id, &req);
		OCSP_CERTID_free(id);
		OCSP_REQUEST_free(req);
		assert_memory_not_equal(signer_of(one), signer_of(two), 16);
		verify_answer(two, out.this_ms);
		OCSP_BASICRESP_free(one);
		OCSP_BASICRESP_free(two);
	}
}

/*
 * RFC 6960 section 4.4: what is not understood is passed over, unless it is
 * critical; of the whole request, or of one certificate in it.
 */
static void
test_critical(const struct x509_trust *t, OCSP_CERTID *id)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *what = OBJ_txt2obj("1.2.3.4.5", 1);
	struct x509_ocsp_request read;
	enum x509_ocsp_error error;
	X509_EXTENSION *e;
	OCSP_REQUEST *req;
	OCSP_ONEREQ *one;
	uint8_t *der;
	int i, len;

	assert_int_equal(ASN1_OCTET_STRING_set(value,
			     (const uint8_t *)"\x05\x00", 2),
	    1);
	for (i = 0; i < 5; i++) {
		e = X509_EXTENSION_create_by_OBJ(NULL, what, i % 2, value);
		req = OCSP_REQUEST_new();
		one = OCSP_request_add0_id(req, OCSP_CERTID_dup(id));
		assert_non_null(one);
		if (i < 2)
			assert_int_equal(OCSP_REQUEST_add_ext(req, e, -1), 1);
		else if (i < 4)
			assert_int_equal(OCSP_ONEREQ_add_ext(one, e, -1), 1);
		else {
			/* the nonce is understood */
			assert_int_equal(
			    OCSP_request_add1_nonce(req, NULL, 16), 1);
			X509_EXTENSION_set_critical(
			    OCSP_REQUEST_get_ext(req, 0), 1);
		}
		der = NULL;
		len = i2d_OCSP_REQUEST(req, &der);
		assert_int_equal(
		    x509_ocsp_read(t, der, (size_t)len, &read, &error),
		    i % 2 == 0 ? 0 : ERR_INVALID);
		if (i % 2 != 0)
			assert_int_equal(error, X509_OCSP_MALFORMED);
		X509_EXTENSION_free(e);
		OCSP_REQUEST_free(req);
		OPENSSL_free(der);
	}
	ASN1_OBJECT_free(what);
	ASN1_OCTET_STRING_free(value);
}

/* A request for n certificates of that serial, and bytes after it. */
static int
read_request(
    const struct x509_trust *t, const char *serial, int n, int more)
{
	BIGNUM *bn = NULL;
	struct x509_ocsp_request read;
	enum x509_ocsp_error error;
	ASN1_INTEGER *number;
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	uint8_t *der = NULL, *longer;
	int i, len, r;

	assert_true(BN_hex2bn(&bn, serial) > 0);
	number = BN_to_ASN1_INTEGER(bn, NULL);
	for (i = 0; i < n; i++)
		assert_non_null(OCSP_request_add0_id(req,
		    OCSP_cert_id_new(EVP_sha1(),
			X509_get_subject_name(t->issuing),
			X509_get0_pubkey_bitstr(t->issuing), number)));
	len = i2d_OCSP_REQUEST(req, &der);
	assert_non_null(longer = calloc(1, (size_t)(len + more)));
	memcpy(longer, der, (size_t)len);
	r = x509_ocsp_read(t, longer, (size_t)(len + more), &read, &error);
	if (r != 0) {
		assert_int_equal(error, X509_OCSP_MALFORMED);
		assert_int_equal(read.n, 0);
	}
	free(longer);
	OPENSSL_free(der);
	OCSP_REQUEST_free(req);
	ASN1_INTEGER_free(number);
	BN_free(bn);
	return (r);
}

static void
test_R70_shapes(const struct x509_trust *t)
{
	assert_int_equal(read_request(t, "5", 1, 0), 0);
	assert_int_equal(read_request(t, "5", X509_OCSP_ONES_MAX, 0), 0);
	assert_int_equal(
	    read_request(t, "5", X509_OCSP_ONES_MAX + 1, 0), ERR_INVALID);
	assert_int_equal(read_request(t, "5", 0, 0), ERR_INVALID);
	assert_int_equal(read_request(t, "5", 1, 1), ERR_INVALID);
	/* a serial is positive, of at most 20 bytes: R61 */
	assert_int_equal(read_request(t, "-5", 1, 0), ERR_INVALID);
	assert_int_equal(
	    read_request(t, "7fffffffffffffffffffffffffffffffffffffff", 1, 0),
	    0);
	assert_int_equal(
	    read_request(t, "01ffffffffffffffffffffffffffffffffffffffff", 1, 0),
	    ERR_INVALID);
}

static void
test_requests_not_taken(void **state)
{
	struct x509_ocsp_request read;
	enum x509_ocsp_error error;
	struct keeper_ocsp_state s = { .serial_len = 1, .serial = { 5 } };
	struct keeper_ocsp out;
	OCSP_BASICRESP *basic;
	OCSP_CERTID *id;
	OCSP_REQUEST *req;
	struct ca_rig other;
	struct x509_trust *t;
	uint8_t *der = NULL, bytes[5];
	int len;

	(void)state;
	basic = ask_ocsp(EVP_sha1(), &s, true, &out, &id, &req);
	OCSP_BASICRESP_free(basic);
	len = i2d_OCSP_REQUEST(req, &der);
	/* the same of another CA */
	assert_int_equal(ca_rig_make(&other, T0), 0);
	assert_int_equal(x509_trust_read(other.chain, other.chain_len, &t), 0);
	assert_int_equal(
	    x509_ocsp_read(t, der, (size_t)len, &read, &error), ERR_INVALID);
	assert_int_equal(error, X509_OCSP_UNAUTHORIZED);
	x509_trust_free(t);
	ca_rig_close(&other);
	assert_int_equal(x509_trust_read(ca.chain, ca.chain_len, &t), 0);
	assert_int_equal(x509_ocsp_read(t, der, (size_t)len - 1, &read, &error),
	    ERR_INVALID);
	assert_int_equal(error, X509_OCSP_MALFORMED);
	assert_int_equal(x509_ocsp_read(t, der, 0, &read, &error), ERR_INVALID);
	OPENSSL_free(der);
	/* a nonce of 33 bytes: RFC 8954 has at most 32 */
	der = NULL;
	OCSP_REQUEST_free(req);
	req = OCSP_REQUEST_new();
	assert_non_null(OCSP_request_add0_id(req, OCSP_CERTID_dup(id)));
	assert_int_equal(OCSP_request_add1_nonce(req, NULL, 33), 1);
	len = i2d_OCSP_REQUEST(req, &der);
	assert_int_equal(
	    x509_ocsp_read(t, der, (size_t)len, &read, &error), ERR_INVALID);
	assert_int_equal(error, X509_OCSP_MALFORMED);
	OPENSSL_free(der);
	OCSP_REQUEST_free(req);
	test_critical(t, id);
	test_R70_shapes(t);
	OCSP_CERTID_free(id);
	x509_trust_free(t);
	x509_ocsp_put_error(X509_OCSP_TRY_LATER, bytes);
	assert_memory_equal(bytes, "\x30\x03\x0a\x01\x03", 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_R68_lists, begin, end),
		cmocka_unit_test_setup_teardown(test_R68_number, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_entries_not_taken, begin, end),
		cmocka_unit_test_setup_teardown(test_R70_states, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_F21_state_not_taken, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_delegate_is_renewed, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_requests_not_taken, begin, end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
