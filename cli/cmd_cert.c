#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/base/base64.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/issued.h"
#include "cli/outfile.h"
#include "cli/question.h"
#include "cli/show.h"

#define CSR_MAX 16384 /* bytes of a request's file */

static const struct show_field one[] = { { "serial", "serial", SHOW_TEXT },
	{ "state", "state", SHOW_TEXT }, { "terminal", "terminal", SHOW_TEXT },
	{ "label", "label", SHOW_TEXT }, { "host", "host", SHOW_TEXT },
	{ "office", "office", SHOW_TEXT },
	{ "not_before", "valid from", SHOW_TIME },
	{ "not_after", "valid until", SHOW_TIME },
	{ "issued_at", "issued", SHOW_TIME },
	{ "revoked_at", "revoked", SHOW_TIME },
	{ "reason", "reason", SHOW_TEXT },
	{ "first_seen", "first seen", SHOW_TIME },
	{ "last_seen", "last seen", SHOW_TIME },
	{ "last_source", "from", SHOW_TEXT },
	{ "fingerprint_sha256", "SHA-256", SHOW_TEXT },
	{ NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "serial", "SERIAL", SHOW_TEXT },
	{ "state", "STATE", SHOW_TEXT }, { "label", "LABEL", SHOW_TEXT },
	{ "host", "HOST", SHOW_TEXT }, { "office", "OFFICE", SHOW_TEXT },
	{ "not_after", "VALID UNTIL", SHOW_TIME },
	{ "last_seen", "LAST SEEN", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

/* What was issued, without the key: that is in the file. */
static void
tell_issued(const struct args *a, json_t *answer, const char *path)
{
	const char *phrase = json_of_text(answer, "passphrase");

	if (a->is_json) {
		(void)json_object_del(answer, "pkcs12");
		show_json(answer);
		return;
	}
	show_object(answer, one);
	show_pair("file", path);
	if (phrase[0] == '\0')
		return;
	show_pair("passphrase", phrase);
	puts("\nThe passphrase opens the file while it is imported, and is not "
	     "shown again.\nHand the two over separately.");
}

/* A terminal is named by login and label, a host by its name alone. */
static int
check_holder(const struct args *a, bool has_login)
{
	if (args_has(a, "host") == has_login ||
	    args_has(a, "host") == args_has(a, "label")) {
		show_error("give login and --label, or --host alone");
		return (QUESTION_USAGE);
	}
	return (QUESTION_DONE);
}

/* The text of a small file; NULL when it cannot be read (told). */
static char *
read_text(const char *path)
{
	char *text = NULL;
	FILE *f;
	size_t n;

	if ((f = fopen(path, "re")) == NULL) {
		show_error("%s: %s", path, strerror(errno));
		return (NULL);
	}
	if ((text = malloc(CSR_MAX + 1)) == NULL)
		show_error("out of memory");
	else {
		n = fread(text, 1, CSR_MAX + 1, f);
		if (ferror(f) || n > CSR_MAX) {
			show_error("%s: %s", path,
			    ferror(f) ? "cannot be read" : "is too large");
			free(text);
			text = NULL;
		} else
			text[n] = '\0';
	}
	fclose(f);
	return (text);
}

/*
 * The question, with what the table cannot say: the kind of file, and of a
 * request (path NULL: none) what is in it, not where it is.
 */
static json_t *
make_question(const struct args *a, const char *csr_path)
{
	json_t *question = question_new(a);
	char *csr = NULL;
	int r = question == NULL ? ERR_INVALID : 0;

	if (r == 0 && args_has(a, "compatible"))
		r = json_put_int(question, "compatible", 1);
	if (r == 0 && csr_path != NULL) {
		(void)json_object_del(question, "file");
		if ((csr = read_text(csr_path)) == NULL)
			r = ERR_INVALID;
		else if ((r = json_put_text(question, "csr", csr)) != 0)
			show_error("%s: not a request in PEM", csr_path);
	}
	free(csr);
	if (r == 0)
		return (question);
	json_decref(question);
	return (NULL);
}

/* Write the key with its certificate, or that alone when it was signed. */
static int
put_answer(struct outfile *f, const json_t *answer, bool is_signed)
{
	const char *pem = json_of_text(answer, "certificate");
	struct issued i = { 0 };
	int r;

	if (is_signed && pem[0] == '\0') {
		show_error("the daemon's answer holds no certificate");
		return (ERR_PROTO);
	}
	if (is_signed)
		return (outfile_put(f, pem, strlen(pem)));
	if ((r = issued_open(&i, answer)) == 0)
		r = outfile_put(f, i.pkcs12, i.len);
	issued_close(&i);
	return (r);
}

/* ${csr} is the path of a request, NULL: the key is made for us. */
static int
get_cert(const struct args *a, const char *csr)
{
	struct outfile f = { .fd = -1 };
	json_t *answer = NULL;
	char path[80];
	int code = QUESTION_USAGE;

	if (outfile_open(&f, args_get(a, "out"), args_has(a, "force")) != 0)
		goto out;
	snprintf(path, sizeof(path), "/v1/cert/%s", a->verb->name);
	code = question_daemon(a, path, make_question(a, csr), &answer);
	if (code != QUESTION_DONE)
		goto out;
	if (put_answer(&f, answer, csr != NULL) != 0) {
		issued_undo(a, answer);
		code = QUESTION_UNAVAILABLE;
		goto out;
	}
	tell_issued(a, answer, f.path);
out:
	outfile_close(&f);
	json_decref(answer);
	return (code);
}

int
cmd_cert_issue(struct args *a)
{
	int code = check_holder(a, a->n > 0);

	return (code == QUESTION_DONE ? get_cert(a, NULL) : code);
}

int
cmd_cert_sign(struct args *a)
{
	int code = check_holder(a, args_has(a, "login"));

	return (code == QUESTION_DONE ? get_cert(a, a->at[0]) : code);
}

int
cmd_cert_renew(struct args *a)
{
	if (args_has(a, "csr") && args_has(a, "compatible")) {
		show_error("--compatible is of a file with a key: no --csr");
		return (QUESTION_USAGE);
	}
	return (get_cert(a, args_get(a, "csr")));
}

int
cmd_cert_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "certificates", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "certificates");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

int
cmd_cert_show(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		show_object(answer, one);
	json_decref(answer);
	return (QUESTION_DONE);
}

int
cmd_cert_ca(struct args *a)
{
	json_t *answer;
	int code = question_verb(a, &answer);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else
		fputs(json_of_text(answer, "chain"), stdout);
	json_decref(answer);
	return (QUESTION_DONE);
}

/* The base64 of a PEM text without its line ends, to be freed (RFC 7468). */
static char *
pem_inside(const char *pem)
{
	char *out = calloc(1, strlen(pem) + 1), *to = out;
	size_t n;

	for (; out != NULL && *pem != '\0'; pem += n) {
		n = strcspn(pem, "\n");
		if (*pem != '-') {
			memcpy(to, pem, n);
			to += n;
		}
		n += pem[n] == '\n';
	}
	return (out);
}

static int
print_der(const char *pem)
{
	char *text = pem_inside(pem);
	int code = QUESTION_UNAVAILABLE;
	uint8_t *der = NULL;
	size_t n, len;

	if (text == NULL || (der = malloc(strlen(text) + 1)) == NULL)
		show_error("out of memory");
	else {
		n = strlen(text);
		if (base64_get(text, n, der, n, &len) != 0 || len == 0)
			show_error("the daemon's answer holds no list");
		else if (fwrite(der, 1, len, stdout) == len)
			code = QUESTION_DONE;
	}
	free(der);
	free(text);
	return (code);
}

int
cmd_cert_crl(struct args *a)
{
	bool is_der = args_has(a, "der") && !a->is_json;
	json_t *answer;
	int code;

	/* Bytes there are of no use, and some move the cursor. */
	if (is_der && isatty(STDOUT_FILENO)) {
		show_error("--der writes bytes: send them to a file");
		return (QUESTION_USAGE);
	}
	code = question_verb(a, &answer);
	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_json(answer);
	else if (is_der)
		code = print_der(json_of_text(answer, "crl"));
	else
		fputs(json_of_text(answer, "crl"), stdout);
	json_decref(answer);
	return (code);
}
