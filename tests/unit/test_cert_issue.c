/*
 * Goal of this test: certificates are handed out to those who may have them,
 * written down before they leave, renewed by the live one only, and revoked
 * for ever (V44, V45; R67).
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/logins.c
 * Links: authd/core/source_rule.c authd/core/recovery.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/core/terminal.c authd/core/terminals.c authd/core/cert.c
 * Links: authd/core/cert_life.c authd/core/host.c authd/core/live.c
 * Links: authd/core/means.c
 * Links: authd/core/seen.c authd/core/guard.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/keeper_fake_cert.c
 * Links: tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: tests/fakes/cert_world.c tests/fakes/ca_rig.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_pem.c certs/x509_extend.c
 * Links: certs/x509_profile.c certs/x509_issue.c certs/x509_scalar.c
 * Links: certs/x509_root.c certs/x509_key.c certs/x509_url.c
 * Links: tests/fakes/keeper_ca_rig.c
 * Links: certs/x509_pkcs12.c authd/core/cert_issue.c authd/core/cert_text.c
 * Links: authd/core/keyshare.c certs/x509_shared.c tests/fakes/rsa_pair.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "authd/core/account.h"
#include "authd/core/cert_issue.h"
#include "authd/core/host.h"
#include "authd/core/terminal.h"
#include "certs/x509_key.h"
#include "certs/x509_pem.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_fake_cert.h"
#include "tests/fakes/rsa_pair.h"

static struct cert_world w;
static struct x509_trust *trust; /* the keeper's own */

/* The certificates of this test come from the keeper's CA. */
static int
setup(void **state)
{
	struct keeper_ca_info *ca = calloc(1, sizeof(*ca));

	(void)state;
	assert_non_null(ca);
	cert_world_start(&w);
	w.world.policy.cert_life_days = 365;
	assert_int_equal(keeper_client_cert_ca(w.world.core.keeper, ca), 0);
	assert_int_equal(x509_trust_new(ca->issuing, ca->issuing_len, ca->root,
			     ca->root_len, &trust),
	    0);
	w.world.core.trust = trust;
	free(ca);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	cert_world_stop(&w);
	x509_trust_free(trust);
	return (0);
}

static int
start(struct cert_issue *q)
{
	core_world_begin(&w.world);
	return (core_world_ended(
	    &w.world, cert_issue_start(&w.world.core, &w.world.act, q)));
}

static int
settle(struct cert_issue *q)
{
	core_world_begin(&w.world);
	return (core_world_ended(
	    &w.world, cert_issue_settle(&w.world.core, &w.world.act, q)));
}

/* All three steps; the result and the problem's word. */
static int
issue(struct cert_issue *q)
{
	int r;

	if ((r = start(q)) != 0 || (r = cert_issue_make(&w.world.core, q)) != 0)
		return (r);
	return (settle(q));
}

static struct cert_issue *
ask(const char *login, const char *label)
{
	static struct cert_issue q;

	memset(&q, 0, sizeof(q));
	q.login = login;
	q.label = label;
	return (&q);
}

static void
expect_problem(int r, int wanted, const char *code)
{
	assert_int_equal(r, wanted);
	assert_string_equal(w.world.act.problem.code, code);
}

static enum terminal_verdict
verdict(const struct cert *row, const char *login)
{
	struct terminal_answer a;

	(void)cert_world_now(&w);
	assert_int_equal(terminal_check(&w.world.core, &w.world.act, row->der,
			     row->der_len, login, &a),
	    0);
	return (a.verdict);
}

/* A request for that key, which is freed; of those before, two stay. */
static const char *
csr_of(EVP_PKEY *key)
{
	static char pems[3][16384];
	static unsigned turn;
	char *pem = pems[turn++ % 3];
	uint8_t der[X509_REQUEST_MAX];
	size_t n;

	assert_int_equal(x509_request_make(key, der, &n), 0);
	assert_int_equal(
	    x509_pem_put(X509_PEM_REQUEST, der, n, pem, sizeof(pems[0])), 0);
	EVP_PKEY_free(key);
	return (pem);
}

