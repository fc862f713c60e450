/*
 * Goal of this test: a certificate's ticket keeps both encrypted files, which
 * its passphrase opens, until they are fetched or it ends; whatever ends it
 * unfetched revokes the certificate; and whoever has a password and a live
 * terminal already gets no first ticket (R36). The other purposes:
 * test_ticket.c.
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
 * Links: tests/fakes/cert_world.c authd/core/cert_text.c authd/core/cert_life.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pkcs12.h>

#include "authd/core/cert.h"
#include "authd/core/logins.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_fake_cert.h"
#include "tests/fakes/ticket_world.h"

#define HOUR WORLD_HOUR_MS

static struct cert_world cw;
static struct core_world *w = &cw.world;
static struct x509_trust *trust; /* the keeper's own */

static int
setup(void **state)
{
	struct keeper_ca_info *ca = calloc(1, sizeof(*ca));

	(void)state;
	assert_non_null(ca);
	cert_world_start(&cw);
	w->policy.cert_life_days = 365;
	w->policy.password_cost = PASSHASH_COST_MIN;
	assert_int_equal(keeper_client_cert_ca(w->core.keeper, ca), 0);
	assert_int_equal(x509_trust_new(ca->issuing, ca->issuing_len, ca->root,
			     ca->root_len, &trust),
	    0);
	w->core.trust = trust;
	free(ca);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(w));
	cert_world_stop(&cw);
	x509_trust_free(trust);
	return (0);
}

static void
make(const char *label, struct ticket_make *q)
{
	assert_int_equal(ticket_world_make(
			     w, "yamada", "certificate", label, 0, q),
	    0);
}

static size_t
get(const struct ticket *t, enum ticket_file kind,
    uint8_t at[TICKET_FILE_MAX])
{
	size_t n;
	int r = w->core.store->ops->ticket_file_get(
	    w->core.store, t, kind, at, &n);

	assert_true(r == 0 || r == ERR_NOTFOUND);
	return (n);
}

/* Which certificate is in it; 0: the passphrase does not open it. */
static bool
opens(const uint8_t *at, size_t n, const char *phrase, uint8_t serial[16])
{
	const uint8_t *p = at;
	PKCS12 *file = d2i_PKCS12(NULL, &p, (long)n);
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	BIGNUM *number = NULL;
	bool ok;

	assert_non_null(file);
	ok = PKCS12_parse(file, phrase, &key, &cert, NULL) == 1;
	if (ok) {
		assert_int_equal(X509_check_private_key(cert, key), 1);
		number = ASN1_INTEGER_to_BN(
		    X509_get_serialNumber(cert), NULL);
		assert_int_equal(BN_bn2binpad(number, serial, 16), 16);
	}
	BN_free(number);
	EVP_PKEY_free(key);
	X509_free(cert);
	PKCS12_free(file);
	return (ok);
}

static bool
is_live(const struct ticket *t)
{
	struct cert row;

	assert_int_equal(w->core.store->ops->cert_by_serial(
			     w->core.store, t->serial, &row),
	    0);
	return (row.revoked_ms == 0);
}

static void
secret_of(const struct ticket_make *q, char out[TICKET_SECRET_LEN + 1])
{
	assert_int_equal(ticket_secret_fold(strrchr(q->link, '/') + 1,
			     TICKET_SECRET_LEN, out),
	    0);
}

static void
test_files(void **state)
{
	static uint8_t at[TICKET_FILE_MAX];
	enum ticket_file kind;
	struct ticket_make q;
	uint8_t serial[16];
	size_t n;

	(void)state;
	make("受付PC", &q);
	assert_int_equal(strlen(q.passphrase), X509_PKCS12_PASSPHRASE);
	assert_true(
	    q.view.expires_ms == w->act.now.wall_ms + 7 * 24 * HOUR);
	for (kind = TICKET_FILE_STANDARD; kind <= TICKET_FILE_COMPATIBLE;
	     kind++) {
		n = get(&q.view.ticket, kind, at);
		assert_true(n > 0);
		assert_true(opens(at, n, q.passphrase, serial));
		assert_memory_equal(serial, q.view.ticket.serial, 16);
		assert_false(opens(at, n, "", serial));
		assert_false(opens(at, n, "01234567890123456789", serial));
		assert_null(memmem(at, n, q.passphrase, 20));
	}
	assert_true(is_live(&q.view.ticket));
	ticket_make_clear(&q);
	assert_int_equal(q.passphrase[0], '\0');
	assert_null(q.issue);
}

