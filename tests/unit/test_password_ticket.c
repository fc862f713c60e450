/*
 * Goal of this test: who holds a ticket that brings a password sets it: all
 * rules told, used up or proven by it, in the transaction that stores it; not
 * with another ticket, not twice, not after the ticket is over (R35, R36, V27,
 * V29).
 * Links: authd/core/known.c
 * Links: authd/core/password_ticket.c
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

#include "authd/core/password_ticket.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/ticket_world.h"

#define NEW   LOGIN_WORLD_TWO
#define OTHER LOGIN_WORLD_THREE

static struct core_world w;
static struct person yamada; /* phone and password */
static struct account sato;  /* nothing yet */
static char first[TOKEN_LEN + 1], password[TOKEN_LEN + 1];

static void
hold(const char *login, const char *purpose, const char *shown, char *token)
{
	char secret[TICKET_SECRET_LEN + 1];

	ticket_world_secret(&w, login, purpose, secret);
	ticket_world_token(&w, secret, login, shown, token);
}

static int
setup(void **state)
{
	char code[CODE_DIGITS + 1];

	(void)state;
	login_world_start(&w);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	ticket_world_account(&w, "alpha", "sato", &sato);
	core_world_code(yamada.seed, core_world_step(), code);
	hold("sato", "first", "", first);
	hold("yamada", "password", code, password);
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

static int
start(struct password_ticket *q, enum ticket_purpose purpose, const char *token,
    const char *fresh)
{
	memset(q, 0, sizeof(*q));
	q->purpose = purpose;
	snprintf(q->token, sizeof(q->token), "%s", token);
	snprintf(q->fresh, sizeof(q->fresh), "%s", fresh);
	core_world_begin(&w);
	return (
	    core_world_ended(&w, password_ticket_start(&w.core, &w.act, q)));
}

static int
settle(struct password_ticket *q)
{
	core_world_begin(&w);
	return (
	    core_world_ended(&w, password_ticket_settle(&w.core, &w.act, q)));
}

/* All of it, as the engine does. */
static struct password_ticket
set(enum ticket_purpose purpose, const char *token, const char *fresh)
{
	struct password_ticket q;

	assert_int_equal(start(&q, purpose, token, fresh), 0);
	if (!q.is_held)
		return (q);
	assert_int_equal(password_ticket_hash(&w.policy, w.core.keeper, &q), 0);
	assert_int_equal(settle(&q), 0);
	return (q);
}

static bool
is_password(const char *login, const char *text)
{
	enum passhash_verdict verdict;
	struct password_known known;

	assert_int_equal(password_load(&w.core, &w.act, login, &known), 0);
	assert_int_equal(
	    password_verify(&w.policy, w.core.keeper, &known, text, &verdict),
	    0);
	return (verdict == PASSHASH_RIGHT && !known.row.is_temporary);
}

static struct ticket_view
look(enum ticket_purpose purpose, const char *token, bool *is_held)
{
	struct ticket_view v;

	assert_int_equal(
	    ticket_held(&w.core, &w.act, token, purpose, &v, is_held), 0);
	return (v);
}

static void
test_zero_refuses(void **state)
{
	struct password_ticket q = { 0 };

	(void)state;
	assert_int_equal(q.result, PASSWORD_TICKET_REFUSED);
	assert_int_equal(start(&q, TICKET_NONE, first, NEW), ERR_INVALID);
	assert_int_equal(start(&q, TICKET_PHONE, first, NEW), ERR_INVALID);
}

static void
test_first(void **state)
{
	struct ticket_view v;
	bool is_held;

	(void)state;
	v = look(TICKET_FIRST, first, &is_held);
	assert_int_equal(v.ticket.proved, 0);
	assert_int_equal(
	    set(TICKET_FIRST, first, NEW).result, PASSWORD_TICKET_DONE);
	assert_true(is_password("sato", NEW));
	/* one half: the ticket stays, and knows it */
	v = look(TICKET_FIRST, first, &is_held);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, SESSION_PASSWORD);
	/* the same once more, and another */
	assert_int_equal(
	    set(TICKET_FIRST, first, NEW).result, PASSWORD_TICKET_DONE);
	assert_int_equal(
	    set(TICKET_FIRST, first, OTHER).result, PASSWORD_TICKET_DONE);
	assert_true(is_password("sato", OTHER));
	/* whoever holds it anew has shown nothing */
	hold("sato", "first", "", first);
	v = look(TICKET_FIRST, first, &is_held);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, 0);
}

