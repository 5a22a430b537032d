// Real parts of a company's network, on loopback: certificates (openssl), a server with TLS (nginx), a proxy (squid).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The host that nothing but the proxy can resolve. */
export const companyHost = 'ghe.test';

/** Debian keeps them out of the path of ordinary users. */
const path = `${process.env['PATH']}:/usr/sbin:/usr/lib/squid`;

/** The programs that are not installed here. */
export function missingPrograms(): string[] {
  return ['openssl', 'nginx', 'squid', 'basic_ncsa_auth'].filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path }, stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** A kind of certificate that a server can show. */
export type CertificateKind = 'private' | 'self-signed' | 'expired';

/** Servers and proxies that are started with it, and end with it. */
export class Network {
  readonly directory: string;
  readonly #running: ChildProcess[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes the certificates: a private authority, and what servers show. */
  static async start(): Promise<Network> {
    const network = new Network(await mkdtemp(join(tmpdir(), 'network-')));
    await chmod(network.directory, 0o755);
    await writeFile(join(network.directory, 'names'), `subjectAltName=DNS:${companyHost},DNS:localhost\n`);
    const subject = ['-subj', `/CN=${companyHost}`];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const signed = [
      '-CA',
      'authority.pem',
      '-CAkey',
      'authority.key',
      '-CAcreateserial',
      '-extfile',
      'names',
    ];
    network.#openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'authority.key',
      '-out',
      'authority.pem',
      '-subj',
      '/CN=Company',
    );
    network.#openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'self-signed.key',
      '-out',
      'self-signed.pem',
      ...subject,
      '-addext',
      `subjectAltName=DNS:localhost`,
    );
    for (const [kind, days] of [
      ['private', '1'],
      ['expired', '-1'],
    ] as const) {
      network.#openssl('req', ...key, '-keyout', `${kind}.key`, '-out', `${kind}.csr`, ...subject);
      network.#openssl('x509', '-req', '-in', `${kind}.csr`, '-days', days, ...signed, '-out', `${kind}.pem`);
    }
    return network;
  }

  /** The private authority's certificate, for `NODE_EXTRA_CA_CERTS`. */
  get authority(): string {
    return join(this.directory, 'authority.pem');
  }

  /** Starts nginx with TLS in front of a server. Gives the port that it listens on. */
  async startServer(upstream: string, certificate: CertificateKind): Promise<number> {
    const port = await freePort();
    const prefix = join(this.directory, `nginx-${port}`);
    await mkdir(join(prefix, 'temporary'), { recursive: true });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${prefix}/temporary/${name};`)
      .join(' ');
    await writeFile(
      join(prefix, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${prefix}/pid; error_log ${prefix}/error.log;
events {}
http {
  access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${this.directory}/${certificate}.pem;
    ssl_certificate_key ${this.directory}/${certificate}.key;
    location / { proxy_pass ${upstream}; proxy_set_header Host $http_host; }
  }
}
`,
    );
    await this.#run(
      port,
      'nginx',
      '-p',
      prefix,
      '-c',
      join(prefix, 'nginx.conf'),
      '-e',
      join(prefix, 'error.log'),
    );
    return port;
  }

  /** Starts squid, which resolves the company's host, refuses `forbidden.test`, and may ask for a login. */
  async startProxy(login?: {
    user: string;
    password: string;
  }): Promise<{ port: number; log: () => Promise<string> }> {
    const port = await freePort();
    const prefix = join(this.directory, `squid-${port}`);
    await mkdir(prefix);
    await chmod(prefix, 0o777);
    await writeFile(join(prefix, 'hosts'), `127.0.0.1 ${companyHost}\n`);
    const rules = [`acl forbidden dstdomain forbidden.test`, 'http_access deny forbidden'];
    if (login === undefined) {
      rules.push('http_access allow all');
    } else {
      const hash = execFileSync('openssl', ['passwd', '-apr1', login.password], { encoding: 'utf8' });
      await writeFile(join(prefix, 'logins'), `${login.user}:${hash}`);
      const helper = execFileSync('sh', ['-c', 'command -v basic_ncsa_auth'], {
        env: { PATH: path },
        encoding: 'utf8',
      });
      rules.unshift(
        `auth_param basic program ${helper.trim()} ${prefix}/logins`,
        'auth_param basic children 1',
      );
      rules.push('acl known proxy_auth REQUIRED', 'http_access allow known', 'http_access deny all');
    }
    await writeFile(
      join(prefix, 'squid.conf'),
      `${rules.join('\n')}
http_port 127.0.0.1:${port}
hosts_file ${prefix}/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 seconds
pid_filename ${prefix}/pid
access_log stdio:${prefix}/access.log
cache_log ${prefix}/cache.log
coredump_dir ${prefix}
cache deny all
pinger_enable off
shutdown_lifetime 0 seconds
`,
    );
    await this.#run(port, 'squid', '-N', '-f', join(prefix, 'squid.conf'));
    return { port, log: () => readFile(join(prefix, 'access.log'), 'utf8') };
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#running.map(async (running) => {
        if (running.exitCode === null && running.kill('SIGTERM')) await once(running, 'exit');
      }),
    );
    await rm(this.directory, { recursive: true, force: true });
  }

  #openssl(...options: string[]): void {
    execFileSync('openssl', options, { cwd: this.directory, stdio: 'pipe' });
  }

  /** Starts a program and waits until it listens. */
  async #run(port: number, program: string, ...options: string[]): Promise<void> {
    const running = spawn(program, options, { env: { PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running.push(running);
    let said = '';
    running.stderr.on('data', (text) => {
      said += text;
    });
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (running.exitCode !== null) throw new Error(`${program} ended with ${running.exitCode}: ${said}`);
      if (await answers(port)) return;
      await pause(50);
    }
    throw new Error(`${program} does not listen: ${said}`);
  }
}

/** A port that nothing listens on, and that nobody gets who does not ask for a certain one: those are above these. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isFree) {
      server.close();
      await once(server, 'close');
      return port;
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false))
      .on('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
}
