/*
 * settings.h: what the parent read from sekisho.conf and hands to a child, in
 * a sealed memfd. Each child gets only what it needs.
 * Process: parent fills, children read. Plain data, same build on both sides
 * (checked by magic and size).
 */
#ifndef AUTHD_SETTINGS_H
#define AUTHD_SETTINGS_H

#include <stdint.h>
#include <sys/types.h>

#include "authd/base/clock.h"
#include "authd/core/policy.h"
#include "authd/web/exchange.h"

#define SETTINGS_MAGIC	  0x534b5301u
#define SETTINGS_KEEPER	  0x534b5302u
#define SETTINGS_URL_MAX  200
#define SETTINGS_PATH_MAX 4095
#define SETTINGS_NO_GROUP ((gid_t)-1)

struct settings {
	uint32_t magic;
	uint32_t size; /* sizeof(struct settings) */
	int32_t log_level;
	int32_t node;
	uid_t starter;	    /* administrates, beside root */
	gid_t verify_group; /* may only verify; SETTINGS_NO_GROUP: none */
	gid_t proxy_group;  /* may use the other sockets; the same */
	int32_t http_threads;
	int32_t hook_threads;
	int32_t connections_max;      /* on each socket */
	int32_t connections_peer_max; /* of one user id on authd.sock,
				       * root exempt */
	int32_t request_timeout_ms;   /* one request, start to answer */
	int32_t keeper_timeout_ms;
	int32_t has_breach;	     /* a breach file is configured */
	char config_path[SETTINGS_PATH_MAX + 1]; /* told by status */
	char store_path[SETTINGS_PATH_MAX + 1];	 /* sekisho.db */
	char data_dir[SETTINGS_PATH_MAX + 1];
	char boot_id[CLOCK_BOOT_ID_LEN + 1];
	struct exchange_conf exchange; /* holds a secret: wipe after use */
	struct policy policy;
};

/* What the keeper gets, in a sealed memfd of its own: the front has no word
 * in it. */
struct settings_keeper {
	uint32_t magic; /* SETTINGS_KEEPER */
	uint32_t size;
	int32_t issue_rate; /* certificates an hour */
	char pki_url[SETTINGS_URL_MAX + 1]; /* "": of the installation */
};

#endif /* AUTHD_SETTINGS_H */
