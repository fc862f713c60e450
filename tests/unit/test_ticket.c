/*
 * Goal of this test: a ticket does one thing, for one person, once; a slip for
 * somebody enrolled never replaces both factors; guesses end it. (R35, R36,
 * V27, V29; DESIGN 6.9) Many events at once: test_ticket_model.c. Certificates:
 * test_ticket_make.c.
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
static struct account sato;  /* nothing yet */

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	ticket_world_account(&w, "alpha", "sato", &sato);
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

/* Refused, and this is the word. */
static void
expect_not_made(const char *login, const char *purpose, const char *label,
    int hours, int r, const char *code)
{
	struct ticket_make q;

	assert_int_equal(
	    ticket_world_make(&w, login, purpose, label, hours, &q), r);
	assert_string_equal(w.act.problem.code, code);
	assert_string_equal(q.link, "");
	ticket_make_clear(&q);
}

static void
test_made(void **state)
{
	struct ticket_make q;
	struct audit_record last;
	struct ticket row;
	uint8_t hash[SESSION_HASH_LEN];
	char secret[TICKET_SECRET_LEN + 1];

	(void)state;
	assert_int_equal(
	    ticket_world_make(&w, "SATO", "first", "私物", 0, &q), 0);
	assert_true(strncmp(q.link, "https://sekisho.example.jp/ticket/",
			34) == 0);
	assert_int_equal(strlen(q.link), 34 + TICKET_SECRET_LEN);
	assert_true(q.view.expires_ms == w.act.now.wall_ms + 72 * HOUR);
	assert_string_equal(q.view.account.login, "sato");
	assert_string_equal(q.view.ticket.label, "私物");
	/* Only a hash of it is kept, and nothing of it in the log. (R35) */
	assert_int_equal(ticket_secret_fold(q.link + 34, 26, secret), 0);
	assert_int_equal(ticket_secret_hash(secret, hash), 0);
	assert_int_equal(
	    w.core.store->ops->ticket_find(w.core.store, hash, &row), 0);
	assert_int_equal(row.purpose, TICKET_FIRST);
	assert_null(
	    memmem(&row, sizeof(row), secret, TICKET_SECRET_LEN));
	core_world_last(&w, &last);
	assert_string_equal(last.action, "ticket.create");
	assert_null(memmem(&last, sizeof(last), secret, TICKET_SECRET_LEN));
	ticket_make_clear(&q);
	assert_int_equal(q.link[0], '\0');

	expect_not_made(
	    "nobody", "first", NULL, 0, ERR_NOTFOUND, "no_such_account");
	expect_not_made("sato", "both", NULL, 0, ERR_INVALID, "bad_purpose");
	expect_not_made("sato", NULL, NULL, 0, ERR_INVALID, "bad_purpose");
	expect_not_made("sato", "first", NULL, 721, ERR_INVALID, "bad_hours");
	expect_not_made("sato", "first", NULL, -1, ERR_INVALID, "bad_hours");
	expect_not_made("sato", "first", "a\nb", 0, ERR_INVALID, "bad_label");
	expect_not_made(
	    "yamada", "password", "x", 0, ERR_INVALID, "bad_label");
	w.policy.portal_url[0] = '\0';
	core_world_begin(&w);
	{
		const struct ticket_make in = { .login = "sato",
			.purpose = "first" };
		bool wants;

		q = in;
		assert_int_equal(core_world_ended(&w,
				     ticket_make_start(
					 &w.core, &w.act, &q, &wants)),
		    ERR_WRONG_STATE);
	}
	assert_string_equal(w.act.problem.code, "no_portal_url");
}

