import * as core from '@actions/core';
import { main } from './main.ts';

await main(core, {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  environment: process.env,
});
