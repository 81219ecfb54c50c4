#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# says.sh WHAT: a case that harms nothing and only says, or does not say, certain things.

begin() {
	printf 'KTAP version 1\n1..%d\n' "$1"
}

case $1 in
pass)
	begin 2
	echo 'ok 1 the first'
	echo 'ok 2 the second'
	echo '# evidence: seen 1'
	;;
sleep)
	begin 1
	read -r before _ </proc/uptime
	sleep 60
	read -r after _ </proc/uptime
	echo 'ok 1 a minute has passed'
	echo "# evidence: slept_s $((${after%.*} - ${before%.*}))"
	;;
fail)
	begin 2
	echo 'ok 1 the first'
	echo 'not ok 2 the second'
	echo '# expected 1, saw 2'
	echo '# evidence: seen 1'
	exit 1
	;;
# The status says that all is well, the KTAP that it is not.
fail-exit-0)
	begin 1
	echo 'not ok 1 the only'
	echo '# evidence: seen 1'
	;;
silent) ;;
exit-status)
	begin 1
	echo 'ok 1 the only'
	echo '# evidence: seen 1'
	exit 3
	;;
signal)
	begin 1
	echo 'ok 1 the only'
	echo '# evidence: seen 1'
	kill -SEGV $$
	;;
short)
	begin 3
	echo 'ok 1 the first of three'
	echo '# evidence: seen 1'
	;;
no-plan)
	echo 'KTAP version 1'
	echo 'ok 1 the only'
	echo '# evidence: seen 1'
	;;
no-evidence)
	begin 1
	echo 'ok 1 the only'
	;;
false-evidence)
	begin 1
	echo 'ok 1 the only'
	echo '# evidence: seen 0'
	;;
skip)
	printf 'KTAP version 1\n1..0 # SKIP planted reason\n'
	;;
# Everything that a terminal, an XML or HTML parser, a CI log or a line splitter may take for its own.
control-characters)
	begin 3
	printf 'ok 1 \033[2J\033[31mred\033[0m \033]0;title\007 \033]52;c;cGxhbnRlZA==\007 end\n'
	printf 'ok 2 <script>alert(1)</script> & "quotes" ]]> \303\050 \377\376 \342\200\256 end\n'
	printf 'ok 3 carriage\rreturn \b\b back, vertical\013tab, form\014feed, nul\000 end\n'
	printf '# ::error file=x::planted %%0A ::stop-commands::x\n'
	printf '# %100000s\n' 'one long line'
	printf '\033[2J\033[31mplanted <script>alert(1)</script> \033]0;title\007 ::error::planted\n' >/dev/kmsg
	echo '# evidence: seen 1'
	;;
# 20 MB of diagnostics on the way of the results.
results-flood)
	begin 1
	yes '# a line of planted diagnostics, as long as such lines are, that goes on to the end: 0123456789 0123456789 01234' | head -c 20000000
	echo
	echo 'ok 1 the only'
	echo '# evidence: seen 1'
	;;
esac
