/*
 * verbs_table.h: the table itself, for cli/verbs.c, which everybody asks.
 * Room: cli.
 * Unit test: tests/unit/test_cli_table.c
 */
#ifndef CLI_VERBS_TABLE_H
#define CLI_VERBS_TABLE_H

#include "cli/verbs.h"

/** verbs_table_all(), verbs_table_common(): as verbs_all(), verbs_common(). */
const struct verb *verbs_table_all(void);
const struct verb_option *verbs_table_common(void);

#endif /* CLI_VERBS_TABLE_H */