/* What is typed from paper is what was printed. */
static void
test_secret(void **state)
{
	char out[TICKET_SECRET_LEN + 1];
	const char *right = "01arz3ndektsv4rrffq69g5fav";
	const char *typed = "OIARZ3ND-ekts v4rr-ffq6 9g5fav";

	(void)state;
	assert_int_equal(ticket_secret_fold(typed, strlen(typed), out), 0);
	assert_string_equal(out, right);
	assert_int_equal(ticket_secret_fold(right, 26, out), 0);
	assert_int_equal(ticket_secret_fold(right, 25, out), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(ticket_secret_fold("", 0, out), ERR_INVALID);
	assert_int_equal(
	    ticket_secret_fold("01ARZ3NDEKTSV4RRFFQ69G5FAVA", 27, out),
	    ERR_INVALID);
	assert_int_equal(
	    ticket_secret_fold("01ARZ3NDEKTSV4RRFFQ69G5FA.", 26, out),
	    ERR_INVALID);
	assert_int_equal(
	    ticket_secret_fold("01ARZ3NDEKTSV4RRFFQ69G5FA\0", 26, out),
	    ERR_INVALID);
	assert_int_equal(ticket_world_state(&w, ""), TICKET_UNKNOWN);
	assert_int_equal(ticket_world_state(&w, right), TICKET_UNKNOWN);
}

static void
enrol(const char *login, struct person *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->login, sizeof(out->login), "%s", login);
	core_world_phone(&w, login, out);
}

/* For whom there is which. */
static void
test_R36_fits(void **state)
{
	struct account_view v;
	struct person p;

	(void)state;
	/* A slip that asks the login alone is not for the enrolled. */
	expect_not_made(
	    "yamada", "first", NULL, 0, ERR_WRONG_STATE, "already_enrolled");
	/* Nor after the phone is gone: the password is left. */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     phone_revoke(&w.core, &w.act, "yamada", NULL,
				 &(struct phone){ .state = PHONE_NONE })),
	    0);
	expect_not_made(
	    "yamada", "first", NULL, 0, ERR_WRONG_STATE, "already_enrolled");
	expect_not_made(
	    "yamada", "password", NULL, 0, ERR_WRONG_STATE, "not_enrolled");
	{
		char secret[TICKET_SECRET_LEN + 1];

		ticket_world_secret(&w, "yamada", "phone", secret);
	}
	/* The new one has nothing that could be asked. */
	expect_not_made(
	    "sato", "phone", NULL, 0, ERR_WRONG_STATE, "no_password");
	expect_not_made(
	    "sato", "password", NULL, 0, ERR_WRONG_STATE, "not_enrolled");
	/* A password that another person chose proves nothing. */
	login_world_password(&w, "sato", LOGIN_WORLD_TWO, true);
	expect_not_made(
	    "sato", "phone", NULL, 0, ERR_WRONG_STATE, "password_due");
	/* Both lost: a reset, then first again, and until it is used. */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_reset(
				 &w.core, &w.act, "yamada", "lost", &v)),
	    0);
	expect_not_made(
	    "yamada", "phone", NULL, 0, ERR_WRONG_STATE, "password_due");
	{
		char secret[TICKET_SECRET_LEN + 1];

		ticket_world_secret(&w, "yamada", "first", secret);
		assert_int_equal(
		    ticket_world_state(&w, secret), TICKET_OPEN);
		/* Enrolled in another way, that slip is void at once. */
		enrol("yamada", &p);
		assert_int_equal(
		    ticket_world_state(&w, secret), TICKET_VOID);
	}
	expect_not_made(
	    "yamada", "first", NULL, 0, ERR_WRONG_STATE, "already_enrolled");
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w,
		account_enable(&w.core, &w.act, "sato", false, &v)),
	    0);
	expect_not_made("sato", "first", NULL, 0, ERR_WRONG_STATE, "disabled");
	expect_not_made(
	    "sato", "certificate", "PC", 0, ERR_WRONG_STATE, "disabled");
}

