/*
 * portal_rules.h: the rules for passwords on a page, and those not met.
 * Room: web.  Process: front.  Threads: any.
 * Proved by tests/e2e/80-browser.sh
 */
#ifndef AUTHD_WEB_PORTAL_RULES_H
#define AUTHD_WEB_PORTAL_RULES_H

#include "authd/core/engine.h"
#include "authd/render/page.h"
#include "authd/web/flash.h"

struct portal_rules {
	bool is_composed; /* upper, lower, digit and symbol are asked */
	int reuse_days;   /* 0: an earlier one may be used again */
};

/** portal_rules_of(c, out): as they are now. */
void portal_rules_of(const struct core *c, struct portal_rules *out);

/** portal_rules_put(page, rules): for new_password.html. */
void portal_rules_put(struct page *page, const struct portal_rules *rules);

/** portal_rules_put_reasons(page, f): one sentence for each rule that ${f} of
 * FLASH_PASSWORD_UNMET names, for rules.html. */
void portal_rules_put_reasons(struct page *page, const struct flash *f);

#endif /* AUTHD_WEB_PORTAL_RULES_H */
