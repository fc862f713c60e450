/* cert kit: apart from cmd_cert.c because it makes many files of one list. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "authd/render/sheet.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/issued.h"
#include "cli/kit_list.h"
#include "cli/kit_result.h"
#include "cli/outfile.h"
#include "cli/question.h"
#include "cli/show.h"

/* One making of a kit. */
struct kit {
	const struct args *a;
	const char *dir;
	struct kit_list list;
	struct kit_result result;
	json_t *office; /* the answer for the office text below */
	const char *office_text;
	char sheet[SHEET_MAX];
	int code; /* of a question that ends the whole */
};

/* The files of one terminal, begun before its certificate is asked for. */
struct files {
	char p12_path[PATH_MAX], sheet_path[PATH_MAX];
	struct outfile p12, sheet;
	bool has_p12; /* it is there and must go when the sheet fails */
};

static int
read_file(const char *path, char **bytes, size_t *n)
{
	FILE *f = fopen(path, "re");
	char *at;

	if (f == NULL) {
		show_error("%s: %s", path, strerror(errno));
		return (ERR_SYS);
	}
	/* a byte more than is allowed, so that it is seen */
	if ((at = malloc(CSV_FILE_MAX + 1)) == NULL) {
		show_error("out of memory");
		fclose(f);
		return (ERR_NOMEM);
	}
	*n = fread(at, 1, CSV_FILE_MAX + 1, f);
	if (ferror(f)) {
		show_error("%s: %s", path, strerror(errno));
		fclose(f);
		free(at);
		return (ERR_SYS);
	}
	fclose(f);
	*bytes = at;
	return (0);
}

static int
open_list(struct kit *k, const char *path)
{
	struct csv_fault fault;
	char *bytes;
	size_t n;
	int r;

	if ((r = read_file(path, &bytes, &n)) != 0)
		return (r);
	r = kit_list_open(&k->list, bytes, n, args_has(k->a, "compatible"),
	    &fault);
	free(bytes);
	if (r == ERR_NOMEM)
		show_error("out of memory");
	else if (r != 0 && fault.row > 0)
		show_error("%s: row %zu: %s", path, fault.row, fault.why);
	else if (r != 0)
		show_error("%s: %s", path, fault.why);
	return (r);
}

