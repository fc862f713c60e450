/*
 * Goal of this test: pamstack says of a stack what libpam says: hundreds of
 * random stacks of every control, with includes and substacks, in which each
 * module's answer is fixed (pam_debug.so), are asked of both.
 * Links: cli/pamstack.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "cli/pamstack.h"

#define ROUNDS 300

static char dir[] = "/tmp/sekisho-pam.XXXXXX";
static uint64_t seed = 88172645463325252ULL;

static unsigned
pick(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return ((unsigned)(seed >> 33) % n);
}

static const struct {
	const char *name;
	int pam;
} codes[PAMSTACK_CODES] = {
	[PAMSTACK_SUCCESS] = { "success", PAM_SUCCESS },
	[PAMSTACK_AUTH_ERR] = { "auth_err", PAM_AUTH_ERR },
	[PAMSTACK_UNAVAIL] = { "authinfo_unavail", PAM_AUTHINFO_UNAVAIL },
	[PAMSTACK_CONV_ERR] = { "conv_err", PAM_CONV_ERR },
	[PAMSTACK_IGNORE] = { "ignore", PAM_IGNORE },
	[PAMSTACK_MODULE_UNKNOWN] = { "module_unknown", PAM_MODULE_UNKNOWN },
	[PAMSTACK_USER_UNKNOWN] = { "user_unknown", PAM_USER_UNKNOWN },
	[PAMSTACK_ACCT_EXPIRED] = { "acct_expired", PAM_ACCT_EXPIRED },
	[PAMSTACK_PERM_DENIED] = { "perm_denied", PAM_PERM_DENIED },
	[PAMSTACK_NEW_AUTHTOK] = { "new_authtok_reqd", PAM_NEW_AUTHTOK_REQD },
};

static int
answer(int n, const struct pam_message **msg, struct pam_response **resp,
    void *arg)
{
	(void)msg;
	(void)arg;
	*resp = calloc((size_t)n, sizeof(**resp));
	return (*resp == NULL ? PAM_CONV_ERR : PAM_SUCCESS);
}

static int
ask_libpam(const char *service)
{
	const struct pam_conv conv = { answer, NULL };
	pam_handle_t *pamh = NULL;
	int rc;

	assert_int_equal(
	    pam_start_confdir(service, "nobody", &conv, dir, &pamh),
	    PAM_SUCCESS);
	rc = pam_authenticate(pamh, 0);
	pam_end(pamh, rc);
	return (rc);
}

/* What the line's pam_debug.so was told to answer. */
static enum pamstack_code
says(const struct pamstack_line *line, void *arg)
{
	const char *word = strstr(line->args, "auth=");
	int i;

	(void)arg;
	assert_non_null(word);
	for (i = 0; i < PAMSTACK_CODES; i++)
		if (strcmp(word + 5, codes[i].name) == 0)
			return ((enum pamstack_code)i);
	fail_msg("%s", line->args);
	return (PAMSTACK_AUTH_ERR);
}

static void
put_control(FILE *f, int left)
{
	static const char *const words[] = { "required", "requisite",
		"sufficient", "optional" };
	static const char *const actions[] = { "ignore", "ok", "done", "bad",
		"die", "reset" };
	unsigned i, n, jump;

	if (pick(3) != 0) {
		fputs(words[pick(4)], f);
		return;
	}
	fputs("[", f);
	n = 1 + pick(3);
	for (i = 0; i < n; i++) {
		fprintf(f, "%s%s=", i == 0 ? "" : " ",
		    i + 1 == n ? "default" : codes[pick(PAMSTACK_CODES)].name);
		jump = pick((unsigned)left + 3);
		if (jump > 0 && pick(3) == 0)
			fprintf(f, "%u", jump);
		else
			fprintf(f, "%s", actions[pick(6)]);
	}
	fputs("]", f);
}

/* A file of a few lines; deeper ones are included from it. */
static void
write_stack(const char *name, int depth)
{
	char path[128], inner[32];
	int i, n = 1 + (int)pick(5);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	fputs("# a comment\naccount required pam_deny.so\n", f);
	for (i = 0; i < n; i++) {
		snprintf(inner, sizeof(inner), "%s%d", name, i);
		if (depth > 0 && pick(5) == 0) {
			write_stack(inner, depth - 1);
			/* whole paths: libpam 1.5 looks for others in
			 * /etc/pam.d even when it was given another place */
			fprintf(f, pick(4) == 0 ? "@include %s/%s\n"
				: pick(2) == 0	? "auth include %s/%s\n"
						: "auth substack %s/%s\n",
			    dir, inner);
			continue;
		}
		fputs(pick(4) == 0 ? "auth \\\n\t" : "auth\t", f);
		put_control(f, n - i - 1);
		fprintf(f, " pam_debug.so auth=%s\n",
		    codes[pick(2) == 0 ? 0 : pick(PAMSTACK_CODES)].name);
	}
	fclose(f);
}

static void
remove_all(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -f %s/*", dir);
	assert_int_equal(system(command), 0);
}

static void
show(const char *name)
{
	char command[96];

	snprintf(command, sizeof(command), "head -n 50 %s/%s* >&2", dir, name);
	(void)!system(command);
}

static void
test_as_libpam(void **state)
{
	struct pamstack *s;
	enum pamstack_code code;
	int i, rc, opened = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (i = 0; i < ROUNDS; i++) {
		write_stack("s", 2);
		assert_int_equal(pamstack_read(dir, "s", PAMSTACK_AUTH, &s), 0);
		code = pamstack_run(s, says, NULL);
		rc = ask_libpam("s");
		if (codes[code].pam != rc) {
			show("s");
			fail_msg("round %d: %s, but libpam says %d", i,
			    codes[code].name, rc);
		}
		opened += rc == PAM_SUCCESS;
		pamstack_free(s);
		remove_all();
	}
	/* both kinds of answers were seen */
	assert_true(opened > ROUNDS / 20 && opened < ROUNDS * 19 / 20);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_libpam),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
