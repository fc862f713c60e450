/*
 * question.h: put a command line's question to the daemon, and what its answer
 * means for the exit code. The one place that knows both.
 * Room: cli.
 * Unit test: tests/unit/test_question.c
 */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include <jansson.h>
#include <stdbool.h>

#include "authd/base/limits.h"
#include "cli/args.h"

#define QUESTION_SOCKET     "/run/sekisho/authd.sock"
#define QUESTION_TIMEOUT_MS 15000
#define QUESTION_ANSWER_MAX (1024 * 1024)
#define QUESTION_PAGE       200 /* rows asked for at a time */

enum question_exit {
	QUESTION_DONE = 0,      /* done or accepted */
	QUESTION_REFUSED = 1,   /* refused, or in conflict with what is there */
	QUESTION_USAGE = 2,     /* used wrongly, or a value is malformed */
	QUESTION_NOT_FOUND = 3, /* never from verify */
	QUESTION_NOT_PERMITTED = 4, /* to this user */
	QUESTION_UNAVAILABLE = 5    /* daemon or store */
};

struct question_reply {
	enum question_exit exit; /* what it means */
	bool is_reached;         /* something listens there and answered */
	json_t *answer; /* NULL when there is none; a problem on errors */
	char code[40];  /* of a problem, ours too; "" when done */
	char detail[400];
	char request_id[REQUEST_ID_LEN + 1];
};

/** question_socket(a): --socket, SEKISHO_SOCKET or the packaged one. */
const char *question_socket(const struct args *a);

/**
 * question_new(a):
 * The question that the arguments and options of ${a} make, by the table;
 * NULL when a number is none (told on standard error) or memory is out.
 * Owns: the caller.
 */
json_t *question_new(const struct args *a);

/**
 * question_try(socket, path, question, reply):
 * Ask and judge, saying nothing. ${question} NULL asks by GET.
 * Owns: reply->answer is freed by question_reply_clear(); ${question} is taken.
 */
void question_try(const char *socket, const char *path, json_t *question,
    struct question_reply *reply);
void question_reply_clear(struct question_reply *reply);

/** question_report(a, reply): tell a person and, with --json, a program why not. */
void question_report(const struct args *a, const struct question_reply *reply);

/** question_lost(question): no memory for it: told, freed; the exit code. */
int question_lost(json_t *question);

/**
 * question_daemon(a, path, question, answer):
 * Ask, and report unless it was done.
 * Return: an exit code; QUESTION_DONE with *answer set.
 * Owns:   *answer is the caller's; ${question} is taken, NULL is reported.
 */
int question_daemon(
    const struct args *a, const char *path, json_t *question, json_t **answer);

/** question_verb(a, answer): as question_daemon() with /v1/NOUN/VERB and question_new. */
int question_verb(const struct args *a, json_t **answer);

/**
 * question_pages(a, member, all):
 * Follow a list to its end and gather the objects of its ${member}.
 */
int question_pages(const struct args *a, const char *member, json_t **all);

#endif /* CLI_QUESTION_H */
