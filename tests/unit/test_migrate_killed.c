/*
 * Goal of this test: F25, V31: whoever is killed while it brings a store forward
 * leaves the old version or a newer one, whole, and the next goes on from there;
 * whatever happened on the way, nobody may do more or less than before.
 *
 * Links: authd/store/migrate.c authd/store/schema.c authd/store/ask.c
 * Links: authd/store/ask_sql.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/log.h"
#include "authd/store/migrate.h"
#include "authd/store/schema.h"

#define STATEMENTS_MAX 2000

/* Version 1: sixteen people with each set of roles, of both classes and all
 * levels, some approved, disabled or gone; phones in every state; locks. */
static const char people[] =
    "INSERT INTO office VALUES (x'01010101010101010101010101010101', 'alpha',"
    " 'A', '', '192.0.2.0/24', 1, 0), (x'02020202020202020202020202020202',"
    " 'beta', 'B', '', '', 1, 7);"
    "WITH n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 15)"
    " INSERT INTO account SELECT CASE WHEN i % 3 THEN"
    " x'01010101010101010101010101010101' ELSE"
    " x'02020202020202020202020202020202' END,"
    " CAST(printf('account%09d', i) AS BLOB), 'login' || i, 'unix' || i, 'N',"
    " '', '', '', '', 'payroll', 1 + i % 2, 1 + i % 5, i, 4, 5 * (i % 4 > 0),"
    " 6 * (i % 7 = 3), 8, 9 * (i % 6 = 5) FROM n;"
    "INSERT INTO name SELECT login, office, id FROM account;"
    "INSERT INTO name SELECT unix_user, office, id FROM account;"
    "INSERT INTO phone SELECT office, id, CAST(substr(login || '----------"
    "------', 1, 16) AS BLOB), 'P', 1 + rowno % 3, rowno % 2, 6, 30, 'SHA1',"
    " x'090007', -2, 58000000 + rowno, 10, 0, 20, 30, 40 * (rowno % 3 = 2)"
    " FROM (SELECT *, row_number() OVER (ORDER BY id) AS rowno FROM account);"
    "INSERT INTO counter SELECT office, id, 2, 'c:local:cli', 3, 7, 99"
    " FROM account WHERE level > 3;";

/* Who may do what, in columns that version 1 has. */
static const char rights[] =
    "SELECT group_concat(t, char(10)) FROM ("
    " SELECT a.login || ' ' || o.code || o.networks || o.disabled_ms || ' ' ||"
    " a.unix_user || ' ' || a.group_list || ' ' || a.class || ' ' || a.level ||"
    " ' ' || a.roles || ' ' || a.approved_ms || ' ' || a.disabled_ms || ' ' ||"
    " a.enrol_by_ms || ' ' || a.leaves_on_ms || ' ' || coalesce(hex(p.device)"
    " || p.state || hex(p.sealed) || p.step_offset || ' ' || p.last_step ||"
    " ' ' || p.revoked_ms, '') || ' ' || coalesce(c.bucket || c.failures || ' '"
    " || c.in_row || ' ' || c.locked_until_steady, '') ||"
    " (SELECT group_concat(n.name) FROM (SELECT * FROM name ORDER BY name) n"
    " WHERE n.account = a.id) AS t"
    " FROM account a JOIN office o ON o.id = a.office"
    " LEFT JOIN phone p ON p.account = a.id"
    " LEFT JOIN counter c ON c.account = a.id ORDER BY a.login)";

/* What a later version could have made somebody of its own accord: tables that
 * hold a right or open a login. */
static const char nobody_new[] =
    "SELECT count(*) || ' ' || (SELECT count(*) FROM password) || ' ' ||"
    " (SELECT count(*) FROM recovery) || ' ' || (SELECT count(*) FROM session)"
    " || ' ' || (SELECT count(*) FROM ticket) || ' ' ||"
    " (SELECT count(*) FROM terminal) || ' ' || (SELECT count(*) FROM cert) ||"
    " ' ' || (SELECT count(*) FROM app) || ' ' || (SELECT count(*) FROM host)"
    " FROM account WHERE is_operator <> 0";

static char base[64], path[64];

