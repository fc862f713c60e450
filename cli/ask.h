/*
 * ask.h: put a command line's question to the daemon, and what its answer
 * means for the exit code. The one place that knows both.
 * Room: cli.
 * Unit test: tests/unit/test_ask.c
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <jansson.h>
#include <stdbool.h>

#include "authd/base/limits.h"
#include "cli/args.h"

#define ASK_SOCKET     "/run/sekisho/authd.sock"
#define ASK_TIMEOUT_MS 15000
#define ASK_ANSWER_MAX (1024 * 1024)
#define ASK_PAGE       200 /* rows asked for at a time */

enum ask_exit {
	ASK_DONE = 0,          /* done or accepted */
	ASK_REFUSED = 1,       /* refused, or in conflict with what is there */
	ASK_USAGE = 2,         /* used wrongly, or a value is malformed */
	ASK_NOT_FOUND = 3,     /* never from verify */
	ASK_NOT_PERMITTED = 4, /* to this user */
	ASK_UNAVAILABLE = 5    /* daemon or store */
};

struct ask_reply {
	enum ask_exit exit; /* what it means */
	bool is_reached;    /* something listens there and answered */
	json_t *answer;     /* NULL when there is none; a problem on errors */
	char code[40];      /* of a problem, ours too; "" when done */
	char detail[400];
	char request_id[REQUEST_ID_LEN + 1];
};

/** ask_socket(a): --socket, SEKISHO_SOCKET or the packaged one. */
const char *ask_socket(const struct args *a);

/**
 * ask_question(a):
 * The question that the arguments and options of ${a} make, by the table;
 * NULL when a number is none (told on standard error) or memory is out.
 * Owns: the caller.
 */
json_t *ask_question(const struct args *a);

/**
 * ask_try(socket, path, question, reply):
 * Ask and judge, saying nothing. ${question} NULL asks by GET.
 * Owns: reply->answer is freed by ask_reply_clear(); ${question} is taken.
 */
void ask_try(const char *socket, const char *path, json_t *question,
    struct ask_reply *reply);
void ask_reply_clear(struct ask_reply *reply);

/** ask_report(a, reply): tell a person and, with --json, a program why not. */
void ask_report(const struct args *a, const struct ask_reply *reply);

/**
 * ask_daemon(a, path, question, answer):
 * Ask, and report unless it was done.
 * Return: an exit code; ASK_DONE with *answer set.
 * Owns:   *answer is the caller's; ${question} is taken, NULL is reported.
 */
int ask_daemon(
    const struct args *a, const char *path, json_t *question, json_t **answer);

/** ask_verb(a, answer): as ask_daemon() with /v1/NOUN/VERB and ask_question. */
int ask_verb(const struct args *a, json_t **answer);

/**
 * ask_pages(a, member, all):
 * Follow a list to its end and gather the objects of its ${member}.
 */
int ask_pages(const struct args *a, const char *member, json_t **all);

#endif /* CLI_ASK_H */
