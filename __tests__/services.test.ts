import { describeServices } from './scenarios/services.ts';
import { isRoot } from './world.ts';

if (isRoot && process.platform === 'linux') {
  describeServices('src');
}
