/*
 * password_preview.h: what would be wrong with a new password while it is being
 * typed.
 * Room: core.  Process: front.  Threads: any with a core.
 * Unit test: tests/unit/test_password_preview.c
 */
#ifndef AUTHD_CORE_PASSWORD_PREVIEW_H
#define AUTHD_CORE_PASSWORD_PREVIEW_H

#include "authd/core/password.h"

/**
 * password_preview(c, act, login, text, reasons):
 * As password_judge() and password_judge_breach(), of that account, but for the
 * one rule that asks its earlier passwords: whoever may ask this as often as he
 * likes could guess the present one with it.
 * Return: as those; ERR_NOTFOUND.
 */
int password_preview(struct core *c, struct act *act, const char *login,
    const char *text, uint32_t *reasons) CHECKED;

#endif /* AUTHD_CORE_PASSWORD_PREVIEW_H */