static void
expect_not_made(const char *label, int r, const char *code)
{
	struct ticket_make q;

	assert_int_equal(ticket_world_make(
			     w, "yamada", "certificate", label, 0, &q),
	    r);
	assert_string_equal(w->act.problem.code, code);
	assert_string_equal(q.passphrase, "");
	ticket_make_clear(&q);
}

static void
test_not_made(void **state)
{
	struct ticket_make q;
	bool wants;

	(void)state;
	expect_not_made(NULL, ERR_INVALID, "bad_label");
	expect_not_made("", ERR_INVALID, "bad_label");
	/* It has a live one that was not handed out by a ticket. */
	cert_world_live(&cw);
	expect_not_made("reception", ERR_EXISTS, "label_taken");
	w->core.trust = NULL;
	expect_not_made("PC", ERR_WRONG_STATE, "no_ca");
	w->core.trust = trust;
	/* Disabled between the two transactions: nothing is written down. */
	memset(&q, 0, sizeof(q));
	q.login = "yamada";
	q.purpose = "certificate";
	q.label = "PC";
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(
		w, ticket_make_start(&w->core, &w->act, &q, &wants)),
	    0);
	assert_true(wants);
	assert_int_equal(ticket_make_certificate(&w->core, &q), 0);
	core_world_begin(w);
	{
		struct account_view v;

		assert_int_equal(core_world_ended(w,
				     account_enable(&w->core, &w->act,
					 "yamada", false, &v)),
		    0);
	}
	core_world_begin(w);
	assert_int_equal(core_world_ended(w,
			     ticket_make_settle(&w->core, &w->act, &q)),
	    ERR_WRONG_STATE);
	assert_string_equal(w->act.problem.code, "disabled");
	assert_string_equal(q.passphrase, "");
	ticket_make_clear(&q);
}

/* Fetched: the files are gone, the certificate lives. */
static void
test_used(void **state)
{
	static uint8_t at[TICKET_FILE_MAX];
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct ticket_make q;

	(void)state;
	make("PC", &q);
	secret_of(&q, secret);
	ticket_world_token(w, secret, "yamada", "", token);
	assert_int_equal(ticket_world_use(w, token, TICKET_FIRST), ERR_DENIED);
	assert_int_equal(ticket_world_use(w, token, TICKET_CERTIFICATE), 0);
	assert_int_equal(
	    ticket_world_use(w, token, TICKET_CERTIFICATE), ERR_DENIED);
	assert_int_equal(get(&q.view.ticket, TICKET_FILE_STANDARD, at), 0);
	assert_int_equal(get(&q.view.ticket, TICKET_FILE_COMPATIBLE, at), 0);
	assert_true(is_live(&q.view.ticket));
	ticket_make_clear(&q);
	/* The terminal has it now: no second one beside it. */
	expect_not_made("PC", ERR_EXISTS, "label_taken");
}

static void
expect_gone(const struct ticket *t)
{
	static uint8_t at[TICKET_FILE_MAX];

	assert_int_equal(get(t, TICKET_FILE_STANDARD, at), 0);
	assert_int_equal(get(t, TICKET_FILE_COMPATIBLE, at), 0);
	assert_false(is_live(t));
}