static void
test_first(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	char other[TOKEN_LEN + 1];
	struct ticket_prove q;
	struct ticket_view v;
	bool is_held;
	int64_t seq;

	(void)state;
	ticket_world_secret(&w, "sato", "first", secret);
	/* Looking changes nothing. (R45) */
	seq = core_world_seq(&w);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_OPEN);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_OPEN);
	assert_true(core_world_seq(&w) == seq);
	assert_false(ticket_world_prove(&w, secret, "yamada", "", &q));
	assert_false(ticket_world_prove(&w, secret, "", "", &q));
	assert_int_equal(q.view.ticket.failures, 2);
	ticket_world_token(&w, secret, "SATO", "", token);
	/* For this purpose only, and for nobody who was not given it. */
	assert_int_equal(ticket_world_use(&w, token, TICKET_PHONE), ERR_DENIED);
	assert_int_equal(
	    ticket_world_use(&w, token, TICKET_PASSWORD), ERR_DENIED);
	assert_int_equal(ticket_world_use(&w, "", TICKET_FIRST), ERR_DENIED);
	assert_int_equal(
	    ticket_world_use(&w, secret, TICKET_FIRST), ERR_DENIED);
	/* Another browser takes it over. */
	ticket_world_token(&w, secret, "sato", "", other);
	assert_int_equal(ticket_world_use(&w, token, TICKET_FIRST), ERR_DENIED);
	assert_int_equal(ticket_held(&w.core, &w.act, other, TICKET_FIRST, &v,
			     &is_held),
	    0);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, 0);
	assert_int_equal(ticket_world_use(&w, other, TICKET_FIRST), 0);
	/* Once. */
	assert_int_equal(ticket_world_use(&w, other, TICKET_FIRST), ERR_DENIED);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_USED);
	assert_false(ticket_world_prove(&w, secret, "sato", "", &q));
	assert_int_equal(q.view.state, TICKET_USED);
}

/* Two that hold the view of one transaction: the second is undone. (V27) */
static void
test_V27_used_once(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct ticket_view v;
	bool is_held;

	(void)state;
	ticket_world_secret(&w, "sato", "first", secret);
	ticket_world_token(&w, secret, "sato", "", token);
	core_world_begin(&w);
	assert_int_equal(ticket_held(&w.core, &w.act, token, TICKET_FIRST, &v,
			     &is_held),
	    0);
	assert_true(is_held);
	assert_int_equal(ticket_use(&w.core, &w.act, &v), 0);
	assert_int_equal(ticket_use(&w.core, &w.act, &v), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "ticket_over");
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
test_phone(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct counter row;
	struct ticket_prove q;
	struct ticket_view v;
	bool is_held;

	(void)state;
	ticket_world_secret(&w, "yamada", "phone", secret);
	assert_false(ticket_world_prove(&w, secret, "yamada", "", &q));
	assert_false(ticket_world_prove(
	    &w, secret, "yamada", LOGIN_WORLD_WRONG, &q));
	assert_false(
	    ticket_world_prove(&w, secret, "sato", LOGIN_WORLD_ONE, &q));
	assert_int_equal(q.view.ticket.failures, 3);
	/* Nobody is locked out of the login by who finds a slip. */
	row = login_world_counter(&w, &yamada, COUNTER_PASSWORD);
	assert_int_equal(row.failures, 0);
	assert_int_equal(w.real->counter_get(w.core.store,
			     &yamada.account.office, &yamada.account.id,
			     COUNTER_PASSWORD, "c:ticket", &row),
	    0);
	assert_int_equal(row.failures, 2);
	ticket_world_token(&w, secret, "yamada", LOGIN_WORLD_ONE, token);
	assert_int_equal(w.real->counter_get(w.core.store,
			     &yamada.account.office, &yamada.account.id,
			     COUNTER_PASSWORD, "c:ticket", &row),
	    0);
	assert_int_equal(row.failures, 0);
	assert_int_equal(ticket_held(&w.core, &w.act, token, TICKET_PHONE, &v,
			     &is_held),
	    0);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, SESSION_PASSWORD);
	/* A changed password ends nothing here, but a due one does. */
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, password_order(&w.core, &w.act, "yamada", NULL)),
	    0);
	assert_int_equal(ticket_world_use(&w, token, TICKET_PHONE), ERR_DENIED);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_VOID);
}

