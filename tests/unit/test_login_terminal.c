/*
 * Goal of this test: failures at one's own terminal count apart from those of
 * strangers, in both directions (rule 6.2, F11); password and terminal open
 * what asks for these two and nothing else; lock, disable, revoke and loss
 * hold between any two steps (R30, V9).
 * Links: authd/core/known.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c authd/core/recovery.c authd/core/account.c
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
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c authd/core/login.c
 * Links: authd/core/logins.c authd/core/password.c authd/core/shown.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c authd/core/breach.c
 * Links: tests/fakes/login_world.c
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
#include "authd/core/shown.h"
#include "authd/core/terminals.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/login_world.h"

#define RIGHT LOGIN_WORLD_ONE
#define WRONG LOGIN_WORLD_WRONG
#define APP   "pay.example"

static struct cert_world cw;
static struct core_world *w = &cw.world;
static struct person sato;
static struct cert row;

static void
add_app(const char *host, unsigned factors)
{
	struct app app = { .factors = factors, .level = 1, .created_ms = 1 };

	snprintf(app.host, sizeof(app.host), "%s", host);
	snprintf(app.name, sizeof(app.name), "%s", host);
	core_world_begin(w);
	assert_int_equal(core_world_ended(w,
			     w->core.store->ops->app_add(w->core.store, &app)),
	    0);
}

static int
setup(void **state)
{
	(void)state;
	cert_world_start(&cw);
	w->policy.password_cost = PASSHASH_COST_MIN;
	w->policy.password_composed = 1;
	w->policy.password_reuse_ms = 365 * CERT_WORLD_DAY_MS;
	assert_int_equal(logins_new(&w->core.logins), 0);
	login_world_person(w, "tokyo", "sato", "general", &sato);
	row = cert_world_live(&cw);
	cert_world_admit(&cw, "sato");
	add_app(APP, SESSION_PASSWORD | SESSION_TERMINAL);
	add_app("code.example", SESSION_PASSWORD | SESSION_CODE);
	add_app(
	    "all.example", SESSION_PASSWORD | SESSION_CODE | SESSION_TERMINAL);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	logins_free(w->core.logins);
	cert_world_stop(&cw);
	return (0);
}

static void
first(struct login *l, const char *password, const struct cert *cert,
    const char *app)
{
	login_world_first(l, "sato", password);
	if (cert != NULL) {
		memcpy(l->shown.der, cert->der, cert->der_len);
		l->shown.len = cert->der_len;
	}
	snprintf(l->app, sizeof(l->app), "%s", app);
}

static enum login_result
try(const char *password, const struct cert *cert, const char *app)
{
	struct login l;

	first(&l, password, cert, app);
	return (login_world_step(w, &l));
}

/* F11: strangers do not lock the owner at his terminal, nor he them. */
static void
test_F11_own_counter(void **state)
{
	struct login l;
	int i;

	(void)state;
	for (i = 0; i < 6; i++)
		assert_int_equal(try(WRONG, NULL, ""), LOGIN_REFUSE);
	assert_int_equal(try(RIGHT, NULL, ""), LOGIN_REFUSE); /* locked */
	first(&l, RIGHT, &row, "");
	assert_int_equal(login_world_step(w, &l), LOGIN_CONTINUE);
	assert_true(shown_is(&l.by));
	/* and the code step counts there too */
	for (i = 0; i < 4; i++)
		assert_int_equal(try(WRONG, &row, ""), LOGIN_REFUSE);
	assert_int_equal(try(RIGHT, &row, ""), LOGIN_CONTINUE);
	for (i = 0; i < 5; i++)
		assert_int_equal(try(WRONG, &row, ""), LOGIN_REFUSE);
	assert_int_equal(try(RIGHT, &row, ""), LOGIN_REFUSE);
}

static void
test_code_in_its_bucket(void **state)
{
	char code[CODE_DIGITS + 1], bucket[BUCKET_MAX + 1];
	struct counter counter;
	struct login l, next;

	(void)state;
	first(&l, RIGHT, &row, "");
	assert_int_equal(login_world_step(w, &l), LOGIN_CONTINUE);
	core_world_wrong(sato.seed, code);
	login_world_code(&next, l.next_token, code);
	assert_int_equal(login_world_step(w, &next), LOGIN_REFUSE);
	shown_bucket(&l.by, bucket);
	assert_int_equal(
	    w->core.store->ops->counter_get(w->core.store, &sato.account.office,
		&sato.account.id, COUNTER_CODE, bucket, &counter),
	    0);
	assert_int_equal(counter.failures, 1);
	counter = login_world_counter(w, &sato, COUNTER_CODE);
	assert_int_equal(counter.failures, 0);
	/* the right one opens, by the code as ever */
	first(&l, RIGHT, &row, "");
	assert_int_equal(login_world_step(w, &l), LOGIN_CONTINUE);
	core_world_code(sato.seed, core_world_step(), code);
	login_world_code(&next, l.next_token, code);
	assert_int_equal(login_world_step(w, &next), LOGIN_ACCEPT);
	assert_false(next.by_terminal);
}

