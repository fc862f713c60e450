/*
 * talk.h: what the module says to the person, in Japanese, English or both.
 * Room: pam_module.
 *
 * OpenSSH holds messages back until the next prompt or the end, so whatever
 * must be known before an answer stands in the prompt itself, in one line.
 */
#ifndef PAM_MODULE_TALK_H
#define PAM_MODULE_TALK_H

#include <security/pam_modules.h>

#include "pam_module/options.h"

enum talk_text {
	TALK_DISABLED = 0,
	TALK_EXPIRED,
	TALK_NOT_APPROVED,
	TALK_NEW_PASSWORD,
	TALK_UNKNOWN,
	TALK_UNAVAILABLE
};

/**
 * talk_code(pamh, o, wait, answer):
 * Ask for the code; ${wait} above 0 says first that the last one was used and
 * that the next comes in so many seconds. talk_password() asks for the password.
 * Return: PAM_SUCCESS with ${answer} set, else PAM_CONV_ERR with NULL.
 * Owns: ${answer} is the caller's; talk_wipe() frees.
 */
int talk_code(pam_handle_t *pamh, const struct options *o, int wait,
    char **answer);
int talk_password(pam_handle_t *pamh, const struct options *o, char **answer);
/** talk_wipe(answer): wipe, free, make NULL. */
void talk_wipe(char **answer);

/* Said when it can be; nobody hears it with PAM_SILENT. */
void talk_used(pam_handle_t *pamh, const struct options *o, int wait);
void talk_recovery(pam_handle_t *pamh, const struct options *o, int left);
void talk_tell(
    pam_handle_t *pamh, const struct options *o, enum talk_text what);

#endif /* PAM_MODULE_TALK_H */
