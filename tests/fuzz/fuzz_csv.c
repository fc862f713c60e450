/*
 * Goal of this target: any file is read as CSV or refused with a reason.
 * What was read is UTF-8 within the limits, and written out and read again
 * gives the same fields; no field that is written begins a formula. As a list
 * of terminals each line has its three fields or a fault.
 * Links: those of tests/unit/test_kit_list.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/render/cells.h"
#include "authd/base/text.h"
#include "cli/kit_list.h"
#include "tests/fuzz/fuzz.h"

static void
check_row(const struct csv_row *row, size_t number)
{
	int k;

	FUZZ_CHECK(row->number == number);
	FUZZ_CHECK(row->n >= 0 && row->n <= CSV_FIELDS_MAX);
	FUZZ_CHECK(row->n == 0 || row->at[row->n - 1][0] != '\0');
	for (k = 0; k < CSV_FIELDS_MAX; k++) {
		FUZZ_CHECK(strlen(row->at[k]) <= CSV_FIELD_MAX);
		FUZZ_CHECK(text_is_utf8(row->at[k], strlen(row->at[k])));
		FUZZ_CHECK(k < row->n || row->at[k][0] == '\0');
	}
}

/* Write all rows with a mark before them, as the result of a kit is. */
static char *
write_rows(const struct csv *c, size_t *n)
{
	char *text = NULL;
	size_t i;
	FILE *f = open_memstream(&text, n);

	FUZZ_CHECK(f != NULL);
	fputs("\xef\xbb\xbf", f);
	for (i = 0; i < c->n; i++)
		cells_put(f, (const char *const *)c->rows[i].at, CSV_FIELDS_MAX);
	fclose(f);
	return (text);
}

static bool
begins_formula(const char *s)
{
	s += strspn(s, " \t");
	return (*s != '\0' && strchr("=+-@\r\n", *s) != NULL);
}

static void
check_same(const char *was, const char *is)
{
	FUZZ_CHECK(!begins_formula(is));
	if (is[0] == '\'' && was[0] != '\'')
		is++;
	FUZZ_CHECK(strcmp(was, is) == 0);
}

static void
check_again(const struct csv *c)
{
	struct csv_fault fault;
	struct csv back;
	size_t n, i;
	char *text = write_rows(c, &n);
	int k, r;

	r = csv_open(&back, text, n, &fault);
	/* an apostrophe more may be one too many, and the file grows */
	if (r == ERR_INVALID) {
		FUZZ_CHECK(strcmp(fault.why, "a field is too long") == 0 ||
		    strcmp(fault.why, "the file is too large") == 0);
	} else {
		FUZZ_CHECK(r == 0 && back.n == c->n);
		for (i = 0; i < c->n; i++) {
			for (k = 0; k < CSV_FIELDS_MAX; k++)
				check_same(c->rows[i].at[k], back.rows[i].at[k]);
		}
	}
	csv_close(&back);
	free(text);
}

static void
check_list(const uint8_t *data, size_t size)
{
	struct csv_fault fault;
	struct kit_list list;
	const struct kit_line *line;
	size_t i;
	int r;

	r = kit_list_open(&list, data, size, true, &fault);
	FUZZ_CHECK(r == 0 ? list.n > 0 : r == ERR_INVALID);
	FUZZ_CHECK(r == 0 || fault.why != NULL);
	for (i = 0; r == 0 && i < list.n; i++) {
		line = &list.lines[i];
		FUZZ_CHECK(i == 0 || line->row > line[-1].row);
		FUZZ_CHECK(line->fault != NULL ||
		    (line->office[0] != '\0' && line->login[0] != '\0' &&
			line->label[0] != '\0'));
	}
	kit_list_close(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_fault fault;
	struct csv c;
	size_t i;
	int r;

	r = csv_open(&c, data, size, &fault);
	FUZZ_CHECK(r == 0 || r == ERR_INVALID);
	if (r != 0)
		FUZZ_CHECK(fault.why != NULL && fault.row <= CSV_ROWS_MAX);
	for (i = 0; r == 0 && i < c.n; i++)
		check_row(&c.rows[i], i + 1);
	if (r == 0)
		check_again(&c);
	csv_close(&c);
	check_list(data, size);
	return (0);
}
