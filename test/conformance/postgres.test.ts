import { conform } from './conform.ts';
import { postgres } from './subjects/postgres.ts';

conform(postgres);
