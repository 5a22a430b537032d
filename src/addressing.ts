import { Failure, showValue } from './failure.ts';
import type { Inputs } from './inputs.ts';
import {
  describeRegistration,
  parseRegistrationUrl,
  type Registration,
  type Repository,
  sameRegistration,
} from './registration.ts';
import { webHost } from './server.ts';

/** A registration that a remove token is asked for, and what made it the one. */
export interface Addressed {
  readonly registration: Registration;
  readonly source: 'the inputs' | "the runner's installation" | 'the current repository';
}

/** The registration of a runner. */
export interface RunnerAddressed extends Addressed {
  /** Whether the runner was registered under a former name of the repository. */
  readonly wasRenamed: boolean;
}

/** The part of the inputs that decides which registration is meant. */
export type AddressingInputs = Pick<Inputs, 'named' | 'currentRepository' | 'server'>;

/**
 * The registration that is meant where no runner has a say in it: the one that the inputs name, or else the current
 * repository.
 *
 * @throws Failure `invalid-input` when there is neither
 */
export function addressedByInputs({ named, currentRepository }: AddressingInputs): Addressed {
  if (named !== undefined) {
    return { registration: named, source: 'the inputs' };
  }
  if (currentRepository === undefined) {
    throw new Failure('invalid-input', {
      happened: 'No registration is named in the inputs. Nothing was requested or changed.',
      cause: 'The variable GITHUB_REPOSITORY, which would tell the current repository, is not set.',
      remedy: 'Name the repository (repo: owner/name), the organization or the enterprise in the inputs.',
    });
  }
  return { registration: currentRepository, source: 'the current repository' };
}

/**
 * The registration of a runner: its own, provided that it is the one the inputs name or, when they name none, the
 * current repository or the organization that owns it. Anything else has to be named: jobs can write to an
 * installation's files, and must not be able to aim an admin token. A repository that was only renamed is the same.
 *
 * @param directory the installation, as messages name it
 * @param url the address that the installation says it was registered with, if it says any
 * @param isSameRepository asks GitHub about two names
 * @throws Failure `registration-mismatch`
 */
export async function addressedByRunner(
  directory: string,
  url: string | undefined,
  { named, currentRepository, server }: AddressingInputs,
  isSameRepository: (one: Repository, other: Repository) => Promise<boolean>,
): Promise<RunnerAddressed> {
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
      happened: `The runner in ${directory} is registered with the ${describeRegistration(own)}, not with the ${describeRegistration(named)} that the inputs name. Nothing was changed.`,
      cause:
        '"runner-directory" holds another runner than the one that is meant, or the inputs name the wrong registration.',
      remedy: `Name the ${describeRegistration(own)} in the inputs if this runner is meant, or correct "runner-directory".`,
    });
  }
  if (own === undefined) {
    throw new Failure('registration-mismatch', {
      happened: `The installation in ${directory} does not say where its runner is registered. Nothing was changed.`,
      cause: 'It was configured just in time, which does not always leave the address behind.',
      remedy: 'Name the repository (repo), the organization or the enterprise in the inputs.',
    });
  }
  const near: Registration[] = currentRepository
    ? [currentRepository, { kind: 'organization', organization: currentRepository.owner }]
    : [];
  if (near.some((registration) => sameRegistration(own, registration))) {
    return { registration: own, source: "the runner's installation", wasRenamed: false };
  }
  if (currentRepository !== undefined && (await wasRenamed(own, currentRepository))) {
    return { registration: currentRepository, source: "the runner's installation", wasRenamed: true };
  }
  throw new Failure('registration-mismatch', {
    happened: `The runner in ${directory} is registered with the ${describeRegistration(own)}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
    cause: 'The runner belongs elsewhere, or somebody changed the files of its installation.',
    remedy: `If this runner is meant, name the ${describeRegistration(own)} in the inputs (repo, organization or enterprise). It is not taken from the installation alone, because every job on this machine can write there.`,
  });
}

function ownRegistration(directory: string, url: string, host: string): Registration {
  const own = parseRegistrationUrl(url);
  if (own === undefined) {
    throw new Failure('registration-mismatch', {
      happened: `The installation in ${directory} says that its runner is registered with ${showValue(url)}, which is no repository, organization or enterprise. Nothing was changed.`,
      cause: 'The file .runner was damaged or changed.',
      remedy: 'Configure the runner again, or remove it in the settings of the repository or organization.',
    });
  }
  if (own.host !== host) {
    throw new Failure('registration-mismatch', {
      happened: `The runner in ${directory} is registered on ${own.host}, but the token is for ${host}. Nothing was changed.`,
      cause: '"runner-directory" holds a runner of another server, or "github-api-url" names the wrong one.',
      remedy: `Set "github-api-url" to the API root of ${own.host} and "token" to a token of that server, or correct "runner-directory".`,
    });
  }
  return own.registration;
}
