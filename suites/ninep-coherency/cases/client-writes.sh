#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# client-writes.sh SERVER: a producer on the mount and a consumer on the server: what was written is there after write, close or fsync, as the mode has it.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# produced_by HOW MODE: some of it is asked to be there at once, the rest after the producer has closed the file.
same() {
	cmp -s "$ninep_export/$1" "$2"
}

# written_back MODE: `loose` and `fscache` promise no more than that it will be there; before 6.4 close leaves it to writeback.
written_back() {
	case $1 in
	loose | fscache) ninep_is_reworked || sync ;;
	esac
}

modes=$(ninep_modes)
plan $((1 + 5 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
ninep_trace
seeded "$CRUCIBLE_SEED" 30001 >one
seeded "$((CRUCIBLE_SEED + 1))" 30001 >two
cp two three
cat one >>three
for mode in $modes; do
	ninep_mount "$mode" || give_up 'no mount'
	exec 3<>"$ninep_mountpoint/$mode"
	fdio 3 write 0 <one
	case $mode in
	none | readahead)
		check "$mode: it is there when write returns" same "$mode" one
		;;
	*)
		fdio 3 fsync
		check "$mode: it is there when fsync returns" same "$mode" one
		;;
	esac
	fdio 3 write 0 <two
	exec 3<&-
	written_back "$mode"
	check "$mode: it is there when close returns" same "$mode" two
	cat one >>"$ninep_mountpoint/$mode"
	written_back "$mode"
	check "$mode: what is appended is, too" same "$mode" three
	truncate -s 100 "$ninep_mountpoint/$mode"
	check "$mode: what is cut off is not" [ "$(stat -c %s "$ninep_export/$mode")" = 100 ]
	check "$mode: it is unmounted" ninep_unmount
done
evidence writes "$(ninep_traced WRITE)"
