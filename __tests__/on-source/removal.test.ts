import { describeRemoval } from '../scenarios/removal.ts';

describeRemoval('src');
