import { describeConfigScript } from './config-script.ts';

describeConfigScript('stand-in');
