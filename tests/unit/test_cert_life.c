/*
 * Goal of this test: uses of certificates are written down with the first and
 * last time and a record where one is due; ends are told once each; what is
 * never used or replaced is revoked.
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

#include "authd/core/cert_life.h"
#include "authd/core/terminal.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"

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
move_ms(int64_t ms)
{
	int64_t now = cert_world_now(&cw);

	clock_fake_set(now + ms, w->act.now.steady_ms + ms);
	(void)cert_world_now(&cw);
}

/* Show a certificate, as the hook does. */
static void
use(const struct cert *row, const char *source)
{
	struct terminal_answer a;

	(void)cert_world_now(&cw);
	snprintf(w->act.source, sizeof(w->act.source), "%s", source);
	assert_int_equal(
	    terminal_check(&w->core, &w->act, row->der, row->der_len, NULL, &a),
	    0);
	terminal_seen(&w->core, &w->act, &a);
	w->act.source[0] = '\0';
}

static int64_t
write_down(void)
{
	int64_t before = core_world_seq(w);

	assert_int_equal(DO(cert_life_uses(&w->core, &w->act)), 0);
	cert_life_uses_ended(&w->core, 0);
	return (core_world_seq(w) - before);
}

static struct cert
row_of(const struct cert *row)
{
	struct cert got;

	assert_int_equal(w->core.store->ops->cert_by_serial(
			     w->core.store, row->serial, &got),
	    0);
	return (got);
}

static void
test_uses(void **state)
{
	struct cert row = cert_world_live(&cw), got;
	struct audit_record rec;
	int64_t first = cert_world_now(&cw);
	int i;

	(void)state;
	cert_world_admit(&cw, "yamada");
	assert_int_equal(write_down(), 0);
	for (i = 0; i < 50; i++)
		use(&row, "192.0.2.7");
	assert_int_equal(write_down(), 1);
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "cert.use");
	assert_string_equal(rec.result, "accept");
	assert_string_equal(rec.source, "192.0.2.7");
	assert_string_equal(rec.office, "tokyo");
	assert_non_null(strstr(rec.detail, " times=50"));
	got = row_of(&row);
	assert_int_equal(got.first_seen_ms, first);
	assert_int_equal(got.last_seen_ms, first);
	assert_string_equal(got.last_source, "192.0.2.7");
	/* within the minute nothing is written, later the row alone */
	move_ms(30000);
	use(&row, "192.0.2.7");
	assert_int_equal(write_down(), 0);
	assert_int_equal(row_of(&row).last_seen_ms, first);
	move_ms(60000);
	use(&row, "192.0.2.7");
	assert_int_equal(write_down(), 0);
	assert_int_equal(row_of(&row).last_seen_ms, first + 90000);
	assert_int_equal(row_of(&row).first_seen_ms, first);
	/* from elsewhere at once */
	use(&row, "192.0.2.8");
	assert_int_equal(write_down(), 0);
	/* the next morning is in the log again */
	move_ms(CERT_LIFE_PAUSE_MS);
	use(&row, "192.0.2.7");
	assert_int_equal(write_down(), 1);
}

/* A full disk: the use is written down as soon as there is room. */
static void
test_F6_not_lost(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct audit_record rec;

	(void)state;
	cert_world_admit(&cw, "yamada");
	use(&row, "192.0.2.7");
	use(&row, "192.0.2.7");
	store_mem_knobs(w->core.store)->fail_commit = ERR_FULL;
	assert_int_equal(DO(cert_life_uses(&w->core, &w->act)), ERR_FULL);
	cert_life_uses_ended(&w->core, ERR_FULL);
	store_mem_knobs(w->core.store)->fail_commit = 0;
	assert_int_equal(row_of(&row).first_seen_ms, 0);
	assert_int_equal(write_down(), 1);
	core_world_last(w, &rec);
	assert_non_null(strstr(rec.detail, " times=2"));
	assert_true(row_of(&row).first_seen_ms != 0);
	assert_int_equal(write_down(), 0);
}

static void
test_refusals(void **state)
{
	struct cert row = cert_world_live(&cw), bent = row;
	struct audit_record rec;
	int i;

	(void)state;
	for (i = 0; i < 9; i++)
		use(&row, "192.0.2.7"); /* admits nobody */
	bent.der[bent.der_len - 1] ^= 1;
	use(&bent, "192.0.2.7");
	bent.der_len = 0;
	use(&bent, "192.0.2.7");
	assert_int_equal(write_down(), 3);
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "cert.use");
	assert_string_equal(rec.result, "refuse");
	assert_int_equal(row_of(&row).first_seen_ms, 0);
	assert_true(core_world_log_is_whole(w));
}

