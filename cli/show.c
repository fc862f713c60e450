#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "authd/base/text.h"
#include "authd/api/json.h"
#include "cli/show.h"

#define TITLE_WIDTH 14

/* The length of the character at s, 0 when the bytes are not UTF-8. */
static size_t
char_len(const char *s)
{
	size_t n;

	for (n = 1; n <= 4 && s[n - 1] != '\0'; n++) {
		if (text_is_utf8(s, n))
			return (n);
	}
	return (0);
}

/* Text a person may see is what may be a name; a blank alone is no name. */
static bool
is_safe(const char *s, size_t n)
{
	char one[6] = "x";

	memcpy(one + 1, s, n);
	one[n + 1] = '\0';
	return (text_is_name(one));
}

/* The code point of a well-formed character of n bytes. */
static unsigned
code_point(const char *s, size_t n)
{
	unsigned cp = (unsigned char)s[0];
	size_t i;

	if (n > 1)
		cp &= 0x7fu >> n;
	for (i = 1; i < n; i++)
		cp = cp << 6 | ((unsigned char)s[i] & 0x3f);
	return (cp);
}

void
show_safe(FILE *out, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n) {
		n = char_len(text);
		if (n > 0 && is_safe(text, n))
			fwrite(text, 1, n, out);
		else if (n > 0)
			fprintf(out, "\\u%04x", code_point(text, n));
		else {
			fputs("\\ufffd", out);
			n = 1;
		}
	}
}

void
show_error(const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* After what was printed so far, should both go to one place. */
	fflush(stdout);
	fputs("sekisho: ", stderr);
	show_safe(stderr, text);
	fputc('\n', stderr);
}

/* What was to be printed is not: main() sees it and does not end with 0. */
static void
lose_output(void)
{
	show_error("out of memory");
	/* The way to set its error indicator: it is for writing only. */
	(void)fgetc(stdout);
}

void
show_json(const json_t *v)
{
	char *text = json_text_line(v);

	if (text == NULL) {
		lose_output();
		return;
	}
	/* What jansson leaves as it is, C1 and direction marks, stands
	 * only within texts, where \u009b means the same. */
	show_safe(stdout, text);
	putchar('\n');
	json_text_free(text);
}

void
show_list(json_t *list, const char *member)
{
	json_t *o = json_pack("{s:O, s:n}", member, list, "next");

	if (o == NULL)
		lose_output();
	else
		show_json(o);
	json_decref(o);
}

int64_t
show_seconds(const char *text)
{
	struct tm tm = { 0 };
	int used = 0;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 ||
	    used != 19 || strchr(text + used, 'Z') == NULL)
		return (-1);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return ((int64_t)timegm(&tm));
}

void
show_time(char *out, size_t size, const char *text)
{
	time_t at = (time_t)show_seconds(text);
	struct tm local;

	if (at < 0 || localtime_r(&at, &local) == NULL ||
	    strftime(out, size, "%Y-%m-%d %H:%M:%S", &local) == 0)
		snprintf(out, size, "%s", text);
}

void
show_pair(const char *title, const char *value)
{
	printf("%-*s ", TITLE_WIDTH, title);
	show_safe(stdout, value);
	putchar('\n');
}

static void
put_list(FILE *f, const json_t *list)
{
	const json_t *v;
	size_t i;

	for (i = 0; (v = json_array_get(list, i)) != NULL; i++) {
		if (i > 0)
			fputs(", ", f);
		if (json_is_string(v))
			show_safe(f, json_string_value(v));
	}
}

static void
put_value(FILE *f, const json_t *v, enum show_kind kind)
{
	char when[64];

	if (json_is_array(v))
		put_list(f, v);
	else if (json_is_integer(v))
		fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_boolean(v))
		fputs(json_is_true(v) ? "yes" : "no", f);
	else if (json_is_string(v) && kind == SHOW_TIME) {
		show_time(when, sizeof(when), json_string_value(v));
		show_safe(f, when);
	} else if (json_is_string(v))
		show_safe(f, json_string_value(v));
}

/* A member as safe text in new memory; NULL when there is none left. */
static char *
value_text(const json_t *o, const struct show_field *field)
{
	char *text = NULL;
	size_t n;
	FILE *f;

	if ((f = open_memstream(&text, &n)) == NULL)
		return (NULL);
	put_value(f, json_object_get(o, field->member), field->kind);
	if (fclose(f) != 0) {
		free(text);
		return (NULL);
	}
	return (text);
}

void
show_object(const json_t *o, const struct show_field *fields)
{
	char *text;

	for (; fields->member != NULL; fields++) {
		text = value_text(o, fields);
		if (text == NULL)
			lose_output();
		else if (text[0] != '\0')
			printf("%-*s %s\n", TITLE_WIDTH, fields->title, text);
		free(text);
	}
}

static int
fill_table(struct libscols_table *t, const json_t *list,
    const struct show_field *fields)
{
	struct libscols_line *line;
	const json_t *o;
	char *text;
	size_t i, k;

	for (k = 0; fields[k].member != NULL; k++) {
		if (scols_table_new_column(t, fields[k].title, 0, 0) == NULL)
			return (-1);
	}
	for (i = 0; (o = json_array_get(list, i)) != NULL; i++) {
		if ((line = scols_table_new_line(t, NULL)) == NULL)
			return (-1);
		for (k = 0; fields[k].member != NULL; k++) {
			text = value_text(o, &fields[k]);
			if (text == NULL ||
			    scols_line_refer_data(line, k, text) != 0) {
				free(text);
				return (-1);
			}
		}
	}
	return (0);
}

void
show_table(const json_t *list, const struct show_field *fields)
{
	struct libscols_table *t;

	if (json_array_size(list) == 0) {
		puts("none");
		return;
	}
	/* What comes before it goes first; if it does not, main() tells. */
	if (fflush(stdout) != 0)
		return;
	if ((t = scols_new_table()) == NULL ||
	    scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER) != 0 ||
	    fill_table(t, list, fields) != 0 || scols_print_table(t) != 0)
		lose_output();
	scols_unref_table(t);
}
