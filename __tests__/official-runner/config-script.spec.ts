import { describeConfigScript } from './config-script.ts';

describeConfigScript('official');
