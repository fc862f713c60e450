#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/kit_list.h"

enum column { OFFICE = 0, LOGIN, LABEL, KIND, COLUMNS, OTHER = -1 };

struct name {
	const char *text;
	enum column column;
};

static const struct name names[] = { { "事務所", OFFICE },
	{ "事務所コード", OFFICE }, { "事務所番号", OFFICE },
	{ "office", OFFICE }, { "office code", OFFICE }, { "ID", LOGIN },
	{ "ＩＤ", LOGIN }, { "ログインID", LOGIN }, { "ログイン名", LOGIN },
	{ "社員番号", LOGIN }, { "login", LOGIN }, { "端末", LABEL },
	{ "端末名", LABEL }, { "PC", LABEL }, { "PC名", LABEL },
	{ "パソコン名", LABEL }, { "label", LABEL }, { "terminal", LABEL },
	{ "形式", KIND }, { "ファイル形式", KIND }, { "file", KIND } };

static const struct kit_fault missing_field = { "missing_field",
	"Office, ID or label is empty." };
static const struct kit_fault extra_field = { "extra_field",
	"There are more fields than office, ID and label." };
static const struct kit_fault bad_kind = { "bad_kind",
	"The kind of file is standard or compatible." };
static const struct kit_fault repeated = { "repeated",
	"The same office, ID and label stand further up." };

/* Where each column is; -1: nowhere. */
struct layout {
	int at[COLUMNS];
	bool has_names;
};

static enum column
column_of(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i].text, text) == 0)
			return (names[i].column);
	}
	return (OTHER);
}

/* Two names of columns in one row are no accident: it is a head. */
static int
read_head(const struct csv_row *row, struct layout *l, const char **why)
{
	static const char *const missing[] = {
		"the first row has no column 事務所 (office)",
		"the first row has no column ID (login)",
		"the first row has no column 端末名 (label)"
	};
	enum column c;
	int k, found = 0;

	for (c = OFFICE; c < COLUMNS; c++)
		l->at[c] = -1;
	for (k = 0; k < row->n; k++) {
		if ((c = column_of(row->at[k])) == OTHER)
			continue;
		if (l->at[c] != -1) {
			*why = "the first row names a column twice";
			return (ERR_INVALID);
		}
		l->at[c] = k;
		found++;
	}
	l->has_names = found >= 2;
	if (!l->has_names) {
		for (c = OFFICE; c < COLUMNS; c++)
			l->at[c] = c == KIND ? -1 : (int)c;
		return (0);
	}
	for (c = OFFICE; c <= LABEL; c++) {
		if (l->at[c] == -1) {
			*why = missing[c];
			return (ERR_INVALID);
		}
	}
	return (0);
}

static const char *
field(const struct csv_row *row, const struct layout *l, enum column c)
{
	return (l->at[c] == -1 ? "" : row->at[l->at[c]]);
}

static const struct kit_fault *
read_kind(const char *kind, struct kit_line *line)
{
	if (strcmp(kind, "互換") == 0 || strcmp(kind, "互換形式") == 0 ||
	    strcasecmp(kind, "compatible") == 0)
		line->is_compatible = true;
	else if (strcmp(kind, "標準") == 0 || strcmp(kind, "標準形式") == 0 ||
	    strcasecmp(kind, "standard") == 0)
		line->is_compatible = false;
	else if (kind[0] != '\0')
		return (&bad_kind);
	return (NULL);
}

static bool
is_same(const struct kit_line *a, const struct kit_line *b)
{
	return (strcmp(a->label, b->label) == 0 &&
	    strcmp(a->login, b->login) == 0 &&
	    strcmp(a->office, b->office) == 0);
}

static void
read_line(const struct csv_row *row, const struct layout *l,
    struct kit_list *list, bool is_compatible)
{
	struct kit_line *line = &list->lines[list->n];
	size_t i;

	memset(line, 0, sizeof(*line));
	line->row = row->number;
	line->office = field(row, l, OFFICE);
	line->login = field(row, l, LOGIN);
	line->label = field(row, l, LABEL);
	line->is_compatible = is_compatible;
	line->fault = read_kind(field(row, l, KIND), line);
	if (!l->has_names && row->n > KIND)
		line->fault = &extra_field;
	if (line->office[0] == '\0' || line->login[0] == '\0' ||
	    line->label[0] == '\0')
		line->fault = &missing_field;
	for (i = 0; line->fault == NULL && i < list->n; i++) {
		if (is_same(&list->lines[i], line))
			line->fault = &repeated;
	}
	list->n++;
}

int
kit_list_open(struct kit_list *list, const void *bytes, size_t n,
    bool is_compatible, struct csv_fault *fault)
{
	struct layout layout = { 0 };
	size_t i;
	int r;

	memset(list, 0, sizeof(*list));
	if ((r = csv_open(&list->csv, bytes, n, fault)) != 0)
		return (r);
	for (i = 0; i < list->csv.n && list->csv.rows[i].n == 0; i++)
		;
	fault->why = "the file holds no terminal";
	if (i == list->csv.n)
		return (ERR_INVALID);
	list->lines = calloc(list->csv.n, sizeof(*list->lines));
	if (list->lines == NULL)
		return (ERR_NOMEM);
	fault->row = list->csv.rows[i].number;
	r = read_head(&list->csv.rows[i], &layout, &fault->why);
	if (r != 0)
		return (r);
	for (i += layout.has_names; i < list->csv.n; i++) {
		if (list->csv.rows[i].n > 0)
			read_line(&list->csv.rows[i], &layout, list,
			    is_compatible);
	}
	fault->row = 0;
	return (list->n == 0 ? ERR_INVALID : 0);
}

void
kit_list_close(struct kit_list *list)
{
	csv_close(&list->csv);
	free(list->lines);
	memset(list, 0, sizeof(*list));
}