static void
test_password(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	char code[CODE_DIGITS + 1], wrong[CODE_DIGITS + 1];
	struct recovery_codes codes;
	struct ticket_prove q;
	struct ticket_view v;
	bool is_held;

	(void)state;
	ticket_world_secret(&w, "yamada", "password", secret);
	core_world_wrong(yamada.seed, wrong);
	assert_false(ticket_world_prove(&w, secret, "yamada", wrong, &q));
	assert_int_equal(q.view.ticket.failures, 1);
	core_world_code(yamada.seed, core_world_step(), code);
	/* The right code of somebody else's ticket, and it is not used up. */
	assert_false(ticket_world_prove(&w, secret, "sato", code, &q));
	ticket_world_token(&w, secret, "yamada", code, token);
	assert_int_equal(ticket_held(&w.core, &w.act, token, TICKET_PASSWORD,
			     &v, &is_held),
	    0);
	assert_true(is_held);
	assert_int_equal(v.ticket.proved, SESSION_CODE);
	assert_true(id_equal(&v.ticket.device, &yamada.phone.device));
	/* The same code again is told apart and costs nothing. (F21) */
	assert_false(ticket_world_prove(&w, secret, "yamada", code, &q));
	assert_true(q.is_used_code);
	assert_int_equal(q.view.ticket.failures, 2);
	/* The password is no code. */
	assert_false(ticket_world_prove(
	    &w, secret, "yamada", LOGIN_WORLD_ONE, &q));
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_create(&w.core, &w.act, &yamada.account,
				 "alpha", &codes)),
	    0);
	ticket_world_token(&w, secret, "yamada", codes.text[3], token);
	assert_int_equal(ticket_world_use(&w, token, TICKET_PASSWORD), 0);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_USED);
}

/* Five wrong ones and it is void, whatever comes then. */
static void
test_five(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct ticket_prove q;
	struct audit_record last;
	int i;

	(void)state;
	ticket_world_secret(&w, "sato", "first", secret);
	ticket_world_token(&w, secret, "sato", "", token);
	for (i = 0; i < TICKET_FAILURES_MAX; i++) {
		assert_int_equal(
		    ticket_world_state(&w, secret), TICKET_OPEN);
		assert_false(
		    ticket_world_prove(&w, secret, "yamada", "", &q));
	}
	assert_int_equal(q.view.state, TICKET_VOID);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "ticket.void");
	assert_string_equal(last.reason, "wrong_logins");
	assert_int_equal(ticket_world_state(&w, secret), TICKET_VOID);
	assert_false(ticket_world_prove(&w, secret, "sato", "", &q));
	assert_int_equal(ticket_world_use(&w, token, TICKET_FIRST), ERR_DENIED);
}

static void
test_replaced(void **state)
{
	char one[TICKET_SECRET_LEN + 1], two[TICKET_SECRET_LEN + 1];
	char three[TICKET_SECRET_LEN + 1];
	char token[TOKEN_LEN + 1];

	(void)state;
	ticket_world_secret(&w, "yamada", "phone", one);
	ticket_world_secret(&w, "yamada", "password", two);
	ticket_world_token(&w, one, "yamada", LOGIN_WORLD_ONE, token);
	ticket_world_secret(&w, "yamada", "phone", three);
	assert_int_equal(ticket_world_state(&w, one), TICKET_VOID);
	assert_int_equal(ticket_world_state(&w, two), TICKET_OPEN);
	assert_int_equal(ticket_world_state(&w, three), TICKET_OPEN);
	assert_int_equal(ticket_world_use(&w, token, TICKET_PHONE), ERR_DENIED);
}

static void
tick(void)
{
	core_world_begin(&w);
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(
	    core_world_ended(&w, ticket_tick(&w.core, &w.act)), 0);
}

