#!/usr/bin/env bash
# run_guess.sh: 256 wrong codes at once, never a sixth evaluated (F10), as
# tests/e2e/33-uniform.sh. From the environment:
#	GUESS_ROUNDS	how often, 1,000 by default
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
GUESS_ROUNDS=${GUESS_ROUNDS:-1000} exec tests/e2e/33-uniform.sh
