/*
 * Goal of this test: every password is judged by all rules at once, in both
 * classes: a table of passwords with the reasons expected for a general and a
 * privileged account, and each rule's edges.
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/text.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "authd/core/password_policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SHORT    PASSWORD_TOO_SHORT
#define LONG     PASSWORD_TOO_LONG
#define UPPER    PASSWORD_NO_UPPER
#define LOWER    PASSWORD_NO_LOWER
#define DIGIT    PASSWORD_NO_DIGIT
#define SYMBOL   PASSWORD_NO_SYMBOL
#define PERSONAL PASSWORD_PERSONAL
#define RUN      PASSWORD_RUN
#define KEYBOARD PASSWORD_KEYBOARD
#define REPEAT   PASSWORD_REPEAT
#define WEAK     PASSWORD_WEAK

static const struct password_person yamada = { "130321-01", "山田 太郎",
	"ヤマダ タロウ", "03-5555-0142", "1990-04-01" };

static const struct {
	const char *password;
	uint32_t general, privileged;
} table[] = {
	{ "password", SHORT | UPPER | DIGIT | SYMBOL | WEAK,
	    SHORT | UPPER | DIGIT | SYMBOL | WEAK },
	{ "Password1!", WEAK, SHORT | WEAK },
	{ "P@ssw0rd2024!", WEAK, WEAK },
	{ "Passw0rd!Passw0rd!", WEAK, WEAK },
	{ "Kyuuyo2024!", WEAK, SHORT | WEAK },
	{ "Sharoushi#2025", PERSONAL | WEAK, PERSONAL | WEAK },
	{ "Shakaihoken-12", WEAK, WEAK },
	{ "Syakaihoken-12", WEAK, WEAK },
	{ "Sh4k41h0k3n!9", WEAK, WEAK },
	{ "Nenkin!2026Aa", WEAK, WEAK },
	{ "Reiwa7-Haru!", WEAK, WEAK },
	{ "Heisei31Fuji#", WEAK, WEAK },
	{ "Tokyo@Sakura1", WEAK, WEAK },
	{ "Sakura2025!Neko", WEAK, WEAK },
	{ "Abcd-9x!Wq2z", RUN, RUN },
	{ "x9!Lkjihg-2Q", RUN, RUN },
	{ "Zx1234-qPv!m", RUN, RUN },
	{ "qwerTY-83!zP", KEYBOARD, KEYBOARD | WEAK },
	{ "1qaz-Xp!84vT", KEYBOARD, KEYBOARD },
	{ "vT84!pX-zaq1", KEYBOARD, KEYBOARD },
	{ "QAZ!:lkj-48xT", KEYBOARD, KEYBOARD },
	{ "Aaaa-9x!Wq2z", REPEAT, REPEAT },
	{ "xK!aAaA-93vq", REPEAT, REPEAT },
	{ "abababABAB1!", WEAK, WEAK },
	{ "Kz8#vQ2!Kz8#vQ2!", 0, 0 },
	{ "Xq7!Xq7!Xq7!", WEAK, WEAK },
	{ "Yamada-93!xqP", PERSONAL, PERSONAL },
	{ "yAm4d@-93!xqP", PERSONAL, PERSONAL },
	{ "Adamay-93!xqP", PERSONAL, PERSONAL },
	{ "Taro-93!xqPvw", PERSONAL, PERSONAL },
	{ "Tarou.93!xqPv", PERSONAL, PERSONAL },
	{ "やまだ-93!xqPvL", PERSONAL, PERSONAL },
	{ "山田-Kd93!xqPv", PERSONAL, PERSONAL },
	{ "130321-Kd!xqPv", PERSONAL, PERSONAL },
	{ "Kd!xq5555Pv-w", PERSONAL | REPEAT, PERSONAL | REPEAT },
	{ "Kd!xq0142Pv-w", PERSONAL, PERSONAL },
	{ "Kd!xq19900401w", PERSONAL, PERSONAL },
	{ "Kd!xq900401Pvw", PERSONAL, PERSONAL },
	{ "Kd!xq0401Pv-wm", PERSONAL, PERSONAL },
	{ "Kd!xq1990Pv-wm", PERSONAL, PERSONAL },
	{ "Kd!xqH2.4.1Pvw", PERSONAL, PERSONAL },
	{ "Heisei2-Kd!xqPv", PERSONAL, PERSONAL },
	{ "平成2年-Kd!xqPvw", PERSONAL, PERSONAL },
	{ "Tr0ub4dor&3", 0, SHORT },
	{ "correct horse battery staple", UPPER | DIGIT, UPPER | DIGIT },
	{ "Correct-Horse7-Battery", 0, 0 },
	{ "Kyuuyo-no-Hi-ha-Niku7-wo-Taberu", 0, 0 },
	{ "My-Tanuki-eats-37-blue-Umbrellas", 0, 0 },
	{ "7Kappa&Momiji%Ofuro", 0, 0 },
	{ "gK7#mW2$xL9", 0, SHORT },
	{ "gK7#mW2$xL9q", 0, 0 },
	{ "gK7mW2xL9qTz", SYMBOL, SYMBOL },
	{ "GK7#MW2$XL9Q", LOWER, LOWER },
	{ "gk7#mw2$xl9q", UPPER, UPPER },
	{ "gKq#mWz$xLpq", DIGIT, DIGIT },
	{ "ぱすわーど", SHORT | UPPER | LOWER | DIGIT | SYMBOL | WEAK,
	    SHORT | UPPER | LOWER | DIGIT | SYMBOL | WEAK },
	{ "ぱすわーどだよねえ", SHORT | UPPER | LOWER | DIGIT | SYMBOL | WEAK,
	    SHORT | UPPER | LOWER | DIGIT | SYMBOL | WEAK },
	{ "Aa1!ぱすわーど会社", WEAK, SHORT | WEAK },
	{ "会社社労士年金給与東京", UPPER | LOWER | DIGIT | SYMBOL,
	    SHORT | UPPER | LOWER | DIGIT | SYMBOL },
	{ "夕焼けの庭で三毛が欠伸Aa1!", 0, 0 },
	{ "Ａｂ９＃ｇＫｍＷｘＬｑＴ", 0, 0 },
	{ "😀😃😄😁😆😅😂🤣😊😇", UPPER | LOWER | DIGIT,
	    SHORT | UPPER | LOWER | DIGIT },
	{ "😀dK3!pW😃vQ9z", 0, 0 },
	{ "aB3$", SHORT | WEAK, SHORT | WEAK },
	{ "1234567890", UPPER | LOWER | SYMBOL | RUN | KEYBOARD | WEAK,
	    SHORT | UPPER | LOWER | SYMBOL | RUN | KEYBOARD | WEAK },
	{ "qwertyuiop@[", UPPER | DIGIT | KEYBOARD | WEAK,
	    UPPER | DIGIT | KEYBOARD | WEAK },
	{ "asdfghjkl;:]", UPPER | DIGIT | KEYBOARD | WEAK,
	    UPPER | DIGIT | KEYBOARD | WEAK },
	{ "zaq12wsxCDE#", KEYBOARD | WEAK, KEYBOARD | WEAK },
	{ "!QAZ2wsx#EDC", KEYBOARD | WEAK, KEYBOARD | WEAK },
	{ "Akasatana-9!x", 0, WEAK },
	{ "Aiueo-Kakiku9!", 0, 0 },
	{ "あいうえお-Kd9!xq", RUN, RUN },
	{ "いろはに-Kd9!xqPv", RUN, RUN },
	{ " gK7# mW2$ xL9 ", 0, 0 },
	{ "Liberty-Bell-29!", KEYBOARD, KEYBOARD },
	{ "12121212Aa!", WEAK, SHORT | WEAK },
	{ "Summer2025!!", WEAK, WEAK },
	{ "Welcome-2026!", WEAK, WEAK },
	{ "Sekisho-2026!", WEAK, WEAK },
	{ "Nagoya-Grampus9!", 0, 0 },
	{ "Yamazaki-Haruka1!", PERSONAL, PERSONAL | WEAK },
	{ "Zx４３２１-qPv!m", RUN, RUN },
	{ "Zx4321-qPv!m", RUN, RUN },
	{ "Adamay-93!xqP", PERSONAL, PERSONAL },
	{ "uoraT-93!xqPv", PERSONAL, PERSONAL },
	{ "N4d4m4y-93!xqP", PERSONAL, PERSONAL },
	{ "Xp-93!4m4d4Y", PERSONAL, PERSONAL },
	{ "Watashi-no-Inu7-Pochi", 0, 0 },
	{ "Zettai-Himitsu#88", 0, 0 },
	{ "Denwa!Tsuku3-Enpitsu", 0, 0 },
	{ "ﾊﾟｽﾜｰﾄﾞ-Kd9!xq", 0, 0 },
	{ "K9!mgfedXq-Lw", RUN, RUN },
};

/* The reasons of one password, without PASSWORD_JUDGED, which must be there. */
static uint32_t
judge(
    const struct password_person *person, const char *password, int privileged)
{
	struct password_rules rules;
	uint32_t reasons = 0;

	password_policy_rules(privileged, true, &rules);
	assert_int_equal(password_policy_check(&rules, person, password,
			     strlen(password), &reasons),
	    0);
	assert_true((reasons & PASSWORD_JUDGED) != 0);
	assert_int_equal(
	    password_policy_accepts(reasons), reasons == PASSWORD_JUDGED);
	return (reasons & ~(uint32_t)PASSWORD_JUDGED);
}

