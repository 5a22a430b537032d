import { describeRemovalOf } from './removal.ts';

describeRemovalOf('official');
