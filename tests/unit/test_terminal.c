/*
 * Goal of this test: a terminal is admitted by its own live certificate and by
 * nothing else, with one refusal for all that is wrong (F16, V44, V45; rule
 * 6.6; lesson 8).
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
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
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/account.h"
#include "authd/core/live.h"
#include "authd/core/office.h"
#include "authd/core/terminal.h"
#include "authd/core/terminals.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"

static struct cert_world w;

static int
setup(void **state)
{
	(void)state;
	cert_world_start(&w);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	cert_world_stop(&w);
	return (0);
}

static struct terminal_answer
check(const struct cert *row, const char *login)
{
	struct terminal_answer a;

	(void)cert_world_now(&w);
	memset(&a, 0x5a, sizeof(a));
	assert_int_equal(terminal_check(&w.world.core, &w.world.act, row->der,
			     row->der_len, login, &a),
	    0);
	return (a);
}

static void
expect_accept(const struct cert *row, const char *login, const char *name)
{
	struct terminal_answer a = check(row, login);

	if (a.reason != NULL)
		fail_msg("%s: %s", login == NULL ? "" : login, a.reason);
	assert_int_equal(a.verdict, TERMINAL_ACCEPT);
	assert_string_equal(a.terminal.label, "reception");
	assert_string_equal(a.office.code, "tokyo");
	assert_memory_equal(a.cert.serial, row->serial, CERT_SERIAL_LEN);
	assert_string_equal(a.account.login, name);
}

static void
expect_refuse(const struct cert *row, const char *login, const char *reason)
{
	struct terminal_answer a = check(row, login);

	assert_non_null(a.reason);
	assert_string_equal(a.reason, reason);
	assert_int_equal(a.verdict, TERMINAL_REFUSE);
}

/* One, several, all; and the only one is told by name. */
static void
test_admits(void **state)
{
	struct terminals_input all = { .admit_all = true };
	struct terminals_view v;
	struct cert row = cert_world_live(&w);
	char id[ID_TEXT + 1];

	(void)state;
	expect_refuse(&row, NULL, "admits_nobody");
	expect_refuse(&row, "yamada", "not_admitted");
	cert_world_admit(&w, "yamada");
	expect_accept(&row, NULL, "yamada");
	assert_true(check(&row, NULL).is_only_one);
	assert_true(check(&row, "yamada").is_only_one);
	expect_accept(&row, "Ｙamada", "yamada");
	expect_refuse(&row, "suzuki", "not_admitted");
	cert_world_admit(&w, "suzuki");
	expect_accept(&row, NULL, ""); /* several: no name */
	assert_false(check(&row, NULL).is_only_one);
	expect_accept(&row, "suzuki", "suzuki");
	assert_false(check(&row, "suzuki").is_only_one);
	id_put_text(&w.terminal.id, id);
	core_world_begin(&w.world);
	assert_int_equal(
	    core_world_ended(&w.world,
		terminals_set(&w.world.core, &w.world.act, id, &all, &v)),
	    0);
	expect_accept(&row, NULL, "");
	expect_accept(&row, "suzuki", "suzuki");
	/* all of its office, and of no other */
	expect_refuse(&row, "tanaka", "not_admitted");
	expect_refuse(&row, "nobody", "unknown_login");
	expect_refuse(&row, "no such login!", "unknown_login");
	expect_refuse(&row, "", "unknown_login");
}

static void
test_account_and_office(void **state)
{
	struct cert row = cert_world_live(&w);
	struct account_view v;
	struct office o;
	struct core *c = &w.world.core;

	(void)state;
	cert_world_admit(&w, "yamada");
	core_world_begin(&w.world);
	assert_int_equal(
	    core_world_ended(
		&w.world, account_enable(c, &w.world.act, "yamada", false, &v)),
	    0);
	expect_refuse(&row, "yamada", "disabled");
	expect_refuse(&row, NULL, "disabled");
	cert_world_admit(&w, "suzuki");
	/* whom it is for is not told by who is left */
	expect_accept(&row, NULL, "");
	expect_accept(&row, "suzuki", "suzuki");
	core_world_begin(&w.world);
	assert_int_equal(
	    core_world_ended(
		&w.world, office_enable(c, &w.world.act, "tokyo", false, &o)),
	    0);
	expect_refuse(&row, "suzuki", "office_disabled");
	expect_refuse(&row, NULL, "office_disabled");
}

