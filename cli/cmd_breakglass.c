/*
 * Sealed codes for the day the daemon cannot be reached. They are made on the
 * host that they are for, by its root, and kept there: nothing is asked of the
 * daemon, which may be away.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "authd/api/glass.h"
#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/outfile.h"
#include "cli/question.h"
#include "cli/show.h"

#define FILE_DEFAULT  "/var/lib/sekisho/breakglass"
#define CODES_DEFAULT 5
#define LOCK_WAIT_MS  2000

static const struct show_field many[] = { { "number", "NUMBER", SHOW_TEXT },
	{ "state", "STATE", SHOW_TEXT }, { "used_at", "USED", SHOW_TIME },
	{ "service", "SERVICE", SHOW_TEXT }, { "source", "FROM", SHOW_TEXT },
	{ "user", "USER", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

static const char *
file_of(const struct args *a)
{
	const char *path = args_get(a, "file");

	return (path == NULL ? FILE_DEFAULT : path);
}

static int
count_of(const struct args *a)
{
	const char *text = args_get(a, "codes");
	char *end;
	long n;

	if (text == NULL)
		return (CODES_DEFAULT);
	n = text[0] < '0' || text[0] > '9' ? 0 : strtol(text, &end, 10);
	if (n < 1 || n > GLASS_CODES_MAX || *end != '\0') {
		show_error("--codes is 1 to %d", GLASS_CODES_MAX);
		return (0);
	}
	return ((int)n);
}

static void
print_sheet(const char *host, int n, char text[][GLASS_TEXT_MAX + 1])
{
	char day[TIMETEXT_DATE_MAX];
	int i;

	timetext_put_date((int64_t)time(NULL) * 1000, day);
	printf("緊急用コード / Break-glass codes\n\n"
	       "  サーバー / Server:   %s\n"
	       "  発行日 / Issued:     %s\n\n"
	       "認証サービスに接続できないときに限り、各コードで一度だけログイン"
	       "できます。\n封筒に封をして保管し、開封したら使用者と理由を"
	       "記録してください。\nこのコードは二度と表示されません。\n\n"
	       "Each opens one login, and only while the authentication service "
	       "cannot be\nreached. Seal them in an envelope; whoever opens it "
	       "notes who and why. They\nare not shown again.\n\n",
	    host, day);
	for (i = 0; i < n; i++)
		printf("    %2d   %s\n", i + 1, text[i]);
}

static int
print_json(
    const char *host, const char *file, int n, char text[][GLASS_TEXT_MAX + 1])
{
	json_t *o = json_object(), *codes = json_array();
	int i, r = 0;

	for (i = 0; r == 0 && i < n; i++)
		r = json_array_append_new(codes, json_string(text[i]));
	if (r == 0 && json_put_text(o, "host", host) == 0 &&
	    json_put_text(o, "file", file) == 0 &&
	    json_object_set(o, "codes", codes) == 0)
		show_json(o);
	else
		r = -1;
	if (r != 0)
		show_error("out of memory");
	json_decref(codes);
	json_decref(o);
	return (r == 0 ? QUESTION_DONE : QUESTION_UNAVAILABLE);
}

/* The packaged place may not be there on a host without the daemon. */
static void
make_place(const char *path)
{
	if (strcmp(path, FILE_DEFAULT) == 0)
		(void)mkdir("/var/lib/sekisho", 0755);
}

static int
write_file(const struct glass *g, const char *path, bool is_forced)
{
	char whole[(GLASS_CODES_MAX + 1) * GLASS_PLACE];
	struct outfile f;
	int i, r;

	make_place(path);
	for (i = -1; i < g->n; i++)
		glass_put(g, i, whole + (i + 1) * GLASS_PLACE);
	if ((r = outfile_open(&f, path, is_forced)) == 0)
		r = outfile_put(&f, whole, (size_t)(g->n + 1) * GLASS_PLACE);
	outfile_close(&f);
	return (r == 0		   ? QUESTION_DONE
		: r == ERR_EXISTS  ? QUESTION_REFUSED
		: errno == EACCES  ? QUESTION_NOT_PERMITTED
				   : QUESTION_UNAVAILABLE);
}

