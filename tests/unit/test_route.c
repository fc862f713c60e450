/*
 * Goal of this test: API.md and openapi.yaml name exactly the routes of the
 * daemon's table, with the right each needs and the members it takes. Run from
 * the root of the tree.
 * Links: authd/web/rest_app.c authd/web/rest_session.c
 * Links: authd/web/rest_impact.c authd/web/rest_backup.c
 * Links: authd/web/rest_ticket.c tests/fakes/ticket_make_fake.c
 * Links: authd/web/rest_impact.c
 * Links: tests/fakes/session_fake.c
 * Links: authd/web/rest_clock.c authd/web/rest_source.c
 * Links: authd/web/rest_recovery.c authd/web/rest_login.c authd/web/rest_password.c tests/fakes/login_fake.c
 * Links: authd/web/route.c authd/web/shape.c authd/web/rest_office.c
 * Links: tests/fakes/crl_fake.c
 * Links: authd/web/rest_terminal.c authd/web/rest_cert.c
 * Links: authd/web/shape_cert.c authd/base/base64.c
 * Links: tests/fakes/cert_fake.c
 * Links: authd/web/rest_breakglass.c
 * Links: authd/web/rest_account.c authd/web/rest_phone.c
 * Links: authd/web/rest_verify.c authd/web/rest_audit.c
 * Links: authd/web/rest_status.c authd/api/json.c authd/base/err.c
 * Links: authd/base/log.c authd/base/clock.c authd/base/timetext.c
 * Links: authd/base/mem.c authd/base/buf.c authd/base/text.c authd/base/id.c
 * Links: authd/base/fold.c tests/fakes/core_fake.c
 * Links: tests/fakes/core_fake_rules.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "authd/web/route.h"

#define LINE 512

/* What a text says of one route. */
struct told {
	char method[8], path[64];
	char right[16];
	char members[LINE]; /* ` a b c ` */
};

static struct told told[128];
static size_t told_n;

static struct told *
add_told(const char *method, const char *path)
{
	struct told *t = &told[told_n];

	assert_true(told_n < sizeof(told) / sizeof(told[0]));
	memset(t, 0, sizeof(*t));
	snprintf(t->method, sizeof(t->method), "%s", method);
	snprintf(t->path, sizeof(t->path), "%s", path);
	snprintf(t->members, sizeof(t->members), " ");
	told_n++;
	return (t);
}

static void
add_member(struct told *t, const char *name)
{
	size_t n = strlen(t->members);

	snprintf(t->members + n, sizeof(t->members) - n, "%s ", name);
}

/* Each route is told once, and nothing else is. */
static void
check_told(void)
{
	size_t i, k, n, m;
	const struct route *routes = route_table(&n);
	const char *right;
	char word[64];

	assert_int_equal(told_n, n);
	for (i = 0; i < n; i++) {
		for (k = 0; k < told_n; k++)
			if (strcmp(told[k].path, routes[i].path) == 0)
				break;
		if (k == told_n)
			fail_msg("%s is not told", routes[i].path);
		assert_string_equal(told[k].method, routes[i].method);
		right = routes[i].right == RIGHT_ADMIN ? "admin" : "verify";
		assert_string_equal(told[k].right, right);
		for (m = 0;
		     routes[i].members != NULL && routes[i].members[m] != NULL;
		     m++) {
			snprintf(
			    word, sizeof(word), " %s ", routes[i].members[m]);
			if (strstr(told[k].members, word) == NULL)
				fail_msg("%s: member%sis not told",
				    routes[i].path, word);
		}
		/* as many as told: then they are the same */
		for (right = told[k].members + 1; *right != '\0';
		     right += strcspn(right, " ") + 1) {
			if (m == 0)
				fail_msg("%s: too many are told: %s",
				    routes[i].path, told[k].members);
			m--;
		}
		assert_int_equal(m, 0);
	}
}

static FILE *
open_text(const char *path)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		fail_msg("%s is not here; run from the root", path);
	return (f);
}

/* The next `word` in backticks from ${p} up to ${end}; NULL at the end. */
static const char *
ticked(const char *p, const char *end, char *out, size_t size)
{
	const char *a = memchr(p, '`', (size_t)(end - p)), *b;

	if (a == NULL ||
	    (b = memchr(a + 1, '`', (size_t)(end - a - 1))) == NULL)
		return (NULL);
	snprintf(out, size, "%.*s", (int)(b - a - 1), a + 1);
	return (b + 1);
}

static void
take_members(struct told *t, const char *p, const char *end)
{
	char word[64];

	while ((p = ticked(p, end, word, sizeof(word))) != NULL)
		/* (`company` \| `private`) are values, not members */
		if (strcmp(word, "company") != 0 &&
		    strcmp(word, "private") != 0)
			add_member(t, word);
}