/* The same with a signature that is not the key's. */
static const char *
forged(EVP_PKEY *key)
{
	static char pem[16384];
	uint8_t der[X509_REQUEST_MAX];
	size_t n;

	assert_int_equal(x509_request_make(key, der, &n), 0);
	der[n - 1] ^= 1;
	assert_int_equal(
	    x509_pem_put(X509_PEM_REQUEST, der, n, pem, sizeof(pem)), 0);
	EVP_PKEY_free(key);
	return (pem);
}

static const char *
csr(int kind)
{
	EVP_PKEY *key = NULL;

	if (kind == 0)
		assert_int_equal(x509_key_new(&key), 0);
	else
		key = EVP_RSA_gen(1024);
	assert_non_null(key);
	return (csr_of(key));
}

/* A key of ours: the file opens with the passphrase, and it is that key. */
static void
test_issue(void **state)
{
	struct cert_issue *q = ask("yamada", "窓口 1");
	struct audit_record rec;
	const uint8_t *at = q->pkcs12;
	X509 *cert = NULL;
	EVP_PKEY *key = NULL;
	PKCS12 *p12;

	(void)state;
	assert_int_equal(issue(q), 0);
	assert_int_equal(strlen(q->passphrase), 20);
	p12 = d2i_PKCS12(NULL, &at, (long)q->pkcs12_len);
	assert_non_null(p12);
	assert_int_equal(PKCS12_parse(p12, "wrong", &key, &cert, NULL), 0);
	assert_int_equal(
	    PKCS12_parse(p12, q->passphrase, &key, &cert, NULL), 1);
	assert_int_equal(X509_check_private_key(cert, key), 1);
	assert_int_equal(verdict(&q->view.cert, "yamada"), TERMINAL_ACCEPT);
	assert_int_equal(verdict(&q->view.cert, "suzuki"), TERMINAL_REFUSE);
	assert_string_equal(q->view.office, "tokyo");
	assert_string_equal(q->view.terminal.label, "窓口 1");
	assert_int_equal(q->view.state, CERT_LIVE);
	core_world_last(&w.world, &rec);
	assert_string_equal(rec.action, "cert.issue");
	assert_string_equal(rec.account, "yamada");
	assert_string_equal(rec.office, "tokyo");
	assert_non_null(strstr(rec.detail, "key=ours terminal=new"));
	/* nothing secret is written down */
	assert_null(strstr(rec.detail, q->passphrase));
	X509_free(cert);
	EVP_PKEY_free(key);
	PKCS12_free(p12);
}

static void
test_label(void **state)
{
	struct cert_issue *q = ask("yamada", "窓口");
	char serial[CERT_SERIAL_TEXT + 1];
	struct cert_view v;
	struct id first;

	(void)state;
	assert_int_equal(issue(q), 0);
	first = q->view.terminal.id;
	cert_serial_put(q->view.cert.serial, serial);
	expect_problem(issue(ask("suzuki", "窓口")), ERR_EXISTS, "label_taken");
	/* the same label in another office is another terminal */
	q = ask("tanaka", "窓口");
	assert_int_equal(issue(q), 0);
	assert_false(id_equal(&q->view.terminal.id, &first));
	/* once its certificate is revoked it gets one anew */
	core_world_begin(&w.world);
	assert_int_equal(core_world_ended(&w.world,
			     cert_revoke(&w.world.core, &w.world.act, serial,
				 CERT_UNSPECIFIED, &v)),
	    0);
	q = ask("suzuki", "窓口");
	assert_int_equal(issue(q), 0);
	assert_true(id_equal(&q->view.terminal.id, &first));
	assert_int_equal(verdict(&q->view.cert, "suzuki"), TERMINAL_ACCEPT);
	assert_int_equal(verdict(&q->view.cert, "yamada"), TERMINAL_ACCEPT);
}

