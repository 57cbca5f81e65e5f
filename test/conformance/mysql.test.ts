import { conform } from './conform.ts';
import { mysql } from './subjects/mysql.ts';

conform(mysql);
