import { Failure, showValue } from './failure.ts';
import type { Inputs } from './inputs.ts';
import {
  describeRegistration,
  parseRegistrationUrl,
  type Registration,
  type Repository,
  sameRegistration,
  webHost,
} from './registration.ts';

/** The registration that a remove token is requested for, and where it was named. */
export interface Target {
  readonly registration: Registration;
  readonly source: 'the inputs' | "the runner's installation" | 'the current repository';
}

interface RunnerTarget extends Target {
  /** Whether the runner was registered under a former name of the repository. */
  readonly wasRenamed: boolean;
}

type TargetInputs = Pick<Inputs, 'registration' | 'currentRepository' | 'server'>;

/**
 * The registration named by the inputs, or else the current repository.
 *
 * @throws Failure `invalid-input` if there is neither
 */
export function targetOfInputs({ registration, currentRepository }: TargetInputs): Target {
  if (registration !== undefined) {
    return { registration, source: 'the inputs' };
  }
  if (currentRepository === undefined) {
    throw new Failure('invalid-input', {
      happened: 'The registration of the runners is unknown. Nothing was requested or changed.',
      cause: 'The inputs do not name one, and GITHUB_REPOSITORY (the current repository) is not set.',
      remedy: 'Set the input "repo" (to OWNER/NAME), "organization" or "enterprise".',
    });
  }
  return { registration: currentRepository, source: 'the current repository' };
}

/**
 * The registration of an installed runner. It must be the one that the inputs name. If they name none, it must be the
 * current repository or the organization that owns it: jobs can write to the installation's files and must not be able to
 * redirect the admin token. A renamed repository is the same repository.
 *
 * @param directory the installation, for messages
 * @param url the URL that the runner was registered with, if its configuration contains one
 * @param isSameRepository checks two names with GitHub
 * @throws Failure `registration-mismatch`
 */
export async function targetOfRunner(
  directory: string,
  url: string | undefined,
  { registration: named, currentRepository, server }: TargetInputs,
  isSameRepository: (one: Repository, other: Repository) => Promise<boolean>,
): Promise<RunnerTarget> {
  const own = url === undefined ? undefined : ownRegistration(directory, url, webHost(server));
  const wasRenamed = async (former: Registration, present: Registration) =>
    former.kind === 'repository' &&
    present.kind === 'repository' &&
    (await isSameRepository(former, present));

  if (named !== undefined) {
    if (own === undefined || sameRegistration(own, named)) {
      return { registration: named, source: 'the inputs', wasRenamed: false };
    }
    if (await wasRenamed(own, named)) {
      return { registration: named, source: 'the inputs', wasRenamed: true };
    }
    throw new Failure('registration-mismatch', {
      happened: `The runner in ${directory} is registered with ${describeRegistration(own)}, but the inputs name ${describeRegistration(named)}. Nothing was changed.`,
      likelyCause:
        'The inputs name the wrong registration, or "runner-directory" includes a runner that is to stay.',
      remedy: `To remove this runner, name ${describeRegistration(own)} in the inputs. Otherwise, correct "runner-directory".`,
    });
  }
  if (own === undefined) {
    throw new Failure('registration-mismatch', {
      happened: `The registration of the runner in ${directory} is unknown. Nothing was changed.`,
      cause: 'Its configuration contains no URL, which is normal for a just-in-time runner.',
      remedy: 'Name its registration in the inputs ("repo", "organization" or "enterprise").',
    });
  }
  const accepted: Registration[] = currentRepository
    ? [currentRepository, { kind: 'organization', organization: currentRepository.owner }]
    : [];
  if (accepted.some((registration) => sameRegistration(own, registration))) {
    return { registration: own, source: "the runner's installation", wasRenamed: false };
  }
  if (currentRepository !== undefined && (await wasRenamed(own, currentRepository))) {
    return { registration: currentRepository, source: "the runner's installation", wasRenamed: true };
  }
  throw new Failure('registration-mismatch', {
    happened: `The runner in ${directory} is registered with ${describeRegistration(own)}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
    cause:
      "Without a registration in the inputs, only these two are accepted: jobs can write to the installation's files and must not be able to redirect your token.",
    remedy: `To remove this runner, name ${describeRegistration(own)} in the inputs ("repo", "organization" or "enterprise").`,
  });
}

function ownRegistration(directory: string, url: string, host: string): Registration {
  const own = parseRegistrationUrl(url);
  if (own === undefined) {
    throw new Failure('registration-mismatch', {
      happened: `The runner in ${directory} is registered with ${showValue(url)}, which is not the URL of a repository, organization or enterprise. Nothing was changed.`,
      likelyCause: 'The file .runner is damaged or was changed.',
      remedy: 'Remove the runner on GitHub, in the settings of its repository, organization or enterprise.',
    });
  }
  if (own.host !== host) {
    throw new Failure('registration-mismatch', {
      happened: `The runner in ${directory} is registered on ${own.host}, but the token is for ${host}. Nothing was changed.`,
      likelyCause: '"github-api-url" is wrong, or "runner-directory" includes a runner of another server.',
      remedy: `Set "github-api-url" to the API root of ${own.host} and "token" to a token for that server, or correct "runner-directory".`,
    });
  }
  return own.registration;
}
