/*
 * Goal of this test: a CSV file is read as the spreadsheet meant it, in every
 * encoding that Excel writes, or refused with a sentence; and no cell that we
 * write becomes a formula.
 * Links: cli/csv.c authd/render/cells.c cli/csv_text.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/render/cells.h"
#include "cli/csv.h"

/* The fields of a file, joined: `a|b;c` for two rows. */
static void
reads_as(const void *bytes, size_t n, const char *want)
{
	char got[4000] = "";
	struct csv_fault fault;
	struct csv c;
	size_t at = 0, i;
	int k;

	assert_int_equal(csv_open(&c, bytes, n, &fault), 0);
	for (i = 0; i < c.n; i++) {
		assert_int_equal(c.rows[i].number, i + 1);
		for (k = 0; k < c.rows[i].n; k++)
			at += (size_t)snprintf(got + at, sizeof(got) - at,
			    "%s%s", k == 0 ? "" : "|", c.rows[i].at[k]);
		for (; k < CSV_FIELDS_MAX; k++)
			assert_string_equal(c.rows[i].at[k], "");
		at += (size_t)snprintf(got + at, sizeof(got) - at, ";");
	}
	assert_string_equal(got, want);
	csv_close(&c);
}

#define READS(bytes, want) reads_as(bytes, sizeof(bytes) - 1, want)

static void
refused(const void *bytes, size_t n, size_t row, const char *why)
{
	struct csv_fault fault;
	struct csv c;

	assert_int_equal(csv_open(&c, bytes, n, &fault), ERR_INVALID);
	assert_int_equal(fault.row, row);
	assert_non_null(strstr(fault.why, why));
	csv_close(&c);
	assert_null(c.rows);
}

#define REFUSED(bytes, row, why) refused(bytes, sizeof(bytes) - 1, row, why)

static void
test_rows(void **state)
{
	(void)state;
	READS("", "");
	READS("a,b,c", "a|b|c;");
	READS("a,b\r\nc,d\r\n", "a|b;c|d;");
	READS("a,b\nc,d\n", "a|b;c|d;");
	READS("a,b\rc,d\r", "a|b;c|d;");
	READS("a\r\n\r\n\nb", "a;;;b;");
	/* what Excel leaves of rows and columns that were emptied */
	READS("a,b,,,\r\n,,,,\r\n,c,,,\r\n", "a|b;;|c;");
	READS("a,,,,,,,,,,,,,,,,,,,,,,\n", "a;");
}

static void
test_quotes(void **state)
{
	(void)state;
	READS("\"a\",\"b,c\"\r\n", "a|b,c;");
	READS("\"a \"\"b\"\" c\"", "a \"b\" c;");
	READS("\"\"\"\"", "\";");
	READS("\"\",\"\"", ";");
	READS("\"a\r\nb\",c\r\nd", "a\r\nb|c;d;");
	READS(" \"a,b\" ,c", "a,b|c;");
	READS("a\"b,c\"", "a\"b|c\";");
	REFUSED("a,b\r\nc,\"d\r\ne", 2, "never closed");
	REFUSED("a\nb\n\"c\"d\n", 3, "closing quote");
}

static void
test_blanks_around_a_field(void **state)
{
	(void)state;
	READS(" a ,\tb\t,　c　, 　d e　 ", "a|b|c|d e;");
	READS("　,　 ,", ";");
	READS("\" a \",b", "a|b;");
}

/* 髙 and ① are not in Shift_JIS; 0x5C is the second half of ソ and 表. */
static void
test_cp932_as_excel_writes_it(void **state)
{
	(void)state;
	READS("\xfb\xfc\x8b\xb4,\x87\x40,\x83\x5c\x95\x5c\r\n",
	    "髙橋|①|ソ表;");
	READS("\xfa\xb1\x8d\xe8\x87\x8a", "﨑崎㈱;");
	READS("\x8e\x52\x93\x63\x81\x40,\xca\xdf\xbf\xba\xdd",
	    "山田|ﾊﾟｿｺﾝ;");
	READS("1\x81\x60" "2\\3~", "1～2\\3~;");
	REFUSED("a\x81", 0, "CP932");
	REFUSED("a\x81\x20", 0, "CP932");
}

