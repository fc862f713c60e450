/*
 * Goal of this test: what counts as a try on a ticket, and what is no fault of
 * who types; a slip that was made after five wrong tries can be used at once.
 * Links: authd/core/known.c
 * Links: authd/core/ticket.c authd/core/ticket_make.c authd/core/ticket_fit.c
 * Links: authd/core/ticket_prove.c authd/core/token.c
 * Links: tests/fakes/ticket_world.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c tests/fakes/login_world.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/core/terminal.c authd/core/terminals.c authd/core/cert.c
 * Links: authd/core/cert_issue.c authd/core/host.c authd/core/live.c
 * Links: authd/core/keyshare.c certs/x509_shared.c
 * Links: authd/core/seen.c
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
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_pem.c certs/x509_extend.c
 * Links: certs/x509_profile.c certs/x509_issue.c certs/x509_scalar.c
 * Links: certs/x509_root.c certs/x509_key.c certs/x509_url.c
 * Links: tests/fakes/keeper_ca_rig.c tests/fakes/ca_rig.c
 * Links: certs/x509_pkcs12.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/ticket_world.h"

#define HOUR WORLD_HOUR_MS

static struct core_world w;
static struct person yamada; /* phone and password */

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	snprintf(w.act.source, sizeof(w.act.source), "192.0.2.7");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(&w));
	login_world_stop(&w);
	return (0);
}

/* What is no fault of who types costs the slip nothing: a clock that was set
 * back, a source that others have guessed from. */
static void
test_F2_no_wrong_login(void **state)
{
	struct keeper_fake_knobs *knobs = keeper_fake_knobs(w.core.keeper);
	char secret[TICKET_SECRET_LEN + 1], login[16];
	char code[CODE_DIGITS + 1];
	struct ticket_prove q;
	bool blocked = false;
	int i;

	(void)state;
	ticket_world_secret(&w, "yamada", "password", secret);
	core_world_code(yamada.seed, core_world_step(), code);
	knobs->high_water_ms = w.act.now.wall_ms + HOUR;
	for (i = 0; i <= TICKET_FAILURES_MAX; i++) {
		assert_false(
		    ticket_world_prove(&w, secret, "yamada", code, &q));
		assert_int_equal(q.view.ticket.failures, 0);
	}
	knobs->high_water_ms = 0;
	for (i = 0; i < 60 && !blocked; i++) {
		snprintf(login, sizeof(login), "guess-%d", i);
		core_world_begin(&w);
		assert_int_equal(source_rule_failed(&w.core, &w.act,
				     TICKET_PROVE_CONSUMER, login),
		    0);
		assert_int_equal(source_rule_blocked(&w.core, &w.act,
				     TICKET_PROVE_CONSUMER, NULL, &blocked),
		    0);
		assert_int_equal(core_world_ended(&w, 0), 0);
	}
	assert_true(blocked);
	for (i = 0; i <= TICKET_FAILURES_MAX; i++)
		assert_false(
		    ticket_world_prove(&w, secret, "yamada", code, &q));
	assert_int_equal(q.view.ticket.failures, 0);
	snprintf(w.act.source, sizeof(w.act.source), "192.0.2.8");
	assert_true(ticket_world_prove(&w, secret, "yamada", code, &q));
}

/* Whoever made the next slip wants it to be used: the tries on the one before
 * lock it no more. */
static void
test_another_after_five(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], code[CODE_DIGITS + 1];
	struct ticket_prove q;
	struct counter row;
	int i;

	(void)state;
	ticket_world_secret(&w, "yamada", "phone", secret);
	for (i = 0; i < TICKET_FAILURES_MAX; i++)
		assert_false(ticket_world_prove(
		    &w, secret, "yamada", LOGIN_WORLD_WRONG, &q));
	assert_int_equal(q.view.state, TICKET_VOID);
	ticket_world_secret(&w, "yamada", "phone", secret);
	assert_true(
	    ticket_world_prove(&w, secret, "yamada", LOGIN_WORLD_ONE, &q));
	ticket_world_secret(&w, "yamada", "password", secret);
	core_world_wrong(yamada.seed, code);
	for (i = 0; i < TICKET_FAILURES_MAX; i++) {
		assert_false(
		    ticket_world_prove(&w, secret, "yamada", code, &q));
		clock_fake_pass(WORLD_STEP_MS);
		core_world_wrong(yamada.seed, code);
	}
	assert_int_equal(q.view.state, TICKET_VOID);
	ticket_world_secret(&w, "yamada", "password", secret);
	/* the hundred in a row of R22 is no concern of slips */
	assert_int_equal(w.real->counter_get(w.core.store,
			     &yamada.account.office, &yamada.account.id,
			     COUNTER_CODE, "c:ticket", &row),
	    0);
	assert_int_equal(row.failures, 0);
	assert_int_equal(row.in_row, TICKET_FAILURES_MAX);
	core_world_code(yamada.seed, core_world_step(), code);
	assert_true(ticket_world_prove(&w, secret, "yamada", code, &q));
}

