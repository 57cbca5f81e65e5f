import { conform } from './conform.ts';
import { filesCsv } from './subjects/files-csv.ts';

conform(filesCsv);