/* As good as none: another's, revoked, of a terminal that does not admit. */
static void
test_no_certificate(void **state)
{
	struct cert bent = row;
	struct login l;

	(void)state;
	bent.der[bent.der_len - 1] ^= 1;
	first(&l, RIGHT, &bent, APP);
	assert_int_equal(login_world_step(w, &l), LOGIN_CONTINUE);
	assert_false(shown_is(&l.by));
	bent.der_len = 0;
	assert_int_equal(try(RIGHT, &bent, APP), LOGIN_CONTINUE);
	login_world_password(w, "yamada", LOGIN_WORLD_TWO, false);
	login_world_first(&l, "yamada", LOGIN_WORLD_TWO);
	memcpy(l.shown.der, row.der, row.der_len);
	l.shown.len = row.der_len;
	snprintf(l.app, sizeof(l.app), APP);
	/* no phone, and not his terminal */
	assert_int_equal(login_world_step(w, &l), LOGIN_REFUSE);
	assert_false(shown_is(&l.by));
	/* once it admits him, it is his second factor */
	cert_world_admit(&cw, "yamada");
	login_world_first(&l, "yamada", LOGIN_WORLD_TWO);
	memcpy(l.shown.der, row.der, row.der_len);
	l.shown.len = row.der_len;
	assert_int_equal(login_world_step(w, &l), LOGIN_REFUSE); /* no app */
	login_world_first(&l, "yamada", LOGIN_WORLD_TWO);
	memcpy(l.shown.der, row.der, row.der_len);
	l.shown.len = row.der_len;
	snprintf(l.app, sizeof(l.app), APP);
	assert_int_equal(login_world_step(w, &l), LOGIN_ACCEPT);
}

static void
test_second_factor(void **state)
{
	struct audit_record rec;
	struct login l;

	(void)state;
	first(&l, RIGHT, &row, APP);
	assert_int_equal(login_world_step(w, &l), LOGIN_ACCEPT);
	assert_true(l.by_terminal);
	assert_true(id_equal(&l.by.terminal, &cw.terminal.id));
	core_world_last(w, &rec);
	assert_string_equal(rec.action, "login.password");
	assert_string_equal(rec.result, "accept");
	assert_int_equal(try(WRONG, &row, APP), LOGIN_REFUSE);
	/* it is no code: where one is asked, one is asked */
	assert_int_equal(try(RIGHT, &row, ""), LOGIN_CONTINUE);
	assert_int_equal(try(RIGHT, &row, "code.example"), LOGIN_CONTINUE);
	assert_int_equal(try(RIGHT, &row, "all.example"), LOGIN_CONTINUE);
	assert_int_equal(try(RIGHT, &row, "none.example"), LOGIN_CONTINUE);
	assert_int_equal(try(RIGHT, NULL, APP), LOGIN_CONTINUE);
}

static void
revoke(void)
{
	char serial[CERT_SERIAL_TEXT + 1];
	struct cert_view v;

	cert_serial_put(row.serial, serial);
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(
		w, cert_revoke(&w->core, &w->act, serial, CERT_LOST, &v)),
	    0);
}

static void
lose(void)
{
	struct terminals_view v;
	char id[ID_TEXT + 1];

	id_put_text(&cw.terminal.id, id);
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, terminals_lost(&w->core, &w->act, id, &v)), 0);
}

static void
drop(void)
{
	struct terminals_input in = { .drop = "sato" };
	struct terminals_view v;
	char id[ID_TEXT + 1];

	id_put_text(&cw.terminal.id, id);
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, terminals_set(&w->core, &w->act, id, &in, &v)),
	    0);
}

static void
disable(void)
{
	struct account_view v;

	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(
		w, account_enable(&w->core, &w->act, "sato", false, &v)),
	    0);
}

/* R30, V9: whatever happens while the password is hashed holds. */
static void
test_R30_between(void **state)
{
	static void (*const events[])(void) = { revoke, lose, drop, disable };
	struct login l;
	size_t i;
	bool wants;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		first(&l, RIGHT, &row, APP);
		assert_int_equal(login_world_run(w, &l, &wants), 0);
		assert_true(wants);
		assert_int_equal(login_world_hash(w, &l), 0);
		events[i]();
		assert_int_equal(login_world_settle(w, &l), 0);
		/* the terminal is gone: a code is asked; or all is refused */
		assert_int_equal(l.result,
		    events[i] == disable ? LOGIN_REFUSE : LOGIN_CONTINUE);
		assert_false(l.by_terminal && l.result == LOGIN_ACCEPT);
		teardown(state);
		setup(state);
	}
}

/* The forced change in between: the terminal must still be there. */
static void
test_change(void **state)
{
	static void (*const events[])(
	    void) = { NULL, revoke, lose, drop, disable };
	struct login l, next;
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		login_world_password(w, "sato", LOGIN_WORLD_TWO, true);
		first(&l, LOGIN_WORLD_TWO, &row, APP);
		assert_int_equal(
		    login_world_step(w, &l), LOGIN_CHANGE_PASSWORD);
		if (events[i] != NULL)
			events[i]();
		login_world_change(&next, l.next_token, LOGIN_WORLD_THREE);
		assert_int_equal(login_world_step(w, &next),
		    events[i] == NULL ? LOGIN_ACCEPT : LOGIN_REFUSE);
		teardown(state);
		setup(state);
	}
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_F11_own_counter),
		RUN(test_code_in_its_bucket),
		RUN(test_no_certificate),
		RUN(test_second_factor),
		RUN(test_R30_between),
		RUN(test_change),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