/* From its first use on the newer one stands for the terminal alone. */
static void
test_superseded(void **state)
{
	struct cert old = cert_world_live(&cw), new;

	(void)state;
	cert_world_admit(&cw, "yamada");
	use(&old, "");
	(void)write_down();
	move_ms(1000);
	new = cert_world_live(&cw);
	assert_int_equal(row_of(&old).revoked_ms, 0);
	use(&old, "");
	(void)write_down();
	assert_int_equal(row_of(&old).revoked_ms, 0);
	use(&new, "");
	(void)write_down();
	assert_int_equal(row_of(&old).reason, CERT_SUPERSEDED);
	assert_int_equal(row_of(&new).revoked_ms, 0);
}

static struct cert
ending_in(int days)
{
	struct x509_subject s = cert_world_subject(&cw);
	int64_t now = cert_world_now(&cw);
	struct cert row;

	cert_world_make(
	    &cw, &s, now - 1000, now + days * CERT_WORLD_DAY_MS, &row);
	cert_world_add(&cw, &row);
	return (row);
}

static int64_t
tick(struct cert_life *life)
{
	int64_t before = core_world_seq(w);

	(void)cert_world_now(&cw);
	assert_int_equal(DO(cert_life_tick(&w->core, &w->act, life)), 0);
	return (core_world_seq(w) - before);
}

static void
test_ends(void **state)
{
	struct cert row = ending_in(95), far = ending_in(300);
	struct cert_life life = { 0, false };
	struct cert_life_counts n;
	struct audit_record rec;
	const int days[] = { 90, 60, 30, 10 };
	int i, gone = 0;

	(void)state;
	assert_int_equal(tick(&life), 0);
	for (i = 0; i < 4; i++) {
		/* a minute into the days that are told */
		move_ms((95 - days[i] - gone) * CERT_WORLD_DAY_MS + 60000);
		gone = 95 - days[i];
		assert_int_equal(tick(&life), 1);
		core_world_last(w, &rec);
		assert_string_equal(rec.action, "cert.ending");
		assert_int_equal(row_of(&row).told_days, days[i]);
		/* once an hour is looked, and once it is told */
		assert_int_equal(tick(&life), 0);
		move_ms(WORLD_HOUR_MS);
		assert_int_equal(tick(&life), 0);
		assert_int_equal(DO(cert_life_count(&w->core, &w->act, &n)), 0);
		assert_int_equal(n.within[3 - i], 1);
		assert_int_equal(
		    n.within[0] + n.within[1] + n.within[2] + n.within[3], 1);
	}
	assert_int_equal(row_of(&far).told_days, 0);
}

/* A daemon that was down tells the nearest day alone. */
static void
test_ends_late(void **state)
{
	struct cert row = ending_in(20);
	struct cert_life life = { 0, false };

	(void)state;
	assert_int_equal(tick(&life), 1);
	assert_int_equal(row_of(&row).told_days, 30);
	move_ms(WORLD_HOUR_MS);
	assert_int_equal(tick(&life), 0);
}

static void
test_unused(void **state)
{
	struct cert row = ending_in(300), used = ending_in(300);
	struct cert_life life = { 0, false };
	struct audit_record rec;

	(void)state;
	cert_world_admit(&cw, "yamada");
	assert_int_equal(w->core.store->ops->begin(w->core.store), 0);
	assert_int_equal(
	    w->core.store->ops->cert_seen(w->core.store, &used, 5, ""), 0);
	assert_int_equal(w->core.store->ops->commit(w->core.store), 0);
	move_ms(100 * CERT_WORLD_DAY_MS);
	assert_int_equal(tick(&life), 0); /* off by default */
	w->policy.cert_unused_days = 101;
	move_ms(WORLD_HOUR_MS);
	assert_int_equal(tick(&life), 0);
	w->policy.cert_unused_days = 100;
	move_ms(WORLD_HOUR_MS);
	assert_int_equal(tick(&life), 1);
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "cert.revoke");
	assert_non_null(strstr(rec.detail, "by=never_used"));
	assert_int_equal(row_of(&row).reason, CERT_UNSPECIFIED);
	assert_int_equal(row_of(&used).revoked_ms, 0);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_uses),
		RUN(test_F6_not_lost),
		RUN(test_refusals),
		RUN(test_superseded),
		RUN(test_ends),
		RUN(test_ends_late),
		RUN(test_unused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
