import { GitHub } from '../sandbox/github.ts';

/** The repository of all measurements, and an admin token for it. */
export const repository = 'octo-org/octo-repo';
export const token = 'github_pat_11BENCH000000000000000_adminTokenOfTheBench';

/** Starts a stand-in for GitHub's API that knows both. */
export async function startGitHub(): Promise<GitHub> {
  const github = await GitHub.start();
  github.addRepository(repository);
  github.addAdminToken(token, { registrations: [repository] });
  return github;
}
