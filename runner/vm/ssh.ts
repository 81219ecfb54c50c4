/** ssh into a guest without a network: sshd runs in inetd mode on a virtio-serial port. */

import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { guestEnv, type Machine } from './machine.ts';

/** Where the keys go in the guest; the image brings /usr/sbin/sshd and its user. */
const folder = '/etc/ssh';

const sshdConfig = `HostKey ${folder}/crucible_host_key
AuthorizedKeysFile ${folder}/crucible_authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_* CRUCIBLE_*
Subsystem sftp internal-sftp
`;

/** A public key as ssh writes it: the name of its kind and 32 bytes, each after its length. */
const publicKeyBytes = 4 + 'ssh-ed25519'.length + 4 + 32;

/** ssh2 1.17 leaves out zeroes at the begin of a public key, one in 256, and sshd cannot load such a pair ("error in libcrypto"). */
export function makeKeyPair(): { readonly private: string; readonly public: string } {
	for (;;) {
		const pair = ssh2.utils.generateKeyPairSync('ed25519');
		if (Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length === publicKeyBytes) return pair;
	}
}

/** An sshd starts within 2 s on a KASAN guest under KVM, and key exchange takes as long; scaled. */
const connectMs = 15_000;

const clients = new WeakMap<Machine, Promise<Client>>();

/** The ssh client of a machine: one connection for its life, with as many shells and commands as wanted. Throws an InfraError with sshd's log. */
export async function sshClient(machine: Machine): Promise<Client> {
	const known = clients.get(machine) ?? connect(machine);
	clients.set(machine, known);
	return known;
}

async function connect(machine: Machine): Promise<Client> {
	const host = makeKeyPair();
	const user = makeKeyPair();
	await Promise.all([
		machine.agent.push(`${folder}/crucible_host_key`, host.private, 0o600),
		machine.agent.push(`${folder}/crucible_authorized_keys`, `${user.public}\n`, 0o600),
		machine.agent.push(`${folder}/crucible_sshd_config`, sshdConfig, 0o600),
	]);
	const argv = [
		...[
			'/bin/sh',
			'-c',
			`mkdir -p /run/sshd; exec /usr/sbin/sshd -i -e -f ${folder}/crucible_sshd_config <>/dev/virtio-ports/crucible.ssh >&0`,
		],
	];
	const sshd = machine.exec({ argv, env: guestEnv });
	const client = new ssh2.Client();
	const ready = deferred<void>();
	client.on('ready', () => ready.resolve());
	client.on('error', (error) => ready.reject(error));
	// sshd ends with the session; before that its end is a failure to start.
	sshd.then(
		({ exitCode, stderr }) => ready.reject(new InfraError(`sshd in the guest ended with ${exitCode}: ${stderr.trim()}`)),
		(error: unknown) => ready.reject(error),
	);
	const [, hostKey = ''] = host.public.split(' ');
	client.connect({
		sock: machine.ssh,
		username: 'root',
		privateKey: user.private,
		hostVerifier: (key: Buffer) => key.toString('base64') === hostKey,
		readyTimeout: connectMs * machine.timeoutScale,
	});
	await withDeadline(ready.promise, connectMs * machine.timeoutScale, "sshd's answer in the guest");
	return client;
}

export interface SshResult {
	/** undefined when a signal ended it. */
	readonly exitCode: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a command line by root's shell over ssh. */
export async function sshExec(machine: Machine, command: string): Promise<SshResult> {
	const client = await sshClient(machine);
	const channel = await opened((done) => client.exec(command, done));
	const out: Buffer[] = [];
	const err: Buffer[] = [];
	channel.on('data', (chunk: Buffer) => out.push(chunk));
	channel.stderr.on('data', (chunk: Buffer) => err.push(chunk));
	const exitCode = await ended(channel);
	return { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Streams of a terminal, or of a pipe; process.stdin and process.stdout fit. */
export interface Terminal {
	readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
	readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
	/** What the user's TERM says. */
	readonly term?: string;
	/** Closes the shell: where the terminal is not raw, a Ctrl-C is not the guest's. */
	readonly signal?: AbortSignal;
}

/** An interactive shell; resolves with its exit code when it ended. The terminal is raw meanwhile and follows its window's size. */
export async function openShell(machine: Machine, terminal: Terminal): Promise<number | undefined> {
	const { stdin, stdout, term = 'xterm-256color', signal } = terminal;
	const client = await sshClient(machine);
	const size = () => ({ rows: stdout.rows ?? 24, cols: stdout.columns ?? 80 });
	const channel = await opened((done) => client.shell({ term, ...size(), width: 0, height: 0 }, done));
	const onResize = () => channel.setWindow(size().rows, size().cols, 0, 0);
	const isRaw = stdin.isTTY === true && stdin.setRawMode !== undefined;
	if (isRaw) stdin.setRawMode?.(true);
	const close = () => void channel.close();
	stdout.on('resize', onResize);
	signal?.addEventListener('abort', close);
	stdin.pipe(channel);
	channel.pipe(stdout, { end: false });
	channel.stderr.pipe(stdout, { end: false });
	try {
		return await ended(channel);
	} finally {
		stdin.unpipe(channel);
		stdin.pause();
		stdout.off('resize', onResize);
		signal?.removeEventListener('abort', close);
		if (isRaw) stdin.setRawMode?.(false);
	}
}

async function opened(open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void): Promise<ClientChannel> {
	const { promise, resolve, reject } = deferred<ClientChannel>();
	open((error, channel) => (error ? reject(new InfraError(`ssh: ${error.message}`, { cause: error })) : resolve(channel)));
	return withDeadline(promise, 60_000, 'an ssh channel');
}

/** Lasts as long as the command; the machine's end closes the channel. */
async function ended(channel: ClientChannel): Promise<number | undefined> {
	const { promise, resolve } = deferred<number | undefined>();
	let exitCode: number | undefined;
	channel.on('exit', (code: number | null) => {
		exitCode = code ?? undefined;
	});
	channel.on('close', () => resolve(exitCode));
	return promise;
}