static void
test_ended(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], id[ID_TEXT + 1];
	struct ticket_make one, two, other;
	struct ticket_prove p;
	struct ticket_view v;
	int i;

	(void)state;
	/* Replaced: the same terminal, and no other. */
	make("PC", &one);
	make("other PC", &other);
	make("PC", &two);
	expect_gone(&one.view.ticket);
	assert_true(is_live(&two.view.ticket));
	assert_true(is_live(&other.view.ticket));
	/* Void by an administrator. */
	id_put_text(&two.view.ticket.id, id);
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, ticket_void(&w->core, &w->act, id, &v)), 0);
	expect_gone(&two.view.ticket);
	/* By five wrong logins. */
	secret_of(&other, secret);
	for (i = 0; i < TICKET_FAILURES_MAX; i++)
		assert_false(
		    ticket_world_prove(w, secret, "suzuki", "", &p));
	expect_gone(&other.view.ticket);
	ticket_make_clear(&one);
	ticket_make_clear(&two);
	ticket_make_clear(&other);
	/* By time. */
	make("PC", &one);
	clock_fake_pass(7 * 24 * HOUR);
	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, ticket_tick(&w->core, &w->act)), 0);
	expect_gone(&one.view.ticket);
	ticket_make_clear(&one);
}

/* Revoked by hand, its ticket gives nothing any more. */
static void
test_revoked(void **state)
{
	char secret[TICKET_SECRET_LEN + 1], token[TOKEN_LEN + 1];
	struct ticket_make q;
	struct cert row;

	(void)state;
	make("PC", &q);
	secret_of(&q, secret);
	ticket_world_token(w, secret, "yamada", "", token);
	core_world_begin(w);
	assert_int_equal(w->core.store->ops->cert_by_serial(
			     w->core.store, q.view.ticket.serial, &row),
	    0);
	assert_int_equal(core_world_ended(w,
			     cert_revoke_row(&w->core, &w->act, &row,
				 CERT_LOST, NULL)),
	    0);
	assert_int_equal(ticket_world_state(w, secret), TICKET_VOID);
	assert_int_equal(
	    ticket_world_use(w, token, TICKET_CERTIFICATE), ERR_DENIED);
	ticket_make_clear(&q);
}

/* Two factors without a phone: a slip that asks the login alone would replace
 * both. */
static void
test_R36_password_and_terminal(void **state)
{
	struct ticket_make q;

	(void)state;
	login_world_password(w, "yamada", LOGIN_WORLD_ONE, false);
	assert_int_equal(
	    ticket_world_make(w, "yamada", "first", NULL, 0, &q), 0);
	ticket_make_clear(&q);
	cert_world_live(&cw);
	cert_world_admit(&cw, "yamada");
	assert_int_equal(
	    ticket_world_make(w, "yamada", "first", NULL, 0, &q),
	    ERR_WRONG_STATE);
	assert_string_equal(w->act.problem.code, "already_enrolled");
	ticket_make_clear(&q);
	/* One that another person chose is none of his own. */
	login_world_password(w, "yamada", LOGIN_WORLD_TWO, true);
	assert_int_equal(
	    ticket_world_make(w, "yamada", "first", NULL, 0, &q), 0);
	ticket_make_clear(&q);
	assert_int_equal(
	    ticket_world_make(w, "suzuki", "first", NULL, 0, &q), 0);
	ticket_make_clear(&q);
}

/* As whom the console acts; NULL: for nobody. */
static void
act_for(const char *login, unsigned roles)
{
	struct account_view v;

	memset(&w->act.person, 0, sizeof(w->act.person));
	if (login == NULL)
		return;
	assert_int_equal(account_show(&w->core, &w->act, login, &v), 0);
	w->act.person = (struct act_person){ .is_set = true,
		.is_everywhere = (roles & ROLE_OPERATOR) != 0,
		.office = v.account.office,
		.account = v.account.id,
		.roles = roles };
}

static void
give_roles(const char *login, const char *roles)
{
	const struct account_input in = { .login = login, .roles = roles };
	struct account_view v;

	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, account_set(&w->core, &w->act, &in, &v)), 0);
}

/* R49: whoever has the slip is that person, so nobody becomes administrator or
 * operator by a first ticket but by root, who gives these roles. */
