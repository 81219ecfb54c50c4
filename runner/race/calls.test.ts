import test from 'ava';
import { UserError } from '../util/errors.ts';
import { listCalls, parseCalls } from './calls.ts';

// objdump -r --no-show-raw-insn --disassemble=cachefiles_withdraw_cache cachefiles.ko
const relocatable = `0000000000000b30 <cachefiles_withdraw_cache>:
     b30:	call   b35 <cachefiles_withdraw_cache+0x5>
			b31: R_X86_64_PLT32	__fentry__-0x4
     ba1:	call   ba6 <cachefiles_withdraw_cache+0x76>
			ba2: R_X86_64_PLT32	__asan_load8_noabort-0x4
     bc3:	mov    %rax,%rdi
     bcb:	call   bd0 <cachefiles_withdraw_cache+0xa0>
			bcc: R_X86_64_PLT32	fscache_withdraw_cache-0x4
     be0:	call   *0x18(%rax)
`;

// The same of vmlinux, where addresses are final and more than 53 bits.
const final = `ffffffff812e89b0 <vfs_mkdir>:
ffffffff812e89b0:	call   ffffffff81063ae0 <__fentry__>
ffffffff812e89d7:	call   ffffffff812c1f50 <__asan_load8>
ffffffff812e8a31:	call   ffffffff812e5d10 <inode_permission>
`;

test('calls are read with their callee, and the memory accesses that KASAN checks', (t) => {
	t.deepEqual(parseCalls(relocatable, 'cachefiles_withdraw_cache'), [
		{ offset: 0x71, callee: '__asan_load8_noabort' },
		{ offset: 0x9b, callee: 'fscache_withdraw_cache' },
		{ offset: 0xb0, callee: '*' },
	]);
	t.deepEqual(parseCalls(final, 'vfs_mkdir'), [
		{ offset: 0x27, callee: '__asan_load8' },
		{ offset: 0x81, callee: 'inode_permission' },
	]);
	t.is(parseCalls(final, 'vfs_rmdir'), undefined);
});

test('where KASAN looks at the shadow itself, that is the access', (t) => {
	const inline = `0000000000029600 <cachefiles_ondemand_daemon_read>:
   29800:	call   29805 <cachefiles_ondemand_daemon_read+0x215>
			29801: R_X86_64_PLT32	_raw_spin_unlock-0x4
   29816:	movzbl (%rdx,%rax,1),%edx
   29829:	jne    2a1de <cachefiles_ondemand_daemon_read+0xbee>
   2983f:	mov    0x98(%rsp),%r14
   29883:	cmpb   $0x0,(%rdx,%rax,1)
   2a1de:	call   2a1e3 <cachefiles_ondemand_daemon_read+0xbf3>
			2a1df: R_X86_64_PLT32	__asan_report_load4_noabort-0x4
`;
	t.deepEqual(parseCalls(inline, 'cachefiles_ondemand_daemon_read'), [
		{ offset: 0x200, callee: '_raw_spin_unlock' },
		{ offset: 0x216, callee: 'shadow' },
		{ offset: 0x283, callee: 'shadow' },
	]);
});

test('a function that no object has is told', async (t) => {
	await t.throwsAsync(listCalls('vfs_mkdirs', { modules: new Map() }), {
		instanceOf: UserError,
		message: 'no object has a function vfs_mkdirs',
	});
});
