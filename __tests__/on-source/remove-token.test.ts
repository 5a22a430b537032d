import { describeRemoveToken } from '../scenarios/remove-token.ts';

describeRemoveToken('src');