static void
test_R49_first_of_an_administrator(void **state)
{
	static const char *const roles[] = { "administrator",
		"auditor operator" };
	static const unsigned askers[] = { ROLE_HELPDESK, ROLE_ADMINISTRATOR,
		ROLE_OPERATOR };
	struct ticket_make q;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2; i++) {
		give_roles("yamada", roles[i]);
		for (k = 0; k < 3; k++) {
			act_for("suzuki", askers[k]);
			assert_int_equal(ticket_world_make(w, "yamada",
					     "first", NULL, 0, &q),
			    ERR_DENIED);
			assert_string_equal(w->act.problem.code, "root_only");
			ticket_make_clear(&q);
		}
		act_for(NULL, 0);
		assert_int_equal(
		    ticket_world_make(w, "yamada", "first", NULL, 0, &q), 0);
		ticket_make_clear(&q);
	}
	/* any other role is no more than an account */
	give_roles("yamada", "helpdesk auditor officer");
	act_for("suzuki", ROLE_HELPDESK);
	assert_int_equal(
	    ticket_world_make(w, "yamada", "first", NULL, 0, &q), 0);
	ticket_make_clear(&q);
	/* what asks a password or a code gives nothing away */
	login_world_password(w, "yamada", LOGIN_WORLD_ONE, false);
	act_for(NULL, 0);
	give_roles("yamada", "administrator");
	act_for("suzuki", ROLE_HELPDESK);
	assert_int_equal(
	    ticket_world_make(w, "yamada", "phone", NULL, 0, &q), 0);
	ticket_make_clear(&q);
	act_for(NULL, 0);
}

static void
give_class(const char *login, const char *class)
{
	const struct account_input in = { .login = login, .class = class };
	struct account_view v;

	core_world_begin(w);
	assert_int_equal(
	    core_world_ended(w, account_set(&w->core, &w->act, &in, &v)), 0);
}

/* The slip that somebody with less rights holds becomes no key to more. */
static void
test_R49_first_ends_when_rights_are_given(void **state)
{
	static const char *const given[] = { "administrator", "operator",
		"officer administrator" };
	char secret[TICKET_SECRET_LEN + 1], other[TICKET_SECRET_LEN + 1];
	struct audit_record last;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		give_roles("yamada", "");
		act_for("suzuki", ROLE_HELPDESK);
		ticket_world_secret(w, "yamada", "first", secret);
		ticket_world_secret(w, "suzuki", "first", other);
		act_for(NULL, 0);
		give_roles("yamada", "officer"); /* no more than an account */
		assert_int_equal(ticket_world_state(w, secret), TICKET_OPEN);
		give_roles("yamada", given[i]);
		assert_int_equal(ticket_world_state(w, secret), TICKET_VOID);
		assert_int_equal(ticket_world_state(w, other), TICKET_OPEN);
		/* root's own, made afterwards, is none of these */
		ticket_world_secret(w, "yamada", "first", secret);
		give_roles("yamada", given[i]);
		assert_int_equal(ticket_world_state(w, secret), TICKET_OPEN);
	}
	give_roles("yamada", "");
	assert_int_equal(ticket_world_state(w, secret), TICKET_OPEN);
	give_class("yamada", "privileged");
	assert_int_equal(ticket_world_state(w, secret), TICKET_VOID);
	core_world_last(w, &last);
	assert_string_equal(last.action, "account.set");
	/* what asks a password or a code may stay */
	login_world_password(w, "yamada", LOGIN_WORLD_ONE, false);
	ticket_world_secret(w, "yamada", "phone", secret);
	give_roles("yamada", "administrator");
	assert_int_equal(ticket_world_state(w, secret), TICKET_OPEN);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_files),
		T(test_not_made),
		T(test_used),
		T(test_ended),
		T(test_revoked),
		T(test_R36_password_and_terminal),
		T(test_R49_first_of_an_administrator),
		T(test_R49_first_ends_when_rights_are_given),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
