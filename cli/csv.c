#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "authd/render/cells.h"
#include "cli/csv.h"
#include "cli/csv_text.h"

/* Where the reading is. Fields are unquoted in place: they only shrink. */
struct cursor {
	char *at, *end;
	const char *why; /* NULL: nothing is wrong */
};

static char *
trim(char *s, char *end)
{
	size_t n;

	while ((n = cells_blank_len(s, end)) > 0)
		s += n;
	for (;;) {
		if (end > s && cells_blank_len(end - 1, end) == 1)
			end--;
		else if (end - s >= 3 && cells_blank_len(end - 3, end) == 3)
			end -= 3;
		else
			break;
	}
	*end = '\0';
	return (s);
}

static bool
is_end_of_field(const struct cursor *c)
{
	return (c->at == c->end || *c->at == ',' || *c->at == '\r' ||
	    *c->at == '\n');
}

/* The inside of quotes, moved together over the doubled ones. */
static char *
take_quoted(struct cursor *c)
{
	char *out = c->at, *begin = c->at;

	for (;;) {
		if (c->at == c->end) {
			c->why = "a quote is never closed";
			return (out);
		}
		if (*c->at == '"') {
			c->at++;
			if (c->at == c->end || *c->at != '"')
				break;
		}
		*out++ = *c->at++;
		if (out - begin > CSV_FIELD_MAX) {
			c->why = "a field is too long";
			return (out);
		}
	}
	while (cells_blank_len(c->at, c->end) == 1)
		c->at++;
	if (!is_end_of_field(c))
		c->why = "text follows a closing quote";
	return (out);
}

/*
 * One field; *is_last when its line ends behind it. Nothing is written before
 * the separator has been read, for the closing NUL may fall on it.
 */
static char *
take_field(struct cursor *c, bool *is_last)
{
	char *begin = c->at, *end;

	while (cells_blank_len(c->at, c->end) == 1)
		c->at++;
	if (c->at < c->end && *c->at == '"') {
		begin = ++c->at;
		end = take_quoted(c);
	} else {
		while (!is_end_of_field(c))
			c->at++;
		end = c->at;
		if (end - begin > CSV_FIELD_MAX)
			c->why = "a field is too long";
	}
	*is_last = c->at == c->end || *c->at != ',';
	if (c->at < c->end) {
		if (c->end - c->at >= 2 && c->at[0] == '\r' && c->at[1] == '\n')
			c->at++;
		c->at++;
	}
	return (trim(begin, end));
}

static void
take_row(struct cursor *c, struct csv_row *row)
{
	bool is_last = false;
	char *field;
	int i;

	for (i = 0; c->why == NULL && !is_last; i++) {
		field = take_field(c, &is_last);
		if (i < CSV_FIELDS_MAX)
			row->at[i] = field;
		else if (field[0] != '\0')
			c->why = "too many fields";
		if (field[0] != '\0')
			row->n = i + 1;
	}
	for (; i < CSV_FIELDS_MAX; i++)
		row->at[i] = c->end; /* "" */
}

static int
grow(struct csv *c, size_t *room)
{
	struct csv_row *rows;
	size_t n = *room == 0 ? 64 : *room * 2;

	if ((rows = realloc(c->rows, n * sizeof(*rows))) == NULL)
		return (ERR_NOMEM);
	c->rows = rows;
	*room = n;
	return (0);
}

int
csv_open(struct csv *c, const void *bytes, size_t n, struct csv_fault *fault)
{
	struct cursor at = { 0 };
	struct csv_row *row;
	size_t size, room = 0;
	int r;

	memset(c, 0, sizeof(*c));
	memset(fault, 0, sizeof(*fault));
	if (n > CSV_FILE_MAX) {
		fault->why = "the file is too large";
		return (ERR_INVALID);
	}
	if ((r = csv_text_new(bytes, n, &c->text, &size, &fault->why)) != 0)
		return (r);
	at.at = c->text;
	at.end = c->text + size;
	while (at.at < at.end) {
		if (c->n == CSV_ROWS_MAX) {
			fault->why = "the file has too many rows";
			return (ERR_INVALID);
		}
		if (c->n == room && (r = grow(c, &room)) != 0)
			return (r);
		row = &c->rows[c->n++];
		memset(row, 0, sizeof(*row));
		row->number = c->n;
		take_row(&at, row);
		if (at.why != NULL) {
			fault->row = row->number;
			fault->why = at.why;
			return (ERR_INVALID);
		}
	}
	return (0);
}

void
csv_close(struct csv *c)
{
	free(c->rows);
	free(c->text);
	memset(c, 0, sizeof(*c));
}