static void
test_unmet(void **state)
{
	struct password_ticket q;
	bool is_held;

	(void)state;
	q = set(TICKET_FIRST, first, "sato");
	assert_int_equal(q.result, PASSWORD_TICKET_UNMET);
	assert_int_equal(q.reasons & (PASSWORD_TOO_SHORT | PASSWORD_PERSONAL),
	    PASSWORD_TOO_SHORT | PASSWORD_PERSONAL);
	assert_int_equal(look(TICKET_FIRST, first, &is_held).ticket.proved, 0);
	assert_true(is_held);
	/* the present one, by another way than this ticket, is an earlier one */
	q = set(TICKET_PASSWORD, password, LOGIN_WORLD_ONE);
	assert_int_equal(q.result, PASSWORD_TICKET_UNMET);
	assert_int_equal(q.reasons & PASSWORD_REUSED, PASSWORD_REUSED);
	(void)look(TICKET_PASSWORD, password, &is_held);
	assert_true(is_held);
}

static void
test_R35_password_is_used_up(void **state)
{
	bool is_held;

	(void)state;
	assert_int_equal(
	    set(TICKET_PASSWORD, password, NEW).result, PASSWORD_TICKET_DONE);
	assert_true(is_password("yamada", NEW));
	assert_int_equal(
	    look(TICKET_PASSWORD, password, &is_held).state, TICKET_USED);
	assert_false(is_held);
	assert_int_equal(set(TICKET_PASSWORD, password, OTHER).result,
	    PASSWORD_TICKET_REFUSED);
	assert_true(is_password("yamada", NEW));
}

static void
test_V27_of_another_purpose(void **state)
{
	char phone[TOKEN_LEN + 1];

	(void)state;
	hold("yamada", "phone", LOGIN_WORLD_ONE, phone);
	assert_false(set(TICKET_FIRST, phone, NEW).is_held);
	assert_false(set(TICKET_PASSWORD, phone, NEW).is_held);
	assert_false(set(TICKET_FIRST, password, NEW).is_held);
	assert_false(set(TICKET_PASSWORD, first, NEW).is_held);
	assert_false(set(TICKET_PASSWORD, "", NEW).is_held);
	assert_true(is_password("yamada", LOGIN_WORLD_ONE));
	assert_false(is_password("sato", NEW));
}

/* Two at once: both have hashed, one is first. */
static void
test_twice_at_once(void **state)
{
	struct password_ticket one, two;

	(void)state;
	assert_int_equal(start(&one, TICKET_PASSWORD, password, NEW), 0);
	assert_int_equal(start(&two, TICKET_PASSWORD, password, OTHER), 0);
	assert_int_equal(
	    password_ticket_hash(&w.policy, w.core.keeper, &one), 0);
	assert_int_equal(
	    password_ticket_hash(&w.policy, w.core.keeper, &two), 0);
	assert_int_equal(settle(&one), 0);
	assert_int_equal(one.result, PASSWORD_TICKET_DONE);
	assert_int_equal(settle(&two), 0);
	assert_int_equal(two.result, PASSWORD_TICKET_REFUSED);
	assert_true(is_password("yamada", NEW));
	/* of a first one the later is told that it changed */
	assert_int_equal(start(&one, TICKET_FIRST, first, NEW), 0);
	assert_int_equal(start(&two, TICKET_FIRST, first, OTHER), 0);
	assert_int_equal(
	    password_ticket_hash(&w.policy, w.core.keeper, &one), 0);
	assert_int_equal(
	    password_ticket_hash(&w.policy, w.core.keeper, &two), 0);
	assert_int_equal(settle(&one), 0);
	assert_int_equal(settle(&two), 0);
	assert_int_equal(two.result, PASSWORD_TICKET_REFUSED);
	assert_true(two.is_held);
	assert_true(is_password("sato", NEW));
}

static void
test_over_between(void **state)
{
	struct password_ticket q;

	(void)state;
	assert_int_equal(start(&q, TICKET_FIRST, first, NEW), 0);
	assert_int_equal(password_ticket_hash(&w.policy, w.core.keeper, &q), 0);
	clock_fake_pass(TICKET_HOLD_MS);
	assert_int_equal(settle(&q), 0);
	assert_int_equal(q.result, PASSWORD_TICKET_REFUSED);
	assert_false(q.is_held);
	assert_false(is_password("sato", NEW));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_zero_refuses),
		TEST(test_first),
		TEST(test_unmet),
		TEST(test_R35_password_is_used_up),
		TEST(test_V27_of_another_purpose),
		TEST(test_twice_at_once),
		TEST(test_over_between),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
