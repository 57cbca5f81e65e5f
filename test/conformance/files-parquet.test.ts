import { conform } from './conform.ts';
import { filesParquet } from './subjects/files-parquet.ts';

conform(filesParquet);
