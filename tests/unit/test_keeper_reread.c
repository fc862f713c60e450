/*
 * Goal of this test: every certificate, revocation list and OCSP answer that
 * the keeper's CA makes is read again, strictly, by openssl and by GnuTLS
 * (certtool, ocsptool), and means to both what it should; 20,000 serials over
 * restarts and kills, no two alike (R61 to R70, F17).
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_state.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/clock.c
 * Links: tests/fakes/ca_rig.c tests/fakes/keeper_ca_rig.c
 * Links: tests/fakes/x509_world.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/keeper/keeper_crl.h"
#include "authd/keeper/keeper_ocsp.h"
#include "certs/x509_key.h"
#include "certs/x509_ocsp.h"
#include "certs/x509_request.h"
#include "tests/fakes/ca_rig.h"

#define CERTS    24
#define REVOKED  5
#define DAY      86400000LL
#define RESTARTS 20
#define EACH     1000

static char dir[] = "/tmp/test_keeper_reread.XXXXXX";
static struct ca_rig rig;
static struct keeper_ca *ca;
static struct keeper_state state_of;
static int state_fd;
static struct keeper_cert certs[CERTS];

static void
put(const char *name, const void *p, size_t n)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* A script run in the folder; what it says is shown when it fails. */
static void
run(const char *script)
{
	char command[300], text[4096];
	int r;

	/* bash does not end at a `!' that should have failed */
	assert_true((size_t)snprintf(text, sizeof(text),
			"not() { if \"$@\"; then exit 3; fi; }\n%s",
			script) < sizeof(text));
	put("script", text, strlen(text));
	snprintf(command, sizeof(command),
	    "cd %s && bash -euo pipefail script >out 2>&1", dir);
	if ((r = system(command)) != 0) {
		snprintf(command, sizeof(command), "tail -n 20 %s/out", dir);
		(void)!system(command);
	}
	assert_int_equal(r, 0);
}

