/*
 * Goal of this test: terminals are listed, changed within their office, and
 * lost with their certificates and a note of when they were last seen.
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

#include "authd/core/account.h"
#include "authd/core/host.h"
#include "authd/core/terminals.h"
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

static const char *
id_of(void)
{
	static char id[ID_TEXT + 1];

	id_put_text(&cw.terminal.id, id);
	return (id);
}

static int
set(const struct terminals_input *in, struct terminals_view *v)
{
	return (DO(terminals_set(&w->core, &w->act, id_of(), in, v)));
}

static void
test_set(void **state)
{
	struct terminals_input in = {
		.admit = "suzuki", .owner = "private", .label = "窓口"
	};
	struct terminals_view v;
	struct audit_record rec;

	(void)state;
	assert_int_equal(set(&in, &v), 0);
	assert_int_equal(v.admitted_n, 1);
	assert_string_equal(v.admitted[0], "suzuki");
	assert_true(v.terminal.is_private);
	assert_string_equal(v.terminal.label, "窓口");
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "terminal.set");
	memset(&in, 0, sizeof(in));
	in.admit_all = true;
	in.drop = "suzuki";
	assert_int_equal(set(&in, &v), 0);
	assert_true(v.terminal.admits_all);
	assert_int_equal(v.admitted_n, 0);
	memset(&in, 0, sizeof(in));
	in.admit_listed = true;
	assert_int_equal(set(&in, &v), 0);
	assert_false(v.terminal.admits_all);
	assert_true(v.terminal.is_private);
}

static void
test_set_refused(void **state)
{
	struct terminals_input in = { .admit = "tanaka" };
	struct terminals_view v;

	(void)state;
	/* of another office: nothing of the order is done */
	in.owner = "private";
	expect_problem(set(&in, &v), ERR_NOTFOUND, "no_such_account");
	assert_int_equal(DO(terminals_show(&w->core, &w->act, id_of(), &v)), 0);
	assert_false(v.terminal.is_private);
	in.admit = "nobody";
	expect_problem(set(&in, &v), ERR_NOTFOUND, "no_such_account");
	memset(&in, 0, sizeof(in));
	in.owner = "me";
	expect_problem(set(&in, &v), ERR_INVALID, "bad_owner");
	memset(&in, 0, sizeof(in));
	in.label = "a\tb";
	expect_problem(set(&in, &v), ERR_INVALID, "bad_label");
	expect_problem(DO(terminals_show(&w->core, &w->act, "x", &v)),
	    ERR_NOTFOUND, "no_such_terminal");
	expect_problem(DO(terminals_lost(&w->core, &w->act,
			   "00000000-0000-0000-0000-000000000000", &v)),
	    ERR_NOTFOUND, "no_such_terminal");
}

static void
test_lost(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct terminals_input in = { .owner = "private" };
	struct terminals_view v;
	struct audit_record rec;
	int64_t records;

	(void)state;
	cert_world_admit(&cw, "yamada");
	core_world_begin(w);
	assert_int_equal(core_world_ended(w,
			     w->core.store->ops->cert_seen(w->core.store, &row,
				 1795305600000, "192.0.2.9")),
	    0);
	assert_int_equal(DO(terminals_lost(&w->core, &w->act, id_of(), &v)), 0);
	assert_int_not_equal(v.terminal.lost_ms, 0);
	assert_int_equal(v.state, CERT_REVOKED);
	assert_int_equal(v.cert.reason, CERT_LOST);
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "cert.revoke");
	/* the only one it names: that person reads of it */
	assert_string_equal(rec.account, "yamada");
	records = core_world_seq(w);
	/* once */
	assert_int_equal(DO(terminals_lost(&w->core, &w->act, id_of(), &v)), 0);
	assert_int_equal(core_world_seq(w), records);
	expect_problem(set(&in, &v), ERR_WRONG_STATE, "terminal_lost");
}

/* F8: whoever logged in at that terminal is logged out by it, nobody else. */
static void
test_F8_lost_ends_sessions(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct session at = { .office = row.office,
		.id = { { 1 } },
		.token = { 1 },
		.factors = SESSION_PASSWORD | SESSION_TERMINAL,
		.terminal = row.holder,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = 1,
		.until_steady = INT64_MAX };
	struct session elsewhere = at, got;
	struct account yamada;
	struct terminals_view v;
	struct store *st = w->core.store;

	(void)state;
	assert_int_equal(st->ops->account_find(st, "yamada", &yamada), 0);
	at.account = elsewhere.account = yamada.id;
	elsewhere.id.b[0] = elsewhere.token[0] = 2;
	elsewhere.terminal.b[0] ^= 1;
	core_world_begin(w);
	assert_int_equal(st->ops->session_add(st, &at), 0);
	assert_int_equal(
	    core_world_ended(w, st->ops->session_add(st, &elsewhere)), 0);
	assert_int_equal(DO(terminals_lost(&w->core, &w->act, id_of(), &v)), 0);
	assert_int_equal(
	    st->ops->session_by_id(st, &at.id, &got), ERR_NOTFOUND);
	assert_int_equal(st->ops->session_by_id(st, &elsewhere.id, &got), 0);
}