/* Two of a label at once: one of them gets it. */
static void
test_race(void **state)
{
	static struct cert_issue one, two;

	(void)state;
	memset(&one, 0, sizeof(one));
	one.login = "yamada";
	one.label = "窓口";
	two = one;
	assert_int_equal(start(&one), 0);
	assert_int_equal(start(&two), 0);
	assert_int_equal(cert_issue_make(&w.world.core, &one), 0);
	assert_int_equal(cert_issue_make(&w.world.core, &two), 0);
	assert_int_equal(settle(&two), 0);
	expect_problem(settle(&one), ERR_EXISTS, "label_taken");
	/* signed, and in no table: it admits nobody */
	memcpy(two.view.cert.der, one.cert.der, one.cert.len);
	two.view.cert.der_len = one.cert.len;
	assert_int_equal(verdict(&two.view.cert, "yamada"), TERMINAL_REFUSE);
}

static void
test_V45_who_may_not(void **state)
{
	struct cert_issue *q;
	struct account_view v;
	struct core *c = &w.world.core;

	(void)state;
	expect_problem(
	    issue(ask("nobody", "x")), ERR_NOTFOUND, "no_such_account");
	expect_problem(issue(ask("yamada", "")), ERR_INVALID, "bad_label");
	expect_problem(issue(ask("yamada", "a\nb")), ERR_INVALID, "bad_label");
	q = ask("yamada", "x");
	q->owner = "me";
	expect_problem(issue(q), ERR_INVALID, "bad_owner");
	/* between the steps the account is disabled */
	q = ask("yamada", "x");
	assert_int_equal(start(q), 0);
	assert_int_equal(cert_issue_make(c, q), 0);
	core_world_begin(&w.world);
	assert_int_equal(
	    core_world_ended(
		&w.world, account_enable(c, &w.world.act, "yamada", false, &v)),
	    0);
	expect_problem(settle(q), ERR_WRONG_STATE, "account_disabled");
	expect_problem(
	    issue(ask("yamada", "x")), ERR_WRONG_STATE, "account_disabled");
	c->trust = NULL;
	expect_problem(issue(ask("suzuki", "x")), ERR_WRONG_STATE, "no_ca");
}

static void
test_R67_sign(void **state)
{
	struct cert_issue *q = ask("yamada", "x");

	(void)state;
	q->csr = csr(0);
	assert_int_equal(issue(q), 0);
	assert_int_equal(q->pkcs12_len, 0);
	assert_string_equal(q->passphrase, "");
	assert_int_equal(verdict(&q->view.cert, "yamada"), TERMINAL_ACCEPT);
	q = ask("yamada", "y");
	q->csr = "nonsense";
	expect_problem(issue(q), ERR_INVALID, "bad_csr");
	q->csr = csr(1); /* RSA 1024 */
	expect_problem(issue(q), ERR_INVALID, "bad_csr");
	assert_non_null(strstr(w.world.act.problem.detail, "not taken"));
}

/* ${q} is refused for its key, which is that certificate's as well; the log says
 * so, and nothing else came of it. */
static void
expect_shared(int r, const struct cert_issue *q, const struct cert *with)
{
	char detail[64], serial[CERT_SERIAL_TEXT + 1];
	struct audit_record rec;
	struct terminal t;

	assert_int_equal(r, 0);
	expect_problem(
	    w.world.act.refused, ERR_INVALID, "shared_key");
	assert_non_null(strstr(w.world.act.problem.detail, "shares a prime"));
	core_world_last(&w.world, &rec);
	cert_serial_put(with->serial, serial);
	snprintf(detail, sizeof(detail), "shares=%s", serial);
	assert_string_equal(rec.action, "cert.issue");
	assert_string_equal(rec.result, "refuse");
	assert_string_equal(rec.reason, "shared_key");
	assert_string_equal(rec.detail, detail);
	assert_string_equal(rec.account, q->login);
	assert_int_equal(w.world.core.store->ops->terminal_by_label(
			     w.world.core.store, &q->account.office, q->label,
			     &t),
	    ERR_NOTFOUND);
	w.world.act.refused = 0;
}

/* Two devices whose keys have a prime in common: the second gets nothing, also
 * when both are asked for at once, and whoever asks learns why. */
