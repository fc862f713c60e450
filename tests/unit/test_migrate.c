/*
 * Goal of this test: a file is brought forward step by step, each step whole or
 * not at all, and a file of another program or of a newer version is left as
 * it is.
 *
 * Links: authd/store/migrate.c authd/store/schema.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "authd/store/migrate.h"
#include "authd/store/schema.h"

static const char make_version[] =
    "CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY)";
static const char make_a[] = "CREATE TABLE a (x INTEGER)";
static const char make_b[] = "CREATE TABLE b (x INTEGER)";
/* Does something, then breaks. */
static const char breaks[] =
    "CREATE TABLE c (x INTEGER); INSERT INTO missing VALUES (1)";

static sqlite3 *
open_memory(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	sqlite3_extended_result_codes(db, 1);
	return (db);
}

static bool
has_table(sqlite3 *db, const char *name)
{
	return (sqlite3_table_column_metadata(db, NULL, name, NULL, NULL, NULL,
		    NULL, NULL, NULL) == SQLITE_OK);
}

static int
version_of(sqlite3 *db)
{
	int version;

	assert_int_equal(migrate_version(db, &version), 0);
	return (version);
}

static void
test_forward(void **state)
{
	const char *const steps[] = { make_version, make_a, make_b };
	sqlite3 *db = open_memory();

	(void)state;
	assert_int_equal(version_of(db), 0);
	assert_int_equal(migrate_run(db, steps, 1), 0);
	assert_int_equal(version_of(db), 1);
	assert_false(has_table(db, "a"));
	assert_int_equal(migrate_run(db, steps, 3), 0);
	assert_int_equal(version_of(db), 3);
	assert_true(has_table(db, "a"));
	assert_true(has_table(db, "b"));
	/* again: nothing to do, and nothing done twice */
	assert_int_equal(migrate_run(db, steps, 3), 0);
	assert_int_equal(version_of(db), 3);
	assert_true(sqlite3_get_autocommit(db));
	sqlite3_close(db);
}

static void
test_step_is_whole_or_nothing(void **state)
{
	const char *const bad[] = { make_version, make_a, breaks, make_b };
	const char *const good[] = { make_version, make_a, make_b };
	sqlite3 *db = open_memory();

	(void)state;
	assert_int_equal(migrate_run(db, bad, 4), ERR_STORE);
	assert_int_equal(version_of(db), 2);
	assert_true(has_table(db, "a"));
	assert_false(has_table(db, "c"));
	assert_false(has_table(db, "b"));
	assert_true(sqlite3_get_autocommit(db));
	assert_int_equal(migrate_run(db, good, 3), 0);
	assert_int_equal(version_of(db), 3);
	sqlite3_close(db);
}

static void
test_newer_file_is_left_alone(void **state)
{
	const char *const steps[] = { make_version, make_a, make_b };
	sqlite3 *db = open_memory();

	(void)state;
	assert_int_equal(migrate_run(db, steps, 3), 0);
	assert_int_equal(migrate_run(db, steps, 2), ERR_WRONG_STATE);
	assert_int_equal(version_of(db), 3);
	assert_true(sqlite3_get_autocommit(db));
	sqlite3_close(db);
}

static void
test_foreign_file_is_left_alone(void **state)
{
	const char *const steps[] = { make_version };
	sqlite3 *db = open_memory();
	int version;

	(void)state;
	assert_int_equal(sqlite3_exec(db, make_a, NULL, NULL, NULL), 0);
	assert_int_equal(migrate_version(db, &version), ERR_WRONG_STATE);
	assert_int_equal(migrate_run(db, steps, 1), ERR_WRONG_STATE);
	assert_false(has_table(db, "schema_version"));
	sqlite3_close(db);
}

static void
test_lost_version_is_corrupt(void **state)
{
	sqlite3 *db = open_memory();
	int version;

	(void)state;
	assert_int_equal(sqlite3_exec(db, make_version, NULL, NULL, NULL), 0);
	assert_int_equal(migrate_version(db, &version), ERR_CORRUPT);
	sqlite3_close(db);
}

static void
test_no_database(void **state)
{
	char path[] = "/tmp/test_migrate.XXXXXX";
	int fd = mkstemp(path), version;
	char junk[4096];
	sqlite3 *db;

	(void)state;
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(migrate_version(db, &version), ERR_CORRUPT);
	sqlite3_close(db);
	unlink(path);
}

