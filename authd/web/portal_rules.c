#include "authd/core/password_policy.h"
#include "authd/web/portal_rules.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

void
portal_rules_of(const struct core *c, struct portal_rules *out)
{
	out->is_composed = c->policy->password_composed != 0;
	out->reuse_days = (int)(c->policy->password_reuse_ms / DAY_MS);
}

void
portal_rules_put(struct page *page, const struct portal_rules *rules)
{
	struct password_rules general, privileged;

	password_policy_rules(false, rules->is_composed, &general);
	password_policy_rules(true, rules->is_composed, &privileged);
	page_put_int(page, PAGE_VAR_LENGTH, general.length_min);
	page_put_int(page, PAGE_VAR_LENGTH_MORE, privileged.length_min);
	page_put_flag(page, PAGE_VAR_COMPOSED, rules->is_composed);
	if (rules->reuse_days > 0)
		page_put_int(page, PAGE_VAR_REUSE_DAYS, rules->reuse_days);
}

void
portal_rules_put_reasons(struct page *page, const struct flash *f)
{
	const enum password_language language =
	    page_language(page) == CATALOG_EN ? PASSWORD_EN : PASSWORD_JA;
	char message[PASSWORD_MESSAGE_MAX];
	struct password_rules rules;
	int i;

	if (f->kind != FLASH_PASSWORD_UNMET)
		return;
	password_policy_rules(
	    (f->number & FLASH_PRIVILEGED) != 0, true, &rules);
	for (i = 0; i < PASSWORD_REASONS; i++) {
		if ((f->number & (1 << i)) == 0)
			continue;
		password_policy_message(
		    (uint32_t)1 << i, &rules, language, message);
		page_row(page, PAGE_VAR_REASONS);
		page_put(page, PAGE_VAR_REASON, message);
		page_row_end(page);
	}
}
