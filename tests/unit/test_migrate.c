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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
	sqlite3_close(db);
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
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
