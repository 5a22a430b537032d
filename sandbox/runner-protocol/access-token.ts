import { randomBytes } from 'node:crypto';

/** A JSON Web Token that expires in two hours. Runners read its claims; nobody checks its signature. */
export function createAccessToken(claims: Record<string, string>): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [
    encode({ alg: 'HS256', typ: 'JWT' }),
    encode({ nbf: now - 60, exp: now + 7200, ...claims }),
    randomBytes(32).toString('base64url'),
  ].join('.');
}
