import { conform } from './conform.ts';
import { bigquery } from './subjects/bigquery.ts';

conform(bigquery);