int
cmd_breakglass_create(struct args *a)
{
	char text[GLASS_CODES_MAX][GLASS_TEXT_MAX + 1];
	const char *host = a->at[0], *path = file_of(a);
	struct glass g;
	int code, n = count_of(a);

	if (n == 0)
		return (QUESTION_USAGE);
	if (!glass_is_host(host)) {
		show_error("a host is a name of at most %d of a-z, 0-9, dot "
			   "and hyphen",
		    GLASS_HOST_MAX);
		return (QUESTION_USAGE);
	}
	if (glass_new(host, n, &g, text) != 0) {
		show_error("cannot make codes");
		return (QUESTION_UNAVAILABLE);
	}
	code = write_file(&g, path, args_has(a, "force"));
	if (code == QUESTION_DONE && a->is_json)
		code = print_json(host, path, n, text);
	else if (code == QUESTION_DONE)
		print_sheet(host, n, text);
	mem_wipe(text, sizeof(text));
	return (code);
}

/* Open the file of this very host; what is wrong is told. */
static int
open_file(const struct args *a, struct glass *g)
{
	const char *path = file_of(a);
	int r = glass_open(g, path, LOCK_WAIT_MS);

	if (r == 0 && strcmp(g->host, a->at[0]) == 0)
		return (QUESTION_DONE);
	if (r == 0) {
		show_error("%s holds codes of the host %s", path, g->host);
		glass_close(g);
		return (QUESTION_NOT_FOUND);
	}
	switch (r) {
	case ERR_NOTFOUND:
		show_error("%s: there are no break-glass codes", path);
		return (QUESTION_NOT_FOUND);
	case ERR_DENIED:
		show_error("%s is not a file of yours alone; run it as root",
		    path);
		return (QUESTION_NOT_PERMITTED);
	case ERR_BUSY:
		show_error("%s is in use; try again", path);
		return (QUESTION_UNAVAILABLE);
	default:
		show_error("%s is damaged or cannot be read: no code in it is "
			   "taken; make new ones with --force",
		    path);
		return (QUESTION_UNAVAILABLE);
	}
}

static int
put_code(json_t *list, const struct glass *g, int i)
{
	static const char *const states[] = { "void", "unused", "used",
		"reported" };
	const struct glass_code *c = &g->at[i];
	bool is_used = c->state == GLASS_USED || c->state == GLASS_TOLD;
	json_t *o = json_object();

	/* the list takes it even when it fails */
	if (json_array_append_new(list, o) != 0 ||
	    json_put_int(o, "number", i + 1) != 0 ||
	    json_put_text(o, "state", states[c->state]) != 0 ||
	    json_put_text(o, "used_at", is_used ? c->use.at : NULL) != 0 ||
	    json_put_text(o, "service", is_used ? c->use.service : "") != 0 ||
	    json_put_text(o, "source", is_used ? c->use.rhost : "") != 0)
		return (ERR_NOMEM);
	return (json_put_text(o, "user", is_used ? c->use.user : ""));
}

int
cmd_breakglass_list(struct args *a)
{
	struct glass g;
	json_t *list;
	int code, i, r = 0;

	if ((code = open_file(a, &g)) != QUESTION_DONE)
		return (code);
	list = json_array();
	for (i = 0; r == 0 && i < g.n; i++)
		r = put_code(list, &g, i);
	glass_close(&g);
	if (r != 0) {
		show_error("out of memory");
		code = QUESTION_UNAVAILABLE;
	} else if (a->is_json)
		show_list(list, "codes");
	else
		show_table(list, many);
	json_decref(list);
	return (code);
}

int
cmd_breakglass_void(struct args *a)
{
	struct glass g;
	int code, i, n = 0, r = 0;

	if ((code = open_file(a, &g)) != QUESTION_DONE)
		return (code);
	for (i = 0; r == 0 && i < g.n; i++) {
		if (g.at[i].state != GLASS_UNUSED)
			continue;
		r = glass_mark(&g, i, GLASS_VOID, NULL);
		n++;
	}
	glass_close(&g);
	if (r != 0) {
		show_error("%s cannot be written", file_of(a));
		return (QUESTION_UNAVAILABLE);
	}
	if (a->is_json)
		printf("{\"host\":\"%s\",\"voided\":%d}\n", a->at[0], n);
	else
		printf("%d codes of %s are void\n", n, a->at[0]);
	return (QUESTION_DONE);
}
