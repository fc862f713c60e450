/*
 * Goal of this test: a search of every office says when it has not looked at
 * all; what it looks at is bounded for people, phones and terminals.
 * Links: authd/core/search.c authd/core/auditlog.c authd/core/urlcheck.c
 * Links: authd/core/logins.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
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

#include "authd/core/search.h"
#include "tests/fakes/core_world.h"
#include "tests/fakes/store_mem.h"

static struct core_world w;
static const struct store_ops *real;
static struct store_ops bounded;

/* As if there were that many: so many are looked at and no more. */
static int
few_accounts(struct store *s, const struct account_search *q,
    store_account_fn *fn, void *arg, struct search_found *found)
{
	struct account_search few = *q;

	assert_int_equal(q->looked, SEARCH_MAX);
	few.looked = 1;
	return (real->account_search(s, &few, fn, arg, found));
}

static int
few_phones(struct store *s, const struct device_search *q, store_phone_fn *fn,
    void *arg, struct search_found *found)
{
	struct device_search few = *q;

	assert_int_equal(q->looked, SEARCH_MAX);
	few.looked = 1;
	return (real->phone_search(s, &few, fn, arg, found));
}

static int
few_terminals(struct store *s, const struct device_search *q,
    store_terminal_fn *fn, void *arg, struct search_found *found)
{
	struct device_search few = *q;

	assert_int_equal(q->looked, SEARCH_MAX);
	few.looked = 0;
	return (real->terminal_search(s, &few, fn, arg, found));
}

static int
setup(void **state)
{
	struct person p;

	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "anna", "general", &p);
	core_world_person(&w, "tokyo", "bert", "general", &p);
	real = w.core.store->ops;
	bounded = *real;
	bounded.account_search = few_accounts;
	bounded.phone_search = few_phones;
	bounded.terminal_search = few_terminals;
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	w.core.store->ops = real;
	core_world_stop(&w);
	return (0);
}

static int
see(void *arg, const struct account_view *v)
{
	(void)v;
	++*(int *)arg;
	return (0);
}

static int
see_phone(void *arg, const struct search_phone *p)
{
	(void)p;
	++*(int *)arg;
	return (0);
}

static int
see_terminal(void *arg, const struct terminals_view *v)
{
	(void)v;
	++*(int *)arg;
	return (0);
}

static void
test_part(void **state)
{
	struct search_input all = { .page = 1 };
	struct search_input one = { .page = 1, .office = "tokyo" };
	struct search_pages pages;
	int n = 0;

	(void)state;
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &all, see, &n, &pages), 0);
	assert_int_equal(n, 2);
	assert_false(pages.is_part);
	w.core.store->ops = &bounded;
	n = 0;
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &all, see, &n, &pages), 0);
	assert_int_equal(n, 1);
	assert_true(pages.is_part);
	/* one whose login begins so is found all the same */
	all.text = "BERT";
	n = 0;
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &all, see, &n, &pages), 0);
	assert_int_equal(n, 1);
	assert_true(pages.is_part);
	all.text = NULL;
	n = 0;
	assert_int_equal(
	    search_phones(&w.core, &w.act, &all, see_phone, &n, &pages), 0);
	assert_int_equal(n, 1);
	assert_true(pages.is_part);
	assert_int_equal(search_terminals(
			     &w.core, &w.act, &all, see_terminal, &n, &pages),
	    0);
	assert_false(pages.is_part); /* there is none */
	/* within one office it is all */
	n = 0;
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &one, see, &n, &pages), 0);
	assert_int_equal(n, 2);
	assert_false(pages.is_part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_part, setup, teardown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
