// A company network on loopback: certificates (openssl), a TLS server (nginx), and a proxy (squid).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The host that only the proxy can resolve. */
export const companyHost = 'ghe.test';

/** On Debian these directories are not on the path of ordinary users. */
const path = `${process.env['PATH']}:/usr/sbin:/usr/lib/squid`;

/** The programs of the network, and others, that are not installed. */
export function missingPrograms(...others: string[]): string[] {
  return ['openssl', 'nginx', 'squid', 'basic_ncsa_auth', ...others].filter(
    (program) => find(program) === undefined,
  );
}

/** The certificate of a server. */
export type CertificateKind = 'private' | 'self-signed' | 'expired';

/** Starts servers and proxies, and ends them. */
export class Network {
  readonly directory: string;
  readonly #running: ChildProcess[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Creates a private certificate authority and the certificates of servers. */
  static async start(): Promise<Network> {
    const network = new Network(await mkdtemp(join(tmpdir(), 'network-')));
    await chmod(network.directory, 0o755);
    await writeFile(join(network.directory, 'names'), `subjectAltName=DNS:${companyHost},DNS:localhost\n`);
    const key = 'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
    const subject = `-subj /CN=${companyHost}`;
    network.#openssl(`${key} -x509 -subj /CN=Company -keyout authority.key -out authority.pem`);
    network.#openssl(
      `${key} -x509 ${subject} -addext subjectAltName=DNS:localhost -keyout self-signed.key -out self-signed.pem`,
    );
    const authority = '-CA authority.pem -CAkey authority.key -CAcreateserial -extfile names';
    for (const [kind, days] of Object.entries({ private: 1, expired: -1 })) {
      network.#openssl(`${key} ${subject} -keyout ${kind}.key -out ${kind}.csr`);
      network.#openssl(`x509 -req -in ${kind}.csr -days ${days} ${authority} -out ${kind}.pem`);
    }
    return network;
  }

  /** The certificate of the private authority, for `NODE_EXTRA_CA_CERTS`. */
  get authority(): string {
    return join(this.directory, 'authority.pem');
  }

  /** Starts nginx with TLS in front of a server. Returns the port. */
  async startServer(upstream: string, certificate: CertificateKind): Promise<number> {
    const port = await freePort();
    const prefix = join(this.directory, `nginx-${port}`);
    await mkdir(join(prefix, 'temporary'), { recursive: true });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${prefix}/temporary/${name};`)
      .join(' ');
    const configuration = join(prefix, 'nginx.conf');
    const errorLog = join(prefix, 'error.log');
    await writeFile(
      configuration,
      `daemon off; worker_processes 1; pid ${prefix}/pid; error_log ${errorLog};
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
    await this.#run(port, 'nginx', '-p', prefix, '-c', configuration, '-e', errorLog);
    return port;
  }

  /** Starts squid, which resolves the company host, refuses `forbidden.test`, and can require a login. */
  async startProxy(login?: {
    user: string;
    password: string;
  }): Promise<{ port: number; log: () => Promise<string> }> {
    const port = await freePort();
    const prefix = join(this.directory, `squid-${port}`);
    await mkdir(prefix);
    await chmod(prefix, 0o777);
    await writeFile(join(prefix, 'hosts'), `127.0.0.1 ${companyHost}\n`);
    const rules = ['acl forbidden dstdomain forbidden.test', 'http_access deny forbidden'];
    if (login) {
      const hash = execFileSync('openssl', ['passwd', '-apr1', login.password], { encoding: 'utf8' });
      await writeFile(join(prefix, 'logins'), `${login.user}:${hash}`);
      rules.unshift(
        `auth_param basic program ${find('basic_ncsa_auth')} ${prefix}/logins`,
        'auth_param basic children 1',
      );
      rules.push('acl known proxy_auth REQUIRED', 'http_access allow known', 'http_access deny all');
    } else {
      rules.push('http_access allow all');
    }
    const configuration = join(prefix, 'squid.conf');
    await writeFile(
      configuration,
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
    await this.#run(port, 'squid', '-N', '-f', configuration);
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

  #openssl(options: string): void {
    execFileSync('openssl', options.split(' '), { cwd: this.directory, stdio: 'pipe' });
  }

  /** Starts a program and waits until it listens. */
  async #run(port: number, program: string, ...options: string[]): Promise<void> {
    const running = spawn(program, options, { env: { PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running.push(running);
    let errors = '';
    running.stderr.on('data', (text) => {
      errors += text;
    });
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (running.exitCode !== null)
        throw new Error(`${program} ended with exit code ${running.exitCode}: ${errors}`);
      if (await accepts(port)) return;
      await pause(50);
    }
    throw new Error(`${program} does not listen: ${errors}`);
  }
}

/** Finds a port below those that the system assigns to others. */
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

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false))
      .on('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
}

function find(program: string): string | undefined {
  try {
    const options = { env: { PATH: path }, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('sh', ['-c', `command -v ${program}`], options).trim();
  } catch {
    return undefined;
  }
}
