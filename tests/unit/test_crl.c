/*
 * Goal of this test: what is revoked is on the very next list, whose number
 * only rises, which OpenSSL takes for our CA's, and whose file is whole
 * (R68, R69; lesson 8).
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/base/file.c
 * Links: authd/core/logins.c
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
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c certs/x509_pkcs12.c
 * Links: authd/core/cert_issue.c authd/core/cert_text.c authd/core/crl.c
 * Links: authd/core/keyshare.c certs/x509_shared.c
 * Links: certs/x509_crl.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "authd/core/crl.h"
#include "tests/fakes/cert_world.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_fake_cert.h"

static struct cert_world cw;
static struct core_world *w = &cw.world;
static struct x509_trust *trust; /* of the keeper's own CA */
static char dir[64];
static int dir_fd;

static int
setup(void **state)
{
	struct keeper_ca_info *ca = calloc(1, sizeof(*ca));

	(void)state;
	assert_non_null(ca);
	cert_world_start(&cw);
	assert_int_equal(keeper_client_cert_ca(w->core.keeper, ca), 0);
	assert_int_equal(x509_trust_new(ca->issuing, ca->issuing_len, ca->root,
			     ca->root_len, &trust),
	    0);
	w->core.trust = trust;
	free(ca);
	snprintf(dir, sizeof(dir), "/tmp/test_crl.XXXXXX");
	assert_non_null(mkdtemp(dir));
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(crl_new(dir_fd, &w->core.crl), 0);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	crl_free(w->core.crl);
	(void)unlinkat(dir_fd, CRL_FILE, 0);
	close(dir_fd);
	assert_int_equal(rmdir(dir), 0);
	cert_world_stop(&cw);
	x509_trust_free(trust);
	return (0);
}

static struct crl_list *
get(void)
{
	struct crl_list *list = NULL;

	(void)cert_world_now(&cw);
	assert_int_equal(crl_get(&w->core, &w->act.now, &list), 0);
	assert_non_null(list);
	return (list);
}

/* The list as OpenSSL reads it, signed by our CA. */
static X509_CRL *
parse(const uint8_t *der, size_t len)
{
	const uint8_t *at = der;
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)len);

	assert_non_null(crl);
	assert_ptr_equal(at, der + len);
	assert_int_equal(
	    X509_CRL_verify(crl, X509_get0_pubkey(trust->issuing)), 1);
	return (crl);
}

/* Is this serial on it, and for which reason? -1: no. */
static int
reason_on(const struct crl_list *list, const struct cert *row)
{
	X509_CRL *crl = parse(list->der, list->len);
	ASN1_ENUMERATED *e;
	X509_REVOKED *rev = NULL;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	BIGNUM *bn = BN_bin2bn(row->serial, CERT_SERIAL_LEN, NULL);
	int reason = -1;

	assert_non_null(BN_to_ASN1_INTEGER(bn, serial));
	if (X509_CRL_get0_by_serial(crl, &rev, serial) == 1) {
		e = X509_REVOKED_get_ext_d2i(rev, NID_crl_reason, NULL, NULL);
		reason = e == NULL ? 0 : (int)ASN1_ENUMERATED_get(e);
		/* R68: zero is not written */
		if (e != NULL)
			assert_int_not_equal(reason, 0);
		ASN1_ENUMERATED_free(e);
	}
	ASN1_INTEGER_free(serial);
	BN_free(bn);
	X509_CRL_free(crl);
	return (reason);
}

static void
revoke_one(const struct cert *row, enum cert_reason reason)
{
	core_world_begin(w);
	w->core.has_revoked = false;
	assert_int_equal(
	    core_world_ended(
		w, cert_revoke_row(&w->core, &w->act, row, reason, NULL)),
	    0);
	/* what the engine does after such a commit */
	assert_true(w->core.has_revoked);
	crl_changed(w->core.crl);
}

static void
test_R68_each_revocation(void **state)
{
	static const struct {
		enum cert_reason reason;
		int number;
	} reasons[] = { { CERT_UNSPECIFIED, 0 }, { CERT_LOST, 1 },
		{ CERT_SUPERSEDED, 4 }, { CERT_LEFT, 3 } };
	struct crl_list *list = get(), *again;
	int64_t number = list->number;
	struct cert row;
	int i;

	(void)state;
	assert_true(number > 0);
	/* nothing has changed: the same one */
	again = get();
	assert_ptr_equal(again, list);
	crl_put(again);
	for (i = 0; i < 100; i++) {
		row = cert_world_live(&cw);
		assert_int_equal(reason_on(list, &row), -1);
		crl_put(list);
		revoke_one(&row, reasons[i % 4].reason);
		assert_true(crl_is_due(w->core.crl, &w->act.now));
		list = get();
		assert_true(list->number > number);
		number = list->number;
		assert_int_equal(reason_on(list, &row), reasons[i % 4].number);
	}
	crl_put(list);
}

