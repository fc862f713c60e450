/*
 * catalog.h: every sentence a page shows, in Japanese and in English.
 * Room: render.  Process: front.  Threads: any; the texts never change.
 * Unit test: tests/unit/test_catalog.c
 *
 * The texts are authd/web/po/ja.po and en.po, made into C by
 * contrib/gen-catalog.sh: an id that is in one alone does not build.
 */
#ifndef AUTHD_RENDER_CATALOG_H
#define AUTHD_RENDER_CATALOG_H

#include <stddef.h>

#include "authd/base/err.h"

/* enum catalog_id, CATALOG_IDS: of login.title, CATALOG_LOGIN_TITLE */
#include <catalog_ids.h>

enum catalog_language { CATALOG_JA = 0, CATALOG_EN = 1 };

#define CATALOG_ARGS_MAX 4
#define CATALOG_TEXT_MAX 2048 /* of a filled text, with its NUL */

/** catalog_text(language, id): the text, with its places unfilled. */
const char *catalog_text(enum catalog_language language, enum catalog_id id);

/**
 * catalog_fill(language, id, args, out):
 * The text with args[0] for each %1$s, and so on; NULL fills nothing in.
 * Return: 0, or ERR_LIMIT with ${out} empty when it is longer.
 */
int catalog_fill(enum catalog_language language, enum catalog_id id,
    const char *const args[CATALOG_ARGS_MAX],
    char out[CATALOG_TEXT_MAX]) CHECKED;

/**
 * catalog_choose(choice, accept, n):
 * The language of a page: ${choice} when it is "ja" or "en", else the better
 * liked one of the ${n} bytes of an Accept-Language field at ${accept} (NULL:
 * there is none), else Japanese.
 * Source: RFC 9110 sections 12.4.2 and 12.5.4.
 */
enum catalog_language catalog_choose(
    const char *choice, const char *accept, size_t n);

/** catalog_code(language): "ja" or "en". */
const char *catalog_code(enum catalog_language language);

#endif /* AUTHD_RENDER_CATALOG_H */
