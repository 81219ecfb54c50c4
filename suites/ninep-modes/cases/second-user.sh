#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# access=user: a second user comes to files that the first one has looked up; every fid of both is given back (known bug 53).
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

as_user() {
	# Not busybox' own.
	/usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

plan 12
check 'the server is there' ninep_start
mkdir -p "$ninep_export/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r"
echo deep >"$ninep_export/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/file"
echo near >"$ninep_export/a/file"
for mode in none loose; do
	attaches=$(ninep_get attach)
	check "$mode: it is mounted" ninep_mount "$mode" access=user
	cd "$ninep_mountpoint"
	check "$mode: the first user reads" [ "$(cat a/file a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/file | tr '\n' ' ')" = 'near deep ' ]
	check "$mode: so does the second" [ "$(as_user cat a/file a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/file | tr '\n' ' ')" = 'near deep ' ]
	# The mount itself, which is nobody's, and one for each user.
	check "$mode: each has attached once" [ "$(ninep_get attach)" = "$((attaches + 3))" ]
	cd - >/dev/null
	check "$mode: it is unmounted" ninep_unmount
	attached=$(($(ninep_get attach) - attaches))
done
ninep_wait mounts 0
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence users_attached "$attached"
evidence fids_given_back "$(ninep_get clunk)"