/* Its end is looked at when it is used, not when somebody cleans up. (V27) */
static void
test_V27_expired(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct audit_record last;
	struct ticket_prove q;
	int64_t seq;

	(void)state;
	ticket_world_secret(&w, "sato", "first", secret);
	clock_fake_pass(72 * HOUR - 1000);
	ticket_world_token(&w, secret, "sato", "", token);
	clock_fake_pass(1000);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_EXPIRED);
	assert_int_equal(ticket_world_use(&w, token, TICKET_FIRST), ERR_DENIED);
	assert_false(ticket_world_prove(&w, secret, "sato", "", &q));
	assert_int_equal(q.view.state, TICKET_EXPIRED);
	tick();
	core_world_last(&w, &last);
	assert_string_equal(last.action, "ticket.expire");
	assert_int_equal(ticket_world_state(&w, secret), TICKET_EXPIRED);
	seq = core_world_seq(&w);
	tick();
	assert_true(core_world_seq(&w) == seq);
	/* The clock of the wall cannot bring it back. */
	clock_fake_step(-100 * 24 * HOUR);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_EXPIRED);
	clock_fake_step(100 * 24 * HOUR);
	clock_fake_pass(TICKET_KEEP_MS + 1000);
	tick();
	assert_int_equal(ticket_world_state(&w, secret), TICKET_UNKNOWN);
}

static void
test_hold_ends(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];

	(void)state;
	ticket_world_secret(&w, "sato", "first", secret);
	ticket_world_token(&w, secret, "sato", "", token);
	clock_fake_pass(TICKET_HOLD_MS);
	assert_int_equal(ticket_world_use(&w, token, TICKET_FIRST), ERR_DENIED);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_OPEN);
	ticket_world_token(&w, secret, "sato", "", token);
	clock_fake_pass(TICKET_HOLD_MS - 1000);
	assert_int_equal(ticket_world_use(&w, token, TICKET_FIRST), 0);
}

static int
on_view(void *arg, const struct ticket_view *v)
{
	char *out = arg;

	snprintf(out + strlen(out), 200 - strlen(out), "%s:%s:%s ",
	    v->account.login, ticket_purpose_text(v->ticket.purpose),
	    ticket_state_text(v->state));
	return (0);
}

static void
expect_list(const struct ticket_asked *asked, const char *wanted)
{
	char text[200] = "", last[ID_TEXT + 1];

	core_world_begin(&w);
	steady_now(&w.steady, &w.act.now);
	assert_int_equal(ticket_list(&w.core, &w.act, asked, on_view, text,
			     last),
	    0);
	core_world_rollback(&w);
	assert_string_equal(text, wanted);
}

/* For a person of the console another office's do not exist. */
static void
test_R49_of_the_own_office(void **state)
{
	const struct ticket_asked all = { .limit = 9 };
	const struct ticket_asked alpha = { .limit = 9, .office = "alpha" };
	char id[ID_TEXT + 1], last[ID_TEXT + 1];
	struct ticket_make q;
	struct ticket_view v;
	struct account cleo;

	(void)state;
	ticket_world_account(&w, "beta", "cleo", &cleo);
	assert_int_equal(
	    ticket_world_make(&w, "sato", "first", NULL, 1, &q), 0);
	id_put_text(&q.view.ticket.id, id);
	ticket_make_clear(&q);
	w.act.person.is_set = true;
	w.act.person.office = cleo.office;
	w.act.person.roles = ROLE_ADMINISTRATOR;
	expect_list(&all, "");
	assert_int_equal(
	    ticket_list(&w.core, &w.act, &alpha, NULL, NULL, last),
	    ERR_NOTFOUND);
	memset(&v, 0x5a, sizeof(v));
	assert_int_equal(ticket_show(&w.core, &w.act, id, &v), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_ticket");
	assert_string_equal(v.account.login, "");
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_void(&w.core, &w.act, id, &v)),
	    ERR_NOTFOUND);
	w.act.person.is_everywhere = true;
	expect_list(&all, "sato:first:open ");
	assert_int_equal(ticket_show(&w.core, &w.act, id, &v), 0);
}

