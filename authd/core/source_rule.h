/*
 * source_rule.h: what the rules ask of sources: is this one refused, count a
 * failure, record a refusal unless there are too many of them.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit tests: tests/unit/test_source.c, tests/unit/test_verify_source.c
 */
#ifndef AUTHD_CORE_SOURCE_RULE_H
#define AUTHD_CORE_SOURCE_RULE_H

#include "authd/core/engine.h"
#include "authd/core/journal.h"
#include "authd/core/source.h"

/**
 * source_rule_blocked(c, act, consumer, account, out):
 * Is act->source refused for this account (NULL: nobody we know)?
 */
int source_rule_blocked(struct core *c, const struct act *act,
    const char *consumer, const struct account *account, bool *out) CHECKED;

/** source_rule_failed(c, act, consumer, login): count one failure. */
int source_rule_failed(struct core *c, const struct act *act,
    const char *consumer, const char *login) CHECKED;

/**
 * source_rule_note(c, act, consumer, e):
 * journal_add(); but of a source's refusals, from the 21st of a minute on,
 * only one record a minute (action source.refused) with their number and the
 * last one's request id.
 */
int source_rule_note(struct core *c, const struct act *act,
    const char *consumer, const struct journal_entry *e) CHECKED;

/** source_rule_tick(c, act, is_all): record what is due; ${is_all}: of minutes
 * that are not over as well. */
int source_rule_tick(
    struct core *c, const struct act *act, bool is_all) CHECKED;

/**
 * source_rule_unlock(c, act, consumer, address):
 * Forget a source's failures. ERR_NOTFOUND (no_such_source).
 */
int source_rule_unlock(struct core *c, struct act *act, const char *consumer,
    const char *address) CHECKED;

#endif /* AUTHD_CORE_SOURCE_RULE_H */