/* Once a day without a reason, and without those that have ended. */
static void
test_R69_again(void **state)
{
	struct crl_list *list = get(), *next;
	struct x509_subject s = cert_world_subject(&cw);
	int64_t now = cert_world_now(&cw);
	struct cert row;

	(void)state;
	assert_int_equal(list->next_ms - list->this_ms, CRL_LIFE_MS);
	cert_world_make(&cw, &s, now - 1000, now + CERT_WORLD_DAY_MS, &row);
	cert_world_add(&cw, &row);
	revoke_one(&row, CERT_LOST);
	crl_put(list);
	list = get();
	assert_int_equal(reason_on(list, &row), 1);
	now += CRL_AGAIN_MS;
	clock_fake_set(now, 3600000 + CRL_AGAIN_MS);
	next = get();
	assert_true(next->number > list->number);
	/* it has just ended, and is still on it */
	assert_int_equal(reason_on(next, &row), 1);
	crl_put(list);
	now += CRL_AGAIN_MS + 1000;
	clock_fake_set(now, 3600000 + 2 * CRL_AGAIN_MS + 1000);
	list = get();
	assert_int_equal(reason_on(list, &row), -1);
	crl_put(list);
	crl_put(next);
}

static void
expect_file(const struct crl_list *list)
{
	uint8_t *bytes = malloc(list->len + 1);
	int fd = openat(dir_fd, CRL_FILE, O_RDONLY | O_CLOEXEC);

	assert_non_null(bytes);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, bytes, list->len + 1), list->len);
	assert_memory_equal(bytes, list->der, list->len);
	assert_int_equal(faccessat(dir_fd, CRL_FILE ".new", F_OK, 0), -1);
	close(fd);
	free(bytes);
}

static void
test_file(void **state)
{
	struct crl_list *list = get();
	struct cert row = cert_world_live(&cw);
	int64_t now = cert_world_now(&cw);

	(void)state;
	expect_file(list);
	crl_put(list);
	/* it cannot be written: the list is there all the same */
	assert_int_equal(mkdirat(dir_fd, CRL_FILE ".new", 0700), 0);
	revoke_one(&row, CERT_LOST);
	list = get();
	assert_int_equal(reason_on(list, &row), 1);
	assert_false(crl_is_due(w->core.crl, &w->act.now));
	assert_int_equal(unlinkat(dir_fd, CRL_FILE ".new", AT_REMOVEDIR), 0);
	/* and a minute later the file is tried again */
	crl_put(list);
	clock_fake_set(now + 60000, 3600000 + 60000);
	(void)cert_world_now(&cw);
	assert_true(crl_is_due(w->core.crl, &w->act.now));
	list = get();
	expect_file(list);
	crl_put(list);
}

/* No list is better than one that lacks somebody. */
static void
test_failures(void **state)
{
	struct crl_list *list = get();
	struct cert row = cert_world_live(&cw);
	struct crl *l = w->core.crl;

	(void)state;
	crl_put(list);
	revoke_one(&row, CERT_LOST);
	keeper_fake_knobs(w->core.keeper)->fail_cert = ERR_KEEPER;
	assert_int_equal(crl_get(&w->core, &w->act.now, &list), ERR_KEEPER);
	assert_null(list);
	keeper_fake_knobs(w->core.keeper)->fail_cert = 0;
	store_mem_knobs(w->core.store)->fail_read = ERR_STORE;
	assert_int_equal(crl_get(&w->core, &w->act.now, &list), ERR_STORE);
	store_mem_knobs(w->core.store)->fail_read = 0;
	list = get();
	assert_int_equal(reason_on(list, &row), 1);
	crl_put(list);
	w->core.crl = NULL;
	assert_int_equal(
	    crl_get(&w->core, &w->act.now, &list), ERR_WRONG_STATE);
	w->core.crl = l;
}

int
main(void)
{
#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		RUN(test_R68_each_revocation),
		RUN(test_R69_again),
		RUN(test_file),
		RUN(test_failures),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