static void
test_R67_shared_prime(void **state)
{
	BIGNUM *p[5];
	static struct cert_issue one, two;
	struct cert_issue *q = ask("yamada", "first");
	struct core *c = &w.world.core;
	struct cert first;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		p[i] = rsa_pair_prime();
	q->csr = csr_of(rsa_pair_key(p[0], p[1]));
	assert_int_equal(issue(q), 0);
	first = q->view.cert;
	q = ask("yamada", "second");
	q->csr = csr_of(rsa_pair_key(p[2], p[1]));
	expect_shared(issue(q), q, &first);
	/* revoked or not: who has seen it knows both keys */
	core_world_begin(&w.world);
	assert_int_equal(core_world_ended(&w.world,
			     c->store->ops->cert_revoke(
				 c->store, &first, CERT_LOST, 5)),
	    0);
	q = ask("yamada", "second");
	q->csr = csr_of(rsa_pair_key(p[0], p[2]));
	expect_shared(issue(q), q, &first);
	/* the same key again is no other key, and a good one is good */
	q = ask("yamada", "again");
	q->csr = csr_of(rsa_pair_key(p[0], p[1]));
	assert_int_equal(issue(q), 0);
	assert_int_equal(w.world.act.refused, 0);
	q = ask("yamada", "good");
	q->csr = csr_of(EVP_RSA_gen(2048));
	assert_int_equal(issue(q), 0);
	assert_int_equal(w.world.act.refused, 0);
	/* both are signed before one of them is written down */
	one = *ask("yamada", "one");
	one.csr = csr_of(rsa_pair_key(p[2], p[3]));
	two = *ask("yamada", "two");
	two.csr = csr_of(rsa_pair_key(p[3], p[4]));
	assert_int_equal(start(&one), 0);
	assert_int_equal(start(&two), 0);
	assert_int_equal(cert_issue_make(c, &one), 0);
	assert_int_equal(cert_issue_make(c, &two), 0);
	assert_true(two.cert.len > 0);
	assert_int_equal(settle(&one), 0);
	assert_int_equal(w.world.act.refused, 0);
	expect_shared(settle(&two), &two, &one.view.cert);
	/* who only names a key that is not his learns nothing of it */
	q = ask("yamada", "forged");
	q->csr = forged(rsa_pair_key(p[4], p[2]));
	expect_problem(issue(q), ERR_INVALID, "bad_csr");
	assert_non_null(strstr(w.world.act.problem.detail, "signature"));
	for (i = 0; i < 5; i++)
		BN_free(p[i]);
}

static void
test_rate_and_failures(void **state)
{
	struct core *c = &w.world.core;
	struct keeper_fake_knobs *knobs = keeper_fake_knobs(c->keeper);
	int64_t records = core_world_seq(&w.world);

	(void)state;
	knobs->fail_cert = ERR_BUSY;
	expect_problem(issue(ask("yamada", "x")), ERR_BUSY, "issue_rate");
	knobs->fail_cert = ERR_KEEPER;
	assert_int_equal(issue(ask("yamada", "x")), ERR_KEEPER);
	knobs->fail_cert = ERR_WRONG_STATE;
	expect_problem(issue(ask("yamada", "x")), ERR_WRONG_STATE, "no_ca");
	knobs->fail_cert = 0;
	assert_int_equal(core_world_seq(&w.world), records);
}

/* F17: a full disk yields no certificate without its record. */
static void
test_F17_full_disk(void **state)
{
	struct cert_issue *q = ask("yamada", "x");
	struct core *c = &w.world.core;
	struct cert row;

	(void)state;
	assert_int_equal(start(q), 0);
	assert_int_equal(cert_issue_make(c, q), 0);
	store_mem_knobs(c->store)->fail_commit = ERR_FULL;
	assert_int_equal(settle(q), ERR_FULL);
	store_mem_knobs(c->store)->fail_commit = 0;
	assert_int_equal(c->store->ops->cert_by_fingerprint(
			     c->store, q->cert.serial, q->cert.fingerprint,
			     &row),
	    ERR_NOTFOUND);
	memcpy(row.der, q->cert.der, q->cert.len);
	row.der_len = q->cert.len;
	assert_int_equal(verdict(&row, "yamada"), TERMINAL_REFUSE);
}

