/*
 * emergency.h: a sealed break-glass code instead of the daemon's word.
 * Room: pam_module.
 */
#ifndef PAM_MODULE_EMERGENCY_H
#define PAM_MODULE_EMERGENCY_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "pam_module/enquiry.h"
#include "pam_module/options.h"

/* Who tries, in words that are safe in a log. */
struct emergency {
	char user[65], service[65], rhost[65];
};

/**
 * emergency_open(pamh, o, e, who, answer):
 * Let in with a break-glass code. Only in root's stack, only when the last
 * question of ${e} found nobody or no word in time, and only with an unused
 * code of this host's file; it is used up on the disk before this says yes.
 * Return: true: let in. Everything about it is in syslog.
 */
bool emergency_open(pam_handle_t *pamh, const struct options *o,
    const struct enquiry *e, const struct emergency *who, const char *answer);

/**
 * emergency_report(pamh, o, e):
 * The daemon answers again: tell it of codes that were used meanwhile, within
 * what is left of the deadline. What fails is told the next time.
 */
void emergency_report(
    pam_handle_t *pamh, const struct options *o, struct enquiry *e);

#endif /* PAM_MODULE_EMERGENCY_H */
