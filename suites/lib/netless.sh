# SPDX-License-Identifier: GPL-2.0-only
# The shell's side of netless.ko, a network file system without a network, and of stall.ko, which stops others in the file system below
# the cache (netless.c, stall.c). Sourced after ktap.sh and wait.sh.

. "$CRUCIBLE_LIB/module.sh"

# netless_load: both modules, until the case ends. Whatever the case has not given back is given back then.
netless_load() {
	at_exit '[ ! -d /sys/module/netless ] || rmmod netless'
	at_exit '[ ! -d /sys/module/stall ] || rmmod stall'
	module_load /crucible/modules/netless.ko && module_load /crucible/modules/stall.ko || give_up 'insmod of netless.ko and stall.ko'
}

# call WORD...: one call (netless.c says which there are). Sets answer; succeeds when it is `ok ...`.
call() {
	answer=refused
	exec 3<>/sys/kernel/debug/netless
	echo "$*" >&3 && IFS= read -r answer <&3
	exec 3>&-
	case $answer in ok*) ;; *) return 1 ;; esac
}

# must_call WORD...: a call without which there is no point in going on.
must_call() {
	call "$@" || give_up "$*: $answer"
}

# says ANSWER WORD...: the call has exactly this answer; a pattern of the shell's, such as `ok *`, will do.
says() {
	says_wanted=$1
	shift
	call "$@"
	# shellcheck disable=SC2254 # a pattern on purpose
	case $answer in
	$says_wanted) ;;
	*)
		note "$* answered: $answer"
		return 1
		;;
	esac
}

# shows COOKIE TEXT...: `show COOKIE` has each of these, such as `state=active` and `active=1`.
shows() {
	call show "$1" || return
	shift
	for shows_text in "$@"; do
		case "$answer " in *" $shows_text "*) ;; *) return 1 ;; esac
	done
}

# has_flag COOKIE FLAG
has_flag() {
	call show "$1"
	case ${answer#*flags=} in *"$2,"*) ;; *) return 1 ;; esac
}

# becomes COOKIE TEXT...: waits until it shows that.
becomes() {
	wait_until 10 "cookie $1 to show ${*#"$1 "}" shows "$@" || {
		note "it shows: $answer"
		return 1
	}
}

# later NAME WORD...: the call in the background, since it is to wait.
later() {
	later_name=$1
	shift
	rm -f "$later_name.answer"
	(
		call "$@"
		echo "$answer" >"$later_name.part"
		mv "$later_name.part" "$later_name.answer"
	) &
	echo $! >"$later_name.pid"
}

# answers NAME ANSWER: waits for the answer, which is this one, or fits this pattern.
answers() {
	wait_until 10 "$1 to be answered" [ -e "$1.answer" ] || return
	read -r answer <"$1.answer"
	# shellcheck disable=SC2254 # a pattern on purpose
	case $answer in
	$2) ;;
	*)
		note "$1 was answered: $answer"
		return 1
		;;
	esac
}

# waits NAME FUNCTION: the call comes to sleep in that function of the kernel, or one whose name has this in it, and has no answer; waited
# counts those that did.
waited=0
waits() {
	wait_until 10 "$1 to sleep in $2" sleeps_in "$(cat "$1.pid")" "$2" && [ ! -e "$1.answer" ] && waited=$((waited + 1))
}

# sleeps_in PID FUNCTION: D, since fscache's waits cannot be interrupted; the stack of a task that runs would be an old one.
sleeps_in() {
	grep -qs '^State:.*D' "/proc/$1/status" && grep -qs "$2" "/proc/$1/stack"
}

# stall names DIRECTORY, stall writers FILE, stall go; stalls counts what was held.
stalls=0
stall() {
	echo "$*" >/sys/kernel/debug/stall || return
	[ "$1" = go ] || stalls=$((stalls + 1))
}

# file_begin COOKIE VOLUME KEY AUX SIZE [modify]: acquired, used, and active.
file_begin() {
	must_call acquire-cookie "$1" "$2" "$3" "$4" "$5"
	must_call use "$1" ${6:+"$6"}
	becomes "$1" state=active || give_up "cookie $1 does not become active"
}

# file_end COOKIE: given back, and committed to the disk.
file_end() {
	must_call unuse "$1"
	must_call relinquish "$1"
	wait_until 10 'the cookie to be given back' cookies_are_gone_but "${2:-0}"
}

# file_write COOKIE START LENGTH GENERATION, file_read COOKIE START LENGTH HOLE: in an operation of its own; the answer is that of the call.
file_write() {
	call begin once "$1" write || return
	call write once "$2" "$3" "$4"
	file_answer=$answer
	call end once
	answer=$file_answer
	case $answer in ok*) ;; *) return 1 ;; esac
}

file_read() {
	call begin once "$1" read || return
	call read once "$2" "$3" "$4"
	file_answer=$answer
	call end once
	answer=$file_answer
	case $answer in ok*) ;; *) return 1 ;; esac
}

# reads ANSWER COOKIE START LENGTH HOLE: the answer, or a pattern of it
reads() {
	reads_wanted=$1
	shift
	file_read "$@"
	# shellcheck disable=SC2254 # a pattern on purpose
	case $answer in
	$reads_wanted) ;;
	*)
		note "reading $* answered: $answer"
		return 1
		;;
	esac
}

# cookies_are_gone_but COUNT
cookies_are_gone_but() {
	[ "$(fscache_rows cookies)" = "$1" ]
}