static void
test_list_and_void(void **state)
{
	const struct ticket_asked all = { .limit = 9, .is_all = true };
	const struct ticket_asked open = { .limit = 9 };
	const struct ticket_asked own = { .limit = 9, .login = "yamada" };
	const struct ticket_asked beta = { .limit = 9, .office = "beta" };
	char secret[TICKET_SECRET_LEN + 1], id[ID_TEXT + 1];
	struct ticket_make q;
	struct ticket_view v;
	struct account cleo;

	(void)state;
	ticket_world_account(&w, "beta", "cleo", &cleo);
	assert_int_equal(
	    ticket_world_make(&w, "sato", "first", NULL, 1, &q), 0);
	id_put_text(&q.view.ticket.id, id);
	ticket_make_clear(&q);
	clock_fake_pass(5);
	ticket_world_secret(&w, "yamada", "phone", secret);
	clock_fake_pass(5);
	ticket_world_secret(&w, "cleo", "first", secret);
	expect_list(&open,
	    "sato:first:open yamada:phone:open cleo:first:open ");
	expect_list(&own, "yamada:phone:open ");
	expect_list(&beta, "cleo:first:open ");
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_void(&w.core, &w.act, id, &v)), 0);
	assert_int_equal(v.state, TICKET_VOID);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_void(&w.core, &w.act, id, &v)),
	    ERR_WRONG_STATE);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_void(&w.core, &w.act, "x", &v)),
	    ERR_NOTFOUND);
	expect_list(&open, "yamada:phone:open cleo:first:open ");
	expect_list(&all,
	    "sato:first:void yamada:phone:open cleo:first:open ");
	/* Another office's ticket does not exist for a person of the console. */
	id_put_text(&v.ticket.id, id);
	w.act.person.is_set = true;
	w.act.person.office = cleo.office;
	core_world_begin(&w);
	assert_int_equal(ticket_show(&w.core, &w.act, id, &v), ERR_NOTFOUND);
	assert_int_equal(v.state, TICKET_UNKNOWN);
	assert_string_equal(v.account.login, "");
	assert_int_equal(ticket_void(&w.core, &w.act, id, &v), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_ticket");
	core_world_rollback(&w);
	expect_list(&all, "cleo:first:open ");
	w.act.person.is_set = false;
	/* Nobody's tickets are left. */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_remove(&w.core, &w.act, "cleo", &cleo)),
	    0);
	assert_int_equal(ticket_world_state(&w, secret), TICKET_UNKNOWN);
	expect_list(&beta, "");
}

/* A source that guesses is refused here as well, right or wrong. (R3) */
static void
test_source(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], login[16];
	struct ticket_prove q;
	int i;

	(void)state;
	for (i = 0; i < 60; i++) {
		if (i % 4 == 0)
			ticket_world_secret(&w, "sato", "first", secret);
		snprintf(login, sizeof(login), "guess-%d", i);
		assert_false(ticket_world_prove(&w, secret, login, "", &q));
	}
	ticket_world_secret(&w, "sato", "first", secret);
	assert_false(ticket_world_prove(&w, secret, "sato", "", &q));
	snprintf(w.act.source, sizeof(w.act.source), "192.0.2.8");
	assert_true(ticket_world_prove(&w, secret, "sato", "", &q));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_made),
		T(test_secret),
		T(test_R36_fits),
		T(test_first),
		T(test_V27_used_once),
		T(test_phone),
		T(test_password),
		T(test_five),
		T(test_replaced),
		T(test_V27_expired),
		T(test_hold_ends),
		T(test_list_and_void),
		T(test_R49_of_the_own_office),
		T(test_source),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
