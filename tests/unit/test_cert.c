/*
 * Goal of this test: certificates are found by their serial as people type it,
 * listed in parts, revoked for a reason and for ever (V45).
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
 * Links: authd/core/logins.c
 * Links: authd/core/recovery.c authd/core/account.c
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
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/cert.h"
#include "tests/fakes/cert_world.h"

static struct cert_world cw;
static struct core_world *w = &cw.world;

static int
setup(void **state)
{
	(void)state;
	cert_world_start(&cw);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	cert_world_stop(&cw);
	return (0);
}

/* One job and its commit. */
#define DO(call) (core_world_begin(w), core_world_ended(w, call))

static void
expect_problem(int r, int wanted, const char *code)
{
	assert_int_equal(r, wanted);
	assert_string_equal(w->act.problem.code, code);
}

static void
test_serial(void **state)
{
	uint8_t serial[CERT_SERIAL_LEN];
	char text[CERT_SERIAL_TEXT + 1];

	(void)state;
	assert_int_equal(cert_serial_get("aBc", serial), 0);
	cert_serial_put(serial, text);
	assert_string_equal(text, "00000000000000000000000000000ABC");
	assert_int_equal(
	    cert_serial_get("7F0102030405060708090A0B0C0D0E0F", serial), 0);
	cert_serial_put(serial, text);
	assert_string_equal(text, "7F0102030405060708090A0B0C0D0E0F");
	assert_int_equal(cert_serial_get("", serial), ERR_INVALID);
	assert_int_equal(cert_serial_get("12:34", serial), ERR_INVALID);
	assert_int_equal(cert_serial_get("0x12", serial), ERR_INVALID);
	assert_int_equal(
	    cert_serial_get("7F0102030405060708090A0B0C0D0E0F0", serial),
	    ERR_INVALID);
}

static void
test_revoke(void **state)
{
	struct cert row = cert_world_live(&cw);
	char serial[CERT_SERIAL_TEXT + 1];
	struct audit_record rec;
	enum cert_reason reason;
	struct cert_view v;

	(void)state;
	cert_serial_put(row.serial, serial);
	assert_int_equal(cert_reason_get("left", &reason), 0);
	assert_int_equal(
	    DO(cert_revoke(&w->core, &w->act, serial, reason, &v)), 0);
	assert_int_equal(v.state, CERT_REVOKED);
	assert_string_equal(cert_reason_text(v.cert.reason), "left");
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "cert.revoke");
	assert_string_equal(rec.reason, "left");
	assert_string_equal(rec.office, "tokyo");
	assert_non_null(strstr(rec.detail, serial));
	expect_problem(
	    DO(cert_revoke(&w->core, &w->act, serial, CERT_LOST, &v)),
	    ERR_WRONG_STATE, "revoked");
	expect_problem(DO(cert_revoke(&w->core, &w->act, "77", CERT_LOST, &v)),
	    ERR_NOTFOUND, "no_such_certificate");
	assert_int_equal(cert_reason_get(NULL, &reason), 0);
	assert_int_equal(reason, CERT_UNSPECIFIED);
	assert_int_equal(cert_reason_get("hold", &reason), ERR_INVALID);
	assert_int_equal(cert_reason_get("", &reason), ERR_INVALID);
}

struct seen {
	int n;
	char last[CERT_SERIAL_TEXT + 1];
};

static int
on_view(void *arg, const struct cert_view *v)
{
	struct seen *s = arg;

	s->n++;
	cert_serial_put(v->cert.serial, s->last);
	return (0);
}

static void
test_list(void **state)
{
	struct seen s = { 0, "" };
	char after[CERT_SERIAL_TEXT + 1];
	struct cert_view v;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		(void)cert_world_live(&cw);
	(void)cert_world_host(&cw, "files");
	assert_int_equal(
	    DO(cert_list(&w->core, &w->act, NULL, NULL, NULL, 99, on_view, &s)),
	    0);
	assert_int_equal(s.n, 6);
	s.n = 0;
	assert_int_equal(DO(cert_list(&w->core, &w->act, "tokyo", NULL, NULL, 3,
			     on_view, &s)),
	    0);
	assert_int_equal(s.n, 3);
	memcpy(after, s.last, sizeof(after));
	assert_int_equal(DO(cert_list(&w->core, &w->act, "tokyo", NULL, after,
			     3, on_view, &s)),
	    0);
	assert_int_equal(s.n, 5);
	assert_int_equal(DO(cert_show(&w->core, &w->act, s.last, &v)), 0);
	assert_int_equal(v.state, CERT_LIVE);
	assert_string_equal(v.terminal.label, "reception");
	expect_problem(
	    DO(cert_list(&w->core, &w->act, NULL, "x", NULL, 3, on_view, &s)),
	    ERR_NOTFOUND, "no_such_terminal");
	expect_problem(
	    DO(cert_list(&w->core, &w->act, NULL, NULL, "zz", 3, on_view, &s)),
	    ERR_NOTFOUND, "no_such_certificate");
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_serial),
		RUN(test_revoke),
		RUN(test_list),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
