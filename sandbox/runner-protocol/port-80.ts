import { randomInt } from 'node:crypto';
import { GitHub } from '../github.ts';

const remedies: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Run as root, or allow it with: sudo sysctl net.ipv4.ip_unprivileged_port_start=80',
  darwin: 'End the program that listens on it.',
  win32: 'End the program that listens on it, such as IIS: Stop-Service W3SVC',
};

/**
 * Starts the stand-in for GitHub on port 80 of a loopback address of its own, because the official runner drops the port of its
 * address. macOS has one loopback address, and only root can listen on its port 80; everyone can on all interfaces.
 */
export async function listenOnPort80(): Promise<GitHub> {
  const { platform } = process;
  for (let attempt = 1; ; attempt += 1) {
    const numbers = [127, randomInt(1, 255), randomInt(256), randomInt(1, 255)];
    const host = platform === 'darwin' ? '0.0.0.0' : numbers.join('.');
    try {
      return await GitHub.start({ host, port: 80 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The address may be taken by chance.
      if (code === 'EADDRINUSE' && attempt < 3) continue;
      throw new Error(`Cannot listen on port 80 of ${host} (${code}). ${remedies[platform] ?? ''}`);
    }
  }
}
