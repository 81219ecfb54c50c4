#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that says nobody links to a file any more; removing and replacing it is no reason to complain (known bug 54).
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 8
check 'the server starts' ninep_start
cd "$ninep_export" && mkdir dir && touch file open new && echo old >replaced && cd - >/dev/null
for name in file open replaced dir; do
	ninep_order "after-getattr key=$name times=1000 nlink=0"
done
check 'it is mounted with cache=none' ninep_mount none
cd "$ninep_mountpoint" || give_up 'no mount to go to'
evidence seen_nlink "$(stat -c %h file)"
check 'a file is removed' rm file
exec 3<>open
check 'an open file is removed' rm open
check 'and still written to' sh -c 'echo later | fdio 3 write 0'
exec 3<&-
check 'a file is replaced' mv new replaced
check 'a directory is removed' rmdir dir
cd - >/dev/null
check 'the server has none of them' [ "$(ls "$ninep_export")" = replaced ]
evidence lies "$(ninep_get fired)"
evidence unlinks "$(ninep_get unlinkat)"