/* The shipped steps lead from nothing to the version of the program. */
static void
test_shipped_steps(void **state)
{
	sqlite3 *db = open_memory();

	(void)state;
	assert_int_equal(migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
	assert_int_equal(version_of(db), SCHEMA_STEPS);
	assert_true(has_table(db, "audit"));
	assert_true(has_table(db, "phone"));
	assert_true(has_table(db, "burned"));
	sqlite3_close(db);
}

/* A log that was written before its parts had times: two whole ones, the latest
 * record not the last, and a third that is not whole. */
static void
test_times_of_an_older_log(void **state)
{
	static const char rows[] =
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 3000) INSERT INTO audit SELECT 1, i,"
	    " CASE WHEN i = 1500 THEN 999999 ELSE i END, '', '', '', '', '',"
	    " 'verify', 'accept', '', '', '', zeroblob(32), NULL FROM n";
	static const char sum[] =
	    "SELECT count(*) || ' ' || group_concat(part || ':' || last_ms)"
	    " FROM (SELECT part, last_ms FROM audit_time ORDER BY part)";
	sqlite3 *db = open_memory();
	sqlite3_stmt *st;

	(void)state;
	assert_int_equal(migrate_run(db, schema_steps(), 11), 0);
	assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
	assert_int_equal(sqlite3_prepare_v2(db, sum, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(st, 0),
	    "2 0:1023,1:999999");
	sqlite3_finalize(st);
	sqlite3_close(db);
}

/* All that the question gives, as text. Owns: the caller. */
static char *
dump_of(sqlite3 *db, const char *sql)
{
	sqlite3_str *out = sqlite3_str_new(db);
	sqlite3_stmt *st;
	int i;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(st); i++) {
			const uint8_t *at = sqlite3_column_blob(st, i);
			int n = sqlite3_column_bytes(st, i);

			sqlite3_str_appendf(
			    out, "%d:", sqlite3_column_type(st, i));
			while (n-- > 0)
				sqlite3_str_appendf(out, "%02x", *at++);
			sqlite3_str_appendall(out, ";");
		}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	return (sqlite3_str_finish(out));
}

/* All rows of a table, in the order of its key. Owns: the caller. */
static char *
dump(sqlite3 *db, const char *table)
{
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table), *out;

	out = dump_of(db, sql);
	sqlite3_free(sql);
	return (out);
}