static int
differs(const char *password, const char *class, uint32_t got, uint32_t want)
{
	uint32_t bit;

	if (got == want)
		return (0);
	for (bit = 1; bit < 1U << PASSWORD_REASONS; bit <<= 1)
		if (((got ^ want) & bit) != 0)
			print_error("%s (%s): %s %s\n", password, class,
			    got & bit ? "has" : "lacks",
			    password_policy_name(bit));
	return (1);
}

static void
test_table(void **state)
{
	int bad = 0;
	size_t i;

	(void)state;
	assert_true(COUNT(table) >= 60);
	for (i = 0; i < COUNT(table); i++) {
		bad += differs(table[i].password, "general",
		    judge(&yamada, table[i].password, 0), table[i].general);
		bad += differs(table[i].password, "privileged",
		    judge(&yamada, table[i].password, 1), table[i].privileged);
	}
	assert_int_equal(bad, 0);
}

/* What people really choose, long enough for the length rule. */
static void
test_R16_common_ones_are_refused(void **state)
{
	static const char *const common[] = { "Password123!", "P@ssword2025",
		"Qwerty!23456", "Iloveyou2025!", "Welcome@2025", "Admin@12345",
		"Sunshine#2025", "Football!2025", "Kaisha-2025!",
		"Kaisya-2025!", "Jimusho@2025", "Zimusyo@2025", "Kyuuryou#2025",
		"Koyouhoken#1", "Nenmatsu-2025", "Sakura@12345",
		"Arigatou2025!", "Arigato-2025!", "Ohayou-2025!!",
		"Tanaka-2025!!", "Satoh-2025!!", "Kenji-1985!!", "Oosaka@20251",
		"Toukyou#2025", "Tokyo@20250!", "Nippon!2025a", "MyNumber-2025",
		"Mainanbaa-25!", "Shakaihoken1!", "Syarousi-2025",
		"Reiwa7-Aki!!", "1qazXSW@3edc", "Zaq12wsx!Cde3",
		"Hanshin-Tiger1", "Doraemon-2025!", "0120-Kyuuyo!",
		"Passw0rd-Kyuyo", "社会保険Aa1!社労士", "会社のパスワードAa1!",
		"ぱすわーどA1!ぱすわーど", "drowssaP123!", "Ihsuorahs-2025" };
	static const struct password_person nobody = { 0 };
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < COUNT(common); i++) {
		if ((judge(&nobody, common[i], 0) & PASSWORD_WEAK) == 0) {
			print_error("%s is not weak\n", common[i]);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
test_composition_can_be_off(void **state)
{
	static const char phrase[] = "correct horse battery staple";
	struct password_rules rules;
	uint32_t reasons;

	(void)state;
	password_policy_rules(false, false, &rules);
	assert_int_equal(rules.length_min, 10);
	assert_int_equal(rules.bits_min, 36);
	assert_int_equal(password_policy_check(
			     &rules, &yamada, phrase, strlen(phrase), &reasons),
	    0);
	assert_true(password_policy_accepts(reasons));
	password_policy_rules(true, true, &rules);
	assert_int_equal(rules.length_min, 12);
	assert_int_equal(rules.bits_min, 40);
	assert_true(rules.is_composed);
}

/* Characters are counted, after NFKC, not bytes. */
static void
test_R14_length(void **state)
{
	static const char *const nine[] = { "gK7#mW2$x", "ｇＫ７＃ｍＷ２＄ｘ",
		"gK7#mW2$が", "gK7#mW2$か\xe3\x82\x99", "gK7#mW2$ｶﾞ",
		"gK7#mW2$😀", "gK7#mW2$\xc3\xa9", "gK7#mW2$e\xcc\x81" };
	char text[PASSWORD_TEXT_MAX + 2];
	struct password_rules rules;
	uint32_t reasons;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(nine); i++) {
		char ten[64];

		(void)snprintf(ten, sizeof(ten), "%sQ", nine[i]);
		assert_int_equal(judge(&yamada, nine[i], 0) & SHORT, SHORT);
		assert_int_equal(judge(&yamada, ten, 0), 0);
	}
	/* 64, 128 and 1,024 bytes are taken whole; one more is not */
	for (i = 0; i < sizeof(text); i++)
		text[i] = "gK7#mW2$xL9qTz5&"[(i * 7 + i / 16) % 16];
	password_policy_rules(true, true, &rules);
	for (i = 64; i <= PASSWORD_TEXT_MAX; i *= 2) {
		assert_int_equal(
		    password_policy_check(&rules, &yamada, text, i, &reasons),
		    0);
		assert_int_equal(reasons & (LONG | SHORT | WEAK), 0);
	}
	assert_int_equal(password_policy_check(&rules, &yamada, text,
			     PASSWORD_TEXT_MAX + 1, &reasons),
	    0);
	assert_int_equal(reasons, PASSWORD_JUDGED | LONG);
	/* one that NFKC makes longer than that: U+FDFA is 18 characters */
	for (i = 0; i < 100; i++)
		memcpy(text + 3 * i, "\xef\xb7\xba", 3);
	assert_int_equal(
	    password_policy_check(&rules, &yamada, text, 300, &reasons), 0);
	assert_int_equal(reasons, PASSWORD_JUDGED | LONG);
}

static void
test_R59_megabyte_costs_nothing(void **state)
{
	const size_t n = 1024 * 1024;
	char *text = malloc(n);
	struct password_rules rules;
	struct timespec from, to;
	uint32_t reasons;
	int i;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', n);
	password_policy_rules(false, true, &rules);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(
		    password_policy_check(&rules, &yamada, text, n, &reasons),
		    0);
		assert_int_equal(reasons, PASSWORD_JUDGED | LONG);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	/* a thousand of them in less than a second: < 1 ms each */
	assert_true((to.tv_sec - from.tv_sec) * 1000 +
		(to.tv_nsec - from.tv_nsec) / 1000000 <
	    1000);
	free(text);
}

static void
test_no_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} none[] = { { "gK7#mW2$xL9q\0x", 14 }, { "gK7#mW2$xL9q\n", 13 },
		{ "gK7#mW2$xL9q\x7f", 13 }, { "gK7#mW2$xL9q\xc2\x85", 14 },
		{ "gK7#mW2$xL9q\xff", 13 }, { "gK7#mW2$xL9q\xe3\x81", 14 } };
	struct password_rules rules;
	uint32_t reasons;
	size_t i;

	(void)state;
	password_policy_rules(false, true, &rules);
	for (i = 0; i < COUNT(none); i++) {
		reasons = PASSWORD_JUDGED;
		assert_int_equal(password_policy_check(&rules, &yamada,
				     none[i].bytes, none[i].n, &reasons),
		    ERR_INVALID);
		assert_false(password_policy_accepts(reasons));
	}
	assert_int_equal(
	    password_policy_check(&rules, &yamada, "", 0, &reasons), 0);
	assert_int_equal(reasons,
	    PASSWORD_JUDGED | SHORT | UPPER | LOWER | DIGIT | SYMBOL | WEAK);
}

