import { conform } from './conform.ts';
import { filesXlsx } from './subjects/files-xlsx.ts';

conform(filesXlsx);