static void
run(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* Certificates that were kept by serial: each is there, by office and time, and
 * its name says when. */
static void
test_certificates_in_order(void **state)
{
	static const char rows[] =
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 90) INSERT INTO cert SELECT"
	    " CAST(printf('office%010d', i % 3) AS BLOB),"
	    " CAST(printf('%016d', 7919 * i % 90) AS BLOB), 1 + i % 2,"
	    " zeroblob(16), CAST(printf('%032d', i) AS BLOB), i, 1000 + i,"
	    " 100 - i / 2, i % 4, i % 4, i, i + 1, 'from', 30, zeroblob(i)"
	    " FROM n;"
	    "INSERT INTO cert_name SELECT serial, fingerprint, office"
	    " FROM cert;";
	static const char sum[] =
	    "SELECT hex(office), hex(serial), kind, hex(holder),"
	    " hex(fingerprint), not_before_ms, not_after_ms, issued_ms,"
	    " revoked_ms, reason, first_seen_ms, last_seen_ms, last_source,"
	    " told_days, hex(der) FROM cert ORDER BY serial, office";
	static const char named[] =
	    "SELECT count(*) FROM cert_name n JOIN cert c USING"
	    " (office, issued_ms, serial)";
	sqlite3 *db = open_memory();
	char *before, *after;

	(void)state;
	assert_int_equal(migrate_run(db, schema_steps(), 12), 0);
	run(db, rows);
	before = dump_of(db, sum);
	assert_int_equal(migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
	after = dump_of(db, sum);
	assert_string_equal(after, before);
	assert_true(strlen(after) > 90 * 32);
	sqlite3_free(before);
	sqlite3_free(after);
	after = dump_of(db, named);
	assert_string_equal(after, "1:3930;");
	sqlite3_free(after);
	sqlite3_close(db);
}

static const char *const tables_1[] = { "meta", "office", "account", "name",
	"phone", "counter", "audit" };

/* Version 1 with a row or two in each table. */
static const char rows_1[] =
    "INSERT INTO meta VALUES ('boot', 'one');"
    "INSERT INTO office VALUES (x'01010101010101010101010101010101',"
    " 'alpha', '事務所', '', '', 1, 0);"
    "INSERT INTO account VALUES (x'01010101010101010101010101010101',"
    " x'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'anna', 'ann',"
    " '山田 花子', 'ヤマダ', '090', '1990-04-01',"
    " 'h@example.jp', 'payroll', 1, 2, 4, 5, 6, 0, 8, 9);"
    "INSERT INTO name SELECT login, office, id FROM account;"
    "INSERT INTO name SELECT unix_user, office, id FROM account;"
    "INSERT INTO phone SELECT office, id,"
    " x'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1', '電話', 2, 1, 6, 30, 'SHA1',"
    " x'090007', -2, 58000000, 10, 0, 20, 30, 0 FROM account;"
    "INSERT INTO counter SELECT office, id, 2, 'c:local:cli', 3, 7, 99"
    " FROM account;"
    "INSERT INTO audit VALUES (1, 1, 5, 'unix:0', 'local', 'alpha', 'anna',"
    " '', 'account.add', 'done', '', 'REQ1', '', zeroblob(32), NULL),"
    " (1, 2, 6, 'unix:0', 'local', 'alpha', 'anna', 'd', 'verify', 'accept',"
    " '', 'REQ2', 'step=58000000', zeroblob(32), zeroblob(64));";

/* A file of version 1 keeps every row, and takes those of version 2. */
static void
test_version_1_to_2(void **state)
{
	enum { N = sizeof(tables_1) / sizeof(tables_1[0]) };
	char path[] = "/tmp/test_migrate.XXXXXX", *before[N], *after;
	int fd = mkstemp(path), i;
	sqlite3 *db;

	(void)state;
	close(fd);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(migrate_run(db, schema_steps(), 1), 0);
	run(db, rows_1);
	for (i = 0; i < N; i++) {
		before[i] = dump(db, tables_1[i]);
		assert_non_null(before[i]);
	}
	assert_false(has_table(db, "password"));
	sqlite3_close(db);

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db, "PRAGMA foreign_keys = ON");
	assert_int_equal(migrate_run(db, schema_steps(), 2), 0);
	assert_int_equal(version_of(db), 2);
	for (i = 0; i < N; i++) {
		after = dump(db, tables_1[i]);
		assert_string_equal(after, before[i]);
		sqlite3_free(after);
		sqlite3_free(before[i]);
	}
	run(db,
	    "INSERT INTO password SELECT office, id, 'h', 1, 0, 0 FROM account;"
	    "INSERT INTO password_history SELECT office, id, 2, 1, 'h'"
	    " FROM account;"
	    "INSERT INTO recovery SELECT office, id, zeroblob(32), 1, 0"
	    " FROM account");
	assert_int_equal(sqlite3_exec(db,
			     "INSERT INTO password SELECT office,"
			     " zeroblob(16), 'h', 1, 0, 0 FROM account",
			     NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	/* a program of version 1 leaves it alone from now on */
	assert_int_equal(migrate_run(db, schema_steps(), 1), ERR_WRONG_STATE);
	sqlite3_close(db);
	unlink(path);
}

/* The one text that the question gives. */
static void
expect_text(sqlite3 *db, const char *sql, const char *wanted)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(st, 0), wanted);
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
}

/* A certificate with that key in a store of version 15. Takes the key. */
static void
put_cert(sqlite3 *db, int i, EVP_PKEY *key)
{
	static const char sql[] =
	    "INSERT INTO cert VALUES (CAST(printf('%016d', ?1 % 2) AS BLOB),"
	    " CAST(printf('%016d', ?1) AS BLOB), 1, zeroblob(16),"
	    " zeroblob(32), 0, 1, 1000 - ?1, 0, 0, 0, 0, '', 0, ?2)";
	EVP_PKEY *ca = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	X509 *x = X509_new();
	sqlite3_stmt *st;
	int len;

	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_true(X509_sign(x, ca, EVP_sha256()) > 0);
	assert_true((len = i2d_X509(x, &der)) > 0);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_bind_int(st, 1, i), SQLITE_OK);
	assert_int_equal(
	    sqlite3_bind_blob(st, 2, der, len, SQLITE_STATIC), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(ca);
	EVP_PKEY_free(key);
}

