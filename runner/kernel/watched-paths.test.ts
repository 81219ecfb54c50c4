import test from 'ava';
import { isKernelInput } from './watched-paths.ts';

test('sources, headers, makefiles and x86 matter; other architectures, documentation and what editors write aside do not', (t) => {
	for (const path of [
		'fs/cachefiles/io.c',
		'include/linux/netfs.h',
		'Makefile',
		'arch/x86',
		'arch/x86/Kconfig',
		'arch/Kconfig',
		'tools/objtool/check.c',
	])
		t.true(isKernelInput(path), path);
	for (const path of [
		'.git',
		'.git/index',
		'fs/cachefiles/.io.c.swp',
		'fs/cachefiles/io.c~',
		'fs/cachefiles/4913',
		'fs/cachefiles/#io.c#',
		'fs/cachefiles/io.c.orig',
		'Documentation',
		'Documentation/filesystems/netfs_library.rst',
		'arch/arm64/kernel/head.S',
		'arch/arm64',
		'tools/testing/selftests',
	])
		t.false(isKernelInput(path), path);
});