/* R36: a password that was shown, and is another one when it has been hashed, is
 * shown no more. */
static void
test_R36_password_changed_meanwhile(void **state)
{
	struct ticket_prove q;
	struct audit_record last;
	bool wants = false;

	(void)state;
	memset(&q, 0, sizeof(q));
	ticket_world_secret(&w, "yamada", "phone", q.secret);
	snprintf(q.name, sizeof(q.name), "yamada");
	snprintf(q.password, sizeof(q.password), "%s", LOGIN_WORLD_ONE);
	core_world_begin(&w);
	assert_int_equal(ticket_prove_prepare(&w.core, &w.act, &q), 0);
	assert_int_equal(
	    core_world_ended(
		&w, ticket_prove_start(&w.core, &w.act, &q, &wants)),
	    0);
	assert_true(wants);
	assert_int_equal(ticket_prove_hash(&w.policy, w.core.keeper, &q), 0);
	assert_int_equal(q.verdict, PASSHASH_RIGHT);
	login_world_password(&w, "yamada", LOGIN_WORLD_TWO, false);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_prove_settle(&w.core, &w.act, &q)), 0);
	assert_false(q.is_proven);
	core_world_last(&w, &last);
	assert_string_equal(last.reason, "changed_meanwhile");
}

/* A phone's ticket, as far as the failure slot of its password. */
static void
take_slot(const char *secret, const char *password, struct ticket_prove *q)
{
	bool wants = false;

	memset(q, 0, sizeof(*q));
	memcpy(q->secret, secret, sizeof(q->secret));
	snprintf(q->name, sizeof(q->name), "yamada");
	snprintf(q->password, sizeof(q->password), "%s", password);
	core_world_begin(&w);
	assert_int_equal(ticket_prove_prepare(&w.core, &w.act, q), 0);
	assert_int_equal(core_world_ended(&w,
			     ticket_prove_start(&w.core, &w.act, q, &wants)),
	    0);
	assert_true(wants);
	assert_true(q->has_slot);
}

/* What is left taken of it, when it was given back. */
static int
given_back(struct ticket_prove *q)
{
	struct counter row;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_prove_give_back(&w.core, &w.act, q)),
	    0);
	assert_int_equal(w.counter_puts, 1); /* right or wrong */
	assert_int_equal(w.real->counter_get(w.core.store,
			     &yamada.account.office, &yamada.account.id,
			     COUNTER_PASSWORD, TICKET_PROVE_BUCKET, &row),
	    0);
	return (row.failures);
}

/* A machine that has no room to hash takes nobody's tries, as at a login; nor
 * does a right password whose settle was undone. A wrong one is a try. */
static void
test_F11_V24_an_overload_locks_no_slip(void **state)
{
	char secret[TICKET_SECRET_LEN + 1];
	struct ticket_prove q;
	int i;

	(void)state;
	ticket_world_secret(&w, "yamada", "phone", secret);
	for (i = 0; i < 6; i++) {
		take_slot(secret, LOGIN_WORLD_WRONG, &q);
		assert_int_equal(given_back(&q), 0);
	}
	for (i = 1; i <= 2; i++) {
		take_slot(secret, LOGIN_WORLD_WRONG, &q);
		assert_int_equal(
		    ticket_prove_hash(&w.policy, w.core.keeper, &q), 0);
		assert_int_equal(given_back(&q), i);
		take_slot(secret, LOGIN_WORLD_ONE, &q);
		assert_int_equal(
		    ticket_prove_hash(&w.policy, w.core.keeper, &q), 0);
		assert_int_equal(given_back(&q), i);
	}
	assert_true(
	    ticket_world_prove(&w, secret, "yamada", LOGIN_WORLD_ONE, &q));
}

/* V27: who holds a first ticket next has shown nothing of what the one before
 * has: the password is asked anew. */
static void
test_V27_next_holder_has_shown_nothing(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct account sato;
	struct ticket_view v;
	bool is_held;

	(void)state;
	ticket_world_account(&w, "alpha", "sato", &sato);
	ticket_world_secret(&w, "sato", "first", secret);
	ticket_world_token(&w, secret, "sato", "", token);
	core_world_begin(&w);
	assert_int_equal(ticket_held(&w.core, &w.act, token, TICKET_FIRST, &v,
			     &is_held),
	    0);
	assert_true(is_held);
	v.ticket.proved |= SESSION_PASSWORD; /* as password_ticket.c does */
	assert_int_equal(
	    core_world_ended(&w, w.core.store->ops->ticket_set(
				     w.core.store, &v.ticket)),
	    0);
	ticket_world_token(&w, secret, "sato", "", token);
	assert_int_equal(ticket_held(&w.core, &w.act, token, TICKET_FIRST, &v,
			     &is_held),
	    0);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_F2_no_wrong_login),
		T(test_another_after_five),
		T(test_R36_password_changed_meanwhile),
		T(test_F11_V24_an_overload_locks_no_slip),
		T(test_V27_next_holder_has_shown_nothing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
