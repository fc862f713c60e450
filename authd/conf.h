/*
 * conf.h: sekisho.conf, read and checked.
 * Process: parent and one-shot modes.  Threads: one.
 * Unit test: tests/unit/test_conf.c
 */
#ifndef AUTHD_CONF_H
#define AUTHD_CONF_H

#include "authd/base/err.h"
#include "authd/settings.h"

#define CONF_PATH_MAX SETTINGS_PATH_MAX
#define CONF_USER_MAX 32

/* Every path is absolute. */
struct conf {
	/* What the front gets; conf_read() leaves starter, verify_group,
	 * proxy_group and boot_id to the parent. */
	struct settings settings;
	struct settings_keeper keeper;
	char ca_chain[CONF_PATH_MAX + 1];
	char socket_dir[CONF_PATH_MAX + 1];
	char keys_dir[CONF_PATH_MAX + 1];
	char state_file[CONF_PATH_MAX + 1];
	char breach_file[CONF_PATH_MAX + 1]; /* "": none */
	char proxy_key_file[CONF_PATH_MAX + 1]; /* "": none */
	char audit_pub[CONF_PATH_MAX + 1];
	char front_user[CONF_USER_MAX + 1];
	char keeper_user[CONF_USER_MAX + 1];
	char verify_group[CONF_USER_MAX + 1]; /* "": none */
	char proxy_group[CONF_USER_MAX + 1];  /* the same */
};

/**
 * conf_read(path, c):
 * Read the file ${path} into ${c}. What is wrong is written to standard error
 * as `FILE:LINE: what`, as far as one line is to blame.
 * Return: 0, ERR_NOTFOUND (no such file, or not readable), ERR_INVALID,
 *         ERR_NOMEM.
 */
int conf_read(const char *path, struct conf *c) CHECKED;

/**
 * conf_put(c, key, value):
 * Check the text ${value} for ${key} and set it; a relative path counts from
 * the directory of settings.config_path.
 * Return: 0, or ERR_INVALID with the reason in ${why} (of ${size} bytes).
 */
struct conf_key;
int conf_put(struct conf *c, const struct conf_key *key, const char *value,
    char *why, size_t size) CHECKED;

#endif /* AUTHD_CONF_H */
