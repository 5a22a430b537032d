import { test } from '@jest/globals';
import { describeServices } from '../scenarios/services.ts';
import { isRoot } from '../world.ts';

if (isRoot && process.platform === 'linux') {
  describeServices('src');
} else {
  test.todo('services: only root on Linux can install one');
}
