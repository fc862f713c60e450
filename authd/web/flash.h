/*
 * flash.h: what a form came to, told by the page that is looked at next, so that
 * going back and reloading never sends a form again.
 * Room: web.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_flash.c
 *
 * It waits in a cookie of this browser. Who changes it only fools himself: it
 * decides nothing.
 */
#ifndef AUTHD_WEB_FLASH_H
#define AUTHD_WEB_FLASH_H

#include "authd/base/limits.h"
#include "authd/web/exchange.h"

#define FLASH_COOKIE "__Host-sekisho-told"

enum flash_kind {
	FLASH_NONE = 0,
	FLASH_LOGIN_REFUSED, /* text: the ID that was typed */
	FLASH_LOGIN_OVER,    /* its five minutes are over */
	FLASH_CODE_REFUSED,  /* text: the office's contact */
	FLASH_CODE_USED,     /* number: seconds to wait; text: the contact */
	FLASH_RECOVERY_REFUSED,
	FLASH_CHANGE_REFUSED,
	FLASH_PASSWORD_UNMET, /* number: reasons, FLASH_PRIVILEGED */
	FLASH_PASSWORD_DIFFER,
	FLASH_PASSWORD_REFUSED,
	FLASH_PASSWORD_DONE,
	FLASH_STOP_REFUSED,
	FLASH_NOTHING_CHOSEN,
	FLASH_LAST_ADMINISTRATOR,
	FLASH_SESSION_ENDED,
	FLASH_LOST, /* a form of a session that was over */
	FLASH_DONE,    /* number: a message; text: for its %1$s */
	FLASH_REFUSED, /* the same */
	FLASH_LABEL_BAD,
	FLASH_PHONE_LIMIT, /* number: how many one may have */
	FLASH_SCAN_REFUSED,
	FLASH_SCAN_OTHER,
	FLASH_SCAN_AGAIN,
	FLASH_SCAN_NONE,
	FLASH_PHONE_DONE,     /* text: its name */
	FLASH_PHONE_REPLACED, /* the same */
	FLASH_CODES_NOT_KEPT,
	FLASH_CODES_KEPT,
	FLASH_ENROL_PASSWORD,
	FLASH_ENROL_CHANGED,
	FLASH_TICKET_REFUSED, /* number: tries left; text: the ID typed */
	FLASH_TICKET_RECOVERY, /* the same, of a recovery code */
	FLASH_KINDS
};

#define FLASH_PRIVILEGED (1 << 29) /* beside the reasons */

struct flash {
	enum flash_kind kind;
	int number;
	char request_id[REQUEST_ID_LEN + 1]; /* of what was sent */
	char text[NAME_MAX_BYTES + 1];
};

/** flash_take(in, out): what is to be told; kind FLASH_NONE: nothing. */
void flash_take(const struct exchange_in *in, struct flash *out);

/** flash_set(out, f): have the next page tell it. */
void flash_set(struct exchange_out *out, const struct flash *f);

/** flash_told(out, f): it was told, when there was something. */
void flash_told(struct exchange_out *out, const struct flash *f);

#endif /* AUTHD_WEB_FLASH_H */
