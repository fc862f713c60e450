#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/proxycheck.h"
#include "cli/question.h"
#include "cli/show.h"

#define CERT_HEADER "Sekisho-Client-Cert"

struct report {
	bool is_json, is_broken; /* no memory for all of it */
	json_t *findings;
};

static void
tell(void *arg, const struct proxycheck_finding *f)
{
	struct report *r = arg;
	json_t *o;

	if (!r->is_json) {
		printf("%s:%d: ", f->file, f->line);
		if (f->server[0] != '\0')
			printf("server %s: ", f->server);
		if (f->location[0] != '\0')
			printf("location %s: ", f->location);
		printf("%s (%s)\n", f->detail, f->code);
		return;
	}
	o = json_object();
	if (json_array_append_new(r->findings, o) != 0 ||
	    json_put_text(o, "file", f->file) != 0 ||
	    json_put_int(o, "line", f->line) != 0 ||
	    json_put_text(o, "server", f->server) != 0 ||
	    json_put_text(o, "location", f->location) != 0 ||
	    json_put_text(o, "code", f->code) != 0 ||
	    json_put_text(o, "detail", f->detail) != 0)
		r->is_broken = true;
}

static int
show(struct report *r, const struct proxycheck_tally *t)
{
	json_t *o;

	if (!r->is_json) {
		printf("%d %s, %d %s behind Sekisho, %d wrong\n", t->servers,
		    t->servers == 1 ? "server" : "servers", t->locations,
		    t->locations == 1 ? "location" : "locations", t->findings);
		return (t->findings == 0 ? QUESTION_DONE : QUESTION_REFUSED);
	}
	o = json_object();
	if (r->is_broken || json_put_bool(o, "ok", t->findings == 0) != 0 ||
	    json_put_int(o, "servers", t->servers) != 0 ||
	    json_put_int(o, "locations", t->locations) != 0 ||
	    json_object_set(o, "findings", r->findings) != 0) {
		json_decref(o);
		show_error("out of memory");
		return (QUESTION_UNAVAILABLE);
	}
	show_json(o);
	json_decref(o);
	return (t->findings == 0 ? QUESTION_DONE : QUESTION_REFUSED);
}

int
cmd_proxy_check(struct args *a)
{
	const char *open[ARGS_GIVEN_MAX], *header = args_get(a, "cert-header");
	struct proxycheck_options options = { .open = open, .fn = tell };
	struct proxycheck_tally tally;
	struct nginxconf *conf;
	struct report r = { .is_json = a->is_json };
	char why[600];
	int i, code;

	for (i = 0; i < a->given_n; i++)
		if (strcmp(a->given[i].option->name, "open") == 0)
			open[options.open_n++] = a->given[i].value;
	options.cert_header = header != NULL ? header : CERT_HEADER;
	options.arg = &r;
	if (nginxconf_read(a->at[0], &conf, why, sizeof(why)) != 0) {
		show_error("%s", why);
		return (QUESTION_USAGE);
	}
	r.findings = json_array();
	proxycheck_run(conf, &options, &tally);
	code = show(&r, &tally);
	json_decref(r.findings);
	nginxconf_free(conf);
	return (code);
}