/* What was opened at the terminal of this certificate. */
static void
open_session(const struct cert *row, struct session *out)
{
	struct session at = { .office = row->office,
		.id = { { 1 } },
		.token = { 1 },
		.factors = SESSION_PASSWORD | SESSION_TERMINAL,
		.terminal = row->holder,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = 1,
		.until_steady = INT64_MAX };
	struct account yamada;
	struct store *st = w->core.store;

	assert_int_equal(st->ops->account_find(st, "yamada", &yamada), 0);
	at.account = yamada.id;
	core_world_begin(w);
	assert_int_equal(core_world_ended(w, st->ops->session_add(st, &at)), 0);
	*out = at;
}

/* With the certificate goes what was opened by it, whoever revokes it. */
static void
test_F8_revoked_ends_sessions(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct session at, got;
	struct store *st = w->core.store;

	(void)state;
	open_session(&row, &at);
	core_world_begin(w);
	assert_int_equal(core_world_ended(w,
			     cert_revoke_row(&w->core, &w->act, &row,
				 CERT_UNSPECIFIED, NULL)),
	    0);
	assert_int_equal(
	    st->ops->session_by_id(st, &at.id, &got), ERR_NOTFOUND);
}

static int
count_live(void *arg, const struct cert *row)
{
	*(int *)arg += row->revoked_ms == 0;
	return (0);
}

/* What a renewed certificate stands for: those before it, none after it; and
 * of a holder with many each, however many are looked at in a row. */
static void
test_F8_all_of_a_holder(void **state)
{
	struct store *st = w->core.store;
	struct cert first = cert_world_live(&cw), row = first, middle = first;
	int i, live = 0;

	(void)state;
	row.serial[2] ^= 0xff;
	row.fingerprint[2] ^= 0xff;
	core_world_begin(w);
	for (i = 1; i < 150; i++) {
		row.serial[1] = row.fingerprint[1] = (uint8_t)i;
		row.issued_ms = first.issued_ms + i;
		assert_int_equal(st->ops->cert_add(st, &row), 0);
		if (i == 100)
			middle = row;
	}
	assert_int_equal(cert_revoke_holder(&w->core, &w->act, &first.office,
			     &first.holder, &middle, CERT_SUPERSEDED, NULL),
	    0);
	assert_int_equal(st->ops->cert_list(st, &first.office, &first.holder,
			     NULL, INT32_MAX, count_live, &live),
	    0);
	assert_int_equal(live, 50);
	assert_int_equal(cert_revoke_holder(&w->core, &w->act, &first.office,
			     &first.holder, NULL, CERT_LOST, NULL),
	    0);
	live = 0;
	assert_int_equal(st->ops->cert_list(st, &first.office, &first.holder,
			     NULL, INT32_MAX, count_live, &live),
	    0);
	assert_int_equal(live, 0);
	assert_int_equal(core_world_ended(w, 0), 0);
}

/* Though nothing is left to be revoked, as after a renewal given up half. */
static void
test_F8_lost_without_a_live_certificate(void **state)
{
	struct cert row = cert_world_live(&cw);
	struct session at, got;
	struct terminals_view v;
	struct store *st = w->core.store;

	(void)state;
	open_session(&row, &at);
	core_world_begin(w);
	assert_int_equal(core_world_ended(w,
			     cert_revoke_row(&w->core, &w->act, &row,
				 CERT_SUPERSEDED, NULL)),
	    0);
	assert_int_equal(st->ops->session_by_id(st, &at.id, &got), 0);
	assert_int_equal(DO(terminals_lost(&w->core, &w->act, id_of(), &v)), 0);
	assert_int_equal(
	    st->ops->session_by_id(st, &at.id, &got), ERR_NOTFOUND);
}

static int
count(void *arg, const struct terminals_view *v)
{
	(void)v;
	(*(int *)arg)++;
	return (0);
}

static void
test_list(void **state)
{
	int n = 0;

	(void)state;
	assert_int_equal(
	    DO(terminals_list(&w->core, &w->act, "tokyo", NULL, 9, count, &n)),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    DO(terminals_list(&w->core, &w->act, "osaka", "", 9, count, &n)),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    DO(terminals_list(&w->core, &w->act, NULL, id_of(), 9, count, &n)),
	    0);
	assert_int_equal(n, 1);
	expect_problem(
	    DO(terminals_list(&w->core, &w->act, "kyoto", NULL, 9, count, &n)),
	    ERR_NOTFOUND, "no_such_office");
	expect_problem(
	    DO(terminals_list(&w->core, &w->act, NULL, "x", 9, count, &n)),
	    ERR_INVALID, "bad_terminal");
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_set),
		RUN(test_set_refused),
		RUN(test_lost),
		RUN(test_F8_lost_ends_sessions),
		RUN(test_F8_revoked_ends_sessions),
		RUN(test_F8_all_of_a_holder),
		RUN(test_F8_lost_without_a_live_certificate),
		RUN(test_list),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
