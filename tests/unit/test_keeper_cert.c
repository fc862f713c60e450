/*
 * Goal of this test: certificates through the real keeper's loop. What comes
 * back is what the profile says and nothing of the request's but its key; what
 * is not taken, and how many an hour, the keeper decides by itself.
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_client_cert.c
 * Links: authd/keeper/keeper_msg.c authd/keeper/keeper_cert_msg.c
 * Links: authd/keeper/keeper_loop.c authd/keeper/keeper_cert_answer.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_seed.c
 * Links: authd/keeper/keeper_mac.c authd/keeper/keeper_rate.c
 * Links: authd/keeper/keeper_audit.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_extend.c certs/x509_profile.c
 * Links: certs/x509_url.c
 * Links: certs/x509_issue.c certs/x509_scalar.c certs/x509_root.c
 * Links: certs/x509_key.c certs/x509_pem.c
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
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_ca_impl.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_client_cert.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "certs/x509_request.h"
#include "tests/fakes/ca_rig.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_rig.h"

#define T0    1795305600000LL
#define DAY   86400000LL
#define BACK  300000LL
#define LIMIT 40

static struct keeper_rig rig;
static struct ca_rig ca;
static struct keeper_ca *opened;
static struct keeper *k;

static void
start(int state_fd)
{
	assert_int_equal(keeper_rig_open(&rig, state_fd), 0);
	assert_int_equal(
	    keeper_ca_rig_open(&ca, &rig.state, LIMIT, &opened), 0);
	rig.loop->ca = opened;
	assert_int_equal(keeper_rig_run(&rig), 0);
	assert_int_equal(keeper_client_new(rig.front_fd, 5000, &k), 0);
}

/* A clean end; its state stays. */
static int
stop(void)
{
	int fd = rig.state_fd;

	keeper_client_free(k);
	keeper_rig_join(&rig);
	keeper_rig_close(&rig);
	keeper_ca_free(opened);
	opened = NULL;
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

/* A request for a terminal of office demo, with a key of its own. */
static void
make_ask(struct keeper_cert_ask *ask)
{
	EVP_PKEY *key;

	memset(ask, 0, sizeof(*ask));
	ask->profile = KEEPER_PROFILE_TERMINAL;
	memcpy(ask->office, "demo", 5);
	memset(ask->terminal.b, 0x5a, ID_LEN);
	ask->life_days = 365;
	assert_int_equal(x509_key_new(&key), 0);
	assert_int_equal(x509_request_make(key, ask->csr, &ask->csr_len), 0);
	EVP_PKEY_free(key);
}

static void
test_ca(void **state)
{
	struct keeper_ca_info info;
	struct x509_trust *t;

	(void)state;
	assert_int_equal(keeper_client_cert_ca(k, &info), 0);
	assert_string_equal(info.place, CA_RIG_PLACE);
	assert_string_equal(info.url, "http://pki." CA_RIG_PLACE ".invalid");
	assert_int_equal(info.issue_rate, LIMIT);
	assert_int_equal(info.crl_number, 0);
	assert_int_equal(info.not_before_ms, T0 - 3600000);
	assert_true(info.not_after_ms > T0 + 3650 * DAY);
	assert_int_equal(x509_trust_new(info.issuing, info.issuing_len,
			     info.root, info.root_len, &t),
	    0);
	assert_string_equal(t->place, CA_RIG_PLACE);
	x509_trust_free(t);
}

static void
test_issue(void **state)
{
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	struct keeper_cert_ask ask;
	struct keeper_ca_info info;
	struct keeper_cert cert;
	struct x509_trust *t;

	(void)state;
	make_ask(&ask);
	assert_int_equal(keeper_client_cert_ca(k, &info), 0);
	assert_int_equal(x509_trust_new(info.issuing, info.issuing_len,
			     info.root, info.root_len, &t),
	    0);
	assert_int_equal(keeper_client_cert_issue(k, &ask, &cert), 0);
	assert_int_equal(
	    x509_chain_check(t, cert.der, cert.len, T0, &leaf, &v), 0);
	assert_int_equal(v, X509_CHAIN_GOOD);
	assert_int_equal(leaf.subject.kind, X509_SUBJECT_TERMINAL);
	assert_string_equal(leaf.subject.office, "demo");
	assert_true(id_equal(&leaf.subject.terminal, &ask.terminal));
	assert_memory_equal(leaf.serial, cert.serial, sizeof(leaf.serial));
	assert_memory_equal(
	    leaf.fingerprint, cert.fingerprint, sizeof(leaf.fingerprint));
	assert_int_equal(cert.not_before_ms, T0 - BACK);
	assert_int_equal(cert.not_after_ms, T0 + 365 * DAY);
	assert_int_equal(leaf.not_before_ms, cert.not_before_ms);
	assert_int_equal(leaf.not_after_ms, cert.not_after_ms);
	/* a host has other names, and no office */
	ask.profile = KEEPER_PROFILE_HOST;
	memset(ask.office, 0, sizeof(ask.office));
	memset(&ask.terminal, 0, sizeof(ask.terminal));
	strcpy(ask.host, "web1.example.jp");
	assert_int_equal(keeper_client_cert_issue(k, &ask, &cert), 0);
	assert_int_equal(
	    x509_chain_check(t, cert.der, cert.len, T0, &leaf, &v), 0);
	assert_int_equal(v, X509_CHAIN_GOOD);
	assert_int_equal(leaf.subject.kind, X509_SUBJECT_HOST);
	assert_string_equal(leaf.subject.host, "web1.example.jp");
	x509_trust_free(t);
}

/* Nothing comes back, and the keeper goes on. */
static void
refused(const struct keeper_cert_ask *ask, int want)
{
	struct keeper_cert cert, none;

	memset(&none, 0, sizeof(none));
	memset(&cert, 1, sizeof(cert));
	assert_int_equal(keeper_client_cert_issue(k, ask, &cert), want);
	assert_memory_equal(&cert, &none, sizeof(none));
}

static void
test_R67_not_taken(void **state)
{
	struct keeper_cert_ask good, ask;
	struct keeper_cert cert;

	(void)state;
	make_ask(&good);
	ask = good;
	ask.csr[ask.csr_len - 1] ^= 1; /* the signature */
	refused(&ask, ERR_INVALID);
	ask = good;
	ask.csr_len--;
	refused(&ask, ERR_INVALID);
	ask = good;
	ask.csr_len = 0;
	refused(&ask, ERR_PROTO);
	ask = good;
	ask.life_days = KEEPER_CERT_LIFE_MAX + 1;
	refused(&ask, ERR_PROTO);
	ask.life_days = 0;
	refused(&ask, ERR_PROTO);
	ask = good;
	ask.profile = KEEPER_PROFILE_NONE;
	refused(&ask, ERR_PROTO);
	/* Names: a terminal has an office and an id, and no host. */
	ask = good;
	ask.office[0] = '\0';
	refused(&ask, ERR_INVALID);
	ask = good;
	strcpy(ask.office, "DEMO");
	refused(&ask, ERR_INVALID);
	ask = good;
	strcpy(ask.host, "web1");
	refused(&ask, ERR_INVALID);
	ask = good;
	memset(&ask.terminal, 0, sizeof(ask.terminal));
	refused(&ask, ERR_INVALID);
	ask.profile = KEEPER_PROFILE_HOST;
	refused(&ask, ERR_INVALID);
	ask.office[0] = '\0';
	strcpy(ask.host, "web1..jp");
	refused(&ask, ERR_INVALID);
	assert_int_equal(keeper_client_cert_issue(k, &good, &cert), 0);
}

/* Several in one message: each has its own answer, names and key. */
static void
test_orders(void **state)
{
	static struct keeper_cert_ask asks[KEEPER_CERT_ASKS_MAX + 1];
	static struct keeper_cert certs[KEEPER_CERT_ASKS_MAX + 1];
	struct keeper_cert_order orders[KEEPER_CERT_ASKS_MAX + 1];
	enum x509_request_fault fault;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	struct x509_public key, got;
	const uint8_t *p;
	int i, n, used;
	X509 *x;

	(void)state;
	for (i = 0; i <= KEEPER_CERT_ASKS_MAX; i++) {
		make_ask(&asks[i]);
		asks[i].terminal.b[0] = (uint8_t)(i + 1);
		orders[i].ask = &asks[i];
		orders[i].out = &certs[i];
	}
	asks[2].csr[asks[2].csr_len - 1] ^= 1; /* not signed */
	strcpy(asks[5].office, "DEMO");
	memset(certs, 1, sizeof(certs));
	keeper_client_cert_orders(k, orders, KEEPER_CERT_ASKS_MAX);
	assert_null(opened->key);
	for (i = 0; i < KEEPER_CERT_ASKS_MAX; i++) {
		if (i == 2 || i == 5) {
			assert_int_equal(orders[i].r, ERR_INVALID);
			assert_int_equal(certs[i].len, 0);
			continue;
		}
		assert_int_equal(orders[i].r, 0);
		assert_int_equal(x509_chain_check(opened->trust, certs[i].der,
				     certs[i].len, T0, &leaf, &v),
		    0);
		assert_int_equal(v, X509_CHAIN_GOOD);
		assert_int_equal(leaf.subject.terminal.b[0], i + 1);
		assert_int_equal(x509_request_check(asks[i].csr,
				     asks[i].csr_len, NULL, &key, &fault),
		    0);
		p = certs[i].der;
		x = d2i_X509(NULL, &p, (long)certs[i].len);
		assert_int_equal(x509_public_of(X509_get0_pubkey(x), &got), 0);
		assert_memory_equal(&got, &key, sizeof(key));
		X509_free(x);
	}
	used = KEEPER_CERT_ASKS_MAX - 2;
	/* One too many, or one that cannot be read: nothing of it is done. */
	keeper_client_cert_orders(k, orders, KEEPER_CERT_ASKS_MAX + 1);
	for (i = 0; i <= KEEPER_CERT_ASKS_MAX; i++)
		assert_int_equal(orders[i].r, ERR_PROTO);
	asks[7].life_days = 0;
	keeper_client_cert_orders(k, orders, KEEPER_CERT_ASKS_MAX);
	for (i = 0; i < KEEPER_CERT_ASKS_MAX; i++) {
		assert_int_equal(orders[i].r, ERR_PROTO);
		assert_int_equal(certs[i].len, 0);
	}
	asks[7].life_days = 365;
	/* The rate ends in the middle of one. */
	for (; used < LIMIT; used += n) {
		keeper_client_cert_orders(k, orders, KEEPER_CERT_ASKS_MAX);
		for (i = n = 0; i < KEEPER_CERT_ASKS_MAX; i++)
			if (i != 2 && i != 5)
				assert_int_equal(orders[i].r,
				    used + n++ < LIMIT ? 0 : ERR_BUSY);
	}
	assert_int_not_equal(used, LIMIT);
	assert_null(opened->key);
}

static void
test_rate(void **state)
{
	struct keeper_cert_ask ask;
	struct keeper_cert cert;
	int i, fd;

	(void)state;
	make_ask(&ask);
	/* A request that is not taken costs nothing. */
	ask.csr[ask.csr_len - 1] ^= 1;
	refused(&ask, ERR_INVALID);
	ask.csr[ask.csr_len - 1] ^= 1;
	for (i = 0; i < LIMIT; i++) {
		assert_int_equal(keeper_client_cert_issue(k, &ask, &cert), 0);
		clock_fake_pass(60000);
	}
	refused(&ask, ERR_BUSY);
	/* Not by a restart either. */
	fd = stop();
	start(fd);
	refused(&ask, ERR_BUSY);
	/* 40 minutes have gone; the first go free with their hour. */
	clock_fake_pass(15 * 60000);
	refused(&ask, ERR_BUSY);
	clock_fake_pass(10 * 60000);
	assert_int_equal(keeper_client_cert_issue(k, &ask, &cert), 0);
}

static void
test_V44_out_of_dates(void **state)
{
	struct keeper_cert_ask ask;
	struct keeper_ca_info info;
	int fd;

	(void)state;
	make_ask(&ask);
	assert_int_equal(keeper_client_cert_ca(k, &info), 0);
	clock_fake_set(info.not_after_ms + 1000, 3600000);
	refused(&ask, ERR_WRONG_STATE);
	clock_fake_set(info.not_before_ms - 1000, 3600000);
	refused(&ask, ERR_WRONG_STATE);
	/* Such a CA is not even opened. */
	fd = stop();
	clock_fake_set(info.not_after_ms + 1000, 3600000);
	assert_int_equal(keeper_rig_open(&rig, fd), 0);
	assert_int_equal(
	    keeper_ca_rig_open(&ca, &rig.state, LIMIT, &opened),
	    ERR_WRONG_STATE);
	close(rig.front_fd);
	keeper_rig_close(&rig);
	clock_fake_set(T0, 3600000);
	start(fd);
}

static void
test_V44_key_of_another(void **state)
{
	struct ca_rig other;
	uint8_t scalar[X509_SCALAR_LEN];
	struct keeper_ca *got;

	(void)state;
	assert_int_equal(ca_rig_make(&other, T0), 0);
	memcpy(scalar, other.scalar, sizeof(scalar));
	memcpy(other.scalar, ca.scalar, sizeof(scalar));
	assert_int_equal(keeper_ca_rig_open(&other, &rig.state, 1, &got),
	    ERR_CORRUPT);
	memset(other.scalar, 0, sizeof(scalar));
	assert_int_equal(keeper_ca_rig_open(&other, &rig.state, 1, &got),
	    ERR_CORRUPT);
	memset(other.scalar, 0xff, sizeof(scalar));
	assert_int_equal(keeper_ca_rig_open(&other, &rig.state, 1, &got),
	    ERR_CORRUPT);
	memcpy(other.scalar, scalar, sizeof(scalar));
	assert_int_equal(keeper_ca_rig_open(&other, &rig.state, 1, &got), 0);
	keeper_ca_free(got);
	ca_rig_close(&other);
}

static void
test_without_ca(void **state)
{
	struct keeper_cert_ask ask;

	(void)state;
	make_ask(&ask);
	assert_int_equal(keeper_rig_open(&rig, stop()), 0);
	assert_int_equal(keeper_rig_run(&rig), 0);
	assert_int_equal(keeper_client_new(rig.front_fd, 5000, &k), 0);
	refused(&ask, ERR_WRONG_STATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ca, begin, end),
		cmocka_unit_test_setup_teardown(test_issue, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_R67_not_taken, begin, end),
		cmocka_unit_test_setup_teardown(test_orders, begin, end),
		cmocka_unit_test_setup_teardown(test_rate, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_V44_out_of_dates, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_V44_key_of_another, begin, end),
		cmocka_unit_test_setup_teardown(test_without_ca, begin, end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
