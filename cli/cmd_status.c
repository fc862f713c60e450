#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/show.h"

static const struct show_field fields[] = { { "ready", "ready", SHOW_TEXT },
	{ "version", "version", SHOW_TEXT }, { "config", "config", SHOW_TEXT },
	{ "node", "node", SHOW_TEXT },
	{ "audit_seq", "audit records", SHOW_TEXT },
	{ "has_gap", "audit gap", SHOW_TEXT }, { "time", "time", SHOW_TIME },
	{ "high_water", "latest time", SHOW_TIME },
	{ "clock_ok", "clock ok", SHOW_TEXT },
	{ "key_memory", "key memory", SHOW_TEXT },
	{ "ca_not_after", "CA ends", SHOW_TIME },
	{ "certs_end_10", "certificates ending in 10 days", SHOW_TEXT },
	{ "certs_end_30", "in 30 days", SHOW_TEXT },
	{ "certs_end_60", "in 60 days", SHOW_TEXT },
	{ "certs_end_90", "in 90 days", SHOW_TEXT }, { NULL, NULL, SHOW_TEXT } };

int
cmd_status_run(struct args *a)
{
	struct question_reply reply;
	int code;

	question_try(question_socket(a), "/v1/status", NULL, &reply);
	question_report(a, &reply);
	code = (int)reply.exit;
	if (code == QUESTION_DONE) {
		if (a->is_json)
			show_json(reply.answer);
		else
			show_object(reply.answer, fields);
		if (!json_of_bool(reply.answer, "ready")) {
			show_error("the daemon is not ready%s",
			    json_of_bool(reply.answer, "has_gap")
				? ": audit records are missing; see "
				  "`sekisho audit verify`"
				: json_of_bool(reply.answer, "clock_ok")
				? ""
				: ": its clock was set back and codes are "
				  "refused; see `sekisho clock show`");
			code = QUESTION_UNAVAILABLE;
		}
	}
	question_reply_clear(&reply);
	return (code);
}
