/** What `--kernel` accepts, told apart by form; nothing here touches the disk. */

import { resolve } from 'node:path';
import { UserError } from '../util/errors.ts';

export type SourceSpec =
	| { readonly kind: 'debian'; readonly series: string }
	| { readonly kind: 'directory'; readonly path: string }
	| { readonly kind: 'tarball'; readonly path: string }
	| { readonly kind: 'git'; readonly repository: string; readonly ref: string };

const forms = 'debian:6.12, a directory, a tarball (.tar, .tar.gz, .tar.xz, .tar.zst), or a git repository with #ref';
const tarball = /\.(?:tar|tar\.(?:gz|xz|zst|bz2)|tgz|txz)$/;

/** Reads a spec; relative paths are resolved against `cwd`. Throws UserError for what has none of the forms. */
export function parseSourceSpec(spec: string, cwd: string): SourceSpec {
	if (spec === '') throw new UserError('the kernel to test is empty', { hint: `--kernel takes ${forms}` });
	if (spec.startsWith('debian:')) {
		const series = spec.slice('debian:'.length);
		if (!/^\d+\.\d+$/.test(series))
			throw new UserError(`"${spec}" names no Debian kernel series`, { hint: 'write debian:6.12 or debian:6.1' });
		return { kind: 'debian', series };
	}
	if (/^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/.test(spec))
		throw new UserError(`"${spec}" is remote, and kernels are read from this machine only`, {
			hint: `git clone ${spec.replace(/#.*/, '')} linux, then --kernel linux#<ref>`,
		});
	const hash = spec.indexOf('#');
	if (hash >= 0) {
		const ref = spec.slice(hash + 1);
		if (ref === '' || hash === 0)
			throw new UserError(`"${spec}" lacks ${ref === '' ? 'a ref after' : 'a repository before'} the #`, {
				hint: 'write path/to/linux#v6.12, or #HEAD for what is checked out',
			});
		return { kind: 'git', repository: resolve(cwd, spec.slice(0, hash)), ref };
	}
	const path = resolve(cwd, spec);
	return tarball.test(spec) ? { kind: 'tarball', path } : { kind: 'directory', path };
}

/** A name that is safe as a folder: anything but letters, digits, dot, underscore and hyphen becomes a hyphen. */
export function safeName(text: string): string {
	return text.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|-+$/g, '');
}
