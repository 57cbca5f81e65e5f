import { conform } from './conform.ts';
import { filesNdjson } from './subjects/files-ndjson.ts';

conform(filesNdjson);