/* Rule 6.6, lesson 8: revoked is seen by the next answer, 1,000 times. */
static void
test_revoke_at_once(void **state)
{
	char serial[CERT_SERIAL_TEXT + 1];
	struct cert_view v;
	struct cert row;
	int i;

	(void)state;
	cert_world_admit(&w, "yamada");
	for (i = 0; i < 1000; i++) {
		row = cert_world_live(&w);
		expect_accept(&row, "yamada", "yamada");
		cert_serial_put(row.serial, serial);
		core_world_begin(&w.world);
		assert_int_equal(core_world_ended(&w.world,
				     cert_revoke(&w.world.core, &w.world.act,
					 serial, CERT_LEFT, &v)),
		    0);
		expect_refuse(&row, "yamada", "revoked");
	}
}

static void
test_lost(void **state)
{
	struct cert row = cert_world_live(&w), other = cert_world_live(&w);
	struct terminals_view v;
	char id[ID_TEXT + 1];

	(void)state;
	cert_world_admit(&w, "yamada");
	id_put_text(&w.terminal.id, id);
	core_world_begin(&w.world);
	assert_int_equal(
	    core_world_ended(
		&w.world, terminals_lost(&w.world.core, &w.world.act, id, &v)),
	    0);
	expect_refuse(&row, NULL, "revoked");
	expect_refuse(&other, "yamada", "revoked");
	/* a certificate that is issued all the same admits nobody either */
	row = cert_world_live(&w);
	expect_refuse(&row, NULL, "terminal_lost");
}

static void
test_dates(void **state)
{
	struct x509_subject s = cert_world_subject(&w);
	int64_t now = cert_world_now(&w);
	struct cert row;

	(void)state;
	cert_world_admit(&w, "yamada");
	cert_world_make(&w, &s, now - 10000, now + 10000, &row);
	cert_world_add(&w, &row);
	expect_accept(&row, NULL, "yamada");
	clock_fake_set(now + 9000, 3600000 + 9000);
	expect_accept(&row, NULL, "yamada");
	clock_fake_set(now + 11000, 3600000 + 11000);
	expect_refuse(&row, NULL, "expired");
	clock_fake_set(now - 11000, 3600000 + 12000);
	expect_refuse(&row, NULL, "not_yet_valid");
}

/* Everything that looks like one: F16, V44, V45. */
static void
test_wrong_ones(void **state)
{
	struct x509_subject s = cert_world_subject(&w),
			    ocsp = { .kind = X509_SUBJECT_OCSP };
	int64_t now = cert_world_now(&w), year = 365 * CERT_WORLD_DAY_MS;
	struct cert live = cert_world_live(&w), row;
	struct cert_world other;

	(void)state;
	cert_world_admit(&w, "yamada");
	expect_accept(&live, NULL, "yamada");
	/* the same names, another key, signed by us, in no table */
	cert_world_make(&w, &s, now, now + year, &row);
	expect_refuse(&row, NULL, "not_ours");
	/* one of a host */
	row = cert_world_host(&w, "files");
	expect_refuse(&row, NULL, "wrong_kind");
	/* another purpose, in the table even */
	cert_world_make(&w, &ocsp, now, now + year, &row);
	cert_world_add(&w, &row);
	expect_refuse(&row, NULL, "wrong_purpose");
	/* bytes after it, a byte less, a byte changed */
	row = live;
	row.der[row.der_len++] = 0;
	expect_refuse(&row, NULL, "unreadable");
	row = live;
	row.der_len--;
	expect_refuse(&row, NULL, "unreadable");
	row = live;
	row.der[row.der_len - 1] ^= 1;
	expect_refuse(&row, NULL, "foreign");
	row.der_len = 0;
	expect_refuse(&row, NULL, "unreadable");
	memset(row.der, 'x', sizeof(row.der));
	row.der_len = sizeof(row.der);
	expect_refuse(&row, NULL, "unreadable");
	/* the CA's own */
	row.der_len = (size_t)i2d_X509(w.trust->issuing, NULL);
	(void)i2d_X509(w.trust->issuing, &(uint8_t *){ row.der });
	assert_int_equal(check(&row, NULL).verdict, TERMINAL_REFUSE);
	/* of another CA with the same names, in our table even */
	cert_world_stop(&w);
	cert_world_start(&other);
	row = cert_world_live(&other);
	cert_world_stop(&other);
	cert_world_start(&w);
	cert_world_admit(&w, "yamada");
	row.office = w.office.id;
	row.holder = w.terminal.id;
	cert_world_add(&w, &row);
	expect_refuse(&row, NULL, "foreign");
}

