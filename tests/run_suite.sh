#!/bin/sh
# run_suite.sh RESULTS NAME COMMAND... - runs one suite, prints its line and
# keeps its counts in RESULTS/NAME.counts. The second line of RESULTS/NAME.times is
# how long it kept the processors busy: user and system.
#
# A suite speaks TAP on standard output. One that stops before its plan, exits
# with an error without a failed line, or runs nothing counts as a failure, so
# that nothing passes by not running.
set -eu

results=$1 name=$2
shift 2
mkdir -p "$results/${name%/*}"
status=0
"$@" >"$results/$name.tap" 2>"$results/$name.err" || status=$?
times >"$results/$name.times"
awk -v status="$status" '
	/^ok .*# SKIP/ { s++; next }
	/^ok / { p++ }
	/^not ok / { f++ }
	/^1\.\.[0-9]+/ { plan = 1; planned = substr($1, 4) + 0 }
	END {
		if (!plan || planned != p + f + s || planned == 0 ||
		    (status != 0 && f == 0))
			f++
		print p + 0, f + 0, s + 0
	}' "$results/$name.tap" >"$results/$name.counts"

# Suites run beside each other: what one prints is put together before.
report() {
	read -r passed failed skipped <"$results/$name.counts"
	printf '%-28s %5d passed, %d failed, %d skipped\n' "$name" "$passed" \
	    "$failed" "$skipped"
	[ "$failed" -eq 0 ] || {
		grep -A 30 '^not ok' "$results/$name.tap" | head -n 100
		tail -n 40 "$results/$name.err"
		echo "(exit status $status)"
	}
}
text=$(report)
printf '%s\n' "$text"
