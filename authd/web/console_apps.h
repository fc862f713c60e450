/*
 * console_apps.h: the console's protected systems: seen by everybody of an
 * office they are for, changed by operators, who are shown first whom the
 * change would lock out.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console-rest.sh
 */
#ifndef AUTHD_WEB_CONSOLE_APPS_H
#define AUTHD_WEB_CONSOLE_APPS_H

#include "authd/core/change.h"
#include "authd/web/console.h"

#define CONSOLE_APPS_MAX IMPACT_APPS_MAX

struct console_apps {
	struct console console;
	/* the rule as the form has it; borrows of what follows and the form */
	struct app_input in;
	char factors[64], networks[LIST_TEXT_MAX + 1], groups[LIST_TEXT_MAX + 1],
	    offices[LIST_TEXT_MAX + 1], paths[APP_PATHS_MAX + 1];
	bool has_rule;  /* such a form came */
	bool is_forced;
	struct app app; /* the one that is meant; zeroed: a new one */
	bool is_new;
	struct impact *impact;
	struct app *rows; /* of the list */
	int n;
};

/* GET /console/apps */
int console_apps_take(const struct exchange_in *in, struct act *act, void *call);
int console_apps_look(struct core *c, struct act *act, void *call);
void console_apps_give(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/apps/show: host */
int console_apps_look_at(struct core *c, struct act *act, void *call);
void console_apps_give_one(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/apps/set: host ("": a new one), and what was typed before */
int console_apps_edit(struct core *c, struct act *act, void *call);
void console_apps_give_form(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/apps/impact: the fields of the form */
int console_apps_weigh(struct core *c, struct act *act, void *call);
void console_apps_give_impact(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* GET /console/apps/remove: host */
int console_apps_weigh_removal(struct core *c, struct act *act, void *call);
void console_apps_give_removal(
    const struct act *act, void *call, int r, struct exchange_out *out);

/* POST /console/apps/set, /console/apps/remove: the same, reason, force */
int console_apps_change(struct core *c, struct act *act, void *call);
int console_apps_remove(struct core *c, struct act *act, void *call);
void console_apps_give_done(
    const struct act *act, void *call, int r, struct exchange_out *out);

#endif /* AUTHD_WEB_CONSOLE_APPS_H */
