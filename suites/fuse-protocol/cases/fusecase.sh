#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# fusecase.sh CASE [ARGUMENT]: programs/CASE.c, at a mount point that is free again afterwards, whatever became of the program.
mkdir mnt
trap 'umount -l mnt 2>/dev/null' EXIT
name=$1
shift
fusecase "$name" mnt "$@"
