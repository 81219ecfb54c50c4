#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The control: the image is packed from other content than the readers compare with, by one byte, and they find it.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"

plan 6
mkdir source
seeded "$CRUCIBLE_SEED" 1000000 >source/big
cp source/big packed
printf '\377\000' | dd of=source/big bs=1 seek=654320 conv=notrunc 2>/dev/null
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack big.erofs source
must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount big.erofs mnt
exercise --seed "$CRUCIBLE_SEED" --operations 20 --read-only packed mnt/big >said 2>&1
check 'the wrong byte is found' [ $? -eq 1 ]
check 'where it is' grep -q 'the first at 65432[01] ' said
show said 'exercise said'
evidence found "$(grep -c 'bytes differ' said)"
check 'unmount closes the object' erofs_unmount mnt 1
check 'the daemon ends' ondemand_stop
