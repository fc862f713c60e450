/*
 * Goal of this test: a slip says what it is for, for whom, until when, and by
 * which link, in both languages; no login is on it; nothing that a person typed
 * gets out of its place; and what does not fit is no slip. That its QR code is
 * read from paper: tests/e2e/75-tickets.sh.
 * Links: authd/render/slip.c authd/render/fill.c authd/render/escape.c
 * Links: authd/render/qr_svg.c authd/render/qr_code.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/timetext.c
 * Links: authd/base/clock.c authd/base/log.c authd/base/err.c
 * Links: authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/limits.h"
#include "authd/render/slip.h"

#define LINK  "https://login.example.jp/ticket/01arz3ndektsv4rrffq69g5fav"
#define TYPED "/ticket/01ar-z3nd-ekts-v4rr-ffq6-9g5f-av"

static const struct slip sample = { .purpose = SLIP_FIRST,
	.link = LINK,
	.office_name = "デモ社会保険労務士事務所",
	.contact = "総務 03-0000-0000",
	.person = "髙橋 花子",
	.label = "受付PC ①",
	/* 2026-11-28 15:05 UTC: five past midnight of the 29th in Tokyo */
	.expires_ms = 1795878300000 };

static char out[SLIP_MAX];

static void
make(const struct slip *s)
{
	size_t len;

	memset(out, 'x', sizeof(out));
	assert_int_equal(slip_put(s, out, sizeof(out), &len), 0);
	assert_int_equal(strlen(out), len);
	assert_null(strstr(out, "{{"));
	assert_null(strstr(out, "}}"));
}

static void
has(const char *text)
{
	if (strstr(out, text) == NULL)
		fail_msg("not on the slip: %s", text);
}

static void
test_said(void **state)
{
	struct slip s = sample;

	(void)state;
	make(&s);
	has("髙橋 花子 様");
	has("デモ社会保険労務士事務所");
	has("利用登録のための登録票");
	has("2026年11月29日 0:05 まで、1回だけ使えます");
	has("29 November 2026, 0:05");
	has("総務 03-0000-0000");
	has(TYPED);
	has("<svg ");
	has("size: A4");
	s.is_a5 = true;
	make(&s);
	has("size: A5");
	assert_null(strstr(out, "size: A4"));
	s.contact = "";
	make(&s);
	assert_null(strstr(out, "お問い合わせ先"));
	assert_null(strstr(out, "Questions:"));
}

static void
test_purposes(void **state)
{
	static const struct {
		enum slip_purpose purpose;
		const char *ja, *en;
	} all[] = { { SLIP_FIRST, "新しいパスワードを決めます", "keep the recovery codes" },
		{ SLIP_PHONE, "現在のパスワードを入力します", "add your new phone." },
		{ SLIP_PASSWORD, "（または予備コード）を入力します",
		    "choose a new password." },
		{ SLIP_CERTIFICATE, "端末「受付PC ①」の証明書",
		    "On the terminal “受付PC ①”" } };
	struct slip s = sample;
	size_t i, n, len;

	(void)state;
	for (i = 0; i < 4; i++) {
		s.purpose = all[i].purpose;
		make(&s);
		has(all[i].ja);
		has(all[i].en);
		for (n = 0; n < 4; n++)
			if (n != i)
				assert_null(strstr(out, all[n].en));
	}
	s.purpose = 0;
	assert_int_equal(slip_put(&s, out, sizeof(out), &len), ERR_INVALID);
	s.purpose = SLIP_CERTIFICATE + 1;
	assert_int_equal(slip_put(&s, out, sizeof(out), &len), ERR_INVALID);
}

static void
test_nothing_gets_out(void **state)
{
	struct slip s = sample;

	(void)state;
	s.purpose = SLIP_CERTIFICATE;
	s.person = s.office_name = s.contact = s.label =
	    "<script>x</script>\"'&{{link}}";
	memset(out, 0, sizeof(out));
	{
		size_t len;

		assert_int_equal(slip_put(&s, out, sizeof(out), &len), 0);
	}
	assert_null(strstr(out, "<script"));
	has("&lt;script&gt;");
	has("default-src 'none'");
}

static void
test_sizes(void **state)
{
	static char longest[NAME_MAX_BYTES + 1];
	struct slip s = sample;
	size_t len, i;

	(void)state;
	memset(longest, '"', NAME_MAX_BYTES);
	s.person = s.office_name = s.contact = s.label = longest;
	s.purpose = SLIP_CERTIFICATE;
	make(&s);
	len = strlen(out);
	assert_true(len < SLIP_MAX - 4096);
	for (i = 0; i < len; i += 997) {
		size_t n;

		memset(out, 'x', sizeof(out));
		assert_int_equal(slip_put(&s, out, i, &n), ERR_LIMIT);
		/* wiped, and nothing is written past it */
		assert_true(i == 0 || out[0] == '\0');
		assert_int_equal(out[i], 'x');
	}
	s.link = "no slash";
	assert_int_equal(slip_put(&s, out, sizeof(out), &len), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_purposes),
		cmocka_unit_test(test_nothing_gets_out),
		cmocka_unit_test(test_sizes),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
