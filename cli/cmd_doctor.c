#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/api/version.h"
#include "authd/base/clock.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/doctor.h"
#include "cli/show.h"
#include "cli/sibling.h"

#define COST_GOOD   7 /* of a password's hash */
#define CLOCK_SLACK 5 /* seconds, as the daemon's own rule */

static void
check_ready(struct doctor *d, const json_t *status)
{
	if (json_of_bool(status, "has_gap"))
		doctor_add(d, "ready", DOCTOR_FAIL,
		    "see `sekisho audit verify`; when the loss is understood, "
		    "`sekisho audit accept-gap --reason TEXT`",
		    "audit records are missing: every login is refused");
	else if (!json_of_bool(status, "clock_ok"))
		doctor_add(d, "ready", DOCTOR_FAIL, "see clock",
		    "the clock was set back: every code is refused");
	else if (!json_of_bool(status, "ready"))
		doctor_add(d, "ready", DOCTOR_FAIL, "read the daemon's log",
		    "the daemon runs but is not ready");
	else
		doctor_add(d, "ready", DOCTOR_OK, "", "the daemon is ready");
}

static void
check_version(struct doctor *d, const json_t *status)
{
	const char *version = json_of_text(status, "version");

	if (strcmp(version, VERSION_TEXT) == 0)
		doctor_add(d, "version", DOCTOR_OK, "", "%s", version);
	else
		doctor_add(d, "version", DOCTOR_WARN,
		    "restart the daemon after an update",
		    "the daemon is %s, this program %s", version, VERSION_TEXT);
}

static void
check_clock(struct doctor *d, const json_t *status)
{
	int64_t now = clock_wall_ms() / 1000;
	int64_t time = show_seconds(json_of_text(status, "time"));
	int64_t high = show_seconds(json_of_text(status, "high_water"));

	if (time < 0)
		doctor_add(
		    d, "clock", DOCTOR_FAIL, "", "the daemon tells no time");
	else if (high > time + CLOCK_SLACK)
		doctor_add(d, "clock", DOCTOR_FAIL,
		    "set the clock, best with chrony or systemd-timesyncd; if "
		    "it is right now and was wrong before, `sekisho clock "
		    "confirm`",
		    "the clock was %lld s further before",
		    (long long)(high - time));
	else if (time > now + CLOCK_SLACK || time < now - CLOCK_SLACK)
		doctor_add(d, "clock", DOCTOR_WARN,
		    "is the daemon in a container or on a test clock?",
		    "the daemon's clock is %lld s off ours",
		    (long long)(time - now));
	else
		doctor_add(d, "clock", DOCTOR_OK, "", "no step back was seen");
}

static void
check_memory(struct doctor *d, const json_t *status)
{
	if (strcmp(json_of_text(status, "key_memory"), "secret") == 0)
		doctor_add(d, "key memory", DOCTOR_OK, "",
		    "hidden from the kernel's own view");
	else if (strcmp(json_of_text(status, "key_memory"), "locked") == 0)
		doctor_add(d, "key memory", DOCTOR_WARN,
		    "start the kernel with secretmem.enable=1 where that is "
		    "possible",
		    "locked into memory, but not hidden");
	else
		doctor_add(d, "key memory", DOCTOR_FAIL, "",
		    "the daemon does not say how keys are kept");
}

/* Who may list offices administrates. */
static void
check_rights(struct doctor *d, const char *socket)
{
	struct question_reply reply;
	json_t *question = json_object();

	if (json_put_int(question, "limit", 1) != 0) {
		json_decref(question);
		doctor_lose(d);
		return;
	}
	question_try(socket, "/v1/office/list", question, &reply);
	if (reply.exit == QUESTION_DONE)
		doctor_add(d, "rights", DOCTOR_OK, "", "you may administrate");
	else if (reply.exit == QUESTION_NOT_PERMITTED)
		doctor_add(d, "rights", DOCTOR_WARN,
		    "administrate as root or as the user who started the "
		    "daemon",
		    "you may only verify codes");
	else
		doctor_add(d, "rights", DOCTOR_FAIL, "", "%s (%s)",
		    reply.detail, reply.code);
	question_reply_clear(&reply);
}

