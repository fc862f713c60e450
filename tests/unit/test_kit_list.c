/*
 * Goal of this test: a list of terminals is read as the office wrote it, with
 * or without names above the columns, and a row that nothing can be made of
 * spoils no other.
 * Links: cli/kit_list.c cli/csv.c cli/csv_text.c authd/render/cells.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/kit_list.h"

/* Each line as `row office/login/label kind fault;`. */
static void
reads(const char *bytes, const char *want)
{
	struct csv_fault fault;
	struct kit_list list;
	char got[2000] = "";
	size_t at = 0, i;

	assert_int_equal(
	    kit_list_open(&list, bytes, strlen(bytes), false, &fault), 0);
	for (i = 0; i < list.n; i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at,
		    "%zu %s/%s/%s%s%s%s;", list.lines[i].row,
		    list.lines[i].office, list.lines[i].login,
		    list.lines[i].label,
		    list.lines[i].is_compatible ? " old" : "",
		    list.lines[i].fault == NULL ? "" : " ",
		    list.lines[i].fault == NULL ? ""
						: list.lines[i].fault->code);
	assert_string_equal(got, want);
	kit_list_close(&list);
}

static void
refused(const char *bytes, size_t row, const char *why)
{
	struct csv_fault fault;
	struct kit_list list;

	assert_int_equal(
	    kit_list_open(&list, bytes, strlen(bytes), false, &fault),
	    ERR_INVALID);
	assert_int_equal(fault.row, row);
	assert_non_null(strstr(fault.why, why));
	kit_list_close(&list);
}

static void
test_without_names(void **state)
{
	(void)state;
	reads("demo,taro,受付PC\r\ndemo,130321-01,PC 2\r\n",
	    "1 demo/taro/受付PC;2 demo/130321-01/PC 2;");
	/* a label may be what elsewhere names a column */
	reads("demo,taro,PC\n", "1 demo/taro/PC;");
	reads("\r\n,,\r\ndemo,taro,a\r\n\r\n", "3 demo/taro/a;");
}

static void
test_with_names(void **state)
{
	(void)state;
	reads("事務所,ID,端末名\r\ndemo,taro,a\r\n", "2 demo/taro/a;");
	reads("端末名,備考,ＩＤ,事務所コード\na,x,taro,demo\n",
	    "2 demo/taro/a;");
	reads("Office,Login,Label,File\ndemo,taro,a,\ndemo,taro,b,Compatible\n"
	      "demo,taro,c,互換\ndemo,taro,d,標準\ndemo,taro,e,zip\n",
	    "2 demo/taro/a;3 demo/taro/b old;4 demo/taro/c old;"
	    "5 demo/taro/d;6 demo/taro/e bad_kind;");
}

static void
test_kind_when_not_told(void **state)
{
	static const char bytes[] =
	    "office,ID,label,形式\ndemo,t,a,\ndemo,t,b,standard\n";
	struct csv_fault fault;
	struct kit_list list;

	(void)state;
	assert_int_equal(
	    kit_list_open(&list, bytes, strlen(bytes), true, &fault), 0);
	assert_true(list.lines[0].is_compatible);
	assert_false(list.lines[1].is_compatible);
	kit_list_close(&list);
}

static void
test_a_bad_row_is_alone(void **state)
{
	(void)state;
	reads("demo,taro\ndemo,,a\n,taro,a\ndemo,taro,a\n",
	    "1 demo/taro/ missing_field;2 demo//a missing_field;"
	    "3 /taro/a missing_field;4 demo/taro/a;");
	reads("demo,taro,a\ndemo,jiro,a\ndemo,taro,a\n",
	    "1 demo/taro/a;2 demo/jiro/a;3 demo/taro/a repeated;");
	reads("demo,taro,a,b\n", "1 demo/taro/a extra_field;");
}

static void
test_no_list(void **state)
{
	(void)state;
	refused("", 0, "no terminal");
	refused("\r\n,,,\r\n", 0, "no terminal");
	refused("事務所,ID,端末名\r\n", 0, "no terminal");
	refused("事務所,ID,備考\r\ndemo,taro,a\r\n", 1, "端末名");
	refused("ID,端末名\r\ntaro,a\r\n", 1, "事務所");
	refused("事務所,端末名,x\r\n", 1, "ID");
	refused("ID,事務所,ID,端末名\r\n", 1, "twice");
	refused("demo,taro,\"a\n", 1, "never closed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_names),
		cmocka_unit_test(test_with_names),
		cmocka_unit_test(test_kind_when_not_told),
		cmocka_unit_test(test_a_bad_row_is_alone),
		cmocka_unit_test(test_no_list),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