static EVP_PKEY *
some_key(int i)
{
	switch (i % 4) {
	case 0:
		return (EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	case 1:
		return (EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384"));
	default:
		return (EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	}
}

static void
ask_for(int i, struct keeper_cert_ask *ask)
{
	EVP_PKEY *key = some_key(i);

	memset(ask, 0, sizeof(*ask));
	assert_non_null(key);
	assert_int_equal(x509_request_make(key, ask->csr, &ask->csr_len), 0);
	EVP_PKEY_free(key);
	ask->life_days = i % 2 == 0 ? 1 : 1100;
	if (i % 3 == 0) {
		ask->profile = KEEPER_PROFILE_HOST;
		snprintf(ask->host, sizeof(ask->host), "h%d.example.jp", i);
		return;
	}
	ask->profile = KEEPER_PROFILE_TERMINAL;
	snprintf(ask->office, sizeof(ask->office), "office-%d", i);
	memset(ask->terminal.b, i, ID_LEN);
}

static int
begin(void **state)
{
	struct keeper_cert_ask ask;
	char name[32];
	int i;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	assert_non_null(mkdtemp(dir));
	state_fd = memfd_create("keeper.state", MFD_CLOEXEC);
	assert_int_equal(keeper_state_create(state_fd, 1), 0);
	assert_int_equal(keeper_state_open(&state_of, state_fd), 0);
	assert_int_equal(ca_rig_make(&rig, clock_wall_ms()), 0);
	assert_int_equal(
	    keeper_ca_rig_open(&rig, &state_of, 100000, &ca), 0);
	put("trust.pem", rig.chain, rig.chain_len);
	for (i = 0; i < CERTS; i++) {
		ask_for(i, &ask);
		assert_int_equal(keeper_ca_issue(ca, &ask, &certs[i]), 0);
		snprintf(name, sizeof(name), "%02d.der", i);
		put(name, certs[i].der, certs[i].len);
	}
	run("openssl x509 -in trust.pem >issuing.pem\n"
	    "sed -n '/END/,$p' trust.pem | openssl x509 >root.pem\n"
	    "for f in ??.der; do\n"
	    "	openssl x509 -inform der -in $f >${f%.der}.pem\n"
	    "done\n"
	    "test $(ls ??.pem | wc -l) = 24\n");
	return (0);
}

static int
end(void **state)
{
	char command[100];

	(void)state;
	keeper_ca_free(ca);
	ca_rig_close(&rig);
	close(state_fd);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return (system(command));
}

static void
test_certificates(void **state)
{
	(void)state;
	run("for f in ??.pem; do\n"
	    "	openssl verify -x509_strict -check_ss_sig -policy_check \\\n"
	    "		-purpose sslclient -CAfile root.pem \\\n"
	    "		-untrusted issuing.pem $f\n"
	    "	not openssl verify -purpose sslserver -CAfile root.pem \\\n"
	    "		-untrusted issuing.pem $f\n"
	    "	cat $f issuing.pem >chain\n"
	    "	certtool --verify --verify-profile medium \\\n"
	    "		--load-ca-certificate root.pem --infile chain \\\n"
	    "		--verify-purpose 1.3.6.1.5.5.7.3.2\n"
	    "	not certtool --verify --load-ca-certificate root.pem \\\n"
	    "		--infile chain --verify-purpose 1.3.6.1.5.5.7.3.1\n"
	    "	certtool -i --infile $f | grep -q 'Version: 3'\n"
	    "done\n");
}

static int
by_serial(const void *a, const void *b)
{
	return (memcmp(a, b, KEEPER_CERT_SERIAL_LEN));
}

/* The first n certificates on a list of that number. */
static void
put_list(const char *name, size_t n, int64_t number)
{
	const struct keeper_cert_msg_part part = { .part = 0 };
	struct keeper_crl_entry entries[REVOKED];
	struct keeper_crl_ask ask = { .number = number, .life_ms = DAY };
	struct keeper_crl list;
	const uint8_t *p;
	size_t i, len;

	for (i = 0; i < n; i++) {
		memcpy(entries[i].serial, certs[i].serial,
		    sizeof(entries[i].serial));
		entries[i].reason = i == 0 ? 0 : 1;
		entries[i].revoked_ms = clock_wall_ms() - 1000;
	}
	qsort(entries, n, sizeof(entries[0]), by_serial);
	assert_int_equal(keeper_crl_part(ca, &part), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(keeper_crl_add(ca, &entries[i]), 0);
	ask.n = n;
	assert_int_equal(keeper_crl_sign(ca, &ask, &list), 0);
	assert_int_equal(keeper_crl_read(ca, 0, &p, &len), 0);
	assert_int_equal(len, list.len);
	put(name, p, len);
}

static void
test_lists(void **state)
{
	(void)state;
	put_list("empty.crl", 0, 1);
	put_list("one.crl", 1, 2);
	put_list("five.crl", REVOKED, 3);
	run("n=0\n"
	    "for f in empty one five; do\n"
	    "	openssl crl -inform der -in $f.crl -CAfile issuing.pem \\\n"
	    "		-verify -noout 2>&1 | grep -q '^verify OK'\n"
	    "	openssl crl -inform der -in $f.crl >$f.pem\n"
	    "	certtool --verify-crl --load-ca-certificate issuing.pem \\\n"
	    "		--infile $f.pem | grep -q 'Verification output: "
	    "Verified'\n"
	    "	n=$((n + 1))\n"
	    "	openssl crl -in $f.pem -noout -crlnumber | grep -q \"0*$n\\$\"\n"
	    "	certtool --crl-info --infile $f.pem >info\n"
	    "	grep -q 'Version: 2' info\n"
	    "done\n"
	    "check() {\n"
	    "	openssl verify -x509_strict -crl_check -CAfile root.pem \\\n"
	    "		-untrusted issuing.pem -CRLfile five.pem $1\n"
	    "}\n"
	    "for f in 00 01 02 03 04; do\n"
	    "	not check $f.pem >o 2>&1\n"
	    "	grep -q 'certificate revoked' o\n"
	    "done\n"
	    "for f in 05 06 07 23; do check $f.pem; done\n"
	    /* R69: a list that is not there is no permission */
	    "not openssl verify -crl_check -CAfile root.pem -untrusted \\\n"
	    "	issuing.pem 05.pem\n");
}

static void
put_answer(int i, enum keeper_ocsp_status status)
{
	struct keeper_ocsp_ask ask = { .n = 1, .life_ms = DAY };
	struct keeper_ocsp out;
	char name[32];

	ask.states[0].hash = X509_OCSP_SHA1;
	ask.states[0].serial_len = KEEPER_CERT_SERIAL_LEN;
	memcpy(ask.states[0].serial, certs[i].serial, KEEPER_CERT_SERIAL_LEN);
	ask.states[0].status = status;
	if (status == KEEPER_OCSP_REVOKED) {
		ask.states[0].reason = 1;
		ask.states[0].revoked_ms = clock_wall_ms() - 1000;
	}
	assert_int_equal(keeper_ocsp_sign(ca, &ask, &out), 0);
	snprintf(name, sizeof(name), "%02d.ocsp", i);
	put(name, out.der, out.len);
}

static void
test_answers(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 9; i++)
		put_answer(i, (enum keeper_ocsp_status)(i % 3));
	run("cat issuing.pem root.pem >both.pem\n"
	    "i=0\n"
	    "for f in 0?.ocsp; do\n"
	    "	openssl ocsp -respin $f -issuer issuing.pem \\\n"
	    "		-cert ${f%.ocsp}.pem -CAfile both.pem -no_nonce >o 2>&1\n"
	    "	grep -q '^Response verify OK' o\n"
	    "	case $((i % 3)) in\n"
	    "	0) grep -q ': unknown' o ;;\n"
	    "	1) grep -q ': good' o ;;\n"
	    "	2) grep -q ': revoked' o\n"
	    "	   grep -q 'Reason: keyCompromise' o ;;\n"
	    "	esac\n"
	    "	i=$((i + 1))\n"
	    "	ocsptool --verify-response --load-response $f \\\n"
	    "		--load-trust both.pem >o 2>&1\n"
	    "	grep -q 'Success' o\n"
	    "done\n"
	    /* R70: by nobody else's word */
	    "openssl ocsp -respin 01.ocsp -issuer issuing.pem -cert 01.pem \\\n"
	    "	-CAfile 02.pem -no_nonce >o 2>&1 || :\n"
	    "not grep -q 'verify OK' o\n"
	    "openssl ocsp -respin 01.ocsp -noverify -resp_text >o\n"
	    "grep -q 'OCSP No Check' o\n"
	    "grep -q 'OCSP Signing' o\n");
}

static void
test_F17_serials(void **state)
{
	uint8_t(*all)[KEEPER_CERT_SERIAL_LEN] =
	    calloc(RESTARTS * EACH, KEEPER_CERT_SERIAL_LEN);
	struct keeper_cert_ask ask;
	struct keeper_cert cert;
	size_t i, j;

	(void)state;
	assert_non_null(all);
	ask_for(2, &ask);
	for (i = 0; i < RESTARTS; i++) {
		/* Half of them end as a kill does: nothing is given back. */
		if (i % 2 == 0)
			keeper_ca_end(ca);
		keeper_ca_free(ca);
		assert_int_equal(
		    keeper_ca_rig_open(&rig, &state_of, 100000, &ca), 0);
		for (j = 0; j < EACH; j++) {
			assert_int_equal(
			    keeper_ca_issue(ca, &ask, &cert), 0);
			memcpy(all[i * EACH + j], cert.serial,
			    KEEPER_CERT_SERIAL_LEN);
		}
	}
	qsort(all, RESTARTS * EACH, KEEPER_CERT_SERIAL_LEN, by_serial);
	for (i = 1; i < RESTARTS * EACH; i++)
		assert_memory_not_equal(
		    all[i - 1], all[i], KEEPER_CERT_SERIAL_LEN);
	free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_F17_serials),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
