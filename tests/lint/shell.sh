#!/usr/bin/env bash
# shell.sh: shellcheck over every shell script.
set -u
cd "$(dirname "$0")/../.." || exit 2
mapfile -t scripts < <(
	find tests contrib .ci -name '*.sh'
	grep -rlE '^#!.*\b(ba)?sh$' contrib .ci tests
)
mapfile -t scripts < <(printf '%s\n' "${scripts[@]}" | sort -u)
exec shellcheck -x -f gcc "${scripts[@]}"
