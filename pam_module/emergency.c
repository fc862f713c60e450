#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>

#include "authd/api/glass.h"
#include "authd/base/clock.h"
#include "authd/base/mem.h"
#include "pam_module/emergency.h"

#define LOCK_WAIT_MS 500

static bool
open_file(pam_handle_t *pamh, const struct options *o, struct glass *g)
{
	int r = glass_open(g, o->breakglass, LOCK_WAIT_MS);

	if (r != 0 && r != ERR_NOTFOUND)
		pam_syslog(pamh, LOG_ERR, "%s: no break-glass codes in it: %s",
		    o->breakglass, err_text(r));
	return (r == 0);
}

static bool
use_code(pam_handle_t *pamh, struct glass *g, const struct emergency *who,
    const char *code)
{
	struct glass_use use = { .at = "" };
	int which, r;

	if ((r = glass_find(g, code, &which)) != 0) {
		pam_syslog(pamh, LOG_ERR, "cannot hash a break-glass code: %s",
		    err_text(r));
		return (false);
	}
	if (which == -1) {
		pam_syslog(pamh, LOG_ALERT,
		    "BREAK-GLASS: a code for host %s that is wrong or used "
		    "was refused (user %s, service %s, from %s)",
		    g->host, who->user, who->service, who->rhost);
		return (false);
	}
	timetext_put(clock_wall_ms(), use.at);
	glass_word(who->service, use.service);
	glass_word(who->rhost, use.rhost);
	glass_word(who->user, use.user);
	if ((r = glass_mark(g, which, GLASS_USED, &use)) != 0) {
		pam_syslog(pamh, LOG_ALERT,
		    "BREAK-GLASS: code %d could not be marked as used, so "
		    "nobody was let in",
		    which + 1);
		return (false);
	}
	pam_syslog(pamh, LOG_ALERT,
	    "BREAK-GLASS: code %d of host %s opened a login (user %s, service "
	    "%s, from %s) because the daemon cannot be reached",
	    which + 1, g->host, who->user, who->service, who->rhost);
	return (true);
}

bool
emergency_open(pam_handle_t *pamh, const struct options *o,
    const struct enquiry *e, const struct emergency *who, const char *answer)
{
	char code[GLASS_LEN + 1];
	struct glass g;
	bool is_in = false;

	if (geteuid() != 0 || !e->is_silent || glass_fold(answer, code) != 0)
		return (false);
	if (open_file(pamh, o, &g)) {
		is_in = use_code(pamh, &g, who, code);
		glass_close(&g);
	}
	mem_wipe(code, sizeof(code));
	return (is_in);
}

void
emergency_report(
    pam_handle_t *pamh, const struct options *o, struct enquiry *e)
{
	struct glass g;
	const struct glass_use *use;
	int i, r = 0;

	if (geteuid() != 0 || !open_file(pamh, o, &g))
		return;
	for (i = 0; i < g.n && r == 0; i++) {
		if (g.at[i].state != GLASS_USED)
			continue;
		use = &g.at[i].use;
		r = enquiry_report(e, g.host, i + 1, use->at, use->service,
		    use->rhost, use->user);
		if (r == 0)
			r = glass_mark(&g, i, GLASS_TOLD, NULL);
		if (r != 0)
			pam_syslog(pamh, LOG_WARNING,
			    "the use of break-glass code %d is not in the "
			    "audit log yet: %s",
			    i + 1, e->why);
	}
	glass_close(&g);
}
