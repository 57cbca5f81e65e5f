import { conform } from './conform.ts';
import { filesJson } from './subjects/files-json.ts';

conform(filesJson);
