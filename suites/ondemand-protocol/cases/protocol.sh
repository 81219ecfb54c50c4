#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# protocol.sh GROUP, protocol.sh fuzz STEPS: two images whose data is in blobs of their own, a disk for the cache, and the program on them.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/ondemand.sh"

trap ktap_end EXIT
ondemand_disk "$CRUCIBLE_DISK_CACHE"
for image in a b; do
	mkdir source-$image
	head -c 524288 /dev/urandom >source-$image/big
	erofs_pack $image.erofs source-$image --chunksize=65536 --blobdev="$ondemand_images/$image.blob"
done
if [ "$1" = fuzz ]; then
	protocol fuzz "$CRUCIBLE_SEED" "$2"
else
	protocol "$1"
fi
