import { deployed } from './deployed.ts';

process.stdout.write(JSON.stringify({ central: deployed('central'), member: deployed('member') }));
