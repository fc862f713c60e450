/* phone enroll: apart from cmd_phone.c because it draws and writes files. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/api/json.h"
#include "authd/render/qr_png.h"
#include "authd/render/qr_svg.h"
#include "authd/render/qr_text.h"
#include "cli/args.h"
#include "cli/question.h"
#include "cli/cmd.h"
#include "cli/outfile.h"
#include "cli/show.h"

/* The image files of one enrolment, begun before anything is asked. */
struct images {
	struct outfile png, svg;
	bool has_png, has_svg;
};

static int
open_images(const struct args *a, struct images *im)
{
	const char *png = args_get(a, "png"), *svg = args_get(a, "svg");
	bool is_forced = args_has(a, "force");

	memset(im, 0, sizeof(*im));
	im->png.fd = im->svg.fd = -1;
	im->has_png = png != NULL;
	im->has_svg = svg != NULL;
	if (im->has_png && outfile_open(&im->png, png, is_forced) != 0)
		return (QUESTION_USAGE);
	if (im->has_svg && outfile_open(&im->svg, svg, is_forced) != 0)
		return (QUESTION_USAGE);
	return (QUESTION_DONE);
}

static int
put_image(const struct qr_code *q, struct outfile *f,
    int (*draw)(const struct qr_code *, struct qr_drawing *))
{
	struct qr_drawing d;
	int r;

	if ((r = draw(q, &d)) != 0) {
		show_error("%s: %s", f->path, err_text(r));
		return (r);
	}
	r = outfile_put(f, d.at, d.len);
	qr_code_drawing_free(&d);
	return (r);
}

static int
put_images(const struct qr_code *q, struct images *im)
{
	int r = 0;

	if (im->has_png)
		r = put_image(q, &im->png, qr_png_draw);
	if (r == 0 && im->has_svg)
		r = put_image(q, &im->svg, qr_svg_draw);
	return (r);
}

static void
print_qr(const struct args *a, const struct qr_code *q)
{
	struct qr_drawing d;

	if (qr_text_draw(q,
		args_has(a, "ascii") ? QR_TEXT_ASCII : QR_TEXT_BLOCKS, &d) != 0)
		return;
	fwrite(d.at, 1, d.len, stdout);
	putchar('\n');
	qr_code_drawing_free(&d);
}

/* Groups of four are easier to type into an app without a camera. */
static void
print_secret(const char *secret)
{
	size_t i;

	printf("%-14s ", "secret");
	for (i = 0; secret[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			putchar(' ');
		putchar(secret[i]);
	}
	putchar('\n');
}

static void
print_text(const struct args *a, const json_t *answer)
{
	char until[64];

	show_time(until, sizeof(until), json_of_text(answer, "expires_at"));
	show_pair("phone", json_of_text(answer, "label"));
	show_pair("device", json_of_text(answer, "device"));
	print_secret(json_of_text(answer, "secret"));
	show_pair("link", json_of_text(answer, "uri"));
	show_pair("valid until", until);
	printf("\nScan it with an authenticator app, then type the code it "
	       "shows:\n\n    sekisho ");
	if (a->socket != NULL) {
		fputs("--socket ", stdout);
		show_safe(stdout, a->socket);
		putchar(' ');
	}
	fputs("phone confirm ", stdout);
	show_safe(stdout, a->at[0]);
	puts(" CODE");
}

/* Draw what was answered, to the files first: they can fail. */
static int
tell(const struct args *a, const json_t *answer, struct images *im)
{
	const char *secret = json_of_text(answer, "secret");
	struct qr_code *q;
	int r;

	/* What goes to the terminal as it is must be nothing else. */
	if (secret[strspn(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")] !=
		'\0' ||
	    qr_code_new(json_of_text(answer, "uri"), &q) != 0) {
		show_error("the daemon's answer holds no secret to draw");
		return (QUESTION_UNAVAILABLE);
	}
	if ((r = put_images(q, im)) != 0)
		show_error("the phone waits all the same: see it again with "
			   "--again");
	if (a->is_json)
		show_json(answer);
	else {
		if (isatty(STDOUT_FILENO) || (!im->has_png && !im->has_svg))
			print_qr(a, q);
		print_text(a, answer);
	}
	qr_code_free(q);
	return (r == 0 ? QUESTION_DONE : QUESTION_UNAVAILABLE);
}

int
cmd_enroll_run(struct args *a)
{
	bool is_again = args_has(a, "again");
	json_t *question = NULL, *answer = NULL;
	struct images im;
	int code;

	if (is_again && (args_has(a, "label") || args_has(a, "private"))) {
		show_error("--again shows the pending phone as it is: "
			   "no --label or --private");
		return (QUESTION_USAGE);
	}
	if ((code = open_images(a, &im)) != QUESTION_DONE)
		goto out;
	question = question_new(a);
	if (question != NULL && args_has(a, "private") &&
	    json_put_text(question, "owner", "private") != 0) {
		code = question_lost(question);
		goto out;
	}
	code =
	    question_daemon(a, is_again ? "/v1/phone/draw" : "/v1/phone/enroll",
		question, &answer);
	if (code == QUESTION_DONE)
		code = tell(a, answer, &im);
out:
	json_decref(answer);
	outfile_close(&im.png);
	outfile_close(&im.svg);
	return (code);
}