/* One text of one person in a password that is good otherwise. */
static void
test_personal(void **state)
{
	static const struct {
		struct password_person person;
		const char *in, *out;
	} cases[] = {
		{ { "tanaka.k", NULL, NULL, NULL, NULL }, "xQ7!TANAKA-Lw9v",
		    "xQ7!TANxAKx-Lw9v" },
		{ { "tanaka.k", NULL, NULL, NULL, NULL }, "xQ7!t@n4k@-Lw9v",
		    "xQ7!t@nx4k@-Lw9v" },
		{ { "tanaka.k", NULL, NULL, NULL, NULL }, "xQ7!ta-na-ka+Lw9v",
		    "xQ7!ta-nx-ka+Lw9v" },
		{ { "ab", NULL, NULL, NULL, NULL }, "xQ7!abL-w9vz",
		    "xQ7!a-bL-w9vz" },
		{ { NULL, "Abe Ken", NULL, NULL, NULL }, "xQ7!beke-w9vz",
		    "xQ7!Abe-w9vzLt" },
		{ { NULL, "阿部 健", NULL, NULL, NULL }, "xQ7!阿部w9vzLt",
		    "xQ7!健阿w9vzLt" },
		{ { NULL, NULL, "シマヅ ジュンイチロウ", NULL, NULL },
		    "xQ7!zyuniw9vzLt", "xQ7!zyuw9vzLt" },
		{ { NULL, NULL, "シマヅ ジュンイチロウ", NULL, NULL },
		    "xQ7!jyuniw9vzLt", "xQ7!jyw9vzLt" },
		{ { NULL, NULL, "ｼﾏﾂﾞ ｼﾞｭﾝ", NULL, NULL }, "xQ7!しまづw9vzLt",
		    "xQ7!しw9まLtzm" },
		{ { NULL, NULL, "オオノ", NULL, NULL }, "xQ7!Ohno-w9vzLt",
		    "xQ7!Oh-nxw9vzLt" },
		{ { "suzuki", NULL, NULL, NULL, NULL }, "xQ7!すずき-w9vzLt",
		    "xQ7!すき-w9vzLt" },
		{ { NULL, NULL, NULL, "+81 90 1357 2468", NULL },
		    "xQ7!09013w-9vzLt", "xQ7!0913w-9vzLt" },
		{ { NULL, NULL, NULL, "+81 90 1357 2468", NULL },
		    "xQ7!13-57w-9vzLt", "xQ7!13w57-9vzLt" },
		{ { NULL, NULL, NULL, NULL, "1989-01-07" }, "xQ7!showa64w-9vLt",
		    "xQ7!heisei1w-9vLt" },
		{ { NULL, NULL, NULL, NULL, "1989-01-08" }, "xQ7!平成元w-9vLt",
		    "xQ7!昭和6w-9vLt" },
		{ { NULL, NULL, NULL, NULL, "2001-11-03" }, "xQ7!H131103w-vLt",
		    "xQ7!H113w-vLt" },
		{ { NULL, NULL, NULL, NULL, "2001-11-03" }, "xQ7!11/03w-vLt",
		    "xQ7!11/w03-vLt" },
		{ { NULL, NULL, NULL, NULL, "2001-11-03" }, "xQ7!0111w-vLt",
		    "xQ7!011w-vLt" },
		{ { NULL, NULL, NULL, NULL, "2001-11-03" }, "xQ7!11月3日w-vLt",
		    "xQ7!11月w3日-vLt" },
		{ { "", "", "", "", "" }, NULL, "xQ7!1990Lw-9vz" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (cases[i].in != NULL &&
		    judge(&cases[i].person, cases[i].in, 1) != PERSONAL)
			fail_msg("%s: %x", cases[i].in,
			    judge(&cases[i].person, cases[i].in, 1));
		if (judge(&cases[i].person, cases[i].out, 1) != 0)
			fail_msg("%s: %x", cases[i].out,
			    judge(&cases[i].person, cases[i].out, 1));
	}
}

static void
test_shapes(void **state)
{
	static const struct {
		const char *in;
		uint32_t want;
	} cases[] = { { "xQ7!cdef-w9vz", RUN }, { "xQ7!cde-w9vzm", 0 },
		{ "xQ7!8765-wvzm", RUN }, { "xQ7!YZab-wvzm", 0 },
		{ "xQ7!7890-wvzm", KEYBOARD }, { "xQ7!ｆｅｄｃ-wvzm", RUN },
		{ "xQ7!アイウエ-wvzm", RUN }, { "xQ7!くきか-wvzm", 0 },
		{ "xQ7!えういあ-wvzm", RUN }, { "xQ7!あかさた-wvzm", RUN },
		{ "xQ7-!\"#$wvzm", KEYBOARD }, { "xQ7-!@#$wvzm", KEYBOARD },
		{ "xQ7;:]Lwvzm4", 0 }, { "xQ7l;:]wvzm4", KEYBOARD },
		{ "xQ7l;'Lwvzm4", 0 }, { "xQ7PoIuwvzm4!", KEYBOARD },
		{ "xQ!7zse4wvmt", KEYBOARD }, { "xQ!7BGT5wvmt", KEYBOARD },
		{ "xQ!7bgTxwvmt", 0 }, { "xQ!7sdf9wvmt", 0 },
		{ "xQ!7;;;;wvmt", REPEAT }, { "xQ!7;;;wvmt4", 0 },
		{ "xQ!7🍣🍣🍣🍣wvmt", REPEAT } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (judge(&yamada, cases[i].in, 0) != cases[i].want)
			fail_msg("%s: %x", cases[i].in,
			    judge(&yamada, cases[i].in, 0));
}

static void
test_words_and_messages(void **state)
{
	static const char *const names[] = { "too_short", "too_long",
		"no_upper", "no_lower", "no_digit", "no_symbol", "personal",
		"run", "keyboard", "repeat", "weak", "breached", "reused" };
	char ja[PASSWORD_MESSAGE_MAX], en[PASSWORD_MESSAGE_MAX];
	struct password_rules rules;
	size_t i;

	(void)state;
	password_policy_rules(true, true, &rules);
	assert_int_equal(COUNT(names), PASSWORD_REASONS);
	for (i = 0; i < COUNT(names); i++) {
		assert_string_equal(password_policy_name(1U << i), names[i]);
		password_policy_message(1U << i, &rules, PASSWORD_JA, ja);
		password_policy_message(1U << i, &rules, PASSWORD_EN, en);
		assert_true(strlen(ja) > 10 && strlen(en) > 10);
		assert_true(strlen(ja) < PASSWORD_MESSAGE_MAX - 1);
		assert_null(strchr(ja, '%'));
		assert_null(strchr(en, '%'));
	}
	password_policy_message(PASSWORD_TOO_SHORT, &rules, PASSWORD_JA, ja);
	assert_string_equal(ja, "12文字以上にしてください。");
	password_policy_message(PASSWORD_TOO_SHORT, &rules, PASSWORD_EN, en);
	assert_string_equal(en, "Use at least 12 characters.");
	assert_null(password_policy_name(0));
	assert_null(password_policy_name(PASSWORD_JUDGED));
	assert_null(password_policy_name(3));
	password_policy_message(0, &rules, PASSWORD_EN, en);
	assert_string_equal(en, "");
	assert_false(password_policy_accepts(0));
	assert_false(
	    password_policy_accepts(PASSWORD_JUDGED | PASSWORD_BREACHED));
}

static void *
many(void *arg)
{
	size_t i;

	for (i = 0; i < COUNT(table); i++) {
		struct password_rules rules;
		uint32_t reasons;

		password_policy_rules(false, true, &rules);
		if (password_policy_check(&rules, &yamada, table[i].password,
			strlen(table[i].password), &reasons) != 0 ||
		    reasons != (table[i].general | PASSWORD_JUDGED))
			*(int *)arg += 1;
	}
	return (NULL);
}

static void
test_threads(void **state)
{
	pthread_t threads[4];
	int bad[4] = { 0 }, i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, many, &bad[i]), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(bad[i], 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table),
		cmocka_unit_test(test_R16_common_ones_are_refused),
		cmocka_unit_test(test_composition_can_be_off),
		cmocka_unit_test(test_R14_length),
		cmocka_unit_test(test_R59_megabyte_costs_nothing),
		cmocka_unit_test(test_no_text), cmocka_unit_test(test_personal),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_words_and_messages),
		cmocka_unit_test(test_threads) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
