#include <stdio.h>
#include <string.h>

#include "authd/base/buf.h"
#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "authd/render/fill.h"
#include "authd/render/sheet.h"

/* sheet_html[]: authd/render/sheet.html as one text */
#include <sheet_html.h>

/* 2027-11-26 as people write it here and elsewhere. */
static void
put_dates(int64_t ms, char ja[40], char en[40])
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	char date[TIMETEXT_DATE_MAX];
	unsigned y = 1970, m = 1, d = 1;

	timetext_put_date(ms, date);
	(void)sscanf(date, "%u-%u-%u", &y, &m, &d);
	snprintf(ja, 40, "%u年%u月%u日", y, m, d);
	snprintf(en, 40, "%u %s %u", d, months[(m - 1) % 12], y);
}

int
sheet_put(const struct sheet *s, char *out, size_t size, size_t *len)
{
	char ja[40], en[40];
	const struct fill_value values[] = {
		{ "office", s->office, FILL_TEXT },
		{ "office_name", s->office_name, FILL_TEXT },
		{ "contact", s->contact, FILL_TEXT },
		{ "login", s->login, FILL_TEXT },
		{ "person", s->person, FILL_TEXT },
		{ "label", s->label, FILL_TEXT },
		{ "terminal", s->terminal, FILL_TEXT },
		{ "serial", s->serial, FILL_TEXT },
		{ "file", s->file, FILL_TEXT },
		{ "passphrase", s->passphrase, FILL_GROUPS },
		{ "until_ja", ja, FILL_TEXT },
		{ "until_en", en, FILL_TEXT },
		{ "compatible", s->is_compatible ? "1" : "", FILL_TEXT },
		{ "standard", s->is_compatible ? "" : "1", FILL_TEXT },
		{ NULL, NULL, FILL_TEXT },
	};
	struct buf b;

	put_dates(s->not_after_ms, ja, en);
	buf_init(&b, out, size);
	fill_put(&b, sheet_html, values);
	buf_put_raw(&b, "", 1);
	if (b.is_broken) {
		mem_wipe(out, size);
		return (ERR_LIMIT);
	}
	*len = b.len - 1;
	return (0);
}
