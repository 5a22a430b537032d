import { describeConfigScript } from './config-script.ts';
import { describeRemovalOf } from './removal.ts';

describeConfigScript('stand-in');
describeRemovalOf('stand-in');
