import { describeHosts } from '../scenarios/hosts.ts';

describeHosts('dist');