/* | `POST /v1/office/disable`, `…/enable` | admin | `code` | *office* | */
static void
take_row(const char *line)
{
	const char *cells[4], *p = line;
	char word[64], base[64] = "", path[160];
	size_t first = told_n, i;

	for (i = 0; i < 4; i++) {
		cells[i] = p;
		do
			p = strchr(p + 1, '|');
		while (p != NULL && p[-1] == '\\');
		if (p == NULL)
			return;
	}
	for (p = cells[0]; (p = ticked(p, cells[1], word, sizeof(word)));) {
		if (strncmp(word, "GET ", 4) == 0)
			add_told("GET", word + 4);
		else if (strncmp(word, "POST ", 5) == 0) {
			add_told("POST", word + 5);
			snprintf(base, sizeof(base), "%s", word + 5);
			*(strrchr(base, '/') + 1) = '\0';
		} else {
			assert_memory_equal(word, "\xe2\x80\xa6/", 4);
			snprintf(path, sizeof(path), "%s%s", base, word + 4);
			add_told("POST", path);
		}
	}
	for (i = first; i < told_n; i++) {
		sscanf(cells[1], "| %15s", told[i].right);
		take_members(&told[i], cells[2], cells[3]);
	}
}

static void
test_R49_api_md(void **state)
{
	FILE *f = open_text("authd/api/API.md");
	struct told *set;
	char line[LINE];

	(void)state;
	told_n = 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "| `", 3) == 0)
			take_row(line);
	fclose(f);
	/* "and of the above except `office`": said by reference */
	for (set = told; strcmp(set->path, "/v1/account/set") != 0; set++)
		assert_true(set < told + told_n);
	assert_string_equal(set->members, " login office ");
	snprintf(set->members, sizeof(set->members),
	    " login name kana phone_number birth_date email unix_user class "
	    "level roles groups enrol_by leaves_on ");
	check_told();
}

/* The names of a schema's properties. */
static void
take_schema(struct told *t, const char *schema)
{
	FILE *f = open_text("authd/api/openapi.yaml");
	char line[LINE], want[80];
	bool is_here = false, is_properties = false;

	snprintf(want, sizeof(want), "    %s:\n", schema);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "    ", 4) == 0 && line[4] != ' ') {
			is_here = strcmp(line, want) == 0;
			is_properties = false;
		} else if (is_here && strcmp(line, "      properties:\n") == 0)
			is_properties = true;
		else if (is_properties && strncmp(line, "        ", 8) == 0 &&
		    isalpha((unsigned char)line[8])) {
			*strchr(line, ':') = '\0';
			add_member(t, line + 8);
		}
	}
	fclose(f);
}

static void
test_R49_openapi(void **state)
{
	FILE *f = open_text("authd/api/openapi.yaml");
	char line[LINE], path[64] = "", schema[64], right[16];
	struct told *t = NULL;
	bool is_paths = false;

	(void)state;
	told_n = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] != ' ')
			is_paths = strcmp(line, "paths:\n") == 0;
		if (!is_paths)
			continue;
		if (strncmp(line, "  /", 3) == 0)
			sscanf(line, " %63[/a-z0-9]:", path);
		if (strcmp(line, "    get:\n") == 0)
			t = add_told("GET", path);
		else if (strcmp(line, "    post:\n") == 0)
			t = add_told("POST", path);
		else if (t == NULL)
			continue;
		else if (sscanf(line, "      tags: [%15[a-z]]", right) == 1)
			memcpy(t->right, right, sizeof(right));
		else if (sscanf(line,
			     "            schema: {$ref: "
			     "'#/components/schemas/%63[a-z_]'}",
			     schema) == 1)
			take_schema(t, schema);
	}
	fclose(f);
	check_told();
}

static void
test_find(void **state)
{
	const char *allow = "";
	size_t i, k, n;
	const struct route *routes = route_table(&n);

	(void)state;
	for (i = 0; i < n; i++) {
		assert_ptr_equal(
		    route_find(routes, n, routes[i].method,
			routes[i].path, &allow),
		    &routes[i]);
		assert_null(allow);
		assert_null(route_find(
		    routes, n, "PUT", routes[i].path, &allow));
		assert_string_equal(allow, routes[i].method);
		for (k = 0; k < i; k++)
			assert_string_not_equal(routes[i].path, routes[k].path);
	}
	assert_null(route_find(routes, n, "GET", "/", &allow));
	assert_null(allow);
	assert_null(route_find(
	    routes, n, "POST", "/v1/verify/", &allow));
	assert_null(allow);
}

/* R5, R49: nothing is open to everybody, every line is whole. */
static void
test_table_is_whole(void **state)
{
	size_t i, n;
	const struct route *r = route_table(&n);

	(void)state;
	for (i = 0; i < n; i++) {
		assert_true(r[i].right >= RIGHT_VERIFY);
		assert_true(r[i].size > 0);
		assert_non_null(r[i].render);
		assert_true((r[i].kind == ROUTE_STATUS) ==
		    (r[i].run == NULL && r[i].start == NULL));
		/* in one piece, or in all three */
		assert_true(r[i].run == NULL || r[i].start == NULL);
		assert_true((r[i].start == NULL) == (r[i].hash == NULL));
		assert_true((r[i].start == NULL) == (r[i].settle == NULL));
		assert_true(r[i].start == NULL || r[i].kind == ROUTE_WRITE);
		assert_true((r[i].kind == ROUTE_STATUS) == (r[i].ask != NULL));
		assert_true((r[i].members == NULL) == (r[i].parse == NULL));
		assert_true(
		    (strcmp(r[i].method, "GET") == 0) == (r[i].parse == NULL));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R49_api_md),
		cmocka_unit_test(test_R49_openapi),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_table_is_whole),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
