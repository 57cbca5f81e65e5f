import { conform } from './conform.ts';
import { filesS3 } from './subjects/files-s3.ts';

conform(filesS3);