/* R67: the keys of certificates from before are compared with new ones, too. */
static void
test_R67_keys_of_an_older_store(void **state)
{
	static const int bits[] = { 2048, 2056, 3072, 4096 };
	char wanted[4][1100], sql[200], *hex;
	sqlite3 *db = open_memory();
	BIGNUM *n = NULL;
	EVP_PKEY *key;
	int i;

	(void)state;
	assert_int_equal(migrate_run(db, schema_steps(), 15), 0);
	for (i = 0; i < 4; i++) {
		assert_non_null(key = EVP_RSA_gen((unsigned)bits[i]));
		assert_int_equal(EVP_PKEY_get_bn_param(key, "n", &n), 1);
		assert_non_null(hex = BN_bn2hex(n));
		snprintf(wanted[i], sizeof(wanted[i]), "%s", hex);
		OPENSSL_free(hex);
		put_cert(db, i, key);
	}
	BN_free(n);
	put_cert(db, 4, EVP_EC_gen("P-256"));
	put_cert(db, 5, EVP_EC_gen("P-384"));
	assert_int_equal(migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
	expect_text(db, "SELECT count(*) FROM rsa_key", "4");
	for (i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT ltrim(hex(k.modulus), '0')"
		    " FROM rsa_key k JOIN cert c USING"
		    " (office, issued_ms, serial) WHERE issued_ms = %d",
		    1000 - i);
		expect_text(db, sql, wanted[i]);
	}
	sqlite3_close(db);
}

/*
 * The process has less memory than a large store: 8,000 certificates are 40 MB
 * of it. The connection is as the store has it.
 */
static void
test_certificates_beyond_memory(void **state)
{
	static const char as_the_store[] =
	    "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = ON;"
	    "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;"
	    "PRAGMA cache_size = -2000;";
	static const char rows[] =
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 8000) INSERT INTO cert SELECT"
	    " CAST(printf('office%010d', i % 3) AS BLOB),"
	    " CAST(printf('%016d', 7919 * i % 8009) AS BLOB), 1, zeroblob(16),"
	    " CAST(printf('%032d', i) AS BLOB), 0, 1, i, 0, 0, 0, 0, '', 0,"
	    " CAST(x'06092a864886f70d01010105000382010f003082010a02820101' ||"
	    " zeroblob(1100) AS BLOB) FROM n";
	char path[] = "/tmp/test_migrate.XXXXXX", more[sizeof(path) + 8];
	sqlite3 *db;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db, as_the_store);
	assert_int_equal(migrate_run(db, schema_steps(), 12), 0);
	run(db, rows);
	(void)sqlite3_memory_highwater(1);
	assert_int_equal(migrate_run(db, schema_steps(), 13), 0);
	assert_in_range(sqlite3_memory_highwater(0), 1, 8000000);
	(void)sqlite3_memory_highwater(1);
	assert_int_equal(migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
	assert_in_range(sqlite3_memory_highwater(0), 1, 8000000);
	expect_text(db, "SELECT count(*) || ' of ' || min(length(modulus)) FROM"
	    " rsa_key",
	    "8000 of 257");
	sqlite3_close(db);
	unlink(path);
	snprintf(more, sizeof(more), "%s-wal", path);
	unlink(more);
	snprintf(more, sizeof(more), "%s-shm", path);
	unlink(more);
}

/* A step that was released is never changed: FNV-1a of its text. */
static void
test_released_steps_stay(void **state)
{
	static const uint64_t wanted[] = { 0xdef59a47062509d6 };
	const char *p;
	uint64_t h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		h = 0xcbf29ce484222325;
		for (p = schema_steps()[i]; *p != '\0'; p++)
			h = (h ^ (uint8_t)*p) * 0x100000001b3;
		assert_int_equal(h, wanted[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_step_is_whole_or_nothing),
		cmocka_unit_test(test_newer_file_is_left_alone),
		cmocka_unit_test(test_foreign_file_is_left_alone),
		cmocka_unit_test(test_lost_version_is_corrupt),
		cmocka_unit_test(test_no_database),
		cmocka_unit_test(test_shipped_steps),
		cmocka_unit_test(test_times_of_an_older_log),
		cmocka_unit_test(test_certificates_in_order),
		cmocka_unit_test(test_certificates_beyond_memory),
		cmocka_unit_test(test_R67_keys_of_an_older_store),
		cmocka_unit_test(test_version_1_to_2),
		cmocka_unit_test(test_released_steps_stay),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