/* Signed by our root, below which only the issuing CA is. */
static void
test_below_root(void **state)
{
	struct x509_root real = w.rig.root;
	struct x509_subject s = cert_world_subject(&w);
	int64_t now = cert_world_now(&w);
	struct cert row;

	(void)state;
	cert_world_admit(&w, "yamada");
	w.rig.root.issuing_key = real.root_key;
	cert_world_make(&w, &s, now, now + CERT_WORLD_DAY_MS, &row);
	w.rig.root = real;
	cert_world_add(&w, &row);
	expect_refuse(&row, NULL, "foreign");
}

/* Zero means no: without a CA, or with a store that fails, nobody. */
static void
test_failures(void **state)
{
	struct cert row = cert_world_live(&w);
	struct terminal_answer a;
	struct core *c = &w.world.core;

	(void)state;
	cert_world_admit(&w, "yamada");
	c->trust = NULL;
	expect_refuse(&row, "yamada", "no_ca");
	c->trust = w.trust;
	store_mem_knobs(c->store)->fail_read = ERR_STORE;
	memset(&a, 0x5a, sizeof(a));
	assert_int_equal(
	    terminal_check(c, &w.world.act, row.der, row.der_len, "yamada", &a),
	    ERR_STORE);
	assert_int_equal(a.verdict, TERMINAL_REFUSE);
	store_mem_knobs(c->store)->fail_read = 0;
	expect_accept(&row, "yamada", "yamada");
}

/* Whose terminal an attempt comes from, whatever state the account is in. */
static void
test_of(void **state)
{
	struct cert row = cert_world_live(&w);
	struct core *c = &w.world.core;
	struct terminal_answer a;
	struct account yamada, tanaka;

	(void)state;
	assert_int_equal(
	    c->store->ops->account_find(c->store, "yamada", &yamada), 0);
	assert_int_equal(
	    c->store->ops->account_find(c->store, "tanaka", &tanaka), 0);
	assert_int_equal(
	    terminal_of(c, &w.world.act, row.der, row.der_len, &yamada, &a), 0);
	assert_int_equal(a.verdict, TERMINAL_REFUSE);
	cert_world_admit(&w, "yamada");
	yamada.disabled_ms = 5;
	assert_int_equal(
	    terminal_of(c, &w.world.act, row.der, row.der_len, &yamada, &a), 0);
	assert_int_equal(a.verdict, TERMINAL_ACCEPT);
	assert_int_equal(
	    terminal_of(c, &w.world.act, row.der, row.der_len, &tanaka, &a), 0);
	assert_int_equal(a.verdict, TERMINAL_REFUSE);
	assert_int_equal(
	    terminal_of(c, &w.world.act, row.der, 0, &yamada, &a), 0);
	assert_int_equal(a.verdict, TERMINAL_REFUSE);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_admits),
		RUN(test_account_and_office),
		RUN(test_revoke_at_once),
		RUN(test_lost),
		RUN(test_dates),
		RUN(test_wrong_ones),
		RUN(test_below_root),
		RUN(test_failures),
		RUN(test_of),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
