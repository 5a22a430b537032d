import { describeHosts } from '../scenarios/hosts.ts';

describeHosts('src');
