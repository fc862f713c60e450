#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "authd/render/slip.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/outfile.h"
#include "cli/question.h"
#include "cli/show.h"

static const struct show_field one[] = { { "ticket", "ticket", SHOW_TEXT },
	{ "login", "login", SHOW_TEXT }, { "office", "office", SHOW_TEXT },
	{ "for", "for", SHOW_TEXT }, { "label", "label", SHOW_TEXT },
	{ "state", "state", SHOW_TEXT }, { "serial", "serial", SHOW_TEXT },
	{ "expires_at", "good until", SHOW_TIME },
	{ "ended_at", "ended", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static const struct show_field many[] = { { "ticket", "TICKET", SHOW_TEXT },
	{ "login", "LOGIN", SHOW_TEXT }, { "office", "OFFICE", SHOW_TEXT },
	{ "for", "FOR", SHOW_TEXT }, { "state", "STATE", SHOW_TEXT },
	{ "created_at", "MADE", SHOW_TIME },
	{ "expires_at", "GOOD UNTIL", SHOW_TIME }, { NULL, NULL, SHOW_TEXT } };

static enum slip_purpose
purpose_of(const char *word)
{
	static const char *const words[] = { [SLIP_FIRST] = "first",
		[SLIP_PHONE] = "phone",
		[SLIP_PASSWORD] = "password",
		[SLIP_CERTIFICATE] = "certificate" };
	int i;

	for (i = SLIP_FIRST; i <= SLIP_CERTIFICATE; i++)
		if (strcmp(words[i], word) == 0)
			return ((enum slip_purpose)i);
	return ((enum slip_purpose)0);
}

static int
put_slip(struct outfile *f, const json_t *answer, bool is_a5)
{
	const struct slip s = {
		.purpose = purpose_of(json_of_text(answer, "for")),
		.is_a5 = is_a5,
		.link = json_of_text(answer, "link"),
		.office_name = json_of_text(answer, "office_name"),
		.contact = json_of_text(answer, "contact"),
		.person = json_of_text(answer, "name"),
		.label = json_of_text(answer, "label"),
		.expires_ms =
		    show_seconds(json_of_text(answer, "expires_at")) * 1000,
	};
	char *text;
	size_t n = 0;
	int r;

	if ((text = malloc(SLIP_MAX)) == NULL) {
		show_error("out of memory");
		return (ERR_NOMEM);
	}
	if ((r = slip_put(&s, text, SLIP_MAX, &n)) != 0)
		show_error("the slip cannot be drawn: %s", err_text(r));
	else
		r = outfile_put(f, text, n);
	mem_wipe(text, SLIP_MAX);
	free(text);
	return (r);
}

/* Nobody got it: nobody shall find it. */
static void
undo(const struct args *a, const json_t *answer)
{
	json_t *question = json_object(), *gone = NULL;

	if (json_put_text(question, "ticket",
		json_of_text(answer, "ticket")) != 0) {
		json_decref(question);
		return;
	}
	if (question_daemon(a, "/v1/ticket/void", question, &gone) ==
	    QUESTION_DONE)
		show_error("the slip was not written: its ticket is void");
	json_decref(gone);
}

static void
tell(const struct args *a, const json_t *answer, const char *path)
{
	const char *phrase = json_of_text(answer, "passphrase");

	if (a->is_json) {
		show_json(answer);
		return;
	}
	show_object(answer, one);
	if (path != NULL)
		show_pair("slip", path);
	else
		show_pair("link", json_of_text(answer, "link"));
	if (phrase[0] != '\0') {
		show_pair("passphrase", phrase);
		puts("\nThe passphrase opens the file while it is imported, "
		     "and is not shown again.\nTell it apart from the slip.");
	}
}

/* Is it a size of paper that there is? */
static bool
take_paper(const struct args *a, bool *is_a5)
{
	const char *paper = args_get(a, "paper");

	*is_a5 = paper != NULL && strcasecmp(paper, "A5") == 0;
	if (paper == NULL || *is_a5 || strcasecmp(paper, "A4") == 0)
		return (true);
	show_error("--paper is A4 or A5");
	return (false);
}

int
cmd_ticket_create(struct args *a)
{
	struct outfile f = { .fd = -1 };
	const char *path = args_get(a, "out");
	json_t *answer = NULL;
	int code = QUESTION_USAGE;
	bool is_a5;

	if (!take_paper(a, &is_a5))
		return (code);
	if (path != NULL && outfile_open(&f, path, args_has(a, "force")) != 0)
		goto out;
	if ((code = question_verb(a, &answer)) != QUESTION_DONE)
		goto out;
	if (path != NULL && put_slip(&f, answer, is_a5) != 0) {
		undo(a, answer);
		code = QUESTION_UNAVAILABLE;
		goto out;
	}
	tell(a, answer, path);
out:
	outfile_close(&f);
	json_decref(answer);
	return (code);
}

int
cmd_ticket_list(struct args *a)
{
	json_t *all;
	int code = question_pages(a, "tickets", &all);

	if (code != QUESTION_DONE)
		return (code);
	if (a->is_json)
		show_list(all, "tickets");
	else
		show_table(all, many);
	json_decref(all);
	return (QUESTION_DONE);
}

int
cmd_ticket_void(struct args *a)
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
