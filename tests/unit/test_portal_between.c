/*
 * Goal of this test: what a form of one's own page asks for is not done when the
 * session has ended while its password was hashed, or its code was judged (R42,
 * V28, rule 6.6).
 * Links: authd/core/known.c
 * Links: authd/core/password.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c
 * Links: authd/core/app.c
 * Links: authd/core/urlcheck.c
 * Links: authd/core/token.c
 * Links: authd/core/session_seen.c
 * Links: authd/core/session.c
 * Links: authd/core/session_order.c
 * Links: authd/core/session_admin.c
 * Links: authd/core/auditlog.c
 * Links: authd/core/mine.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/shown.c
 * Links: tests/fakes/login_world.c
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
 * Links: authd/core/password_own.c tests/fakes/exchange_rig.c
 * Links: authd/web/portal_mine.c authd/web/portal_password.c
 * Links: authd/web/portal_code.c authd/web/portal_enter.c
 * Links: authd/web/portal_who.c authd/web/portal_events.c
 * Links: authd/web/portal_time.c authd/web/portal_rules.c
 * Links: authd/web/portal_fresh.c authd/web/portal.c authd/web/form.c
 * Links: authd/web/exchange.c authd/web/cookie.c authd/web/proxied.c
 * Links: authd/web/formkey.c authd/web/flash.c authd/web/handover_url.c
 * Links: authd/core/handover.c authd/core/authz.c authd/core/authz_kept.c
 * Links: authd/render/page.c authd/render/escape.c authd/render/catalog.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/checks.h"
#include "authd/core/session_seen.h"
#include "authd/web/portal_code.h"
#include "authd/web/portal_mine.h"
#include "authd/web/portal_password.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

static struct core_world w;
static struct person taro;
static struct session row;
static char token[TOKEN_LEN + 1];
static struct work work;

#define CHANGE(call)                                                           \
	do {                                                                   \
		core_world_begin(&w);                                          \
		assert_int_equal(core_world_ended(&w, (call)), 0);             \
	} while (0)

static int
setup(void **state)
{
	const struct session_proof proof = { .factors = SESSION_PASSWORD |
		    SESSION_CODE };

	(void)state;
	login_world_start(&w);
	assert_int_equal(session_seen_new(&w.core.sessions), 0);
	login_world_person(&w, "tokyo", "taro", NULL, &taro);
	CHANGE(
	    session_open(&w.core, &w.act, &taro.account, &proof, token, &row));
	memset(&work, 0, sizeof(work));
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	session_seen_free(w.core.sessions);
	w.core.sessions = NULL;
	login_world_stop(&w);
	return (0);
}

static int
on_phone(void *arg, const struct phone *phone)
{
	if (phone->state == PHONE_ACTIVE)
		id_put_text(&phone->device, arg);
	return (0);
}

/* The active phone's id; "" none. */
static void
find_phone(char id[ID_TEXT + 1])
{
	id[0] = '\0';
	assert_int_equal(
	    w.core.store->ops->phone_list(w.core.store, &taro.account.office,
		&taro.account.id, on_phone, id),
	    0);
}

/* One's own phone is stopped; with ${ends}, the session ends in between. */
static bool
is_stopped(bool ends)
{
	static struct portal_mine q;
	char id[ID_TEXT + 1], left[ID_TEXT + 1];

	find_phone(id);
	memset(&q, 0, sizeof(q));
	memcpy(q.portal.session, token, sizeof(token));
	q.own.is_check = true;
	snprintf(q.own.present, sizeof(q.own.present), "%s", LOGIN_WORLD_ONE);
	q.stop.phones[q.stop.phones_n++] = id;
	core_world_begin(&w);
	work.act = w.act;
	assert_int_equal(
	    core_world_ended(&w, portal_mine_start(&w.core, &work, &q)), 0);
	assert_true(work.wants_hash);
	assert_int_equal(portal_mine_hash(&w.core, &q), 0);
	if (ends)
		CHANGE(session_logout(&w.core, &w.act, &row));
	core_world_begin(&w);
	work.act = w.act;
	assert_int_equal(
	    core_world_ended(&w, portal_mine_settle(&w.core, &work.act, &q)),
	    0);
	find_phone(left);
	assert_int_equal(q.is_stopped, left[0] == '\0');
	return (q.is_stopped);
}

static void
test_V28_stop(void **state)
{
	(void)state;
	assert_false(is_stopped(true));
}

static void
test_stop(void **state)
{
	(void)state;
	assert_true(is_stopped(false));
}

/* The own password becomes another. */
static bool
is_changed(bool ends)
{
	static struct portal_password q;

	memset(&q, 0, sizeof(q));
	memcpy(q.portal.session, token, sizeof(token));
	snprintf(q.own.present, sizeof(q.own.present), "%s", LOGIN_WORLD_ONE);
	snprintf(q.own.fresh, sizeof(q.own.fresh), "%s", LOGIN_WORLD_TWO);
	core_world_begin(&w);
	work.act = w.act;
	assert_int_equal(
	    core_world_ended(&w, portal_password_start(&w.core, &work, &q)), 0);
	assert_int_equal(portal_password_hash(&w.core, &q), 0);
	if (ends)
		CHANGE(session_logout(&w.core, &w.act, &row));
	core_world_begin(&w);
	work.act = w.act;
	assert_int_equal(core_world_ended(&w,
			     portal_password_settle(&w.core, &work.act, &q)),
	    0);
	return (login_world_try(&w, "taro", LOGIN_WORLD_TWO).result ==
	    LOGIN_CONTINUE);
}

static void
test_V28_password(void **state)
{
	(void)state;
	assert_false(is_changed(true));
}

static void
test_password(void **state)
{
	(void)state;
	assert_true(is_changed(false));
}

/* A code for the session that goes on; it ends by an earlier job of the same
 * transaction. */
static bool
is_raised(bool ends)
{
	static struct portal_code q;
	char code[CODE_DIGITS + 1];
	int r;

	clock_fake_pass(60000);
	memset(&q, 0, sizeof(q));
	memcpy(q.portal.session, token, sizeof(token));
	snprintf(q.verify.consumer, sizeof(q.verify.consumer), "portal");
	core_world_code(taro.seed, core_world_step(), code);
	memcpy(q.verify.code, code, sizeof(code));
	core_world_begin(&w);
	assert_int_equal(portal_code_prepare(&w.core, &w.act, &q), 0);
	assert_int_equal(checks_run(w.core.checks, w.core.keeper), 0);
	if (ends)
		assert_int_equal(session_logout(&w.core, &w.act, &row), 0);
	r = portal_code_run(&w.core, &w.act, &q);
	assert_int_equal(core_world_ended(&w, r), 0);
	return (q.token[0] != '\0');
}

static void
test_V28_code(void **state)
{
	(void)state;
	assert_false(is_raised(true));
}

static void
test_code(void **state)
{
	(void)state;
	assert_true(is_raised(false));
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_V28_stop),
		T(test_stop),
		T(test_V28_password),
		T(test_password),
		T(test_V28_code),
		T(test_code),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
