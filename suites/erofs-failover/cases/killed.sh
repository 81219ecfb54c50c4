#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# killed.sh KILLS OPTION...: a reader goes through a large file while daemon after daemon is killed, each at another point of the protocol.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

kills=$1
shift
plan 10
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 8388608
evidence file_bytes 8388608

# Where the daemons die, in turn. A daemon that keeps no anonymous fd begins with an OPEN, so these come to pass with and without it.
order_of() {
	case $(($1 % 8)) in
	0) echo 'before-take nth=3 kill' ;;
	1) echo 'after-take nth=2 kill' ;;
	2) echo 'before-fill kill' ;;
	3) echo 'before-read kill' ;;
	4) echo 'after-read nth=2 kill' ;;
	5) echo 'after-take kill' ;;
	6) echo 'before-read nth=3 kill' ;;
	7) echo 'before-fill nth=2 kill' ;;
	esac
}

kill_all() {
	killed=0
	while [ $killed -lt "$kills" ]; do
		daemon_is_killed || return 1
		killed=$((killed + 1))
		if [ $killed -lt "$kills" ]; then
			daemon_start --order "$(order_of $killed)" "$@" || return 1
		else
			daemon_start "$@" || return 1
		fi
	done
}

must 'the keeper runs' keeper_start
must 'the first daemon binds the cache' daemon_start "$@"
must 'the image mounts' blob_mount one
ondemand_ctl order "$(order_of 0)" >/dev/null
reader_start one
must "$kills daemons die, each at its order" kill_all "$@"
evidence killed $killed
check 'the reader ends and met no error' reader_ends_well one
check 'every byte is right' reader_has_all one
in_hand=$(killed_in_hand)
again=$(came_again)
evidence in_hand "$in_hand"
evidence reopened "$(awk '$2 == "after-open"' journal | wc -l)"
check 'what a daemon had in hand when it died came to a later one' [ "$again" -eq "$in_hand" ]
check 'the image unmounts' umount one
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'no daemon had anything to complain of' [ ! -s "$ondemand_log" ]
