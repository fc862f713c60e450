#!/usr/bin/env bash
# run_evil_front.sh: somebody has taken the front over and speaks to the keeper
# (F21). From the environment:
#	EVIL_SECONDS	how long, 60 by default
#	EVIL_MESSAGES	or until so many, 10,000,000 by default
#	EVIL_SEED	the seed of an earlier run, to see it again
#	SEKISHO_BUILD	the programs, build/ by default
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${SEKISHO_BUILD:-build}
exec "$build/tests/evil_front" --seconds "${EVIL_SECONDS:-60}" \
	--messages "${EVIL_MESSAGES:-10000000}" \
	${EVIL_SEED:+--seed "$EVIL_SEED"} "$build/sekisho-keeper"
