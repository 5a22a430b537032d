import { GitHub } from '../github.ts';

/**
 * Starts the stand-in for GitHub on port 80 of a loopback address of its own. On macOS there is only one such address, and only
 * root can listen on its port 80, but everyone can listen on port 80 of all interfaces.
 */
export async function listenOnPort80(): Promise<GitHub> {
  for (let attempt = 1; ; attempt += 1) {
    const host =
      process.platform === 'darwin' ? '0.0.0.0' : `127.${number(1, 254)}.${number(0, 255)}.${number(1, 254)}`;
    try {
      return await GitHub.start({ host, port: 80 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && attempt < 3) continue;
      throw new Error(`Cannot listen on port 80 of ${host} (${code}). ${remedies[process.platform] ?? ''}`);
    }
  }
}

const remedies: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Run as root, or allow it with: sudo sysctl net.ipv4.ip_unprivileged_port_start=80',
  darwin: 'End the program that listens on it.',
  win32: 'End the program that listens on it, such as IIS: Stop-Service W3SVC',
};

function number(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}
