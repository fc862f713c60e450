#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "authd/render/fill.h"
#include "authd/render/qr_svg.h"
#include "authd/render/slip.h"

/* slip_html[]: authd/render/slip.html as one text */
#include <slip_html.h>

#define WHEN_MAX  60
#define TYPED_MAX 600
#define GROUP     4 /* characters of the secret shown together */

/* 2026年11月29日 17:30, and as people write it elsewhere. */
static void
put_when(int64_t ms, char ja[WHEN_MAX], char en[WHEN_MAX])
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	int minute = (int)((ms / 60000 + INT64_C(9) * 60) % (24 * 60));
	char date[TIMETEXT_DATE_MAX];
	unsigned y = 1970, m = 1, d = 1;

	timetext_put_date(ms, date);
	(void)sscanf(date, "%u-%u-%u", &y, &m, &d);
	snprintf(ja, WHEN_MAX, "%u年%u月%u日 %d:%02d", y, m, d, minute / 60,
	    minute % 60);
	snprintf(en, WHEN_MAX, "%u %s %u, %d:%02d", d, months[(m - 1) % 12], y,
	    minute / 60, minute % 60);
}

/* The link as it is typed: the secret, its last part, in groups. Hyphens are
 * read over when it is. */
static int
put_typed(const char *link, char out[TYPED_MAX])
{
	const char *secret = strrchr(link, '/');
	size_t at, i;

	if (secret == NULL || strlen(link) * 2 >= TYPED_MAX)
		return (ERR_LIMIT);
	secret++;
	at = (size_t)(secret - link);
	memcpy(out, link, at);
	for (i = 0; secret[i] != '\0'; i++) {
		if (i > 0 && i % GROUP == 0)
			out[at++] = '-';
		out[at++] = secret[i];
	}
	out[at] = '\0';
	return (0);
}

static int
draw(const char *link, struct qr_drawing *d)
{
	struct qr_code *q = NULL;
	int r;

	if ((r = qr_code_new(link, &q)) == 0)
		r = qr_svg_draw(q, d);
	qr_code_free(q);
	return (r);
}

int
slip_put(const struct slip *s, char *out, size_t size, size_t *len)
{
	char ja[WHEN_MAX], en[WHEN_MAX], typed[TYPED_MAX];
	struct qr_drawing d = { 0 };
	struct buf b;
	int r;

	if (s->purpose < SLIP_FIRST || s->purpose > SLIP_CERTIFICATE)
		return (ERR_INVALID);
	put_when(s->expires_ms, ja, en);
	if ((r = put_typed(s->link, typed)) != 0 ||
	    (r = draw(s->link, &d)) != 0)
		goto out;
	{
		const enum slip_purpose p = s->purpose;
		const struct fill_value values[] = {
			{ "paper", s->is_a5 ? "A5" : "A4", FILL_TEXT },
			{ "a4", s->is_a5 ? "" : "1", FILL_TEXT },
			{ "a5", s->is_a5 ? "1" : "", FILL_TEXT },
			{ "qr", d.at, FILL_DRAWING },
			{ "link", typed, FILL_TEXT },
			{ "office_name", s->office_name, FILL_TEXT },
			{ "contact", s->contact, FILL_TEXT },
			{ "person", s->person, FILL_TEXT },
			{ "label", s->label, FILL_TEXT },
			{ "until_ja", ja, FILL_TEXT },
			{ "until_en", en, FILL_TEXT },
			{ "first", p == SLIP_FIRST ? "1" : "", FILL_TEXT },
			{ "phone", p == SLIP_PHONE ? "1" : "", FILL_TEXT },
			{ "password", p == SLIP_PASSWORD ? "1" : "",
			    FILL_TEXT },
			{ "certificate", p == SLIP_CERTIFICATE ? "1" : "",
			    FILL_TEXT },
			{ NULL, NULL, FILL_TEXT },
		};

		buf_init(&b, out, size);
		fill_put(&b, slip_html, values);
		buf_put_raw(&b, "", 1);
	}
	if (b.is_broken)
		r = ERR_LIMIT;
	else
		*len = b.len - 1;
out:
	if (r != 0)
		mem_wipe(out, size);
	mem_wipe(typed, sizeof(typed));
	qr_code_drawing_free(&d);
	return (r);
}