/* Warn when hashes of passwords are cheaper than they should be. */
static void
check_cost(struct doctor *d, const char *text)
{
	const char key[] = "\npassword_cost = ";
	const char *at = strstr(text, key);
	long cost;

	cost = at == NULL ? 0 : strtol(at + strlen(key), NULL, 10);
	if (at != NULL && cost < COST_GOOD)
		doctor_add(d, "passwords", DOCTOR_WARN,
		    "set password_cost to 7 or more and restart the daemon; "
		    "each password follows at its next login",
		    "password_cost is %ld: stolen hashes are guessed faster",
		    cost);
	else if (at != NULL)
		doctor_add(d, "passwords", DOCTOR_OK, "",
		    "password_cost is %ld", cost);
}

/* Warn when there are applications and no page to log in on. */
static void
check_portal(struct doctor *d, const char *socket, const char *text)
{
	struct question_reply reply;
	json_t *question;

	if (strstr(text, "\nportal_url = ''\n") == NULL)
		return;
	question = json_object();
	if (json_put_int(question, "limit", 1) != 0) {
		json_decref(question);
		doctor_lose(d);
		return;
	}
	question_try(socket, "/v1/app/list", question, &reply);
	if (reply.exit == QUESTION_DONE &&
	    json_array_size(json_object_get(reply.answer, "apps")) > 0)
		doctor_add(d, "portal", DOCTOR_WARN,
		    "set portal_url to the address of the login pages and "
		    "restart the daemon",
		    "portal_url is not set: nobody can log in to an "
		    "application");
	else if (reply.exit != QUESTION_DONE &&
	    reply.exit != QUESTION_NOT_PERMITTED) /* that is told elsewhere */
		doctor_add(d, "portal", DOCTOR_FAIL, "", "%s (%s)",
		    reply.detail, reply.code);
	question_reply_clear(&reply);
}

/* What the configuration says is looked at as it is in force. */
static void
check_settings(struct doctor *d, const char *socket, const char *config)
{
	const char *argv[] = { NULL, "--show", "-c", config, NULL };
	char *text = NULL;
	int code;

	if (access(config, R_OK) != 0)
		return; /* the rights are told elsewhere */
	if (sibling_read(argv, &code, &text) == 0 && code == 0) {
		check_cost(d, text);
		check_portal(d, socket, text);
	} else
		doctor_add(d, "settings", DOCTOR_FAIL,
		    "see `sekisho config check`",
		    "cannot read the settings in %s", config);
	free(text);
}

/* Everything that only a running daemon can tell; gives the exit code. */
static int
ask_all(struct doctor *d, const char *socket)
{
	struct question_reply reply;
	int code;

	question_try(socket, "/v1/status", NULL, &reply);
	code = (int)reply.exit;
	if (code != QUESTION_DONE) {
		doctor_add(d, "answer", DOCTOR_FAIL,
		    code == QUESTION_NOT_PERMITTED
			? "run it as root or as the user who started the daemon, "
			  "or join the group of `verify_group'"
			: "",
		    "%s (%s)", reply.detail, reply.code);
		goto out;
	}
	doctor_add(d, "answer", DOCTOR_OK, "", "the daemon answers");
	check_ready(d, reply.answer);
	check_version(d, reply.answer);
	check_rights(d, socket);
	check_clock(d, reply.answer);
	check_memory(d, reply.answer);
	if (json_of_text(reply.answer, "config")[0] == '/') {
		doctor_files(d, json_of_text(reply.answer, "config"));
		check_settings(d, socket, json_of_text(reply.answer, "config"));
	}
	if (!json_of_bool(reply.answer, "ready"))
		code = QUESTION_UNAVAILABLE;
out:
	question_reply_clear(&reply);
	return (code);
}

int
cmd_doctor_run(struct args *a)
{
	const char *socket = question_socket(a);
	struct doctor d;

	doctor_new(&d);
	doctor_machine(&d);
	doctor_socket(&d, socket);
	return (doctor_end(&d, ask_all(&d, socket), a->is_json));
}