static sqlite3 *
open_file(const char *name)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(name, &db), SQLITE_OK);
	/* kill -9 is no power cut */
	assert_int_equal(sqlite3_exec(db,
			     "PRAGMA journal_mode = WAL;"
			     "PRAGMA synchronous = OFF;"
			     "PRAGMA foreign_keys = ON",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	return (db);
}

/* The one text that the question gives, to be freed. */
static char *
text_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	char *text;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(st, 0));
	assert_non_null(text);
	sqlite3_finalize(st);
	return (text);
}

static void
expect_text(sqlite3 *db, const char *sql, const char *wanted)
{
	char *text = text_of(db, sql);

	assert_string_equal(text, wanted);
	free(text);
}

static void
copy_file(const char *from, const char *to)
{
	sqlite3 *old = open_file(from), *new = open_file(to);
	sqlite3_backup *copy = sqlite3_backup_init(new, "main", old, "main");

	assert_non_null(copy);
	assert_int_equal(sqlite3_backup_step(copy, -1), SQLITE_DONE);
	sqlite3_backup_finish(copy);
	sqlite3_close(old);
	sqlite3_close(new);
}

static void
remove_file(const char *name)
{
	char other[80];

	unlink(name);
	snprintf(other, sizeof(other), "%s-wal", name);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", name);
	unlink(other);
}

static int
setup(void **state)
{
	char dir[] = "/tmp/test_migrate_killed.XXXXXX";
	sqlite3 *db;

	(void)state;
	log_open("sekisho", LOG_LEVEL_WARN); /* each step is a line */
	assert_non_null(mkdtemp(dir));
	snprintf(base, sizeof(base), "%s/base", dir);
	snprintf(path, sizeof(path), "%s/db", dir);
	db = open_file(base);
	assert_int_equal(migrate_run(db, schema_steps(), 1), 0);
	assert_int_equal(
	    sqlite3_exec(db, people, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	remove_file(base);
	remove_file(path);
	*strrchr(base, '/') = '\0';
	return (rmdir(base));
}

/* At its so manieth statement it is gone. */
static int
on_statement(unsigned what, void *arg, void *statement, void *sql)
{
	int *left = arg;

	(void)what;
	(void)statement;
	(void)sql;
	if (--*left == 0)
		raise(SIGKILL);
	return (0);
}

/* Bring the file forward, and be killed at statement ${n}. Return: it was. */
static bool
is_killed_at(int n)
{
	pid_t child = fork();
	sqlite3 *db;
	int status;

	assert_true(child != -1);
	if (child == 0) {
		db = open_file(path);
		sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, &n);
		_exit(migrate_run(db, schema_steps(), SCHEMA_STEPS) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return (true);
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return (false);
}

static void
test_F25_V31_killed_at_every_statement(void **state)
{
	sqlite3 *db = open_file(base);
	char *before = text_of(db, rights);
	int n, version, seen = 0, between = 0;

	(void)state;
	sqlite3_close(db);
	for (n = 1; n < STATEMENTS_MAX; n++) {
		remove_file(path);
		copy_file(base, path);
		if (!is_killed_at(n))
			break;
		db = open_file(path);
		expect_text(db, "PRAGMA integrity_check", "ok");
		assert_int_equal(migrate_version(db, &version), 0);
		assert_in_range(version, 1, SCHEMA_STEPS);
		assert_true(version >= seen); /* later: no less is done */
		between += version != seen;
		seen = version;
		expect_text(db, rights, before);
		assert_int_equal(
		    migrate_run(db, schema_steps(), SCHEMA_STEPS), 0);
		expect_text(db, rights, before);
		expect_text(db, nobody_new, "0 0 0 0 0 0 0 0 0");
		sqlite3_close(db);
	}
	/* each version was met, and the last run was not killed */
	assert_true(n < STATEMENTS_MAX);
	assert_true(between >= SCHEMA_STEPS - 1);
	db = open_file(path);
	expect_text(db, rights, before);
	expect_text(db, nobody_new, "0 0 0 0 0 0 0 0 0");
	sqlite3_close(db);
	free(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_F25_V31_killed_at_every_statement),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
