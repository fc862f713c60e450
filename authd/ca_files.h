/*
 * ca_files.h: the files of the CA: made once, looked at before every start.
 * Process: parent and one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/14-ca.sh
 *
 *   keys/ca.key            the issuing CA's key, 32 bytes
 *   ca.pem                 certificates of the issuing CA and of the root
 *   root-ca/root-ca.key    the root's key, never opened again by us
 *   root-ca/root-ca.pem    the root's certificate
 *   root-ca/root-ca.crl    its revocation list: nothing is on it
 */
#ifndef AUTHD_CA_FILES_H
#define AUTHD_CA_FILES_H

#include <stdint.h>

#include "authd/conf.h"
#include "authd/place.h"

/**
 * ca_files_make(s, now_ms):
 * Make a root, an issuing CA below it and all of these files in the building
 * place ${s}, where keys/ is there already.
 * Return: 0, ERR_SYS, ERR_IO, ERR_NOMEM; logged.
 */
int ca_files_make(const struct place_site *s, int64_t now_ms) CHECKED;

/**
 * ca_files_add(c):
 * The same for an instance that was made before there were certificates, or
 * restored from such a time: beside its sekisho.conf, and nothing is replaced.
 * Return: 0, ERR_EXISTS, ERR_BUSY while a daemon runs, and as above.
 */
int ca_files_add(const struct conf *c) CHECKED;

/**
 * ca_files_check(c, now_ms):
 * Is c->ca_chain such a pair, and in date at ${now_ms}?
 * Return: 0, ERR_NOTFOUND, ERR_CORRUPT, ERR_WRONG_STATE (dates), ERR_SYS;
 *         logged, with what to do.
 */
int ca_files_check(const struct conf *c, int64_t now_ms) CHECKED;

/** ca_files_say(dir): tell what is to be done with the root in ${dir}. */
void ca_files_say(const char *dir);

#endif /* AUTHD_CA_FILES_H */
