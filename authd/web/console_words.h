/*
 * console_words.h: the words of the log and of rules, as pages say them.
 * Room: web.  Process: front.  Threads: any; no state.
 * Proved by tests/e2e/74-console-rest.sh
 */
#ifndef AUTHD_WEB_CONSOLE_WORDS_H
#define AUTHD_WEB_CONSOLE_WORDS_H

#include "authd/core/way.h"
#include "authd/render/page.h"

/** console_words_put_action(page, var, action): what was done; no value for an
 * action that has no words. */
void console_words_put_action(
    struct page *page, enum page_var var, const char *action);

/** console_words_put_result(page, var, result): accept, refuse, done. */
void console_words_put_result(
    struct page *page, enum page_var var, const char *result);

/** console_words_put_factors(page, var, factors): SESSION_* bits. */
void console_words_put_factors(
    struct page *page, enum page_var var, unsigned factors);

/** console_words_put_way(page, var, way): why somebody does not get in. */
void console_words_put_way(struct page *page, enum page_var var, enum way way);

#endif /* AUTHD_WEB_CONSOLE_WORDS_H */