static void
test_utf8_with_and_without_mark(void **state)
{
	(void)state;
	READS("髙橋,①\n", "髙橋|①;");
	READS("\xef\xbb\xbf髙橋,①\n", "髙橋|①;");
	READS("\xef\xbb\xbf\"a\",b", "a|b;");
	READS("\xef\xbb\xbf", "");
	REFUSED("\xef\xbb\xbf\x8e\x52", 0, "begins as UTF-8");
}

/* C3 A9 is half-width kana in one and e with an accent in the other. */
static void
test_what_could_be_either_is_asked(void **state)
{
	(void)state;
	REFUSED("demo,taro,\xc3\xa9", 0, "could be UTF-8 or CP932");
	READS("\xef\xbb\xbf" "demo,taro,\xc3\xa9", "demo|taro|é;");
	READS("山,\xc3\xa9", "山|é;");
}

static void
test_what_is_no_such_text(void **state)
{
	(void)state;
	REFUSED("\xff\xfe" "a\0,\0", 0, "UTF-16");
	REFUSED("\xfe\xff\0a\0,", 0, "UTF-16");
	REFUSED("a,\0b", 0, "zero byte");
	REFUSED("PK\3\4\0\0", 0, "zero byte");
}

static void
test_limits(void **state)
{
	char *big = malloc(CSV_FILE_MAX + 1), line[2 * CSV_FIELD_MAX];
	size_t i;

	(void)state;
	assert_non_null(big);
	memset(big, 'a', CSV_FILE_MAX + 1);
	refused(big, CSV_FILE_MAX + 1, 0, "too large");
	refused(big, CSV_FIELD_MAX + 1, 1, "too long");
	big[0] = '"';
	refused(big, CSV_FIELD_MAX + 3, 1, "too long");
	memset(big, '\n', CSV_ROWS_MAX + 1);
	refused(big, CSV_ROWS_MAX + 1, 0, "too many rows");
	for (i = 0; i < CSV_FIELDS_MAX; i++)
		memcpy(line + 2 * i, "a,", 2);
	line[2 * i] = 'a';
	refused(line, 2 * i + 1, 1, "too many fields");
	memset(line, 'a', sizeof(line));
	{
		struct csv_fault fault;
		struct csv c;

		assert_int_equal(csv_open(&c, line, CSV_FIELD_MAX, &fault), 0);
		assert_int_equal(strlen(c.rows[0].at[0]), CSV_FIELD_MAX);
		csv_close(&c);
	}
	free(big);
}

static void
puts_as(const char *a, const char *b, const char *want)
{
	const char *fields[] = { a, b };
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	cells_put(f, fields, 2);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void
test_no_cell_becomes_a_formula(void **state)
{
	(void)state;
	puts_as("", "130321-01", "\"\",\"130321-01\"\r\n");
	puts_as("a\"b", "c,\nd", "\"a\"\"b\",\"c,\nd\"\r\n");
	puts_as("=1+1", "+81", "\"'=1+1\",\"'+81\"\r\n");
	puts_as("-x", "@x", "\"'-x\",\"'@x\"\r\n");
	puts_as("\t=x", "\r=x", "\"'\t=x\",\"'\r=x\"\r\n");
	puts_as(" =x", "　　@x", "\"' =x\",\"'　　@x\"\r\n");
	puts_as("＝x", "＋x", "\"'＝x\",\"'＋x\"\r\n");
	puts_as("－x", "＠x", "\"'－x\",\"'＠x\"\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_blanks_around_a_field),
		cmocka_unit_test(test_cp932_as_excel_writes_it),
		cmocka_unit_test(test_utf8_with_and_without_mark),
		cmocka_unit_test(test_what_could_be_either_is_asked),
		cmocka_unit_test(test_what_is_no_such_text),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_no_cell_becomes_a_formula),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
