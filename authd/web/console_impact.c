#include <string.h>

#include "authd/web/console_impact.h"
#include "authd/web/console_words.h"

/* Is it refused, unless forced? */
static void
put_refusal(struct page *page, const struct impact *i)
{
	const char *refusal = impact_refusal(i);

	page_put_flag(page, PAGE_VAR_REFUSED_SELF,
	    refusal != NULL && strcmp(refusal, "locks_out_self") == 0);
	page_put_flag(page, PAGE_VAR_REFUSED_ALL,
	    refusal != NULL && strcmp(refusal, "locks_out_self") != 0);
	page_put_flag(page, PAGE_VAR_MUST_FORCE, refusal != NULL);
}

void
console_impact_put(struct page *page, const struct impact *i, bool is_everywhere)
{
	const struct impact_person *p;
	int k;

	page_put_int(page, PAGE_VAR_LOST, i->lost);
	page_put_flag(page, PAGE_VAR_ANY_LOST, i->lost > 0);
	page_put_int(page, PAGE_VAR_BEFORE, i->before);
	page_put_int(page, PAGE_VAR_AFTER, i->after);
	page_put_int(page, PAGE_VAR_GAINED, i->gained);
	if (i->unplaced > 0)
		page_put_int(page, PAGE_VAR_UNPLACED, i->unplaced);
	page_put_int(page, PAGE_VAR_LOOKED_AT, i->accounts);
	page_put_flag(page, PAGE_VAR_PARTIAL, i->is_partial);
	if (i->lost > i->people_n)
		page_put_int(page, PAGE_VAR_OTHERS, i->lost - i->people_n);
	for (k = 0; k < WAY_IN; k++) {
		if (i->by[k] == 0)
			continue;
		page_row(page, PAGE_VAR_REASONS);
		console_words_put_way(page, PAGE_VAR_WHY, (enum way)k);
		page_put_int(page, PAGE_VAR_PEOPLE_N, i->by[k]);
		page_row_end(page);
	}
	for (k = 0; k < i->people_n; k++) {
		p = &i->people[k];
		page_row(page, PAGE_VAR_PEOPLE);
		page_put(page, PAGE_VAR_NAME, p->name);
		page_put(page, PAGE_VAR_LOGIN, p->login);
		if (is_everywhere)
			page_put(page, PAGE_VAR_ROW_OFFICE, p->office);
		console_words_put_way(page, PAGE_VAR_WHY, p->why);
		page_row_end(page);
	}
	put_refusal(page, i);
}

void
console_impact_put_account(struct page *page, const struct impact *i)
{
	int k;

	for (k = 0; k < i->people_n; k++) {
		page_row(page, PAGE_VAR_ROWS);
		page_put(page, PAGE_VAR_APP, i->people[k].app);
		console_words_put_way(page, PAGE_VAR_WHY, i->people[k].why);
		page_row_end(page);
	}
	if (i->lost > i->people_n)
		page_put_int(page, PAGE_VAR_OTHERS, i->lost - i->people_n);
	put_refusal(page, i);
}
