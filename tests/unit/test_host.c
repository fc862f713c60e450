/*
 * Goal of this test: a host is known by its own live certificate and by no other;
 * its rights are the words that were given.
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

#include "authd/core/host.h"
#include "authd/core/live.h"
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

static enum host_verdict
check(const struct cert *row)
{
	struct host_answer a;

	(void)cert_world_now(&cw);
	memset(&a, 0x5a, sizeof(a));
	assert_int_equal(
	    host_check(&w->core, &w->act, row->der, row->der_len, &a), 0);
	if (a.verdict == HOST_ACCEPT)
		assert_string_equal(a.host.name, "files");
	return (a.verdict);
}

static void
test_check(void **state)
{
	struct cert row = cert_world_host(&cw, "files");
	struct cert terminal = cert_world_live(&cw), bent = row;
	char serial[2 * CERT_SERIAL_LEN + 1];
	struct host_answer a;
	struct cert_view v;

	(void)state;
	(void)cert_world_host(&cw, "other");
	cert_world_admit(&cw, "yamada");
	assert_int_equal(check(&row), HOST_ACCEPT);
	assert_int_equal(check(&terminal), HOST_REFUSE);
	bent.der[bent.der_len - 1] ^= 1;
	assert_int_equal(check(&bent), HOST_REFUSE);
	bent.der_len = 0;
	assert_int_equal(check(&bent), HOST_REFUSE);
	store_mem_knobs(w->core.store)->fail_read = ERR_STORE;
	assert_int_equal(
	    host_check(&w->core, &w->act, row.der, row.der_len, &a), ERR_STORE);
	assert_int_equal(a.verdict, HOST_REFUSE);
	store_mem_knobs(w->core.store)->fail_read = 0;
	cert_serial_put(row.serial, serial);
	/* it is of no office, and no guard's business */
	assert_int_equal(
	    DO(cert_revoke(&w->core, &w->act, serial, CERT_LEFT, &v)), 0);
	assert_int_equal(check(&row), HOST_REFUSE);
}

static int
no_list(struct store *s, const char *after, int limit, store_host_fn *fn,
    void *arg)
{
	(void)s, (void)after, (void)limit, (void)fn, (void)arg;
	fail_msg("all hosts are read for one question");
	return (ERR_STORE);
}

/* As much work whatever the number of hosts, and for one that is unknown. */
static void
test_one_row(void **state)
{
	struct cert row = cert_world_host(&cw, "files");
	struct store_ops ops = *w->core.store->ops;
	const struct store_ops *real = w->core.store->ops;

	(void)state;
	(void)cert_world_host(&cw, "other");
	ops.host_list = no_list;
	w->core.store->ops = &ops;
	assert_int_equal(check(&row), HOST_ACCEPT);
	w->core.store->ops = real;
}

static void
test_rights(void **state)
{
	unsigned rights = 9;
	struct host h;
	char words[16];

	(void)state;
	assert_int_equal(host_rights_get("verify", &rights), 0);
	assert_int_equal(rights, HOST_MAY_VERIFY);
	assert_int_equal(host_rights_get("state verify", &rights), 0);
	host_rights_put(rights, words);
	assert_string_equal(words, "verify state");
	assert_int_equal(host_rights_get("", &rights), 0);
	assert_int_equal(rights, 0);
	assert_int_equal(host_rights_get("admin", &rights), ERR_INVALID);
	assert_int_equal(rights, 0);
	assert_int_equal(
	    DO(host_make(&w->core, &w->act, "files", NULL, &h)), 0);
	assert_int_equal(h.rights, HOST_MAY_VERIFY);
	assert_int_equal(
	    DO(host_make(&w->core, &w->act, "files", &rights, &h)), 0);
	assert_int_equal(h.rights, 0);
	assert_int_equal(
	    DO(host_make(&w->core, &w->act, "files", NULL, &h)), 0);
	assert_int_equal(h.rights, 0);
}

static void
test_name(void **state)
{
	static const char *const bad[] = { "", "-a", "a-", "a_b", "a b", "a/b",
		"a..b", "é" };
	char name[HOST_NAME_MAX_BYTES + 1], longest[70];
	size_t i;

	(void)state;
	assert_int_equal(host_name_get("Files-1.Example", name), 0);
	assert_string_equal(name, "files-1.example");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(host_name_get(bad[i], name), ERR_INVALID);
		assert_string_equal(name, "");
	}
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_int_equal(host_name_get(longest, name), ERR_INVALID);
	longest[63] = '\0';
	assert_int_equal(host_name_get(longest, name), 0);
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_check),
		RUN(test_one_row),
		RUN(test_rights),
		RUN(test_name),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