/* A new or empty directory: what is in another could be from another kit. */
static int
make_dir(const char *path)
{
	const struct dirent *e;
	DIR *d;

	if (mkdir(path, 0700) == 0)
		return (0);
	if (errno != EEXIST || (d = opendir(path)) == NULL) {
		show_error("%s: %s", path, strerror(errno));
		return (ERR_SYS);
	}
	while ((e = readdir(d)) != NULL &&
	    (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
		;
	closedir(d);
	if (e == NULL)
		return (0);
	show_error("%s is not empty: give a new directory", path);
	return (ERR_EXISTS);
}

static void
fail(struct kit_outcome *o, const char *code, const char *detail)
{
	snprintf(o->code, sizeof(o->code), "%s", code);
	snprintf(o->detail, sizeof(o->detail), "%s", detail);
}

/*
 * Ask; *answer or the reason. What the next line would meet as well ends the
 * kit.
 */
static bool
ask(struct kit *k, const char *path, json_t *question, json_t **answer,
    struct kit_outcome *o)
{
	struct question_reply reply;

	if (question == NULL) {
		fail(o, "no_memory", "Out of memory.");
		k->code = QUESTION_UNAVAILABLE;
		return (false);
	}
	question_try(question_socket(k->a), path, question, &reply);
	if (reply.exit == QUESTION_DONE)
		*answer = json_incref(reply.answer);
	else
		fail(o, reply.code[0] == '\0' ? "refused" : reply.code,
		    reply.detail);
	if (reply.exit == QUESTION_NOT_PERMITTED ||
	    reply.exit == QUESTION_UNAVAILABLE)
		k->code = (int)reply.exit;
	question_reply_clear(&reply);
	return (reply.exit == QUESTION_DONE);
}

/* A question with one member; out of memory is no question. */
static json_t *
one(const char *member, const char *text)
{
	json_t *q = json_object();

	if (json_put_text(q, member, text) == 0)
		return (q);
	json_decref(q);
	return (NULL);
}

/* The office of a line; lists mostly name the same one again and again. */
static bool
find_office(
    struct kit *k, const struct kit_line *line, struct kit_outcome *o)
{
	if (k->office != NULL && strcmp(k->office_text, line->office) == 0)
		return (true);
	json_decref(k->office);
	k->office = NULL;
	k->office_text = line->office;
	return (ask(k, "/v1/office/show", one("code", line->office),
	    &k->office, o));
}

static bool
find_account(struct kit *k, const struct kit_line *line, json_t **account,
    struct kit_outcome *o)
{
	if (!ask(k, "/v1/account/show", one("login", line->login), account, o))
		return (false);
	if (strcmp(json_of_text(*account, "office"),
		json_of_text(k->office, "code")) == 0)
		return (true);
	fail(o, "wrong_office", "The account is of another office.");
	return (false);
}

/*
 * Names that survive every memory stick and mail program: the row as the
 * spreadsheet counts and the folded login.
 */
static bool
open_files(struct kit *k, struct files *f, const struct kit_line *line,
    const json_t *account, struct kit_outcome *o)
{
	const char *login = json_of_text(account, "login");
	int n, m;

	n = snprintf(o->file, sizeof(o->file), "%03zu-%s.p12", line->row, login);
	m = snprintf(
	    o->sheet, sizeof(o->sheet), "%03zu-%s.html", line->row, login);
	if (n > 0 && (size_t)n < sizeof(o->file) && m > 0 &&
	    (size_t)m < sizeof(o->sheet) &&
	    strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") ==
		strlen(login)) {
		n = snprintf(f->p12_path, sizeof(f->p12_path), "%s/%s", k->dir,
		    o->file);
		m = snprintf(f->sheet_path, sizeof(f->sheet_path), "%s/%s",
		    k->dir, o->sheet);
		if (n > 0 && (size_t)n < sizeof(f->p12_path) && m > 0 &&
		    (size_t)m < sizeof(f->sheet_path) &&
		    outfile_open(&f->p12, f->p12_path, false) == 0 &&
		    outfile_open(&f->sheet, f->sheet_path, false) == 0)
			return (true);
	}
	fail(o, "not_written", "Its files cannot be made.");
	return (false);
}

static json_t *
issue_question(const struct kit_line *line, const json_t *account)
{
	json_t *q = json_object();

	if (json_put_text(q, "login", json_of_text(account, "login")) == 0 &&
	    json_put_text(q, "label", line->label) == 0 &&
	    (!line->is_compatible ||
		json_put_int(q, "compatible", 1) == 0))
		return (q);
	json_decref(q);
	return (NULL);
}

/* The terminal's id as devices show it, the certificate's common name. */
static void
cert_name(const char *terminal, char *out, size_t size)
{
	size_t n = 0;

	for (; *terminal != '\0' && n + 1 < size; terminal++) {
		if (*terminal != '-')
			out[n++] = *terminal;
	}
	out[n] = '\0';
}

static int
put_files(struct kit *k, struct files *f, const struct kit_line *line,
    const json_t *account, const struct issued *i, const struct kit_outcome *o)
{
	char name[40];
	const struct sheet s = { .office = json_of_text(k->office, "code"),
		.office_name = json_of_text(k->office, "name"),
		.contact = json_of_text(k->office, "contact"),
		.login = json_of_text(account, "login"),
		.person = json_of_text(account, "name"),
		.label = line->label,
		.terminal = name,
		.serial = i->serial,
		.file = o->file,
		.passphrase = i->passphrase,
		.not_after_ms = i->not_after_ms,
		.is_compatible = line->is_compatible };
	size_t len;
	int r;

	cert_name(i->terminal, name, sizeof(name));
	if ((r = sheet_put(&s, k->sheet, sizeof(k->sheet), &len)) != 0)
		return (r);
	if ((r = outfile_put(&f->p12, i->pkcs12, i->len)) == 0) {
		f->has_p12 = true;
		r = outfile_put(&f->sheet, k->sheet, len);
	}
	mem_wipe(k->sheet, len);
	return (r);
}

/* The certificate of one line with its two files, or neither. */
static void
make_one(struct kit *k, const struct kit_line *line, struct kit_outcome *o)
{
	json_t *account = NULL, *answer = NULL;
	struct issued i = { 0 };
	struct files f = { 0 };

	f.p12.fd = f.sheet.fd = -1;
	if (line->fault != NULL) {
		fail(o, line->fault->code, line->fault->detail);
		return;
	}
	if (!find_office(k, line, o) || !find_account(k, line, &account, o) ||
	    !open_files(k, &f, line, account, o) ||
	    !ask(k, "/v1/cert/issue", issue_question(line, account), &answer,
		o))
		goto out;
	if (issued_open(&i, answer) != 0 ||
	    put_files(k, &f, line, account, &i, o) != 0) {
		if (f.has_p12)
			unlink(f.p12_path);
		issued_undo(k->a, answer);
		fail(o, "not_written", "Its files could not be written.");
		goto out;
	}
	snprintf(o->terminal, sizeof(o->terminal), "%s", i.terminal);
	snprintf(o->serial, sizeof(o->serial), "%s", i.serial);
	show_time(o->until, sizeof(o->until), json_of_text(answer, "not_after"));
out:
	if (o->code[0] != '\0')
		o->file[0] = o->sheet[0] = '\0';
	outfile_close(&f.p12);
	outfile_close(&f.sheet);
	issued_close(&i);
	json_decref(answer);
	json_decref(account);
}

/* Ctrl-C waits for the end of a line, so that none is left half made. */
static void
hold_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static bool
is_interrupted(void)
{
	sigset_t set;

	return (sigpending(&set) == 0 &&
	    (sigismember(&set, SIGINT) == 1 ||
		sigismember(&set, SIGTERM) == 1 ||
		sigismember(&set, SIGHUP) == 1));
}

static void
tell_line(const struct kit_line *line, const struct kit_outcome *o)
{
	if (isatty(STDERR_FILENO))
		fputc('\r', stderr);
	show_error("row %zu: %s %s: %s (%s)", line->row, line->login,
	    line->label, o->detail, o->code);
}

static int
make_all(struct kit *k)
{
	bool has_terminal = isatty(STDERR_FILENO), is_stopped = false;
	struct kit_outcome o;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < k->list.n; i++) {
		memset(&o, 0, sizeof(o));
		if (!is_stopped && is_interrupted()) {
			is_stopped = true;
			show_error("interrupted: the rest is not tried");
		}
		if (is_stopped)
			fail(&o, "not_tried", "The kit ended before it.");
		else {
			make_one(k, &k->list.lines[i], &o);
			if (o.code[0] != '\0')
				tell_line(&k->list.lines[i], &o);
			is_stopped = k->code != QUESTION_DONE;
		}
		r = kit_result_put(&k->result, &k->list.lines[i], &o);
		if (has_terminal && !is_stopped)
			fprintf(stderr, "\r%zu of %zu", i + 1, k->list.n);
	}
	if (has_terminal)
		fputc('\n', stderr);
	return (r);
}

static int
tell_end(struct kit *k)
{
	json_t *o = NULL;

	if (k->a->is_json) {
		o = json_pack("{s:O, s:I, s:I}", "lines", k->result.list,
		    "made", (json_int_t)k->result.made, "failed",
		    (json_int_t)k->result.failed);
		if (o == NULL)
			show_error("out of memory");
		else
			show_json(o);
		json_decref(o);
	} else {
		printf("%zu made, %zu not; see ", k->result.made,
		    k->result.failed);
		show_safe(stdout, k->dir);
		puts("/" KIT_RESULT_NAME);
		puts("Each sheet (.html) holds the passphrase of its "
		     "certificate (.p12): print it,\nhand the two over "
		     "separately, and delete the directory.");
	}
	if (k->code != QUESTION_DONE)
		return (k->code);
	return (k->result.failed > 0 ? QUESTION_REFUSED : QUESTION_DONE);
}

int
cmd_kit_run(struct args *a)
{
	char path[PATH_MAX];
	int code = QUESTION_USAGE, n;
	sigset_t held;
	struct kit *k;

	if ((k = calloc(1, sizeof(*k))) == NULL) {
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	k->a = a;
	k->dir = args_get(a, "out");
	n = snprintf(path, sizeof(path), "%s/%s", k->dir, KIT_RESULT_NAME);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		show_error("the directory's name is too long");
		goto out;
	}
	if (open_list(k, a->at[0]) != 0 || make_dir(k->dir) != 0)
		goto out;
	hold_signals(&held);
	code = QUESTION_UNAVAILABLE;
	if (kit_result_open(&k->result, path) == 0 && make_all(k) == 0)
		code = tell_end(k);
	if (kit_result_close(&k->result) != 0)
		code = QUESTION_UNAVAILABLE;
	sigprocmask(SIG_UNBLOCK, &held, NULL);
out:
	kit_list_close(&k->list);
	json_decref(k->office);
	mem_wipe(k, sizeof(*k));
	free(k);
	return (code);
}
