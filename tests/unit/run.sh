#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs cmocka programs and sums up: run.sh PROGRAM... Last line "N passed, N failed"; failure if any failed or none ran.
set -u

passed=0
failed=0

count() {
	grep -c "$1" "$log"
}

for program in "$@"; do
	name=$(basename "$(dirname "$program")")/$(basename "$program")
	log=$program.log
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "${UNIT_TIMEOUT:-600}" "$program" >"$log" 2>&1
	status=$?
	ok=$(count '^ok [0-9]')
	skip=$(count '^ok [0-9].*# SKIP')
	bad=$(count '^not ok [0-9]')
	# Killed, or stopped by a sanitizer, or without a test: nobody said "not ok", but it is not.
	if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
		bad=1
	fi
	echo "$name: $((ok - skip)) passed, $bad failed, $skip skipped"
	sed -n 's/^# note: /    /p' "$log"
	if [ "$bad" -ne 0 ]; then
		echo "    exit status $status, log $log:"
		grep -v '^ok ' "$log" | tail -60 | sed 's/^/    /'
	fi
	passed=$((passed + ok - skip))
	failed=$((failed + bad))
done

[ $# -gt 0 ] || echo "no tests"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
