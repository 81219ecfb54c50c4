#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# server-writes.sh SERVER: a producer on the server and a consumer on the mount, in turn: who opens a file reads what was written before that.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# The modes that promise it: none always, readahead and mmap from open to close. Of each round's file there is a new length, now larger
# and now smaller, then the same one with other content; then another file under the same name.
produce() {
	case $1 in
	1) seeded "$1" 5000 >"$ninep_export/$2" ;;
	2) seeded "$1" 9001 >"$ninep_export/$2" ;;
	3) seeded "$1" 100 >"$ninep_export/$2" ;;
	4) seeded "$1" 100 >"$ninep_export/$2" ;;
	5) seeded "$1" 4096 >>"$ninep_export/$2" ;;
	6) seeded "$1" 4196 >"$ninep_export/new" && mv "$ninep_export/new" "$ninep_export/$2" ;;
	7) rm "$ninep_export/$2" && seeded "$1" 4196 >"$ninep_export/$2" ;;
	8) truncate -s 10000 "$ninep_export/$2" ;;
	esac
}
# consume MODE ROUND: read(2) in odd rounds, a mapping in even ones; counts what is stale.
consume() {
	rounds=$((rounds + 1))
	consume_way=sha256
	[ $(($2 % 2)) = 1 ] || consume_way=sha256_mapped
	[ "$("$consume_way" "$ninep_mountpoint/$1")" = "$(sha256 "$ninep_export/$1")" ] || {
		stale="$stale $2"
		note "$1: round $2, $consume_way, is stale"
	}
}

modes=$(ninep_modes | sed 's/ loose fscache//')
plan $((2 + $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
ninep_trace
rounds=0
for mode in $modes; do
	ninep_mount "$mode" || give_up 'no mount'
	stale=
	for round in 1 2 3 4 5 6 7 8; do
		produce "$round" "$mode"
		consume "$mode" "$round"
	done
	check "$mode: nothing stale is read" [ -z "$stale" ]
	ninep_unmount
done
evidence rounds "$rounds"
evidence reads "$(ninep_traced READ)"

# The control: cache=loose promises nothing of that, and keeps to it; a new mount has the new content.
ninep_mount loose
stale=
produce 3 control
consume control 3
produce 4 control
consume control 4
evidence control_stale "$(echo $stale | wc -w)"
ninep_unmount
ninep_mount loose
check 'loose: a new mount has what is on the server' [ "$(sha256 "$ninep_mountpoint/control")" = "$(sha256 "$ninep_export/control")" ]