static void
move_days(int days)
{
	int64_t now = cert_world_now(&w) + days * CERT_WORLD_DAY_MS;

	clock_fake_set(now, 3600000 + days * CERT_WORLD_DAY_MS);
}

/* V44: only the live certificate itself authorises its successor. */
static void
test_V44_renew(void **state)
{
	static struct cert_issue q, first;
	char serial[CERT_SERIAL_TEXT + 1];
	struct audit_record rec;

	(void)state;
	first = *ask("yamada", "x");
	assert_int_equal(issue(&first), 0);
	cert_serial_put(first.view.cert.serial, serial);
	memset(&q, 0, sizeof(q));
	q.is_renewal = true;
	q.serial = serial;
	expect_problem(issue(&q), ERR_WRONG_STATE, "too_early");
	move_days(336);
	memset(&q, 0, sizeof(q));
	q.is_renewal = true;
	q.serial = serial;
	assert_int_equal(issue(&q), 0);
	assert_string_equal(q.replaces, serial);
	assert_true(id_equal(&q.view.terminal.id, &first.view.terminal.id));
	core_world_last(&w.world, &rec);
	assert_string_equal(rec.action, "cert.renew");
	/* both are alive until the new one is used */
	assert_int_equal(verdict(&first.view.cert, "yamada"), TERMINAL_ACCEPT);
	assert_int_equal(verdict(&q.view.cert, "yamada"), TERMINAL_ACCEPT);
	/* by itself, and not by one that only looks like it */
	memset(&q, 0, sizeof(q));
	q.is_renewal = true;
	q.der = first.view.cert.der;
	q.der_len = first.view.cert.der_len;
	assert_int_equal(issue(&q), 0);
	first.view.cert.der[first.view.cert.der_len - 1] ^= 1;
	memset(&q, 0, sizeof(q));
	q.is_renewal = true;
	q.der = first.view.cert.der;
	q.der_len = first.view.cert.der_len;
	expect_problem(issue(&q), ERR_WRONG_STATE, "not_live");
	q.der_len = 0;
	expect_problem(issue(&q), ERR_WRONG_STATE, "not_live");
	/* at its end it is too late */
	move_days(40);
	memset(&q, 0, sizeof(q));
	q.is_renewal = true;
	q.serial = serial;
	expect_problem(issue(&q), ERR_WRONG_STATE, "not_live");
}

static void
test_host(void **state)
{
	static struct cert_issue q;
	struct host_answer a;
	struct core *c = &w.world.core;

	(void)state;
	memset(&q, 0, sizeof(q));
	q.host = "Files.Example";
	q.rights = "verify state";
	assert_int_equal(issue(&q), 0);
	assert_string_equal(q.view.host, "files.example");
	assert_int_equal(host_check(c, &w.world.act, q.view.cert.der,
			     q.view.cert.der_len, &a),
	    0);
	assert_int_equal(a.verdict, HOST_ACCEPT);
	assert_string_equal(a.host.name, "files.example");
	assert_int_equal(a.host.rights, HOST_MAY_ALL);
	/* it is no terminal's */
	assert_int_equal(verdict(&q.view.cert, NULL), TERMINAL_REFUSE);
	memset(&q, 0, sizeof(q));
	q.host = "files.example";
	q.rights = "root";
	expect_problem(issue(&q), ERR_INVALID, "bad_rights");
	q.rights = NULL;
	q.host = "-bad-";
	expect_problem(issue(&q), ERR_INVALID, "bad_host");
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_issue),
		RUN(test_label),
		RUN(test_race),
		RUN(test_V45_who_may_not),
		RUN(test_R67_sign),
		RUN(test_R67_shared_prime),
		RUN(test_rate_and_failures),
		RUN(test_F17_full_disk),
		RUN(test_V44_renew),
		RUN(test_host),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
